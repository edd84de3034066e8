//! The honesty of estimates, measured: fitted without the file that is judged,
//! and printed per mode and k.

use std::{collections::BTreeMap, fmt};

use domain::{
    mode::Mode,
    motion::{Evidence, Habits, PRIOR, Parameters, Scale},
};

use crate::{
    fit::{self, Known},
    samples::{self, Sample, Speeds},
    tracks::Track,
};

/// Every how manieth fix is told.
pub const KS: [usize; 3] = [2, 10, 60];

/// What is judged together.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// How things moved, or which file.
    pub name: String,
    /// Every how manieth fix was told.
    pub k: usize,
    /// On the ground, and in height.
    pub ground: Score,
    /// Where there are heights.
    pub height: Option<Score>,
}

/// How honest and how sharp.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// How many were asked.
    pub n: usize,
    /// How many truths lay within the radius.
    pub within: usize,
    /// The median radius.
    pub radius_m: f64,
    /// The error that 95 % do not exceed.
    pub error_95_m: f64,
    /// The factor by which radii would have to differ for 95 % to lie within.
    pub lacks: f64,
}

impl Score {
    /// Of (radius, error) pairs.
    pub fn of(mut pairs: Vec<(f64, f64)>) -> Option<Self> {
        let n = pairs.len();
        if n == 0 {
            return None;
        }
        let within = pairs.iter().filter(|(radius, error)| error <= radius).count();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let radius_m = pairs[n / 2].0;
        pairs.sort_by(|a, b| a.1.total_cmp(&b.1));
        let error_95_m = pairs[(n * 95).div_ceil(100) - 1].1;
        pairs.sort_by(|a, b| (a.1 / a.0).total_cmp(&(b.1 / b.0)));
        let (radius_95_m, error_m) = pairs[(n * 95).div_ceil(100) - 1];
        let lacks = error_m / radius_95_m;
        Some(Self { n, within, radius_m, error_95_m, lacks })
    }

    /// In per cent.
    pub fn coverage(&self) -> f64 {
        100.0 * self.within as f64 / self.n as f64
    }

    /// The median radius, in 95 % errors of the class itself.
    pub fn ratio(&self) -> f64 {
        self.radius_m / self.error_95_m
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (n, coverage, ratio) = (self.n, self.coverage(), self.ratio());
        let (radius_m, error_m) = (self.radius_m, self.error_95_m);
        write!(
            f,
            "{n:>6} {coverage:>6.1} {radius_m:>10.1} {error_m:>10.1} {ratio:>6.2} {:>6.2}",
            self.lacks
        )
    }
}

/// Fits on what teaches.
pub struct Teacher<'a> {
    tracks: &'a [Track],
    lessons: Vec<Sample>,
}

/// So many questions of each kind teach per file and k.
const LESSONS: usize = 150;
/// What other modes teach counts so much.
const fn others() -> f64 {
    0.1
}

impl<'a> Teacher<'a> {
    /// Asks what there is to ask of these tracks.
    pub fn new(tracks: &'a [Track]) -> Self {
        let mut lessons = Vec::new();
        let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
        for track in tracks {
            *sizes.entry(&track.family).or_default() += track.fixes.len();
        }
        for (index, track) in tracks.iter().enumerate() {
            // Each file teaches about as much, whatever its size.
            let most = LESSONS * track.fixes.len() / sizes[&*track.family] + 1;
            let told = track.fixes.iter().any(|it| it.speed_mm_s.is_some());
            let other = if told { Speeds::Withheld } else { Speeds::Implied };
            // We know that they walked, even if what is judged does not.
            let on_foot = &Habits::ON_FOOT;
            let habits = if track.mode.is_none() { on_foot } else { Habits::of(track.mode) };
            for k in KS {
                for speeds in [Speeds::AsTold, other] {
                    lessons.extend(samples::of(track, habits, index, k, speeds, most));
                }
            }
        }
        Self { tracks, lessons }
    }

    /// The parameters of a mode, learnt without one family of files.
    pub fn parameters(&self, mode: Option<Mode>, without: Option<&str>) -> Parameters {
        let lessons: Vec<&Sample> = self
            .lessons
            .iter()
            .filter(|it| Some(&*self.tracks[it.track].family) != without)
            .collect();
        let ground = |bounded: bool, start: &Scale| {
            self.fit(mode, &lessons, start, |it| {
                (it.guess.bounded == bounded).then_some((&it.guess.evidence, it.error_m))
            })
        };
        let height = |bounded: bool, start: &Scale| {
            self.fit(mode, &lessons, start, |it| {
                let (evidence, of, error_m) = it.height()?;
                (of == bounded).then_some((evidence, error_m))
            })
        };
        Parameters {
            between: ground(true, &PRIOR.between),
            beyond: ground(false, &PRIOR.beyond),
            height_between: height(true, &PRIOR.height_between),
            height_beyond: height(false, &PRIOR.height_beyond),
        }
    }

