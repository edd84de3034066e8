//! What a tile of the map carries, as columns of small differences; how they look
//! is in docs/formats.md.

use std::{collections::BTreeSet, fmt};

use super::path::{WAYPOINTS_MAX, Waypoint};
use crate::{
    holding::HolderId,
    mode::Mode,
    position::LatLon,
    time::{MINUTE, Timestamp},
    varint::{Cut, Reader, Writer},
    whereabouts::Basis,
    words::words,
};

/// The first byte where no mark tells a carrier.
const PLAIN: u8 = 1;
/// The first byte where one does: then a column of carriers follows the names.
const CARRIED: u8 = 2;
/// Of a crowded tile at most so many that move are told one by one, the others in clusters.
pub const MOVING_TOLD_MAX: usize = 60;
/// Most clusters or marks of a tile.
const COUNT_MAX: u64 = 100_000;
/// Names are cut to less than this many bytes.
const NAME_LEN_MAX: usize = 60;
/// Positions travel in 1e-6 degrees, about a decimetre.
const POSITION_E7: i64 = 10;
/// Instants travel in tenths of a second.
const INSTANT_MS: i64 = 100;

words! {
    /// What a mark on the map stands for.
    MarkKind, "kind of mark";
    0 Package "package",
    1 Lane "lane",
    10 Pallet "pallet",
    11 Cage "cage",
    12 Box "box",
    13 Truck "truck",
    14 Aircraft "aircraft",
    15 Vessel "vessel",
    16 Train "train",
    17 Room "room",
    18 Shelf "shelf",
    19 Other "other",
    30 Facility "facility",
    31 Airport "airport",
    32 Port "port",
    33 City "city",
    34 Country "country",
    35 Home "private",
}

/// Several holders that lie too close to be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// Their middle.
    pub at: LatLon,
    /// How many they are.
    pub holders: u32,
    /// Packages that match.
    pub packages: u32,
    /// Those of them that have a problem.
    pub problems: u32,
}

/// One holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Which one.
    pub id: HolderId,
    /// What it is.
    pub kind: MarkKind,
    /// How it moves.
    pub mode: Option<Mode>,
    /// What its place rested on when that was found out.
    pub basis: Option<Basis>,
    /// The carrier of most of its packages that are on their way.
    pub carrier: Option<String>,
    /// Packages that match.
    pub packages: u32,
    /// Those of them that have a problem.
    pub problems: u32,
    /// It is within this many metres of its path with 95 % probability, as far as
    /// was known when the latest fact came in.
    pub radius_95_m: u32,
    /// When the latest fact that it rests on happened.
    pub as_of: Timestamp,
    /// What people call it.
    pub name: Option<String>,
    /// Where it is over the time that the tile is good for; one point if it rests.
    pub path: Vec<Waypoint>,
}

/// What a tile of the map carries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TileContent {
    /// Where there are too many holders to be shown one by one.
    pub clusters: Vec<Cluster>,
    /// Holders one by one.
    pub marks: Vec<Mark>,
}

/// Bytes that are no tile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidTile {
    /// They were written in another way than this reads.
    Version(u8),
    /// They end too early.
    Cut,
    /// There is something behind the last column.
    Rest(usize),
    /// A value is out of its range.
    Value(&'static str),
}

impl fmt::Display for InvalidTile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(it) => write!(f, "version {PLAIN} or {CARRIED} is expected, not {it}"),
            Self::Cut => f.write_str("the columns end too early"),
            Self::Rest(len) => write!(f, "{len} bytes follow the last column"),
            Self::Value(what) => write!(f, "{what} is out of range"),
        }
    }
}

impl std::error::Error for InvalidTile {}

impl From<Cut> for InvalidTile {
    fn from(_: Cut) -> Self {
        Self::Cut
    }
}

