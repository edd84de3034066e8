//! One line of the route table: who may use it, what it takes and answers, and
//! the handler. The router and the OpenAPI document are both built from it, so
//! neither can say what the other does not.

use axum::{
    Router,
    extract::State,
    handler::Handler,
    http::{HeaderMap, Method, Uri},
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, on},
};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema, path::Parameter},
};

use crate::{
    Api,
    auth::{Who, guard},
    body::NDJSON,
    handlers::page,
    problem::{Kind, Problem},
    query::Parameters,
    schema::{components, reference},
};

/// One route.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path; `{name}` is a part of any value.
    pub path: &'static str,
    /// Who may use it.
    pub who: Who,
    /// What the document says of it.
    pub says: Says,
    handler: MethodRouter<Api>,
}

/// What the document says of a route.
#[derive(Default)]
pub struct Says {
    /// Its name for programs.
    pub name: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// Parameters of the address.
    pub query: Vec<Parameter>,
    /// Whether `Idempotency-Key` is understood.
    pub idempotent: bool,
    /// Whether `If-Match` is understood.
    pub conditional: bool,
    /// Whether `If-None-Match` is understood.
    pub versioned: bool,
    /// The media types that are taken, and their schemas.
    pub takes: Vec<(&'static str, Option<RefOr<Schema>>)>,
    /// The statuses of success, with media type and schema.
    pub answers: Vec<(u16, Option<(&'static str, Option<RefOr<Schema>>)>)>,
    /// Every schema that is spoken of.
    pub components: Vec<(String, RefOr<Schema>)>,
}

/// A route that reads.
pub fn get<H: Handler<T, Api>, T: 'static>(path: &'static str, who: Who, handler: H) -> Route {
    route(Method::GET, MethodFilter::GET, path, who, handler)
}

/// A route that creates or does something.
pub fn post<H: Handler<T, Api>, T: 'static>(path: &'static str, who: Who, handler: H) -> Route {
    route(Method::POST, MethodFilter::POST, path, who, handler)
}

/// A route that makes something so.
pub fn put<H: Handler<T, Api>, T: 'static>(path: &'static str, who: Who, handler: H) -> Route {
    route(Method::PUT, MethodFilter::PUT, path, who, handler)
}

/// A route that changes something.
pub fn patch<H: Handler<T, Api>, T: 'static>(path: &'static str, who: Who, handler: H) -> Route {
    route(Method::PATCH, MethodFilter::PATCH, path, who, handler)
}

/// A route that takes something away.
pub fn delete<H: Handler<T, Api>, T: 'static>(path: &'static str, who: Who, handler: H) -> Route {
    route(Method::DELETE, MethodFilter::DELETE, path, who, handler)
}

fn route<H: Handler<T, Api>, T: 'static>(
    method: Method,
    filter: MethodFilter,
    path: &'static str,
    who: Who,
    handler: H,
) -> Route {
    Route { method, path, who, says: Says::default(), handler: on(filter, handler) }
}

impl Route {
    /// Its name for programs, and what it does.
    #[must_use]
    pub fn says(mut self, name: &'static str, summary: &'static str) -> Self {
        self.says.name = name;
        self.says.summary = summary;
        self
    }

    /// It takes a JSON body.
    #[must_use]
    pub fn takes<T: ToSchema>(self) -> Self {
        self.speaks_of::<T>().takes_media("application/json", Some(reference::<T>()))
    }

    /// It takes one thing, a list of them, or one in each line.
    #[must_use]
    pub fn takes_many<T: ToSchema>(self, max: usize) -> Self {
        let list = utoipa::openapi::ArrayBuilder::new()
            .items(reference::<T>())
            .min_items(Some(1))
            .max_items(Some(max));
        let either = utoipa::openapi::OneOfBuilder::new().item(reference::<T>()).item(list);
        self.speaks_of::<T>()
            .takes_media("application/json", Some(either.into()))
            .takes_media(NDJSON, Some(reference::<T>()))
    }

    /// It takes a JSON Merge Patch.
    #[must_use]
    pub fn takes_patch<T: ToSchema>(self) -> Self {
        self.speaks_of::<T>()
            .takes_media("application/merge-patch+json", Some(reference::<T>()))
            .takes_media("application/json", Some(reference::<T>()))
    }

    /// It takes a body of this media type.
    #[must_use]
    pub fn takes_media(mut self, media: &'static str, schema: Option<RefOr<Schema>>) -> Self {
        self.says.takes.push((media, schema));
        self
    }

    /// It understands parameters of the address.
    #[must_use]
    pub fn asks<Q: Parameters>(mut self) -> Self {
        self.says.query = Q::all();
        self.says.components.extend(Q::schemas());
        self
    }

    /// It answers JSON.
    #[must_use]
    pub fn answers<T: ToSchema>(mut self, status: u16) -> Self {
        self.says.answers.push((status, Some(("application/json", Some(reference::<T>())))));
        self.speaks_of::<T>()
    }

    /// It answers a body of this media type.
    #[must_use]
    pub fn answers_media(mut self, status: u16, media: &'static str) -> Self {
        self.says.answers.push((status, Some((media, None))));
        self
    }

    /// It answers without a body.
    #[must_use]
    pub fn answers_nothing(mut self, status: u16) -> Self {
        self.says.answers.push((status, None));
        self
    }

    /// Repeating a request with the same `Idempotency-Key` does it once.
    #[must_use]
    pub fn idempotent(mut self) -> Self {
        self.says.idempotent = true;
        self
    }

    /// It refuses a change when `If-Match` names another version.
    #[must_use]
    pub fn conditional(mut self) -> Self {
        self.says.conditional = true;
        self
    }

    /// It answers 304 when `If-None-Match` names this version.
    #[must_use]
    pub fn versioned(mut self) -> Self {
        self.says.versioned = true;
        self
    }

    /// It speaks of a shape that stands in none of its bodies as a whole.
    #[must_use]
    pub fn speaks_of<T: ToSchema>(mut self) -> Self {
        self.says.components.extend(components::<T>());
        self
    }
}

/// The router of a table. Whatever is not in it is the web app's, or answered with a problem.
pub fn build(routes: Vec<Route>, api: &Api) -> Router {
    let mut router = Router::new();
    let of_the_api: Vec<&'static str> = routes
        .iter()
        .filter_map(|it| it.path.split('/').nth(1))
        .filter(|it| !it.is_empty())
        .collect();
    for Route { path, who, handler, .. } in routes {
        let guarded = handler.route_layer(from_fn_with_state((api.clone(), who), guard));
        router = router.route(path, guarded);
    }
    router
        .fallback(
            async move |State(api): State<Api>, method: Method, uri: Uri, headers: HeaderMap| {
                page::elsewhere(&api, &of_the_api, (method, uri, headers))
            },
        )
        .method_not_allowed_fallback(async || -> Response {
            let detail = "This address does not know this method; Allow names those it knows.";
            Problem::at(Kind::MethodNotAllowed, "method", "method", detail).into_response()
        })
        .with_state(api.clone())
}
