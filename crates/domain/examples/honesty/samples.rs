//! Questions whose answer is known: every k-th fix of a track is told, and where
//! it was in between is asked.

use domain::{
    geodesy,
    mode::Mode,
    motion::{AROUND, Evidence, Fix, Guess, Habits, guess},
};

use crate::tracks::Track;

/// One question, the guess at it, and how wrong that was.
#[derive(Clone, Debug)]
pub struct Sample {
    /// How the thing moves.
    pub mode: Option<Mode>,
    /// Which track it is of, by its place in the list.
    pub track: usize,
    /// Every how manieth fix was told.
    pub k: usize,
    /// Before doubt is weighed.
    pub guess: Guess,
    /// Metres from the guess to the truth.
    pub error_m: f64,
    /// Metres from the guessed height to the true one, in the same datum.
    pub height_error_m: Option<f64>,
}

impl Sample {
    /// What bears on the height's error, and that error.
    pub fn height(&self) -> Option<(&Evidence, bool, f64)> {
        let level = self.guess.level.as_ref()?;
        Some((&level.evidence, level.bounded, self.height_error_m?))
    }
}

/// Which of a track's speeds and courses are told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Speeds {
    /// Those it has.
    AsTold,
    /// None.
    Withheld,
    /// Where it has none, those that all its fixes together imply.
    Implied,
}

/// The samples of one track: at most about `most` of them, evenly spread.
pub fn of(
    track: &Track,
    habits: &Habits,
    index: usize,
    k: usize,
    speeds: Speeds,
    most: usize,
) -> Vec<Sample> {
    let fixes = spoken(&track.fixes, speeds);
    let told: Vec<Fix> = fixes.iter().copied().step_by(k).collect();
    let held_back = fixes.len() - told.len();
    let stride = held_back.div_ceil(most.max(1)).max(1);
    let asked = (0..fixes.len()).filter(|it| it % k != 0).step_by(stride);
    asked.map(|asked| sample(track, habits, index, k, &told, asked)).collect()
}

fn sample(
    track: &Track,
    habits: &Habits,
    index: usize,
    k: usize,
    told: &[Fix],
    asked: usize,
) -> Sample {
    let truth = &track.fixes[asked];
    let next = asked / k + 1;
    let before = &told[next.saturating_sub(AROUND)..next];
    let after = &told[next..(next + AROUND).min(told.len())];
    let guess = guess(habits, before, after, truth.at).expect("the first fix is always told");
    let height_error_m = truth.position.height.zip(guess.level.as_ref()).map(|(height, level)| {
        assert_eq!(height.datum(), level.datum, "heights are judged in their own datum");
        (height.raw_m() - level.raw_m).abs()
    });
    let error_m = geodesy::distance_m(guess.at, truth.position.at);
    Sample { mode: track.mode, track: index, k, guess, error_m, height_error_m }
}

fn spoken(fixes: &[Fix], speeds: Speeds) -> Vec<Fix> {
    let mut spoken = fixes.to_vec();
    match speeds {
        Speeds::AsTold => {}
        Speeds::Withheld => {
            for fix in &mut spoken {
                (fix.speed_mm_s, fix.course_cdeg) = (None, None);
            }
        }
        Speeds::Implied => {
            for (index, fix) in spoken.iter_mut().enumerate() {
                let (a, b) =
                    (&fixes[index.saturating_sub(1)], &fixes[(index + 1).min(fixes.len() - 1)]);
                let span_s = b.at.since(a.at) as f64 / 1000.0;
                if fix.speed_mm_s.is_none() && (0.0..300.0).contains(&span_s) && span_s > 0.0 {
                    let (way_m, azimuth_deg) = geodesy::inverse(a.position.at, b.position.at);
                    fix.speed_mm_s = Some((way_m / span_s * 1000.0) as u32);
                    fix.course_cdeg = Some((azimuth_deg.rem_euclid(360.0) * 100.0) as u16 % 36_000);
                }
            }
        }
    }
    spoken
}
