//! The HTTP API: routes, wire types, problems, the OpenAPI document and the web app's files.
//! The same router serves the binary and AWS Lambda. It has no clock and no
//! randomness of its own: both come with [`Outside`].

mod auth;
mod body;
mod cursor;
mod etag;
mod evidence;
pub mod front;
mod handlers;
pub mod intake;
mod json;
mod layers;
mod measure;
mod openapi;
pub mod outgoing;
mod problem;
mod query;
mod route;
mod routes;
mod schema;
mod web;
mod wire;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::Router;
use domain::time::Timestamp;
use service::{
    Service,
    outside::{Clock, Entropy, random},
    people::People,
};
use tokio::sync::Semaphore;

use front::Front;

pub use auth::Source;
pub use handlers::basemap::{Basemap, InvalidBasemap};
pub use measure::{Facts, Gauge, GaugeKind, Gauges, NoGauges};
pub use openapi::document;
pub use web::{WebApp, WebFile};

/// What a main decides about the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Whether browsers reach it over TLS: they are then told to use nothing else.
    pub tls: bool,
    /// Requests answered at the same time; more wait for a place.
    pub at_once_max: usize,
    /// Who waited this long for a place is refused, so that those taken in are
    /// answered in time.
    pub wait_max: Duration,
    /// After this long a request is given up.
    pub patience: Duration,
    /// The files of the web app, where it is served from here.
    pub web: WebApp,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            tls: false,
            at_once_max: 512,
            wait_max: Duration::from_secs(2),
            patience: Duration::from_secs(30),
            web: WebApp::default(),
        }
    }
}

/// What a main provides from the outside world.
#[derive(Clone, Debug)]
pub struct Outside {
    /// Our clock.
    pub clock: Arc<dyn Clock>,
    /// Unguessable bytes.
    pub entropy: Arc<dyn Entropy>,
    /// What only a main can measure.
    pub gauges: Arc<dyn Gauges>,
    /// Who answers in our place.
    pub front: Front,
}

/// Everything a request is answered with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Api(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    service: Service,
    outside: Outside,
    settings: Settings,
    places: Semaphore,
    measured: measure::Measured,
    basemap: OnceLock<Basemap>,
}

impl Api {
    /// Puts the API on the use cases.
    #[must_use]
    pub fn new(service: Service, outside: Outside, settings: Settings) -> Self {
        let places = Semaphore::new(settings.at_once_max);
        let measured = measure::Measured::default();
        let basemap = OnceLock::new();
        Self(Arc::new(Inner { service, outside, settings, places, measured, basemap }))
    }

    /// Has maps drawn on a basemap. Only the first one counts.
    #[must_use]
    pub fn with_basemap(self, basemap: Basemap) -> Self {
        self.0.basemap.get_or_init(|| basemap);
        self
    }

    fn service(&self) -> &Service {
        &self.0.service
    }

    fn people(&self) -> &People {
        self.0.service.people()
    }

    fn now(&self) -> Timestamp {
        self.0.outside.clock.now()
    }

    fn random<const N: usize>(&self) -> [u8; N] {
        random(&*self.0.outside.entropy)
    }

    fn front(&self) -> &Front {
        &self.0.outside.front
    }

    fn basemap(&self) -> Option<&Basemap> {
        self.0.basemap.get()
    }

    fn settings(&self) -> Settings {
        self.0.settings
    }

    fn web(&self) -> WebApp {
        self.0.settings.web
    }
}

/// Answers every route, used unchanged by the binary and by AWS Lambda. The
/// main puts a [`Source`] into each request's extensions.
pub fn router(api: Api) -> Router {
    layers::around(route::build(routes::all(), &api), &api)
}
