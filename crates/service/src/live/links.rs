//! The chains of what is watched: which subjects hold it, which trackers travel
//! with those, which homes are near. Kept for watched subjects only.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    fixes::{COARSE_RADIUS_M, Ring, coarsened},
    geodesy::distance_m,
    id::{Subject, TrackerId},
    motion::Fix,
    time::Timestamp,
    whereabouts::HOME_NEAR_M,
};

use super::{
    Carried, Public,
    aim::{Home, Link},
};
use crate::record::DEPTH_MAX;

/// Every link of every watched chain.
#[derive(Debug, Default)]
pub struct Links {
    links: HashMap<Subject, Held>,
    chains: HashMap<Subject, Chain>,
    trackers: HashMap<TrackerId, Heard>,
}

/// A link and the watched subjects whose chains need it.
#[derive(Debug, Default)]
struct Held {
    link: Option<Link>,
    needed_by: BTreeSet<Subject>,
}

/// A watched subject's chain as it was last followed.
#[derive(Debug, Default)]
struct Chain {
    chain: Vec<Subject>,
    trackers: Vec<(TrackerId, Subject)>,
    homes: Vec<Home>,
    touched: BTreeSet<Subject>,
}

/// A tracker of a watched chain.
#[derive(Debug, Default)]
struct Heard {
    ring: Option<Ring>,
    told: Option<Timestamp>,
    carries: BTreeSet<Subject>,
}

/// What the fixes of a tracker tell to those who watch.
pub struct Told {
    /// The latest fix.
    pub fix: Fix,
    /// When the latest before it was measured.
    pub prev: Option<Timestamp>,
    /// What the tracker travels with.
    pub on: Option<Subject>,
    /// For each thing that everybody may know of it, those whose watchers may.
    pub by_sight: Vec<(Public, Vec<Subject>)>,
}

/// What following a chain came to.
pub enum Followed {
    /// These links must be read first.
    Unknown(Vec<Subject>),
    /// It is known; whether it is another than before.
    Known {
        /// Whether chain or trackers are other than before.
        changed: bool,
    },
}

impl Links {
    /// Follows a watched subject's chain anew, as far as links are known.
    pub fn follow(&mut self, watched: Subject) -> Followed {
        let (chain, unknown) = self.walk(watched);
        let before = self.chains.entry(watched).or_default();
        if !unknown.is_empty() {
            for link in &unknown {
                self.links.entry(*link).or_default().needed_by.insert(watched);
                before.touched.insert(*link);
            }
            return Followed::Unknown(unknown);
        }
        let changed = before.chain != chain.chain || before.trackers != chain.trackers;
        for link in &chain.touched {
            self.links.entry(*link).or_default().needed_by.insert(watched);
        }
        for (tracker, _) in &chain.trackers {
            self.trackers.entry(*tracker).or_default().carries.insert(watched);
        }
        let before = std::mem::replace(before, chain);
        self.release(watched, &before);
        Followed::Known { changed }
    }

    /// Forgets a subject that is watched no longer.
    pub fn forget(&mut self, watched: Subject) {
        if let Some(before) = self.chains.remove(&watched) {
            self.release(watched, &before);
        }
    }

    /// Takes in what a head says; who needs that link, if it is one, and whether
    /// it is newer than what was known.
    pub fn learn(&mut self, subject: Subject, link: Link) -> (Vec<Subject>, bool) {
        let Some(held) = self.links.get_mut(&subject) else { return (Vec::new(), false) };
        let newer = held.link.as_ref().is_none_or(|it| it.seq < link.seq);
        if newer {
            held.link = Some(link);
        }
        (held.needed_by.iter().copied().collect(), newer)
    }

    /// Whether a head is part of any chain.
    pub fn needs(&self, subject: Subject) -> bool {
        self.links.contains_key(&subject)
    }

    /// Whether any tracker is part of a chain.
    pub fn needs_fixes(&self) -> bool {
        !self.trackers.is_empty()
    }

    /// Whether a tracker is part of a chain, and whether its ring was read.
    pub fn ring_known(&self, tracker: TrackerId) -> Option<bool> {
        self.trackers.get(&tracker).map(|it| it.ring.is_some())
    }

    /// What carries a watched subject.
    pub fn carried(&self, subject: Subject) -> Option<Carried> {
        let Chain { chain, trackers, .. } = self.chains.get(&subject)?;
        Some(Carried { subject, chain: chain.clone(), trackers: trackers.clone() })
    }

    /// Whether a watched subject was ever registered.
    pub fn is_registered(&self, subject: Subject) -> bool {
        self.links.get(&subject).and_then(|it| it.link.as_ref()).is_some_and(|it| it.registered)
    }

