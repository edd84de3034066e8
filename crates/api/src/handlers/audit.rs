//! What the audit log holds of one thing.

use axum::{extract::State, response::Json};
use domain::id::Subject;

use crate::{
    Api, handlers::packages::find, problem::Result, query::Segment, wire::audit::PackageAudit,
};

/// Everything recorded of a package, in the order of recording.
pub async fn of_package(
    State(api): State<Api>,
    Segment(text): Segment<String>,
) -> Result<Json<PackageAudit>> {
    let package = find(&api, &text).await?;
    let entries = api.service().logged(Subject::Package(package)).await?;
    Ok(Json(PackageAudit::of(package, &entries)))
}
