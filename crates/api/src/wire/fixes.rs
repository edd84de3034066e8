//! What trackers report, as it travels in JSON.

use domain::{id::TrackerId, motion::Fix};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::wire::{
    event::Measurement,
    place::Position,
    reading::Reading,
    scalar::{Line, Time, ids},
};

/// One fix of a tracker.
#[derive(Clone, Debug, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FixInput {
    /// Whose it is; a device that sends its own need not say.
    pub tracker: Option<ids::Tracker>,
    /// When it was measured.
    pub at: Time,
    /// Where.
    pub position: Position,
    /// It lies within this many metres, 95 times of 100.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub radius_95_m: Option<f64>,
    /// Its height is right to this many metres, 95 times of 100.
    #[schema(minimum = 0, maximum = 100_000)]
    pub vertical_95_m: Option<f64>,
    /// Speed over ground in metres per second.
    #[schema(minimum = 0, maximum = 12_000)]
    pub speed_m_s: Option<f64>,
    /// Course over ground in degrees, clockwise from north.
    #[schema(minimum = 0, exclusive_maximum = 360)]
    pub course_deg: Option<f64>,
}

/// Fixes, of one tracker or of many.
#[derive(Clone, Debug, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FixesInput {
    /// In any order.
    #[schema(min_items = 1, max_items = 5_000)]
    pub fixes: Vec<FixInput>,
}

/// A batch that will not be lost.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FixesAccepted {
    /// Names the batch: the same again is the same batch.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    pub batch: String,
    /// How many fixes it has.
    pub fixes: usize,
    /// True when it had been accepted before. Where batches wait in a queue (202) that
    /// may not be known yet; it is taken in once all the same.
    pub duplicate: bool,
}

/// A tracker as it is registered.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrackerInput {
    /// What people call it.
    pub name: Line<200>,
    /// True when it follows a person: its positions are personal data.
    #[serde(default)]
    #[schema(required = false)]
    pub person: bool,
}

/// A tracker was registered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TrackerMade {
    /// Its id.
    pub id: ids::Tracker,
    /// What its device proves itself by: as a bearer token, or by signing. Only
    /// this answer holds it.
    pub key: String,
}

/// A tracker.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Tracker {
    /// Its id.
    pub id: ids::Tracker,
    /// What people call it.
    pub name: String,
    /// True when it follows a person.
    pub person: bool,
    /// Since when its device has its key; missing when it has none.
    pub key_since: Option<Time>,
    /// When we heard of it last.
    pub heard_at: Option<Time>,
    /// Where it was measured last, and when; only for those who may know of a person.
    pub latest: Option<Latest>,
}

/// The latest fix of a tracker.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Latest {
    /// When it was measured.
    pub at: Time,
    /// Where, and how well.
    pub measured: Measurement,
}

/// A part of the list of trackers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Trackers {
    /// By name.
    pub trackers: Vec<TrackerName>,
    /// Pass it as `cursor` for more; missing at the end.
    pub next: Option<String>,
}

/// A tracker in the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TrackerName {
    /// Its id.
    pub id: ids::Tracker,
    /// What people call it.
    pub name: String,
}

impl FixesInput {
    /// Reads a body as fast as can be; `None` when anything at all is wrong with
    /// it, to be explained by the schema.
    #[must_use]
    pub fn fast(bytes: &[u8]) -> Option<Self> {
        let body: Self = serde_json::from_slice(bytes).ok()?;
        let within = |it: Option<f64>, max: f64| it.is_none_or(|it| (0.0..=max).contains(&it));
        let right = |it: &FixInput| {
            let Position { lat, lon, height_m, .. } = &it.position;
            (-90.0..=90.0).contains(lat)
                && (-180.0..=180.0).contains(lon)
                && height_m.is_none_or(|it| (-1e3..=1e5).contains(&it))
                && within(it.radius_95_m, 1e6)
                && within(it.vertical_95_m, 1e5)
                && within(it.speed_m_s, 12e3)
                && it.course_deg.is_none_or(|it| (0.0..360.0).contains(&it))
        };
        Some(body).filter(|it| !it.fixes.is_empty() && it.fixes.iter().all(right))
    }

    /// As the domain knows them; `own` is the tracker of a device that sends them.
    pub fn read(&self, own: Option<TrackerId>, reading: &mut Reading) -> Vec<(TrackerId, Fix)> {
        reading.within("fixes", |reading| {
            let each = self.fixes.iter().enumerate();
            each.filter_map(|(at, fix)| reading.within(at, |it| fix.read(own, it))).collect()
        })
    }
}

impl FixInput {
    fn read(&self, own: Option<TrackerId>, reading: &mut Reading) -> Option<(TrackerId, Fix)> {
        let tracker = match (self.tracker.map(|it| it.0), own) {
            (Some(given), Some(own)) if given != own => {
                let detail = format!("this device reports for {own} alone");
                reading.fault("tracker", "another", detail);
                return None;
            }
            (None, None) => {
                let detail = "whose fix it is must be said here".to_owned();
                reading.fault("tracker", "missing", detail);
                return None;
            }
            (given, own) => given.or(own)?,
        };
        let measured = Measurement {
            position: self.position.clone(),
            radius_95_m: self.radius_95_m,
            vertical_95_m: self.vertical_95_m,
            speed_m_s: self.speed_m_s,
            course_deg: self.course_deg,
        };
        Some((tracker, measured.read(reading)?.fix(self.at.0)))
    }
}
