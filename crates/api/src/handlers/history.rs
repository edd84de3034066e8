//! What was recorded of a thing, in the order in which it counts.

use std::collections::BTreeMap;

use axum::{extract::State, response::Json};
use domain::{
    id::{ContainerId, EventId, Subject},
    time::Timestamp,
};
use serde::Deserialize;
use service::rows::Recorded;
use utoipa::{
    IntoParams,
    openapi::{RefOr, Schema},
};

use crate::{
    Api,
    auth::Signed,
    cursor,
    handlers::{
        id,
        naming::{Known, mentions},
        packages::find,
    },
    problem::Result,
    query::{Parameters, Query, Segment},
    wire::{
        history::{History, HistoryEvent},
        scalar::Id,
        viewer::Viewer,
    },
};

const LIST: &str = "history";
/// Events of a page nobody asked a size for.
const LIMIT_DEFAULT: usize = 100;

/// Which part of a history.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// `newest` (when missing) or `oldest` first.
    #[param(pattern = "^(newest|oldest)$")]
    order: Option<String>,
    /// Where to go on: `next` of the page before, in the same order.
    #[param(max_length = 2000)]
    cursor: Option<String>,
    /// Most events to answer; 100 when missing.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<usize>,
}

impl Parameters for Part {
    fn schemas() -> Vec<(String, RefOr<Schema>)> {
        Vec::new()
    }
}

/// The history of a package.
pub async fn of_package(
    State(api): State<Api>,
    signed: Signed,
    Segment(text): Segment<String>,
    Query(part): Query<Part>,
) -> Result<Json<History>> {
    let subject = Subject::Package(find(&api, &text).await?);
    history(&api, signed.viewer(), subject, part).await
}

/// The history of a container.
pub async fn of_container(
    State(api): State<Api>,
    signed: Signed,
    Segment(text): Segment<String>,
    Query(part): Query<Part>,
) -> Result<Json<History>> {
    let subject = Subject::Container(id::<ContainerId>(&text)?);
    history(&api, signed.viewer(), subject, part).await
}

async fn history(api: &Api, viewer: Viewer, subject: Subject, part: Part) -> Result<Json<History>> {
    let mut all = api.service().history(subject).await?;
    let superseded = superseded(&all);
    // Whatever anything in it speaks of, also on other pages: a position near a
    // home is hidden wherever it stands.
    let spoken_of = all.iter().flat_map(|it| mentions(&it.event)).collect::<Vec<_>>();
    let oldest_first = part.order.as_deref() == Some("oldest");
    if !oldest_first {
        all.reverse();
    }
    let list = if oldest_first { "history-oldest" } else { LIST };
    let start = match &part.cursor {
        None => 0,
        Some(text) => {
            let after = read_after(list, text)?;
            let passed = |it: &Recorded| {
                let order = it.event.order();
                if oldest_first { order <= after } else { after <= order }
            };
            all.iter().take_while(|it| passed(it)).count()
        }
    };
    let end = all.len().min(start + part.limit.unwrap_or(LIMIT_DEFAULT));
    let page = &all[start..end];
    let next = (end < all.len()).then(|| page.last()).flatten();
    let next = next.map(|it| write_after(list, it.event.order()));
    let known = Known::look_up(api, spoken_of).await?;
    let event = |it: &Recorded| {
        let mut event = HistoryEvent::of(it, superseded.get(&it.event.id).copied(), viewer);
        if let Some(said) = &mut event.event {
            known.veil(said, viewer);
        }
        event
    };
    let events = page.iter().map(event).collect();
    Ok(Json(History { subject: Id(subject), events, next, names: known.names(viewer) }))
}

/// Which events no longer count, and which later one says so.
fn superseded(all: &[Recorded]) -> BTreeMap<EventId, EventId> {
    let mut later: Vec<&Recorded> = all.iter().collect();
    later.sort_by_key(|it| it.seq);
    let pairs = later.iter().filter_map(|it| Some((it.event.fact.target()?, it.event.id)));
    pairs.collect()
}

fn write_after(list: &str, (at, id): (Timestamp, EventId)) -> String {
    cursor::write(list, &[&at.millis().to_be_bytes()[..], id.as_bytes()].concat())
}

fn read_after(list: &str, text: &str) -> Result<(Timestamp, EventId)> {
    let bytes = cursor::read(list, text)?;
    let (millis, id) = bytes.split_at_checked(8).ok_or_else(cursor::invalid)?;
    let millis = i64::from_be_bytes(millis.try_into().expect("cut at 8"));
    let at = Timestamp::from_millis(millis).map_err(|_| cursor::invalid())?;
    Ok((at, EventId::from_bytes(id.try_into().map_err(|_| cursor::invalid())?)))
}
