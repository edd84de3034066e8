//! The audit log's files, as any tool for C2SP tlog-tiles reads them.

use axum::{
    extract::State,
    http::{
        HeaderValue, Uri,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};

use crate::{
    Api,
    problem::{Problem, Result},
    query::Segment,
};

/// The media type of checkpoints, keys and proofs.
pub const TEXT: &str = "text/plain; charset=utf-8";
/// The media type of tiles.
pub const TILE: &str = "application/octet-stream";

/// A file of the log, named by everything behind `/v1/log/`.
pub async fn file(State(api): State<Api>, uri: Uri) -> Result<Response> {
    let path = uri.path().strip_prefix("/v1/log/").unwrap_or_default();
    let bytes = api.service().log_file(path).await?;
    // A tile of one name never changes, whatever is logged later.
    let is_tile = path.starts_with("tile/");
    let (media, cache) = if is_tile {
        (TILE, "private, max-age=31536000, immutable")
    } else {
        (TEXT, "private, max-age=1")
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(media)),
        (CACHE_CONTROL, HeaderValue::from_static(cache)),
    ];
    Ok((headers, bytes).into_response())
}

/// The proof that an entry is in the log.
pub async fn proof(State(api): State<Api>, Segment(text): Segment<String>) -> Result<Response> {
    let index = text.parse().map_err(|_| Problem::not_found(&text))?;
    let proof = api.service().log_proof(index).await?;
    Ok(([(CONTENT_TYPE, TEXT)], proof.to_text()).into_response())
}
