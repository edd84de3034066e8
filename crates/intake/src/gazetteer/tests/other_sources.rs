//! Against tables made by others, where the checkout has them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use domain::geodesy::distance_m;
use domain::position::LatLon;

use super::super::{Gazetteer, Hint, Kind, unambiguous};
use super::{keys, resolve, within};

type Row = BTreeMap<String, String>;

/// The table's rows, or none with a word about it where the data are absent.
fn rows(path: &str) -> Option<Vec<Row>> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data"));
    let path = root.join(path);
    let Ok(bytes) = std::fs::read(&path) else {
        eprintln!("SKIPPED: {} is not there", path.display());
        return None;
    };
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    Some(reader.deserialize().map(|row| row.unwrap()).collect())
}

fn at(row: &Row) -> LatLon {
    LatLon::from_degrees(row["lat"].parse().unwrap(), row["lon"].parse().unwrap()).unwrap()
}

#[test]
fn airports_are_where_others_say() {
    let Some(rows) = rows("locations/airports_iata.csv") else { return };
    assert!(rows.len() > 7_000);
    for row in rows {
        let entry =
            Gazetteer::embedded().get(&format!("iata:{}", row["iata"])).expect(&row["iata"]);
        assert!(distance_m(entry.at, at(&row)) < 5_000.0, "{}", entry.key);
        assert_eq!(entry.country.as_str(), row["country"], "{}", entry.key);
        assert_eq!(entry.time_zone, Some(row["timezone"].as_str()), "{}", entry.key);
    }
}

#[test]
fn towns_are_found_by_name_and_country() {
    let Some(rows) = rows("locations/cities15000.csv") else { return };
    let (mut first_three, mut one, mut wrong) = (0, 0, 0);
    for row in &rows {
        let matches = resolve(&format!("{}, {}", row["name"], row["country"]), Hint::NONE);
        let key = format!("city:{}", row["geonameid"]);
        first_three += usize::from(keys(&matches).iter().take(3).any(|found| *found == key));
        if let Some(found) = unambiguous(&matches) {
            one += 1;
            let away_m = distance_m(found.entry.at, at(row));
            wrong += usize::from(away_m > 50_000.0);
        }
    }
    let share = |count: usize| count as f64 * 100.0 / rows.len() as f64;
    eprintln!(
        "of {} towns: {:.2} % among the first three, {:.2} % decided, {:.2} % decided for another town",
        rows.len(),
        share(first_three),
        share(one),
        share(wrong)
    );
    assert!(share(first_three) >= 98.0, "{:.2} %", share(first_three));
    assert!(share(one) >= 85.0, "{:.2} %", share(one));
    // A namesake five times as big in the same country is taken for the place meant.
    assert!(share(wrong) <= 2.0, "{:.2} %", share(wrong));
}

#[test]
fn ports_are_found_by_name_and_country() {
    let Some(rows) = rows("locations/world_port_index.csv") else { return };
    let (mut found, mut by_port_of) = (0, 0);
    for row in &rows {
        let key = format!("port:{}", row["wpi_number"]);
        let text = format!("{}, {}", row["port_name"], row["country"]);
        let hinted = resolve(&text, Hint::kind(Kind::Port));
        found += usize::from(keys(&hinted).iter().take(3).any(|it| *it == key));
        let spoken = resolve(&format!("Port of {text}"), Hint::NONE);
        by_port_of += usize::from(keys(&spoken).iter().take(3).any(|it| *it == key));
    }
    let share = |count: usize| count as f64 * 100.0 / rows.len() as f64;
    eprintln!(
        "of {} ports: {:.2} % as ports, {:.2} % as \"Port of\"",
        rows.len(),
        share(found),
        share(by_port_of)
    );
    assert!(share(found) >= 95.0 && share(by_port_of) >= 95.0);
}

#[test]
fn discs_of_countries_hold_their_people() {
    let Some(rows) = rows("locations/cities15000.csv") else { return };
    let mut people: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for row in &rows {
        let Some(country) = Gazetteer::embedded().get(&format!("country:{}", row["country"]))
        else {
            panic!("no country {}", row["country"]);
        };
        let count: f64 = row["population"].parse().unwrap();
        let inside = distance_m(country.at, at(row)) <= f64::from(country.radius_m);
        let sums = people.entry(row["country"].clone()).or_default();
        sums.0 += count;
        sums.1 += if inside { count } else { 0.0 };
    }
    for (country, (all, inside)) in people {
        assert!(inside >= 0.99 * all, "{country}: {:.1} %", inside * 100.0 / all);
    }
}

#[test]
fn delivery_countries_are_each_one() {
    let Some(rows) = rows("scms/SCMS_Delivery_History_Dataset.csv") else { return };
    let mut countries: Vec<&str> = rows.iter().map(|row| row["Country"].as_str()).collect();
    countries.sort_unstable();
    countries.dedup();
    assert_eq!(countries.len(), 43);
    for name in countries {
        let found = Gazetteer::embedded().country(name).expect(name);
        let by_place = resolve(name, Hint::NONE);
        assert_eq!(unambiguous(&by_place).map(|it| &it.entry), Some(&found), "{name}");
        // The code in each row's project name is of another maker.
        let row = rows.iter().find(|row| row["Country"] == name).unwrap();
        eprintln!("{name} is {}, {}", found.country, row["Project Code"]);
    }
}

#[test]
fn manufacturing_sites_suggest_at_least_a_country() {
    let Some(rows) = rows("scms/SCMS_Delivery_History_Dataset.csv") else { return };
    let mut sites: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &rows {
        *sites.entry(row["Manufacturing Site"].as_str()).or_default() += 1;
    }
    let (mut known, mut known_rows, mut towns) = (0, 0, 0);
    for (site, count) in &sites {
        let matches = Gazetteer::embedded().find_in_text(site);
        let best = matches.first().map(|it| (it.entry.name, it.entry.country));
        eprintln!("{site} -> {best:?}");
        known += usize::from(!matches.is_empty());
        known_rows += if matches.is_empty() { 0 } else { *count };
        towns += usize::from(matches.first().is_some_and(|it| it.entry.kind == Kind::City));
    }
    eprintln!(
        "{known} of {} sites ({known_rows} of {} rows), {towns} to a town",
        sites.len(),
        rows.len()
    );
    assert!(known * 100 >= sites.len() * 75, "{known} of {}", sites.len());
}

#[test]
fn hinted_country_finds_the_capital() {
    let Some(rows) = rows("locations/country_points.csv") else { return };
    let mut found = 0;
    let capitals: Vec<&Row> = rows.iter().filter(|row| !row["capital_lat"].is_empty()).collect();
    for row in &capitals {
        let lat = row["capital_lat"].parse().unwrap();
        let here = LatLon::from_degrees(lat, row["capital_lon"].parse().unwrap()).unwrap();
        let matches = resolve(&row["capital"], within(&row["iso2"]));
        found +=
            usize::from(matches.first().is_some_and(|it| distance_m(it.entry.at, here) < 30_000.0));
    }
    eprintln!("{found} of {} capitals", capitals.len());
    assert!(found * 100 >= capitals.len() * 95, "{found} of {}", capitals.len());
}
