//! What happens around every request: an id, a place among those answered at
//! once, a limit in time, headers, and the last look at every problem.

use std::any::Any;

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
            STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
        },
    },
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use domain::leaf::hex;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer, Predicate,
        predicate::{DefaultPredicate, NotForContentType},
    },
};

use crate::{
    Api, evidence,
    handlers::basemap,
    problem::{Kind, MEDIA_TYPE, Problem},
};

/// What pages of ours may load and do: only what comes from here.
/// WebAssembly is compiled in the browser, which needs a word of its own; nothing else is.
pub const PAGE_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; worker-src 'self'; \
    form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'";
/// Data is no page.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
/// Whoever finds no place may ask again after so many seconds, and up to so many more.
const RETRY_AFTER_S: std::ops::Range<i64> = 2..5;
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts everything around a router, the innermost first.
pub fn around(router: Router, api: &Api) -> Router {
    router
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(api.clone(), bounded))
        .layer(from_fn_with_state(api.clone(), answered))
        .layer(
            CompressionLayer::new().compress_when(
                // ZIP files, fonts and every tile of a basemap are compressed already.
                DefaultPredicate::new()
                    .and(NotForContentType::const_new(evidence::MEDIA))
                    .and(NotForContentType::const_new(basemap::MEDIA))
                    .and(NotForContentType::const_new("font/")),
            ),
        )
}

/// Too many at once, or too long: better said than suffered.
async fn bounded(State(api): State<Api>, request: Request, next: Next) -> Response {
    // Whether the process lives is asked most when there is no place.
    if request.uri().path() == "/healthz" {
        return next.run(request).await;
    }
    // A herd that comes at once is let in one after the other; whoever would wait
    // for longer is told to come back, and not all at the same time.
    let place = tokio::time::timeout(api.settings().wait_max, api.0.places.acquire()).await;
    let Ok(Ok(_place)) = place else {
        let [jitter] = api.random::<1>();
        let seconds = RETRY_AFTER_S.start + i64::from(jitter) % RETRY_AFTER_S.end;
        let problem = Problem::new(Kind::Unavailable, "Too many requests at once.");
        return problem.retry_after(seconds).into_response();
    };
    match tokio::time::timeout(api.settings().patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let detail = "This took too long and was given up. Sending the same again is safe.";
            Problem::new(Kind::Unavailable, detail).into_response()
        }
    }
}

async fn answered(State(api): State<Api>, request: Request, next: Next) -> Response {
    let began = api.now();
    let id = format!("req_{}", hex(&api.random::<12>()));
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|it| it.as_str().to_owned());
    let response = next.run(request).await;
    let mut response = with_problem(response, &id);
    add_headers(response.headers_mut(), &id, api.settings().tls);
    let status = response.status();
    let took_ms = api.now().since(began).max(0);
    let path = route.as_deref().unwrap_or("(none)");
    // A method that nobody knows is counted as one, or the counters would be
    // as many as what strangers make up.
    let known =
        [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::HEAD];
    let counted = if known.contains(&method) { method } else { Method::OPTIONS };
    api.0.measured.count(&counted, path, status, took_ms);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        // A herd must not fill the log: it is counted.
        tracing::debug!(request.id = %id, method = %counted, route = path,
            status = status.as_u16(), duration_ms = took_ms, "a request was put off");
    } else if status.is_server_error() {
        tracing::error!(request.id = %id, method = %counted, route = path,
            status = status.as_u16(), duration_ms = took_ms, "a request was not answered");
    } else {
        tracing::debug!(request.id = %id, method = %counted, route = path,
            status = status.as_u16(), duration_ms = took_ms, "a request was answered");
    }
    response
}

/// Every problem says which request it answers; every failure is a problem.
fn with_problem(response: Response, id: &str) -> Response {
    let status = response.status();
    let problem = response.extensions().get::<Problem>().cloned();
    let is_problem = |it: &HeaderMap| it.get(CONTENT_TYPE).is_some_and(|it| it == MEDIA_TYPE);
    let problem = match problem {
        Some(problem) => problem,
        None if status.is_client_error() || status.is_server_error() => {
            if is_problem(response.headers()) {
                return response;
            }
            Problem::new(Kind::of_status(status), "")
        }
        None => return response,
    };
    let mut whole = problem.respond(Some(id));
    // What was decided on the way, such as Allow, stays.
    for (name, value) in response.headers() {
        if !matches!(name.as_str(), "content-type" | "content-length") {
            whole.headers_mut().insert(name.clone(), value.clone());
        }
    }
    whole
}

fn add_headers(headers: &mut HeaderMap, id: &str, tls: bool) {
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(CACHE_CONTROL, "private, no-store");
    set(CONTENT_SECURITY_POLICY, DATA_POLICY);
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(X_FRAME_OPTIONS, "DENY");
    set(REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    if tls {
        set(STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    let id = HeaderValue::from_str(id).expect("hexadecimal digits");
    headers.insert(REQUEST_ID, id);
}

/// What went wrong is for the log, not for the client.
fn panicked(why: Box<dyn Any + Send>) -> Response {
    let text = why.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| why.downcast_ref::<&str>().copied()).unwrap_or("no message");
    tracing::error!(why = text, "a handler panicked");
    Problem::new(Kind::Internal, "").into_response()
}