    /// Takes fixes of a tracker in, over what its ring was, and says what they tell;
    /// nothing when it was told before or nobody watches.
    pub fn hear(
        &mut self,
        tracker: TrackerId,
        read: Option<Ring>,
        fixes: &[Fix],
        recorded_at: Timestamp,
    ) -> Option<Told> {
        let heard = self.trackers.get_mut(&tracker)?;
        let ring = heard.ring.get_or_insert_with(|| read.unwrap_or_default());
        let before = ring.latest().map(|it| it.at);
        ring.absorb(fixes, recorded_at);
        let fix = *ring.latest()?;
        // A ring that was just read may hold the fix already.
        let prev = before.filter(|it| *it < fix.at);
        if heard.told.is_some_and(|told| fix.at <= told) {
            return None;
        }
        heard.told = Some(fix.at);
        let carries: Vec<Subject> = heard.carries.iter().copied().collect();
        let chains = || carries.iter().filter_map(|it| self.chains.get(it));
        let on = chains().flat_map(|it| &it.trackers).find(|(it, _)| *it == tracker);
        let on = on.map(|(_, on)| *on).filter(|it| *it != Subject::Tracker(tracker));
        let link = self.links.get(&Subject::Tracker(tracker)).and_then(|it| it.link.as_ref());
        let person = link.is_none_or(|it| it.person);
        let region = coarsened(&fix);
        let region_m = region.radius_95_mm.map_or(COARSE_RADIUS_M, |it| it / 1_000);
        let public = |watched: &Subject| {
            let homes = self.chains.get(watched).map_or(&[][..], |it| &it.homes);
            match homes.iter().find(|home| is_near(home, &fix)) {
                _ if person => Public::Around(region.position.at, region_m),
                Some(home) => Public::Around(home.town, home.town_radius_m),
                None => Public::Exact,
            }
        };
        let mut by_sight: Vec<(Public, Vec<Subject>)> = Vec::new();
        for watched in carries {
            let sight = public(&watched);
            match by_sight.iter_mut().find(|it| it.0 == sight) {
                Some((_, all)) => all.push(watched),
                None => by_sight.push((sight, vec![watched])),
            }
        }
        Some(Told { fix, prev, on, by_sight })
    }

    fn walk(&self, watched: Subject) -> (Chain, Vec<Subject>) {
        let known = |it: &Subject| self.links.get(it).and_then(|it| it.link.as_ref());
        let (mut chain, mut places, mut next) = (Chain::default(), BTreeSet::new(), Some(watched));
        if let Subject::Tracker(tracker) = watched {
            chain.trackers.push((tracker, watched));
        }
        while let Some(subject) = next.take() {
            // A place holds everything in it and moves with nothing.
            if DEPTH_MAX < chain.chain.len() || chain.chain.contains(&subject) {
                break;
            }
            chain.chain.push(subject);
            let Some(link) = known(&subject) else { break };
            chain.trackers.extend(link.tracker.map(|it| (it, subject)));
            places.extend(link.places.iter().map(|it| Subject::Place(*it)));
            next = link.holder;
        }
        chain.touched.extend(&chain.chain);
        chain.touched.extend(chain.trackers.iter().map(|(it, _)| Subject::Tracker(*it)));
        chain.touched.extend(places);
        chain.homes =
            chain.touched.iter().filter_map(|it| known(it).and_then(|it| it.home)).collect();
        let unknown = chain.touched.iter().filter(|it| known(it).is_none()).copied().collect();
        (chain, unknown)
    }

    /// Lets go of what a chain needed and its watched subject needs no longer.
    fn release(&mut self, watched: Subject, before: &Chain) {
        let now = self.chains.get(&watched);
        let touches = |it: &Subject| now.is_some_and(|now| now.touched.contains(it));
        let gone: Vec<Subject> = before.touched.iter().filter(|it| !touches(it)).copied().collect();
        let carried_by = |it: TrackerId| {
            now.is_some_and(|now| now.trackers.iter().any(|(other, _)| *other == it))
        };
        let silent: Vec<TrackerId> =
            before.trackers.iter().map(|it| it.0).filter(|it| !carried_by(*it)).collect();
        for link in gone {
            if let Some(held) = self.links.get_mut(&link) {
                held.needed_by.remove(&watched);
                if held.needed_by.is_empty() {
                    self.links.remove(&link);
                }
            }
        }
        for tracker in silent {
            if let Some(heard) = self.trackers.get_mut(&tracker) {
                heard.carries.remove(&watched);
                if heard.carries.is_empty() {
                    self.trackers.remove(&tracker);
                }
            }
        }
    }
}

/// Whether a fix tells where a home is. The whole town is one point to those who
/// may not know more: a hole with the home in its middle would tell them.
pub fn is_near(home: &Home, fix: &Fix) -> bool {
    let doubt_m = f64::from(fix.radius_95_mm.unwrap_or(0)) / 1000.0;
    let is_within = |at, radius_m: f64| distance_m(at, fix.position.at) <= radius_m + doubt_m;
    is_within(home.town, f64::from(home.town_radius_m))
        || is_within(home.at, f64::from(home.radius_m) + HOME_NEAR_M)
}

/// Fixes by their tracker.
pub type ByTracker = BTreeMap<TrackerId, Vec<Fix>>;
