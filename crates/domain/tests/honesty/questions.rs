//! Questions whose answer is known: some fixes of a track are told, and where it
//! was at the others is asked.

use domain::{
    geodesy,
    mode::Mode,
    motion::{AROUND, Evidence, Fix, Guess, Habits, Kind, Leg, guess},
    position::{Datum, Height},
    route::{Medium, route},
};

use crate::tracks::Track;

/// Which fixes of a track are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    /// Every k-th.
    Every(usize),
    /// Where and when it departed and arrived, for journeys of some length.
    Ends,
}

/// All that is asked of every track.
pub const TOLD: [Told; 4] = [Told::Every(2), Told::Every(10), Told::Every(60), Told::Ends];

/// Which of a track's speeds and courses are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Speeds {
    /// Those it has: this is what is judged.
    AsTold,
    /// None where it has some, and where it has none those that all its fixes
    /// together imply: this teaches how much speeds are worth.
    Otherwise,
}

/// One question, the guess at it, and how wrong that was.
#[derive(Clone, Debug)]
pub struct Question {
    /// Which track it is of, by its place in the list.
    pub track: usize,
    /// What was told.
    pub told: Told,
    /// Before doubt is weighed.
    pub guess: Guess,
    /// Metres from the guess to the truth.
    pub error_m: f64,
    /// Metres from the guessed height to the true one, in the same datum.
    pub height_error_m: Option<f64>,
}

impl Question {
    /// What bears on the error of the position, or of the height, and that error.
    pub fn evidence(&self, of: Of) -> Option<(Kind, &Evidence, f64)> {
        match of {
            Of::Ground => Some((self.guess.kind, &self.guess.evidence, self.error_m)),
            Of::Height => {
                let level = self.guess.level.as_ref()?;
                Some((level.kind, &level.evidence, self.height_error_m?))
            }
        }
    }
}

/// What is guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Of {
    /// The position.
    Ground,
    /// The height.
    Height,
}

/// The questions about one track: at most about `most` of them, evenly spread.
pub fn of(
    track: &Track,
    index: usize,
    habits: &Habits,
    (told, speeds): (Told, Speeds),
    most: usize,
) -> Vec<Question> {
    let fixes = spoken(&track.fixes, speeds);
    let question = |truth: &Fix, guess: Guess| Question {
        track: index,
        told,
        error_m: geodesy::distance_m(guess.at, truth.position.at),
        height_error_m: height_error_m(truth, &guess),
        guess,
    };
    match told {
        Told::Every(k) => {
            let given: Vec<Fix> = fixes.iter().copied().step_by(k).collect();
            let asked: Vec<usize> = (0..fixes.len()).filter(|it| it % k != 0).collect();
            thinned(&asked, most)
                .map(|asked| {
                    let truth = &fixes[*asked];
                    let next = asked / k + 1;
                    let before = &given[next.saturating_sub(AROUND)..next];
                    let after = &given[next..(next + AROUND).min(given.len())];
                    let guess = guess(habits, before, after, truth.at);
                    question(truth, guess.expect("the first fix is always told"))
                })
                .collect()
        }
        Told::Ends if speeds == Speeds::AsTold => {
            let asked: Vec<(&[Fix], &Fix)> = journeys(&fixes)
                .flat_map(|it| it[1..it.len() - 1].iter().map(move |truth| (it, truth)))
                .collect();
            thinned(&asked, most)
                .map(|(journey, truth)| question(truth, on_leg(track.mode, habits, journey, truth)))
                .collect()
        }
        Told::Ends => Vec::new(),
    }
}

/// A silence longer than this divides one journey from the next.
const REST_MS: i64 = 6 * 3_600_000;
/// A journey's ends are at least this far apart. Only aircraft go so far here.
const JOURNEY_MIN_M: f64 = 50_000.0;

/// A track's journeys that lead somewhere.
pub fn journeys(fixes: &[Fix]) -> impl Iterator<Item = &[Fix]> {
    fixes.chunk_by(|a, b| b.at.since(a.at) < REST_MS).filter(|it| {
        let (first, last) = (it[0].position.at, it[it.len() - 1].position.at);
        it.len() > 2 && geodesy::distance_m(first, last) >= JOURNEY_MIN_M
    })
}

fn on_leg(mode: Option<Mode>, habits: &Habits, journey: &[Fix], truth: &Fix) -> Guess {
    let (first, last) = (&journey[0], &journey[journey.len() - 1]);
    let medium = match mode {
        Some(Mode::Air) => Medium::Air,
        Some(Mode::Sea) => Medium::Water,
        _ => Medium::Land,
    };
    let way = route(first.position.at, last.position.at, medium);
    let seconds = |from: &Fix, to: &Fix| to.at.since(from.at) as f64 / 1000.0;
    let height_m = |fix: &Fix| fix.position.height.map(Height::raw_m);
    let leg = Leg {
        length_m: way.length_m(),
        whole_s: seconds(first, last),
        gone_s: seconds(first, truth),
        ends_m: [height_m(first), height_m(last)],
        datum: truth.position.height.map_or(Datum::MeanSeaLevel, Height::datum),
        stated_m: 0.0,
        vertical_m: 0.0,
    };
    leg.guess(habits, way.at_fraction(leg.fraction(habits)))
}

fn height_error_m(truth: &Fix, guess: &Guess) -> Option<f64> {
    let (height, level) = truth.position.height.zip(guess.level.as_ref())?;
    assert_eq!(height.datum(), level.datum, "heights are judged in their own datum");
    Some((height.raw_m() - level.raw_m).abs())
}

fn thinned<T>(all: &[T], most: usize) -> impl Iterator<Item = &T> {
    all.iter().step_by(all.len().div_ceil(most.max(1)).max(1))
}

fn spoken(fixes: &[Fix], speeds: Speeds) -> Vec<Fix> {
    let mut spoken = fixes.to_vec();
    if speeds == Speeds::AsTold {
        return spoken;
    }
    let told = fixes.iter().any(|it| it.speed_mm_s.is_some());
    for (index, fix) in spoken.iter_mut().enumerate() {
        (fix.speed_mm_s, fix.course_cdeg) = (None, None);
        let around = [index.saturating_sub(1), (index + 1).min(fixes.len() - 1)];
        let [a, b] = around.map(|it| &fixes[it]);
        let span_s = b.at.since(a.at) as f64 / 1000.0;
        if !told && span_s > 0.0 && span_s < 300.0 {
            let (way_m, azimuth_deg) = geodesy::inverse(a.position.at, b.position.at);
            fix.speed_mm_s = Some((way_m / span_s * 1000.0) as u32);
            fix.course_cdeg = Some((azimuth_deg.rem_euclid(360.0) * 100.0) as u16 % 36_000);
        }
    }
    spoken
}
