//! Where something is: loads what the answer needs, link by link, and answers.

use std::sync::Arc;

use domain::{
    expected::{Expected, expected, expected_needs},
    fixes::coarsened,
    id::{PlaceId, Subject, TrackerId},
    motion::Fix,
    position::LatLon,
    record::{PlaceRecord, Record},
    route::{Medium, Route, route},
    state::State,
    time::Timestamp,
    timeline::Timeline,
    whereabouts::{Need, TrackPoint, Whereabouts, World, needs, track, track_needs, whereabouts},
};
use futures::future::try_join_all;
use quick_cache::sync::Cache;

use crate::{
    Service,
    error::{Error, Result},
};

/// How many ways are remembered. A way over land may take milliseconds to find.
const ROUTES_MAX: usize = 20_000;
/// Loading goes link by link; more rounds than this are a mistake.
const ROUNDS_MAX: usize = 64;

/// Ways that were found before.
#[derive(Clone, Debug)]
pub(crate) struct Ways(Arc<Cache<(LatLon, LatLon, Medium), Arc<Route>>>);

impl Ways {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Cache::new(ROUTES_MAX)))
    }

    fn find(&self, from: LatLon, to: LatLon, medium: Medium) -> Arc<Route> {
        let key = (from, to, medium);
        if let Some(way) = self.0.get(&key) {
            return way;
        }
        let way = Arc::new(route(from, to, medium));
        self.0.insert(key, Arc::clone(&way));
        way
    }
}

impl Service {
    /// Where a subject was or will be at `at`; `None` when nothing is known of
    /// it by then. With `exact`, homes and people are shown where they are; else
    /// homes as their town, and the fixes of a person's tracker as their region.
    pub async fn whereabouts(
        &self,
        subject: Subject,
        at: Timestamp,
        exact: bool,
    ) -> Result<Option<Whereabouts>> {
        self.answer(
            exact,
            subject,
            |world| needs(world, subject, at),
            |world| whereabouts(world, subject, at),
        )
        .await
    }

    /// The path of a subject between two instants, at most `points_max` points.
    pub async fn track(
        &self,
        subject: Subject,
        (from, to): (Timestamp, Timestamp),
        points_max: usize,
        exact: bool,
    ) -> Result<Vec<TrackPoint>> {
        self.answer(
            exact,
            subject,
            |world| track_needs(world, subject, from, to, points_max),
            |world| track(world, subject, from, to, points_max),
        )
        .await
    }

    /// The same, and where it was at the end.
    pub(crate) async fn track_to(
        &self,
        subject: Subject,
        (from, to): (Timestamp, Timestamp),
        points_max: usize,
    ) -> Result<(Vec<TrackPoint>, Option<Whereabouts>)> {
        self.answer(
            false,
            subject,
            |world| {
                let mut all = track_needs(world, subject, from, to, points_max);
                all.extend(needs(world, subject, to));
                all.sort_unstable();
                all.dedup();
                all
            },
            |world| {
                let track = track(world, subject, from, to, points_max);
                (track, whereabouts(world, subject, to))
            },
        )
        .await
    }

    /// When a package should be delivered, as seen now.
    pub async fn expected(&self, subject: Subject) -> Result<Option<Expected>> {
        let now = self.clock.now();
        self.answer(
            false,
            subject,
            |world| expected_needs(world, subject, now),
            |world| expected(world, subject, now),
        )
        .await
    }

    /// A place's record, as it was registered.
    pub async fn place(&self, id: PlaceId) -> Result<PlaceRecord> {
        match self.known(Subject::Place(id)).await?.state.record {
            Some(Record::Place(record)) => Ok(record),
            _ => Err(Error::NotFound(id.to_string())),
        }
    }

    /// Whether a tracker follows a person, as was said last.
    pub(crate) async fn follows_person(&self, tracker: TrackerId) -> Result<bool> {
        let head = self.head(Subject::Tracker(tracker)).await?;
        Ok(head.is_some_and(|(head, _)| is_person(&head.state)))
    }

    async fn answer<T>(
        &self,
        exact: bool,
        subject: Subject,
        missing: impl Fn(&World<'_>) -> Vec<Need> + Send,
        answer: impl FnOnce(&World<'_>) -> T + Send,
    ) -> Result<T> {
        if !self.is_registered(subject).await? {
            return Err(Error::NotFound(subject.to_string()));
        }
        let find = |from, to, medium| self.ways.find(from, to, medium);
        let mut world = World::new(&find, exact);
        for _ in 0..ROUNDS_MAX {
            let missing = missing(&world);
            if missing.is_empty() {
                return Ok(answer(&world));
            }
            for found in
                try_join_all(missing.into_iter().map(|need| self.load(need, exact))).await?
            {
                match found {
                    Found::Timeline(subject, timeline) => world.add_timeline(subject, timeline),
                    Found::Place(id, record) => world.add_place(id, record),
                    Found::Fixes(id, from, to, fixes) => world.add_fixes(id, from, to, &fixes),
                }
            }
        }
        Err(Error::Corrupt(format!("the chain of {subject} does not end")))
    }

    async fn load(&self, need: Need, exact: bool) -> Result<Found> {
        Ok(match need {
            Need::Timeline(subject, _) => {
                let events = self.all_events(subject).await?;
                Found::Timeline(subject, Timeline::of(&events))
            }
            Need::Place(id) => {
                // A merged place is where the other one is.
                let record = match self.meant(id).await?.1.and_then(|it| it.record) {
                    Some(Record::Place(record)) => Some(record),
                    _ => None,
                };
                Found::Place(id, record)
            }
            Need::Fixes(id, from, to) => {
                let mut fixes = self.fixes_between(id, from, to).await?;
                if !exact && !fixes.is_empty() && self.follows_person(id).await? {
                    fixes = fixes.iter().map(coarsened).collect();
                }
                Found::Fixes(id, from, to, fixes)
            }
        })
    }
}

/// Whether a state is that of a tracker that follows a person.
pub(crate) fn is_person(state: &State) -> bool {
    matches!(&state.record, Some(Record::Tracker(it)) if it.person)
}

/// Something that was needed and loaded.
enum Found {
    Timeline(Subject, Timeline),
    Place(PlaceId, Option<PlaceRecord>),
    Fixes(TrackerId, Timestamp, Timestamp, Vec<Fix>),
}
