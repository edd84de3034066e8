//! What needs attention, for those who see to it.

use axum::{extract::State, response::Json};
use domain::attention::AttentionReason;
use serde::Deserialize;
use utoipa::{
    IntoParams,
    openapi::{RefOr, Schema},
};

use crate::{
    Api, cursor,
    handlers::LIMIT_DEFAULT,
    problem::Result,
    query::{Parameters, Query, with},
    wire::{
        attention::{Attention, AttentionList},
        word::{Word, words},
    },
};

const LIST: &str = "attention";

/// Which part of the list.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Only what needs attention for this.
    reason: Option<words::AttentionReason>,
    /// Where to go on: `next` of the page before.
    #[param(max_length = 2000)]
    cursor: Option<String>,
    /// Most lines to answer; 50 when missing.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<usize>,
}

impl Parameters for Asked {
    fn schemas() -> Vec<(String, RefOr<Schema>)> {
        with::<Word<AttentionReason>>(Vec::new())
    }
}

/// Lists what needs attention.
pub async fn list(
    State(api): State<Api>,
    Query(asked): Query<Asked>,
) -> Result<Json<AttentionList>> {
    let after = asked.cursor.as_deref().map(|it| cursor::read(LIST, it)).transpose()?;
    let reason = asked.reason.map(|it| it.0);
    let limit = asked.limit.unwrap_or(LIMIT_DEFAULT);
    let page = api.service().attention(reason, after.as_deref(), limit).await?;
    Ok(Json(AttentionList {
        attention: page.all.into_iter().map(Attention::of).collect(),
        next: page.after.map(|it| cursor::write(LIST, &it)),
    }))
}
