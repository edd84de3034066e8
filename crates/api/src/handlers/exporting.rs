//! Taking a list out, whole, as a table or as lines of JSON. Who does so is remembered.

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, stream};
use serde::Deserialize;
use service::{
    packages::{After, Filter},
    search::Ask,
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
    handlers::finding::Search,
    problem::Result,
    query::{Parameters, Query},
    wire::{csv, finding::PackageLine},
};

/// The media type of a table (RFC 4180).
pub const CSV: &str = "text/csv; charset=utf-8";
/// The media type of lines of JSON.
pub const NDJSON: &str = "application/x-ndjson";
/// What is remembered of what was taken.
const PACKAGES: &str = "packages";
/// Packages that are read at once.
const PAGE: usize = 500;

/// How to write it.
#[derive(Clone, Debug, Deserialize, IntoParams)]
pub struct Written {
    /// `csv`, a table with a line of names, if nothing is said; or `ndjson`, each
    /// package as it is in the list.
    #[param(pattern = "^(csv|ndjson)$")]
    format: Option<String>,
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
    let (text, filter) = wanted.of.read()?;
    let is_table = wanted.written.format.as_deref() != Some("ndjson");
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
    let (media, file) = if is_table { (CSV, "packages.csv") } else { (NDJSON, "packages.ndjson") };
    let disposition = format!("attachment; filename=\"{file}\"");
    let headers = [(CONTENT_TYPE, media.to_owned()), (CONTENT_DISPOSITION, disposition)];
    Ok((headers, Body::from_stream(all)).into_response())
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
        let ask = Ask { text, filter, personal, after: self.after, limit: PAGE };
        let found = self.api.service().search(ask).await?;
        self.after = found.after;
        self.is_over = found.after.is_none();
        let mut part = String::new();
        for hit in &found.hits {
            let line = serde_json::to_value(PackageLine::of_hit(hit)).expect("a line is JSON");
            part.push_str(&if self.is_table { csv::line(&line) } else { format!("{line}\n") });
        }
        Ok(part)
    }
}
