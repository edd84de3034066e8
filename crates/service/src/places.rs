//! Places that are known before anybody registers them: those of the gazetteer
//! are registered the first time something mentions them.

use domain::{
    draft::Draft,
    event::Fact,
    id::{EventId, PlaceId, Subject},
    position::{Datum, Height, LatLon},
    record::{PlaceKind, PlaceRecord, Record},
    time::Timestamp,
};
use intake::gazetteer::{Entry, Gazetteer, Hint, Kind, Match, Resolution};

use crate::{
    Service,
    error::{Error, Result},
    record::Attribution,
};

/// What a text means as a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meant {
    /// This place; it is registered by now.
    One(PlaceId),
    /// One of these, as people would tell them apart, the likeliest first.
    Several(Vec<String>),
    /// No place that is known.
    None,
}

impl Service {
    /// The place that a text names. Never guesses: a text that may mean two
    /// places is answered with both.
    pub async fn place_meant(&self, text: &str) -> Result<Meant> {
        let matches = Gazetteer::embedded().resolve(text, Hint::NONE);
        Ok(match Resolution::of(&matches) {
            Resolution::One(found) => {
                Meant::One(self.register_gazetteer_place(&found.entry.key).await?)
            }
            Resolution::Several(found) => Meant::Several(found.iter().map(described).collect()),
            Resolution::None => Meant::None,
        })
    }

    /// As [`Self::place_meant`], but registers nothing: a place that nothing has
    /// mentioned yet is one that the text may mean.
    pub async fn place_suggested(&self, text: &str) -> Result<Meant> {
        let matches = Gazetteer::embedded().resolve(text, Hint::NONE);
        Ok(match Resolution::of(&matches) {
            Resolution::One(found) => {
                let id = gazetteer_place(&found.entry.key);
                if self.is_registered(Subject::Place(id)).await? {
                    Meant::One(id)
                } else {
                    Meant::Several(vec![described(found)])
                }
            }
            Resolution::Several(found) => Meant::Several(found.iter().map(described).collect()),
            Resolution::None => Meant::None,
        })
    }

    /// Registers a place of the gazetteer unless it is registered already. Its
    /// id follows from its key, so everybody who mentions it means one place.
    pub async fn register_gazetteer_place(&self, key: &str) -> Result<PlaceId> {
        let id = gazetteer_place(key);
        let subject = Subject::Place(id);
        if self.is_registered(subject).await? {
            return Ok(id);
        }
        let entry = Gazetteer::embedded()
            .get(key)
            .ok_or_else(|| Error::NotFound(format!("the gazetteer's place {key}")))?;
        let draft = Draft {
            id: EventId::derive(&[b"gazetteer", key.as_bytes()]),
            subject,
            happened_at: Timestamp::MIN,
            fact: Fact::Registered(Box::new(Record::Place(record(&entry)))),
        };
        let by = Attribution { actor: "gazetteer".to_owned(), source: "gazetteer".to_owned() };
        self.record(&by, vec![draft]).await?;
        Ok(id)
    }

    /// The town nearest to a point: what everybody may see of a home there.
    #[must_use]
    pub fn town_of(&self, at: LatLon) -> Option<(LatLon, u32)> {
        let (town, _) = Gazetteer::embedded().nearest(at, Kind::City)?;
        Some((town.at, town.radius_m))
    }
}

/// A place of the gazetteer as people tell it from others of its name.
#[must_use]
pub fn gazetteer_place(key: &str) -> PlaceId {
    PlaceId::derive(&[b"gazetteer", key.as_bytes()])
}

fn described(found: &Match) -> String {
    let Entry { name, region, country, key, .. } = &found.entry;
    match region {
        Some(region) => format!("{name}, {region}, {country} ({key})"),
        None => format!("{name}, {country} ({key})"),
    }
}

fn record(entry: &Entry) -> PlaceRecord {
    let kind = match entry.kind {
        Kind::Country => PlaceKind::Country,
        Kind::City => PlaceKind::City,
        Kind::Airport => PlaceKind::Airport,
        Kind::Port => PlaceKind::Port,
    };
    let ground = entry.elevation_msl_m.and_then(|metres| {
        Height::from_metres(f64::from(metres), Datum::MeanSeaLevel, entry.at).ok()
    });
    PlaceRecord {
        kind,
        name: entry.name.to_owned(),
        at: entry.at,
        radius_m: entry.radius_m,
        ground,
        time_zone: entry.time_zone.map(str::to_owned),
        country: Some(entry.country.to_string()),
        code: Some(entry.key.clone()),
        floors: Vec::new(),
        address: None,
        exact: None,
    }
}
