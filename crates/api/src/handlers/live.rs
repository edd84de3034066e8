//! The live feed as server-sent events: news of what one watches, resumable by
//! `Last-Event-ID`.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{
        HeaderMap, HeaderName, HeaderValue,
        header::{CONTENT_TYPE, SET_COOKIE},
    },
    response::{IntoResponse, Json, Response},
};
use domain::id::{ContainerId, PackageId, PlaceId, Subject, TrackerId};
use futures::stream;
use serde::Deserialize;
use service::live::{
    Full, STREAMS_EACH_MAX, Start, Subscription, Topic, Wish,
    channel::{Sight, ZOOMS},
};
use tokio::time::{Instant, sleep_until};
use utoipa::{
    IntoParams,
    openapi::{RefOr, Schema},
};

use crate::{
    Api,
    auth::{Kept, Signed},
    problem::{Kind, Problem, Result},
    query::{Parameters, Query, with},
    wire::{
        live::{Begun, Channels, LiveTicket, event, frame},
        scalar::{Id, Time, ids},
        viewer::Viewer,
    },
};

/// The media type of a stream.
pub const EVENT_STREAM: &str = "text/event-stream";
/// What the document says of it.
pub const SAYS: &str = "News of what one watches, as server-sent events: `ready` at the \
    beginning, then `changed`, `carried`, `fix` and `holder` as they are accepted (the data of each \
    is one of LiveEvent). Fetch what is watched after `ready`. All but `carried` have `seq` and \
    `prev`, the `seq` of the event before it of the same name and subject, tracker or holder. A stream that comes back with \
    `Last-Event-ID` gets exactly what it missed, or `reset`: then fetch anew. Who reads too slowly \
    is told `behind` and comes back.";
/// A stream says something at least this often, so that nothing in between
/// takes it for dead; and looks whether its reader may still read.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Ends of access come with the feed; only what ends by itself is asked for, every
/// so many heartbeats.
const HEARTBEATS_UNASKED: u32 = 20;
/// Seconds after which somebody for whom there is no room may ask again.
const RETRY_AFTER_S: i64 = 15;
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Whatever is longer is no id of ours.
const ID_LEN_MAX: usize = 64;

/// What is watched.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// A package; give it again for each. News of it and of whatever carries it.
    #[serde(default)]
    #[param(max_items = 64)]
    package: Vec<ids::Package>,
    /// A container; give it again for each. News of it and of whatever carries it.
    #[serde(default)]
    #[param(max_items = 64)]
    container: Vec<ids::Container>,
    /// A place; give it again for each.
    #[serde(default)]
    #[param(max_items = 64)]
    place: Vec<ids::Place>,
    /// A tracker; give it again for each.
    #[serde(default)]
    #[param(max_items = 64)]
    tracker: Vec<ids::Tracker>,
    /// A tile of the map as zoom/column/row; give it again for each.
    #[serde(default)]
    #[param(max_items = 32)]
    tile: Vec<String>,
}

impl Parameters for Wanted {
    fn schemas() -> Vec<(String, RefOr<Schema>)> {
        let things = with::<Id<ContainerId>>(with::<Id<PackageId>>(Vec::new()));
        with::<Id<TrackerId>>(with::<Id<PlaceId>>(things))
    }
}

impl Wanted {
    fn topics(&self) -> Result<Vec<Topic>> {
        let mut topics: Vec<Topic> = Vec::new();
        topics.extend(self.package.iter().map(|it| Topic::Subject(Subject::Package(it.0))));
        topics.extend(self.container.iter().map(|it| Topic::Subject(Subject::Container(it.0))));
        topics.extend(self.place.iter().map(|it| Topic::Subject(Subject::Place(it.0))));
        topics.extend(self.tracker.iter().map(|it| Topic::Subject(Subject::Tracker(it.0))));
        for (index, text) in self.tile.iter().enumerate() {
            let tile = tile(text).ok_or_else(|| {
                let detail = "a tile is zoom/column/row, as in 4/8/5, with a zoom of at most 22";
                Problem::parameter(&format!("?tile/{index}"), "tile", detail)
            })?;
            topics.push(tile);
        }
        if topics.is_empty() {
            let detail = "Say what to watch: package, container, place, tracker or tile.";
            return Err(Problem::parameter("?", "missing", detail));
        }
        topics.sort_unstable();
        topics.dedup();
        Ok(topics)
    }

    /// Where a subject was asked for.
    fn pointer(&self, subject: &str) -> String {
        fn place<T: ToString>(all: &[Id<T>], subject: &str) -> Option<usize> {
            all.iter().position(|it| it.0.to_string() == subject)
        }
        [
            ("package", place(&self.package, subject)),
            ("container", place(&self.container, subject)),
            ("place", place(&self.place, subject)),
            ("tracker", place(&self.tracker, subject)),
        ]
        .into_iter()
        .find_map(|(name, index)| Some(format!("?{name}/{}", index?)))
        .unwrap_or_else(|| "?".to_owned())
    }
}

fn tile(text: &str) -> Option<Topic> {
    let mut parts = text.split('/').map(|it| {
        let digits = it.bytes().all(|it| it.is_ascii_digit());
        it.parse::<u32>().ok().filter(|_| digits)
    });
    let (z, x, y) = (parts.next()??, parts.next()??, parts.next()??);
    let inside = parts.next().is_none() && z <= 22 && x < 1 << z && y < 1 << z;
    inside.then_some(Topic::Tile { z: z as u8, x, y })
}

