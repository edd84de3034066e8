//! Places: find, register, read, amend, merge.

use axum::{
    extract::State,
    http::HeaderMap,
    response::{Json, Response},
};
use domain::{
    event::Fact,
    id::{PlaceId, Subject, SubjectKind},
    record::{PlaceKind, PlaceRecord, Record},
    time::Timestamp,
};
use futures::{StreamExt, TryStreamExt, future::ready, stream};
use serde::{Deserialize, Serialize};
use service::{Error, places::Meant};
use utoipa::{
    IntoParams, ToSchema,
    openapi::{RefOr, Schema},
};

use crate::{
    Api,
    auth::Signed,
    body::{Body, Patch},
    cursor, etag,
    handlers::{
        Paging, Part, id,
        naming::Known,
        packages::created,
        recording::{self, Keyed, Saying, amended, say},
    },
    problem::Result,
    query::{Parameters, Query, Segment},
    wire::{
        container::{Content, Contents},
        place::{Merge, Place, PlaceInput},
        receipt::{Receipt, Recorded},
        scalar::{Id, Time},
    },
};

const LIST: &str = "places";
const CONTENTS: &str = "place-contents";
const AT_ONCE: usize = 16;

/// Which places.
#[derive(Clone, Debug, Deserialize, IntoParams)]
pub struct Search {
    /// How the name or a word of it begins. Whole names and codes of cities, airports,
    /// ports and countries find those too.
    #[param(max_length = 200)]
    q: Option<String>,
}

impl Parameters for Search {
    fn schemas() -> Vec<(String, RefOr<Schema>)> {
        Vec::new()
    }
}

/// A part of the list of places.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Places {
    /// Registered places, by name.
    places: Vec<Place>,
    /// What the text may also mean, when it names a city, airport, port or country.
    candidates: Vec<String>,
    /// Pass it as `cursor` for more; missing at the end.
    next: Option<String>,
}

/// Finds places by name.
pub async fn list(
    State(api): State<Api>,
    signed: Signed,
    Query(Part { of: search, paging }): Query<Part<Search>>,
) -> Result<Json<Places>> {
    let viewer = signed.viewer();
    let text = search.q.unwrap_or_default();
    let after = paging.after(LIST)?;
    let first = after.is_none();
    let page = api.service().named(SubjectKind::Place, &text, after, paging.limit()).await?;
    let mut ids: Vec<PlaceId> = Vec::with_capacity(page.names.len());
    for found in &page.names {
        if let Subject::Place(id) = found.subject {
            ids.push(id);
        }
    }
    let mut places: Vec<Place> = stream::iter(ids)
        .map(|id| {
            let api = &api;
            async move { service::Result::Ok((id, api.service().place(id).await?)) }
        })
        .buffered(AT_ONCE)
        // To be found by a name is to have that name told: homes are not found
        // by those who may not know whose they are.
        .try_filter(|(_, record)| ready(viewer.personal || record.kind != PlaceKind::Home))
        .map_ok(|(id, record)| Place::of(id, &record, viewer))
        .try_collect()
        .await?;
    let mut candidates = Vec::new();
    if first && !text.trim().is_empty() {
        match api.service().place_suggested(&text).await? {
            Meant::One(id) => {
                let record = api.service().place(id).await?;
                places.retain(|it| it.id.0 != id);
                places.insert(0, Place::of(id, &record, viewer));
            }
            Meant::Several(found) => candidates = found,
            Meant::None => (),
        }
    }
    let next = page.after.map(|it| cursor::write(LIST, &it));
    Ok(Json(Places { places, candidates, next }))
}

/// Registers a place.
pub async fn create(
    State(api): State<Api>,
    signed: Signed,
    keyed: Keyed,
    Body(input): Body<PlaceInput>,
) -> Result<Response> {
    let read = recording::read(&api, |reading| input.read(None, &[], reading)).await?;
    let id = keyed.event(&api, &signed, 0);
    let place = PlaceId::derive(&[id.as_bytes()]);
    // A place was there before anybody wrote it down.
    let given = Some(Time(Timestamp::MIN));
    let fact = Fact::Registered(Box::new(Record::Place(read.value)));
    let receipt =
        say(&api, &signed.attribution(), Saying::new(id, Subject::Place(place), given, fact))
            .await?;
    Ok(created("/v1/places", &receipt))
}

