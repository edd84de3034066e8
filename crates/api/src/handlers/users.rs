//! Accounts, for administrators.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header::LOCATION},
    response::{IntoResponse, Json, Response},
};
use domain::id::UserId;
use serde::Deserialize;
use service::{
    FieldError,
    people::{Amendment, NewUser, User},
};
use utoipa::{
    IntoParams,
    openapi::{RefOr, Schema},
};

use crate::{
    Api,
    auth::Signed,
    body::Body,
    cursor, etag,
    handlers::{Part, id, recording::Keyed, session::account},
    problem::{Problem, Result},
    query::{Parameters, Query, Segment},
    wire::people::{UserInput, UserPatch, UserView, Users, permission_set},
};

const LIST: &str = "users";

/// Which accounts.
#[derive(Clone, Debug, Deserialize, IntoParams)]
pub struct Search {
    /// How the login name begins.
    #[param(max_length = 100)]
    q: Option<String>,
}

impl Parameters for Search {
    fn schemas() -> Vec<(String, RefOr<Schema>)> {
        Vec::new()
    }
}

/// Lists accounts by login name.
pub async fn list(
    State(api): State<Api>,
    Query(Part { of: search, paging }): Query<Part<Search>>,
) -> Result<Json<Users>> {
    let after = paging.after(LIST)?;
    let after = after.map(|it| String::from_utf8(it).map_err(|_| cursor::invalid())).transpose()?;
    let prefix = search.q.unwrap_or_default();
    let page = api.people().users(&prefix, after.as_deref(), paging.limit()).await?;
    let users = page.users.iter().map(UserView::of).collect();
    Ok(Json(Users { users, next: page.after.map(|it| cursor::write(LIST, it.as_bytes())) }))
}

/// Creates an account.
pub async fn create(
    State(api): State<Api>,
    signed: Signed,
    keyed: Keyed,
    Body(input): Body<UserInput>,
) -> Result<Response> {
    let id = keyed.event(&api, &signed, 0);
    if input.password.is_none() && input.subject.is_none() {
        let detail = "a password is needed, or what the company's issuer calls them";
        return Err(Problem::invalid(vec![FieldError {
            pointer: "/password".to_owned(),
            code: "required",
            detail: detail.to_owned(),
        }]));
    }
    let new = NewUser {
        id: Some(UserId::derive(&[id.as_bytes()])),
        name: input.name.0,
        display_name: input.display_name.map(|it| it.0).unwrap_or_default(),
        email: input.email,
        email_verified: input.email_verified,
        permissions: permission_set(&input.permissions),
        password: input.password.map(|it| it.0),
        subject: input.subject.map(|it| it.0),
    };
    let made = api.people().create_user(&signed.attribution(), new).await;
    let user = made.map_err(|why| account(&api, why))?;
    let location = format!("/v1/users/{}", user.id);
    let location = HeaderValue::from_str(&location).expect("ids are letters and digits");
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(UserView::of(&user))).into_response())
}

/// One account.
pub async fn one(
    State(api): State<Api>,
    Segment(text): Segment<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let user = api.people().user(id(&text)?).await?;
    Ok(etag::respond(&headers, user.revision, &UserView::of(&user)))
}

/// The address from now on, and whether it is known to be theirs, if either changes.
#[expect(clippy::option_option, reason = "no change, none, or one")]
fn email(
    before: &User,
    address: Option<String>,
    verified: Option<bool>,
) -> Option<Option<(String, bool)>> {
    match (address, verified) {
        (None, None) => None,
        (None, Some(verified)) => Some(before.email.clone().map(|it| (it, verified))),
        (Some(address), _) if address.is_empty() => Some(None),
        (Some(address), verified) => {
            // The same address again says nothing new of whose it is.
            let same = before.email.as_ref() == Some(&address) && before.email_verified;
            Some(Some((address, verified.unwrap_or(same))))
        }
    }
}

/// Changes an account, at once.
pub async fn amend(
    State(api): State<Api>,
    signed: Signed,
    Segment(text): Segment<String>,
    headers: HeaderMap,
    Body(patch): Body<UserPatch>,
) -> Result<Json<UserView>> {
    let id: UserId = id(&text)?;
    let before = api.people().user(id).await?;
    etag::check_match(&headers, before.revision)?;
    let revision = headers.contains_key(axum::http::header::IF_MATCH).then_some(before.revision);
    let change = Amendment {
        name: patch.name.map(|it| it.0),
        display_name: patch.display_name.map(|it| it.0),
        email: email(&before, patch.email, patch.email_verified),
        permissions: patch.permissions.as_deref().map(permission_set),
        disabled: patch.disabled,
        password: patch.password.map(|it| it.0),
    };
    let amended = api.people().amend_user(&signed.attribution(), id, change, revision).await;
    Ok(Json(UserView::of(&amended.map_err(|why| account(&api, why))?)))
}
