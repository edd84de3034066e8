//! The page: static files that hold no data. What it shows it asks the API for.

use axum::{
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
    },
    response::{IntoResponse, Response},
};
use domain::leaf::hex;
use sha2::{Digest, Sha256};

use crate::{
    layers::PAGE_POLICY,
    problem::{Problem, Result},
    query::Segment,
};

/// The files, by name.
const FILES: &[(&str, &str, &[u8])] = &[
    ("app.css", "text/css; charset=utf-8", include_bytes!("../../assets/app.css")),
    ("app.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/app.js")),
    ("words.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/words.js")),
    ("icon.svg", "image/svg+xml", include_bytes!("../../assets/icon.svg")),
];

/// The page itself.
pub async fn index(headers: HeaderMap) -> Response {
    let page = include_bytes!("../../assets/index.html");
    file(&headers, "text/html; charset=utf-8", page)
}

/// One file of the page.
pub async fn asset(Segment(name): Segment<String>, headers: HeaderMap) -> Result<Response> {
    let found = FILES.iter().find(|(it, _, _)| *it == name);
    let (_, media, bytes) = found.ok_or_else(|| Problem::not_found(&name))?;
    Ok(file(&headers, media, bytes))
}

/// Kept by browsers and asked about each time: a new version shows at once.
fn file(headers: &HeaderMap, media: &'static str, bytes: &'static [u8]) -> Response {
    let tag = format!("\"{}\"", hex(&Sha256::digest(bytes)[..8]));
    let same = headers.get(IF_NONE_MATCH).is_some_and(|it| it.as_bytes() == tag.as_bytes());
    let tag = HeaderValue::from_str(&tag).expect("hexadecimal digits");
    let common = [
        (ETAG, tag),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY)),
        (CONTENT_TYPE, HeaderValue::from_static(media)),
    ];
    if same {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    (common, bytes).into_response()
}
