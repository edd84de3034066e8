//! How many cases a random test runs, and from which seed: the one place that
//! asks the environment, so that every random test can be run again as it was.

use std::{env, hash::BuildHasher};

use proptest::test_runner::{Config, RngSeed};

/// The cases that a property runs in every test run.
pub const DAILY: u32 = 2_000;
/// The seed of every test run but a soak.
const DAILY_SEED: u64 = 2026;
/// The cases that it runs when `WHEREABOUTS_SOAK` is set.
pub const SOAK: u32 = 100_000;

/// How a property runs whose cases are cheap.
#[must_use]
pub fn usual() -> Config {
    of(DAILY, SOAK)
}

/// How a property runs: `daily` cases, or `soak` when the long figures are asked for.
#[must_use]
pub fn of(daily: u32, soak: u32) -> Config {
    Config {
        cases: if is_soak() { soak } else { daily },
        rng_seed: RngSeed::Fixed(seed()),
        // The printed seed leads back to a failure; files beside the sources would not be read.
        failure_persistence: None,
        ..Config::default()
    }
}

/// Whether `WHEREABOUTS_SOAK` asks for the long figures.
#[must_use]
pub fn is_soak() -> bool {
    env::var_os("WHEREABOUTS_SOAK").is_some_and(|it| it != "0" && !it.is_empty())
}

/// `WHEREABOUTS_SEED`; else the same one every day, so that a test that fails fails
/// for what was changed, and in a soak a number that nobody chose. It is told on
/// standard error, which a test shows when it fails.
#[must_use]
pub fn seed() -> u64 {
    let given = env::var_os("WHEREABOUTS_SEED").map(|it| {
        let number = it.to_str().and_then(|it| it.parse().ok());
        number.expect("WHEREABOUTS_SEED is a whole number")
    });
    // Each one has keys of its own: the only randomness that needs no crate.
    let unforeseen = || std::hash::RandomState::new().hash_one(0);
    let seed = given.unwrap_or_else(|| if is_soak() { unforeseen() } else { DAILY_SEED });
    eprintln!("to run this again as it was: WHEREABOUTS_SEED={seed}");
    seed
}
