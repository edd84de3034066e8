//! What is spoken of by id: looked up once for a whole answer, for its names
//! and for the homes that not everybody may see.

use std::collections::BTreeMap;

use domain::{
    geodesy::distance_m,
    id::Subject,
    position::LatLon,
    record::{ExactPoint, PlaceKind, PlaceRecord, Record},
    state::State,
};
use futures::{StreamExt, stream};
use service::Error;

use crate::{
    Api,
    problem::Result,
    wire::{
        event::{Event, Measurement},
        place::{Position, shown_name},
        reading::Reading,
        viewer::Viewer,
    },
};

/// Lookups at the same time.
const AT_ONCE: usize = 16;
/// Whatever comes this near to a home is shown as its town.
const NEAR_HOME_M: f64 = 2_000.0;

/// Records that were looked up.
#[derive(Debug, Default)]
pub struct Known(BTreeMap<Subject, State>);

/// A town that is shown in place of a home.
#[derive(Clone, Copy, Debug)]
struct Veil {
    town: LatLon,
    radius_m: u32,
    home: Option<LatLon>,
}

impl Known {
    /// Looks up whatever of these exists.
    pub async fn look_up(api: &Api, subjects: impl IntoIterator<Item = Subject>) -> Result<Self> {
        let mut subjects: Vec<Subject> = subjects.into_iter().collect();
        subjects.sort_unstable();
        subjects.dedup();
        let found: Vec<_> = stream::iter(subjects)
            .map(|subject| async move { (subject, known_as(api, subject).await) })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let mut all = BTreeMap::new();
        for (subject, known) in found {
            match known {
                Ok(state) => {
                    all.insert(subject, state);
                }
                Err(Error::NotFound(_)) => (),
                Err(other) => return Err(other.into()),
            }
        }
        Ok(Self(all))
    }

    /// Their names, as this viewer may see them.
    #[must_use]
    pub fn names(&self, viewer: Viewer) -> BTreeMap<String, String> {
        let name = |(subject, state): (&Subject, &State)| {
            Some((subject.to_string(), name(state.record.as_ref()?, viewer)?))
        };
        self.0.iter().filter_map(name).collect()
    }

    /// What was registered of one of them.
    #[must_use]
    pub fn record(&self, subject: Subject) -> Option<&Record> {
        self.0.get(&subject)?.record.as_ref()
    }

    /// Shows what was measured near a home as the town around it, to those who
    /// may not know the home.
    pub fn veil(&self, event: &mut Event, viewer: Viewer) {
        if viewer.personal {
            return;
        }
        match event {
            Event::Positioned { measured, .. } => self.veil_measurement(measured),
            Event::Corrected { event, .. } => self.veil(event, viewer),
            _ => (),
        }
    }

    fn veil_measurement(&self, measured: &mut Measurement) {
        let Ok(at) = LatLon::from_degrees(measured.position.lat, measured.position.lon) else {
            return;
        };
        if let Some(veil) = self.veils().find(|it| it.hides(at)) {
            let (lat, lon) = (veil.town.lat(), veil.town.lon());
            *measured = Measurement {
                position: Position { lat, lon, height_m: None, datum: None },
                radius_95_m: Some(f64::from(veil.radius_m)),
                vertical_95_m: None,
                speed_m_s: None,
                course_deg: None,
            };
        }
    }

    fn veils(&self) -> impl Iterator<Item = Veil> {
        self.0.values().filter_map(|state| match &state.record {
            Some(Record::Place(place)) if place.kind == PlaceKind::Home => Some(Veil::of(place)),
            _ => None,
        })
    }
}

impl Veil {
    fn of(place: &PlaceRecord) -> Self {
        let home = place.exact.as_ref().and_then(ExactPoint::get).map(|(at, _)| at);
        Self { town: place.at, radius_m: place.radius_m, home }
    }

    /// The whole town is one point to those who may not know more: a hole with
    /// the home in its middle would tell them where that is.
    fn hides(&self, at: LatLon) -> bool {
        distance_m(self.town, at) <= f64::from(self.radius_m)
            || self.home.is_some_and(|home| distance_m(home, at) <= NEAR_HOME_M)
    }
}

/// What an event speaks of by id.
#[must_use]
pub fn mentions(event: &domain::event::Event) -> Vec<Subject> {
    let everything = Viewer { personal: true, costs: true };
    let Some(said) = Event::of(&event.fact, event.happened_at, everything) else {
        return Vec::new();
    };
    let mut reading = Reading::new();
    said.read(&mut reading);
    reading.mentions.into_iter().map(|(_, subject)| subject).collect()
}

/// How a subject stands; of a place that was merged into another, how that stands.
async fn known_as(api: &Api, subject: Subject) -> service::Result<State> {
    let state = api.service().known(subject).await?.state;
    let (Some(_), Subject::Place(id)) = (state.merged, subject) else { return Ok(state) };
    let is = api.service().place_of(id).await?;
    Ok(api.service().known(Subject::Place(is)).await?.state)
}

/// What people call something.
#[must_use]
pub fn name(record: &Record, viewer: Viewer) -> Option<String> {
    Some(match record {
        Record::Package(record) => {
            let number = service::derive::best_number(record);
            record.description.clone().or(number)?
        }
        Record::Container(record) => record.name.clone(),
        Record::Place(record) => shown_name(record, viewer),
        Record::Tracker(record) => record.name.clone(),
        Record::Client(record) => record.name.clone(),
    })
}
