//! What is drawn, as columns that graphics take as they are; those that move come first.

use domain::{
    map::{Cluster, Glide, Mark, Stretch, Waypoint},
    motion::{Fix, Habits, Parameters, guess},
    position::{Height, Position},
    time::{MINUTE, Timestamp},
};

use crate::instant;

/// The basis of what nobody knows one of.
const NO_BASIS: u8 = u8::MAX;
/// No disc grows for longer than this without a word: it says nothing any more.
const GROWS_MS: f64 = 86_400_000.0;

/// Columns by slot, and by cluster.
#[derive(Debug, Default)]
pub struct Buffers {
    /// Longitude, latitude, height.
    positions: Vec<f64>,
    /// The same, less the origin: small numbers that single precision has room for.
    offsets: Vec<f32>,
    courses_deg: Vec<f32>,
    /// Over the ground; 0 at rest.
    speeds_m_s: Vec<f32>,
    radii_m: Vec<f32>,
    ages_s: Vec<f32>,
    bases: Vec<u8>,
    kinds: Vec<u8>,
    /// 0 none, else the mode's number and 1.
    modes: Vec<u8>,
    /// 0 none, else the place in the list of carriers and 1.
    carriers: Vec<u16>,
    packages: Vec<u32>,
    problems: Vec<u32>,
    /// Longitude and latitude.
    cluster_positions: Vec<f64>,
    cluster_offsets: Vec<f32>,
    cluster_holders: Vec<u32>,
    cluster_packages: Vec<u32>,
    cluster_problems: Vec<u32>,
    /// 1 if some of its holders may move, else 0.
    cluster_mixed: Vec<u8>,
    /// Of those that move, the piece of their way they are on.
    glides: Vec<Glide>,
    /// What the offsets of those that rest are from; nothing if they must be made anew.
    origin: Option<[f64; 2]>,
}

impl Buffers {
    /// How many move.
    pub const fn moving(&self) -> usize {
        self.glides.len()
    }

    /// Makes room for these, and fills what does not depend on the instant.
    pub fn arrange(&mut self, marks: &[Mark], moving: usize, clusters: &[(Cluster, bool)]) {
        let resting = |it: &Mark| {
            let [lon, lat, height_m] = stands(&it.path[0]);
            [lon, lat, if height_m.is_finite() { height_m } else { 0.0 }]
        };
        self.positions = marks.iter().flat_map(resting).collect();
        self.offsets = vec![0.0; self.positions.len()];
        self.courses_deg = vec![0.0; marks.len()];
        self.speeds_m_s = vec![0.0; marks.len()];
        self.radii_m = marks.iter().map(|it| it.radius_95_m as f32).collect();
        self.ages_s = vec![0.0; marks.len()];
        self.bases = marks.iter().map(|it| it.basis.map_or(NO_BASIS, |it| it as u8)).collect();
        self.kinds = marks.iter().map(|it| it.kind as u8).collect();
        self.modes = marks.iter().map(|it| it.mode.map_or(0, |it| it as u8 + 1)).collect();
        self.packages = marks.iter().map(|it| it.packages).collect();
        self.problems = marks.iter().map(|it| it.problems).collect();
        self.arrange_clusters(clusters);
        // A glide that covers nothing is made at the first look.
        let glide = |it: &Mark| stretch(it, 0.0).glide(0.0);
        let nowhere = |it: &Mark| Glide { until_ms: f64::NEG_INFINITY, ..glide(it) };
        self.glides = marks[..moving].iter().map(nowhere).collect();
        self.origin = None;
    }

    fn arrange_clusters(&mut self, clusters: &[(Cluster, bool)]) {
        let each = || clusters.iter().map(|it| it.0);
        self.cluster_positions = each().flat_map(|it| [it.at.lon(), it.at.lat()]).collect();
        self.cluster_offsets = vec![0.0; self.cluster_positions.len()];
        self.cluster_holders = each().map(|it| it.holders).collect();
        self.cluster_packages = each().map(|it| it.packages).collect();
        self.cluster_problems = each().map(|it| it.problems).collect();
        self.cluster_mixed = clusters.iter().map(|it| u8::from(it.1)).collect();
    }

    /// Puts down whose packages they carry, by places in a list of carriers.
    pub fn carry(&mut self, carriers: Vec<u16>) {
        self.carriers = carriers;
    }

    /// Of each holder its place and whether it moves, as placed last.
    pub fn places(&self) -> impl Iterator<Item = ([f64; 2], bool)> {
        let places = self.positions.as_chunks::<3>().0.iter().map(|it| [it[0], it[1]]);
        places.zip(self.speeds_m_s.iter().map(|it| *it > 0.0))
    }

    /// Places everything at an instant; says how many move at it.
    pub fn place(&mut self, marks: &[Mark], millis: f64, origin: [f64; 2]) -> u32 {
        let mut moving = 0;
        let places = self.positions.as_chunks_mut::<3>().0.iter_mut();
        let offsets = self.offsets.as_chunks_mut::<3>().0.iter_mut();
        let drawn = places.zip(offsets).zip(&mut self.courses_deg).zip(&mut self.speeds_m_s);
        for ((((place, offset), course), speed), (glide, mark)) in
            drawn.zip(self.glides.iter_mut().zip(marks))
        {
            if !glide.covers(millis) {
                let stretch = stretch(mark, millis);
                *glide = stretch.glide(millis);
                *speed = stretch.speed_m_s() as f32;
            }
            let [lat, lon, height_m, course_deg] = glide.at(millis);
            let height_m = if height_m.is_finite() { height_m } else { 0.0 };
            *place = [lon, lat, height_m];
            *offset = [east(lon - origin[0]), (lat - origin[1]) as f32, height_m as f32];
            // At rest it looks where it went.
            if course_deg.is_finite() {
                *course = course_deg as f32;
                moving += 1;
            }
        }
        if self.origin != Some(origin) {
            self.origin = Some(origin);
            self.offset_resting(origin);
        }
        moving
    }

