//! Fits the numbers that turn evidence into a radius, by quantile regression:
//! of all scales the one that is narrowest while as many truths as wanted lie
//! within. Deterministic: a compass search, no randomness.

use domain::motion::{Evidence, LENGTHS, Scale};

/// The share of truths that shall lie within: in the middle of 93 to 98 %.
pub const COVERAGE: f64 = 0.955;

/// What a dial that is turned by a factor of e must gain at least: noise does not.
const STAY: f64 = 3e-3;

/// One known error, how much it counts, and the evidence for it.
pub struct Known<'a> {
    /// What was known before.
    pub evidence: &'a Evidence,
    /// How wrong the guess was.
    pub error_m: f64,
    /// How much it counts.
    pub weight: f64,
}

/// The best scale for these errors, looked for from `start` on.
pub fn scale(known: &[Known<'_>], start: &Scale, coverage: f64) -> Scale {
    if known.is_empty() {
        return *start;
    }
    let mut search = Search::new(known, start, coverage);
    let mut step = 1.0;
    while step > 0.02 {
        let mut improved = false;
        for dial in 0..DIALS {
            improved |= search.turn(dial, step) || search.turn(dial, -step);
        }
        if !improved {
            step *= 0.5;
        }
    }
    search.scale()
}

/// Every share, the prior, the factor, and what being alone and the gap's length do.
const DIALS: usize = LENGTHS + 5;
const PRIOR: usize = LENGTHS;
const FACTOR: usize = LENGTHS + 1;
const ALONE: usize = LENGTHS + 2;
const SHORT: usize = LENGTHS + 3;
const LONG: usize = LENGTHS + 4;

/// Evidence laid out flat, with the sums that most turns of a dial leave alone.
struct Search {
    /// The share of truths that shall lie within.
    coverage: f64,
    /// Where the dials stood.
    start: [f64; DIALS],
    /// Logarithms of all there is to turn: a scale has no sign and no unit.
    dials: [f64; DIALS],
    /// What each dial says.
    values: [f64; DIALS],
    idle: [bool; DIALS],
    loss: f64,
    questions: Vec<Question>,
    /// Of all questions' own lengths and, after each, those of its echoes.
    rows: Vec<Row>,
    weight: f64,
}

struct Question {
    first: usize,
    after: usize,
    floor_m: f64,
    span_log: f64,
    error_m: f64,
    weight: f64,
    heard: f64,
    /// What the scale makes of the last two.
    factor: f64,
}

struct Row {
    lengths_m: [f64; LENGTHS],
    error_m: f64,
    weight: f64,
    typical_m: f64,
}

impl Search {
    fn new(known: &[Known<'_>], start: &Scale, coverage: f64) -> Self {
        let (mut questions, mut rows) = (Vec::new(), Vec::new());
        let row = |lengths_m, error_m, weight| Row { lengths_m, error_m, weight, typical_m: 0.0 };
        for it in known {
            let first = rows.len();
            rows.push(row(it.evidence.lengths_m, it.error_m, 1.0));
            let echoes = it.evidence.echoes.iter();
            rows.extend(echoes.map(|echo| row(echo.lengths_m, echo.error_m, echo.weight)));
            questions.push(Question {
                first,
                after: rows.len(),
                floor_m: it.evidence.floor_m,
                span_log: it.evidence.span_log,
                error_m: it.error_m,
                weight: it.weight,
                heard: rows[first + 1..].iter().map(|it| it.weight).sum(),
                factor: 1.0,
            });
        }
        let mut values = [0.0; DIALS];
        values[..LENGTHS].copy_from_slice(&start.shares);
        values[LENGTHS..].copy_from_slice(&[
            start.prior,
            start.factor,
            start.alone,
            start.short,
            start.long,
        ]);
        let mut idle = [false; DIALS];
        for (dial, idle) in idle[..LENGTHS].iter_mut().enumerate() {
            *idle = rows.iter().all(|row| row.lengths_m[dial] == 0.0);
        }
        let dials = values.map(f64::ln);
        let weight = questions.iter().map(|it| it.weight).sum();
        let (start, loss) = (dials, f64::INFINITY);
        let mut search =
            Self { coverage, start, dials, values, idle, loss, questions, rows, weight };
        search.sum_up();
        search.loss = search.loss();
        search
    }

    /// Turns a dial, and back again when that is no better.
    fn turn(&mut self, dial: usize, by: f64) -> bool {
        if self.idle[dial] {
            return false;
        }
        let (angle, value) = (self.dials[dial], self.values[dial]);
        self.set(dial, angle + by, (angle + by).exp());
        let loss = self.loss();
        if loss < self.loss - 1e-7 {
            self.loss = loss;
            return true;
        }
        self.set(dial, angle, value);
        false
    }

    fn set(&mut self, dial: usize, angle: f64, value: f64) {
        let gain = value - self.values[dial];
        (self.dials[dial], self.values[dial]) = (angle, value);
        if dial > PRIOR {
            let scale = self.scale();
            for question in &mut self.questions {
                question.factor = scale.factor(question.span_log, question.heard);
            }
        } else if dial < PRIOR {
            for row in &mut self.rows {
                row.typical_m += gain * row.lengths_m[dial];
            }
        }
    }

    fn sum_up(&mut self) {
        let scale = self.scale();
        for question in &mut self.questions {
            question.factor = scale.factor(question.span_log, question.heard);
            for row in &mut self.rows[question.first..question.after] {
                let sum: f64 = row.lengths_m.iter().zip(&self.values).map(|(a, b)| a * b).sum();
                row.typical_m = sum + question.floor_m;
            }
        }
    }

    /// The pinball loss of logarithms, which asks for a quantile and, being of
    /// logarithms, cares as much for a ship at its berth as for a jet.
    fn loss(&self) -> f64 {
        let mut loss = 0.0;
        for question in &self.questions {
            let off = self.misfit(question);
            let cost = if off > 0.0 { self.coverage * off } else { (self.coverage - 1.0) * off };
            loss += question.weight * cost;
        }
        let strayed: f64 = self.dials.iter().zip(&self.start).map(|(a, b)| (a - b) * (a - b)).sum();
        loss / self.weight + STAY * strayed
    }

    /// The logarithm of how far an error is beyond the radius. Half the digits'
    /// step is added to both, so that a truth that was hit exactly has one.
    fn misfit(&self, question: &Question) -> f64 {
        let radius_m = self.radius_m(question);
        ((question.error_m + question.floor_m) / (radius_m + question.floor_m)).ln()
    }

    /// As [`Evidence::radius_95_m`], by the sums; what is always possible is no
    /// matter of learning and comes on top.
    fn radius_m(&self, question: &Question) -> f64 {
        let mut ratios = self.values[PRIOR];
        for echo in &self.rows[question.first + 1..question.after] {
            let ratio = echo.error_m / echo.typical_m;
            ratios += echo.weight * ratio * ratio;
        }
        let told = (ratios / (question.heard + self.values[PRIOR])).sqrt();
        question.factor * self.rows[question.first].typical_m * told
    }

    fn scale(&self) -> Scale {
        let mut shares = [0.0; LENGTHS];
        shares.copy_from_slice(&self.values[..LENGTHS]);
        let [prior, factor, alone, short, long] =
            [PRIOR, FACTOR, ALONE, SHORT, LONG].map(|it| self.values[it]);
        Scale { shares, prior, factor, alone, short, long }
    }
}

#[test]
fn the_sums_say_what_the_product_says() {
    use domain::motion::{Echo, PRIOR};

    let lengths_m = |by: f64| std::array::from_fn(|it| by * (it as f64 + 1.0));
    let echo = |by, weight| Echo { lengths_m: lengths_m(by), error_m: 7.0 * by, weight };
    let evidence = Evidence {
        floor_m: 0.5,
        possible_m: 0.0,
        lengths_m: lengths_m(20.0),
        echoes: vec![echo(3.0, 1.0), echo(40.0, 0.75)],
        span_log: -0.4,
    };
    let known = [Known { evidence: &evidence, error_m: 10.0, weight: 1.0 }];
    let scale = PRIOR.ground.between;
    let search = Search::new(&known, &scale, COVERAGE);
    let (by_sums_m, radius_m) =
        (search.radius_m(&search.questions[0]), evidence.radius_95_m(&scale));
    assert!((by_sums_m / radius_m - 1.0).abs() < 1e-9, "{by_sums_m} {radius_m}");
}

#[test]
fn a_known_quantile_is_found() {
    // Errors spread evenly up to 100 times a length: the radius is 95.5 times it.
    let evidence = Evidence {
        lengths_m: std::array::from_fn(|it| f64::from(u8::from(it == 0))),
        ..Evidence::default()
    };
    let errors = (1..=1_000).map(|it| f64::from(it) / 10.0);
    let known: Vec<Known> =
        errors.map(|error_m| Known { evidence: &evidence, error_m, weight: 1.0 }).collect();
    let start = domain::motion::PRIOR.ground.leg;
    let radius_m = evidence.radius_95_m(&scale(&known, &start, COVERAGE));
    assert!((90.0..=96.0).contains(&radius_m), "{radius_m}");
}
