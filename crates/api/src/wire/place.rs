//! Places and positions on the wire.

use domain::{
    id::{PlaceId, Subject},
    position::{self, Datum, Height, LatLon},
    private::Private,
    record::{ExactPoint, Floor, PlaceKind, PlaceRecord},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::wire::{
    reading::Reading,
    scalar::{Id, Line, Prose, ids},
    viewer::Viewer,
    word::{Word, words},
};

/// A point, and its height where it is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// Latitude in degrees (WGS 84), north is positive.
    #[schema(minimum = -90, maximum = 90)]
    pub lat: f64,
    /// Longitude in degrees (WGS 84), east is positive.
    #[schema(minimum = -180, maximum = 180)]
    pub lon: f64,
    /// Height in metres above `datum`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = -1000, maximum = 100_000)]
    pub height_m: Option<f64>,
    /// What the height is measured from; missing means above the sea.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datum: Option<words::Datum>,
}

impl Position {
    /// As the domain knows it.
    pub fn read(&self, reading: &mut Reading) -> Option<position::Position> {
        let at = read_point(self.lat, self.lon, reading)?;
        let datum = self.datum.map_or(Datum::Unknown, |it| it.0);
        if self.height_m.is_none() && self.datum.is_some() {
            let detail = "a datum without height_m says nothing";
            reading.fault("datum", "no_height", detail.to_owned());
        }
        let height = match self.height_m.map(|it| Height::from_metres(it, datum, at)).transpose() {
            Ok(height) => height,
            Err(why) => {
                reading.fault("height_m", "height", why.to_string());
                None
            }
        };
        Some(position::Position { at, height })
    }

    /// As it travels: the height as its sender gave it.
    #[must_use]
    pub fn of(position: &position::Position) -> Self {
        Self {
            lat: position.at.lat(),
            lon: position.at.lon(),
            height_m: position.height.map(Height::raw_m),
            datum: position.height.map(|it| Word(it.datum())),
        }
    }
}

/// A point as the domain knows it.
fn read_point(lat: f64, lon: f64, reading: &mut Reading) -> Option<LatLon> {
    match LatLon::from_degrees(lat, lon) {
        Ok(at) => Some(at),
        Err(why) => {
            reading.fault("", "position", why.to_string());
            None
        }
    }
}

/// A place: its id, or text to find it by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum PlaceRef {
    /// A known place.
    Id(ids::Place),
    /// A city, airport, port or country by name or code, or a known place by its
    /// whole name. Text that may mean several places is refused with the candidates.
    Search(PlaceSearch),
}

/// Text that stands for one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceSearch {
    /// As people write it.
    #[schema(example = "Lagos, Nigeria")]
    pub search: Line<200>,
}

impl PlaceRef {
    /// The place it stands for.
    pub fn read(&self, reading: &mut Reading) -> PlaceId {
        match self {
            Self::Id(Id(id)) => {
                reading.mention(Subject::Place(*id));
                *id
            }
            Self::Search(it) => reading.within("search", |reading| reading.search(&it.search.0)),
        }
    }
}

/// A place as it is registered or changed. What is missing stays as it is; what
/// is `null` is emptied.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PlaceInput {
    /// What it is; `facility` when missing.
    pub kind: Option<words::PlaceKind>,
    /// What people call it. Needed to register.
    pub name: Option<Line<200>>,
    /// Where its middle is; of a private place, where its town is. Needed to register.
    pub position: Option<Point>,
    /// "At this place" means within this many metres; 100 when missing.
    #[schema(minimum = 1, maximum = 20_000_000)]
    pub radius_m: Option<u32>,
    /// The height of its ground in metres above the sea.
    #[schema(minimum = -1000, maximum = 9000)]
    pub ground_m: Option<f64>,
    /// Its time zone by the IANA name.
    #[schema(
        pattern = "^[A-Za-z0-9_+-]{1,30}(/[A-Za-z0-9_+-]{1,30}){0,2}$",
        example = "Africa/Lagos"
    )]
    pub time_zone: Option<String>,
    /// Its country by two capital letters.
    #[schema(pattern = "^[A-Z]{2}$", example = "NG")]
    pub country: Option<String>,
    /// Its storeys.
    #[schema(max_items = 300)]
    pub floors: Option<Vec<FloorBody>>,
    /// The street address of a private place. Personal.
    pub address: Option<Prose<500>>,
    /// The exact point of a private place. Personal.
    pub exact: Option<ExactBody>,
}

