//! Taking a list out, whole, or packages that were picked, as a table or as lines of JSON.
//! Who does so is remembered.

use std::collections::BTreeSet;

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use domain::id::PackageId;
use futures::{StreamExt, TryStreamExt, stream};
use serde::Deserialize;
use service::{
    FieldError,
    packages::{After, Filter},
    search::{Ask, Hit},
};
use utoipa::{
    IntoParams,
    openapi::{
        RefOr, Schema,
        path::{Parameter, ParameterIn},
    },
};

use crate::{
    Api,
    auth::Signed,
    body::Body as Taken,
    handlers::finding::Search,
    problem::{Problem, Result},
    query::{Parameters, Query},
    schema::FAULTS_MAX,
    wire::{
        csv,
        finding::{PackageLine, PickedInput},
        scalar::Line,
    },
};

/// The media type of a table (RFC 4180).
pub const CSV: &str = "text/csv; charset=utf-8";
/// The media type of lines of JSON.
pub const NDJSON: &str = "application/x-ndjson";
/// What is remembered of what was taken.
const PACKAGES: &str = "packages";
/// Packages that are read at once.
const PAGE: usize = 500;
/// Packages that are looked up at the same time.
const AT_ONCE: usize = 16;

/// How to write it.
#[derive(Clone, Debug, Deserialize, IntoParams)]
pub struct Written {
    /// `csv`, a table with a line of names, if nothing is said; or `ndjson`, each
    /// package as it is in the list.
    #[param(pattern = "^(csv|ndjson)$")]
    format: Option<String>,
}

impl Parameters for Written {
    fn schemas() -> Vec<(String, RefOr<Schema>)> {
        Vec::new()
    }
}

impl Written {
    fn is_table(&self) -> bool {
        self.format.as_deref() != Some("ndjson")
    }
}

/// Which packages, and how to write them.
#[derive(Clone, Debug, Deserialize)]
pub struct Wanted {
    #[serde(flatten)]
    of: Search,
    #[serde(flatten)]
    written: Written,
}

impl IntoParams for Wanted {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = Search::into_params(&place);
        all.extend(Written::into_params(&place));
        all
    }
}

impl Parameters for Wanted {
    fn schemas() -> Vec<(String, RefOr<Schema>)> {
        Search::schemas()
    }
}

/// Every package of a list, newest first, as it is read.
pub async fn packages(
    State(api): State<Api>,
    signed: Signed,
    Query(wanted): Query<Wanted>,
) -> Result<Response> {
    let (text, filter) = wanted.of.read(&api).await?;
    let is_table = wanted.written.is_table();
    api.service().note_export(&signed.attribution(), PACKAGES).await?;
    let personal = signed.viewer().personal;
    let mut taking = Taking { api, text, filter, personal, is_table, after: None, is_over: false };
    // What fails at once is told as ever; what fails later cuts the answer off.
    let mut first = if is_table { csv::head() } else { String::new() };
    first.push_str(&taking.part().await?);
    let rest = stream::unfold(Some(taking), |taking| async {
        let mut taking = taking.filter(|it| !it.is_over)?;
        match taking.part().await {
            Ok(part) => Some((Ok(Bytes::from(part)), Some(taking))),
            Err(problem) => Some((Err(std::io::Error::other(problem.detail)), None)),
        }
    });
    let all = stream::once(async { Ok(Bytes::from(first)) }).chain(rest);
    Ok(file(is_table, Body::from_stream(all)))
}

/// Packages that somebody picked, in the order in which they name them.
pub async fn picked(
    State(api): State<Api>,
    signed: Signed,
    Query(written): Query<Written>,
    Taken(picked): Taken<PickedInput>,
) -> Result<Response> {
    let ids = named(&api, &picked.packages).await?;
    api.service().note_export(&signed.attribution(), PACKAGES).await?;
    let hits = api.service().lines(&ids).await?;
    let is_table = written.is_table();
    let mut all = if is_table { csv::head() } else { String::new() };
    all.extend(hits.iter().map(|it| line(it, is_table)));
    Ok(file(is_table, Body::from(all)))
}

/// The packages that these name, each once.
pub async fn named(api: &Api, texts: &[Line<200>]) -> Result<Vec<PackageId>> {
    let asked: Vec<_> = texts.iter().map(|it| api.service().find(&it.0)).collect();
    let found: Vec<_> = stream::iter(asked).buffered(AT_ONCE).try_collect().await?;
    let (mut ids, mut seen, mut faults) = (Vec::new(), BTreeSet::new(), Vec::new());
    for (index, found) in found.iter().enumerate() {
        let (code, detail) = match found[..] {
            [id] => {
                ids.extend(Some(id).filter(|it| seen.insert(*it)));
                continue;
            }
            [] => ("unknown", "no package has this id or number"),
            _ => ("ambiguous", "several packages have this number: use the id of one of them"),
        };
        let pointer = format!("/packages/{index}");
        faults.push(FieldError { pointer, code, detail: detail.to_owned() });
    }
    if faults.is_empty() {
        return Ok(ids);
    }
    faults.truncate(FAULTS_MAX);
    Err(Problem::invalid(faults))
}

fn file(is_table: bool, body: Body) -> Response {
    let (media, file) = if is_table { (CSV, "packages.csv") } else { (NDJSON, "packages.ndjson") };
    let disposition = format!("attachment; filename=\"{file}\"");
    let headers = [(CONTENT_TYPE, media.to_owned()), (CONTENT_DISPOSITION, disposition)];
    (headers, body).into_response()
}

fn line(hit: &Hit, is_table: bool) -> String {
    let line = serde_json::to_value(PackageLine::of_hit(hit)).expect("a line is JSON");
    if is_table { csv::line(&line) } else { format!("{line}\n") }
}

/// A list that is being taken out.
struct Taking {
    api: Api,
    text: String,
    filter: Filter,
    personal: bool,
    is_table: bool,
    after: Option<After>,
    is_over: bool,
}

impl Taking {
    /// The next part of it.
    async fn part(&mut self) -> Result<String> {
        let (text, filter, personal) = (self.text.as_str(), &self.filter, self.personal);
        let ask =
            Ask { text, filter, registered_by: None, personal, after: self.after, limit: PAGE };
        let found = self.api.service().search(ask).await?;
        self.after = found.after;
        self.is_over = found.after.is_none();
        Ok(found.hits.iter().map(|it| line(it, self.is_table)).collect())
    }
}
