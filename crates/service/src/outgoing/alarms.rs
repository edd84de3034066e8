//! Alarms: what an operator has to look at. Each is raised once when it begins and once
//! when it is over; a row says which are raised, so that any process can tell.

use domain::{
    id::derive_bytes,
    leaf::hex,
    time::{DAY, MINUTE, Millis, Timestamp},
};
use minicbor::{Decode, Encode};
use table::{Guard, Write};

use super::{Outgoing, lasted};
use crate::{Service, error::Result, keys::Row, rows::to_bytes};

/// Nothing can be appended to the log for so long.
const LOG_TROUBLE_MAX: Millis = 5 * MINUTE;
/// What is recorded waits so long for the log.
const UNLOGGED_MAX: Millis = 15 * MINUTE;
/// News that were given up are told of for so long.
const GIVEN_UP_FOR: Millis = DAY;

/// What an alarm is about. Numbers are stored: never reuse or change one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum AlarmKind {
    /// Nothing can be appended to the log.
    #[n(0)]
    LogTrouble,
    /// What is recorded waits too long for the log.
    #[n(1)]
    Unlogged,
    /// News could not be sent and were given up.
    #[n(2)]
    GivenUp,
}

impl AlarmKind {
    /// As it stands in names.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::LogTrouble => "log_trouble",
            Self::Unlogged => "unlogged",
            Self::GivenUp => "given_up",
        }
    }
}

/// That somebody should look, or need no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// What it is about.
    pub kind: AlarmKind,
    /// Since when.
    pub since: Timestamp,
    /// True when it is over.
    pub over: bool,
    /// What is the matter, in words.
    pub says: String,
}

impl Alarm {
    /// The same alarm again has the same.
    #[must_use]
    pub fn id(&self) -> String {
        let since = self.since.millis().to_be_bytes();
        hex(&derive_bytes(&[b"alarm", self.kind.word().as_bytes(), &since, &[self.over.into()]]))
    }
}

/// Which alarms are raised.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AlarmsRow {
    /// Each once.
    #[n(0)]
    pub raised: Vec<RaisedRow>,
}

/// An alarm that is raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RaisedRow {
    /// What it is about.
    #[n(0)]
    pub kind: AlarmKind,
    /// Since when.
    #[n(1)]
    pub since: Timestamp,
}

impl Service {
    /// Raises what has become wrong since the last time and tells what is over. What
    /// cannot be sent is raised again the next time. Gives what was sent.
    pub async fn raise_alarms(&self) -> Result<Vec<Alarm>> {
        if self.publisher.is_none() {
            return Ok(Vec::new());
        }
        let entry = self.table.get(&Row::Alarms.key()).await?;
        let before: AlarmsRow =
            entry.as_ref().map(|it| minicbor::decode(&it.value)).transpose()?.unwrap_or_default();
        let (now, waits) = (self.wrong_now().await?, self.unlogged_for().await?);
        let mut sent = Vec::new();
        let mut after = before.clone();
        for alarm in &now {
            let known = before.raised.iter().any(|it| it.kind == alarm.kind);
            if !known && self.sounds(alarm).await {
                after.raised.push(RaisedRow { kind: alarm.kind, since: alarm.since });
                sent.push(alarm.clone());
            }
        }
        for RaisedRow { kind, since } in &before.raised {
            // Only who appends to the log knows its trouble; who does not sees it wait.
            let lasts = now.iter().any(|it| it.kind == *kind)
                || *kind == AlarmKind::LogTrouble && LOG_TROUBLE_MAX <= waits;
            let says = "This is over.".to_owned();
            let over = Alarm { kind: *kind, since: *since, over: true, says };
            if !lasts && self.sounds(&over).await {
                after.raised.retain(|it| it.kind != *kind);
                sent.push(over);
            }
        }
        if after != before {
            let guard = entry.map_or(Guard::Absent, |it| Guard::Unchanged(it.version));
            let put = Write::put(Row::Alarms.key(), guard, to_bytes(&after));
            self.unless_taken(vec![put]).await?;
        }
        Ok(sent)
    }

    async fn sounds(&self, alarm: &Alarm) -> bool {
        self.send(vec![Outgoing::Alarm(alarm.clone())]).await.is_empty()
    }

    async fn wrong_now(&self) -> Result<Vec<Alarm>> {
        let now = self.clock.now();
        let minutes = |since| lasted(since, now) / MINUTE;
        let mut all = Vec::new();
        if let Some((since, why)) = self.log_status().trouble
            && LOG_TROUBLE_MAX <= lasted(since, now)
        {
            let says =
                format!("Nothing could be added to the log for {} min: {why}", minutes(since));
            all.push(Alarm { kind: AlarmKind::LogTrouble, since, over: false, says });
        }
        let waiting = self.log_waiting().await?;
        if let Some(since) = waiting.since.filter(|it| UNLOGGED_MAX <= lasted(*it, now)) {
            let (count, minutes) = (waiting.count, minutes(since));
            let says = format!("{count} wait for the log, the oldest for {minutes} min");
            all.push(Alarm { kind: AlarmKind::Unlogged, since, over: false, says });
        }
        let (given_up, _) = self.given_up().await?;
        if let Some(since) = given_up.at.filter(|it| lasted(*it, now) < GIVEN_UP_FOR) {
            let count = given_up.count;
            let says = format!("{count} pieces of news could not be sent in all and were given up");
            all.push(Alarm { kind: AlarmKind::GivenUp, since, over: false, says });
        }
        Ok(all)
    }

    async fn unlogged_for(&self) -> Result<Millis> {
        let since = self.log_waiting().await?.since;
        Ok(since.map_or(0, |it| lasted(it, self.clock.now())))
    }
}
