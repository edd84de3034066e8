//! Real tracks, read from the files they were published in.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use domain::{
    mode::Mode,
    motion::Fix,
    position::{Datum, Height, LatLon, Position},
    time::Timestamp,
};

/// Where the files are; not part of this repository.
pub const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/trajectories");

/// What these hold, a larger file holds as well.
const COPIES: [&str; 3] =
    ["SampleFlight.csv", "TwoSampleFlights.csv", "cerknicko-jezero-without-elevations.gpx"];

const KNOT_M_S: f64 = 1852.0 / 3600.0;
const FOOT_M: f64 = 0.3048;

/// One object's fixes, oldest first, one per instant.
#[derive(Clone, Debug)]
pub struct Track {
    /// How it moves; unknown for a walk and for a drone that stands on its pad.
    pub mode: Option<Mode>,
    /// The file it is in.
    pub file: String,
    /// Files that hold parts of the same tracks are left out together.
    pub family: String,
    /// What was measured.
    pub fixes: Vec<Fix>,
}

/// Every track there is, or nothing where the data is absent.
pub fn load() -> Option<Vec<Track>> {
    let root = Path::new(DATA);
    if !root.is_dir() {
        return None;
    }
    let mut tracks = Vec::new();
    for file in files(root, "aircraft_adsb", "csv") {
        tracks.extend(adsb(&file));
    }
    for file in files(root, "aircraft_flights_us", "csv") {
        tracks.extend(flights_us(&file));
    }
    for file in files(root, "ship_ais", "csv") {
        tracks.extend(ships(&file));
    }
    for file in files(root, "gpx", "gpx") {
        tracks.extend(gpx(&file));
    }
    for file in files(root, "drone_px4", "csv") {
        tracks.extend(drone(&file));
    }
    tracks.retain(|it| !COPIES.contains(&&*it.file));
    Some(tracks)
}

/// Says that nothing was measured, past the test harness, which hides what a
/// passing test says.
pub fn skip() {
    io::stderr().write_all(format!("SKIPPED: no tracks at {DATA}\n").as_bytes()).unwrap();
}

fn files(root: &Path, folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(root.join(folder))
        .unwrap()
        .map(|it| it.unwrap().path())
        .filter(|it| it.extension().is_some_and(|it| it == extension))
        .collect();
    files.sort();
    files
}

fn name(file: &Path) -> String {
    file.file_name().unwrap().to_string_lossy().into_owned()
}

/// One reading, in the units of a [`Fix`] but not yet one.
#[derive(Default)]
struct Reading {
    at_ms: Option<i64>,
    lat: Option<f64>,
    lon: Option<f64>,
    height: Option<(f64, Datum)>,
    speed_m_s: Option<f64>,
    course_deg: Option<f64>,
}

/// A row without a time or a place is no fix; of two at one instant the first counts.
fn track(mode: Option<Mode>, file: &Path, family: &str, rows: Vec<Reading>) -> Track {
    let mut fixes: Vec<Fix> = rows.iter().filter_map(fix).collect();
    fixes.sort_by_key(|fix| fix.at);
    fixes.dedup_by_key(|fix| fix.at);
    let (file, family) = (name(file), family.to_owned());
    Track { mode, file, family, fixes }
}

fn fix(row: &Reading) -> Option<Fix> {
    let at = LatLon::from_degrees(row.lat?, row.lon?).ok()?;
    let height = row.height.and_then(|(raw_m, datum)| Height::from_metres(raw_m, datum, at).ok());
    Some(Fix {
        at: Timestamp::from_millis(row.at_ms?).ok()?,
        position: Position { at, height },
        radius_95_mm: None,
        vertical_95_mm: None,
        speed_mm_s: row.speed_m_s.map(|it| (it * 1000.0).round() as u32),
        course_cdeg: row.course_deg.map(|it| (it * 100.0).round() as u16 % 36_000),
    })
}

/// Rows of a file with a header, each as a map from column to text.
fn rows(file: &Path) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(file).unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    lines
        .map(|line| {
            let cells = line.split(',').map(str::to_owned);
            header.iter().map(|it| (*it).to_owned()).zip(cells).collect()
        })
        .collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> Option<f64> {
    row.get(column)?.trim().parse().ok().filter(|it: &f64| it.is_finite())
}

fn adsb(file: &Path) -> Vec<Track> {
    let rows = rows(file);
    // One file kept the course in a signed byte: 175 became -81, and 300 became
    // 44, which cannot be told from 44. No course is better than a wrong one.
    let courses_wrap = rows.iter().any(|row| number(row, "track_deg").is_some_and(|it| it < 0.0));
    let readings = rows
        .iter()
        .map(|row| Reading {
            at_ms: row.get("time_utc").and_then(|it| millis(it)),
            lat: number(row, "lat"),
            lon: number(row, "lon"),
            height: number(row, "altitude_ft").map(|it| (it * FOOT_M, Datum::Barometric)),
            speed_m_s: number(row, "groundspeed_kt").map(|it| it * KNOT_M_S),
            course_deg: number(row, "track_deg").filter(|_| !courses_wrap),
        })
        .collect();
    vec![track(Some(Mode::Air), file, &name(file), readings)]
}

