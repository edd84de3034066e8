//! Fixes in files: everything that was measured, by tracker, to the last integer.

use std::{env, fs, process::Command};

use domain::{
    id::TrackerId,
    motion::Fix,
    position::{Datum, Height, LatLon, Position},
    time::Timestamp,
};
use history::fixes::{Batch, Measured, name, write};

const START: i64 = 1_795_564_800_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(START + seconds * 1_000).expect("our years")
}

/// So many fixes of each of some trackers, in batches of all of them.
fn fixes(trackers: u64, each: i64) -> (Vec<Batch>, Vec<Measured>) {
    let (mut batches, mut all) = (Vec::new(), Vec::new());
    for nth in 0..each {
        let id = [nth as u8; 16];
        let actor = "usr_gateway".to_owned();
        batches.push(Batch { id, recorded_at: at(nth * 10 + 1), actor, chunk: [7; 32] });
        for tracker in 0..trackers {
            let point = LatLon::from_degrees(48.0 + nth as f64 / 1e3, 9.0).expect("on Earth");
            let height = Height::from_metres(520.0, Datum::MeanSeaLevel, point).ok();
            let fix = Fix {
                at: at(nth * 10),
                position: Position { at: point, height: height.filter(|_| tracker % 2 == 0) },
                radius_95_mm: (nth % 2 == 0).then_some(8_000),
                vertical_95_mm: None,
                speed_mm_s: Some(22_000),
                course_cdeg: (nth % 3 == 0).then_some(9_000),
            };
            let tracker = TrackerId::derive(&[&tracker.to_be_bytes()]);
            all.push(Measured { tracker, fix, batch: nth as u32 });
        }
    }
    (batches, all)
}

#[test]
fn the_same_fixes_are_the_same_bytes_in_any_order() {
    let (batches, all) = fixes(20, 90);
    let written = write(&batches, all.clone()).unwrap();
    let mut turned = all;
    turned.reverse();
    assert_eq!(write(&batches, turned).unwrap(), written);
    let named = name(at(0), [0x1F; 8]);
    assert_eq!(
        named.as_str(),
        "history/fixes/dt=2026-11-25/1795564800000-1f1f1f1f1f1f1f1f.parquet"
    );
}

const ASK: &str = r"
import sys
import duckdb, pandas
file, tracker = sys.argv[1:]
one = duckdb.sql(f'''select count(*), count(height_mm), count(radius_95_mm), sum(lat_e7), max(course_cdeg),
    epoch_ms(min(measured_at)), epoch_ms(max(recorded_at)), min(datum)
    from read_parquet('{file}') where tracker = '{tracker}' ''').fetchall()
frame = pandas.read_parquet(file)
print(one, len(frame), frame.tracker.is_monotonic_increasing, frame.measured_at.dt.tz)
";

#[test]
#[expect(clippy::disallowed_methods, reason = "which Python has them is known to whoever runs it")]
fn duckdb_and_pandas_read_them() {
    let python = env::var("WHEREABOUTS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python).args(["-c", "import duckdb, pandas, pyarrow"]).output();
    if !has.is_ok_and(|it| it.status.success()) {
        eprintln!("SKIPPED: {python} has no duckdb, pandas and pyarrow");
        return;
    }
    let (batches, all) = fixes(20, 90);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("one.parquet");
    fs::write(&file, write(&batches, all.clone()).unwrap()).unwrap();
    let tracker = TrackerId::derive(&[&2u64.to_be_bytes()]);
    let asked = Command::new(&python)
        .env("TZ", "UTC")
        .args(["-c", ASK, file.to_str().unwrap(), &tracker.to_string()])
        .output()
        .unwrap();
    let (said, why) =
        (String::from_utf8_lossy(&asked.stdout), String::from_utf8_lossy(&asked.stderr));
    let of = all.iter().filter(|it| it.tracker == tracker);
    let latitudes: i64 = of.map(|it| i64::from(it.fix.position.at.lat_e7())).sum();
    let (first, last) = (at(0).millis(), at(891).millis());
    let word = Datum::MeanSeaLevel.word();
    let wanted =
        format!("[(90, 90, 45, {latitudes}, 9000, {first}, {last}, '{word}')] 1800 True UTC");
    assert_eq!(said.trim_end(), wanted, "{why}");
}
