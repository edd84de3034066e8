//! What one thing's own facts say about where it is: its fixes, its sightings
//! and its movements, without what holds it.

use super::{
    Basis, Contradiction, Search,
    choice::{Candidate, Offer, between_m},
    disc::{Disc, Level},
    moves::{self, End, SILENCE_MAX},
};
use crate::{
    id::{Subject, TrackerId},
    mode::Mode,
    motion::Fix,
    state::Status,
    time::{MINUTE, Timestamp},
    timeline::{Departure, Membership, Stop, Timeline},
};

use ends::{Next, Seen};
use fixes::Heard;

mod ends;
mod fixes;

/// Nothing moves faster than this, in metres per second.
const SPEED_MAX_M_S: f64 = 340.0;
/// A fix speaks for the present this long.
const PRESENT: i64 = MINUTE;

/// What is known of one thing around an instant.
struct Around<'a> {
    search: &'a Search<'a>,
    subject: Subject,
    timeline: &'a Timeline,
    at: Timestamp,
    /// The last sighting by then.
    seen: Option<Seen>,
    /// What its fixes say, one per source.
    heard: Vec<Heard>,
    /// The next fact that says where it is.
    next: Option<Next>,
    /// Since when it is inside something.
    joined_at: Option<Timestamp>,
}

/// What the facts of `subject` alone offer for `at`. While it is inside
/// something, facts from before it was put in no longer count.
pub fn own(
    search: &Search,
    subject: Subject,
    at: Timestamp,
    inside: Option<&Membership>,
    nesting: usize,
) -> Offer {
    let Some(timeline) = search.timeline(subject, at) else { return Offer::default() };
    if timeline.starts_at().is_none_or(|starts_at| at < starts_at) {
        return Offer::default();
    }
    let seen = ends::last_seen(search, subject, timeline, at, inside, nesting);
    let heard = fixes::heard(search, subject, timeline, at, inside, seen.as_ref());
    let next = ends::next(search, timeline, at, inside, &heard, nesting);
    let joined_at = inside.map(|it| it.joined_at);
    Around { search, subject, timeline, at, seen, heard, next, joined_at }.offer()
}

/// What a tracker's own fixes say.
pub fn tracker(search: &Search, tracker: TrackerId, at: Timestamp) -> Option<Candidate> {
    let heard = Heard::new(vec![Subject::Tracker(tracker)], search.fixes(tracker, at, at), at);
    heard.candidate(None, at)
}

