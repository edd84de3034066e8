//! Signing in at the company's own issuer: the browser is sent there, comes back with a
//! code, and gets a session like any other. It never holds a token.

use axum::{
    extract::{RawQuery, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{LOCATION, SET_COOKIE},
    },
    response::{IntoResponse, Json, Response},
};
use domain::time::SECOND;
use serde::Deserialize;
use service::people::{HANDSHAKE_MAX, Returned, SignInError, is_own_path};
use utoipa::{
    IntoParams,
    openapi::{RefOr, Schema},
};

use crate::{
    Api,
    auth::{Door, Kept, clear_handshake, handshake_cookie, set_handshake},
    handlers::session::{me_of, not_signed_in, session_cookie},
    problem::{Kind, Problem, Result},
    query::{Parameters, Query, pairs},
    wire::people::WaysIn,
};

/// Where to go on after signing in.
#[derive(Clone, Debug, Deserialize, IntoParams)]
pub struct Begin {
    /// A path of this site; the page when missing.
    #[param(max_length = 500, pattern = "^/([!-.0-\\[\\]-~][!-\\[\\]-~]*)?$")]
    return_to: Option<String>,
}

impl Parameters for Begin {
    fn schemas() -> Vec<(String, RefOr<Schema>)> {
        Vec::new()
    }
}

/// What the issuer sends a browser back with. Issuers add parameters of their own, which
/// are not read.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
pub struct Back {
    /// What it was sent away with.
    #[param(max_length = 200)]
    state: Option<String>,
    /// What the issuer gives a session for.
    #[param(max_length = 4096)]
    code: Option<String>,
    /// Who says so.
    #[param(max_length = 500)]
    iss: Option<String>,
    /// Why there is no code.
    #[param(max_length = 200)]
    error: Option<String>,
}

impl Parameters for Back {
    fn schemas() -> Vec<(String, RefOr<Schema>)> {
        Vec::new()
    }
}

/// Who is signed in, and the ways to sign in: what a page asks before it shows anything. That
/// nobody is signed in is no error here.
pub async fn ways_in(State(api): State<Api>, headers: HeaderMap) -> Result<Json<WaysIn>> {
    let people = api.people();
    let known = match Kept::of(&headers) {
        Some(kept) => people.authenticate(kept.credential()).await?,
        None => None,
    };
    let company = people.company().map(|it| it.policy.name.clone());
    let me = known.as_deref().map(me_of);
    Ok(Json(WaysIn { me, passwords: people.passwords(), company }))
}

/// Sends a browser to the issuer.
pub async fn begin(
    State(api): State<Api>,
    Query(Begin { return_to }): Query<Begin>,
) -> Result<Response> {
    if api.people().company().is_none() {
        return Err(Problem::new(Kind::NotFound, "No company signs people in here."));
    }
    let return_to = return_to.as_deref().unwrap_or("/");
    if !is_own_path(return_to) {
        let detail = "This is no path of this site: it begins with one slash.";
        return Err(Problem::parameter("?return_to", "foreign", detail));
    }
    let begun = match api.people().begin_sign_in(return_to).await {
        Ok(begun) => begun,
        Err(why) => return untold(&api, why),
    };
    let location =
        HeaderValue::try_from(begun.url).map_err(|_| Problem::new(Kind::Internal, ""))?;
    let cookie = set_handshake(&begun.cookie, HANDSHAKE_MAX / SECOND);
    Ok((StatusCode::SEE_OTHER, [(SET_COOKIE, cookie), (LOCATION, location)]).into_response())
}

/// Takes a browser back from the issuer and begins its session. A person waits for this
/// in front of a browser: what can happen to anybody is told by the page.
pub async fn finish(
    State(api): State<Api>,
    headers: HeaderMap,
    door: Door,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let back = Back::of(query.as_deref().unwrap_or_default());
    if back.error.is_some() {
        return Ok(to_page("denied"));
    }
    let returned = Returned {
        cookie: handshake_cookie(&headers).unwrap_or_default(),
        state: back.state.as_deref().unwrap_or_default(),
        code: back.code.as_deref().unwrap_or_default(),
        issuer: back.iss.as_deref(),
    };
    match api.people().finish_sign_in(returned, door.caller()).await {
        Ok((session, return_to)) => {
            let location =
                HeaderValue::try_from(return_to).map_err(|_| Problem::new(Kind::Internal, ""))?;
            let mut answer = to(location);
            answer.headers_mut().append(SET_COOKIE, session_cookie(&api, &session));
            Ok(answer)
        }
        Err(SignInError::Stale) => Ok(to_page("expired")),
        Err(SignInError::Wrong) => Ok(to_page("failed")),
        Err(SignInError::NotAdmitted) => Ok(to_page("not_admitted")),
        Err(other) => untold(&api, other),
    }
}

/// The page says that the issuer does not answer; anything else is a problem.
fn untold(api: &Api, why: SignInError) -> Result<Response> {
    match why {
        SignInError::Service(service::Error::IssuerUnavailable(why)) => {
            tracing::warn!(why, "the issuer did not answer to a sign-in");
            Ok(to_page("unavailable"))
        }
        other => Err(not_signed_in(api, other)),
    }
}

impl Back {
    /// The first of each; what is given twice is somebody's game.
    fn of(query: &str) -> Self {
        let mut back = Self::default();
        for (name, value) in pairs(query) {
            let place = match name.as_str() {
                "state" => &mut back.state,
                "code" => &mut back.code,
                "iss" => &mut back.iss,
                "error" => &mut back.error,
                _ => continue,
            };
            place.get_or_insert(value);
        }
        back
    }
}

fn to_page(why: &str) -> Response {
    let location = HeaderValue::try_from(format!("/?sign_in={why}"));
    to(location.expect("our own words are plain text"))
}

/// Goes on, and forgets the sign-in.
fn to(location: HeaderValue) -> Response {
    let headers = [(SET_COOKIE, clear_handshake()), (LOCATION, location)];
    (StatusCode::SEE_OTHER, headers).into_response()
}
