//! What went wrong, as every client reads it: RFC 9457 problem details. The one
//! mapping from errors of the use cases to statuses is here.

use axum::{
    http::{
        HeaderName, HeaderValue, StatusCode,
        header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};
use domain::admit::Refusal;
use serde::Serialize;
use service::FieldError;
use utoipa::ToSchema;

/// The media type of every answer that is not a success.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Seconds after which a client may try again what the server could not do.
const RETRY_AFTER_S: u32 = 2;

/// A kind of problem. Its path is stable: programs may compare it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What was sent cannot be read at all.
    Malformed,
    /// What was sent can be read, and something in it is wrong.
    Invalid,
    /// A parameter of the address or a header is wrong.
    Parameters,
    /// Nobody is signed in.
    SignInNeeded,
    /// Name or password are wrong, or neither may be tried at the moment.
    SignInFailed,
    /// Whoever is signed in may not do this.
    Forbidden,
    /// A page of another site made the browser send this.
    CrossSite,
    /// There is no such thing.
    NotFound,
    /// The address exists; it cannot be used this way.
    MethodNotAllowed,
    /// What is known forbids it.
    Conflict,
    /// A number names several things.
    Ambiguous,
    /// It was changed by somebody else meanwhile.
    Changed,
    /// More was sent than is taken.
    TooLarge,
    /// A part was asked for that lies beyond the end.
    NoSuchPart,
    /// This kind of content is not taken here.
    UnsupportedMediaType,
    /// It was tried too often.
    TooManyRequests,
    /// The server cannot answer at the moment.
    Unavailable,
    /// The server made a mistake.
    Internal,
}

impl Kind {
    /// Every kind, in the order of the documentation.
    pub const ALL: &'static [Self] = &[
        Self::Malformed,
        Self::Invalid,
        Self::Parameters,
        Self::SignInNeeded,
        Self::SignInFailed,
        Self::Forbidden,
        Self::CrossSite,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::Ambiguous,
        Self::Changed,
        Self::TooLarge,
        Self::NoSuchPart,
        Self::UnsupportedMediaType,
        Self::TooManyRequests,
        Self::Unavailable,
        Self::Internal,
    ];

    /// Its stable path, status and title.
    #[must_use]
    pub const fn facts(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::Malformed => {
                ("/problems/malformed", StatusCode::BAD_REQUEST, "This cannot be read")
            }
            Self::Invalid => {
                ("/problems/invalid", StatusCode::UNPROCESSABLE_ENTITY, "Something is not right")
            }
            Self::Parameters => {
                ("/problems/parameters", StatusCode::BAD_REQUEST, "A parameter is not right")
            }
            Self::SignInNeeded => {
                ("/problems/sign-in-needed", StatusCode::UNAUTHORIZED, "Please sign in")
            }
            Self::SignInFailed => {
                ("/problems/sign-in-failed", StatusCode::UNAUTHORIZED, "This did not sign you in")
            }
            Self::Forbidden => {
                ("/problems/forbidden", StatusCode::FORBIDDEN, "You may not do this")
            }
            Self::CrossSite => {
                ("/problems/cross-site", StatusCode::FORBIDDEN, "Another site asked for this")
            }
            Self::NotFound => {
                ("/problems/not-found", StatusCode::NOT_FOUND, "There is no such thing")
            }
            Self::MethodNotAllowed => (
                "/problems/method-not-allowed",
                StatusCode::METHOD_NOT_ALLOWED,
                "This cannot be done here",
            ),
            Self::Conflict => {
                ("/problems/conflict", StatusCode::CONFLICT, "What is known forbids this")
            }
            Self::Ambiguous => {
                ("/problems/ambiguous", StatusCode::CONFLICT, "This names several things")
            }
            Self::Changed => {
                ("/problems/changed", StatusCode::PRECONDITION_FAILED, "It was changed meanwhile")
            }
            Self::TooLarge => {
                ("/problems/too-large", StatusCode::PAYLOAD_TOO_LARGE, "This is too large")
            }
            Self::NoSuchPart => (
                "/problems/no-such-part",
                StatusCode::RANGE_NOT_SATISFIABLE,
                "There is no such part",
            ),
            Self::UnsupportedMediaType => (
                "/problems/unsupported-media-type",
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "This kind of content is not taken",
            ),
            Self::TooManyRequests => {
                ("/problems/too-many-requests", StatusCode::TOO_MANY_REQUESTS, "Too often")
            }
            Self::Unavailable => (
                "/problems/unavailable",
                StatusCode::SERVICE_UNAVAILABLE,
                "Not available at the moment",
            ),
            Self::Internal => {
                ("/problems/internal", StatusCode::INTERNAL_SERVER_ERROR, "A mistake of ours")
            }
        }
    }

    /// The kind that stands for a status nobody chose a kind for.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        let same = |kind: &&Self| kind.facts().1 == status;
        match Self::ALL.iter().find(same) {
            Some(kind) => *kind,
            None if status.is_client_error() => Self::Malformed,
            None => Self::Internal,
        }
    }
}

/// A problem on its way to the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind.
    pub kind: Kind,
    /// What was wrong and what is allowed. Empty for a mistake of ours.
    pub detail: String,
    /// Every mistake in what was sent.
    pub errors: Vec<FieldError>,
    /// Headers that go with it.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

/// A result that is answered as a problem when it fails.
pub type Result<T> = std::result::Result<T, Problem>;