    fn fit<'s>(
        &self,
        mode: Option<Mode>,
        lessons: &[&'s Sample],
        start: &Scale,
        question: impl Fn(&'s Sample) -> Option<(&'s Evidence, f64)>,
    ) -> Scale {
        let key = |it: &Sample| (&*self.tracks[it.track].family, it.k);
        let asked: Vec<(&Sample, &Evidence, f64)> = lessons
            .iter()
            .filter_map(|it| question(it).map(|(evidence, error_m)| (*it, evidence, error_m)))
            .collect();
        let mut sizes: BTreeMap<(&str, usize), usize> = BTreeMap::new();
        for (sample, ..) in &asked {
            *sizes.entry(key(sample)).or_default() += 1;
        }
        let known: Vec<Known> = asked
            .iter()
            .map(|(sample, evidence, error_m)| {
                let size = sizes[&key(sample)] as f64;
                let own = if kin(sample.mode) == kin(mode) {
                    1.0
                } else if kin(mode) == 2 {
                    0.1
                } else {
                    others()
                };
                Known { evidence, error_m: *error_m, weight: own * (size / 100.0).min(1.0) / size }
            })
            .collect();
        fit::scale(&known, start)
    }
}

/// Flights and walks that a larger file holds as well are judged there.
pub fn is_copy(track: &Track) -> bool {
    ["SampleFlight.csv", "TwoSampleFlights.csv", "cerknicko-jezero-without-elevations.gpx"]
        .contains(&&*track.file)
}

/// The rows of the table: per mode and k, then per file and k.
pub fn rows(tracks: &[Track], most: usize) -> (Vec<Row>, Vec<Row>) {
    let originals: Vec<Track> = tracks.iter().filter(|it| !is_copy(it)).cloned().collect();
    let teacher = Teacher::new(&originals);
    let mut families: Vec<(&str, Option<Mode>)> =
        originals.iter().map(|it| (&*it.family, it.mode)).collect();
    families.sort_unstable();
    families.dedup();
    let mut modes: BTreeMap<(String, usize), Pairs> = BTreeMap::new();
    let mut files: BTreeMap<(String, usize), Pairs> = BTreeMap::new();
    for (family, mode) in families {
        let parameters = teacher.parameters(mode, Some(family));
        if std::env::args().any(|it| it == "-v") {
            for (n, s) in [
                ("between", parameters.between),
                ("beyond", parameters.beyond),
                ("hbetween", parameters.height_between),
                ("hbeyond", parameters.height_beyond),
            ] {
                println!(
                    "{:<16.16} {n:<9} {:.4?} prior {:.2} factor {:.2} alone {:.2} short {:.2} long {:.2}",
                    family, s.shares, s.prior, s.factor, s.alone, s.short, s.long
                );
            }
        }
        let members = || originals.iter().enumerate().filter(|(_, it)| it.family == family);
        let size: usize = members().map(|(_, it)| it.fixes.len()).sum();
        for (index, track) in members() {
            for k in KS {
                let most = (most * track.fixes.len()).div_ceil(size);
                for sample in samples::of(track, Habits::of(mode), index, k, Speeds::AsTold, most) {
                    let name = mode.map_or("unknown", Mode::word).to_owned();
                    modes.entry((name, k)).or_default().add(&sample, &parameters);
                    if std::env::args().any(|it| it == "-v") {
                        let n = sample.guess.evidence.echoes.len();
                        let bin = match n {
                            0 => "e0",
                            1 => "e1",
                            2..=3 => "e2-3",
                            4..=7 => "e4-7",
                            _ => "e8+",
                        };
                        let name = format!(
                            "~{} {} {bin}",
                            mode.map_or("unknown", Mode::word),
                            if sample.guess.bounded { "in" } else { "out" }
                        );
                        files.entry((name, k)).or_default().add(&sample, &parameters);
                    }
                    if mode.is_none() || mode == Some(Mode::Road) {
                        modes.entry(("land".to_owned(), k)).or_default().add(&sample, &parameters);
                    }
                    let file = track.file.clone();
                    files.entry((file, k)).or_default().add(&sample, &parameters);
                }
            }
        }
    }
    let rows = |of: BTreeMap<(String, usize), Pairs>| {
        of.into_iter().filter_map(|((name, k), pairs)| pairs.row(name, k)).collect()
    };
    (rows(modes), rows(files))
}

fn kin(mode: Option<Mode>) -> u8 {
    match mode {
        Some(Mode::Air) => 0,
        Some(Mode::Sea) => 1,
        _ => 2,
    }
}

#[derive(Default)]
struct Pairs {
    ground: Vec<(f64, f64)>,
    height: Vec<(f64, f64)>,
}

impl Pairs {
    fn add(&mut self, sample: &Sample, parameters: &Parameters) {
        let estimate = sample.guess.estimate(parameters);
        self.ground.push((estimate.radius_95_m, sample.error_m));
        if let Some((vertical_95_m, error_m)) = estimate.vertical_95_m.zip(sample.height_error_m) {
            self.height.push((vertical_95_m, error_m));
        }
    }

    fn row(self, name: String, k: usize) -> Option<Row> {
        Some(Row { name, k, ground: Score::of(self.ground)?, height: Score::of(self.height) })
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<38} {:>3} {}", self.name, self.k, self.ground)?;
        if let Some(height) = &self.height {
            write!(f, " |{height}")?;
        }
        Ok(())
    }
}
