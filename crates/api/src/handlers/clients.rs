//! Clients: whose goods.

use axum::{
    extract::State,
    response::{Json, Response},
};
use domain::{
    event::Fact,
    id::{ClientId, Subject, SubjectKind},
    record::{ClientRecord, Record},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use utoipa::{
    IntoParams, ToSchema,
    openapi::{RefOr, Schema},
};

use crate::{
    Api,
    auth::Signed,
    body::Body,
    cursor,
    handlers::{
        Part,
        packages::created,
        recording::{Keyed, Saying, say},
    },
    problem::Result,
    query::{Parameters, Query},
    wire::{
        event::ClientBody,
        scalar::{Id, Time, ids},
    },
};

const LIST: &str = "clients";

/// Which of the things of one kind, by name.
#[derive(Clone, Debug, Deserialize, IntoParams)]
pub struct Search {
    /// How the name or a word of it begins; of containers, one of the first two.
    #[param(max_length = 200)]
    q: Option<String>,
}

impl Search {
    /// What is looked for.
    pub fn text(&self) -> &str {
        self.q.as_deref().unwrap_or_default()
    }
}

impl Parameters for Search {
    fn schemas() -> Vec<(String, RefOr<Schema>)> {
        Vec::new()
    }
}

/// A client.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Client {
    /// Its id.
    id: ids::Client,
    /// Its name.
    name: String,
}

/// A part of the list of clients.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Clients {
    /// By name.
    clients: Vec<Client>,
    /// Pass it as `cursor` for more; missing at the end.
    next: Option<String>,
}

/// Lists clients by name.
pub async fn list(
    State(api): State<Api>,
    Query(Part { of: search, paging }): Query<Part<Search>>,
) -> Result<Json<Clients>> {
    let after = paging.after(LIST)?;
    let page =
        api.service().named(SubjectKind::Client, search.text(), after, paging.limit()).await?;
    let clients = page.names.into_iter().filter_map(|it| match it.subject {
        Subject::Client(id) => Some(Client { id: Id(id), name: it.name }),
        _ => None,
    });
    let clients = clients.collect();
    Ok(Json(Clients { clients, next: page.after.map(|it| cursor::write(LIST, &it)) }))
}

/// Registers a client.
pub async fn create(
    State(api): State<Api>,
    signed: Signed,
    keyed: Keyed,
    Body(input): Body<ClientBody>,
) -> Result<Response> {
    let id = keyed.event(&api, &signed, 0);
    let subject = Subject::Client(ClientId::derive(&[id.as_bytes()]));
    let record = Record::Client(ClientRecord { name: input.name.0 });
    // A client was there before anybody wrote it down.
    let (given, fact) = (Some(Time(Timestamp::MIN)), Fact::Registered(Box::new(record)));
    let receipt = say(&api, &signed.attribution(), Saying::new(id, subject, given, fact)).await?;
    Ok(created("/v1/clients", &receipt))
}
