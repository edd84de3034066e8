//! Signing in and out: password, one-time link, first administrator; and the
//! sessions of whoever is signed in.

use axum::{
    extract::State,
    http::{
        HeaderValue, StatusCode,
        header::{LOCATION, SET_COOKIE},
    },
    response::{IntoResponse, Json, Response},
};
use domain::{id::UserId, time::SECOND};
use service::people::{
    AccountError, NewSession, Principal, SessionId, SetupError, SignInError, SignedIn,
};

use crate::{
    Api,
    auth::{Door, Signed, clear_cookie, set_cookie},
    body::Body,
    handlers::id,
    problem::{Kind, Problem, Result},
    query::Segment,
    wire::{
        people::{
            Me, PasswordBody, SessionView, Sessions, SetupBody, SignInBody, SignedOut,
            permission_words,
        },
        scalar::Id,
    },
};
use service::FieldError;

/// Signs in with name and password.
pub async fn sign_in(
    State(api): State<Api>,
    door: Door,
    Body(body): Body<SignInBody>,
) -> Result<Response> {
    let signed_in = api.people().sign_in(&body.name.0, &body.password.0, door.caller()).await;
    let session = signed_in.map_err(|why| not_signed_in(&api, why))?;
    Ok(welcome(&api, &session, StatusCode::CREATED))
}

