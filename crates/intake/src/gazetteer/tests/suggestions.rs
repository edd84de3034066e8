//! Places inside longer texts.

use super::super::{Gazetteer, unambiguous};
use super::keys;

#[track_caller]
fn assert_finds(text: &str, wanted: &[&str]) {
    let matches = Gazetteer::embedded().find_in_text(text);
    let found = keys(&matches);
    assert_eq!(&found[..wanted.len().min(found.len())], wanted, "{text}");
    assert_eq!(unambiguous(&matches), None, "a mention is a suggestion");
}

#[test]
fn the_town_comes_before_its_country() {
    assert_finds("Ranbaxy, Paonta Sahib, India", &["city:1260421", "country:IN"]);
    assert_finds("MSD South Granville Australia", &["city:11978587", "country:AU"]);
    assert_finds("ABBVIE Ludwigshafen Germany", &["city:2875376", "country:DE"]);
    assert_finds("GSK Mississauga (Canada)", &["city:6075357", "country:CA"]);
}

#[test]
fn a_country_alone_is_better_than_nothing() {
    assert_finds("Aurobindo Unit III, India", &["country:IN"]);
    assert_finds("BMS Meymac, France", &["country:FR"]);
    assert_finds("EY Laboratories, USA", &["country:US"]);
    // A state, and what some call one of its towns.
    assert_finds("Cipla, Goa, India", &["country:IN"]);
}

#[test]
fn big_towns_stand_alone() {
    assert_finds("ABBVIE GmbH & Co.KG Wiesbaden", &["city:2809346"]);
    assert_finds("Hetero Unit III Hyderabad IN", &["city:1269843"]);
    assert_finds("Gilead(Nycomed) Oranienburg DE", &["city:2857129", "country:DE"]);
}

#[test]
fn ordinary_words_name_nothing() {
    for text in
        ["Trinity Biotech, Plc", "the quick brown fox", "unit 3 of 12", "no place at all", ""]
    {
        assert_finds(text, &[]);
    }
}
