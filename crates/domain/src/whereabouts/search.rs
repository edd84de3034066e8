//! One question asked of a world: looks facts up, notes what is missing, and
//! keeps nested questions finite.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
};

use super::{
    Basis, Need, Whereabouts, World,
    chain::chain,
    choice::{Candidate, Joining, Offer},
    disc::Disc,
    evidence, home,
    moves::Way,
    world::Routes,
};
use crate::{
    id::{PlaceId, Subject, TrackerId},
    mode::Mode,
    motion::Fix,
    time::Timestamp,
    timeline::Timeline,
};

/// How many times "where was what held it then?" may lead to the same question
/// about something else.
const NESTING_MAX: usize = 4;
/// How many such questions one answer may take in all: chains of joinings and
/// leavings could otherwise branch without end.
const NESTED_MAX: u32 = 64;

/// One question.
pub struct Search<'w> {
    world: &'w World<'w>,
    routes: Option<Routes<'w>>,
    needs: RefCell<BTreeSet<Need>>,
    nested: Cell<u32>,
}

impl<'w> Search<'w> {
    pub fn new(world: &'w World<'w>) -> Self {
        Self { routes: Some(world.routes()), ..Self::without_routes(world) }
    }

    /// For finding out what is missing: the way between two points changes
    /// nothing about that, and can be costly to find.
    pub fn without_routes(world: &'w World<'w>) -> Self {
        let needs = RefCell::new(BTreeSet::new());
        Self { world, routes: None, needs, nested: Cell::new(0) }
    }

    pub fn answer(&self, subject: Subject, at: Timestamp) -> Option<Whereabouts> {
        self.nested.set(0);
        let Offer { candidates, contradictions } = self.offer(subject, at, 0);
        let answer = super::choice::choose(candidates, contradictions, at);
        home::veiled(self, subject, at, answer)
    }

    pub fn into_needs(self) -> Vec<Need> {
        self.needs.into_inner().into_iter().collect()
    }

    /// Where a holder was at another instant than the one asked for.
    pub fn nested(&self, subject: Subject, at: Timestamp, nesting: usize) -> Option<Candidate> {
        if nesting >= NESTING_MAX || self.nested.get() >= NESTED_MAX {
            return None;
        }
        self.nested.set(self.nested.get() + 1);
        super::choice::best(self.offer(subject, at, nesting + 1).candidates)
    }

    /// What every link of the chain offers.
    fn offer(&self, subject: Subject, at: Timestamp, nesting: usize) -> Offer {
        match subject {
            Subject::Package(_) | Subject::Container(_) => self.held(subject, at, nesting),
            Subject::Tracker(tracker) => Offer::of(evidence::tracker(self, tracker, at)),
            Subject::Place(place) => Offer::of(self.site(place, None).map(|disc| Candidate {
                disc,
                basis: Basis::Scanned,
                as_of: at,
                chain: vec![subject],
                place: Some(place),
                towards: None,
            })),
            Subject::Client(_) => Offer::default(),
        }
    }

    fn held(&self, subject: Subject, at: Timestamp, nesting: usize) -> Offer {
        let chain = chain(self, subject, at);
        let mut all = Offer { candidates: Vec::new(), contradictions: chain.ignored };
        // Outermost first: what the holders know decides which sightings still count.
        for (link, inside) in chain.links.iter().rev() {
            let own = evidence::own(self, *link, at, inside.as_ref(), nesting);
            let joining = Joining {
                at: inside.map_or(Timestamp::MIN, |it| it.joined_at),
                asked_at: at,
                pace: self.pace(*link, at),
            };
            all = all.inside(*link, own, &joining);
        }
        all
    }

    fn pace(&self, subject: Subject, at: Timestamp) -> super::Pace {
        let mode = self.timeline(subject, at).and_then(Timeline::mode);
        super::Pace::of(mode)
    }

    pub fn timeline(&self, subject: Subject, at: Timestamp) -> Option<&'w Timeline> {
        self.found(self.world.timeline(subject, at))
    }

    pub fn fixes(&self, id: TrackerId, from: Timestamp, to: Timestamp) -> &'w [Fix] {
        self.found(self.world.fixes(id, from, to)).unwrap_or_default()
    }

    /// The disc of a place, at the height of one of its floors if that is known.
    pub fn site(&self, id: PlaceId, floor: Option<&str>) -> Option<Disc> {
        let place = self.found(self.world.place(id))??;
        Some(home::site(place, floor, self.world.is_exact()))
    }

    pub fn way(&self, from: &Disc, to: &Disc, mode: Option<Mode>) -> Way {
        Way::find(from.centre, to.centre, mode, self.routes)
    }

    pub const fn world(&self) -> &'w World<'w> {
        self.world
    }

    pub fn found<T>(&self, found: Result<T, Need>) -> Option<T> {
        found.map_err(|need| self.needs.borrow_mut().insert(need)).ok()
    }
}
