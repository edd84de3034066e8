//! The API's function: the same router as everywhere. It answers only what came through
//! the distribution in front of it, which says so by a secret header.

use std::net::{IpAddr, Ipv4Addr};

use api::{Api, Source, front::Passed};
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header::CONTENT_TYPE},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use serde_json::json;

/// The header that the distribution adds.
const ORIGIN: &str = "x-whereabouts-origin";
/// Where the distribution, and then the gateway behind it, say who asked them.
const ASKED_BY: &str = "x-forwarded-for";

/// What no function can answer: a gateway hands on only whole answers.
const STREAM: &str = "/v1/live";

/// Follows the secret where the distribution has checked a pass: [`crate::MapPasses`].
const PASSED: &str = "/passed";
/// All that a pass is good for.
const TILES: &str = "/v1/map/";

/// What stands before the router.
#[derive(Clone)]
pub struct Gateway {
    secret: String,
}

impl Gateway {
    /// Requests must bring this secret.
    #[must_use]
    pub const fn new(secret: String) -> Self {
        Self { secret }
    }

    /// The API behind it.
    pub fn before(self, api: Api) -> Router {
        api::router(api).layer(from_fn_with_state(self, pass))
    }
}

async fn pass(State(gateway): State<Gateway>, mut request: Request, next: Next) -> Response {
    let brought = request.headers().get(ORIGIN).map(HeaderValue::as_bytes).unwrap_or_default();
    let (secret, passed) = match brought.strip_suffix(PASSED.as_bytes()) {
        Some(secret) => (secret, true),
        None => (brought, false),
    };
    if !is_same(secret, gateway.secret.as_bytes()) {
        return refused();
    }
    if passed && request.uri().path().starts_with(TILES) {
        request.extensions_mut().insert(Passed);
    }
    if request.uri().path() == STREAM {
        return elsewhere();
    }
    request.headers_mut().remove(ORIGIN);
    let source = source(request.headers());
    request.extensions_mut().insert(Source(source));
    next.run(request).await
}

/// Who asks: whom the distribution names. The gateway behind it names the distribution,
/// last of all; anybody can have written what is before.
fn source(headers: &HeaderMap) -> IpAddr {
    let lines = headers.get_all(ASKED_BY).iter().filter_map(|it| it.to_str().ok());
    let named: Vec<&str> = lines.flat_map(|it| it.split(',')).map(str::trim).collect();
    let viewer = named.iter().rev().nth(1).and_then(|it| it.parse::<IpAddr>().ok());
    viewer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |it| it.to_canonical())
}

/// Takes as long whatever differs.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

fn refused() -> Response {
    let detail = "Ask the address of the page, not that of the function behind it.";
    problem(StatusCode::FORBIDDEN, detail)
}

fn elsewhere() -> Response {
    let detail =
        "Nothing is streamed here: subscribe to channels with a ticket of POST /v1/live/ticket.";
    problem(StatusCode::NOT_IMPLEMENTED, detail)
}

/// A problem of which only the status is ours to name.
fn problem(status: StatusCode, detail: &str) -> Response {
    let title = status.canonical_reason();
    let body =
        json!({"type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail});
    (status, [(CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    //! Who asks.

    use super::*;

    #[test]
    fn who_asks_is_whom_the_distribution_names() {
        let of = |said: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ASKED_BY, said.parse().unwrap());
            source(&headers).to_string()
        };
        assert_eq!(of("198.51.100.7, 130.176.0.1"), "198.51.100.7");
        assert_eq!(of("10.0.0.1, 2001:db8::1,130.176.0.1"), "2001:db8::1");
        assert_eq!(of("made up, 198.51.100.7, 130.176.0.1"), "198.51.100.7");
        assert_eq!(of("130.176.0.1"), "0.0.0.0");
        assert_eq!(of("nonsense, 130.176.0.1"), "0.0.0.0");
        assert_eq!(source(&HeaderMap::new()).to_string(), "0.0.0.0");
    }

    #[test]
    fn only_the_whole_secret_is_the_same() {
        assert!(is_same(b"secret", b"secret"));
        for other in [&b"secreT"[..], b"secre", b"secrets", b""] {
            assert!(!is_same(other, b"secret"));
        }
    }
}
