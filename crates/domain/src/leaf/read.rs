//! Reading leaves: what an event was, from nothing but the bytes that were logged.
//! Only personal text is not in them; it reads as erased, with its digest.

use std::{fmt, str::FromStr};

use serde_json::{Map, Value};

use super::{LeafHash, VERSION, leaf};
use crate::{
    event::{Event, Fact, FactKind, Holder, Measurement, Proof},
    money::{CostLine, Money},
    position::{Height, LatLon, Position},
    private::Private,
    record::Promise,
    time::Timestamp,
};

mod record;

/// What a leaf says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// The event, its personal text erased.
    pub event: Event,
    /// Its number in its subject's chain, from 1.
    pub seq: u64,
    /// The hash of the leaf before it; none for the first.
    pub prev: Option<LeafHash>,
}

/// Bytes that are no leaf, and what is wrong where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidLeaf(String);

impl fmt::Display for InvalidLeaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no leaf of an event: {}", self.0)
    }
}

impl std::error::Error for InvalidLeaf {}

impl InvalidLeaf {
    pub(super) const fn new(why: String) -> Self {
        Self(why)
    }

    pub(super) fn not_written_so() -> Self {
        Self("the same is not written so".to_owned())
    }
}

type Result<T> = std::result::Result<T, InvalidLeaf>;

impl Logged {
    /// Reads a leaf of any version. The one way to write what was read must give
    /// the same bytes, so whatever passes was written by [`leaf`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let object: Map<String, Value> =
            serde_json::from_slice(bytes).map_err(|it| InvalidLeaf(it.to_string()))?;
        let it = Fields::of(&object);
        if it.integer::<i64>("v")? != VERSION {
            return Err(wrong("v", format!("version {VERSION} is expected")));
        }
        let event = Event {
            id: it.parsed("id")?,
            subject: it.parsed("subject")?,
            happened_at: it.instant("happened_at")?,
            recorded_at: it.instant("recorded_at")?,
            actor: it.text("actor")?,
            source: it.text("source")?,
            fact: fact(it.parsed("kind")?, it.fields("fact")?)?,
        };
        let (seq, prev) = (it.integer("seq")?, it.optional("prev", Fields::digest)?);
        if leaf(&event, seq, prev) != bytes {
            return Err(InvalidLeaf::not_written_so());
        }
        Ok(Self { event, seq, prev })
    }
}

/// The named values of an object.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(&'a Map<String, Value>);

pub(super) fn wrong(name: &str, why: impl fmt::Display) -> InvalidLeaf {
    InvalidLeaf(format!("{name:?}: {why}"))
}

fn missing(name: &str) -> InvalidLeaf {
    wrong(name, "is missing")
}

impl<'a> Fields<'a> {
    pub(super) const fn of(object: &'a Map<String, Value>) -> Self {
        Self(object)
    }

    /// Reads a value as `read` does, if it is there.
    pub(super) fn optional<T>(
        self,
        name: &str,
        read: impl Fn(Self, &str) -> Result<T>,
    ) -> Result<Option<T>> {
        self.0.get(name).map(|_| read(self, name)).transpose()
    }

