//! Learns the parameters of a mode from tracks, with any of them left out, and
//! corrects them by how they fare on tracks that they were not learnt from.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use domain::{
    mode::Mode,
    motion::{Habits, Kind, PRIOR, Parameters, Scale, Scales},
};

use crate::{
    fit::{self, Known, Miss},
    questions::{self, Of, Question, Speeds, TOLD, Told},
    tracks::Track,
};

/// What moves alike enough to teach one another. There is one car, two walks and
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
const LESSONS: usize = 150;
/// From how many on a file's lessons of a kind count in full.
const FULL: f64 = 100.0;
/// Into how many parts a file is cut where there is no other of its kin.
const PARTS: usize = 4;

/// Teaches from tracks.
pub struct Teacher<'a> {
    tracks: &'a [Track],
    lessons: Vec<Question>,
    /// How many questions there would be in all, by family and what is told.
    sizes: BTreeMap<(&'a str, Told), f64>,
    learnt: RefCell<BTreeMap<(Kin, BTreeSet<usize>), Parameters>>,
}

impl<'a> Teacher<'a> {
    /// Asks what there is to ask of these tracks.
    pub fn new(tracks: &'a [Track]) -> Self {
        let (mut lessons, mut sizes) = (Vec::new(), BTreeMap::new());
        let mut fixes: BTreeMap<&str, usize> = BTreeMap::new();
        for track in tracks {
            *fixes.entry(&track.family).or_default() += track.fixes.len();
        }
        for (index, track) in tracks.iter().enumerate() {
            // Each file teaches about as much, whatever its size.
            let most = LESSONS * track.fixes.len() / fixes[&*track.family] + 1;
            // We know that they walked, even if what is judged does not.
            let habits = Habits::of(track.mode);
            for told in TOLD {
                for speeds in [Speeds::AsTold, Speeds::Otherwise] {
                    let ask = |most| questions::of(track, index, habits, (told, speeds), most);
                    lessons.extend(ask(most));
                }
                let size = match told {
                    Told::Every(k) => track.fixes.len() - track.fixes.len().div_ceil(k),
                    Told::Ends => track.fixes.len(),
                };
                *sizes.entry((&*track.family, told)).or_default() += size as f64;
            }
        }
        Self { tracks, lessons, sizes, learnt: RefCell::default() }
    }

    /// The parameters of a mode, learnt without one family of files, and corrected
    /// by what the other families would have needed, each left out in its turn.
    pub fn parameters(&self, kin: Kin, without: Option<&str>) -> Parameters {
        let out = self.tracks_where(|it| Some(&*it.family) == without);
        let learnt = self.learnt(kin, &out);
        let folds = self.folds(kin, without);
        let mut misses: BTreeMap<(Of, u8), Vec<Miss>> = BTreeMap::new();
        for fold in folds {
            let both = out.union(&fold).copied().collect();
            let parameters = self.learnt(kin, &both);
            let judged = self.lessons.iter().filter(|it| it.speeds == Speeds::AsTold);
            for question in judged.filter(|it| fold.contains(&it.track)) {
                for of in [Of::Ground, Of::Height] {
                    let Some((kind, evidence, error_m)) = question.evidence(of) else { continue };
                    let scale = scales(&parameters, of).of(kind);
                    let radius_m = evidence.radius_95_m(scale);
                    let weight = self.weight(question);
                    let miss = Miss::new(evidence, error_m, radius_m, weight);
                    misses.entry((of, kind as u8)).or_default().push(miss);
                }
            }
        }
        let corrected = |of: Of, kind: Kind| {
            let misses = misses.get(&(of, kind as u8)).map_or(&[][..], |it| it);
            fit::corrected(scales(&learnt, of).of(kind), misses)
        };
        each(corrected)
    }

    fn weight(&self, question: &Question) -> f64 {
        let family = &*self.tracks[question.track].family;
        let size = self.sizes[&(family, question.told)];
        let p: f64 = std::env::var("P").map_or(0.5, |it| it.parse().unwrap());
        size.powf(p) / size.min(LESSONS as f64)
    }

    /// Whose parameters are tried on whom: family by family, but where only one
    /// is left, part by part.
    fn folds(&self, kin: Kin, without: Option<&str>) -> Vec<BTreeSet<usize>> {
        let others = |it: &Track| Kin::of(it.mode) == kin && Some(&*it.family) != without;
        let families: BTreeSet<&str> =
            self.tracks.iter().filter(|it| others(it)).map(|it| &*it.family).collect();
        if families.len() > 1 {
            return families.iter().map(|it| self.tracks_where(|of| of.family == **it)).collect();
        }
        let all: Vec<usize> = self.tracks_where(others).into_iter().collect();
        (0..PARTS).map(|it| all.iter().copied().skip(it).step_by(PARTS).collect()).collect()
    }

    fn tracks_where(&self, wanted: impl Fn(&Track) -> bool) -> BTreeSet<usize> {
        (0..self.tracks.len()).filter(|it| wanted(&self.tracks[*it])).collect()
    }

    /// Learnt without some tracks; the same is asked for again and again.
    fn learnt(&self, kin: Kin, out: &BTreeSet<usize>) -> Parameters {
        let kept = self.tracks_where(|it| Kin::of(it.mode) == kin);
        let key = (kin, out.intersection(&kept).copied().collect());
        if let Some(known) = self.learnt.borrow().get(&key) {
            return *known;
        }
        let lessons: Vec<&Question> = self
            .lessons
            .iter()
            .filter(|it| !out.contains(&it.track) && Kin::of(self.tracks[it.track].mode) == kin)
            .collect();
        let found = each(|of, kind| self.fit(&lessons, of, kind));
        self.learnt.borrow_mut().insert(key, found);
        found
    }

    fn fit(&self, lessons: &[&Question], of: Of, kind: Kind) -> Scale {
        let asked: Vec<_> = lessons
            .iter()
            .filter_map(|it| it.evidence(of).filter(|(is, ..)| *is == kind).map(|found| (it, found)))
            .collect();
        let key = |it: &Question| (&*self.tracks[it.track].family, it.told);
        let mut sizes: BTreeMap<_, f64> = BTreeMap::new();
        for (question, _) in &asked {
            *sizes.entry(key(question)).or_default() += 1.0;
        }
        let known: Vec<Known> = asked
            .iter()
            .map(|(question, (_, evidence, error_m))| {
                let size = sizes[&key(question)];
                Known { evidence, error_m: *error_m, weight: (size / FULL).min(1.0) / size }
            })
            .collect();
        fit::scale(&known, scales(&PRIOR, of).of(kind))
    }
}

const fn scales(parameters: &Parameters, of: Of) -> &Scales {
    match of {
        Of::Ground => &parameters.ground,
        Of::Height => &parameters.height,
    }
}

fn each(scale: impl Fn(Of, Kind) -> Scale) -> Parameters {
    let scales = |of| Scales {
        between: scale(of, Kind::Between),
        beyond: scale(of, Kind::Beyond),
        leg: scale(of, Kind::Leg),
    };
    Parameters { ground: scales(Of::Ground), height: scales(Of::Height) }
}
