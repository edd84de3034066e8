//! Versions of one thing: `"<events>-<hash of the answer>"`. Preconditions of
//! changes compare only the number of events: that is what others change.

use axum::{
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{ETAG, IF_MATCH, IF_NONE_MATCH},
    },
    response::{IntoResponse, Json, Response},
};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::problem::{Kind, Problem, Result};

/// Answers with one thing, or says that the client has this version already.
pub fn respond<T: Serialize>(headers: &HeaderMap, seq: u64, thing: &T) -> Response {
    let body = serde_json::to_vec(thing).expect("our own types are JSON");
    let digest = Sha256::digest(&body);
    let tag = format!("\"{seq}-{}\"", domain::leaf::hex(&digest[..6]));
    let value = HeaderValue::from_str(&tag).expect("digits and letters");
    let mut response = if is_known(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        // What was serialised once is not serialised again.
        let mut response = Json(()).into_response();
        *response.body_mut() = body.into();
        response.headers_mut().remove(axum::http::header::CONTENT_LENGTH);
        response
    };
    response.headers_mut().insert(ETAG, value);
    response
}

/// Whether the client has what this tag names.
pub fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    listed(headers, &IF_NONE_MATCH).any(|it| it == "*" || it == tag)
}

/// Refuses a change to a thing that has changed since the client read it.
pub fn check_match(headers: &HeaderMap, seq: u64) -> Result<()> {
    if !headers.contains_key(IF_MATCH) {
        return Ok(());
    }
    let of = |it: &str| it.trim_matches('"').split('-').next().map(str::parse::<u64>);
    if listed(headers, &IF_MATCH).any(|it| it == "*" || of(it) == Some(Ok(seq))) {
        return Ok(());
    }
    let detail = "It was changed since you read it: read it again, then send your change again.";
    Err(Problem::new(Kind::Changed, detail))
}

fn listed<'a>(
    headers: &'a HeaderMap,
    name: &axum::http::HeaderName,
) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).into_iter().filter_map(|it| it.to_str().ok());
    values.flat_map(|it| it.split(',')).map(|it| it.trim().trim_start_matches("W/"))
}

#[cfg(test)]
mod tests;
