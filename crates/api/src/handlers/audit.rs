//! What the audit log holds of one thing, and what somebody did.

use axum::{
    extract::State,
    http::{
        HeaderValue,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse, Json, Response},
};
use domain::id::{Subject, UserId};
use serde::Deserialize;
use service::{history::Filter, keys::subject_of_bytes};
use utoipa::{
    IntoParams,
    openapi::{RefOr, Schema},
};

use crate::{
    Api,
    auth::Signed,
    cursor,
    evidence::{self, Evidence},
    handlers::{Paging, Part, packages::find},
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
    Ok(Json(AuditList::of(&found.entries, next)))
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
    Ok(Json(PackageAudit::of(package, &audited, next)))
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

fn after_bytes(of: Subject, seq: u64) -> Vec<u8> {
    [&[of.kind() as u8][..], of.id_bytes(), &seq.to_be_bytes()].concat()
}

fn read_after(bytes: &[u8]) -> Result<(Subject, u64)> {
    let (of, seq) = bytes.split_last_chunk::<8>().ok_or_else(cursor::invalid)?;
    let of = subject_of_bytes(of).ok_or_else(cursor::invalid)?;
    Ok((of, u64::from_be_bytes(*seq)))
}
