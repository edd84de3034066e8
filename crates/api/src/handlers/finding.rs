//! Finding packages: lists, searches, one's own, and an order as a group.

use axum::{extract::State, http::StatusCode, response::Json};
use domain::{
    id::{ClientId, PackageId, PlaceId, Subject, UserId},
    mode::Mode,
    state::Status,
    time::Timestamp,
};
use serde::Deserialize;
use service::{
    packages::{After, Filter},
    search::{Ask, Found},
};
use utoipa::{
    IntoParams, ToSchema,
    openapi::{RefOr, Schema},
};

use crate::{
    Api,
    auth::Signed,
    cursor,
    handlers::{Paging, Part, grouping, naming::Known, packages::find},
    problem::{Kind, Problem, Result},
    query::{Parameters, Query, Segment, with},
    wire::{
        finding::{Order, PackageLine, PackageList},
        scalar::{Id, Time, ids},
        viewer::Viewer,
        word::{Word, words},
    },
};

const LIST: &str = "packages";
const SEARCH: &str = "packages-found";
const MINE: &str = "packages-mine";
const REGISTERED: &str = "packages-registered";
const FOLLOWED: &str = "packages-followed";
/// Longest order number that is looked for, in bytes.
const ORDER_LEN_MAX: usize = 200;

/// What a list is narrowed to.
#[derive(Clone, Debug, Deserialize, IntoParams)]
pub struct Search {
    /// An id, any number or its last 4 characters or more, words of what it is,
    /// serial numbers, a client, a carrier; for those who enter data or
    /// administer also who gets it. Several must all be there, the last word may
    /// be a beginning.
    #[param(max_length = 200)]
    q: Option<String>,
    /// Where it stands. Those that are held, have a problem, return or are returned,
    /// lost or cancelled are found at once, however many others there are.
    status: Option<words::Status>,
    /// The shipping company, in lower case.
    #[param(max_length = 60)]
    carrier: Option<String>,
    /// Whose goods.
    client: Option<ids::Client>,
    /// How it travels.
    mode: Option<words::Mode>,
    /// Where it starts or should end.
    place: Option<ids::Place>,
    /// Those we learned of then or later.
    from: Option<Time>,
    /// Those we learned of then or earlier.
    to: Option<Time>,
}

impl Parameters for Search {
    fn schemas() -> Vec<(String, RefOr<Schema>)> {
        let ids = with::<Id<PlaceId>>(with::<Id<ClientId>>(Vec::new()));
        with::<Time>(with::<Word<Mode>>(with::<Word<Status>>(ids)))
    }
}

impl Search {
    /// The text, and all else that is asked for.
    pub async fn read(self, api: &Api) -> Result<(String, Filter)> {
        let filter = Filter {
            status: self.status.map(|it| it.0),
            carrier: self.carrier.map(|it| it.to_lowercase()),
            client: self.client.map(|it| it.0),
            mode: self.mode.map(|it| it.0),
            places: match self.place {
                Some(it) => api.service().one_place(it.0).await?,
                None => Vec::new(),
            },
            from: self.from.map(|it| it.0),
            to: self.to.map(|it| it.0),
        };
        if filter.from.zip(filter.to).is_some_and(|(from, to)| to < from) {
            return Err(Problem::parameter("?from", "order", "from lies after to."));
        }
        Ok((self.q.unwrap_or_default(), filter))
    }
}

/// Lists packages, those we learned of last first; or finds them by a text.
pub async fn list(
    State(api): State<Api>,
    signed: Signed,
    Query(Part { of: search, paging }): Query<Part<Search>>,
) -> Result<Json<PackageList>> {
    let (text, filter) = search.read(&api).await?;
    let list = if text.trim().is_empty() { LIST } else { SEARCH };
    let after = read_after(&paging, list)?;
    let limit = paging.limit();
    let personal = signed.viewer().personal;
    let ask = Ask { text: &text, filter: &filter, registered_by: None, personal, after, limit };
    let found = api.service().search(ask).await?;
    Ok(Json(answer(&api, signed.viewer(), list, &found).await?))
}

/// Which packages are one's own.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Own {
    /// Those that are addressed to one's own e-mail address.
    #[default]
    To,
    /// Those that one registered.
    From,
}

/// Which of one's own.
#[derive(Clone, Debug, Deserialize, IntoParams)]
pub struct Owned {
    /// `to`, those addressed to one's own e-mail address, if nothing is said; or `from`, those
    /// that one registered.
    by: Option<Own>,
}