impl TileContent {
    /// Its columns.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let carried = self.marks.iter().any(|it| it.carrier.is_some());
        let mut out = Writer::versioned(if carried { CARRIED } else { PLAIN });
        let clusters = || self.clusters.iter();
        out.unsigned(self.clusters.len() as u64);
        out.differences(clusters().map(|it| lat(it.at)));
        out.differences(clusters().map(|it| lon(it.at)));
        clusters().for_each(|it| out.unsigned(it.holders.into()));
        clusters().for_each(|it| out.unsigned(it.packages.into()));
        clusters().for_each(|it| out.unsigned(it.problems.into()));
        let marks = || self.marks.iter();
        out.unsigned(self.marks.len() as u64);
        marks().for_each(|it| out.bytes(&it.id.to_bytes()));
        marks().for_each(|it| out.bytes(&[it.kind as u8]));
        marks().for_each(|it| out.bytes(&[it.how()]));
        marks().for_each(|it| out.unsigned(it.packages.into()));
        marks().for_each(|it| out.unsigned(it.problems.into()));
        marks().for_each(|it| out.unsigned(it.radius_95_m.into()));
        out.differences(marks().map(|it| it.as_of.millis() / INSTANT_MS));
        marks().for_each(|it| text(&mut out, it.name.as_deref().unwrap_or_default()));
        if carried {
            self.carriers(&mut out);
        }
        marks().for_each(|it| out.unsigned(it.path.len() as u64));
        let points = || marks().flat_map(|it| &it.path);
        out.differences(points().map(|it| it.at.millis() / INSTANT_MS));
        out.differences(points().map(|it| lat(it.position)));
        out.differences(points().map(|it| lon(it.position)));
        // 0 is no height; 1 and on, what `signed` would write, and one.
        for point in points() {
            let height = |it: i32| (i64::from(it) << 1 ^ i64::from(it) >> 63) as u64 + 1;
            out.unsigned(point.height_dm.map_or(0, height));
        }
        out.into_bytes()
    }

    fn carriers(&self, out: &mut Writer) {
        let each = || self.marks.iter().map(|it| it.carrier.as_deref());
        let told: BTreeSet<&str> = each().flatten().collect();
        out.unsigned(told.len() as u64);
        told.iter().for_each(|it| text(out, it));
        for carrier in each() {
            let place = carrier.and_then(|it| told.iter().position(|other| *other == it));
            out.unsigned(place.map_or(0, |it| it as u64 + 1));
        }
    }

    /// Reads columns.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidTile> {
        let (version, mut from) = match bytes.split_first() {
            None => return Err(InvalidTile::Cut),
            Some((version @ (&PLAIN | &CARRIED), rest)) => (*version, Reader::new(rest)),
            Some((&other, _)) => return Err(InvalidTile::Version(other)),
        };
        let clusters = clusters(&mut from)?;
        let marks = marks(&mut from, version)?;
        if from.is_empty() {
            Ok(Self { clusters, marks })
        } else {
            Err(InvalidTile::Rest(from.len()))
        }
    }
}

impl Mark {
    /// What its place rests on at an instant: what was measured more than a minute before
    /// is what is likely since.
    #[must_use]
    pub fn basis_at(&self, at: Timestamp) -> Option<Basis> {
        match self.basis {
            Some(Basis::Measured) if MINUTE <= at.since(self.as_of) => Some(Basis::Predicted),
            other => other,
        }
    }

    /// Mode and basis in one byte.
    fn how(&self) -> u8 {
        self.mode.map_or(0, |it| it as u8 + 1) | self.basis.map_or(0, |it| it as u8 + 1) << 4
    }
}

impl MarkKind {
    /// Whether it is a place, which goes nowhere.
    #[must_use]
    pub const fn is_place(self) -> bool {
        Self::Facility as u8 <= self as u8
    }
}

/// Nothing for 0, else the value of this number less one.
fn one_of<T: Copy>(all: &[T], number: u8, what: &'static str) -> Result<Option<T>, InvalidTile> {
    let Some(at) = number.checked_sub(1) else { return Ok(None) };
    all.get(usize::from(at)).copied().map(Some).ok_or(InvalidTile::Value(what))
}

fn clusters(from: &mut Reader) -> Result<Vec<Cluster>, InvalidTile> {
    let count = count(from)?;
    let (lats, lons) = (from.differences(count)?, from.differences(count)?);
    let [holders, packages, problems] =
        [narrow(from, count)?, narrow(from, count)?, narrow(from, count)?];
    (0..count)
        .map(|at| {
            let (holders, packages, problems) = (holders[at], packages[at], problems[at]);
            Ok(Cluster { at: position(lats[at], lons[at])?, holders, packages, problems })
        })
        .collect()
}

fn marks(from: &mut Reader, version: u8) -> Result<Vec<Mark>, InvalidTile> {
    let count = count(from)?;
    let mut marks = Vec::with_capacity(count);
    for _ in 0..count {
        let id = HolderId::from_bytes(&from.array::<17>()?).ok_or(InvalidTile::Value("an id"))?;
        marks.push(Mark {
            id,
            kind: MarkKind::Package,
            mode: None,
            basis: None,
            carrier: None,
            packages: 0,
            problems: 0,
            radius_95_m: 0,
            as_of: Timestamp::MIN,
            name: None,
            path: Vec::new(),
        });
    }
    for mark in &mut marks {
        let number = from.byte()?;
        let kind = MarkKind::ALL.iter().find(|it| **it as u8 == number);
        mark.kind = *kind.ok_or(InvalidTile::Value("a kind"))?;
    }
    for mark in &mut marks {
        let both = from.byte()?;
        mark.mode = one_of(Mode::ALL, both & 15, "a mode")?;
        mark.basis = one_of(Basis::ALL, both >> 4, "a basis")?;
    }
    let [packages, problems, radii] =
        [narrow(from, count)?, narrow(from, count)?, narrow(from, count)?];
    let instants = from.differences(count)?;
    for (at, mark) in marks.iter_mut().enumerate() {
        (mark.packages, mark.problems, mark.radius_95_m) = (packages[at], problems[at], radii[at]);
        mark.as_of = instant(instants[at])?;
        mark.name = name(from)?;
    }
    if version == CARRIED {
        carriers(from, &mut marks)?;
    }
    paths(from, &mut marks)?;
    Ok(marks)
}

