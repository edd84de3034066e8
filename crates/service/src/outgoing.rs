//! Outgoing: what is recorded here is told to others, on a bus and to operators. Each
//! event becomes one piece of news, under its own id; what cannot be sent now waits in
//! the outbox. Nothing here holds up what follows from events.

mod alarms;
mod outbox;

use domain::{
    event::{Fact, FactKind},
    id::derive_bytes,
    leaf::hex,
    time::Timestamp,
};
use table::Changed;

use crate::{Service, error::Result, keys::subject_of_shard, rows::Recorded};

pub use alarms::{Alarm, AlarmKind, AlarmsRow, RaisedRow};
pub use outbox::{GIVEN_UP_AFTER, GivenUpRow, Outbox, OutboxRow, Swept};

/// News handed to a publisher at once.
const AT_ONCE: usize = 100;
/// The version of what is told: another one gets names of its own.
const VERSION: u32 = 1;

/// Something that others are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outgoing {
    /// On the bus: this was recorded.
    Event(Box<Recorded>),
    /// To operators: they should look, or need no longer.
    Alarm(Alarm),
    /// To those who watch, on this channel: a frame as it travels. Never sent again.
    Live {
        /// The channel.
        channel: String,
        /// The frame, one JSON object.
        frame: String,
    },
}

impl Outgoing {
    /// What the same piece of news has however often it is sent. Of a frame, what it says.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Event(it) => it.event.id.to_string(),
            Self::Alarm(it) => it.id(),
            Self::Live { channel, frame } => {
                hex(&derive_bytes(&[channel.as_bytes(), frame.as_bytes()]))
            }
        }
    }
}

/// What sort of news an event is to those who follow the bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NewsKind {
    /// It was registered.
    Created,
    /// What was registered or promised of it is other than before.
    Changed,
    /// It was seen or measured, taken, loaded, or is on its way.
    Moved,
    /// Its recipient has it.
    Delivered,
    /// Something is wrong with it.
    Problem,
    /// It is back.
    Returned,
    /// It will not be shipped.
    Cancelled,
    /// An earlier event was wrong or did not happen.
    Corrected,
    /// What it costs is other than before.
    Cost,
    /// A note was written or a photo taken.
    Noted,
}

impl NewsKind {
    /// Every sort there is.
    pub const ALL: &'static [Self] = &[
        Self::Created,
        Self::Changed,
        Self::Moved,
        Self::Delivered,
        Self::Problem,
        Self::Returned,
        Self::Cancelled,
        Self::Corrected,
        Self::Cost,
        Self::Noted,
    ];

    /// The sort of an event that says this.
    #[must_use]
    pub const fn of(fact: &Fact) -> Self {
        match fact.kind() {
            FactKind::Registered => Self::Created,
            FactKind::Amended
            | FactKind::Merged
            | FactKind::PromiseChanged
            | FactKind::TrackerAttached
            | FactKind::TrackerDetached => Self::Changed,
            FactKind::Positioned
            | FactKind::Scanned
            | FactKind::PickedUp
            | FactKind::Departed
            | FactKind::Arrived
            | FactKind::Joined
            | FactKind::Left
            | FactKind::OutForDelivery
            | FactKind::ReadyToCollect
            | FactKind::Returning
            | FactKind::Solved => Self::Moved,
            FactKind::Delivered => Self::Delivered,
            FactKind::Problem | FactKind::Held | FactKind::Lost => Self::Problem,
            FactKind::Returned => Self::Returned,
            FactKind::Cancelled => Self::Cancelled,
            FactKind::Corrected | FactKind::Voided => Self::Corrected,
            FactKind::CostAdded | FactKind::CostCredited | FactKind::CostShared => Self::Cost,
            FactKind::PhotoAdded | FactKind::Note => Self::Noted,
        }
    }

    /// As it stands in names.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Moved => "moved",
            Self::Delivered => "delivered",
            Self::Problem => "problem",
            Self::Returned => "returned",
            Self::Cancelled => "cancelled",
            Self::Corrected => "corrected",
            Self::Cost => "cost",
            Self::Noted => "noted",
        }
    }
}

/// What an event is called on a bus: `whereabouts.package.moved.v1`.
#[must_use]
pub fn detail_type(recorded: &Recorded) -> String {
    let event = &recorded.event;
    format!("whereabouts.{}.{}.v{VERSION}", event.subject.kind(), NewsKind::of(&event.fact).word())
}

impl Service {
    /// Tells others what these changes record, and says how many pieces of news that
    /// were. What cannot be sent now waits in the outbox: once this returned `Ok` all of
    /// it will be sent, or given up and counted, at least once. The same changes again
    /// are the same news again; what was recorded a day ago is none any more. Without a
    /// publisher nothing is done.
    pub async fn send_outgoing(&self, changes: &[Changed]) -> Result<usize> {
        if self.publisher.is_none() {
            return Ok(0);
        }
        let mut news = changes.iter().filter_map(new_event).collect::<Result<Vec<Recorded>>>()?;
        // A store that is made again records everything anew; it was told before.
        let now = self.clock.now();
        news.retain(|it| lasted(it.event.recorded_at, now) < GIVEN_UP_AFTER);
        let count = news.len();
        let all = news.into_iter().map(|it| Outgoing::Event(Box::new(it))).collect();
        self.keep_for_later(self.send(all).await).await?;
        Ok(count)
    }

    /// Sends what it can; gives back what it could not.
    async fn send(&self, mut all: Vec<Outgoing>) -> Vec<Outgoing> {
        let Some(publisher) = &self.publisher else { return all };
        let mut unsent = Vec::new();
        while !all.is_empty() {
            let rest = all.split_off(all.len().min(AT_ONCE));
            let sent = publisher.publish(all.clone()).await;
            let sent = sent.into_iter().chain(std::iter::repeat(false));
            unsent.extend(all.into_iter().zip(sent).filter(|it| !it.1).map(|it| it.0));
            all = rest;
        }
        unsent
    }
}

/// The event that a change records. That one was erased or filed is no news.
fn new_event(change: &Changed) -> Option<Result<Recorded>> {
    let (None, Some(row)) = (&change.old, &change.new) else { return None };
    subject_of_shard(&change.key.shard)?;
    let is_event = change.key.sort.strip_prefix(b"e").is_some_and(|it| it.len() == 16);
    is_event.then(|| minicbor::decode(row).map_err(Into::into))
}

/// How long something has lasted that began then; nothing while it is to come.
const fn lasted(since: Timestamp, now: Timestamp) -> i64 {
    let millis = now.since(since);
    if millis < 0 { 0 } else { millis }
}