    fn value(self, name: &str) -> Result<&'a Value> {
        self.0.get(name).ok_or_else(|| missing(name))
    }

    fn str(self, name: &str) -> Result<&'a str> {
        self.value(name)?.as_str().ok_or_else(|| wrong(name, "text is expected"))
    }

    pub(super) fn text(self, name: &str) -> Result<String> {
        self.str(name).map(ToOwned::to_owned)
    }

    /// A word or an id.
    pub(super) fn parsed<T: FromStr<Err: fmt::Display>>(self, name: &str) -> Result<T> {
        self.str(name)?.parse().map_err(|it| wrong(name, it))
    }

    /// An integer; beyond ±2^53 it is written as text.
    pub(super) fn integer<T: FromStr>(self, name: &str) -> Result<T> {
        let text = match self.value(name)? {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.clone(),
            _ => String::new(),
        };
        text.parse().map_err(|_| wrong(name, "an integer in its range is expected"))
    }

    fn bool(self, name: &str) -> Result<bool> {
        self.value(name)?.as_bool().ok_or_else(|| wrong(name, "true or false is expected"))
    }

    pub(super) fn instant(self, name: &str) -> Result<Timestamp> {
        Timestamp::from_millis(self.integer(name)?).map_err(|it| wrong(name, it))
    }

    pub(super) fn digest(self, name: &str) -> Result<[u8; 32]> {
        let text = self.str(name)?.as_bytes();
        let mut digest = [0; 32];
        let nibble = |it: u8| char::from(it).to_digit(16).map(|it| it as u8);
        for (at, byte) in digest.iter_mut().enumerate() {
            let pair = (text.get(2 * at).copied(), text.get(2 * at + 1).copied());
            let (Some(high), Some(low)) = (pair.0.and_then(nibble), pair.1.and_then(nibble)) else {
                return Err(wrong(name, "64 hexadecimal digits are expected"));
            };
            *byte = high << 4 | low;
        }
        Ok(digest)
    }

    /// Personal text, of which only the digest was logged.
    fn private(self, name: &str) -> Result<Option<Private>> {
        Ok(self.optional(name, Self::digest)?.map(|digest| Private::Erased { digest }))
    }

    fn fields(self, name: &str) -> Result<Self> {
        let object = self.value(name)?.as_object();
        object.map(Fields).ok_or_else(|| wrong(name, "an object is expected"))
    }

    fn array(self, name: &str) -> Result<&'a [Value]> {
        let array = self.value(name)?.as_array();
        array.map(Vec::as_slice).ok_or_else(|| wrong(name, "an array is expected"))
    }

    /// An array of objects.
    fn each<T>(self, name: &str, read: impl Fn(Fields) -> Result<T>) -> Result<Vec<T>> {
        let one = |value: &Value| match value.as_object() {
            Some(object) => read(Fields(object)),
            None => Err(wrong(name, "objects are expected")),
        };
        self.array(name)?.iter().map(one).collect()
    }

    /// An array of words or texts.
    pub(super) fn words<T: FromStr<Err: fmt::Display>>(self, name: &str) -> Result<Vec<T>> {
        let one = |value: &Value| {
            let text = value.as_str().ok_or_else(|| wrong(name, "texts are expected"))?;
            text.parse().map_err(|it| wrong(name, it))
        };
        self.array(name)?.iter().map(one).collect()
    }

    fn lat_lon(self) -> Result<LatLon> {
        let (lat_e7, lon_e7) = (self.integer("lat_e7")?, self.integer("lon_e7")?);
        LatLon::from_e7(lat_e7, lon_e7).map_err(|it| wrong("lat_e7", it))
    }

    fn position(self) -> Result<Position> {
        let height = match self.optional("height_mm", Self::integer)? {
            None => None,
            Some(mm) => {
                let (raw_mm, datum) = (self.integer("height_raw_mm")?, self.parsed("datum")?);
                Some(Height::from_logged(raw_mm, datum, mm))
            }
        };
        Ok(Position { at: self.lat_lon()?, height })
    }

    fn measurement(self) -> Result<Measurement> {
        Ok(Measurement {
            position: self.position()?,
            radius_95_mm: self.optional("radius_95_mm", Self::integer)?,
            vertical_95_mm: self.optional("vertical_95_mm", Self::integer)?,
            speed_mm_s: self.optional("speed_mm_s", Self::integer)?,
            course_cdeg: self.optional("course_cdeg", Self::integer)?,
        })
    }

    fn money(self) -> Result<Money> {
        Ok(Money { currency: self.parsed("currency")?, minor: self.integer("minor")? })
    }

    fn cost_line(self) -> Result<CostLine> {
        Ok(CostLine {
            kind: self.parsed("cost")?,
            amount: self.fields("amount")?.money()?,
            source: self.text("source")?,
            id: self.text("line")?,
        })
    }

    fn promise(self, first: &str, last: &str) -> Result<Promise> {
        Ok(Promise { first: self.instant(first)?, last: self.instant(last)? })
    }

    fn holder(self) -> Result<Holder> {
        match self.optional("container", Self::parsed)? {
            Some(id) => Ok(Holder::Container(id)),
            None => Ok(Holder::Place(self.parsed("place")?)),
        }
    }
}

