//! Erasing personal text, on the wire.

use serde::{Deserialize, Serialize};
use service::erasing::Erased;
use utoipa::ToSchema;

use crate::wire::scalar::{Id, Line, ids};

/// Whose personal text goes.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Erasure {
    /// An e-mail address: every package that is addressed to it is meant. Or the id of
    /// one package, container or place.
    #[schema(example = "ada@example.com")]
    pub of: Line<320>,
}

/// What was erased.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Erasing {
    /// How many texts and photos are gone.
    pub texts: usize,
    /// The packages that were addressed to that person.
    pub packages: Vec<ids::Package>,
    /// Homes that these packages started from or went to. They may be other people's as
    /// well: each is erased by its own id.
    pub homes: Vec<ids::Place>,
}

impl Erasing {
    /// As it travels.
    #[must_use]
    pub fn of(it: Erased) -> Self {
        Self {
            texts: it.texts,
            packages: it.packages.into_iter().map(Id).collect(),
            homes: it.homes.into_iter().map(Id).collect(),
        }
    }
}
