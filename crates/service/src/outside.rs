//! What a main provides from the outside world: the clock and randomness.

use std::fmt;

use domain::time::Timestamp;

/// Our clock. Only a main reads the real one.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// Unpredictable bytes: salts, session ids, tokens. Only a main has a source.
pub trait Entropy: fmt::Debug + Send + Sync + 'static {
    /// Fills the whole slice with bytes nobody can guess.
    fn fill(&self, bytes: &mut [u8]);
}

/// A number of unpredictable bytes.
pub fn random<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}