/// The smaller files hold flights of the largest.
fn flights_us(file: &Path) -> Vec<Track> {
    let mut flights: BTreeMap<String, Vec<Reading>> = BTreeMap::new();
    for line in fs::read_to_string(file).unwrap().lines().filter(|it| !it.starts_with('#')) {
        // Whole degrees of longitude are followed by one comma too many.
        let cells: Vec<&str> = line.split(',').filter(|it| !it.is_empty()).collect();
        let [object, time, lon, lat, feet, knots, course, ..] = cells[..] else { continue };
        let number = |it: &str| it.parse::<f64>().ok();
        flights.entry(object.to_owned()).or_default().push(Reading {
            at_ms: millis(time),
            lat: number(lat),
            lon: number(lon),
            height: number(feet).map(|it| (it * FOOT_M, Datum::Barometric)),
            speed_m_s: number(knots).map(|it| it * KNOT_M_S),
            course_deg: number(course),
        });
    }
    flights.into_values().map(|rows| track(Some(Mode::Air), file, "flights_us", rows)).collect()
}

fn ships(file: &Path) -> Vec<Track> {
    let mut vessels: BTreeMap<String, Vec<Reading>> = BTreeMap::new();
    for row in rows(file) {
        let time = row.get("BaseDateTime").or_else(|| row.get("time_utc"));
        let mmsi = row.get("MMSI").or_else(|| row.get("mmsi")).unwrap();
        vessels.entry(mmsi.clone()).or_default().push(Reading {
            at_ms: time.and_then(|it| millis(it)),
            lat: number(&row, "LAT").or_else(|| number(&row, "lat")),
            lon: number(&row, "LON").or_else(|| number(&row, "lon")),
            height: None,
            // 102.3 and 360 say "not available".
            speed_m_s: number(&row, "SOG").filter(|it| *it < 102.2).map(|it| it * KNOT_M_S),
            // The 12 bits of the course were kept with a sign: 347.8 became -61.8.
            course_deg: number(&row, "COG")
                .map(|it| if it < 0.0 { it + 409.6 } else { it })
                .filter(|it| *it < 360.0),
        });
    }
    vessels.into_values().map(|rows| track(Some(Mode::Sea), file, &name(file), rows)).collect()
}

fn drone(file: &Path) -> Vec<Track> {
    let readings = rows(file)
        .iter()
        .map(|row| Reading {
            at_ms: row.get("time_utc").and_then(|it| millis(it)),
            lat: number(row, "lat"),
            lon: number(row, "lon"),
            height: number(row, "alt_m_ellipsoid").map(|it| (it, Datum::Ellipsoid)),
            speed_m_s: number(row, "vel_m_s"),
            course_deg: None,
        })
        .collect();
    vec![track(None, file, &name(file), readings)]
}

/// A file is one track: segments are where the receiver lost its signal.
fn gpx(file: &Path) -> Vec<Track> {
    let text = fs::read_to_string(file).unwrap();
    let readings = text
        .split("<trkpt")
        .skip(1)
        .map(|point| {
            let point = point.split("</trkpt>").next().unwrap();
            let inside = |open: &str, close: &str| {
                let (_, rest) = point.split_once(open)?;
                Some(rest.split_once(close)?.0.trim())
            };
            let number = |open, close| inside(open, close).and_then(|it| it.parse::<f64>().ok());
            Reading {
                at_ms: inside("<time>", "</time>").and_then(millis),
                lat: number("lat=\"", "\""),
                lon: number("lon=\"", "\""),
                height: number("<ele>", "</ele>").map(|it| (it, Datum::MeanSeaLevel)),
                speed_m_s: number("<speed>", "</speed>"),
                course_deg: None,
            }
        })
        .collect();
    let name = name(file);
    let mode = name.contains("car").then_some(Mode::Road);
    let family = name.split_once("-without-elevations").map_or(&*name, |(stem, _)| stem);
    let track = track(mode, file, family.trim_end_matches(".gpx"), readings);
    Some(track).filter(|it| !it.fixes.is_empty()).into_iter().collect()
}

/// Milliseconds since 1970 of "2021-05-14T23:57:29.000Z" and its like: a blank
/// for the T, no zone (which then is UTC) or an offset.
fn millis(text: &str) -> Option<i64> {
    let digits = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?);
    let seconds = digits(11, 13)? * 3600 + digits(14, 16)? * 60 + digits(17, 19)?;
    let rest = text.get(19..)?;
    let zone = rest.trim_start_matches(|it: char| it == '.' || it.is_ascii_digit());
    let fraction = &rest[..rest.len() - zone.len()];
    let fraction_s: f64 = if fraction.is_empty() { 0.0 } else { fraction.parse().ok()? };
    let offset_s = match zone {
        "" | "Z" => 0,
        zone => {
            let (hours, minutes) = zone[1..].split_once(':')?;
            let offset_s = hours.parse::<i64>().ok()? * 3600 + minutes.parse::<i64>().ok()? * 60;
            if zone.starts_with('-') { -offset_s } else { offset_s }
        }
    };
    // Days from civil, after Howard Hinnant: March begins the year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days =
        365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 719_469;
    Some((days * 86_400 + seconds - offset_s) * 1000 + (fraction_s * 1000.0).round() as i64)
}
