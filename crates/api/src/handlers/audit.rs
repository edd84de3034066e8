//! What the audit log holds of one thing, and what somebody did.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    extract::State,
    http::{
        HeaderValue,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse, Json, Response},
};
use domain::{
    event::Event,
    id::{Subject, UserId},
    leaf::entry::Entry,
};
use futures::{StreamExt, TryStreamExt, stream};
use serde::Deserialize;
use service::{Error, history::Filter, keys::subject_of_bytes};
use utoipa::{
    IntoParams,
    openapi::{RefOr, Schema},
};

use crate::{
    Api,
    auth::Signed,
    cursor,
    evidence::{self, Evidence},
    handlers::{
        Paging, Part,
        naming::{Known, mentions},
        packages::find,
    },
    problem::{Problem, Result},
    query::{Parameters, Query, Segment, with},
    wire::{
        audit::{AuditList, PackageAudit},
        scalar::Time,
    },
};

const LIST: &str = "audit";
/// What is remembered of who asks for more than what one account did.
const EVERYTHING: &str = "log";
const OF_PACKAGE: &str = "audit-package";
/// Accounts that are looked up at the same time.
const AT_ONCE: usize = 16;

/// Which entries.
#[derive(Clone, Debug, Deserialize, IntoParams)]
pub struct Asked {
    /// Who did it: an opaque id, as entries have it.
    #[param(max_length = 200)]
    actor: Option<String>,
    /// What happened, in the one word that entries have for it.
    #[param(max_length = 60)]
    kind: Option<String>,
    /// Recorded then or later.
    from: Option<Time>,
    /// Recorded before that.
    to: Option<Time>,
}

impl Parameters for Asked {
    fn schemas() -> Vec<(String, RefOr<Schema>)> {
        with::<Time>(Vec::new())
    }
}

/// Everything that is logged, or what somebody did, or what happened of one kind: the
/// newest of the log first.
pub async fn list(
    State(api): State<Api>,
    signed: Signed,
    Query(Part { of: asked, paging }): Query<Part<Asked>>,
) -> Result<Json<AuditList>> {
    let (from, until) = (asked.from.map(|it| it.0), asked.to.map(|it| it.0));
    if from.zip(until).is_some_and(|(from, to)| to < from) {
        return Err(Problem::parameter("?from", "order", "from lies after to."));
    }
    let before = paging.after(LIST)?;
    let before = before.map(|it| it.try_into().map_err(|_| cursor::invalid())).transpose()?;
    let before = before.map(u64::from_be_bytes);
    // Only ids are remembered for ever: any other text may be somebody's name.
    let account = asked.actor.as_ref().filter(|it| it.parse::<UserId>().is_ok());
    let about = account.map_or(EVERYTHING, String::as_str);
    api.service().note_evidence_read(&signed.attribution(), about).await?;
    let filter = Filter { actor: asked.actor, kind: asked.kind, from, until };
    let found = api.service().find_logged(&filter, before, paging.limit()).await?;
    let last = found.entries.last().filter(|_| found.more);
    let next = last.map(|it| cursor::write(LIST, &it.log_index.to_be_bytes()));
    let mut spoken_of = SpokenOf::default();
    found.entries.iter().for_each(|it| spoken_of.entry(&it.entry));
    let names = spoken_of.names(&api, &signed).await?;
    Ok(Json(AuditList::of(&found.entries, next, names)))
}

/// Everything recorded of a package, in the order of recording, then what was recorded
/// of whatever carried it while it did.
pub async fn of_package(
    State(api): State<Api>,
    signed: Signed,
    Segment(text): Segment<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<PackageAudit>> {
    let package = find(&api, &text).await?;
    let about = package.to_string();
    api.service().note_evidence_read(&signed.attribution(), &about).await?;
    let after = paging.after(OF_PACKAGE)?.map(|it| read_after(&it)).transpose()?;
    let audited = api.service().audited(package, after, paging.limit()).await?;
    let last = audited.entries.last().filter(|_| audited.more);
    let next = last.map(|(of, it)| cursor::write(OF_PACKAGE, &after_bytes(*of, it.recorded.seq)));
    let mut spoken_of = SpokenOf::default();
    spoken_of.things.insert(Subject::Package(package));
    spoken_of.things.extend(audited.carriers.spans.iter().flat_map(|it| [it.holder, it.held]));
    audited.entries.iter().for_each(|(_, it)| spoken_of.event(&it.recorded.event));
    let names = spoken_of.names(&api, &signed).await?;
    Ok(Json(PackageAudit::of(package, &audited, next, names)))
}

/// Everything recorded of a package, with proofs that anybody can check, in one file.
pub async fn evidence(
    State(api): State<Api>,
    signed: Signed,
    Segment(text): Segment<String>,
) -> Result<Response> {
    let package = find(&api, &text).await?;
    let about = package.to_string();
    api.service().note_evidence_read(&signed.attribution(), &about).await?;
    let evidence = Evidence::gather(&api, package).await?;
    let name = format!("attachment; filename=\"evidence-{package}.zip\"");
    let name = HeaderValue::from_str(&name).expect("an id is letters and digits");
    let headers =
        [(CONTENT_TYPE, HeaderValue::from_static(evidence::MEDIA)), (CONTENT_DISPOSITION, name)];
    Ok((headers, evidence::body(api.service().clone(), evidence)).into_response())
}

/// What entries of the log speak of by id.
#[derive(Debug, Default)]
struct SpokenOf {
    things: BTreeSet<Subject>,
    people: BTreeSet<UserId>,
}

impl SpokenOf {
    fn entry(&mut self, entry: &Entry) {
        match entry {
            Entry::Event(it) => self.event(&it.event),
            Entry::Access(it) => {
                self.people.extend(it.actor.parse::<UserId>().ok());
                self.people.extend(it.user);
                let about = it.about.as_deref().unwrap_or_default();
                self.people.extend(about.parse::<UserId>().ok());
                self.things.extend(about.parse::<Subject>().ok());
            }
            Entry::Chunk(_) => (),
        }
    }

    fn event(&mut self, event: &Event) {
        self.people.extend(event.actor.parse::<UserId>().ok());
        self.things.insert(event.subject);
        self.things.extend(mentions(event));
    }

    /// Their names. Of an account nobody is told more here than what to call its person.
    async fn names(self, api: &Api, signed: &Signed) -> Result<BTreeMap<String, String>> {
        let mut names = Known::look_up(api, self.things).await?.names(signed.viewer());
        let called = |id: UserId| async move {
            match api.people().user(id).await {
                Ok(it) => Ok(Some((id.to_string(), it.display_name))),
                Err(Error::NotFound(_)) => Ok(None),
                Err(other) => Err(Problem::from(other)),
            }
        };
        let asked: Vec<_> = self.people.into_iter().map(called).collect();
        let people = stream::iter(asked).buffer_unordered(AT_ONCE);
        names.extend(people.try_collect::<Vec<_>>().await?.into_iter().flatten());
        Ok(names)
    }
}

fn after_bytes(of: Subject, seq: u64) -> Vec<u8> {
    [&[of.kind() as u8][..], of.id_bytes(), &seq.to_be_bytes()].concat()
}

fn read_after(bytes: &[u8]) -> Result<(Subject, u64)> {
    let (of, seq) = bytes.split_last_chunk::<8>().ok_or_else(cursor::invalid)?;
    let of = subject_of_bytes(of).ok_or_else(cursor::invalid)?;
    Ok((of, u64::from_be_bytes(*seq)))
}