/// Signs in whoever opens a one-time link, and shows them the page.
pub async fn follow_link(
    State(api): State<Api>,
    door: Door,
    Segment(link): Segment<String>,
) -> Result<Response> {
    match api.people().follow_link(&link, door.caller()).await {
        Ok(session) => {
            let cookie = session_cookie(&api, &session);
            let location = HeaderValue::from_static("/");
            Ok((StatusCode::SEE_OTHER, [(SET_COOKIE, cookie), (LOCATION, location)])
                .into_response())
        }
        // A person follows links: they see the page, and why they must sign in.
        Err(SignInError::Wrong) => {
            let location = HeaderValue::from_static("/?link=expired");
            Ok((StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response())
        }
        Err(other) => Err(not_signed_in(&api, other)),
    }
}

/// Creates the first administrator and signs them in.
pub async fn set_up(
    State(api): State<Api>,
    door: Door,
    Body(body): Body<SetupBody>,
) -> Result<Response> {
    let (name, password) = (&body.name.0, &body.password.0);
    match api.people().complete_setup(&body.token.0, name, password).await {
        Ok(_) => (),
        Err(SetupError::Closed) => {
            let detail = "This was set up before: ask an administrator for an account.";
            return Err(Problem::new(Kind::Conflict, detail));
        }
        Err(SetupError::Wrong) => {
            let detail = "This is not the setup token that was shown when the server started.";
            return Err(field("/token", "wrong", detail));
        }
        Err(SetupError::Account(why)) => return Err(account(&api, why)),
    }
    let signed_in = api.people().sign_in(name, password, door.caller()).await;
    let session = signed_in.map_err(|why| not_signed_in(&api, why))?;
    Ok(welcome(&api, &session, StatusCode::CREATED))
}

/// Ends the session that asks. Who signed in at the issuer is told where to end that too.
pub async fn sign_out(State(api): State<Api>, signed: Signed) -> Result<Response> {
    let go_on_at = api.people().sign_out(&signed.0).await?;
    let cookie = [(SET_COOKIE, clear_cookie())];
    Ok(match go_on_at {
        Some(url) => (StatusCode::OK, cookie, Json(SignedOut { go_on_at: url })).into_response(),
        None => (StatusCode::NO_CONTENT, cookie).into_response(),
    })
}

/// Whoever is signed in.
pub async fn me(signed: Signed) -> Json<Me> {
    Json(me_of(&signed.0))
}

/// The sessions of whoever is signed in.
pub async fn list(State(api): State<Api>, signed: Signed) -> Result<Json<Sessions>> {
    let sessions = api.people().sessions(user(&signed)?).await?;
    let current = current(&signed.0);
    let sessions = sessions.iter().map(|it| SessionView::of(it, current)).collect();
    Ok(Json(Sessions { sessions }))
}

/// Ends every session but the one that asks.
pub async fn end_others(State(api): State<Api>, signed: Signed) -> Result<StatusCode> {
    api.people().end_other_sessions(user(&signed)?, current(&signed.0)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends one session of whoever is signed in.
pub async fn end_one(
    State(api): State<Api>,
    signed: Signed,
    Segment(text): Segment<String>,
) -> Result<StatusCode> {
    api.people().end_session(user(&signed)?, id(&text)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets one's own password. Every session ends; the one that asks goes on anew.
pub async fn change_password(
    State(api): State<Api>,
    signed: Signed,
    door: Door,
    Body(body): Body<PasswordBody>,
) -> Result<Response> {
    let people = api.people();
    let changed =
        people.change_password(&signed.0, &body.current.0, &body.new.0, door.caller()).await;
    let session = changed.map_err(|why| account(&api, why))?;
    Ok(welcome(&api, &session, StatusCode::OK))
}

/// The account of whoever is signed in.
pub fn user(signed: &Signed) -> Result<UserId> {
    let detail = "This is kept by your company: there is no account of it here.";
    signed.0.user.ok_or_else(|| Problem::new(Kind::Forbidden, detail))
}

fn current(principal: &Principal) -> Option<SessionId> {
    match principal.how {
        SignedIn::Session { id } => Some(id),
        _ => None,
    }
}

pub(super) fn me_of(principal: &Principal) -> Me {
    let signed_in = match principal.how {
        SignedIn::Session { id } => id.to_string(),
        SignedIn::Token { id } => id.to_string(),
        SignedIn::Issued => "access token".to_owned(),
        _ => String::new(),
    };
    Me {
        user: principal.user.map(Id),
        name: principal.name.clone(),
        permissions: permission_words(principal.permissions),
        signed_in,
    }
}

fn welcome(api: &Api, session: &NewSession, status: StatusCode) -> Response {
    let cookie = [(SET_COOKIE, session_cookie(api, session))];
    (status, cookie, Json(me_of(&session.principal))).into_response()
}

/// The cookie that begins a session.
pub fn session_cookie(api: &Api, session: &NewSession) -> HeaderValue {
    let lasts_s = session.expires_at.since(api.now()).max(0) / SECOND;
    set_cookie(&session.secret, lasts_s)
}

/// The same words whether the name exists or not.
pub fn not_signed_in(api: &Api, why: SignInError) -> Problem {
    match why {
        SignInError::Wrong => {
            Problem::new(Kind::SignInFailed, "This name and password do not go together.")
        }
        SignInError::Stale | SignInError::NotAdmitted => {
            Problem::new(Kind::SignInFailed, format!("{why}."))
        }
        SignInError::AtIssuer => Problem::new(
            Kind::Forbidden,
            "People sign in at their company here, not with a password: see /v1/session/oidc.",
        ),
        SignInError::LockedUntil(until) => {
            let seconds = until.since(api.now()).max(0) / SECOND + 1;
            let detail = format!("Too many wrong attempts: try again in {seconds} s.");
            let problem = Problem::new(Kind::TooManyRequests, detail);
            problem.retry_after(seconds)
        }
        SignInError::Busy => Problem::new(
            Kind::Unavailable,
            "Too many are signing in at this moment: try again in a few seconds.",
        ),
        SignInError::Service(error) => error.into(),
    }
}

/// Why an account, session or token was not changed.
pub fn account(api: &Api, why: AccountError) -> Problem {
    match why {
        AccountError::LastAdmin | AccountError::NeedsSession | AccountError::AtIssuer => {
            let kind = match why {
                AccountError::LastAdmin | AccountError::AtIssuer => Kind::Conflict,
                _ => Kind::Forbidden,
            };
            Problem::new(kind, format!("{why}."))
        }
        AccountError::SignIn(SignInError::Wrong) => {
            field("/current", "wrong", "this is not the present password")
        }
        AccountError::SignIn(why) => not_signed_in(api, why),
        AccountError::Busy => {
            Problem::new(Kind::Unavailable, "Too many at once: try again in a few seconds.")
        }
        AccountError::Service(error) => error.into(),
    }
}

fn field(pointer: &str, code: &'static str, detail: &str) -> Problem {
    let (pointer, detail) = (pointer.to_owned(), detail.to_owned());
    Problem::invalid(vec![FieldError { pointer, code, detail }])
}
