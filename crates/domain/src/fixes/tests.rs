//! Rings, trails and columns under fixes of every kind.

use proptest::prelude::*;

use super::*;
use crate::{
    id::TrackerId,
    position::{Datum, Height, LatLon, Position},
    time::{MINUTE, SECOND, Timestamp},
};

const START: i64 = 1_772_355_600_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(START + seconds * SECOND).expect("our years")
}

fn fix(seconds: i64, lat: f64, lon: f64) -> Fix {
    let at = at(seconds);
    let position = Position { at: LatLon::from_degrees(lat, lon).expect("a point"), height: None };
    let (radius_95_mm, vertical_95_mm, speed_mm_s, course_cdeg) = (None, None, None, None);
    Fix { at, position, radius_95_mm, vertical_95_mm, speed_mm_s, course_cdeg }
}

/// A lorry going north at 20 m/s, one fix in ten seconds.
fn drive(count: i64) -> Vec<Fix> {
    (0..count).map(|it| fix(10 * it, 50.0 + 0.0018 * it as f64, 8.0)).collect()
}

fn any_fix() -> impl Strategy<Value = Fix> {
    let place = (-90.0..=90.0, -180.0..=180.0)
        .prop_map(|(lat, lon)| LatLon::from_degrees(lat, lon).expect("a point"));
    let height = prop::option::of((-1000.0..100_000.0, 0..4usize));
    let rest = (
        prop::option::of(any::<u32>()),
        prop::option::of(any::<u32>()),
        prop::option::of(any::<u32>()),
        prop::option::of(0..36_000u16),
    );
    (0..7_258_118_399_999i64, place, height, rest).prop_map(|(millis, place, height, rest)| {
        let height = height.map(|(it, datum)| {
            Height::from_metres(it, Datum::ALL[datum], place).expect("a height")
        });
        let (radius_95_mm, vertical_95_mm, speed_mm_s, course_cdeg) = rest;
        let at = Timestamp::from_millis(millis).expect("our years");
        let position = Position { at: place, height };
        Fix { at, position, radius_95_mm, vertical_95_mm, speed_mm_s, course_cdeg }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn columns_are_read_as_they_were_written(
        fixes in prop::collection::vec((0..5u8, any_fix()), 0..40),
        marks in prop::collection::vec(prop::option::of(0..3usize), 40),
    ) {
        let tracker = |it: u8| TrackerId::from_bytes([it; 16]);
        let batch = Batch::of(fixes.iter().map(|(of, fix)| (tracker(*of), *fix)));
        prop_assert_eq!(&Batch::from_bytes(&batch.to_bytes()), &Ok(batch.clone()));
        let points: Vec<Point> = std::iter::zip(&fixes, marks)
            .map(|((_, fix), mark)| Point { fix: *fix, mark: mark.map(|it| Mark::ALL[it]) })
            .collect();
        prop_assert_eq!(columns::from_bytes(&columns::to_bytes(&points)), Ok(points));
    }

    #[test]
    fn a_chunk_is_read_as_it_was_written(
        batches in prop::collection::vec(
            (any::<[u8; 16]>(), 0..7_258_118_399_999i64, ".{0,20}",
             prop::collection::vec((0..5u8, any_fix()), 1..10)),
            0..6,
        ),
        cut in any::<prop::sample::Index>(),
    ) {
        let tracker = |it: u8| TrackerId::from_bytes([it; 16]);
        let batches: Vec<chunk::Sealed> = batches
            .into_iter()
            .map(|(id, millis, actor, fixes)| chunk::Sealed {
                id,
                recorded_at: Timestamp::from_millis(millis).expect("our years"),
                actor,
                columns: Batch::of(fixes.iter().map(|(of, fix)| (tracker(*of), *fix))).to_bytes(),
            })
            .collect();
        let whole = Chunk::of(&batches).expect("columns");
        prop_assert_eq!(Chunk::batches(&whole.bytes), Ok(batches.clone()));
        let head = chunk::Head::from_bytes(&whole.bytes[..whole.head_len]);
        prop_assert_eq!(&head, &Ok(whole.head.clone()));
        for span in &whole.head.trackers {
            let fixes = batches.iter().flat_map(|it| {
                let batch = Batch::from_bytes(&it.columns).expect("columns");
                let of = batch.trackers.clone();
                batch.fixes.into_iter().map(move |(at, fix)| (of[at as usize], fix))
            });
            let own: Vec<Timestamp> =
                fixes.filter(|it| it.0 == span.tracker).map(|it| it.1.at).collect();
            prop_assert_eq!(own.len() as u64, span.fixes);
            prop_assert_eq!(own.iter().min(), Some(&span.first));
            prop_assert_eq!(own.iter().max(), Some(&span.last));
        }
        let cut = cut.index(whole.bytes.len());
        prop_assert!(Chunk::batches(&whole.bytes[..cut]).is_err());
    }

    #[test]
    fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Batch::from_bytes(&bytes);
        let _ = columns::from_bytes(&bytes);
        let versioned = [&[columns::VERSION][..], &bytes].concat();
        let _ = Batch::from_bytes(&versioned);
        let _ = columns::from_bytes(&versioned);
        let _ = Chunk::batches(&versioned);
    }

    #[test]
    fn the_order_and_repetition_of_a_ring_do_not_matter(
        order in Just((0..30usize).collect::<Vec<_>>()).prop_shuffle(),
        cuts in prop::collection::vec(1..6usize, 10),
    ) {
        let drive = drive(30);
        let mut whole = Ring::default();
        whole.absorb(&drive, at(1000));
        let (mut parts, mut rest) = (Ring::default(), &order[..]);
        for cut in cuts {
            let (now, later) = rest.split_at(cut.min(rest.len()));
            let fixes: Vec<Fix> = now.iter().map(|it| drive[*it]).collect();
            parts.absorb(&fixes, at(1000));
            parts.absorb(&fixes, at(1000));
            rest = later;
        }
        let fixes: Vec<Fix> = rest.iter().map(|it| drive[*it]).collect();
        parts.absorb(&fixes, at(1000));
        // A late one may have gone into a trail; what the ring holds is in order.
        prop_assert_eq!(parts.latest(), whole.latest());
        let times: Vec<_> = parts.points().iter().map(|it| it.fix.at).collect();
        prop_assert!(times.is_sorted());
    }
}

#[test]
fn a_ring_is_small_and_what_falls_out_of_it_is_a_trail() {
    let mut ring = Ring::default();
    let mut trail = Vec::new();
    for fix in drive(200) {
        let absorbed = ring.absorb(&[fix], at(10_000));
        assert_eq!((absorbed.good, absorbed.marked), (1, 0));
        trail.extend(absorbed.trails.into_iter().flatten());
    }
    assert!(ring.points().len() <= ring::POINTS_MAX && 16 <= ring.points().len());
    assert!(ring.to_bytes().len() < 1_000, "{} bytes", ring.to_bytes().len());
    assert_eq!(Ring::from_bytes(&ring.to_bytes()).as_ref(), Ok(&ring));
    // Straight on at one speed: of 16 points two tell everything.
    assert_eq!(trail.len(), 2 * (200 - ring.points().len()) / 16);
    assert!(trail.iter().all(|it| it.mark.is_none()));
}

#[test]
fn a_bend_stays_in_the_trail() {
    let mut points: Vec<Point> = drive(8).into_iter().map(Point::good).collect();
    let corner = points[7].fix;
    let lat = corner.position.at.lat();
    points.extend((1..9).map(|it| Point::good(fix(70 + 10 * it, lat, 8.0 + 0.003 * it as f64))));
    let kept = thinned(&points);
    assert!(kept.contains(&Point::good(corner)) && kept.len() < 6, "{} points", kept.len());
    assert_eq!(thinned(&[]), []);
    assert_eq!(thinned(&points[..1]), points[..1]);
}

proptest! {
    /// Leaving out by a bound what needs no exact look leaves out nothing else.
    #[test]
    fn a_bound_on_how_far_a_fix_is_off_is_none_too_small(
        lat in -85.0..85.0f64,
        lon in -180.0..180.0f64,
        way in (-0.06..0.06f64, -0.06..0.06f64),
        off in (-0.01..0.01f64, -0.01..0.01f64),
        part in 1..10i64,
    ) {
        let near = |lat: f64, lon: f64| {
            let at = LatLon::wrapped(lat, lon);
            fix(0, at.lat(), at.lon())
        };
        let (a, b) = (near(lat, lon), near(lat + way.0, lon + way.1));
        let part = part as f64 / 10.0;
        let here = near(lat + way.0 * part + off.0, lon + way.1 * part + off.1);
        let expected = crate::geodesy::between(a.position.at, b.position.at, part);
        let off_m = crate::geodesy::distance_m(expected, here.position.at);
        let bound_m = thin::off_bound_m(&here, &a, &b, part);
        prop_assert!(off_m <= bound_m, "{off_m} m, not within {bound_m} m");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_person_is_somewhere_in_a_region(here in any_fix(), near in (-1.0..1.0f64, -1.0..1.0f64)) {
        let coarse = coarsened(&here);
        let off_m = crate::geodesy::distance_m(here.position.at, coarse.position.at);
        prop_assert!(off_m <= f64::from(COARSE_RADIUS_M), "{off_m} m");
        prop_assert!(coarse.radius_95_mm >= Some(COARSE_RADIUS_M * 1_000));
        let tells = (coarse.position.height, coarse.vertical_95_mm, coarse.speed_mm_s, coarse.course_cdeg);
        prop_assert_eq!(tells, (None, None, None, None));
        // Whatever lies in the region is shown as the same.
        prop_assert_eq!(coarsened(&coarse).position, coarse.position);
        let (lat, lon) = (coarse.position.at.lat(), coarse.position.at.lon());
        let beside = LatLon::wrapped(0.049f64.mul_add(near.0, lat), 0.045f64.mul_add(near.1, lon));
        let beside = Fix { position: Position { at: beside, height: None }, ..here };
        prop_assert_eq!(coarsened(&beside).position, coarse.position);
    }
}

#[test]
fn the_future_never_wins() {
    let mut ring = Ring::default();
    ring.absorb(&drive(3), at(30));
    let tomorrow = fix(86_400, 50.1, 8.0);
    let absorbed = ring.absorb(&[tomorrow], at(40));
    assert_eq!((absorbed.good, absorbed.marked), (0, 1));
    assert_eq!(absorbed.trails, [vec![Point { fix: tomorrow, mark: Some(Mark::Future) }]]);
    assert_eq!(ring.latest(), Some(&drive(3)[2]));
    // A clock that is a little ahead is believed.
    ring.absorb(&[fix(40 + 4 * 60, 50.01, 8.0)], at(40));
    assert_eq!(ring.latest().map(|it| it.at), Some(at(40).plus(4 * MINUTE)));
}

#[test]
fn a_jump_is_marked_and_a_wrong_ring_is_given_up() {
    let mut ring = Ring::default();
    ring.absorb(&drive(5), at(60));
    let elsewhere = |it: i64| fix(50 + 10 * it, -33.0 + 0.001 * it as f64, 151.0);
    let absorbed = ring.absorb(&[elsewhere(0)], at(70));
    assert_eq!((absorbed.good, absorbed.marked), (0, 1));
    assert_eq!(ring.latest(), Some(&drive(5)[4]));
    // One jump and back again: the ring was right.
    let back = fix(60, 50.009, 8.0);
    assert_eq!(ring.absorb(&[back], at(70)).good, 1);
    // Three in a row that agree: the ring was wrong.
    let before = ring.points().to_vec();
    let mut trails = Vec::new();
    for it in 2..5 {
        trails.extend(ring.absorb(&[elsewhere(it)], at(200)).trails);
    }
    assert_eq!(ring.latest(), Some(&elsewhere(4)));
    assert!(trails.contains(&thinned(&before)));
    assert_eq!(Ring::from_bytes(&ring.to_bytes()), Ok(ring));
}

#[test]
fn two_places_at_one_instant_contradict() {
    let mut ring = Ring::default();
    ring.absorb(&drive(3), at(60));
    let other = fix(20, 50.0037, 8.0);
    let absorbed = ring.absorb(&[other, drive(3)[1]], at(60));
    assert_eq!((absorbed.good, absorbed.marked), (0, 1));
    assert_eq!(absorbed.trails[0][0].mark, Some(Mark::Contradicts));
}

#[test]
fn what_comes_late_goes_into_the_trail() {
    let mut ring = Ring::default();
    let drive = drive(60);
    ring.absorb(&drive[20..], at(1000));
    let before = ring.clone();
    let absorbed = ring.absorb(&drive[5..8], at(1000));
    assert_eq!(absorbed.good, 3);
    assert_eq!(absorbed.trails.concat().len(), 3);
    assert_eq!(ring, before);
}
