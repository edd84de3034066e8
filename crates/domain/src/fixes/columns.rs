//! Fixes as columns of small differences: a tenth of their size in JSON. The
//! same bytes travel to us, are kept, and make up rings and trails; how they
//! look is in docs/formats.md.

use std::fmt;

use super::{Mark, Point};
use crate::{
    id::TrackerId,
    motion::Fix,
    position::{Datum, Height, LatLon, Position},
    time::Timestamp,
    varint::{Cut, Reader, Writer},
};

/// The first byte of what this module writes.
pub const VERSION: u8 = 1;
/// Most fixes that are read at once.
pub const POINTS_MAX: usize = 10_000;

const HEIGHT: u8 = 1;
const RADIUS: u8 = 2;
const VERTICAL: u8 = 4;
const SPEED: u8 = 8;
const COURSE: u8 = 16;
const MARK_SHIFT: u8 = 5;

/// Fixes of several trackers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Whose they are, each once.
    pub trackers: Vec<TrackerId>,
    /// Each fix, and whose it is by its place in `trackers`.
    pub fixes: Vec<(u32, Fix)>,
}

/// Bytes that are no columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidColumns {
    /// They were written in another way than this reads.
    Version(u8),
    /// They end too early.
    Cut,
    /// There is something behind the last column.
    Rest(usize),
    /// More fixes than are taken at once.
    TooMany(u64),
    /// A value of the fix at this place is on no Earth or in no year of ours.
    Value {
        /// Which fix, from 0.
        at: usize,
        /// What is wrong with it.
        why: String,
    },
}

impl fmt::Display for InvalidColumns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(it) => write!(f, "version {VERSION} is expected, not {it}"),
            Self::Cut => f.write_str("the columns end too early"),
            Self::Rest(len) => write!(f, "{len} bytes follow the last column"),
            Self::TooMany(count) => {
                write!(f, "at most {POINTS_MAX} fixes are taken at once, not {count}")
            }
            Self::Value { at, why } => write!(f, "fix {at}: {why}"),
        }
    }
}

impl std::error::Error for InvalidColumns {}

impl From<Cut> for InvalidColumns {
    fn from(_: Cut) -> Self {
        Self::Cut
    }
}

impl Batch {
    /// Sorts fixes to their trackers.
    #[must_use]
    pub fn of(fixes: impl IntoIterator<Item = (TrackerId, Fix)>) -> Self {
        let mut all: Vec<(TrackerId, Fix)> = fixes.into_iter().collect();
        // Neighbours differ least when each tracker's stand together in order.
        all.sort_by_key(|(tracker, fix)| (*tracker, fix.at));
        let mut batch = Self::default();
        for (tracker, fix) in all {
            if batch.trackers.last() != Some(&tracker) {
                batch.trackers.push(tracker);
            }
            batch.fixes.push((batch.trackers.len() as u32 - 1, fix));
        }
        batch
    }

    /// Its columns.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::versioned(VERSION);
        out.unsigned(self.trackers.len() as u64);
        self.trackers.iter().for_each(|it| out.bytes(it.as_bytes()));
        out.unsigned(self.fixes.len() as u64);
        self.fixes.iter().for_each(|(of, _)| out.unsigned(u64::from(*of)));
        let points: Vec<Point> = self.fixes.iter().map(|(_, fix)| Point::good(*fix)).collect();
        out.points(&points);
        out.into_bytes()
    }

    /// Reads columns; everything in them is checked.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidColumns> {
        let mut from = versioned(bytes)?;
        let count = from.count()?;
        let mut trackers = Vec::with_capacity(count);
        for _ in 0..count {
            trackers.push(TrackerId::from_bytes(from.array()?));
        }
        let count = from.count()?;
        let mut of = Vec::with_capacity(count);
        for at in 0..count {
            let tracker = from.unsigned()?;
            if trackers.len() as u64 <= tracker {
                let why = format!("there is no tracker {tracker}");
                return Err(InvalidColumns::Value { at, why });
            }
            of.push(tracker as u32);
        }
        let points = from.points(count)?;
        end(&from)?;
        if let Some(at) = points.iter().position(|it| it.mark.is_some()) {
            let why = "marks are ours to set".to_owned();
            return Err(InvalidColumns::Value { at, why });
        }
        let fixes = std::iter::zip(of, points).map(|(of, point)| (of, point.fix)).collect();
        Ok(Self { trackers, fixes })
    }
}

