//! Erasing personal text, for administrators.

use axum::{extract::State, response::Json};
use domain::id::Subject;
use service::erasing::Erased;

use crate::{
    Api,
    auth::Signed,
    body::Body,
    problem::{Kind, Problem, Result},
    wire::erasing::{Erasing, Erasure},
};

/// Erases all that is said of a person, or with one thing.
pub async fn erase(
    State(api): State<Api>,
    signed: Signed,
    Body(asked): Body<Erasure>,
) -> Result<Json<Erasing>> {
    let (by, of) = (signed.attribution(), asked.of.0);
    let erased = if of.contains('@') {
        api.service().erase_recipient(&by, &of).await?
    } else {
        let subject: Subject = of.parse().map_err(|_| {
            let detail = "an e-mail address or an id is expected, as in pkg_\u{2026}";
            Problem::at(Kind::Invalid, "/of", "format", detail)
        })?;
        Erased { texts: api.service().erase(&by, subject).await?, ..Erased::default() }
    };
    Ok(Json(Erasing::of(erased)))
}