fn carriers(from: &mut Reader, marks: &mut [Mark]) -> Result<(), InvalidTile> {
    let told: Vec<_> = (0..count(from)?).map(|_| name(from)).collect::<Result<_, _>>()?;
    let places = narrow(from, marks.len())?;
    for (mark, place) in std::iter::zip(marks, places) {
        let Some(place) = place.checked_sub(1) else { continue };
        let carrier = told.get(place as usize).ok_or(InvalidTile::Value("a carrier"))?;
        mark.carrier.clone_from(carrier);
    }
    Ok(())
}

fn name(from: &mut Reader) -> Result<Option<String>, InvalidTile> {
    let len = from.unsigned()?;
    if NAME_LEN_MAX as u64 <= len {
        return Err(InvalidTile::Value("a name's length"));
    }
    let name = std::str::from_utf8(from.bytes(len as usize)?);
    let name = name.map_err(|_| InvalidTile::Value("a name"))?;
    Ok((!name.is_empty()).then(|| name.to_owned()))
}

fn paths(from: &mut Reader, marks: &mut [Mark]) -> Result<(), InvalidTile> {
    let lens = narrow(from, marks.len())?;
    if lens.iter().any(|it| *it == 0 || WAYPOINTS_MAX < *it as usize) {
        return Err(InvalidTile::Value("a path's length"));
    }
    let count = lens.iter().map(|it| *it as usize).sum();
    let (times, lats, lons) =
        (from.differences(count)?, from.differences(count)?, from.differences(count)?);
    let mut next = 0..count;
    for (mark, len) in std::iter::zip(marks, lens) {
        for at in next.by_ref().take(len as usize) {
            let height_dm = match from.unsigned()?.checked_sub(1) {
                None => None,
                Some(it) => {
                    let height = (it >> 1) as i64 ^ -((it & 1) as i64);
                    Some(i32::try_from(height).map_err(|_| InvalidTile::Value("a height"))?)
                }
            };
            let position = position(lats[at], lons[at])?;
            mark.path.push(Waypoint { at: instant(times[at])?, position, height_dm });
        }
    }
    Ok(())
}

fn count(from: &mut Reader) -> Result<usize, InvalidTile> {
    let count = from.unsigned()?;
    if COUNT_MAX < count {
        return Err(InvalidTile::Value("a count"));
    }
    // Each takes a byte at least: memory is never taken for more than was sent.
    if from.len() < count as usize { Err(InvalidTile::Cut) } else { Ok(count as usize) }
}

fn narrow(from: &mut Reader, count: usize) -> Result<Vec<u32>, InvalidTile> {
    let one = |_| {
        let value = from.unsigned()?;
        u32::try_from(value).map_err(|_| InvalidTile::Value("a number"))
    };
    (0..count).map(one).collect()
}

fn instant(tenths: i64) -> Result<Timestamp, InvalidTile> {
    let millis = tenths.checked_mul(INSTANT_MS).ok_or(InvalidTile::Value("an instant"))?;
    Timestamp::from_millis(millis).map_err(|_| InvalidTile::Value("an instant"))
}

fn position(lat: i64, lon: i64) -> Result<LatLon, InvalidTile> {
    let e7 = |it: i64| it.checked_mul(POSITION_E7).and_then(|it| i32::try_from(it).ok());
    let (Some(lat), Some(lon)) = (e7(lat), e7(lon)) else {
        return Err(InvalidTile::Value("a position"));
    };
    LatLon::from_e7(lat, lon).map_err(|_| InvalidTile::Value("a position"))
}

fn lat(at: LatLon) -> i64 {
    i64::from(at.lat_e7()) / POSITION_E7
}

fn lon(at: LatLon) -> i64 {
    i64::from(at.lon_e7()) / POSITION_E7
}

fn text(out: &mut Writer, name: &str) {
    let name = short(name);
    out.unsigned(name.len() as u64);
    out.bytes(name.as_bytes());
}

/// As much of a name as fits, whole characters.
fn short(name: &str) -> &str {
    let mut end = name.len().min(NAME_LEN_MAX - 1);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}