/// Points of one tracker as columns.
#[must_use]
pub fn to_bytes(points: &[Point]) -> Vec<u8> {
    let mut out = Writer::versioned(VERSION);
    out.unsigned(points.len() as u64);
    out.points(points);
    out.into_bytes()
}

/// Reads what [`to_bytes`] wrote.
pub fn from_bytes(bytes: &[u8]) -> Result<Vec<Point>, InvalidColumns> {
    let mut from = versioned(bytes)?;
    let count = from.count()?;
    let points = from.points(count)?;
    end(&from)?;
    Ok(points)
}

impl Writer {
    fn points(&mut self, points: &[Point]) {
        let heights = || points.iter().filter_map(|it| it.fix.position.height);
        self.differences(points.iter().map(|it| it.fix.at.millis()));
        self.differences(points.iter().map(|it| i64::from(it.fix.position.at.lat_e7())));
        self.differences(points.iter().map(|it| i64::from(it.fix.position.at.lon_e7())));
        self.bytes(&points.iter().map(flags).collect::<Vec<u8>>());
        self.bytes(&heights().map(|it| it.datum() as u8).collect::<Vec<u8>>());
        self.differences(heights().map(|it| i64::from(it.raw_mm())));
        let fixes = || points.iter().map(|it| &it.fix);
        fixes().filter_map(|it| it.radius_95_mm).for_each(|it| self.unsigned(u64::from(it)));
        fixes().filter_map(|it| it.vertical_95_mm).for_each(|it| self.unsigned(u64::from(it)));
        self.differences(fixes().filter_map(|it| it.speed_mm_s).map(i64::from));
        self.differences(fixes().filter_map(|it| it.course_cdeg).map(i64::from));
    }
}

fn flags(point: &Point) -> u8 {
    let fix = &point.fix;
    let has = [
        (fix.position.height.is_some(), HEIGHT),
        (fix.radius_95_mm.is_some(), RADIUS),
        (fix.vertical_95_mm.is_some(), VERTICAL),
        (fix.speed_mm_s.is_some(), SPEED),
        (fix.course_cdeg.is_some(), COURSE),
    ];
    let flags = has.into_iter().filter(|(has, _)| *has).fold(0, |all, (_, flag)| all | flag);
    flags | point.mark.map_or(0, |it| it as u8 + 1) << MARK_SHIFT
}

fn versioned(bytes: &[u8]) -> Result<Reader<'_>, InvalidColumns> {
    match bytes.split_first() {
        None => Err(InvalidColumns::Cut),
        Some((&VERSION, rest)) => Ok(Reader::new(rest)),
        Some((&other, _)) => Err(InvalidColumns::Version(other)),
    }
}

fn end(from: &Reader) -> Result<(), InvalidColumns> {
    if from.is_empty() { Ok(()) } else { Err(InvalidColumns::Rest(from.len())) }
}