impl Problem {
    /// A problem without field errors.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        let mut headers = Vec::new();
        match kind {
            Kind::Unavailable | Kind::TooManyRequests => {
                headers.push((RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S)));
            }
            Kind::SignInNeeded => {
                headers.push((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
            }
            _ => (),
        }
        Self { kind, detail: detail.into(), errors: Vec::new(), headers }
    }

    /// Mistakes in what was sent.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::new(Kind::Invalid, "See errors for everything that is not right.") }
    }

    /// One mistake, at one place of the request.
    pub fn at(kind: Kind, pointer: &str, code: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let error = FieldError { pointer: pointer.to_owned(), code, detail: detail.clone() };
        Self { errors: vec![error], ..Self::new(kind, detail) }
    }

    /// A mistake in one parameter: `?limit`, `{id}` or `header:If-Match`.
    pub fn parameter(pointer: &str, code: &'static str, detail: impl Into<String>) -> Self {
        Self::at(Kind::Parameters, pointer, code, detail)
    }

    /// There is no such thing.
    pub fn not_found(what: &str) -> Self {
        let what: String = what.chars().take(100).collect();
        Self::new(Kind::NotFound, format!("{what:?} is not known here."))
    }

    /// The same, to be tried again after so many seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: i64) -> Self {
        self.headers.retain(|(name, _)| name != RETRY_AFTER);
        self.headers.push((RETRY_AFTER, HeaderValue::from(seconds)));
        self
    }

    /// Its status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.kind.facts().1
    }

    /// As it is written, for the request with this id.
    #[must_use]
    pub fn body(&self, instance: Option<&str>) -> ProblemBody {
        let (path, status, title) = self.kind.facts();
        let error = |it: &FieldError| ErrorBody {
            pointer: it.pointer.clone(),
            code: it.code.to_owned(),
            detail: it.detail.clone(),
        };
        ProblemBody {
            r#type: path.to_owned(),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: (!self.detail.is_empty()).then(|| self.detail.clone()),
            instance: instance.map(ToOwned::to_owned),
            errors: self.errors.iter().map(error).collect(),
        }
    }

    /// The whole answer, for the request with this id.
    #[must_use]
    pub fn respond(&self, instance: Option<&str>) -> Response {
        let body = serde_json::to_vec(&self.body(instance)).expect("it holds only text");
        let mut response = (self.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        response
    }
}

/// The problem travels beside its answer, so that the outermost layer, which
/// alone knows the request's id, can write it once more with that id.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.respond(None);
        response.extensions_mut().insert(self);
        response
    }
}

/// Problem details (RFC 9457).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// What kind of problem: a stable path, for programs.
    pub r#type: String,
    /// The kind in words.
    pub title: String,
    /// The status of the answer.
    pub status: u16,
    /// What was wrong and what is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub detail: Option<String>,
    /// The request's id, as in the header `X-Request-Id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub instance: Option<String>,
    /// Every mistake in what was sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<ErrorBody>,
}

/// One mistake.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ProblemError)]
pub struct ErrorBody {
    /// Where: a JSON pointer into the body (empty for all of it), `?name` for a
    /// parameter of the address, `header:Name` for a header, `method` for the method.
    pub pointer: String,
    /// What kind of mistake, for programs.
    pub code: String,
    /// What is wrong and what is allowed.
    pub detail: String,
}

impl From<service::Error> for Problem {
    fn from(error: service::Error) -> Self {
        use service::Error;
        match error {
            Error::NotFound(what) => Self::not_found(&what),
            Error::Refused(refusal) => refused(&refusal),
            Error::Differs { .. } => Self::new(Kind::Conflict, format!("{error}.")),
            Error::Invalid(errors) => Self::invalid(errors),
            Error::Changed(_) => Self::new(
                Kind::Changed,
                "Somebody else changed it meanwhile: read it again, then send this again.",
            ),
            Error::Unavailable(why) => {
                tracing::warn!(why, "the storage does not answer");
                let detail = "The storage does not answer. Sending the same again is safe.";
                Self::new(Kind::Unavailable, detail)
            }
            Error::IssuerUnavailable(why) => {
                tracing::warn!(why, "the company's issuer does not answer");
                let detail = "The company's sign-in does not answer. Try again in a moment.";
                Self::new(Kind::Unavailable, detail)
            }
            Error::Corrupt(why) => {
                tracing::error!(why, "stored data makes no sense");
                Self::new(Kind::Internal, "")
            }
        }
    }
}

fn refused(refusal: &Refusal) -> Problem {
    let detail = format!("{refusal}.");
    let at = |pointer: &str, code| {
        let pointer = pointer.to_owned();
        Problem::invalid(vec![FieldError { pointer, code, detail: detail.clone() }])
    };
    match refusal {
        Refusal::NotRegistered(_) => Problem::new(Kind::NotFound, detail),
        Refusal::AlreadyRegistered(_)
        | Refusal::OneWithItself(_)
        | Refusal::IntoMerged { .. }
        | Refusal::MergedHome(_) => Problem::new(Kind::Conflict, detail),
        Refusal::WrongSubject(..) => at("/kind", "wrong_subject"),
        Refusal::WrongRecord(..) => at("/record", "wrong_record"),
        Refusal::NestedCorrection => at("/event/kind", "nested_correction"),
        Refusal::InsideItself(_) => at("/container", "inside_itself"),
    }
}

#[cfg(test)]
mod tests;
