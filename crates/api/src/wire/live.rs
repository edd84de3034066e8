//! News on the wire: the data of server-sent events, one line of JSON each.

use std::fmt::Write;

use axum::body::Bytes;
use domain::{event::Measurement as Measured, leaf::hex, position::Position as Point};
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

/// Leave to watch, where others answer in our place.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LiveTicket {
    /// Where news are published on channels; nothing where they come by `GET /v1/live`.
    pub channels: Option<Channels>,
    /// Whether cookies came with this that let one see tiles of the map for 10 minutes.
    pub tiles: bool,
}

/// Leave to subscribe to channels.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Channels {
    /// Shown when connecting and subscribing; it says nothing to its holder.
    pub ticket: String,
    /// Until when it is good.
    pub expires_at: Time,
    /// What the channels begin with that it is good for; below each are
    /// `package/ID`, `container/ID`, `place/ID`, `tracker/ID` (ids without their prefix)
    /// and `tile/ZOOM-COLUMN-ROW` of `zooms`.
    pub begin_with: Vec<String>,
    /// The zooms of tiles that have channels.
    pub zooms: Vec<u8>,
    /// The WebSocket to connect to; nothing where channels have none.
    pub url: Option<String>,
    /// The host that the ticket is shown to.
    pub host: Option<String>,
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
    /// Names this piece of news among those of the same name and subject.
    pub seq: String,
    /// The `seq` of the one before it: who has seen another one last has missed some,
    /// and fetches anew. Nothing if it is the first.
    pub prev: Option<String>,
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
    /// Names what is shown of the holder.
    pub seq: String,
    /// The same of what was shown before: who was shown something else has missed some,
    /// and fetches anew. Nothing if it was not shown.
    pub prev: Option<String>,
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
    /// Names this piece of news among those of the same name and tracker.
    pub seq: String,
    /// The `seq` of the one before it; nothing if it is the first.
    pub prev: Option<String>,
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
            seq: it.seq.to_string(),
            prev: it.prev.map(|it| it.to_string()),
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
            seq: it.fix.at.millis().to_string(),
            prev: it.prev.map(|it| it.millis().to_string()),
            measured: Measurement::of(&measured),
            coarse,
        }
    }
}

impl OnMap {
    fn of(it: &live::Shown) -> Self {
        Self {
            key: map::key(it.id),
            holder: it.mark.as_deref().map(map::Holder::of),
            seq: hex(&it.version),
            prev: (it.before != [0; 8]).then(|| hex(&it.before)),
        }
    }
}

/// A frame as it travels to somebody of this sight; nothing when it is not for them.
pub fn frame(stream: &Subscription, frame: &Frame, exact: bool) -> Option<Bytes> {
    frame.written(exact, || {
        let id = stream.id_of(frame.number);
        let (name, data) = said(&frame.news, exact);
        Some(lines(Some(&id), name, &data))
    })
}

/// What a channel carries: the name and data of the event that a stream would.
pub fn message(news: &News, exact: bool) -> String {
    let (name, data) = said(news, exact);
    format!(r#"{{"event":"{name}","data":{data}}}"#)
}

/// The name and data of a piece of news, as somebody of this sight gets them.
fn said(news: &News, exact: bool) -> (&'static str, String) {
    match news {
        News::Changed(it) => ("changed", text(&Changed::from(&**it))),
        News::Carried(it) => ("carried", text(&Carried::from(it))),
        News::Measured(it) => ("fix", text(&Fix::of(it, exact))),
        News::Shown(it) => ("holder", text(&OnMap::of(it))),
    }
}

fn text(data: &impl Serialize) -> String {
    serde_json::to_string(data).expect("it holds only text and numbers")
}

/// One event of a stream.
pub fn event(id: Option<&str>, name: &str, data: &impl Serialize) -> Bytes {
    lines(id, name, &text(data))
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
