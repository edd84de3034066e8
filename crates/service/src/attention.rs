//! What needs attention, newest first. A row stands at the instant from which on
//! a subject does, also one that is still to come: so the list is true without
//! anything having run. Only silence is looked for, once in a while: a tracker's
//! row is not moved by each fix but when its time has come.

use std::collections::BTreeSet;

use domain::{
    attention::{AttentionReason, SILENT_AFTER, reasons},
    event::IncidentReason,
    id::{Subject, TrackerId},
    record::Record,
    state::{State, Status},
    time::{MINUTE, Timestamp},
};
use futures::{StreamExt, TryStreamExt, future::try_join_all, stream};
use table::{Entry, Guard, Key, Scan, Write};

use crate::{
    Service,
    derive::best_number,
    error::Result,
    keys::{ATTENTION_SHARDS, Row, attention_shard, newest_first, subject_of_bytes, subject_shard},
    packages::PAGE_MAX,
    rows::{Checkpoint, to_bytes},
};

/// About as many rows of one shard as one sweep looks at.
const SWEEP_MAX: usize = 500;
/// The name that sweeps remember under how far they came.
const NAME: &str = "due";
/// Most things that are said to travel with one silent tracker.
const CARRIED_MAX: usize = 8;
/// About as many rows are counted of one shard.
const COUNTED_MAX: usize = 1_000;
/// Most silent trackers that are asked what travels with them, to count it.
const SILENT_COUNTED_MAX: usize = 200;
/// Rows looked at at the same time.
const AT_ONCE: usize = 16;

/// Something that needs attention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attention {
    /// What: of a silent tracker, what it travels with.
    pub subject: Subject,
    /// Why.
    pub reason: AttentionReason,
    /// Since when; of a silent tracker, when it was heard of last.
    pub since: Timestamp,
    /// What went wrong, where somebody said.
    pub incident: Option<IncidentReason>,
    /// Where a package stands.
    pub status: Option<Status>,
    /// What people call it.
    pub name: Option<String>,
    /// The number people know a package by.
    pub number: Option<String>,
    /// The silent tracker.
    pub tracker: Option<TrackerId>,
}

/// A part of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttentionPage {
    /// Newest first.
    pub all: Vec<Attention>,
    /// Where to go on: pass it back; `None` at the end.
    pub after: Option<Vec<u8>>,
}

/// How much needs attention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttentionCounts {
    /// How many lines the list has for each reason.
    pub reasons: Vec<(AttentionReason, usize)>,
    /// Whether there is more than was counted.
    pub more: bool,
}

/// What a sweep found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Rows whose time had come.
    pub due: usize,
    /// Trackers that were heard of meanwhile, to be looked for again later.
    pub heard: usize,
    /// Whether there is more to look at.
    pub more: bool,
}

/// The rows of what a state says needs attention, now or later.
pub(crate) fn rows(subject: Subject, state: &State) -> impl Iterator<Item = (Key, Vec<u8>)> {
    let row = move |(reason, at)| (Row::Attention(at, reason, subject).key(), Vec::new());
    reasons(state).into_iter().map(row)
}

/// A row as its key says.
#[derive(Clone, Copy, Debug)]
struct Line {
    at: Timestamp,
    reason: AttentionReason,
    subject: Subject,
}

impl Line {
    fn of(sort: &[u8]) -> Option<Self> {
        let (at, rest) = sort.split_first_chunk::<8>()?;
        let at = Timestamp::from_millis(!u64::from_be_bytes(*at) as i64).ok()?;
        let (reason, subject) = rest.split_first()?;
        let reason = *AttentionReason::ALL.get(usize::from(*reason))?;
        Some(Self { at, reason, subject: subject_of_bytes(subject)? })
    }
}

