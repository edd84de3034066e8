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
    handlers::Part,
    problem::Result,
    query::{Parameters, Query, with},
    wire::{
        attention::{Attention, AttentionCounts, AttentionList},
        word::{Word, words},
    },
};

const LIST: &str = "attention";

/// Which of it.
#[derive(Clone, Debug, Deserialize, IntoParams)]
pub struct Asked {
    /// Only what needs attention for this.
    reason: Option<words::AttentionReason>,
}

impl Parameters for Asked {
    fn schemas() -> Vec<(String, RefOr<Schema>)> {
        with::<Word<AttentionReason>>(Vec::new())
    }
}

/// Lists what needs attention.
pub async fn list(
    State(api): State<Api>,
    Query(Part { of: asked, paging }): Query<Part<Asked>>,
) -> Result<Json<AttentionList>> {
    let after = paging.after(LIST)?;
    let reason = asked.reason.map(|it| it.0);
    let page = api.service().attention(reason, after.as_deref(), paging.limit()).await?;
    Ok(Json(AttentionList {
        attention: page.all.into_iter().map(Attention::of).collect(),
        next: page.after.map(|it| cursor::write(LIST, &it)),
    }))
}

/// Counts what needs attention.
pub async fn counts(State(api): State<Api>) -> Result<Json<AttentionCounts>> {
    Ok(Json(AttentionCounts::of(api.service().attention_counts().await?)))
}
