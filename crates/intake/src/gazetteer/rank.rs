//! How good an answer is: its score, and what may be said for it.

use domain::geodesy;

use super::{Gazetteer, Hint, Kind, MATCHES_MAX, Match, Why};

/// What a match rests on; [`super::unambiguous`] weighs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Evidence {
    /// Every part of the text was understood, and nothing speaks against the place.
    pub(super) whole: bool,
    /// The text or the asker named the country, the region or the kind.
    pub(super) anchored: bool,
    /// Inhabitants that stand behind the name; an alias counts a quarter.
    pub(super) weight: u64,
}

/// A place under consideration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) id: u32,
    pub(super) why: Why,
    /// Parts of the text that named the country or region.
    pub(super) confirmed: u8,
    /// Parts of the text that mean nothing for this place.
    pub(super) unread: u8,
    /// The kind that the text asks for ("Port of ...").
    pub(super) kind: Option<Kind>,
    /// Added to the score by the one who found it.
    pub(super) bonus: i32,
    /// The finder already knows that this is no more than a suggestion.
    pub(super) doubt: bool,
}

/// An airport or port stands for a place of this many people, having none itself.
const FACILITY_WEIGHT: u64 = 20_000;
const SCORE_MAX: i32 = 2_000;

impl Candidate {
    pub(super) fn new(id: u32, why: Why) -> Self {
        Self { id, why, confirmed: 0, unread: 0, kind: None, bonus: 0, doubt: false }
    }
}

impl Gazetteer {
    /// The best answers, ranked; a place is listed once, for its best reason.
    pub(super) fn ranked(&self, candidates: Vec<Candidate>, hint: Hint) -> Vec<Match> {
        let mut scored: Vec<(i32, Candidate, Evidence)> = candidates
            .into_iter()
            .map(|candidate| {
                let (score, evidence) = self.weigh(&candidate, hint);
                (score, candidate, evidence)
            })
            .collect();
        scored.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.id.cmp(&b.1.id)));
        let mut out: Vec<Match> = Vec::new();
        let mut seen = Vec::new();
        for (score, candidate, evidence) in scored {
            if out.len() == MATCHES_MAX {
                break;
            }
            if !seen.contains(&candidate.id) {
                seen.push(candidate.id);
                out.push(Match {
                    entry: self.entry(candidate.id),
                    score: score.clamp(0, SCORE_MAX) as u16,
                    why: candidate.why,
                    evidence,
                });
            }
        }
        out
    }

    fn weigh(&self, candidate: &Candidate, hint: Hint) -> (i32, Evidence) {
        let record = self.store.record(candidate.id);
        let kind = self.kind_of(candidate.id);
        let own_country = self.store.region(record.region).country;
        let (alpha2, _) = self.store.country_codes(own_country);
        let in_country = hint.country.map(|wanted| wanted.0 == alpha2);
        let hint_fits = hint.kind.map(|wanted| wanted == kind);
        let text_fits = candidate.kind.map(|wanted| wanted == kind);
        let people = match kind {
            Kind::Country => record.population.max(1_000_000),
            Kind::City => record.population.max(1),
            Kind::Airport | Kind::Port => FACILITY_WEIGHT,
        };
        let score = base(candidate.why)
            + candidate.bonus
            + magnitude(kind, people)
            + 100 * i32::from(candidate.confirmed)
            - 150 * i32::from(candidate.unread)
            + fits(in_country, 60, 400)
            + fits(hint_fits, 120, 120)
            + fits(text_fits, 120, 120)
            - if candidate.doubt { 300 } else { 0 };
        let evidence = Evidence {
            whole: candidate.unread == 0
                && !candidate.doubt
                && in_country != Some(false)
                && hint_fits != Some(false)
                && text_fits != Some(false),
            anchored: candidate.confirmed > 0
                || in_country == Some(true)
                || hint_fits == Some(true) && kind != Kind::City
                || text_fits == Some(true),
            weight: if candidate.why == Why::Alias { people / 4 } else { people },
        };
        (score, evidence)
    }
}

/// Whether two places are one for whoever asks: a town and its airport, a country
/// and a town in it.
pub(super) fn same_place(a: &Match, b: &Match) -> bool {
    let (a, b) = (&a.entry, &b.entry);
    if a.kind == Kind::Country || b.kind == Kind::Country {
        return a.country == b.country;
    }
    let apart_m = geodesy::distance_m(a.at, b.at);
    let towns = a.kind == Kind::City && b.kind == Kind::City;
    // Airports and container ports lie well outside their towns.
    let reach_m = if towns { a.radius_m.max(b.radius_m) } else { 50_000 };
    apart_m <= f64::from(reach_m)
}

fn base(why: Why) -> i32 {
    match why {
        Why::ExactCode => 1_000,
        Why::Name => 800,
        Why::Alias => 760,
        Why::ServesTown => 600,
        Why::Mentioned => 400,
    }
}

fn fits(fact: Option<bool>, plus: i32, minus: i32) -> i32 {
    match fact {
        None => 0,
        Some(true) => plus,
        Some(false) => -minus,
    }
}

/// Bigger places are meant more often: a country by any of its names before a town,
/// a town before its airport or port.
fn magnitude(kind: Kind, people: u64) -> i32 {
    match kind {
        Kind::Country => 140,
        Kind::City => (people.ilog2() * 4).min(98) as i32,
        Kind::Airport | Kind::Port => 16,
    }
}