/// One place.
pub async fn one(
    State(api): State<Api>,
    signed: Signed,
    Segment(text): Segment<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let place: PlaceId = id(&text)?;
    let known = api.service().known(Subject::Place(place)).await?;
    let mut answer = Place::of(place, record_of(&known)?, signed.viewer());
    if known.state.merged.is_some() {
        answer.merged_into = Some(Id(api.service().place_of(place).await?));
    }
    let merged = api.service().merged_into(place).await?;
    answer.merged = Some(merged.into_iter().map(Id).collect());
    Ok(etag::respond(&headers, known.seq, &answer))
}

/// What is at a place and in nothing else there.
pub async fn contents(
    State(api): State<Api>,
    signed: Signed,
    Segment(text): Segment<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<Contents>> {
    let place = api.service().place_of(id(&text)?).await?;
    let record = api.service().place(place).await?;
    let viewer = signed.viewer();
    // What is at a home tells whose it is.
    if record.kind == PlaceKind::Home && !viewer.personal {
        return Ok(Json(Contents::default()));
    }
    let after = paging.after(CONTENTS)?;
    let page = api.service().contents(place, after, paging.limit()).await?;
    let spoken_of: Vec<Subject> = page.members.iter().map(|it| it.child).collect();
    let names = Known::look_up(&api, spoken_of).await?.names(viewer);
    let content = |it: &service::names::Member| Content { id: Id(it.child), since: Time(it.since) };
    Ok(Json(Contents {
        contents: page.members.iter().map(content).collect(),
        next: page.after.map(|it| cursor::write(CONTENTS, &it)),
        names,
    }))
}

/// Changes what was registered of a place.
pub async fn amend(
    State(api): State<Api>,
    signed: Signed,
    keyed: Keyed,
    Segment(text): Segment<String>,
    headers: HeaderMap,
    patch: Patch<PlaceInput>,
) -> Result<Json<Recorded>> {
    let subject = Subject::Place(id(&text)?);
    let cleared: Vec<String> =
        patch.cleared.iter().filter(|it| !it.contains('/')).cloned().collect();
    amended(&headers, || async {
        let known = api.service().known(subject).await?;
        let said = keyed.said_before(&api, &signed, subject).await?;
        let before = match said.as_ref().map(|it| &it.event.fact) {
            Some(Fact::Amended { set, .. }) => &**set,
            _ => known.state.record.as_ref().expect("what is known is registered"),
        };
        let Record::Place(before) = before else {
            return Err(Error::NotFound(subject.to_string()).into());
        };
        if said.is_none() {
            etag::check_match(&headers, known.seq)?;
        }
        let read = recording::read(&api, |it| patch.set.read(Some(before), &cleared, it)).await?;
        if said.is_none() && *before == read.value {
            return Ok(None);
        }
        let fact = Fact::Amended { set: Box::new(Record::Place(read.value)), clear: Vec::new() };
        let id = keyed.event(&api, &signed, 0);
        let saying = Saying::new(id, subject, None, fact);
        // The whole record is said, so nobody may have changed another part of it.
        let saying = Saying { unchanged_since: Some(known.seq), ..saying };
        say(&api, &signed.attribution(), saying).await.map(Some)
    })
    .await
}

/// Says that a place is one with another, or a place of its own again.
pub async fn merge(
    State(api): State<Api>,
    signed: Signed,
    keyed: Keyed,
    Segment(text): Segment<String>,
    Body(Merge { into }): Body<Merge>,
) -> Result<Json<Recorded>> {
    let place: PlaceId = id(&text)?;
    let (event, into) = (keyed.event(&api, &signed, 0), into.map(|Id(it)| it));
    let receipt = api.service().merge(&signed.attribution(), event, place, into).await;
    // The only thing that it speaks of by id, and that may be unknown.
    let receipt = receipt.map_err(|why| match why {
        Error::Invalid(mut faults) => {
            let unknown = faults.iter_mut().filter(|it| it.code == "unknown");
            unknown.for_each(|it| "/into".clone_into(&mut it.pointer));
            Error::Invalid(faults)
        }
        other => other,
    })?;
    Ok(Json(Recorded { receipts: receipt.iter().map(Receipt::of).collect() }))
}

fn record_of(known: &service::packages::Known) -> Result<&PlaceRecord> {
    match &known.state.record {
        Some(Record::Place(record)) => Ok(record),
        _ => Err(Error::NotFound(known.subject.to_string()).into()),
    }
}
