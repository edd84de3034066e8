//! The recorded facts that an answer is computed from, as far as they are loaded.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    id::{PlaceId, Subject, TrackerId},
    motion::Fix,
    position::LatLon,
    record::PlaceRecord,
    route::{Medium, Route},
    time::Timestamp,
    timeline::Timeline,
};

/// Finds the way between two points; the caller keeps what was found, since the
/// same way is asked for again and again.
pub type Routes<'a> = &'a (dyn Fn(LatLon, LatLon, Medium) -> Arc<Route> + Send + Sync);

/// Something that must be loaded before an answer is final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// The events of a subject that matter from this instant on.
    Timeline(Subject, Timestamp),
    /// The record of a place.
    Place(PlaceId),
    /// A tracker's fixes between two instants (which may be the same), with a
    /// few before the first and after the last.
    Fixes(TrackerId, Timestamp, Timestamp),
}

/// Recorded facts, as far as they are loaded.
pub struct World<'a> {
    timelines: BTreeMap<Subject, (Timestamp, Timeline)>,
    places: BTreeMap<PlaceId, Option<PlaceRecord>>,
    fixes: BTreeMap<TrackerId, Heard>,
    routes: Routes<'a>,
    exact: bool,
}

/// What was heard of one tracker.
#[derive(Default)]
struct Heard {
    /// Oldest first.
    fixes: Vec<Fix>,
    /// Spans that are loaded.
    covered: Vec<(Timestamp, Timestamp)>,
}

impl<'a> World<'a> {
    /// A world without facts. With `exact`, homes are shown where they are;
    /// otherwise everything at a home is shown in its town.
    #[must_use]
    pub const fn new(routes: Routes<'a>, exact: bool) -> Self {
        Self {
            timelines: BTreeMap::new(),
            places: BTreeMap::new(),
            fixes: BTreeMap::new(),
            routes,
            exact,
        }
    }

    /// Adds all that is known of a subject; an empty timeline when it has no events.
    pub fn add_timeline(&mut self, subject: Subject, timeline: Timeline) {
        self.add_timeline_since(subject, timeline, Timestamp::MIN);
    }

    /// Adds what is known of a subject from `since` on: the timeline must also
    /// hold what was true then (record, last stop, container, trackers), and
    /// everything later.
    pub fn add_timeline_since(&mut self, subject: Subject, timeline: Timeline, since: Timestamp) {
        self.timelines.insert(subject, (since, timeline));
    }

    /// Adds a place; `None` when there is no such place.
    pub fn add_place(&mut self, id: PlaceId, place: Option<PlaceRecord>) {
        self.places.insert(id, place);
    }

    /// Adds a tracker's fixes around a span: all between its ends, and a few on
    /// either side as far as there are any.
    pub fn add_fixes(&mut self, id: TrackerId, from: Timestamp, to: Timestamp, fixes: &[Fix]) {
        let heard = self.fixes.entry(id).or_default();
        heard.fixes.extend_from_slice(fixes);
        heard.fixes.sort_unstable();
        heard.fixes.dedup();
        heard.covered.push((from, to));
    }

    /// True when homes are shown where they are.
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        self.exact
    }

    pub(super) const fn routes(&self) -> Routes<'a> {
        self.routes
    }

    /// What is known of a subject at `at` and after it.
    pub(super) fn timeline(&self, subject: Subject, at: Timestamp) -> Result<&Timeline, Need> {
        match self.timelines.get(&subject) {
            Some((since, timeline)) if *since <= at => Ok(timeline),
            _ => Err(Need::Timeline(subject, at)),
        }
    }

    pub(super) fn place(&self, id: PlaceId) -> Result<Option<&PlaceRecord>, Need> {
        self.places.get(&id).map(Option::as_ref).ok_or(Need::Place(id))
    }

    /// A tracker's fixes; those between `from` and `to` are all there.
    pub(super) fn fixes(
        &self,
        id: TrackerId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<&[Fix], Need> {
        let heard = self.fixes.get(&id);
        let covers = |span: &(Timestamp, Timestamp)| span.0 <= from && to <= span.1;
        match heard {
            Some(heard) if heard.covered.iter().any(covers) => Ok(&heard.fixes),
            _ => Err(Need::Fixes(id, from, to)),
        }
    }
}
