//! When something should be delivered: what the carrier promised, or a plan from
//! how far it still has to go. Known from the first event on.

use minicbor::{Decode, Encode};

use crate::{
    geodesy,
    id::{PlaceId, Subject},
    mode::Mode,
    state::Status,
    time::{HOUR, Millis, Timestamp},
    timeline::Timeline,
    whereabouts::{Need, Pace, Search, World},
    words::words,
};

words! {
    /// What an expectation rests on.
    ExpectedBasis, "basis";
    /// What the carrier said.
    0 Carrier "carrier",
    /// How far it still has to go, and how.
    1 Plan "plan",
    /// What earlier packages took.
    2 Learned "learned",
}

/// When something should be delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(array)]
pub struct Expected {
    /// As likely earlier as later.
    #[n(0)]
    pub at_p50: Timestamp,
    /// Nine of ten times no later.
    #[n(1)]
    pub at_p90: Timestamp,
    /// What it rests on.
    #[n(2)]
    pub basis: ExpectedBasis,
}

/// By how much ways are longer than the shortest.
const DETOUR: f64 = 1.3;
/// Once a promise is broken, the delay is as likely to grow by less than half of
/// itself as by more, and nine of ten times it does not triple.
const LATE_P50: f64 = 0.5;
const LATE_P90: f64 = 2.0;
/// What is late takes at least this long.
const LATE_MIN: Millis = 2 * HOUR;
/// From the last depot to the door.
const LAST_WAY: Millis = 4 * HOUR;
/// Nine of ten times a plan takes no more than this many times as long.
const PLAN_P90: f64 = 1.8;

/// When `subject` should be delivered, as seen at `now`. `None` for what is
/// delivered, returned, cancelled or lost, and without a promise also when nobody
/// said where it goes, or where it is. Never in the past, and `at_p90` is never
/// before `at_p50`.
///
/// A promise stands until its last moment has passed. After that the carrier's
/// word is broken: the expectation slides ahead of `now` by the plan, where there
/// is one, or in proportion to the delay so far, so that it never lies in the past.
#[must_use]
pub fn expected(world: &World, subject: Subject, now: Timestamp) -> Option<Expected> {
    find(&Search::new(world), subject, now)
}

/// What must still be loaded before [`expected`] is final; ask again until nothing is.
#[must_use]
pub fn expected_needs(world: &World, subject: Subject, now: Timestamp) -> Vec<Need> {
    let search = Search::without_routes(world);
    let _ = find(&search, subject, now);
    search.into_needs()
}

fn find(search: &Search, subject: Subject, now: Timestamp) -> Option<Expected> {
    let timeline = search.timeline(subject, now)?;
    let status = timeline.status_at(now);
    if status.is_final() || status == Status::Lost || timeline.starts_at()? > now {
        return None;
    }
    // A promise is about the way there, not the way back.
    let promised = timeline.promised().filter(|_| status != Status::Returning);
    match promised {
        Some(promise) if now < promise.last => {
            // The middle of what is left of the time promised.
            let first = promise.first.max(now).min(promise.last);
            let at_p50 = first.plus(promise.last.since(first) / 2);
            Some(Expected { at_p50, at_p90: promise.last, basis: ExpectedBasis::Carrier })
        }
        Some(promise) => {
            let late = sliding(now, promise.last);
            Some(plan(search, timeline, subject, now).map_or(late, |plan| Expected {
                at_p50: plan.at_p50.max(now.plus(LATE_MIN)),
                at_p90: plan.at_p90.max(now.plus(2 * LATE_MIN)),
                ..plan
            }))
        }
        None => plan(search, timeline, subject, now),
    }
}

/// What is overdue since `due`, without knowing anything else.
fn sliding(now: Timestamp, due: Timestamp) -> Expected {
    let late = now.since(due) as f64;
    Expected {
        at_p50: now.plus(((late * LATE_P50) as Millis).max(LATE_MIN)),
        at_p90: now.plus(((late * LATE_P90) as Millis).max(2 * LATE_MIN)),
        basis: ExpectedBasis::Carrier,
    }
}

/// From where it is, or is about to arrive, to where it goes.
fn plan(
    search: &Search,
    timeline: &Timeline,
    subject: Subject,
    now: Timestamp,
) -> Option<Expected> {
    let goal = timeline.heading_at(now)?;
    let target = search.site(goal, None)?;
    let mode = timeline.mode();
    if let Some((place, arrives_at)) = arriving(timeline, now) {
        let stop = search.site(place, None)?;
        let further_m = geodesy::distance_m(stop.centre, target.centre);
        let further = if place == goal { 0 } else { way(further_m, mode) };
        let rest = further + LAST_WAY;
        let uncertain = rest as f64 * PLAN_P90 + 0.2 * arrives_at.since(now) as f64;
        return Some(Expected {
            at_p50: arrives_at.plus(rest),
            at_p90: arrives_at.plus(uncertain as Millis),
            basis: if place == goal { ExpectedBasis::Carrier } else { ExpectedBasis::Plan },
        });
    }
    let here = search.answer(subject, now)?;
    let at_goal = here.place == Some(goal);
    let distance_m = geodesy::distance_m(here.position, target.centre);
    let rest = if at_goal || timeline.status_at(now) == Status::OutForDelivery {
        LAST_WAY
    } else {
        way(distance_m, mode) + LAST_WAY
    };
    Some(Expected {
        at_p50: now.plus(rest),
        at_p90: now.plus((rest as f64 * PLAN_P90) as Millis),
        basis: ExpectedBasis::Plan,
    })
}

/// Where it is known to arrive next, and when, if it is on its way there.
fn arriving(timeline: &Timeline, now: Timestamp) -> Option<(PlaceId, Timestamp)> {
    let departure = timeline.departure_by(now)?;
    let place = departure.to.or_else(|| timeline.heading_at(now))?;
    Some((place, departure.expected_at.filter(|it| *it > now)?))
}

/// How long a distance takes with everything around it.
fn way(distance_m: f64, mode: Option<Mode>) -> Millis {
    let pace = Pace::of(mode);
    let travel_ms = 1000.0 * pace.travel_s(DETOUR * distance_m);
    travel_ms as Millis + (pace.handling_h * HOUR as f64) as Millis
}

#[cfg(test)]
mod tests;
