//! Where packages are that were found or picked, as groups, and how many there are.

use axum::{extract::State, response::Json};
use domain::{event::Holder, id::Subject};
use service::{
    groups::Groups,
    together::{Group, Together},
};

use crate::{
    Api,
    auth::Signed,
    body::Body,
    handlers::{exporting::named, finding::Search, naming::Known},
    problem::Result,
    query::Query,
    wire::{
        finding::PickedInput,
        grouping::{PackageCount, PackageGroups},
    },
};

/// How many packages a search finds.
pub async fn count(
    State(api): State<Api>,
    signed: Signed,
    Query(search): Query<Search>,
) -> Result<Json<PackageCount>> {
    let (text, filter) = search.read(&api).await?;
    let personal = signed.viewer().personal;
    let (packages, more) = api.service().count(&text, &filter, personal).await?;
    Ok(Json(PackageCount { packages, more }))
}

/// Where the packages are that a search finds.
pub async fn found(
    State(api): State<Api>,
    signed: Signed,
    Query(search): Query<Search>,
) -> Result<Json<PackageGroups>> {
    let (text, filter) = search.read(&api).await?;
    let groups = api.service().groups(&text, &filter, signed.viewer().personal).await?;
    answer(&api, &signed, &groups).await
}

/// Where the packages are that somebody picked.
pub async fn picked(
    State(api): State<Api>,
    signed: Signed,
    Body(picked): Body<PickedInput>,
) -> Result<Json<PackageGroups>> {
    let ids = named(&api, &picked.packages).await?;
    let groups = api.service().groups_of(&ids, signed.viewer().personal).await?;
    answer(&api, &signed, &groups).await
}

async fn answer(api: &Api, signed: &Signed, groups: &Groups) -> Result<Json<PackageGroups>> {
    let spoken_of = groups.groups.iter().flat_map(|it| spoken_of(&it.group));
    let names = Known::look_up(api, spoken_of).await?.names(signed.viewer());
    Ok(Json(PackageGroups { names, ..PackageGroups::of(groups) }))
}

/// What a group is spoken of by.
pub fn spoken_of(group: &Group) -> Vec<Subject> {
    match &group.together {
        Together::Held(Holder::Container(id)) => vec![Subject::Container(*id)],
        Together::Held(Holder::Place(id)) => vec![Subject::Place(*id)],
        Together::Leg { from, to, .. } => {
            from.iter().chain(to).copied().map(Subject::Place).collect()
        }
        Together::Alone(id) => vec![Subject::Package(*id)],
    }
}