    fn offset_resting(&mut self, origin: [f64; 2]) {
        let places = self.positions.as_chunks::<3>().0.iter();
        let offsets = self.offsets.as_chunks_mut::<3>().0.iter_mut();
        for ([lon, lat, height_m], offset) in places.zip(offsets).skip(self.glides.len()) {
            *offset = [east(lon - origin[0]), (lat - origin[1]) as f32, *height_m as f32];
        }
        let places = self.cluster_positions.as_chunks::<2>().0.iter();
        let offsets = self.cluster_offsets.as_chunks_mut::<2>().0.iter_mut();
        for ([lon, lat], offset) in places.zip(offsets) {
            *offset = [east(lon - origin[0]), (lat - origin[1]) as f32];
        }
    }

    /// Ages, bases and radii at an instant.
    pub fn age(&mut self, marks: &[Mark], millis: f64) {
        let at = instant(millis);
        let columns = self.ages_s.iter_mut().zip(&mut self.bases).zip(&mut self.radii_m);
        for (((age, basis), radius), mark) in columns.zip(marks) {
            *age = ((millis - mark.as_of.millis() as f64) / 1_000.0) as f32;
            *basis = mark.basis_at(at).map_or(NO_BASIS, |it| it as u8);
            *radius = radius_m(mark, millis) as f32;
        }
    }

    /// Where each column begins, in the order in which they are declared, without what
    /// is only ours.
    pub fn addresses(&self) -> Vec<u32> {
        let wide = |it: &[f64]| it.as_ptr().addr() as u32;
        let single = |it: &[f32]| it.as_ptr().addr() as u32;
        let bytes = |it: &[u8]| it.as_ptr().addr() as u32;
        let counts = |it: &[u32]| it.as_ptr().addr() as u32;
        vec![
            wide(&self.positions),
            single(&self.offsets),
            single(&self.courses_deg),
            single(&self.radii_m),
            single(&self.ages_s),
            bytes(&self.bases),
            bytes(&self.kinds),
            bytes(&self.modes),
            counts(&self.packages),
            counts(&self.problems),
            wide(&self.cluster_positions),
            single(&self.cluster_offsets),
            counts(&self.cluster_holders),
            counts(&self.cluster_packages),
            counts(&self.cluster_problems),
            bytes(&self.cluster_mixed),
            single(&self.speeds_m_s),
            self.carriers.as_ptr().addr() as u32,
        ]
    }
}

/// How far off a holder may be at an instant. On its way it may be as much further as its
/// speed is uneven; where no way tells where it is now, what `domain` thinks of something
/// of which nothing was heard since.
fn radius_m(mark: &Mark, millis: f64) -> f64 {
    let told_m = f64::from(mark.radius_95_m);
    let silent_ms = (millis - mark.as_of.millis() as f64).min(GROWS_MS);
    let (Some(last), false) = (mark.path.last(), mark.kind.is_place()) else { return told_m };
    if silent_ms < MINUTE as f64 {
        return told_m;
    }
    if millis < last.at.millis() as f64 {
        let gone_m = gone_m(&mark.path, mark.as_of, millis);
        return told_m.hypot(Habits::of(mark.mode).uneven * gone_m);
    }
    let height = last.height_dm.map(|it| f64::from(it) / 10.0);
    let height = height.and_then(|it| Height::above_ellipsoid(it).ok());
    let fix = Fix {
        at: mark.as_of,
        position: Position { at: last.position, height },
        radius_95_mm: Some(mark.radius_95_m.saturating_mul(1_000)),
        vertical_95_mm: None,
        speed_mm_s: Some(0),
        course_cdeg: None,
    };
    let at = mark.as_of.plus(silent_ms as i64);
    let guess = guess(Habits::of(mark.mode), &[fix], &[], at);
    guess.map_or(told_m, |it| it.radius_95_m(Parameters::of(mark.mode)).max(told_m))
}

/// How far it went along its path since an instant.
fn gone_m(path: &[Waypoint], since: Timestamp, millis: f64) -> f64 {
    let since_ms = since.millis() as f64;
    let part = |pair: &[Waypoint]| {
        let stretch = Stretch::between(&pair[0], &pair[1]);
        let [from, until] = stretch.ends_ms();
        let gone_ms = millis.min(until) - since_ms.max(from);
        if gone_ms <= 0.0 { 0.0 } else { stretch.length_m() * gone_ms / (until - from) }
    };
    path.windows(2).map(part).sum()
}

fn stretch(mark: &Mark, millis: f64) -> Stretch {
    Stretch::on(&mark.path, millis).expect("a tile has no path without points")
}

fn stands(it: &Waypoint) -> [f64; 3] {
    let height_m = it.height_dm.map_or(f64::NAN, |it| f64::from(it) / 10.0);
    [it.position.lon(), it.position.lat(), height_m]
}

/// Degrees to the east, the shorter way round.
fn east(degrees: f64) -> f32 {
    let turn = if degrees > 180.0 {
        -360.0
    } else if degrees < -180.0 {
        360.0
    } else {
        0.0
    };
    (degrees + turn) as f32
}
