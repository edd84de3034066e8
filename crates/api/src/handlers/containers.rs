//! Containers: register, read with contents, put things in and take them out.

use axum::{
    extract::State,
    http::HeaderMap,
    response::{Json, Response},
};
use domain::{
    event::{Fact, Holder},
    id::{ContainerId, Subject, SubjectKind},
    record::Record,
};

use crate::{
    Api,
    auth::Signed,
    body::{Body, Patch},
    cursor, etag,
    handlers::{
        Paging, Part,
        clients::Search,
        id,
        naming::Known,
        packages::{created, find},
        recording::{self, Keyed, Saying, amended, say},
    },
    problem::{Problem, Result},
    query::{Query, Segment},
    wire::{
        container::{Container, ContainerInput, Content},
        receipt::{self, Recorded},
        scalar::{Id, Time, ids},
    },
};
use serde::Serialize;
use service::FieldError;
use utoipa::ToSchema;

const LIST: &str = "contents";
const NAMES: &str = "containers";

/// A container by its name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContainerName {
    /// Its id.
    id: ids::Container,
    /// What people call it.
    name: String,
}

/// A part of the list of containers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Containers {
    /// By name.
    containers: Vec<ContainerName>,
    /// Pass it as `cursor` for more; missing at the end.
    next: Option<String>,
}

/// Lists containers by name.
pub async fn list(
    State(api): State<Api>,
    Query(Part { of: search, paging }): Query<Part<Search>>,
) -> Result<Json<Containers>> {
    let (after, text) = (paging.after(NAMES)?, search.text());
    let page = api.service().named(SubjectKind::Container, text, after, paging.limit()).await?;
    let named = page.names.into_iter().filter_map(|it| match it.subject {
        Subject::Container(id) => Some(ContainerName { id: Id(id), name: it.name }),
        _ => None,
    });
    let next = page.after.map(|it| cursor::write(NAMES, &it));
    Ok(Json(Containers { containers: named.collect(), next }))
}

/// Registers a container.
pub async fn create(
    State(api): State<Api>,
    signed: Signed,
    keyed: Keyed,
    Body(input): Body<ContainerInput>,
) -> Result<Response> {
    let read = recording::read(&api, |reading| input.read(None, reading)).await?;
    let id = keyed.event(&api, &signed, 0);
    let subject = Subject::Container(ContainerId::derive(&[id.as_bytes()]));
    let fact = Fact::Registered(Box::new(Record::Container(read.value)));
    let receipt =
        say(&api, &signed.attribution(), Saying::new(id, subject, input.happened_at, fact)).await?;
    Ok(created("/v1/containers", &receipt))
}

/// One container and what it holds directly.
pub async fn one(
    State(api): State<Api>,
    signed: Signed,
    Segment(text): Segment<String>,
    Query(paging): Query<Paging>,
    headers: HeaderMap,
) -> Result<Response> {
    let container: ContainerId = id(&text)?;
    let subject = Subject::Container(container);
    let known = api.service().known(subject).await?;
    let after = paging.after(LIST)?;
    let page = api.service().members(subject, after, paging.limit()).await?;
    let mut view = Container::of(container, &known.state);
    let content = |it: &service::names::Member| Content { id: Id(it.child), since: Time(it.since) };
    view.contents = page.members.iter().map(content).collect();
    view.next = page.after.map(|it| cursor::write(LIST, &it));
    let mut spoken_of: Vec<Subject> = page.members.iter().map(|it| it.child).collect();
    spoken_of.extend(known.state.holder.map(|(it, _)| it.subject()));
    spoken_of.extend(known.state.last_place.map(|(it, _)| Subject::Place(it)));
    spoken_of.extend(known.state.tracker.map(|(it, _)| Subject::Tracker(it)));
    view.names = Known::look_up(&api, spoken_of).await?.names(signed.viewer());
    Ok(etag::respond(&headers, known.seq, &view))
}

