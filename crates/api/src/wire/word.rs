//! Closed vocabularies on the wire: the domain's words, one schema each.

use std::{borrow::Cow, fmt::Display, str::FromStr};

use domain::{
    attention::AttentionReason,
    event::{FactKind, IncidentReason},
    expected::ExpectedBasis,
    id::SubjectKind,
    mode::Mode,
    money::CostKind,
    position::Datum,
    record::{ContainerKind, PackageField, PlaceKind},
    state::Status,
    whereabouts::Basis,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

/// One word of a vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word<T>(pub T);

/// Words by their vocabulary: see `scalar::ids` for why each has a name.
pub mod words {
    use super::Word;

    /// How a thing travels.
    pub type Mode = Word<domain::mode::Mode>;
    /// Where a package stands.
    pub type Status = Word<domain::state::Status>;
    /// What a cost line pays for.
    pub type CostKind = Word<domain::money::CostKind>;
    /// What a height is measured from.
    pub type Datum = Word<domain::position::Datum>;
    /// What a container is.
    pub type ContainerKind = Word<domain::record::ContainerKind>;
    /// What a place is.
    pub type PlaceKind = Word<domain::record::PlaceKind>;
    /// Why something went wrong.
    pub type IncidentReason = Word<domain::event::IncidentReason>;
    /// What an event says.
    pub type FactKind = Word<domain::event::FactKind>;
    /// A field that can be emptied.
    pub type PackageField = Word<domain::record::PackageField>;
    /// What somebody may do.
    pub type Permission = Word<service::people::Permission>;
    /// What an answer rests on.
    pub type Basis = Word<domain::whereabouts::Basis>;
    /// Why something needs attention.
    pub type AttentionReason = Word<domain::attention::AttentionReason>;
    /// What an expectation rests on.
    pub type ExpectedBasis = Word<domain::expected::ExpectedBasis>;
    /// Where something was found.
    pub type FoundIn = Word<service::search::Field>;
}

/// A closed set of words.
pub trait Vocabulary: Display + Copy {
    /// The schema's name.
    const NAME: &'static str;
    /// Every word.
    const WORDS: &'static [&'static str];
}

macro_rules! vocabularies {
    ($($name:ident),+) => {$(
        impl Vocabulary for $name {
            const NAME: &'static str = stringify!($name);
            const WORDS: &'static [&'static str] = $name::WORDS;
        }
    )+};
}

vocabularies!(Mode, Status, CostKind, Datum, ContainerKind, PlaceKind, IncidentReason, FactKind);
vocabularies!(AttentionReason, SubjectKind, PackageField, Basis, ExpectedBasis);

impl<T: Vocabulary> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, T: Vocabulary + FromStr<Err: Display>> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(D::Error::custom)
    }
}

impl<T: Vocabulary> PartialSchema for Word<T> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(T::WORDS.iter().copied()))
            .into()
    }
}

impl<T: Vocabulary> ToSchema for Word<T> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(T::NAME)
    }
}
