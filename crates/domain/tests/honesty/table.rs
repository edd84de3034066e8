//! How honest and how sharp estimates are: learnt without the file that is judged,
//! per class of track and what is told.

use std::{collections::BTreeMap, fmt};

use domain::{
    mode::Mode,
    motion::{Habits, Parameters},
};

use crate::{
    learning::{Kin, Teacher},
    questions::{self, Question, Speeds, TOLD, Told},
    tracks::Track,
};

/// What is judged together.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// How things moved, or which file.
    pub name: String,
    /// Which fixes were told.
    pub told: Told,
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

/// The rows of the table, per class and what is told; then those per file.
pub fn rows(tracks: &[Track], teacher: &Teacher) -> (Vec<Row>, Vec<Row>) {
    let mut families: Vec<(&str, Option<Mode>)> =
        tracks.iter().map(|it| (&*it.family, it.mode)).collect();
    families.sort_unstable();
    families.dedup();
    let (mut classes, mut files) = (Pool::new(), Pool::new());
    for (family, mode) in families {
        let parameters = teacher.parameters(Kin::of(mode), Some(family));
        let members = tracks.iter().enumerate().filter(|(_, it)| it.family == family);
        for ((index, track), told) in members.flat_map(|it| TOLD.map(|told| (it, told))) {
            let asked = (told, Speeds::AsTold);
            for question in questions::of(track, index, Habits::of(mode), asked, usize::MAX) {
                let add = |pool: &mut Pool, name: &str| {
                    pool.entry((name.to_owned(), told)).or_default().add(&question, &parameters);
                };
                for class in classes_of(mode) {
                    add(&mut classes, class);
                }
                add(&mut files, &track.file);
            }
        }
    }
    let rows = |pool: Pool| {
        pool.into_iter().filter_map(|((name, told), pairs)| pairs.row(name, told)).collect()
    };
    (rows(classes), rows(files))
}

/// Rows under a heading.
pub fn printed(title: &str, rows: &[Row]) -> String {
    let score = "     n      %   radius m  95% err m  ratio  lacks";
    let mut text = format!("\n{title:<38} told {score} |{score}\n");
    for row in rows {
        text += &format!("{row}\n");
    }
    text
}

type Pool = BTreeMap<(String, Told), Pairs>;

/// The classes that a mode is judged in, and those that are only printed.
const fn classes_of(mode: Option<Mode>) -> &'static [&'static str] {
    match mode {
        Some(Mode::Air) => &["air"],
        Some(Mode::Sea) => &["sea"],
        Some(Mode::Road | Mode::Rail) => &["land", "land: by car"],
        None => &["land", "land: on foot"],
    }
}

#[derive(Default)]
struct Pairs {
    ground: Vec<(f64, f64)>,
    height: Vec<(f64, f64)>,
}

impl Pairs {
    fn add(&mut self, question: &Question, parameters: &Parameters) {
        let estimate = question.guess.estimate(parameters);
        self.ground.push((estimate.radius_95_m, question.error_m));
        if let Some((vertical_95_m, error_m)) = estimate.vertical_95_m.zip(question.height_error_m)
        {
            self.height.push((vertical_95_m, error_m));
        }
    }

    fn row(self, name: String, told: Told) -> Option<Row> {
        Some(Row { name, told, ground: Score::of(self.ground)?, height: Score::of(self.height) })
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<38} {:>4} {}", self.name, self.told.to_string(), self.ground)?;
        if let Some(height) = &self.height {
            write!(f, " |{height}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every(k) => write!(f, "{k}"),
            Self::Ends => write!(f, "ends"),
        }
    }
}
