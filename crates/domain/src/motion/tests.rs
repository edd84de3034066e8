//! What holds for every estimate, whatever the fixes: it is finite, it knows what
//! it was told, it grows vaguer with time, and neither order, direction of time,
//! date line nor pole matter to it.

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::*;
use crate::{geodesy, position::Datum};

const START: i64 = 1_790_000_000_000;
const MODES: [Option<Mode>; 5] =
    [None, Some(Mode::Air), Some(Mode::Road), Some(Mode::Rail), Some(Mode::Sea)];

fn moment(ms: i64) -> Timestamp {
    Timestamp::from_millis(START + ms).unwrap()
}

fn fix(ms: i64, at: LatLon) -> Fix {
    Fix {
        at: moment(ms),
        position: Position { at, height: None },
        radius_95_mm: None,
        vertical_95_mm: None,
        speed_mm_s: None,
        course_cdeg: None,
    }
}

/// Fixes a second to an hour apart, that wander about a point anywhere.
fn walk() -> impl Strategy<Value = Vec<Fix>> {
    let start = (-90.0..=90.0f64, -180.0..180.0f64);
    let step = (
        1_000..3_600_000i64,
        0.0..360.0f64,
        0.0..20_000.0f64,
        option::of(-100.0..12_000.0f64),
        option::of((0..300_000u32, 0..36_000u16)),
        option::of(0..100_000u32),
    );
    (start, vec(step, 1..24)).prop_map(|((lat, lon), steps)| {
        let (mut ms, mut at) = (0, LatLon::wrapped(lat, lon));
        let step = |(after_ms, azimuth_deg, way_m, height_m, moving, radius_95_mm)| {
            ms += after_ms;
            at = geodesy::destination(at, azimuth_deg, way_m);
            let moving: Option<(u32, u16)> = moving;
            let height_m: Option<f64> = height_m;
            let height =
                height_m.map(|it| Height::from_metres(it, Datum::MeanSeaLevel, at).unwrap());
            Fix {
                position: Position { at, height },
                radius_95_mm,
                speed_mm_s: moving.map(|it| it.0),
                course_cdeg: moving.map(|it| it.1),
                ..fix(ms, at)
            }
        };
        steps.into_iter().map(step).collect()
    })
}

/// A walk, what moved, and an instant at or near it.
fn asked() -> impl Strategy<Value = (Vec<Fix>, Option<Mode>, Timestamp)> {
    (walk(), select(&MODES[..]), -0.5..1.5f64).prop_map(|(fixes, mode, part)| {
        let (first, last) = (fixes[0].at, fixes[fixes.len() - 1].at);
        let at = first.plus((part * last.since(first) as f64) as i64);
        (fixes, mode, at)
    })
}

fn estimated(mode: Option<Mode>, fixes: &[Fix], at: Timestamp) -> Option<Estimate> {
    let later = fixes.partition_point(|fix| fix.at <= at);
    between(mode, &fixes[..later], &fixes[later..], at)
}

