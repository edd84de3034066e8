//! The guard: what is promised of every class of track, and what the table shows.

use crate::{
    learning::Teacher,
    questions::Told,
    table::{self, Row, Score},
    tracks,
};

/// How many of a hundred truths must lie within the radius.
const HONEST: std::ops::RangeInclusive<f64> = 93.0..=98.0;
/// How large the median radius may be, in 95 % errors of the class.
const SHARP: f64 = 2.0;
/// What is promised for. Of land there is one car and two walks: the car alone is a
/// hundred fixes of a single file, so it is judged with what else keeps to the
/// ground. Only aircraft go 50 km from end to end in these files.
const JUDGED: [(&str, &[Told]); 3] = [
    ("air", &[Told::Every(2), Told::Every(10), Told::Every(60), Told::Ends]),
    ("sea", &[Told::Every(2), Told::Every(10), Told::Every(60)]),
    ("land", &[Told::Every(2), Told::Every(10), Told::Every(60)]),
];

#[test]
fn every_radius_is_honest_and_none_is_wasteful() {
    let Some(tracks) = tracks::load() else { return tracks::skip() };
    let (classes, files) = table::rows(&tracks, &Teacher::new(&tracks));
    println!("{}\n{}", table::printed("by class", &classes), table::printed("by file", &files));
    let mut wrong = Vec::new();
    for (name, told) in JUDGED {
        for told in told {
            let row = classes.iter().find(|it| it.name == name && it.told == *told);
            let row = row.expect("there are tracks of every class");
            wrong.extend(complaints(row));
        }
    }
    assert!(wrong.is_empty(), "not as promised:\n{}", wrong.join("\n"));
}

fn complaints(row: &Row) -> Vec<String> {
    let about = |what: &str, score: &Score| {
        let honest = HONEST.contains(&score.coverage()) && score.ratio() <= SHARP;
        (!honest).then(|| format!("{what} of {} told {}: {score}", row.name, row.told))
    };
    let height = row.height.as_ref().and_then(|it| about("height", it));
    about("position", &row.ground).into_iter().chain(height).collect()
}

#[test]
fn a_radius_that_is_too_small_or_too_large_is_found_out() {
    let errors = (1..=1_000).map(f64::from);
    let row = |radius_m: f64| Row {
        name: "air".to_owned(),
        told: Told::Ends,
        ground: Score::of(errors.clone().map(|it| (radius_m, it)).collect()).unwrap(),
        height: None,
    };
    assert_eq!(complaints(&row(955.0)), Vec::<String>::new());
    assert_eq!(complaints(&row(925.0)).len(), 1, "dishonest");
    assert_eq!(complaints(&row(985.0)).len(), 1, "too careful");
    let wide = Row { ground: Score { radius_m: 1_901.0, ..row(955.0).ground }, ..row(955.0) };
    assert_eq!(complaints(&wide).len(), 1, "wasteful");
}
