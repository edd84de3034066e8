//! How an import asks the gazetteer, and when it believes an answer.

use super::places::{Found, FoundPlace, PlaceFinder, Question, Wording};
use crate::gazetteer::{Entry, Gazetteer, Hint, Kind, Match, Resolution};

impl PlaceFinder for Gazetteer {
    fn find(&self, question: Question<'_>) -> Found {
        match question.wording {
            Wording::Name => {
                let hint = question.kind.map_or(Hint::NONE, Hint::kind);
                match Resolution::of(&self.resolve(question.text, hint)) {
                    Resolution::One(found) => Found::One(place(&found.entry)),
                    Resolution::Several(matches) => Found::Several(names(matches)),
                    Resolution::None => Found::None,
                }
            }
            Wording::FreeText => {
                let mut matches = self.find_in_text(question.text);
                matches.retain(|it| question.kind.is_none_or(|kind| it.entry.kind == kind));
                in_free_text(&matches)
            }
        }
    }
}

/// How many times more people than each namesake a town must have to be meant
/// by its bare name.
const DWARFS: u64 = 10;

/// A place in a longer text is believed only when nothing else in the text
/// speaks against it. With a country named: the one town of that country, or the
/// country where there are none or several. Without: a town that dwarfs its
/// namesakes. Towns of other names in other countries make it doubtful.
fn in_free_text(matches: &[Match]) -> Found {
    let (countries, towns): (Vec<&Match>, Vec<&Match>) =
        matches.iter().partition(|it| it.entry.kind == Kind::Country);
    let one = |it: &Match| Found::One(place(&it.entry));
    let several = || Found::Several(names(matches));
    match countries[..] {
        [] => match towns.split_first() {
            None => Found::None,
            Some((best, rivals)) if rivals.iter().all(|it| dwarfs(best, it)) => one(best),
            Some(_) => several(),
        },
        [country] => {
            let inside = |it: &&&Match| it.entry.country == country.entry.country;
            let (here, elsewhere): (Vec<&Match>, Vec<&Match>) =
                towns.iter().partition(|it| inside(it));
            let namesake = |it: &&Match| here.iter().any(|town| town.entry.name == it.entry.name);
            match here[..] {
                _ if !elsewhere.iter().all(namesake) => several(),
                [town] => one(town),
                _ => one(country),
            }
        }
        _ => several(),
    }
}

fn dwarfs(best: &Match, rival: &Match) -> bool {
    let people = |it: &Match| it.entry.population.unwrap_or(0);
    best.entry.name == rival.entry.name && people(best) >= DWARFS * people(rival).max(1)
}

fn place(entry: &Entry) -> FoundPlace {
    FoundPlace {
        key: entry.key.clone(),
        name: entry.name.to_owned(),
        time_zone: entry.time_zone.map(str::to_owned),
    }
}

fn names(matches: &[Match]) -> Vec<String> {
    let name = |it: &Match| match (it.entry.kind, it.entry.region) {
        (Kind::Country, _) => it.entry.name.to_owned(),
        (_, Some(region)) => format!("{}, {region}, {}", it.entry.name, it.entry.country),
        (_, None) => format!("{}, {}", it.entry.name, it.entry.country),
    };
    matches.iter().map(name).collect()
}
