//! Importing tables: check one, record it, say how far it is.

use std::{io::Cursor, sync::Arc};

use axum::{
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Json, Response},
};
use intake::mapping::{ImportError, Mapping, MappingError};
use service::{
    FieldError,
    import::{ImportFailure, Wish, import_id},
};

use crate::{
    Api,
    auth::Signed,
    body::Large,
    handlers::exporting::CSV,
    problem::{Kind, Problem, Result},
    query::Segment,
    wire::importing::{ImportInput, ImportProgress, ImportReport, id_of},
};

/// A table to fill in.
const TEMPLATE: &str = include_str!("importing/template.csv");
/// How it is read.
const TEMPLATE_MAPPING: &str = include_str!("importing/template.toml");
/// The way that imports come.
const SOURCE: &str = "import";
/// Where a table is in the body.
const TABLE: &str = "/table";
/// Where a mapping is in the body.
const MAPPING: &str = "/mapping";

/// Records the packages of a table, or says what is wrong with it. What is sent once
/// more is known; what was stopped goes on.
pub async fn import(
    State(api): State<Api>,
    signed: Signed,
    Large(input): Large<ImportInput>,
) -> Result<Json<ImportReport>> {
    let text = input.mapping.as_deref().unwrap_or(TEMPLATE_MAPPING);
    let mapping = Mapping::from_toml(text).map_err(|errors| at_mapping(&errors))?;
    let id = import_id(text, input.table.as_bytes());
    let wish = Wish { dry_run: input.dry_run, all_or_nothing: input.all_or_nothing };
    let table: Arc<[u8]> = input.table.into_bytes().into();
    let open = move || Ok(Cursor::new(Arc::clone(&table)));
    let by = signed.0.through(SOURCE);
    let done = api.service().import(&by, &Arc::new(mapping), id, open, wish, |_| ()).await;
    Ok(Json(ImportReport::of(id, wish.dry_run, done.map_err(failed)?)))
}

/// How far an import is.
pub async fn progress(
    State(api): State<Api>,
    Segment(name): Segment<String>,
) -> Result<Json<ImportProgress>> {
    let id = id_of(&name).ok_or_else(|| Problem::not_found(&name))?;
    let row = api.service().imported(id).await?.ok_or_else(|| Problem::not_found(&name))?;
    Ok(Json(ImportProgress::of(id, row)))
}

/// A table to fill in.
pub async fn template() -> Response {
    let disposition = "attachment; filename=\"packages.csv\"";
    ([(CONTENT_TYPE, CSV), (CONTENT_DISPOSITION, disposition)], TEMPLATE).into_response()
}

fn failed(failure: ImportFailure) -> Problem {
    match failure {
        ImportFailure::Table(ImportError::File(error)) => {
            Problem::at(Kind::Invalid, TABLE, "table", error.to_string())
        }
        ImportFailure::Table(ImportError::Mapping(errors)) => at_mapping(&errors),
        // It is read from memory.
        ImportFailure::Read(error) => Problem::at(Kind::Invalid, TABLE, "table", error.to_string()),
        ImportFailure::Stopped(error) => error.into(),
    }
}

fn at_mapping(errors: &[MappingError]) -> Problem {
    let error = |it: &MappingError| FieldError {
        pointer: MAPPING.to_owned(),
        code: "mapping",
        detail: it.to_string(),
    };
    Problem::invalid(errors.iter().map(error).collect())
}
