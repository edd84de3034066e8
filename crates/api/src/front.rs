//! Who stands in front of us, and answers in our place: a distribution that keeps tiles of the
//! map, and somebody who publishes news. A main says so; on one machine nobody does.

use std::{fmt::Debug, sync::Arc};

use axum::http::HeaderValue;
use domain::time::Timestamp;

/// What browsers are told of those who answer in our place.
#[derive(Clone, Debug, Default)]
pub struct Front {
    /// Where news are published; without it they come by `GET /v1/live` alone.
    pub news: Option<NewsHost>,
    /// Makes passes for tiles of the map; without it everybody asks us with their session.
    pub passes: Option<Arc<dyn Passes>>,
}

/// Where browsers subscribe to channels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewsHost {
    /// The address of its WebSocket.
    pub url: String,
    /// The host that a ticket is shown to.
    pub host: String,
}

/// Makes passes that the distribution checks in our place.
pub trait Passes: Debug + Send + Sync {
    /// The cookies, each as `Set-Cookie` says it, that let their bearer see tiles from now on
    /// for 10 minutes.
    fn cookies(&self, now: Timestamp) -> Vec<HeaderValue>;
}

/// A request whose pass was checked in front of us. Only a main puts it into a request's
/// extensions, where nobody who asks can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passed;
