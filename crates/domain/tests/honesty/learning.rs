//! Learns the parameters of a class of things from tracks, with any file of
//! tracks left out.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    mode::Mode,
    motion::{Habits, Kind, PRIOR, Parameters, Scale, Scales},
};

use crate::{
    fit::{self, Known},
    questions::{self, Of, Question, Speeds, TOLD},
    tracks::Track,
};

/// What moves alike enough to be learnt together. There is one car, two walks and
/// a drone on its pad: too few to keep apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kin {
    /// All that flies.
    Air,
    /// Vessels.
    Sea,
    /// Cars, and people on foot.
    Land,
}

/// Every class.
pub const KINS: [Kin; 3] = [Kin::Air, Kin::Sea, Kin::Land];

impl Kin {
    /// That of a mode; what moves in an unknown way keeps to the ground.
    pub const fn of(mode: Option<Mode>) -> Self {
        match mode {
            Some(Mode::Air) => Self::Air,
            Some(Mode::Sea) => Self::Sea,
            _ => Self::Land,
        }
    }
}

/// So many questions of each kind teach per file and what is told.
const LESSONS: usize = 60;
/// From how many on a file's lessons of a kind count in full.
const FULL: f64 = 100.0;
/// How much the lessons of other classes count: they say what is possible where
/// the few files of a class say nothing.
const OTHERS: f64 = 0.1;

/// Teaches from tracks.
pub struct Teacher<'a> {
    tracks: &'a [Track],
    lessons: Vec<Question>,
}

impl<'a> Teacher<'a> {
    /// Asks what there is to ask of these tracks.
    pub fn new(tracks: &'a [Track]) -> Self {
        let mut fixes: BTreeMap<&str, usize> = BTreeMap::new();
        for track in tracks {
            *fixes.entry(&track.family).or_default() += track.fixes.len();
        }
        let mut lessons = Vec::new();
        for (index, track) in tracks.iter().enumerate() {
            // Each file teaches about as much, whatever its size.
            let most = LESSONS * track.fixes.len() / fixes[&*track.family] + 1;
            for told in TOLD {
                for speeds in [Speeds::AsTold, Speeds::Otherwise] {
                    let habits = Habits::of(track.mode);
                    lessons.extend(questions::of(track, index, habits, (told, speeds), most));
                }
            }
        }
        Self { tracks, lessons }
    }

    /// The parameters of a class, learnt without one family of files.
    pub fn parameters(&self, kin: Kin, without: Option<&str>) -> Parameters {
        let kept = |it: &&Question| Some(&*self.tracks[it.track].family) != without;
        let lessons: Vec<&Question> = self.lessons.iter().filter(kept).collect();
        let scales = |of: Of| Scales {
            between: self.scale(kin, &lessons, of, Kind::Between),
            beyond: self.scale(kin, &lessons, of, Kind::Beyond),
            leg: self.scale(kin, &lessons, of, Kind::Leg),
        };
        Parameters { ground: scales(Of::Ground), height: scales(Of::Height) }
    }

    fn scale(&self, kin: Kin, lessons: &[&Question], of: Of, kind: Kind) -> Scale {
        let track = |it: &Question| &self.tracks[it.track];
        let alike = |it: &Question| Kin::of(track(it).mode) == kin;
        let asked: Vec<_> = lessons
            .iter()
            .filter_map(|it| Some((*it, it.evidence(of).filter(|(is, ..)| *is == kind)?)))
            // What ships do between two harbours says nothing about flights.
            .filter(|(it, _)| kind != Kind::Leg || alike(it))
            .collect();
        let key = |it: &Question| (&*track(it).family, it.told);
        let mut sizes: BTreeMap<_, f64> = BTreeMap::new();
        for (question, _) in &asked {
            *sizes.entry(key(question)).or_default() += 1.0;
        }
        let known: Vec<Known> = asked
            .iter()
            .map(|(question, (_, evidence, error_m))| {
                let size = sizes[&key(question)];
                let own = if alike(question) { 1.0 } else { OTHERS };
                Known { evidence, error_m: *error_m, weight: own * (size / FULL).min(1.0) / size }
            })
            .collect();
        let start = match of {
            Of::Ground => PRIOR.ground.of(kind),
            Of::Height => PRIOR.height.of(kind),
        };
        let journeys = asked.iter().map(|(it, _)| it.track).collect::<BTreeSet<_>>().len();
        fit::scale(&known, start, if kind == Kind::Leg { wanted(journeys) } else { fit::COVERAGE })
    }
}

/// Which share of the answers about so many journeys must be right for as many as
/// wanted to be right about the next. All instants of a journey share its one way,
/// so it is journeys that count; of a few, nearly all must be right.
fn wanted(journeys: usize) -> f64 {
    let n = journeys.max(1) as f64;
    (fit::COVERAGE * (n + 1.0) / n).min(0.99)
}
