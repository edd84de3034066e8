//! Whether an answer may be taken without asking a person.

use super::rank::same_place;
use super::{Kind, Match, Why};

/// How many times more people must stand behind the best answer than behind all
/// rivals together. Calibrated on names: London (21 times London, Ontario) is one place;
/// Birmingham (5 times its namesake) and San José are two.
const DWARFS: u64 = 10;
/// The same where the text or the asker named country, region or kind.
const DWARFS_WHEN_ANCHORED: u64 = 5;
/// A bare name must be this big: a smaller town may have unlisted namesakes.
const BARE_NAME_MIN_POPULATION: u64 = 100_000;

/// What an answer comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Resolution<'m> {
    /// This place, surely enough to record it.
    One(&'m Match),
    /// Not sure: let a person choose. May hold a single suggestion.
    Several(&'m [Match]),
    /// The text names nothing we know.
    None,
}

impl<'m> Resolution<'m> {
    /// Judges the answer of [`super::Gazetteer::resolve`].
    pub fn of(matches: &'m [Match]) -> Self {
        match unambiguous(matches) {
            Some(found) => Self::One(found),
            None if matches.is_empty() => Self::None,
            None => Self::Several(matches),
        }
    }
}

/// The one place that the answer surely means.
///
/// The best match is taken when the whole text was understood, nothing the asker
/// said speaks against it, and either
/// - the text is its code (capital letters; a UN/LOCODE, IATA, ICAO or country code) and
///   not also the name of a big town elsewhere (LIMA is an airfield in Italy); or
/// - the text gives its name, the name is *anchored* or belongs to a country or to a
///   town of 100,000, and it has ten times the people of all rivals together (five times if
///   anchored: the country, region or kind of place was named too).
///
/// A place that is the same for the asker (a town's own airport, a town in the
/// country) is no rival, nor is one that less of the text speaks for.
pub fn unambiguous(matches: &[Match]) -> Option<&Match> {
    let best = matches.first()?;
    let evidence = best.evidence;
    if !evidence.whole {
        return None;
    }
    let mut rivals = matches[1..].iter().filter(|other| is_rival(best, other));
    match best.why {
        Why::ExactCode => {
            let named = |rival: &Match| {
                rival.why == Why::Name && rival.evidence.weight >= BARE_NAME_MIN_POPULATION
            };
            (!rivals.any(named)).then_some(best)
        }
        Why::Name | Why::Alias => {
            let known = evidence.anchored
                || best.entry.kind == Kind::Country
                || best.entry.population >= Some(BARE_NAME_MIN_POPULATION);
            let times = if evidence.anchored { DWARFS_WHEN_ANCHORED } else { DWARFS };
            let people: u64 = rivals.clone().map(|rival| rival.evidence.weight).sum();
            // Two countries of one name: no number of people decides that.
            let countries = best.entry.kind == Kind::Country
                && rivals.any(|rival| rival.entry.kind == Kind::Country);
            (known && !countries && evidence.weight >= times * people).then_some(best)
        }
        Why::ServesTown | Why::Mentioned => None,
    }
}

fn is_rival(best: &Match, other: &Match) -> bool {
    let as_strong = other.evidence.whole && (other.evidence.anchored || !best.evidence.anchored);
    // A country's own name is no town's nickname.
    let nickname =
        best.entry.kind == Kind::Country && best.why == Why::Name && other.why == Why::Alias;
    // An airport near a town called Heathrow is not called Heathrow.
    let named = !matches!(other.why, Why::ServesTown | Why::Mentioned);
    as_strong && named && !nickname && !same_place(best, other)
}