/// A point on the ground.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Latitude in degrees (WGS 84), north is positive.
    #[schema(minimum = -90, maximum = 90)]
    pub lat: f64,
    /// Longitude in degrees (WGS 84), east is positive.
    #[schema(minimum = -180, maximum = 180)]
    pub lon: f64,
}

impl Point {
    /// As it travels.
    #[must_use]
    pub fn of(at: LatLon) -> Self {
        Self { lat: at.lat(), lon: at.lon() }
    }
}

/// A storey.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FloorBody {
    /// What people call it.
    #[schema(example = "3")]
    pub name: Line<40>,
    /// Metres above the place's ground.
    #[schema(minimum = -500, maximum = 1500)]
    pub above_ground_m: f64,
}

/// The exact point of a private place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExactBody {
    /// Latitude in degrees (WGS 84).
    #[schema(minimum = -90, maximum = 90)]
    pub lat: f64,
    /// Longitude in degrees (WGS 84).
    #[schema(minimum = -180, maximum = 180)]
    pub lon: f64,
    /// The home lies within this many metres.
    #[schema(minimum = 1, maximum = 10_000)]
    pub radius_m: u32,
}

/// The radius of a place nobody gave one for.
const RADIUS_DEFAULT_M: u32 = 100;
/// A town shown in place of a home is never given smaller than this.
const TOWN_RADIUS_MIN_M: u32 = 3_000;

impl PlaceInput {
    /// A whole record: what is said here over what was known. `cleared` names
    /// the fields that are emptied.
    pub fn read(
        &self,
        known: Option<&PlaceRecord>,
        cleared: &[String],
        reading: &mut Reading,
    ) -> Option<PlaceRecord> {
        let mut record = self.start(known, reading)?;
        for field in cleared {
            clear(&mut record, field, reading);
        }
        self.take_plain(&mut record);
        if let Some(metres) = self.ground_m {
            match Height::from_metres(metres, Datum::MeanSeaLevel, record.at) {
                Ok(height) => record.ground = Some(height),
                Err(why) => reading.fault("ground_m", "height", why.to_string()),
            }
        }
        if let Some(name) = &self.time_zone {
            if jiff::tz::TimeZone::get(name).is_ok() {
                record.time_zone = Some(name.clone());
            } else {
                let detail = "not an IANA time zone, such as Africa/Lagos";
                reading.fault("time_zone", "unknown", detail.to_owned());
            }
        }
        self.take_private(&mut record, reading);
        Some(record)
    }

    /// What must be there, from here or from what was known.
    fn start(&self, known: Option<&PlaceRecord>, reading: &mut Reading) -> Option<PlaceRecord> {
        let at = match (&self.position, known) {
            (Some(it), _) => reading.within("position", |r| read_point(it.lat, it.lon, r)),
            (None, Some(known)) => Some(known.at),
            (None, None) => {
                reading.fault("position", "missing", "a position is needed".to_owned());
                None
            }
        };
        let name = match (&self.name, known) {
            (Some(it), _) => Some(it.0.clone()),
            (None, Some(known)) => Some(known.name.clone()),
            (None, None) => {
                reading.fault("name", "missing", "a name is needed".to_owned());
                None
            }
        };
        let (at, name) = (at?, name?);
        let fresh = PlaceRecord {
            kind: PlaceKind::Facility,
            name: String::new(),
            at,
            radius_m: RADIUS_DEFAULT_M,
            ground: None,
            time_zone: None,
            country: None,
            code: None,
            floors: Vec::new(),
            address: None,
            exact: None,
        };
        Some(PlaceRecord { at, name, ..known.cloned().unwrap_or(fresh) })
    }

    fn take_plain(&self, record: &mut PlaceRecord) {
        if let Some(Word(kind)) = self.kind {
            record.kind = kind;
        }
        if let Some(radius_m) = self.radius_m {
            record.radius_m = radius_m;
        }
        if self.country.is_some() {
            record.country.clone_from(&self.country);
        }
        if let Some(floors) = &self.floors {
            let floor = |it: &FloorBody| Floor {
                name: it.name.0.clone(),
                above_ground_mm: (it.above_ground_m * 1000.0).round() as i32,
            };
            record.floors = floors.iter().map(floor).collect();
        }
    }