fn fact(kind: FactKind, it: Fields) -> Result<Fact> {
    let place = || it.optional("place", Fields::parsed);
    Ok(match kind {
        FactKind::Registered => Fact::Registered(Box::new(record::record(it)?)),
        FactKind::Amended => Fact::Amended {
            set: Box::new(record::record(it.fields("set")?)?),
            clear: it.words("clear")?,
        },
        FactKind::Positioned => Fact::Positioned(it.measurement()?),
        FactKind::Scanned => {
            Fact::Scanned { place: it.parsed("place")?, floor: it.optional("floor", Fields::text)? }
        }
        FactKind::PickedUp => Fact::PickedUp { place: place()? },
        FactKind::Departed => Fact::Departed {
            from: it.optional("from", Fields::parsed)?,
            to: it.optional("to", Fields::parsed)?,
            mode: it.optional("mode", Fields::parsed)?,
            expected_at: it.optional("expected_at", Fields::instant)?,
        },
        FactKind::Arrived => Fact::Arrived { place: it.parsed("place")? },
        FactKind::Joined => Fact::Joined(it.holder()?),
        FactKind::Left => Fact::Left(it.holder()?),
        FactKind::TrackerAttached => Fact::TrackerAttached(it.parsed("tracker")?),
        FactKind::TrackerDetached => Fact::TrackerDetached(it.parsed("tracker")?),
        FactKind::CostAdded => Fact::CostAdded(it.cost_line()?),
        FactKind::CostCredited => Fact::CostCredited(it.cost_line()?),
        FactKind::CostShared => {
            Fact::CostShared { kind: it.parsed("cost")?, with: it.parsed("with")? }
        }
        FactKind::PromiseChanged => Fact::PromiseChanged(it.promise("first", "last")?),
        FactKind::Problem => {
            Fact::Problem { reason: it.parsed("reason")?, detail: it.private("detail")? }
        }
        FactKind::Solved => Fact::Solved { detail: it.private("detail")? },
        FactKind::Held => Fact::Held { reason: it.parsed("reason")?, place: place()? },
        FactKind::OutForDelivery => {
            Fact::OutForDelivery { from: it.optional("from", Fields::parsed)? }
        }
        FactKind::ReadyToCollect => Fact::ReadyToCollect { place: it.parsed("place")? },
        FactKind::Delivered => Fact::Delivered { place: place()?, proof: proof(it)? },
        FactKind::Returning => Fact::Returning {
            reason: it.optional("reason", Fields::parsed)?,
            to: it.optional("to", Fields::parsed)?,
        },
        FactKind::Returned => Fact::Returned { place: place()? },
        FactKind::Lost => Fact::Lost,
        FactKind::Cancelled => Fact::Cancelled,
        FactKind::PhotoAdded => Fact::PhotoAdded(it.parsed("photo")?),
        FactKind::Note => Fact::Note(it.private("text")?.ok_or_else(|| missing("text"))?),
        FactKind::Corrected => Fact::Corrected {
            target: it.parsed("target")?,
            fact: Box::new(fact(it.parsed("kind")?, it.fields("fact")?)?),
        },
        FactKind::Voided => Fact::Voided { target: it.parsed("target")?, why: it.private("why")? },
        FactKind::Merged => Fact::Merged { into: it.optional("into", Fields::parsed)? },
    })
}

fn proof(it: Fields) -> Result<Proof> {
    Ok(Proof {
        received_by: it.private("received_by")?,
        left_at: it.optional("left_at", Fields::text)?,
        photo: it.optional("photo", Fields::parsed)?,
        signature: it.optional("signature", Fields::parsed)?,
    })
}