impl Around<'_> {
    fn offer(mut self) -> Offer {
        let mut offer = Offer::default();
        self.settle(&mut offer);
        for heard in &self.heard {
            offer.candidates.extend(self.by_fixes(heard));
        }
        let sighting = match &self.seen {
            Some(seen) => self.by_sighting(seen, &mut offer),
            None if self.heard.iter().all(|it| it.before.is_empty()) => self.by_approach(),
            None => None,
        };
        offer.candidates.extend(sighting);
        offer
    }

    /// Compares a sighting with newer fixes: those at the place confirm it, those
    /// elsewhere replace it.
    fn settle(&mut self, offer: &mut Offer) {
        let Some(seen) = &mut self.seen else { return };
        let newest = self.heard.iter().filter_map(|it| it.before.last()).max_by_key(|it| it.at);
        let Some(newest) = newest else { return };
        if seen.left_by(self.at).is_some_and(|departure| newest.at >= departure.at) {
            self.seen = None;
            return;
        }
        let fix = fixes::disc(newest);
        let gap_m = seen.disc.gap_m(&fix);
        if gap_m == 0.0 {
            seen.confirmed_at = seen.confirmed_at.max(newest.at);
            return;
        }
        let seconds = newest.at.since(seen.at) as f64 / 1000.0;
        if seen.firm {
            offer.contradictions.extend(seen.place.map(|place| Contradiction::Strayed {
                subject: self.subject,
                place,
                gap_m: gap_m as u64,
            }));
        } else if gap_m > SPEED_MAX_M_S * seconds.max(0.0) + 1_000.0 {
            offer.contradictions.push(Contradiction::TooFast {
                subject: self.subject,
                from_at: seen.at,
                to_at: newest.at,
                distance_m: gap_m as u64,
            });
        }
        self.seen = None;
    }

    /// Between or after its fixes.
    fn by_fixes(&self, heard: &Heard) -> Vec<Candidate> {
        let Some(last) = heard.before.last() else { return Vec::new() };
        let mode = self.mode_at(last.at);
        let sighted_first = self.next.as_ref().filter(|next| !next.is_fix);
        let fix_next = heard.after.first();
        match sighted_first {
            Some(next) if fix_next.is_none_or(|fix| next.at < fix.at) => {
                if self.at.since(last.at) < PRESENT {
                    return heard.candidate(mode, self.at).into_iter().collect();
                }
                let from = End { at: last.at, disc: fixes::disc(last) };
                let way = self.search.way(&from.disc, &next.disc, mode);
                let disc = if self.departure_by(last.at).is_some() {
                    moves::travelled(&way, from, next.end(), mode, self.at)
                } else {
                    moves::roamed(&way, from, next.end(), mode, self.at)
                };
                vec![Candidate {
                    disc,
                    basis: Basis::Interpolated,
                    as_of: last.at,
                    chain: heard.chain.clone(),
                    place: None,
                    towards: next.place,
                }]
            }
            _ => {
                let moving = heard.candidate(mode, self.at);
                let moving = moving.map(|it| self.on_its_ground(it, last, fix_next, mode));
                let ahead = fix_next.is_none().then(|| self.ahead_of_fix(heard, last, mode));
                moving.into_iter().chain(ahead.flatten()).collect()
            }
        }
    }

    /// What is guessed from fixes, with its middle where such things move. Near a
    /// fix that is where they were measured, whatever the mask says of narrow waters.
    fn on_its_ground(
        &self,
        guess: Candidate,
        last: &Fix,
        next: Option<&Fix>,
        mode: Option<Mode>,
    ) -> Candidate {
        let disc = guess.disc;
        if disc.radius_m <= moves::SURE_M || moves::on_ground(disc.centre, mode) {
            return guess;
        }
        let disc = match next {
            Some(next) => {
                let (last, next) = (fixes::disc(last), fixes::disc(next));
                self.search.way(&last, &next, mode).centred(disc)
            }
            None => moves::ashore_or_afloat(disc, mode),
        };
        Candidate { disc, ..guess }
    }

    /// A departure says where to: long after the last fix that says more than its
    /// speed and course.
    fn ahead_of_fix(&self, heard: &Heard, last: &Fix, mode: Option<Mode>) -> Option<Candidate> {
        if self.at.since(last.at) < PRESENT {
            return None;
        }
        let departure = self.departure_by(last.at)?;
        let from = End { at: last.at, disc: fixes::disc(last) };
        let mut ahead = self.ahead(from, &departure, mode)?;
        ahead.chain.clone_from(&heard.chain);
        // What is known of its height is known of a moment long ago.
        ahead.disc.level = None;
        Some(ahead)
    }

    fn by_sighting(&self, seen: &Seen, offer: &mut Offer) -> Option<Candidate> {
        let Some(departure) = seen.left_by(self.at) else {
            return Some(self.resting(seen, offer));
        };
        let mode = departure.mode.or(self.timeline.mode());
        let from = End { at: departure.at, disc: seen.disc };
        let Some(next) = &self.next else {
            return self.ahead(from, &departure, mode).or_else(|| {
                let disc = moves::adrift(seen.disc, mode, self.at.since(departure.at));
                Some(seen.moved(disc, Basis::Predicted, None, departure.at))
            });
        };
        self.check_speed(departure.at, seen, next, offer);
        if next.place.is_some() && next.place == seen.place {
            let disc = moves::on_a_round(seen.disc, departure.at, next.at, mode, self.at);
            return Some(seen.moved(disc, Basis::Interpolated, next.place, departure.at));
        }
        let way = self.search.way(&seen.disc, &next.disc, mode);
        let disc = moves::travelled(&way, from, next.end(), mode, self.at);
        Some(seen.moved(disc, Basis::Interpolated, next.place, departure.at))
    }

    /// At its last place, as far as is known.
    fn resting(&self, seen: &Seen, offer: &mut Offer) -> Candidate {
        let mode = self.timeline.mode();
        if self.at <= seen.until || seen.departed.is_some() {
            return seen.here();
        }
        if let Some(next) = &self.next {
            let named_otherwise = next.place.is_some() && next.place != seen.place;
            if !named_otherwise && seen.disc.gap_m(&next.disc) == 0.0 {
                return seen.here();
            }
            self.check_speed(seen.confirmed_at, seen, next, offer);
            let from = End { at: seen.confirmed_at, disc: seen.disc };
            let way = self.search.way(&from.disc, &next.disc, mode);
            let disc = moves::roamed(&way, from, next.end(), mode, self.at);
            return seen.moved(disc, Basis::Interpolated, next.place, seen.at);
        }
        let quiet = self.at.since(seen.confirmed_at) - SILENCE_MAX;
        let heading = self.timeline.heading_at(self.at).filter(|it| Some(*it) != seen.place);
        match heading.and_then(|it| Some((it, self.search.site(it, None)?))) {
            Some((place, target)) if quiet > 0 && !self.stays(seen) => {
                let way = self.search.way(&seen.disc, &target, mode);
                let disc = moves::lingering(&way, seen.disc, target, mode, quiet);
                seen.moved(disc, Basis::Predicted, Some(place), seen.at)
            }
            _ => seen.here(),
        }
    }

    /// True when nobody expects it to move on.
    fn stays(&self, seen: &Seen) -> bool {
        let status = self.timeline.status_at(self.at);
        seen.firm || status.is_final() || status == Status::Held
    }

    /// On its way to where its departure, or else its record, says.
    fn ahead(&self, from: End, departure: &Departure, mode: Option<Mode>) -> Option<Candidate> {
        let towards = departure.to.or_else(|| self.timeline.heading_at(self.at))?;
        let target = self.search.site(towards, None)?;
        let way = self.search.way(&from.disc, &target, mode);
        let disc = moves::underway(&way, from, target, departure.expected_at, mode, self.at);
        Some(Candidate {
            disc,
            basis: Basis::Predicted,
            as_of: from.at,
            chain: vec![self.subject],
            place: None,
            towards: Some(towards),
        })
    }

    /// Before anybody saw it: where it is to start, and then on to the first sighting.
    fn by_approach(&self) -> Option<Candidate> {
        let mode = self.timeline.mode();
        let origin = self.timeline.origin();
        let start = origin.and_then(|it| Some((it, self.search.site(it, None)?)));
        let since = self.timeline.starts_at()?;
        let candidate = |disc, as_of, place, towards| Candidate {
            disc,
            basis: Basis::Predicted,
            as_of,
            chain: vec![self.subject],
            place,
            towards,
        };
        match (start, &self.next) {
            (Some((place, disc)), Some(next)) if next.place != Some(place) => {
                let from = End { at: since, disc };
                let way = self.search.way(&disc, &next.disc, mode);
                let disc = moves::roamed(&way, from, next.end(), mode, self.at);
                Some(candidate(disc, since, None, next.place))
            }
            (Some((place, disc)), _) => Some(candidate(disc, since, Some(place), None)),
            (None, Some(next)) => {
                let disc = moves::adrift(next.disc, mode, next.at.since(self.at));
                Some(candidate(disc, since, None, next.place))
            }
            (None, None) => None,
        }
    }

    /// How it moved at an instant: as its last departure says, else as its record does.
    fn mode_at(&self, at: Timestamp) -> Option<Mode> {
        self.departure_by(at).and_then(|it| it.mode).or(self.timeline.mode())
    }

    /// The movement it was on by an instant, unless it was put inside something since.
    fn departure_by(&self, at: Timestamp) -> Option<Departure> {
        let departure = self.timeline.departure_by(at)?;
        let counts = self.joined_at.is_none_or(|joined_at| joined_at < departure.at);
        Some(departure).filter(|_| counts)
    }

    fn check_speed(&self, since: Timestamp, seen: &Seen, next: &Next, offer: &mut Offer) {
        let gap_m = seen.disc.gap_m(&next.disc);
        let seconds = next.at.since(since) as f64 / 1000.0;
        if gap_m > SPEED_MAX_M_S * seconds.max(1.0) {
            offer.contradictions.push(Contradiction::TooFast {
                subject: self.subject,
                from_at: since,
                to_at: next.at,
                distance_m: between_m(&seen.disc, &next.disc) as u64,
            });
        }
    }
}

/// The level of a fix or estimate, if it has one.
fn level(height_m: Option<f64>, vertical_95_m: Option<f64>) -> Option<Level> {
    // Receivers are about twice as wrong upwards as sideways.
    height_m.map(|height_m| Level { height_m, vertical_95_m: vertical_95_m.unwrap_or(50.0) })
}

/// The place of a stop, on its floor.
fn stop_disc(search: &Search, stop: &Stop) -> Option<Disc> {
    search.site(stop.place, stop.floor.as_deref())
}