impl Service {
    /// What needs attention, the newest first; with a `reason`, only for that.
    /// A page may hold fewer than `limit`, also none: only `after` ends the list.
    pub async fn attention(
        &self,
        reason: Option<AttentionReason>,
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<AttentionPage> {
        let limit = limit.clamp(1, PAGE_MAX);
        let mut from = newest_first(self.clock.now()).to_vec();
        if let Some(after) = after {
            from = from.max([after, &[0]].concat());
        }
        let scan = |bucket| {
            // One more than wanted tells whether there is more.
            let mut scan = Scan::whole(attention_shard(bucket), limit + 1);
            scan.range.start.clone_from(&from);
            self.table.scan(scan)
        };
        let pages = try_join_all((0..ATTENTION_SHARDS).map(scan)).await?;
        // Beyond the end of a page that was cut off, the merge would miss lines.
        let cut = pages.iter().filter(|it| it.rest.is_some());
        let end = cut.filter_map(|it| it.entries.last()).map(|it| it.key.sort.clone()).min();
        let mut sorts: Vec<Vec<u8>> =
            pages.into_iter().flat_map(|it| it.entries).map(|it| it.key.sort).collect();
        sorts.sort_unstable();
        if let Some(end) = &end {
            sorts.retain(|it| it <= end);
        }
        let more = limit < sorts.len() || end.is_some();
        sorts.truncate(limit);
        let lines = sorts.iter().filter_map(|it| Line::of(it));
        let wanted = lines.filter(|it| reason.is_none_or(|reason| reason == it.reason));
        let each: Vec<_> = wanted.map(|it| self.told(it)).collect();
        let all: Vec<Vec<Attention>> = stream::iter(each).buffered(AT_ONCE).try_collect().await?;
        let after = sorts.pop().filter(|_| more);
        Ok(AttentionPage { all: all.into_iter().flatten().collect(), after })
    }

    /// How many lines [`Self::attention`] has for each reason, as far as rows are derived:
    /// one query of each of the 16 shards, of which 1,000 rows are some 20 read units, and
    /// what travels with each silent tracker. Beyond what is counted there is `more`.
    pub async fn attention_counts(&self) -> Result<AttentionCounts> {
        let from = newest_first(self.clock.now()).to_vec();
        let scan = |bucket| {
            let mut scan = Scan::whole(attention_shard(bucket), COUNTED_MAX);
            scan.range.start.clone_from(&from);
            self.table.scan(scan)
        };
        let pages = try_join_all((0..ATTENTION_SHARDS).map(scan)).await?;
        let mut more = pages.iter().any(|it| it.rest.is_some());
        let mut counts = [0; AttentionReason::ALL.len()];
        let mut silent = Vec::new();
        for line in pages.iter().flat_map(|it| &it.entries).filter_map(|it| Line::of(&it.key.sort))
        {
            match line.subject {
                Subject::Tracker(tracker) => silent.push((line.at, tracker)),
                _ => counts[line.reason as usize] += 1,
            }
        }
        silent.sort_unstable_by(|a, b| b.cmp(a));
        more |= SILENT_COUNTED_MAX < silent.len();
        silent.truncate(SILENT_COUNTED_MAX);
        let each: Vec<_> = silent.into_iter().map(|(at, it)| self.told_of_silent(it, at)).collect();
        let told: Vec<_> = stream::iter(each).buffered(AT_ONCE).try_collect().await?;
        counts[AttentionReason::Silent as usize] += told.iter().map(Vec::len).sum::<usize>();
        let reasons = AttentionReason::ALL.iter().map(|it| (*it, counts[*it as usize])).collect();
        Ok(AttentionCounts { reasons, more })
    }

    /// What a row tells, if it is still true.
    async fn told(&self, line: Line) -> Result<Vec<Attention>> {
        let Line { at, reason, subject } = line;
        if let Subject::Tracker(tracker) = subject {
            return self.told_of_silent(tracker, at).await;
        }
        let Some((head, _)) = self.head(subject).await? else { return Ok(Vec::new()) };
        if !reasons(&head.state).contains(&(reason, at)) {
            return Ok(Vec::new());
        }
        let incident = match reason {
            AttentionReason::Problem | AttentionReason::Held => head.state.reason,
            _ => None,
        };
        let (since, tracker) = (at, None);
        Ok(vec![Attention { reason, since, incident, tracker, ..described(subject, &head.state) }])
    }

    async fn told_of_silent(&self, tracker: TrackerId, at: Timestamp) -> Result<Vec<Attention>> {
        let Some(since) = self.silent_since(tracker).await? else { return Ok(Vec::new()) };
        if since.plus(SILENT_AFTER) != at {
            return Ok(Vec::new());
        }
        let mut all = Vec::new();
        let shard = subject_shard(Subject::Tracker(tracker));
        let carried = self.table.scan(Scan::prefix(shard, b"a", CARRIED_MAX)).await?;
        for entry in carried.entries {
            let Some(subject) = subject_of_bytes(&entry.key.sort[1..]) else { continue };
            let Some((head, _)) = self.head(subject).await? else { continue };
            // What has arrived may be silent, and so may a tracker in a drawer.
            let travels = head.state.tracker.is_some_and(|it| it.0 == tracker);
            if travels && !head.state.status.is_final() {
                let (reason, tracker) = (AttentionReason::Silent, Some(tracker));
                all.push(Attention { reason, since, tracker, ..described(subject, &head.state) });
            }
        }
        Ok(all)
    }

    async fn silent_since(&self, tracker: TrackerId) -> Result<Option<Timestamp>> {
        Ok(self.heard_of(tracker).await?.map(|it| it.heard_at))
    }

    /// Looks at what has become due since the last sweep: at most so much, the
    /// oldest first. Repeated, or done by two at once, it does nothing twice.
    pub async fn sweep_due(&self) -> Result<Swept> {
        let (now, mut swept) = (self.clock.now(), Swept::default());
        for bucket in 0..ATTENTION_SHARDS {
            let checkpoint = Row::Checkpoint(NAME, u64::from(bucket)).key();
            let before = self.table.get(&checkpoint).await?;
            let known = before.map(|it| minicbor::decode::<Checkpoint>(&it.value)).transpose()?;
            let since = known.as_ref().map(|it| Timestamp::MIN.plus(it.seq_low as i64));
            let Some(until) = self.sweep_shard(bucket, since, now, &mut swept).await? else {
                continue;
            };
            let seq_low = until.millis() as u64;
            if known.is_none_or(|it| it.seq_low < seq_low) {
                let put = to_bytes(&Checkpoint { seq_high: 0, seq_low });
                self.table.write(vec![Write::put(checkpoint, Guard::Any, put)]).await?;
            }
        }
        Ok(swept)
    }

    /// Sweeps one shard, the oldest rows first, and says up to which instant.
    async fn sweep_shard(
        &self,
        bucket: u8,
        since: Option<Timestamp>,
        now: Timestamp,
        swept: &mut Swept,
    ) -> Result<Option<Timestamp>> {
        let mut scan = Scan::whole(attention_shard(bucket), SWEEP_MAX).reversed();
        scan.range.start = newest_first(now).to_vec();
        if let Some(since) = since {
            scan.range.end = newest_first(since).to_vec();
        }
        let (mut first, mut last, mut next) = (None, None, Some(scan));
        while let Some(scan) = next {
            // It stops between two instants: of one, all rows or none are done.
            if last != first {
                swept.more = true;
                return Ok(last.map(|it: Timestamp| it.plus(-1)));
            }
            let page = self.table.scan(scan).await?;
            for entry in &page.entries {
                let Some(line) = Line::of(&entry.key.sort) else { continue };
                swept.due += 1;
                if let Subject::Tracker(tracker) = line.subject {
                    swept.heard += usize::from(self.look_for(tracker, entry, line.at).await?);
                }
                first.get_or_insert(line.at);
                last = Some(line.at);
            }
            next = page.rest;
        }
        Ok(last)
    }

    /// Looks whether a tracker is silent as its row says; if it was heard of
    /// meanwhile, its row moves to where it will be silent. Says whether it moved.
    async fn look_for(&self, tracker: TrackerId, entry: &Entry, at: Timestamp) -> Result<bool> {
        let Some(heard_at) = self.silent_since(tracker).await? else { return Ok(false) };
        let silent_at = heard_at.plus(SILENT_AFTER);
        if silent_at == at {
            return Ok(false);
        }
        let delete = Write::delete(entry.key.clone(), Guard::Unchanged(entry.version));
        let put = Write::put(silence(tracker, silent_at), Guard::Any, []);
        match self.table.write(vec![delete, put]).await {
            Err(table::Error::Conflict(_)) => Ok(false),
            other => Ok(other.map(|()| true)?),
        }
    }

    /// A tracker is heard of for the first time, or after a silence: from now on
    /// it is looked for. Written before its ring, so that no failure forgets it.
    pub(crate) async fn expect_fixes(
        &self,
        tracker: TrackerId,
        before: Option<Timestamp>,
        heard_at: Timestamp,
    ) -> Result<()> {
        if before.is_some_and(|it| heard_at.since(it) < SILENT_AFTER) {
            return Ok(());
        }
        // Not before the next sweep, however late this is derived.
        let at = heard_at.plus(SILENT_AFTER).max(self.clock.now().plus(MINUTE));
        let put = Write::put(silence(tracker, at), Guard::Any, []);
        let over = before.map(|it| silence(tracker, it.plus(SILENT_AFTER)));
        let delete = over.filter(|it| *it != put.key).map(|it| Write::delete(it, Guard::Any));
        for write in [Some(put), delete].into_iter().flatten() {
            self.table.write(vec![write]).await?;
        }
        Ok(())
    }

    /// Makes sure that a tracker is looked for which was heard of.
    pub(crate) async fn look_again_for(&self, tracker: TrackerId) -> Result<()> {
        let Some(heard_at) = self.silent_since(tracker).await? else { return Ok(()) };
        self.expect_fixes(tracker, None, heard_at).await
    }

    /// The rows of what needs attention that no state asks for; a tracker's row
    /// finds out by itself.
    pub(crate) async fn attention_keys(&self) -> Result<BTreeSet<(Subject, Key)>> {
        let mut all = BTreeSet::new();
        for bucket in 0..ATTENTION_SHARDS {
            let mut next = Some(Scan::whole(attention_shard(bucket), PAGE_MAX));
            while let Some(scan) = next {
                let page = self.table.scan(scan).await?;
                next = page.rest;
                for Entry { key, .. } in page.entries {
                    match Line::of(&key.sort) {
                        Some(Line { subject, .. }) if !matches!(subject, Subject::Tracker(_)) => {
                            all.insert((subject, key));
                        }
                        _ => (),
                    }
                }
            }
        }
        Ok(all)
    }
}

fn silence(tracker: TrackerId, at: Timestamp) -> Key {
    Row::Attention(at, AttentionReason::Silent, Subject::Tracker(tracker)).key()
}

/// What is said of a subject for whatever reason.
fn described(subject: Subject, state: &State) -> Attention {
    let (name, number) = match &state.record {
        Some(Record::Package(it)) => (it.description.clone(), best_number(it)),
        Some(Record::Container(it)) => (Some(it.name.clone()), None),
        _ => (None, None),
    };
    Attention {
        subject,
        reason: AttentionReason::Problem,
        since: Timestamp::MIN,
        incident: None,
        status: state.package().map(|_| state.status),
        name,
        number,
        tracker: None,
    }
}
