//! News on the wire: the data of server-sent events, one line of JSON each.

use std::fmt::Write;

use axum::body::Bytes;
use domain::{event::Measurement as Measured, position::Position as Point};
use serde::Serialize;
use service::live::{self, Frame, News, Public, Subscription};
use utoipa::ToSchema;

use crate::wire::{
    event::Measurement,
    map,
    package::{Expected, HolderView, Promise, SeenAt},
    scalar::{Id, Time, ids},
    word::{Word, words},
};

/// What the data of each event holds; the event's name says which of these.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "the document describes it; each is written by itself")]
pub enum LiveEvent {
    /// `changed`: something was recorded of what is watched.
    Changed(Changed),
    /// `carried`: what is watched travels in or with something else now.
    Carried(Carried),
    /// `fix`: a tracker was measured.
    Fix(Fix),
    /// `holder`: what a watched tile of the map shows has changed.
    Holder(OnMap),
    /// `ready`, `reset`: a stream begins; after `reset` fetch everything anew.
    Begun(Begun),
}

/// How a stream begins. What is fetched from now on is kept true by the events
/// that follow.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Begun {
    /// What carries each subject that is watched.
    pub carried: Vec<Carried>,
}

/// How something stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Changed {
    /// What changed.
    pub subject: ids::Subject,
    /// How many events its history has: of two, the greater is later.
    pub events: u64,
    /// Where it stands.
    pub status: words::Status,
    /// Since when.
    pub status_at: Time,
    /// Why, when something is wrong with it.
    pub reason: Option<words::IncidentReason>,
    /// What holds it.
    pub holder: Option<HolderView>,
    /// The last place it was seen at.
    pub last_place: Option<SeenAt>,
    /// The tracker that travels with it.
    pub tracker: Option<ids::Tracker>,
    /// When the carrier promised to deliver it.
    pub promised: Option<Promise>,
    /// When it should be delivered.
    pub expected: Option<Expected>,
    /// When it was delivered.
    pub delivered_at: Option<Time>,
    /// When we learned of the change.
    pub recorded_at: Time,
}

/// What carries something.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Carried {
    /// What is carried.
    pub subject: ids::Subject,
    /// From itself outwards.
    pub chain: Vec<ids::Subject>,
    /// The trackers whose fixes tell where it is.
    pub trackers: Vec<TrackerOn>,
}

/// A tracker and what it travels with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TrackerOn {
    /// The tracker.
    pub tracker: ids::Tracker,
    /// What it travels with.
    pub on: ids::Subject,
}

/// A holder on the map as it is now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OnMap {
    /// Which: the same as in tiles.
    pub key: String,
    /// Where it is and what it holds; nothing once it is no longer shown.
    pub holder: Option<map::Holder>,
}

/// Where a tracker is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Fix {
    /// Whose fix.
    pub tracker: ids::Tracker,
    /// What it travels with.
    pub on: Option<ids::Subject>,
    /// When it was measured.
    pub at: Time,
    /// Where, and how well.
    pub measured: Measurement,
    /// True when it is near a private place or follows a person, and is shown as the
    /// town or region around it.
    pub coarse: bool,
}

impl From<&live::Carried> for Carried {
    fn from(it: &live::Carried) -> Self {
        let tracker = |(tracker, on): &_| TrackerOn { tracker: Id(*tracker), on: Id(*on) };
        Self {
            subject: Id(it.subject),
            chain: it.chain.iter().copied().map(Id).collect(),
            trackers: it.trackers.iter().map(tracker).collect(),
        }
    }
}

impl From<&live::Changed> for Changed {
    fn from(it: &live::Changed) -> Self {
        Self {
            subject: Id(it.subject),
            events: it.seq,
            status: Word(it.status),
            status_at: Time(it.status_at),
            reason: it.reason.map(Word),
            holder: it.holder.map(|(holder, since)| HolderView::of(holder, since)),
            last_place: it.last_place.map(|(place, at)| SeenAt { place: Id(place), at: Time(at) }),
            tracker: it.tracker.map(Id),
            promised: it.promised.map(Promise::of),
            expected: it.expected.as_ref().map(Expected::of),
            delivered_at: it.delivered_at.map(Time),
            recorded_at: Time(it.recorded_at),
        }
    }
}

impl Fix {
    /// As those who may see homes and people exactly see it, or as everybody does.
    fn of(it: &live::Measured, exact: bool) -> Self {
        let (measured, coarse) = match it.public {
            _ if exact => (it.fix.into(), false),
            Public::Exact => (it.fix.into(), false),
            Public::Around(at, radius_m) => {
                let position = Point { at, height: None };
                let radius_95_mm = Some(radius_m.saturating_mul(1_000));
                let (vertical_95_mm, speed_mm_s, course_cdeg) = (None, None, None);
                let town =
                    Measured { position, radius_95_mm, vertical_95_mm, speed_mm_s, course_cdeg };
                (town, true)
            }
        };
        Self {
            tracker: Id(it.tracker),
            on: it.on.map(Id),
            at: Time(it.fix.at),
            measured: Measurement::of(&measured),
            coarse,
        }
    }
}

/// A frame as it travels to somebody of this sight; nothing when it is not for them.
pub fn frame(stream: &Subscription, frame: &Frame, exact: bool) -> Option<Bytes> {
    frame.written(exact, || {
        let id = stream.id_of(frame.number);
        match &frame.news {
            News::Changed(it) => Some(event(Some(&id), "changed", &Changed::from(&**it))),
            News::Carried(it) => Some(event(Some(&id), "carried", &Carried::from(it))),
            News::Measured(it) => Some(event(Some(&id), "fix", &Fix::of(it, exact))),
            News::Shown { id: holder, mark } => {
                let holder =
                    OnMap { key: map::key(*holder), holder: mark.as_deref().map(map::Holder::of) };
                Some(event(Some(&id), "holder", &holder))
            }
        }
    })
}

/// One event of a stream.
pub fn event(id: Option<&str>, name: &str, data: &impl Serialize) -> Bytes {
    lines(id, name, &serde_json::to_string(data).expect("it holds only text and numbers"))
}

fn lines(id: Option<&str>, name: &str, data: &str) -> Bytes {
    let mut text = String::with_capacity(data.len() + 80);
    if let Some(id) = id {
        writeln!(text, "id: {id}").expect("writing to a string cannot fail");
    }
    // A line end inside would begin another field.
    let data = data.replace(['\r', '\n'], " ");
    writeln!(text, "event: {name}\ndata: {data}\n").expect("writing to a string cannot fail");
    Bytes::from(text)
}
