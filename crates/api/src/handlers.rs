//! What the routes do: one file for each kind of thing. They turn what travels
//! into use cases and back, and decide nothing else.

pub mod attention;
pub mod clients;
pub mod containers;
pub mod erasing;
pub mod events;
pub mod finding;
pub mod history;
pub mod live;
pub mod map;
pub mod naming;
pub mod operations;
pub mod packages;
pub mod page;
pub mod photos;
pub mod places;
pub mod recording;
pub mod session;
pub mod tokens;
pub mod trackers;
pub mod users;
pub mod whereabouts;

use serde::Deserialize;
use utoipa::{
    IntoParams,
    openapi::{RefOr, Schema},
};

use crate::{
    cursor,
    problem::{Problem, Result},
    query::Parameters,
};

/// Lines of a page nobody asked a size for.
const LIMIT_DEFAULT: usize = 50;

/// Which part of a list.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// Where to go on: `next` of the page before.
    #[param(max_length = 2000)]
    cursor: Option<String>,
    /// Most lines to answer; 50 when missing.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<usize>,
}

impl Parameters for Paging {
    fn schemas() -> Vec<(String, RefOr<Schema>)> {
        Vec::new()
    }
}

impl Paging {
    /// Most lines to answer.
    fn limit(&self) -> usize {
        self.limit.unwrap_or(LIMIT_DEFAULT)
    }

    /// Where to go on in this kind of list.
    fn after(&self, list: &str) -> Result<Option<Vec<u8>>> {
        self.cursor.as_deref().map(|it| cursor::read(list, it)).transpose()
    }
}

/// The thing that a part of the path names. Text that is no id names nothing.
fn id<T: std::str::FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| Problem::not_found(text))
}
