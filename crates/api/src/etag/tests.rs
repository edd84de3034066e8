//! Preconditions as clients write them.

use axum::http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{ETAG, IF_MATCH, IF_NONE_MATCH},
};
use serde_json::json;

use super::{check_match, respond};

fn headers(name: axum::http::HeaderName, value: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(name, HeaderValue::from_str(value).expect("a header"));
    headers
}

#[test]
fn a_version_is_recognised_however_it_is_written() {
    let thing = json!({ "a": 1 });
    let fresh = respond(&HeaderMap::new(), 7, &thing);
    let tag = fresh.headers()[ETAG].to_str().expect("text").to_owned();
    assert!(tag.starts_with("\"7-"), "{tag}");
    for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
        let response = respond(&headers(IF_NONE_MATCH, &known), 7, &thing);
        assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{known}");
    }
    // The same number of events, shown to somebody who sees more.
    let other = respond(&headers(IF_NONE_MATCH, &tag), 7, &json!({ "a": 2 }));
    assert_eq!(other.status(), StatusCode::OK);
}

#[test]
fn a_change_needs_the_version_it_was_decided_on() {
    assert!(check_match(&HeaderMap::new(), 7).is_ok());
    for (value, matches) in [
        ("\"7-ab\"", true),
        ("\"6-ab\", \"7-cd\"", true),
        ("*", true),
        ("\"6-ab\"", false),
        ("\"\"", false),
        ("7", true),
        ("nonsense", false),
    ] {
        assert_eq!(check_match(&headers(IF_MATCH, value), 7).is_ok(), matches, "{value}");
    }
}
