//! What an auditor is told of a package: its own events, and those of whatever carried
//! it, from when that began until it ended.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use domain::{
    id::{PackageId, Subject},
    time::Timestamp,
    timeline::Timeline,
};

use crate::{Service, error::Result, log::Logged, record::DEPTH_MAX};

/// Most spans that are followed: what was put in and out more often than that is told
/// as far as this goes.
pub const CARRIERS_MAX: usize = 1_000;

/// A time during which something carried a package, directly or inside something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carrier {
    /// A container, or a tracker that travelled along.
    pub holder: Subject,
    /// What it held directly: the package, or a container that held it.
    pub held: Subject,
    /// Since when.
    pub from: Timestamp,
    /// Until when; missing while it lasts.
    pub until: Option<Timestamp>,
}

/// Whatever carried a package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carriers {
    /// Each span, what holds directly before what holds that, the oldest first.
    pub spans: Vec<Carrier>,
    /// Whether there are more than are told.
    pub more: bool,
}

/// An event and whose it is.
pub type Of = (Subject, Logged);

/// A part of what an auditor is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audited {
    /// Whatever carried the package.
    pub carriers: Carriers,
    /// The package's events in the order of recording; then those of each of its
    /// carriers.
    pub entries: Vec<Of>,
    /// Whether there are more.
    pub more: bool,
}

impl Carrier {
    fn lasts_at(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at <= until)
    }
}

impl Carriers {
    /// Each of them once, in an order that does not change when others come.
    #[must_use]
    pub fn holders(&self) -> Vec<Subject> {
        let all: BTreeSet<Subject> = self.spans.iter().map(|it| it.holder).collect();
        all.into_iter().collect()
    }
}

impl Service {
    /// What carried a package, as far as its events and those of its carriers count.
    pub async fn carriers(&self, package: PackageId) -> Result<Carriers> {
        let mut carriers = Carriers::default();
        let mut timelines: BTreeMap<Subject, Timeline> = BTreeMap::new();
        let whole = (Subject::Package(package), Timestamp::MIN, None);
        let mut level = vec![whole];
        // Two who loaded each other at the same time make a cycle, until it is cut.
        for _ in 0..=DEPTH_MAX {
            let mut above = Vec::new();
            for (held, from, until) in level {
                let timeline = match timelines.entry(held) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => new.insert(Timeline::of(&self.all_events(held).await?)),
                };
                for span in spans_of(held, timeline, (from, until)) {
                    if carriers.spans.len() == CARRIERS_MAX {
                        carriers.more = true;
                        return Ok(carriers);
                    }
                    carriers.spans.push(span);
                    if matches!(span.holder, Subject::Container(_)) {
                        above.push((span.holder, span.from, span.until));
                    }
                }
            }
            level = above;
        }
        Ok(carriers)
    }

    /// The events of a carrier while it carried, in the order of recording.
    pub async fn logged_while(&self, holder: Subject, carriers: &Carriers) -> Result<Vec<Logged>> {
        let spans: Vec<&Carrier> = carriers.spans.iter().filter(|it| it.holder == holder).collect();
        let mut all = self.logged(holder).await?;
        all.retain(|it| {
            let (at, _) = it.recorded.event.order();
            spans.iter().any(|span| span.lasts_at(at))
        });
        Ok(all)
    }

    /// A part of everything an auditor is told of a package, behind an event of one of
    /// those it speaks of, by its number.
    pub async fn audited(
        &self,
        package: PackageId,
        after: Option<(Subject, u64)>,
        limit: usize,
    ) -> Result<Audited> {
        let own = Subject::Package(package);
        let carriers = self.carriers(package).await?;
        let holders = std::iter::once(own).chain(carriers.holders());
        let mut entries: Vec<Of> = Vec::new();
        for of in holders {
            // A package sorts before whatever can carry it.
            let seen = match after {
                Some((last, _)) if of < last => continue,
                Some((last, seq)) if of == last => seq,
                _ => 0,
            };
            let all = if of == own {
                self.logged(of).await?
            } else {
                self.logged_while(of, &carriers).await?
            };
            let new = all.into_iter().filter(|it| seen < it.recorded.seq);
            entries.extend(new.map(|it| (of, it)).take(limit + 1 - entries.len()));
            if limit < entries.len() {
                break;
            }
        }
        let more = limit < entries.len();
        entries.truncate(limit);
        Ok(Audited { carriers, entries, more })
    }
}

/// What carried a thing within a span.
fn spans_of(
    held: Subject,
    timeline: &Timeline,
    (from, until): (Timestamp, Option<Timestamp>),
) -> Vec<Carrier> {
    let within = |holder, began: Timestamp, ended: Option<Timestamp>| {
        let until = match (until, ended) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        let span = Carrier { holder, held, from: from.max(began), until };
        span.until.is_none_or(|until| span.from <= until).then_some(span)
    };
    let containers = timeline.memberships.iter();
    let containers = containers
        .filter_map(|it| within(Subject::Container(it.container), it.joined_at, it.until));
    let trackers = timeline.trackers.iter();
    let trackers =
        trackers.filter_map(|it| within(Subject::Tracker(it.tracker), it.from, it.until));
    containers.chain(trackers).collect()
}
