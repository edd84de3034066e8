//! What a leg says of place, height and doubt on its way.

use super::*;
use crate::{mode::Mode, motion::Parameters};

fn flight(length_m: f64, whole_s: f64, part: f64) -> Leg {
    Leg {
        length_m,
        whole_s,
        gone_s: part * whole_s,
        ends_m: [Some(100.0), Some(500.0)],
        datum: Datum::MeanSeaLevel,
        stated_m: 10.0,
        vertical_m: 20.0,
    }
}

/// The mean of how a leg goes, and its estimate; the place is of no account here.
fn said(mode: Option<Mode>, leg: &Leg) -> (f64, crate::motion::Estimate) {
    let habits = Habits::of(mode);
    let somewhere = LatLon::wrapped(48.0, 11.0);
    let estimate = leg.guess(habits, somewhere).estimate(Parameters::of(mode));
    (leg.fraction(habits), estimate)
}

const PARTS: [f64; 9] = [0.0, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98, 1.0];

#[test]
fn every_leg_goes_from_end_to_end_and_never_back() {
    for mode in [None, Some(Mode::Air), Some(Mode::Road), Some(Mode::Rail), Some(Mode::Sea)] {
        for whole_s in [0.0, 1.0, 600.0, 7_200.0, 2e6] {
            let gone = PARTS.map(|part| said(mode, &flight(900_000.0, whole_s, part)).0);
            if whole_s > 0.0 {
                assert!(gone[0].abs() < 1e-12 && (gone[8] - 1.0).abs() < 1e-12, "{gone:?}");
                assert!((gone[4] - 0.5).abs() < 1e-12, "both halves are alike");
            }
            assert!(gone.is_sorted(), "{gone:?}");
        }
    }
}

#[test]
fn a_flight_is_slower_at_its_ends_and_a_ship_is_not() {
    let early = |mode| said(Some(mode), &flight(900_000.0, 5_400.0, 0.1)).0;
    assert!(early(Mode::Air) < 0.08, "{}", early(Mode::Air));
    assert!((early(Mode::Sea) - 0.1).abs() < 1e-9);
}

#[test]
fn a_flight_climbs_cruises_and_descends() {
    let high = |length_m, part| {
        let (_, it) = said(Some(Mode::Air), &flight(length_m, length_m / 200.0, part));
        it.position.height.expect("a flight has a height").raw_m()
    };
    assert!((high(900_000.0, 0.0) - 100.0).abs() < 1.0);
    assert!((high(900_000.0, 1.0) - 500.0).abs() < 1.0);
    assert!((7_000.0..12_000.0).contains(&high(900_000.0, 0.5)), "a jet cruises");
    assert!(high(900_000.0, 0.1) < high(900_000.0, 0.5));
    assert!(high(80_000.0, 0.5) < 3_000.0, "a hop stays low");
    assert!(high(9_000_000.0, 0.5) > 10_000.0);
}

#[test]
fn only_flights_have_a_height_where_no_end_has() {
    let leg = Leg { ends_m: [None, None], ..flight(900_000.0, 5_400.0, 0.5) };
    assert!(said(Some(Mode::Air), &leg).1.position.height.is_some());
    assert!(said(Some(Mode::Road), &leg).1.position.height.is_none());
}

#[test]
fn doubt_is_least_at_the_ends_and_grows_with_the_time_to_spare() {
    for mode in [None, Some(Mode::Air), Some(Mode::Road), Some(Mode::Sea)] {
        let radius_m = |whole_s, part| said(mode, &flight(900_000.0, whole_s, part)).1.radius_95_m;
        let radii = PARTS.map(|part| radius_m(5_400.0, part));
        assert!(radii[..5].is_sorted() && radii[4..].is_sorted_by(|a, b| a >= b), "{radii:?}");
        assert!((radii[0] - 10.0).abs() < 0.1, "an end is as sure as it was said to be");
        assert!(radius_m(20_000.0, 0.5) >= radius_m(5_400.0, 0.5));
        assert!(radius_m(f64::MAX, 0.5).is_finite());
    }
}
