//! The API tokens of whoever is signed in.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Json, Response},
};
use service::people::NewToken;

use crate::{
    Api,
    auth::Signed,
    body::Body,
    handlers::{
        id,
        session::{account, user},
    },
    problem::Result,
    query::Segment,
    wire::people::{TokenInput, TokenView, Tokens, permission_set},
};

/// The tokens that still work.
pub async fn list(State(api): State<Api>, signed: Signed) -> Result<Json<Tokens>> {
    let tokens = api.people().tokens(user(&signed)?).await?;
    Ok(Json(Tokens { tokens: tokens.iter().map(|it| TokenView::of(it, None)).collect() }))
}

/// Makes a token. The answer alone holds it.
pub async fn create(
    State(api): State<Api>,
    signed: Signed,
    Body(input): Body<TokenInput>,
) -> Result<Response> {
    let token = NewToken {
        name: input.name.0,
        permissions: permission_set(&input.permissions),
        expires_at: input.expires_at.map(|it| it.0),
    };
    let issued = api.people().issue_token(&signed.0, token).await;
    let (secret, token) = issued.map_err(|why| account(&api, why))?;
    Ok((StatusCode::CREATED, Json(TokenView::of(&token, Some(&secret)))).into_response())
}

/// Revokes a token, at once.
pub async fn revoke(
    State(api): State<Api>,
    signed: Signed,
    Segment(text): Segment<String>,
) -> Result<StatusCode> {
    api.people().revoke_token(&signed.attribution(), user(&signed)?, id(&text)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
