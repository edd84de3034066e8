//! Cookies, bearers, and what browsers are called.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::{bearer, check_site, cookie, label};

fn headers(all: &[(&'static str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&'static str, &str)| {
        (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a header"))
    };
    all.iter().map(pair).collect()
}

#[test]
fn only_our_cookie_counts() {
    assert_eq!(cookie(&headers(&[("cookie", "a=b; __Host-session=xyz; c=d")])), Some("xyz"));
    assert_eq!(cookie(&headers(&[("cookie", "session=xyz; __Host-sessions=1")])), None);
    assert_eq!(cookie(&headers(&[])), None);
}

#[test]
fn bearers_are_recognised_in_any_case() {
    assert_eq!(bearer(&headers(&[("authorization", "bearer wab_1")])), Some("wab_1"));
    assert_eq!(bearer(&headers(&[("authorization", "Basic d2Fi")])), None);
    assert_eq!(bearer(&headers(&[("authorization", "wab_1")])), None);
}

#[test]
fn an_origin_must_be_this_very_host() {
    let check =
        |origin: &str| check_site(&headers(&[("origin", origin), ("host", "a.test:8080")]), true);
    assert!(check("http://a.test:8080").is_ok());
    for foreign in [
        "http://a.test",
        "http://a.test:8080.evil.test",
        "null",
        "a.test:8080",
        "http://b.test:8080",
    ] {
        assert!(check(foreign).is_err(), "{foreign}");
    }
    // A program that signs in says nothing of sites, and brings no cookie.
    assert!(check_site(&headers(&[]), false).is_ok());
    assert!(check_site(&headers(&[]), true).is_err());
}

#[test]
fn browsers_are_called_what_people_call_them() {
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0";
    let edge =
        "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/129.0 Safari/537.36 Edg/129.0";
    let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604.1";
    assert_eq!(label(Some(firefox)), "Firefox on Linux");
    assert_eq!(label(Some(edge)), "Edge on Windows");
    assert_eq!(label(Some(safari)), "Safari on iPhone");
    assert_eq!(label(Some("curl/8.9")), "curl");
    assert_eq!(label(None), "Unknown browser");
}