/// Opens a stream.
pub async fn stream(
    State(api): State<Api>,
    signed: Signed,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Result<Response> {
    let after = headers.get(LAST_EVENT_ID).map(|it| {
        let text = it.to_str().unwrap_or_default();
        text.chars().take(ID_LEN_MAX).collect::<String>()
    });
    let wish = Wish { user: signed.0.user, topics: wanted.topics()?, after };
    let begun = match api.service().watch(wish).await {
        Err(service::Error::NotFound(subject)) => {
            let detail = format!("{subject} is not registered here.");
            return Err(Problem::parameter(&wanted.pointer(&subject), "unknown", detail));
        }
        other => other?,
    };
    let subscription = begun.map_err(full)?;
    let proof = Kept::of(&headers);
    let reader = Reader {
        api,
        viewer: signed.viewer(),
        proof,
        beats: (subscription.id % u64::from(HEARTBEATS_UNASKED)) as u32,
        next_beat: Instant::now() + HEARTBEAT,
        begun: false,
        subscription,
    };
    let body = Body::from_stream(stream::unfold(Some(reader), |reader| async {
        let mut reader = reader?;
        let (bytes, more) = reader.next().await?;
        Some((Ok::<Bytes, Infallible>(bytes), more.then_some(reader)))
    }));
    // Nobody in between may hold anything back.
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    let media = (CONTENT_TYPE, HeaderValue::from_static(EVENT_STREAM));
    Ok(([media, unbuffered], body).into_response())
}

/// What the document says of [`ticket`].
pub const TICKET_SAYS: &str = "Gives leave for 5 minutes to subscribe to channels of news, and for \
    10 minutes, by cookies, to ask who keeps tiles of the map in our place.";

/// Gives leave to watch, where others answer in our place.
pub async fn ticket(State(api): State<Api>, signed: Signed) -> Result<Response> {
    let exact = signed.viewer().personal;
    let front = api.front();
    let ticket = api.service().live_ticket(signed.0.user, exact);
    if ticket.is_none() && front.passes.is_none() {
        let detail = "There are no channels here: news come by GET /v1/live alone.";
        return Err(Problem::new(Kind::NotFound, detail));
    }
    let own = if exact { Sight::Exact } else { Sight::Town };
    let channels = [Sight::All, own].map(|it| format!("/live/{}", it.word()));
    let channels = ticket.as_ref().map(|(ticket, expires_at)| Channels {
        ticket: ticket.clone(),
        expires_at: Time(*expires_at),
        begin_with: channels.to_vec(),
        zooms: ZOOMS.to_vec(),
        url: front.news.as_ref().map(|it| it.url.clone()),
        host: front.news.as_ref().map(|it| it.host.clone()),
    });
    let cookies = front.passes.as_ref().map(|it| it.cookies(api.now())).unwrap_or_default();
    let mut response = Json(LiveTicket { channels, tiles: !cookies.is_empty() }).into_response();
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

fn full(why: Full) -> Problem {
    let (kind, detail) = match why {
        Full::All => (Kind::Unavailable, "Too many streams at once.".to_owned()),
        Full::Stopping => (Kind::Unavailable, "The server is about to stop.".to_owned()),
        Full::Own => {
            let detail = format!("One person has at most {STREAMS_EACH_MAX} streams at once.");
            (Kind::TooManyRequests, detail)
        }
    };
    Problem::new(kind, detail).retry_after(RETRY_AFTER_S)
}

/// One reader of a stream.
struct Reader {
    api: Api,
    viewer: Viewer,
    proof: Option<Kept>,
    /// Heartbeats since it was asked whether the reader may still read.
    beats: u32,
    next_beat: Instant,
    begun: bool,
    subscription: Subscription,
}

impl Reader {
    /// What travels next, and whether anything may follow; `None` at the end.
    async fn next(&mut self) -> Option<(Bytes, bool)> {
        if !self.begun {
            self.begun = true;
            if let Some(bytes) = self.beginning() {
                return Some((bytes, true));
            }
        }
        loop {
            tokio::select! {
                told = self.subscription.next() => {
                    let Some(news) = told else { return self.ending() };
                    let written = frame(&self.subscription, &news, self.viewer.personal);
                    let Some(bytes) = written else { continue };
                    return Some((bytes, true));
                }
                () = sleep_until(self.next_beat) => {
                    self.next_beat = Instant::now() + HEARTBEAT;
                    if !self.may_still_read().await {
                        return None;
                    }
                    return Some((Bytes::from_static(b":\n\n"), true));
                }
            }
        }
    }

    fn beginning(&self) -> Option<Bytes> {
        let name = match self.subscription.start {
            Start::Resumed => return None,
            Start::Fresh => "ready",
            Start::Reset => "reset",
        };
        let begun = Begun { carried: self.subscription.carried.iter().map(Into::into).collect() };
        Some(event(Some(&self.subscription.id_of(self.subscription.number)), name, &begun))
    }

    /// Without an id: the last one that was seen stays the one to come back with.
    fn ending(&self) -> Option<(Bytes, bool)> {
        self.subscription
            .is_behind()
            .then(|| (event(None, "behind", &serde_json::json!({})), false))
    }

    /// Asks only when the feed said that something of the reader's access changed,
    /// and now and then for what ends by itself: most heartbeats read nothing.
    async fn may_still_read(&mut self) -> bool {
        self.beats += 1;
        let told = self.subscription.access_may_have_ended();
        if !told && self.beats < HEARTBEATS_UNASKED {
            return true;
        }
        self.beats = 0;
        let Some(proof) = &self.proof else { return true };
        // When that cannot be said now, nobody reads on.
        // Boxed: an idle stream keeps no room for a question asked now and then.
        let principal = Box::pin(self.api.people().authenticate(proof.credential())).await;
        let Ok(Some(principal)) = principal else { return false };
        crate::routes::READ.admits(&principal) && Viewer::of(&principal) == self.viewer
    }
}
