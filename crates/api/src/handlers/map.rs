//! The map, tile by tile, and how much happens on it. Every employee sees the same tiles, homes in their
//! towns, so that a cache before us may answer many with one.

use axum::{
    extract::{Path, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, ETAG, VARY},
    },
    response::{IntoResponse, Json, Response},
};
use domain::{id::ClientId, map::TileId, mode::Mode, state::Status, time::Timestamp};
use serde::Deserialize;
use service::{
    map::{Narrow, Tile as Made},
    reels::ACTIVITY_MAX,
};
use utoipa::{
    IntoParams,
    openapi::{RefOr, Schema},
};

use crate::{
    Api, etag,
    problem::{Problem, Result},
    query::{Parameters, Query, with},
    wire::{
        map::{Activity, Tile},
        scalar::{Id, Time, ids},
        word::{Word, words},
    },
};

/// The media type of a tile as columns.
pub const COLUMNS: &str = "application/vnd.whereabouts.map";
/// A tile is good for a second; whoever answers for us may keep it for two.
const FRESH: &str = "public, max-age=1, s-maxage=2, stale-while-revalidate=10";
/// An hour that is over changes only by what comes late.
const OVER: &str = "public, max-age=10, s-maxage=60, stale-while-revalidate=600";

/// What happens is counted once a minute; whoever answers for us may keep it as long.
const COUNTED: &str = "public, max-age=60, s-maxage=60, stale-while-revalidate=600";

/// Which packages the map shows: those still on their way, or what one of these says.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Narrowed {
    /// Where they stand.
    status: Option<words::Status>,
    /// How they travel.
    mode: Option<words::Mode>,
    /// The shipping company, in lower case.
    #[param(max_length = 60)]
    carrier: Option<String>,
    /// Whose goods.
    client: Option<ids::Client>,
    /// Every package, those that have arrived as well.
    all: Option<bool>,
    /// A past instant: the map as it was then, by all that is known today. Paths tell
    /// the whole hour around it (UTC). The map of now when missing.
    at: Option<Time>,
}

impl Parameters for Narrowed {
    fn schemas() -> Vec<(String, RefOr<Schema>)> {
        with::<Time>(with::<Word<Mode>>(with::<Word<Status>>(with::<Id<ClientId>>(Vec::new()))))
    }
}

impl Narrowed {
    /// The counts of a holder tell each of these, but not two at once.
    fn read(self) -> Result<Narrow> {
        let given = [
            self.status.map(|it| ("?status", Narrow::Status(it.0))),
            self.mode.map(|it| ("?mode", Narrow::Mode(it.0))),
            self.carrier.map(|it| ("?carrier", Narrow::Carrier(it.to_lowercase()))),
            self.client.map(|it| ("?client", Narrow::Client(it.0))),
            self.all.filter(|it| *it).map(|_| ("?all", Narrow::All)),
        ];
        let mut given = given.into_iter().flatten();
        let first = given.next().map(|it| it.1);
        match given.next() {
            None => Ok(first.unwrap_or_default()),
            Some((pointer, _)) => {
                let detail = "A map is narrowed by one property; GET /v1/packages takes several.";
                Err(Problem::parameter(pointer, "one_only", detail))
            }
        }
    }
}

/// Which hours.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// From the hour of this instant on. Whole hours are answered from caches.
    from: Time,
    /// Until this instant, at most 14 days later; nothing is known of what is to come.
    to: Time,
}

impl Parameters for Hours {
    fn schemas() -> Vec<(String, RefOr<Schema>)> {
        with::<Time>(Vec::new())
    }
}

impl Hours {
    fn read(self) -> Result<(Timestamp, Timestamp)> {
        let (from, to) = (self.from.0, self.to.0);
        if to < from {
            return Err(Problem::parameter("?from", "order", "from lies after to."));
        }
        if ACTIVITY_MAX < to.since(from) {
            let detail = "At most 14 days are told at once.";
            return Err(Problem::parameter("?to", "too_long", detail));
        }
        Ok((from, to))
    }
}

/// How much happened, hour by hour.
pub async fn activity(State(api): State<Api>, Query(hours): Query<Hours>) -> Result<Response> {
    let (from, to) = hours.read()?;
    let told = api.service().activity(from, to).await?;
    let fresh = [(CACHE_CONTROL, HeaderValue::from_static(COUNTED))];
    Ok((fresh, Json(Activity::of(told))).into_response())
}

/// One tile, as columns or, for whoever asks for it, as JSON.
pub async fn tile(
    State(api): State<Api>,
    Path((zoom, x, y)): Path<(String, String, String)>,
    headers: HeaderMap,
    Query(narrowed): Query<Narrowed>,
) -> Result<Response> {
    let id = tile_id(&zoom, &x, &y)?;
    let at = narrowed.at.map(|it| it.0);
    let narrow = narrowed.read()?;
    let (made, fresh) = match at {
        None => (api.service().tile(id, &narrow).await?, FRESH),
        Some(at) if api.now() < at => {
            let detail = "The map of an instant to come is not known; leave it out for now.";
            return Err(Problem::parameter("?at", "future", detail));
        }
        Some(at) => {
            let past = api.service().tile_at(id, &narrow, at).await?;
            (past.tile, if past.over { OVER } else { FRESH })
        }
    };
    let json = wants_json(&headers);
    let tag = format!("\"{}{}\"", domain::leaf::hex(&made.digest), if json { "j" } else { "" });
    let mut response = if etag::is_known(&headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        body(&made, json)
    };
    let answer = response.headers_mut();
    answer.insert(ETAG, HeaderValue::from_str(&tag).expect("digits and letters"));
    answer.insert(CACHE_CONTROL, HeaderValue::from_static(fresh));
    answer.insert(VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

fn body(made: &Made, json: bool) -> Response {
    if json {
        return Json(Tile::of(&made.content)).into_response();
    }
    ([(CONTENT_TYPE, COLUMNS)], made.bytes.to_vec()).into_response()
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|it| it.to_str().ok()).unwrap_or_default();
    accept.contains("application/json") && !accept.contains(COLUMNS)
}

fn tile_id(zoom: &str, x: &str, y: &str) -> Result<TileId> {
    let number = |name: &str, text: &str| {
        text.parse::<u32>().map_err(|_| {
            Problem::parameter(name, "number", format!("{name} is a whole number from 0 on"))
        })
    };
    let (z, x, y) = (number("{z}", zoom)?, number("{x}", x)?, number("{y}", y)?);
    let id = TileId::new(u8::try_from(z).unwrap_or(u8::MAX), x, y);
    id.map_err(|why| Problem::parameter("{z}", "no_tile", why.to_string()))
}
