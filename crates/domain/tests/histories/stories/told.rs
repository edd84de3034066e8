//! Tells a story: takes its facts in, answers its questions, and writes both.

use std::{fmt::Write, sync::Arc};

use domain::{
    expected::{expected, expected_needs},
    geodesy,
    id::Subject,
    position::LatLon,
    route::{Medium, Route, route},
    time::{DAY, HOUR, MINUTE, Timestamp},
    whereabouts::{Need, Whereabouts, World, holders, needs, whereabouts},
};

use super::facts::{Facts, MONDAY, WEEKDAYS};

/// The script with the answer below each question. Lines that begin with two
/// blanks are answers; the old ones are left out.
pub fn answered(script: &str) -> String {
    let mut facts = Facts::default();
    let told = script.lines().filter(|line| !line.starts_with("  "));
    // All facts first: a question about the past knows what was learned later.
    for line in told.clone() {
        facts.take(line);
    }
    let mut out = String::new();
    for line in told {
        writeln!(out, "{line}").unwrap();
        for answer in answer(&facts, line) {
            writeln!(out, "  {answer}").unwrap();
        }
    }
    out
}

fn answer(facts: &Facts, line: &str) -> Vec<String> {
    let mut words = line.split_whitespace();
    let question = words.next().unwrap_or_default();
    if !matches!(question, "where" | "where_exactly" | "due" | "holds") {
        return Vec::new();
    }
    let subject = facts.subject(words.next().expect("whose"));
    let at = facts.time(words.next().expect("day"), words.next().expect("time"));
    match question {
        "due" => vec![due(facts, subject, at)],
        "holds" => vec![names(facts, &holders(&loaded(facts, subject, at, true), subject, at))],
        _ => {
            let world = loaded(facts, subject, at, question == "where_exactly");
            let Some(found) = whereabouts(&world, subject, at) else {
                return vec!["nobody knows".to_owned()];
            };
            let truth: Vec<f64> = words.map(|it| it.parse().unwrap()).collect();
            describe(facts, &found, &truth)
        }
    }
}

fn describe(facts: &Facts, found: &Whereabouts, truth: &[f64]) -> Vec<String> {
    let mut line = format!("{}: ", found.basis);
    match found.place {
        Some(place) => write!(line, "at {}", facts.name(Subject::Place(place))).unwrap(),
        None => line.push_str(&near(facts, found.position)),
    }
    write!(line, ", within {}", length(found.radius_95_m)).unwrap();
    if let Some(height_m) = found.height_m {
        write!(line, ", {height_m:.0} m up").unwrap();
    }
    if let Some(towards) = found.towards {
        write!(line, ", towards {}", facts.name(Subject::Place(towards))).unwrap();
    }
    write!(line, ", as of {}", moment(found.as_of)).unwrap();
    if found.chain.len() > 1 {
        write!(line, ", by {}", names(facts, &found.chain)).unwrap();
    }
    let mut lines = vec![line];
    if let [lat, lon] = truth {
        let truth = LatLon::from_degrees(*lat, *lon).unwrap();
        let off_m = geodesy::distance_m(truth, found.position);
        lines.push(
            if off_m <= found.radius_95_m { "which is right" } else { "which is wrong" }.to_owned(),
        );
    }
    for contradiction in &found.contradictions {
        lines.push(format!("but {}", facts.named(&contradiction.to_string())));
    }
    lines
}

fn due(facts: &Facts, subject: Subject, at: Timestamp) -> String {
    let mut world = World::new(&way, true);
    load(facts, &mut world, |world| expected_needs(world, subject, at));
    expected(&world, subject, at).map_or_else(
        || "nothing is expected".to_owned(),
        |it| format!("{}: {}, almost surely by {}", it.basis, moment(it.at_p50), moment(it.at_p90)),
    )
}

fn loaded<'a>(facts: &Facts, subject: Subject, at: Timestamp, exact: bool) -> World<'a> {
    let mut world = World::new(&way, exact);
    load(facts, &mut world, |world| needs(world, subject, at));
    world
}

fn load(facts: &Facts, world: &mut World, missing: impl Fn(&World) -> Vec<Need>) {
    for _ in 0..100 {
        let needs = missing(world);
        if needs.is_empty() {
            return;
        }
        for need in needs {
            match need {
                Need::Timeline(subject, _) => world.add_timeline(subject, facts.timeline(subject)),
                Need::Place(id) => world.add_place(id, facts.place(id)),
                Need::Fixes(id, from, to) => world.add_fixes(id, from, to, &facts.fixes(id)),
            }
        }
    }
    panic!("asks without end");
}

fn way(from: LatLon, to: LatLon, medium: Medium) -> Arc<Route> {
    Arc::new(route(from, to, medium))
}

fn names(facts: &Facts, chain: &[Subject]) -> String {
    chain.iter().map(|it| facts.name(*it)).collect::<Vec<_>>().join(" > ")
}

/// The nearest place, how far from it and in which direction.
fn near(facts: &Facts, at: LatLon) -> String {
    let (distance_m, name, azimuth_deg) = facts
        .places()
        .map(|(name, place)| {
            let (distance_m, azimuth_deg) = geodesy::inverse(place.at, at);
            (distance_m, name, azimuth_deg)
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .expect("a story has a place");
    if distance_m < 1.0 {
        return format!("in the middle of {name}");
    }
    let winds = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"];
    let wind = winds[(azimuth_deg.rem_euclid(360.0) / 45.0).round() as usize % 8];
    format!("{} {wind} of {name}", length(distance_m))
}

/// Two digits are enough to see a change that matters.
fn length(metres: f64) -> String {
    let digits = 10f64.powf(metres.log10().floor() - 1.0);
    let rounded = (metres / digits).round() * digits;
    if rounded >= 1_000.0 {
        format!("{} km", trim(rounded / 1_000.0))
    } else {
        format!("{} m", trim(rounded))
    }
}

fn trim(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn moment(at: Timestamp) -> String {
    let since = at.since(MONDAY);
    let (week, day) = (since.div_euclid(7 * DAY), since.rem_euclid(7 * DAY) / DAY);
    let (hour, minute) = (since.rem_euclid(DAY) / HOUR, since.rem_euclid(HOUR) / MINUTE);
    let week = if week == 0 { String::new() } else { (week + 1).to_string() };
    format!("{}{week} {hour:02}:{minute:02}", WEEKDAYS[day as usize])
}
