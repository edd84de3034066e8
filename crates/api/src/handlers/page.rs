//! The web app: its files, and its one page at every address that is not the API's. What
//! it shows it asks the API for.

use axum::{
    body::Bytes,
    extract::State,
    http::{
        HeaderMap, HeaderValue, Method, StatusCode, Uri,
        header::{
            ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY,
            CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
        },
    },
    response::{IntoResponse, Response},
};
use domain::leaf::hex;
use sha2::{Digest, Sha256};

use crate::{
    Api,
    layers::PAGE_POLICY,
    problem::{Kind, Problem, Result},
    query::Segment,
    web::WebFile,
};

/// The page's name among the files.
const PAGE: &str = "index.html";
/// A file whose name changes with what it holds is never asked for again.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// What stands in place of the app where it was not built.
const UNBUILT: WebFile = WebFile {
    path: PAGE,
    bytes: include_bytes!("../../assets/unbuilt.html"),
    brotli: None,
    gzip: None,
};

/// The page.
pub async fn index(State(api): State<Api>, headers: HeaderMap) -> Response {
    page(&api, &headers)
}

/// A file whose name changes with what it holds.
pub async fn asset(
    State(api): State<Api>,
    Segment(name): Segment<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let found = api.web().file(&format!("assets/{name}"));
    Ok(file(found.ok_or_else(|| Problem::not_found(&name))?, &headers))
}

/// Whatever no route is for: a file beside the page, or an address of the app. What begins
/// as a route of the API does is never the page, or its mistakes would look like success.
pub fn elsewhere(
    api: &Api,
    of_the_api: &[&str],
    (method, uri, headers): (Method, Uri, HeaderMap),
) -> Response {
    let path = uri.path().trim_start_matches('/');
    let first = path.split('/').next().unwrap_or_default();
    let reads = matches!(method, Method::GET | Method::HEAD);
    if reads && !of_the_api.contains(&first) {
        if let Some(found) = api.web().file(path) {
            return file(found, &headers);
        }
        // What has a suffix is a file, here as on AWS.
        if !path.rsplit('/').next().is_some_and(|it| it.contains('.')) {
            return page(api, &headers);
        }
    }
    Problem::new(Kind::NotFound, "There is nothing at this address.").into_response()
}

fn page(api: &Api, headers: &HeaderMap) -> Response {
    file(api.web().file(PAGE).unwrap_or(&UNBUILT), headers)
}

/// Kept by browsers; what can change is asked about each time, so that a new version shows at once.
fn file(file: &WebFile, headers: &HeaderMap) -> Response {
    let text = |name| headers.get(name).and_then(|it: &HeaderValue| it.to_str().ok());
    let (bytes, coding) = file.packed_for(text(ACCEPT_ENCODING).unwrap_or_default());
    let tag = format!("\"{}\"", hex(&Sha256::digest(bytes)[..8]));
    let same = text(IF_NONE_MATCH).is_some_and(|it| it.split(',').any(|it| it.trim() == tag));
    let tag = HeaderValue::from_str(&tag).expect("hexadecimal digits");
    let kept = if file.is_hashed() { FOR_EVER } else { "no-cache" };
    let common = [
        (ETAG, tag),
        (CACHE_CONTROL, HeaderValue::from_static(kept)),
        (VARY, HeaderValue::from_static("accept-encoding")),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY)),
        (CONTENT_TYPE, HeaderValue::from_static(file.media())),
    ];
    if same {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let mut response = (common, Bytes::from_static(bytes)).into_response();
    if let Some(coding) = coding {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}
