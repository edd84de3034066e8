//! Whose word is taken on where a request came from.

use axum::http::HeaderMap;

use super::*;

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn source(peer: &str, forwarded: &[&str]) -> IpAddr {
    let proxies = Proxies(Arc::from([ip("10.0.0.1"), ip("10.0.0.2")]));
    let mut headers = HeaderMap::new();
    for line in forwarded {
        headers.append("x-forwarded-for", line.parse().expect("a header"));
    }
    proxies.source(ip(peer), &headers)
}

#[test]
fn only_a_proxy_of_ours_may_name_the_client() {
    assert_eq!(source("192.0.2.9", &["203.0.113.5"]), ip("192.0.2.9"));
    assert_eq!(source("10.0.0.1", &["203.0.113.5"]), ip("203.0.113.5"));
    assert_eq!(source("10.0.0.1", &["198.51.100.1, 203.0.113.5, 10.0.0.2"]), ip("203.0.113.5"));
    assert_eq!(source("10.0.0.1", &["198.51.100.1", "203.0.113.5"]), ip("203.0.113.5"));
}

#[test]
fn nonsense_names_nobody() {
    assert_eq!(source("10.0.0.1", &[]), ip("10.0.0.1"));
    assert_eq!(source("10.0.0.1", &["203.0.113.5, unknown"]), ip("10.0.0.1"));
    assert_eq!(source("10.0.0.1", &["203.0.113.5, unknown, 10.0.0.2"]), ip("10.0.0.2"));
}