    fn take_private(&self, record: &mut PlaceRecord, reading: &mut Reading) {
        let home = record.kind == PlaceKind::Home;
        let only = "only a place of kind private has one";
        if let Some(address) = &self.address {
            if !home {
                reading.fault("address", "not_private", only.to_owned());
            }
            record.address = Some(Private::new(address.0.clone()));
        }
        if let Some(exact) = &self.exact {
            if !home {
                reading.fault("exact", "not_private", only.to_owned());
            }
            let at = reading.within("exact", |r| read_point(exact.lat, exact.lon, r));
            record.exact = at.map(|at| ExactPoint::new(at, exact.radius_m));
        }
        if home && record.radius_m < TOWN_RADIUS_MIN_M {
            if self.radius_m.is_some() {
                let detail = format!(
                    "a private place is shown as its town: at least {TOWN_RADIUS_MIN_M} metres"
                );
                reading.fault("radius_m", "too_exact", detail);
            }
            record.radius_m = TOWN_RADIUS_MIN_M;
        }
    }
}

fn clear(record: &mut PlaceRecord, field: &str, reading: &mut Reading) {
    match field {
        "ground_m" => record.ground = None,
        "time_zone" => record.time_zone = None,
        "country" => record.country = None,
        "floors" => record.floors = Vec::new(),
        "address" => record.address = None,
        "exact" => record.exact = None,
        other => {
            reading.fault(other, "needed", "this cannot be emptied".to_owned());
        }
    }
}

/// A place as it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Place {
    /// Its id.
    pub id: ids::Place,
    /// What it is.
    pub kind: words::PlaceKind,
    /// What people call it.
    pub name: String,
    /// Where its middle is; of a private place, where its town is.
    pub position: Point,
    /// "At this place" means within this many metres of its middle.
    pub radius_m: u32,
    /// The height of its ground in metres above the sea.
    pub ground_m: Option<f64>,
    /// Its time zone by the IANA name.
    pub time_zone: Option<String>,
    /// Its country by two capital letters.
    pub country: Option<String>,
    /// The gazetteer's key for it.
    pub code: Option<String>,
    /// Its storeys.
    pub floors: Vec<FloorBody>,
    /// The street address of a private place, for those who may see it.
    pub address: Option<String>,
    /// The exact point of a private place, for those who may see it.
    pub exact: Option<ExactBody>,
    /// The place that it is one with by now, if it was merged into another: everything
    /// that is recorded of it is told of that one.
    pub merged_into: Option<ids::Place>,
    /// The places that were merged into it, where one place is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub merged: Option<Vec<ids::Place>>,
}

/// Which place another is one with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// The place that it is from now on; `null` makes it a place of its own again.
    #[schema(required = true)]
    pub into: Option<ids::Place>,
}

/// What others see of a home's name.
pub const HOME_NAME: &str = "Private address";

impl Place {
    /// As this viewer may see it.
    #[must_use]
    pub fn of(id: PlaceId, record: &PlaceRecord, viewer: Viewer) -> Self {
        let hidden = record.kind == PlaceKind::Home && !viewer.personal;
        let exact = record.exact.as_ref().and_then(ExactPoint::get).filter(|_| !hidden);
        let floor = |it: &Floor| FloorBody {
            name: Line(it.name.clone()),
            above_ground_m: f64::from(it.above_ground_mm) / 1000.0,
        };
        Self {
            id: Id(id),
            kind: Word(record.kind),
            name: shown_name(record, viewer),
            position: Point::of(record.at),
            radius_m: record.radius_m,
            ground_m: record.ground.filter(|_| !hidden).map(Height::raw_m),
            time_zone: record.time_zone.clone(),
            country: record.country.clone(),
            code: record.code.clone(),
            floors: record.floors.iter().filter(|_| !hidden).map(floor).collect(),
            address: viewer.text(record.address.as_ref()),
            exact: exact.map(|(at, radius_m)| ExactBody { lat: at.lat(), lon: at.lon(), radius_m }),
            merged_into: None,
            merged: None,
        }
    }
}

impl Place {
    /// What was registered, as this viewer may see it.
    #[must_use]
    pub fn input(record: &PlaceRecord, viewer: Viewer) -> PlaceInput {
        let shown = Self::of(PlaceId::from_bytes([0; 16]), record, viewer);
        PlaceInput {
            kind: Some(shown.kind),
            name: Some(Line(shown.name)),
            position: Some(shown.position),
            radius_m: Some(shown.radius_m),
            ground_m: shown.ground_m,
            time_zone: shown.time_zone,
            country: shown.country,
            floors: Some(shown.floors),
            address: shown.address.map(Prose),
            exact: shown.exact,
        }
    }
}

/// A place's name as this viewer may see it: that of a home often names a person.
#[must_use]
pub fn shown_name(record: &PlaceRecord, viewer: Viewer) -> String {
    if record.kind == PlaceKind::Home && !viewer.personal {
        HOME_NAME.to_owned()
    } else {
        record.name.clone()
    }
}
