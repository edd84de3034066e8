//! Choosing among what the links of a chain offer.

use super::{Basis, Contradiction, Pace, Whereabouts, disc::Disc};
use crate::{
    geodesy,
    id::{PlaceId, Subject},
    time::Timestamp,
};

/// Where something may be, by one link's facts.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Where.
    pub disc: Disc,
    /// What it rests on.
    pub basis: Basis,
    /// When the latest fact it rests on happened.
    pub as_of: Timestamp,
    /// From the thing outwards to whose facts these are.
    pub chain: Vec<Subject>,
    /// At which place.
    pub place: Option<PlaceId>,
    /// To which place.
    pub towards: Option<PlaceId>,
}

/// What is offered, and what cannot be true.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Offer {
    /// Innermost first.
    pub candidates: Vec<Candidate>,
    /// What cannot be true.
    pub contradictions: Vec<Contradiction>,
}

impl Offer {
    /// At most one candidate.
    pub fn of(candidate: Option<Candidate>) -> Self {
        Self { candidates: candidate.into_iter().collect(), contradictions: Vec::new() }
    }

    /// What a thing offers for `at` that was put at `joined_at` into what offers
    /// `self`. What was known of it before then only counts while nothing newer is
    /// known of its holder. Later facts overtake older ones of the other, unless
    /// it cannot have got from there to here in the time: then both are offered.
    pub fn inside(self, thing: Subject, own: Self, joining: &Joining) -> Self {
        let (mut candidates, mut holders) = (own.candidates, self.candidates);
        if let Some(holder) = best(holders.clone()) {
            let known = holder.basis != Basis::Predicted;
            candidates.retain(|it| {
                let before = it.as_of <= joining.at;
                let guess = before && known && it.basis == Basis::Predicted;
                let replaced = before && it.as_of < holder.as_of;
                !guess && !replaced && !joining.overtakes(&holder, it)
            });
        }
        if let Some(own) = best(candidates.clone()).filter(|it| it.basis != Basis::Predicted) {
            let apart = |it: &Candidate| own.disc.gap_m(&it.disc) > 0.0;
            holders.retain(|it| !(apart(it) && joining.overtakes(&own, it)));
        }
        candidates.extend(holders.into_iter().map(|mut it| {
            it.chain.insert(0, thing);
            if matches!(it.basis, Basis::Measured | Basis::Scanned) {
                it.basis = Basis::Inherited;
            }
            it
        }));
        let mut contradictions = own.contradictions;
        contradictions.extend(self.contradictions);
        Self { candidates, contradictions }
    }
}

/// How a thing was put into another, as seen from a later instant.
pub struct Joining {
    /// When it was put in.
    pub at: Timestamp,
    /// The instant asked for.
    pub asked_at: Timestamp,
    /// How fast they may have moved since.
    pub pace: Pace,
}

impl Joining {
    /// True when `newer` rests on later facts and may have come from `older`.
    fn overtakes(&self, newer: &Candidate, older: &Candidate) -> bool {
        let seen = matches!(newer.basis, Basis::Measured | Basis::Scanned | Basis::Inherited);
        let until = if seen { newer.as_of } else { self.asked_at };
        let later_s = until.since(older.as_of) as f64 / 1000.0;
        let reach_m = self.pace.top_m_s * later_s;
        newer.as_of > older.as_of && older.disc.gap_m(&newer.disc) <= reach_m
    }
}

/// The candidate with the smallest disc; the innermost and then the newest of equals.
pub fn best(candidates: Vec<Candidate>) -> Option<Candidate> {
    candidates.into_iter().min_by(|a, b| {
        a.disc
            .radius_m
            .total_cmp(&b.disc.radius_m)
            .then(a.chain.len().cmp(&b.chain.len()))
            .then(b.as_of.cmp(&a.as_of))
    })
}

/// The answer that these candidates amount to.
pub fn choose(
    candidates: Vec<Candidate>,
    mut contradictions: Vec<Contradiction>,
    at: Timestamp,
) -> Option<Whereabouts> {
    let winner = best(candidates.clone())?;
    let source = |it: &Candidate| *it.chain.last().expect("a chain starts with the thing itself");
    for other in candidates.iter().filter(|it| it.chain != winner.chain) {
        let gap_m = winner.disc.gap_m(&other.disc);
        if gap_m >= 1.0 {
            contradictions.push(Contradiction::Apart {
                believed: source(&winner),
                other: source(other),
                gap_m: gap_m as u64,
            });
        }
    }
    contradictions.sort();
    contradictions.dedup();
    Some(Whereabouts {
        position: winner.disc.centre,
        height_m: winner.disc.level.map(|it| it.height_m),
        radius_95_m: winner.disc.radius_m,
        vertical_95_m: winner.disc.level.map(|it| it.vertical_95_m),
        basis: winner.basis,
        as_of: winner.as_of,
        age_ms: at.since(winner.as_of).max(0),
        chain: winner.chain,
        place: winner.place,
        towards: winner.towards,
        contradictions,
    })
}

/// Metres between the middles of two discs.
pub fn between_m(a: &Disc, b: &Disc) -> f64 {
    geodesy::distance_m(a.centre, b.centre)
}