fn apart_m(a: &Estimate, b: &Estimate) -> f64 {
    geodesy::distance_m(a.position.at, b.position.at)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_is_somewhere_and_not_everywhere((fixes, mode, at) in asked()) {
        let estimate = estimated(mode, &fixes, at).expect("there is a fix");
        prop_assert!(estimate.radius_95_m.is_finite() && estimate.radius_95_m > 0.0);
        prop_assert!(estimate.radius_95_m <= RADIUS_MAX_M);
        if let Some(vertical_95_m) = estimate.vertical_95_m {
            prop_assert!(vertical_95_m.is_finite() && vertical_95_m > 0.0);
        }
        prop_assert_eq!(estimate.vertical_95_m.is_some(), estimate.position.height.is_some());
    }

    #[test]
    fn it_is_where_it_was_measured((fixes, mode, _) in asked(), index in any::<prop::sample::Index>()) {
        let told = index.get(&fixes);
        let estimate = estimated(mode, &fixes, told.at).expect("there is a fix");
        let off_m = geodesy::distance_m(estimate.position.at, told.position.at);
        prop_assert!(off_m < 0.02, "{} m off", off_m);
    }

    #[test]
    fn order_does_not_matter((fixes, mode, at) in asked(), turn in 0..24usize) {
        let mut shuffled = fixes.clone();
        shuffled.reverse();
        shuffled.rotate_left(turn % fixes.len());
        let (before, after): (Vec<Fix>, Vec<Fix>) = shuffled.iter().partition(|fix| fix.at <= at);
        prop_assert_eq!(between(mode, &before, &after, at), estimated(mode, &fixes, at));
        prop_assert_eq!(between(mode, &after, &before, at), estimated(mode, &fixes, at));
    }

    #[test]
    fn time_may_as_well_run_backwards((fixes, mode, at) in asked()) {
        // A fix at the instant itself would be on the other side of it.
        let at = if fixes.iter().any(|fix| fix.at == at) { at.plus(1) } else { at };
        // About a whole second, so that clocks keep the step in which they count.
        let mirror = |it: Timestamp| moment(moment(0).since(it));
        let turned = |fix: &Fix| Fix {
            at: mirror(fix.at),
            course_cdeg: fix.course_cdeg.map(|it| (it + 18_000) % 36_000),
            ..*fix
        };
        let backwards: Vec<Fix> = fixes.iter().rev().map(turned).collect();
        let (there, back) = (estimated(mode, &fixes, at), estimated(mode, &backwards, mirror(at)));
        let (there, back) = (there.expect("there is a fix"), back.expect("there is a fix"));
        prop_assert!(apart_m(&there, &back) < 0.1 + 1e-6 * there.radius_95_m);
        prop_assert!((there.radius_95_m / back.radius_95_m - 1.0).abs() < 1e-6);
    }

    #[test]
    fn it_grows_vaguer_after_the_last_fix((fixes, mode, _) in asked(), step_s in 1..600i64) {
        let last = fixes[fixes.len() - 1].at;
        let mut before_m = 0.0;
        for steps in 0..20 {
            let at = last.plus(steps * step_s * 1_000);
            let radius_m = after_last(mode, &fixes, at).expect("there is a fix").radius_95_m;
            prop_assert!(radius_m >= before_m * 0.999, "{} after {}", radius_m, before_m);
            before_m = radius_m;
        }
    }

    #[test]
    fn the_date_line_is_a_line_like_any((fixes, mode, at) in asked(), east_e7 in 0..3_600_000_000i64) {
        // Whole degrees, so that coordinates keep the digits that they had.
        let east_deg = (east_e7 / 10_000_000) as f64;
        let moved = |fix: &Fix| {
            let at = LatLon::wrapped(fix.position.at.lat(), fix.position.at.lon() + east_deg);
            Fix { position: Position { at, height: None }, ..*fix }
        };
        let still = |fix: &Fix| Fix { position: Position { at: fix.position.at, height: None }, ..*fix };
        let here: Vec<Fix> = fixes.iter().map(still).collect();
        let there: Vec<Fix> = fixes.iter().map(moved).collect();
        let here = estimated(mode, &here, at).expect("there is a fix");
        let there = estimated(mode, &there, at).expect("there is a fix");
        let turned = LatLon::wrapped(here.position.at.lat(), here.position.at.lon() + east_deg);
        let off_m = geodesy::distance_m(turned, there.position.at);
        prop_assert!(off_m < 0.5 + 1e-4 * here.radius_95_m, "{} m of {}", off_m, here.radius_95_m);
        prop_assert!((here.radius_95_m / there.radius_95_m - 1.0).abs() < 1e-2);
    }
}

fn halfway(from: (f64, f64), to: (f64, f64)) -> Estimate {
    let [from, to] = [from, to].map(|(lat, lon)| LatLon::from_degrees(lat, lon).unwrap());
    let fixes = [fix(0, from), fix(3_600_000, to)];
    estimated(Some(Mode::Air), &fixes, moment(1_800_000)).unwrap()
}

#[test]
fn the_way_over_the_date_line_or_a_pole_is_the_short_one() {
    let over_the_line = halfway((-17.0, 179.0), (-17.0, -179.0)).position.at;
    assert!(over_the_line.lon().abs() > 179.99, "{over_the_line:?}");
    let over_the_pole = halfway((89.0, 20.0), (89.0, -160.0)).position.at;
    assert!(over_the_pole.lat() > 89.99, "{over_the_pole:?}");
    let from_the_pole = halfway((-90.0, 0.0), (-88.0, 77.0)).position.at;
    assert!((from_the_pole.lat() + 89.0).abs() < 0.01, "{from_the_pole:?}");
}

/// The same integers on every machine, a browser among them: only `libm` and basic
/// arithmetic are used.
#[test]
fn the_same_fixes_give_the_same_bits_everywhere() {
    let seen = [
        (0, 492_000_000, -1_231_000_000),
        (60_000, 492_300_000, -1_230_200_000),
        (130_000, 492_900_000, -1_229_100_000),
        (190_000, 493_100_000, -1_227_600_000),
    ];
    let at = |lat, lon| LatLon::from_e7(lat, lon).unwrap();
    let fixes = seen.map(|(ms, lat, lon)| Fix {
        speed_mm_s: Some(110_000),
        course_cdeg: Some(6_500),
        ..fix(ms, at(lat, lon))
    });
    let said = |ms| {
        let (before, after): (Vec<Fix>, Vec<Fix>) =
            fixes.iter().partition(|fix| fix.at <= moment(ms));
        let guess = guess(Habits::of(Some(Mode::Air)), &before, &after, moment(ms)).unwrap();
        let doubt_m: f64 = guess.evidence.lengths_m.iter().sum();
        (guess.at.lat_e7(), guess.at.lon_e7(), doubt_m.to_bits())
    };
    assert_eq!(said(100_000), (492_649_874, -1_229_584_848, 4_669_988_832_502_632_925));
    assert_eq!(said(400_000), (493_617_374, -1_224_874_480, 4_684_026_525_603_987_265));
}
