//! The smallest things that travel: bounded text, ids and instants. Each brings
//! the schema that says what it takes, so that no limit is written twice.

use std::{borrow::Cow, fmt::Display, str::FromStr};

use domain::{
    id::{ClientId, ContainerId, EventId, PackageId, PhotoId, PlaceId, Subject, TrackerId, UserId},
    time::Timestamp,
};
use jiff::tz::Offset;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        KnownFormat, ObjectBuilder, RefOr, Schema,
        schema::{SchemaFormat, Type},
    },
};

/// Characters that no single line holds: the C0 and C1 control characters.
const LINE_PATTERN: &str = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$";
/// Characters that no text holds: as above, except tabs and line ends.
const PROSE_PATTERN: &str = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$";

/// One line of 1 to `MAX` characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Line<const MAX: usize>(pub String);

/// Text of 1 to `MAX` characters that may have several lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Prose<const MAX: usize>(pub String);

fn text_schema(max: usize, pattern: &str, description: String) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(max))
        .pattern(Some(pattern))
        .description(Some(description))
        .into()
}

impl<const MAX: usize> PartialSchema for Line<MAX> {
    fn schema() -> RefOr<Schema> {
        text_schema(MAX, LINE_PATTERN, format!("One line of at most {MAX} characters."))
    }
}

impl<const MAX: usize> ToSchema for Line<MAX> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("Line{MAX}"))
    }
}

impl<const MAX: usize> PartialSchema for Prose<MAX> {
    fn schema() -> RefOr<Schema> {
        text_schema(MAX, PROSE_PATTERN, format!("Text of at most {MAX} characters."))
    }
}

impl<const MAX: usize> ToSchema for Prose<MAX> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("Text{MAX}"))
    }
}

/// An id as its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id<T>(pub T);

/// What an id names.
pub trait Named: FromStr<Err: Display> + Display {
    /// The schema's name.
    const NAME: &'static str;
    /// What its text starts with, as a regular expression.
    const PREFIX: &'static str;
}

macro_rules! named {
    ($($name:ident $prefix:literal),+) => {$(
        impl Named for $name {
            const NAME: &'static str = stringify!($name);
            const PREFIX: &'static str = $prefix;
        }
    )+};
}

named!(PackageId "pkg", ContainerId "ctr", PlaceId "plc", TrackerId "trk", ClientId "cli");
named!(EventId "evt", PhotoId "pho", UserId "usr", Subject "(pkg|ctr|plc|trk|cli)");

impl<T: Named> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, T: Named> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(D::Error::custom)
    }
}

impl<T: Named> PartialSchema for Id<T> {
    fn schema() -> RefOr<Schema> {
        let prefix = T::PREFIX;
        let digits = "[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}";
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(format!("^{prefix}_[0-7]{digits}$")))
            .into()
    }
}

impl<T: Named> ToSchema for Id<T> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(T::NAME)
    }
}

/// Ids by what they name. The derived schemas take a type with parameters for a
/// schema with parameters, so each id has a name of its own.
pub mod ids {
    use super::Id;

    /// A package's id.
    pub type Package = Id<domain::id::PackageId>;
    /// A container's id.
    pub type Container = Id<domain::id::ContainerId>;
    /// A place's id.
    pub type Place = Id<domain::id::PlaceId>;
    /// A tracker's id.
    pub type Tracker = Id<domain::id::TrackerId>;
    /// A client's id.
    pub type Client = Id<domain::id::ClientId>;
    /// An event's id.
    pub type Event = Id<domain::id::EventId>;
    /// A photo's id.
    pub type Photo = Id<domain::id::PhotoId>;
    /// An account's id.
    pub type User = Id<domain::id::UserId>;
    /// The id of anything events are about.
    pub type Subject = Id<domain::id::Subject>;
}

/// An instant as RFC 3339 text with an offset, in the years 1970 to 2199.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub Timestamp);

impl Time {
    /// The name of the schema's format.
    pub const FORMAT: &'static str = "date-time";
    /// What the schema says of the years.
    pub const PATTERN: &'static str = "^(19[7-9][0-9]|2[01][0-9]{2})-";
}

/// Why text is no instant, in words.
const NOT_A_TIME: &str =
    "not a time: RFC 3339 with an offset is expected, such as 2026-03-01T09:12:00Z";

impl FromStr for Time {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // jiff reads more than RFC 3339 does; only the RFC's shape is taken.
        let shape = text.len() >= 20 && matches!(text.as_bytes()[10], b'T' | b't' | b' ');
        if !shape || !text.is_ascii() || text.len() > 40 || text.contains('[') {
            return Err(NOT_A_TIME.to_owned());
        }
        let instant: jiff::Timestamp = text.parse().map_err(|_| NOT_A_TIME.to_owned())?;
        Timestamp::from_millis(instant.as_millisecond()).map(Self).map_err(|it| it.to_string())
    }
}

impl Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let instant = jiff::Timestamp::from_millisecond(self.0.millis())
            .expect("our years are within those of every calendar");
        let civil = Offset::UTC.to_datetime(instant);
        let (date, time) = (civil.date(), civil.time());
        let (hour, minute, second) = (time.hour(), time.minute(), time.second());
        write!(f, "{date}T{hour:02}:{minute:02}:{second:02}.{:03}Z", time.millisecond())
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl PartialSchema for Time {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .pattern(Some(Self::PATTERN))
            .description(Some("RFC 3339 with an offset, in the years 1970 to 2199 (UTC)."))
            .into()
    }
}

impl ToSchema for Time {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Time")
    }
}

#[cfg(test)]
mod tests;
