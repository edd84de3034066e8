//! How far off a guess may be: lengths that physics names, weighed by fitted
//! numbers, and corrected by how wrong the same guess would have been about
//! fixes nearby whose answer is known.

/// How many lengths describe the doubt in a guess.
pub const LENGTHS: usize = 8;

/// What bears on how wrong a guess may be, before anything is weighed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// What the coordinates' own digits hide, in metres: always there.
    pub floor_m: f64,
    /// How far it may be by what is always possible, in metres, whatever was seen.
    pub possible_m: f64,
    /// Lengths in metres; what each is depends on the kind of guess.
    pub lengths_m: [f64; LENGTHS],
    /// The same guess about fixes nearby, each made without that fix.
    pub echoes: Vec<Echo>,
    /// How long the gap is, in powers of ten of the time in which a thing of its
    /// kind forgets its course: -1 is a tenth of it, 1 ten times as long.
    pub span_log: f64,
}

/// A guess about a fix made from its neighbours, and how wrong it was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Echo {
    /// As in [`Evidence`].
    pub lengths_m: [f64; LENGTHS],
    /// How far the guess was from the fix, in metres.
    pub error_m: f64,
    /// How much it counts: 1 beside the instant asked for, less further away.
    pub weight: f64,
}

/// Numbers that turn evidence into a 95 % radius.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// How much of each length is doubt.
    pub shares: [f64; LENGTHS],
    /// How many echoes our prior belief is worth.
    pub prior: f64,
    /// From typical doubt to the 95 % radius.
    pub factor: f64,
    /// How much wider it is where no echo tells, and by half that with one beside.
    pub alone: f64,
    /// By how much it is wider in gaps ten times shorter than a course is kept.
    pub short: f64,
    /// And in gaps ten times longer.
    pub long: f64,
}

impl Evidence {
    /// The radius that holds the truth with 95 % probability, in metres: finite
    /// and more than nothing.
    pub fn radius_95_m(&self, scale: &Scale) -> f64 {
        let typical_m = scale.typical_m(self.floor_m, &self.lengths_m);
        let (mut ratios, mut heard) = (scale.prior, 0.0);
        for echo in &self.echoes {
            let ratio = echo.error_m / scale.typical_m(self.floor_m, &echo.lengths_m);
            ratios += echo.weight * ratio * ratio;
            heard += echo.weight;
        }
        let told = libm::sqrt(ratios / (scale.prior + heard));
        libm::hypot(scale.factor(self.span_log, heard) * typical_m * told, self.possible_m)
    }
}

impl Scale {
    fn typical_m(&self, floor_m: f64, lengths_m: &[f64; LENGTHS]) -> f64 {
        self.shares.iter().zip(lengths_m).map(|(share, length)| share * length).sum::<f64>()
            + floor_m
    }

    /// What makes typical doubt a 95 % radius: for gaps of a length, and for how
    /// much the echoes count together.
    pub fn factor(&self, span_log: f64, heard: f64) -> f64 {
        let alone = 1.0 + self.alone / (1.0 + heard);
        let short = libm::pow(self.short, (-span_log).clamp(0.0, 1.0));
        let long = libm::pow(self.long, span_log.clamp(0.0, 1.0));
        self.factor * alone * short * long
    }
}
