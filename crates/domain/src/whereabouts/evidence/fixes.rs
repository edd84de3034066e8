//! What measured positions say: a thing's own, and those of its trackers.

use super::{PRESENT, ends::Seen, level};
use crate::{
    id::Subject,
    mode::Mode,
    motion::{self, Estimate, Fix},
    time::Timestamp,
    timeline::{Membership, Timeline},
    whereabouts::{Basis, Pace, Search, choice::Candidate, disc::Disc},
};

/// How many fixes on either side of an instant tell how something moves.
const AROUND: usize = 8;
/// The radius of a fix whose sender did not say, in metres: a telephone outdoors.
const RADIUS_M: f64 = 30.0;

/// The fixes of one source around an instant.
pub struct Heard {
    /// The thing, and its tracker if that is the source.
    pub chain: Vec<Subject>,
    /// The latest by that instant, oldest first.
    pub before: Vec<Fix>,
    /// The earliest after it, oldest first.
    pub after: Vec<Fix>,
}

impl Heard {
    /// Takes what matters of a source's fixes, which stand oldest first.
    pub fn new(chain: Vec<Subject>, fixes: &[Fix], at: Timestamp) -> Self {
        let later = fixes.partition_point(|fix| fix.at <= at);
        let before = fixes[later.saturating_sub(AROUND)..later].to_vec();
        let after = fixes[later..].iter().take(AROUND).copied().collect();
        Self { chain, before, after }
    }

    /// Between the fixes, or after the last.
    pub fn candidate(&self, mode: Option<Mode>, at: Timestamp) -> Option<Candidate> {
        let last = self.before.last()?;
        let present = at.since(last.at) < PRESENT;
        let between = !self.after.is_empty();
        let moving = if between { Basis::Interpolated } else { Basis::Predicted };
        let estimate = motion::between(mode, &self.before, &self.after, at)?;
        let estimated = estimated(&estimate);
        // However it moved, it cannot have got further than this.
        let reached = [Some(last), self.after.first()].into_iter().flatten().map(|fix| {
            let reach_m = Pace::of(mode).top_m_s * (at.since(fix.at).abs() as f64 / 1000.0);
            disc(fix).grown(reach_m)
        });
        let narrowest = reached.min_by(|a, b| a.radius_m.total_cmp(&b.radius_m));
        let narrower = narrowest.filter(|it| it.radius_m < estimated.radius_m);
        Some(Candidate {
            disc: narrower.unwrap_or(estimated),
            basis: if present { Basis::Measured } else { moving },
            as_of: last.at,
            chain: self.chain.clone(),
            place: None,
            towards: None,
        })
    }
}

/// What the sources of one thing say around `at`: only what is newer than its
/// last sighting and than being put inside something.
pub fn heard(
    search: &Search,
    subject: Subject,
    timeline: &Timeline,
    at: Timestamp,
    inside: Option<&Membership>,
    seen: Option<&Seen>,
) -> Vec<Heard> {
    let joined_at = inside.map_or(Timestamp::MIN, |it| it.joined_at);
    let since = seen.map_or(joined_at, |it| joined_at.max(it.sighted_at(at)));
    let until = inside.and_then(|it| it.until).unwrap_or(Timestamp::MAX);
    let mut all = vec![(vec![subject], window(&timeline.fixes, since, until))];
    let begun = timeline.trackers.iter().filter(|span| span.from <= at);
    let latest = begun.clone().map(|span| span.until.unwrap_or(Timestamp::MAX)).max();
    for span in begun {
        let ends_at = span.until.unwrap_or(Timestamp::MAX);
        // What a tracker said before it was taken off still counts, unless
        // another one has said more since.
        if !span.lasts_at(at) && Some(ends_at) != latest {
            continue;
        }
        let asked_at = at.min(ends_at);
        let fixes = search.fixes(span.tracker, asked_at, asked_at);
        let fixes = window(fixes, since.max(span.from), until.min(ends_at));
        all.push((vec![subject, Subject::Tracker(span.tracker)], fixes));
    }
    all.into_iter()
        .map(|(chain, fixes)| Heard::new(chain, fixes, at))
        .filter(|it| !it.before.is_empty() || !it.after.is_empty())
        .collect()
}

/// The disc of one fix.
pub fn disc(fix: &Fix) -> Disc {
    let radius_m = fix.radius_95_mm.map_or(RADIUS_M, |it| f64::from(it) / 1000.0);
    let vertical_95_m = fix.vertical_95_mm.map(|it| f64::from(it) / 1000.0);
    let height_m = fix.position.height.map(crate::position::Height::ellipsoid_m);
    Disc::new(fix.position.at, radius_m, level(height_m, vertical_95_m))
}

fn window(fixes: &[Fix], since: Timestamp, until: Timestamp) -> &[Fix] {
    let first = fixes.partition_point(|fix| fix.at < since);
    let last = fixes.partition_point(|fix| fix.at <= until);
    &fixes[first.min(last)..last]
}

/// What is estimated from the fixes around an instant.
fn estimated(estimate: &Estimate) -> Disc {
    let height_m = estimate.position.height.map(crate::position::Height::ellipsoid_m);
    let level = level(height_m, estimate.vertical_95_m);
    Disc::new(estimate.position.at, estimate.radius_95_m, level)
}
