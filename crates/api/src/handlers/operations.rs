//! For those who run the product: is it alive, what does it count, what can it do.

use axum::{
    extract::State,
    http::{
        HeaderValue,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    response::{IntoResponse, Json, Response},
};

use crate::{Api, openapi, problem::Result, wire::system::SystemView};

/// The media type of what Prometheus reads.
pub const METRICS: &str = "text/plain; version=0.0.4";

/// Says that the process answers. It asks nothing of the storage: a process
/// that is restarted because its storage is away helps nobody.
pub async fn health() -> &'static str {
    "ok\n"
}

/// What is counted.
pub async fn metrics(State(api): State<Api>) -> Response {
    let gauges = api.0.outside.gauges.read().await;
    let text = api.0.measured.text(&gauges);
    ([(CONTENT_TYPE, METRICS)], text).into_response()
}

/// How the installation does, in numbers and in words.
pub async fn system(State(api): State<Api>) -> Result<Json<SystemView>> {
    let system = api.service().system().await?;
    let facts = api.0.outside.gauges.facts().await;
    Ok(Json(SystemView::of(&system, &facts, api.now())))
}

/// The OpenAPI document.
pub async fn document() -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, openapi::text()).into_response()
}
