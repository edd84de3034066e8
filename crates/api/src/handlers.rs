//! What the routes do: one file for each kind of thing. They turn what travels
//! into use cases and back, and decide nothing else.

pub mod attention;
pub mod audit;
pub mod basemap;
pub mod clients;
pub mod company;
pub mod containers;
pub mod erasing;
pub mod events;
pub mod exporting;
pub mod finding;
pub mod grouping;
pub mod history;
pub mod importing;
pub mod live;
pub mod log;
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
    openapi::{
        RefOr, Schema,
        path::{Parameter, ParameterIn},
    },
};

use crate::{
    cursor,
    problem::{Problem, Result},
    query::Parameters,
};

/// Lines of a page nobody asked a size for.
const LIMIT_DEFAULT: usize = 50;

/// Which part of a list. What is unknown is refused by the schema.
#[derive(Clone, Debug, Deserialize, IntoParams)]
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

/// Which things, and which part of their list.
#[derive(Clone, Debug, Deserialize)]
pub struct Part<T> {
    /// Which things.
    #[serde(flatten)]
    pub of: T,
    /// Which part.
    #[serde(flatten)]
    pub paging: Paging,
}

impl<T: IntoParams> IntoParams for Part<T> {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = T::into_params(&place);
        all.extend(Paging::into_params(&place));
        all
    }
}

impl<T: Parameters> Parameters for Part<T> {
    fn schemas() -> Vec<(String, RefOr<Schema>)> {
        T::schemas()
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
