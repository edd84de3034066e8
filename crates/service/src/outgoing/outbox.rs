//! The outbox: news that could not be sent, each a row that names its event. It is tried
//! again with growing pauses, for a day; then it is given up and counted.

use domain::{
    id::{EventId, Subject},
    time::{HOUR, MINUTE, Millis, Timestamp},
};
use minicbor::{Decode, Encode};
use table::{Entry, Guard, Scan, Write, limits};

use super::{Outgoing, lasted};
use crate::{
    Service,
    error::Result,
    keys::{OUTBOX_SHARDS, Row, oldest_first, outbox_shard},
    rows::to_bytes,
};

/// What could not be sent for so long is given up.
pub const GIVEN_UP_AFTER: Millis = 24 * HOUR;
/// The first pause; each one after it is twice as long,
const PAUSE: Millis = MINUTE;
/// but no longer than this.
const PAUSE_MAX: Millis = HOUR;
/// Most news of each shard that one sweep tries.
const SWEEP_MAX: usize = 100;
/// Most rows of each shard that are counted.
const COUNTED_MAX: usize = 1_000;
/// News given up in one write: beside its rows that has the count.
const GIVEN_UP_MAX: usize = limits::BATCH_WRITES_MAX - 1;

/// News that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct OutboxRow {
    /// What the event is about.
    #[n(0)]
    pub subject: Subject,
    /// The event.
    #[n(1)]
    pub event: EventId,
    /// Since when it waits.
    #[n(2)]
    pub since: Timestamp,
    /// How often it was tried.
    #[n(3)]
    pub tries: u32,
}

/// What was given up in all the time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct GivenUpRow {
    /// How much.
    #[n(0)]
    pub count: u64,
    /// When something was, last.
    #[n(1)]
    pub at: Option<Timestamp>,
}

/// How the outbox does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outbox {
    /// How much waits, counted up to a bound.
    pub waiting: u64,
    /// Since when the oldest of it does.
    pub since: Option<Timestamp>,
    /// What was given up.
    pub given_up: GivenUpRow,
}

/// What a sweep has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// News that were sent.
    pub sent: usize,
    /// News that wait on.
    pub put_off: usize,
    /// News that were given up.
    pub given_up: usize,
    /// Whether more is due.
    pub more: bool,
}

impl Service {
    /// Tries again what is due in the outbox, so much of it as one run may take. Any
    /// number may do so at once: what two of them send is sent twice.
    pub async fn sweep_outbox(&self) -> Result<Swept> {
        let mut swept = Swept::default();
        if self.publisher.is_none() {
            return Ok(swept);
        }
        for bucket in 0..OUTBOX_SHARDS {
            let mut scan = Scan::whole(outbox_shard(bucket), SWEEP_MAX);
            scan.range.end = oldest_first(self.clock.now().plus(1), &[]);
            let page = self.table.scan(scan).await?;
            swept.more |= page.rest.is_some();
            self.try_again(page.entries, &mut swept).await?;
        }
        Ok(swept)
    }

    /// How the outbox does.
    pub async fn outbox(&self) -> Result<Outbox> {
        let given_up = self.given_up().await?.0;
        let mut outbox = Outbox { given_up, ..Outbox::default() };
        for bucket in 0..OUTBOX_SHARDS {
            let page = self.table.scan(Scan::whole(outbox_shard(bucket), COUNTED_MAX)).await?;
            for entry in page.entries {
                let row: OutboxRow = minicbor::decode(&entry.value)?;
                outbox.waiting += 1;
                outbox.since = Some(outbox.since.map_or(row.since, |it| it.min(row.since)));
            }
        }
        Ok(outbox)
    }

    /// Keeps what could not be sent. Frames are not kept: who missed one is told so by
    /// the next. Nor are alarms, which are raised until they are heard.
    pub(super) async fn keep_for_later(&self, unsent: Vec<Outgoing>) -> Result<()> {
        let since = self.clock.now();
        let row = |news: Outgoing| match news {
            Outgoing::Event(it) => {
                let (subject, event) = (it.event.subject, it.event.id);
                let row = OutboxRow { subject, event, since, tries: 1 };
                Some(waits_until(pause_after(1, since), &row))
            }
            Outgoing::Alarm(_) | Outgoing::Live { .. } => None,
        };
        let rows: Vec<Write> = unsent.into_iter().filter_map(row).collect();
        if !rows.is_empty() {
            tracing::warn!(count = rows.len(), "news that could not be sent wait in the outbox");
        }
        self.write_each(rows).await
    }

    async fn try_again(&self, due: Vec<Entry>, swept: &mut Swept) -> Result<()> {
        let (mut waiting, mut news) = (Vec::new(), Vec::new());
        for entry in due {
            let row: OutboxRow = minicbor::decode(&entry.value)?;
            let recorded = self.recorded(row.subject, row.event).await?;
            news.extend(recorded.map(|it| Outgoing::Event(Box::new(it))));
            waiting.push((entry, row));
        }
        let unsent: Vec<String> = self.send(news).await.iter().map(Outgoing::id).collect();
        let now = self.clock.now();
        let mut given_up = Vec::new();
        for (entry, row) in waiting {
            let gone = Write::delete(entry.key, Guard::Unchanged(entry.version));
            if !unsent.contains(&row.event.to_string()) {
                swept.sent += 1;
                self.unless_taken(vec![gone]).await?;
            } else if GIVEN_UP_AFTER <= lasted(row.since, now) {
                given_up.push(gone);
            } else {
                swept.put_off += 1;
                let row = OutboxRow { tries: row.tries.saturating_add(1), ..row };
                let later = waits_until(pause_after(row.tries, now), &row);
                self.unless_taken(vec![gone, later]).await?;
            }
        }
        for rows in given_up.chunks(GIVEN_UP_MAX) {
            swept.given_up += self.give_up(rows.to_vec()).await?;
        }
        Ok(())
    }

    /// Removes rows and counts them, in one write; how many.
    async fn give_up(&self, mut rows: Vec<Write>) -> Result<usize> {
        let (before, guard) = self.given_up().await?;
        let count = rows.len();
        let row = GivenUpRow { count: before.count + count as u64, at: Some(self.clock.now()) };
        rows.push(Write::put(Row::GivenUp.key(), guard, to_bytes(&row)));
        let counted = self.unless_taken(rows).await?;
        if counted {
            tracing::error!(count, "news that could not be sent for a day are given up");
        }
        Ok(if counted { count } else { 0 })
    }

    pub(super) async fn given_up(&self) -> Result<(GivenUpRow, Guard)> {
        match self.table.get(&Row::GivenUp.key()).await? {
            None => Ok((GivenUpRow::default(), Guard::Absent)),
            Some(it) => Ok((minicbor::decode(&it.value)?, Guard::Unchanged(it.version))),
        }
    }

    /// Writes these, unless somebody else has taken one of them; whether it did.
    pub(super) async fn unless_taken(&self, writes: Vec<Write>) -> Result<bool> {
        match self.table.write(writes).await {
            Ok(()) => Ok(true),
            Err(table::Error::Conflict(_)) => Ok(false),
            Err(other) => Err(other.into()),
        }
    }
}

fn waits_until(due: Timestamp, row: &OutboxRow) -> Write {
    Write::put(Row::Outbox(due, row.event).key(), Guard::Any, to_bytes(row))
}

fn pause_after(tries: u32, now: Timestamp) -> Timestamp {
    let doubled = PAUSE.saturating_mul(1 << tries.saturating_sub(1).min(16));
    now.plus(doubled.min(PAUSE_MAX))
}