impl Parameters for Owned {
    fn schemas() -> Vec<(String, RefOr<Schema>)> {
        with::<Own>(Vec::new())
    }
}

/// The packages that are addressed to whoever asks, or that they registered.
pub async fn mine(
    State(api): State<Api>,
    signed: Signed,
    Query(Part { of: owned, paging }): Query<Part<Owned>>,
) -> Result<Json<PackageList>> {
    let (by, limit) = (owned.by.unwrap_or_default(), paging.limit());
    let list = match by {
        Own::To => MINE,
        Own::From => REGISTERED,
    };
    let after = read_after(&paging, list)?;
    let found = match (by, &signed.0.email, signed.0.user) {
        (Own::To, Some(email), _) => api.service().addressed_to(email, after, limit).await?,
        (Own::From, _, Some(user)) => api.service().registered_by(user, after, limit).await?,
        _ => Found::default(),
    };
    Ok(Json(answer(&api, signed.viewer(), list, &found).await?))
}

/// The packages that whoever asks follows.
pub async fn followed(
    State(api): State<Api>,
    signed: Signed,
    Query(paging): Query<Paging>,
) -> Result<Json<PackageList>> {
    let after = read_after(&paging, FOLLOWED)?;
    let found = match signed.0.user {
        Some(user) => api.service().watchlist(user, after, paging.limit()).await?,
        None => Found::default(),
    };
    Ok(Json(answer(&api, signed.viewer(), FOLLOWED, &found).await?))
}

/// Has whoever asks follow a package.
pub async fn follow(
    State(api): State<Api>,
    signed: Signed,
    Segment(text): Segment<String>,
) -> Result<StatusCode> {
    let package = find(&api, &text).await?;
    api.service().add_to_watchlist(follower(&signed)?, package).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Has them not follow it any more.
pub async fn unfollow(
    State(api): State<Api>,
    signed: Signed,
    Segment(text): Segment<String>,
) -> Result<StatusCode> {
    let package = find(&api, &text).await?;
    api.service().take_off_watchlist(follower(&signed)?, package).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn follower(signed: &Signed) -> Result<UserId> {
    signed.0.user.ok_or_else(|| Problem::new(Kind::Forbidden, "Only a person follows packages."))
}

/// An order as a group.
pub async fn order(
    State(api): State<Api>,
    signed: Signed,
    Segment(order): Segment<String>,
) -> Result<Json<Order>> {
    if ORDER_LEN_MAX < order.len() {
        return Err(Problem::not_found("this order"));
    }
    let view = api.service().order(&order).await?;
    let spoken_of = view.groups.iter().flat_map(grouping::spoken_of);
    let known = Known::look_up(&api, spoken_of).await?;
    let mut answer = Order::of(order, &view, signed.viewer());
    answer.names = known.names(signed.viewer());
    Ok(Json(answer))
}

async fn answer(api: &Api, viewer: Viewer, list: &str, found: &Found) -> Result<PackageList> {
    let next = found.after.map(|it| {
        let millis = it.known_since.millis().to_be_bytes();
        cursor::write(list, &[&millis[..], it.id.as_bytes()].concat())
    });
    let spoken_of = found.hits.iter().flat_map(|it| {
        let row = &it.line.row;
        let places = row.origin.iter().chain(&row.destination).copied().map(Subject::Place);
        places.chain(row.client.map(Subject::Client)).collect::<Vec<_>>()
    });
    let names = Known::look_up(api, spoken_of.collect::<Vec<_>>()).await?.names(viewer);
    let packages = found.hits.iter().map(PackageLine::of_hit).collect();
    Ok(PackageList { packages, next, partial: found.partial, names })
}

fn read_after(paging: &Paging, list: &str) -> Result<Option<After>> {
    let Some(bytes) = paging.after(list)? else { return Ok(None) };
    let (millis, id) = bytes.split_at_checked(8).ok_or_else(cursor::invalid)?;
    let millis = i64::from_be_bytes(millis.try_into().expect("cut at 8"));
    let known_since = Timestamp::from_millis(millis).map_err(|_| cursor::invalid())?;
    let id = PackageId::from_bytes(id.try_into().map_err(|_| cursor::invalid())?);
    Ok(Some(After { known_since, id }))
}