/// Changes what was registered of a container.
pub async fn amend(
    State(api): State<Api>,
    signed: Signed,
    keyed: Keyed,
    Segment(text): Segment<String>,
    headers: HeaderMap,
    patch: Patch<ContainerInput>,
) -> Result<Json<Recorded>> {
    let subject = Subject::Container(id::<ContainerId>(&text)?);
    let needed = |key: &String| FieldError {
        pointer: format!("/{key}"),
        code: "needed",
        detail: "this cannot be emptied".to_owned(),
    };
    let cleared = patch.cleared.iter().filter(|it| *it == "kind" || *it == "name");
    let faults: Vec<FieldError> = cleared.map(needed).collect();
    if !faults.is_empty() {
        return Err(Problem::invalid(faults));
    }
    amended(&headers, || async {
        let known = api.service().known(subject).await?;
        let said = keyed.said_before(&api, &signed, subject).await?;
        let before = match said.as_ref().map(|it| &it.event.fact) {
            Some(Fact::Amended { set, .. }) => Some(&**set),
            _ => known.state.record.as_ref(),
        };
        let before = match before {
            Some(Record::Container(record)) => Some(record),
            _ => None,
        };
        if said.is_none() {
            etag::check_match(&headers, known.seq)?;
        }
        let mut read = recording::read(&api, |it| patch.set.read(before, it)).await?;
        if patch.cleared.iter().any(|it| it == "references") {
            read.value.references.clear();
        }
        if said.is_none() && before == Some(&read.value) {
            return Ok(None);
        }
        let set = Box::new(Record::Container(read.value));
        let fact = Fact::Amended { set, clear: Vec::new() };
        let id = keyed.event(&api, &signed, 0);
        let saying = Saying::new(id, subject, patch.set.happened_at, fact);
        // The whole record is said, so nobody may have changed another part of it.
        let saying = Saying { unchanged_since: Some(known.seq), ..saying };
        say(&api, &signed.attribution(), saying).await.map(Some)
    })
    .await
}

/// Puts a package or container into a container, now.
pub async fn put_in(
    State(api): State<Api>,
    signed: Signed,
    keyed: Keyed,
    Segment((container, child)): Segment<(String, String)>,
) -> Result<Json<Recorded>> {
    let (holder, child) = both(&api, &container, &child).await?;
    hold(&api, &signed, &keyed, child, holder, true).await
}

/// Takes a package or container out of a container, now.
pub async fn take_out(
    State(api): State<Api>,
    signed: Signed,
    keyed: Keyed,
    Segment((container, child)): Segment<(String, String)>,
) -> Result<Json<Recorded>> {
    let (holder, child) = both(&api, &container, &child).await?;
    hold(&api, &signed, &keyed, child, holder, false).await
}

async fn both(api: &Api, container: &str, child: &str) -> Result<(Holder, Subject)> {
    let container: ContainerId = id(container)?;
    api.service().known(Subject::Container(container)).await?;
    let child = match child.parse() {
        Ok(inner) => Subject::Container(inner),
        Err(_) => Subject::Package(find(api, child).await?),
    };
    Ok((Holder::Container(container), child))
}

/// Makes it so that a holder holds a child, or does not.
async fn hold(
    api: &Api,
    signed: &Signed,
    keyed: &Keyed,
    child: Subject,
    holder: Holder,
    inside: bool,
) -> Result<Json<Recorded>> {
    let known = api.service().known(child).await?;
    let is_inside = known.state.holder.map(|(it, _)| it) == Some(holder);
    // What is so already needs no event: putting twice is putting once.
    if is_inside == inside && keyed.said_before(api, signed, child).await?.is_none() {
        return Ok(Json(Recorded { receipts: Vec::new() }));
    }
    let fact = if inside { Fact::Joined(holder) } else { Fact::Left(holder) };
    let id = keyed.event(api, signed, 0);
    let receipt = say(api, &signed.attribution(), Saying::new(id, child, None, fact)).await?;
    Ok(Json(Recorded { receipts: vec![receipt::Receipt::of(&receipt)] }))
}