impl Reader<'_> {
    /// A number of things, each of which takes a byte at least: memory is never
    /// taken for more than was sent.
    fn count(&mut self) -> Result<usize, InvalidColumns> {
        let count = self.unsigned()?;
        if count > POINTS_MAX as u64 {
            return Err(InvalidColumns::TooMany(count));
        }
        if self.len() < count as usize { Err(InvalidColumns::Cut) } else { Ok(count as usize) }
    }

    fn points(&mut self, count: usize) -> Result<Vec<Point>, InvalidColumns> {
        let times = self.differences(count)?;
        let lats = self.differences(count)?;
        let lons = self.differences(count)?;
        let flags = self.bytes(count)?;
        let with = |flag: u8| flags.iter().filter(|it| **it & flag != 0).count();
        let mut datums = self.bytes(with(HEIGHT))?.iter();
        let mut heights = self.differences(with(HEIGHT))?.into_iter();
        let mut radii = self.unsigneds(with(RADIUS))?.into_iter();
        let mut verticals = self.unsigneds(with(VERTICAL))?.into_iter();
        let mut speeds = self.differences(with(SPEED))?.into_iter();
        let mut courses = self.differences(with(COURSE))?.into_iter();
        let mut points = Vec::with_capacity(count);
        for (at, &flags) in flags.iter().enumerate() {
            let wrong = |why: String| InvalidColumns::Value { at, why };
            let place = lat_lon(lats[at], lons[at]).map_err(wrong)?;
            let height = match has(flags, HEIGHT, || datums.next().zip(heights.next())) {
                Some((datum, raw_mm)) => Some(height(*datum, raw_mm, place).map_err(wrong)?),
                None => None,
            };
            let narrow = |value: Option<i64>, what: &str| -> Result<Option<u32>, _> {
                let narrowed = value.map(u32::try_from).transpose();
                narrowed.map_err(|_| wrong(format!("the {what} is out of range")))
            };
            let radius_95_mm = narrow(has(flags, RADIUS, || radii.next()), "radius")?;
            let vertical_95_mm =
                narrow(has(flags, VERTICAL, || verticals.next()), "accuracy of its height")?;
            let speed_mm_s = narrow(has(flags, SPEED, || speeds.next()), "speed")?;
            let course = narrow(has(flags, COURSE, || courses.next()), "course")?;
            if course.is_some_and(|it| 36_000 <= it) {
                return Err(wrong("the course is not within 0 and 359.99 degrees".to_owned()));
            }
            let mark = match flags >> MARK_SHIFT {
                0 => None,
                mark => Some(
                    *Mark::ALL
                        .get(usize::from(mark) - 1)
                        .ok_or_else(|| wrong(format!("there is no mark {mark}")))?,
                ),
            };
            let fix = Fix {
                at: Timestamp::from_millis(times[at]).map_err(|it| wrong(it.to_string()))?,
                position: Position { at: place, height },
                radius_95_mm,
                vertical_95_mm,
                speed_mm_s,
                course_cdeg: course.map(|it| it as u16),
            };
            points.push(Point { fix, mark });
        }
        Ok(points)
    }

    fn unsigneds(&mut self, count: usize) -> Result<Vec<i64>, InvalidColumns> {
        (0..count).map(|_| Ok(i64::try_from(self.unsigned()?).unwrap_or(i64::MAX))).collect()
    }
}

fn has<T>(flags: u8, flag: u8, next: impl FnOnce() -> Option<T>) -> Option<T> {
    if flags & flag == 0 { None } else { next() }
}

fn lat_lon(lat_e7: i64, lon_e7: i64) -> Result<LatLon, String> {
    let narrow =
        |it: i64, what: &str| i32::try_from(it).map_err(|_| format!("the {what} is out of range"));
    let (lat_e7, lon_e7) = (narrow(lat_e7, "latitude")?, narrow(lon_e7, "longitude")?);
    LatLon::from_e7(lat_e7, lon_e7).map_err(|it| it.to_string())
}

fn height(datum: u8, raw_mm: i64, at: LatLon) -> Result<Height, String> {
    let datum =
        Datum::ALL.get(usize::from(datum)).ok_or_else(|| format!("there is no datum {datum}"))?;
    Height::from_metres(raw_mm as f64 / 1000.0, *datum, at).map_err(|it| it.to_string())
}
