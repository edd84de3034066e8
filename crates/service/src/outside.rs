//! What a main provides from the outside world: the clock and randomness, and where
//! there are any, a queue of fixes and whoever tells others what is recorded.

use std::fmt;

use domain::time::Timestamp;
use table::BoxFuture;

use crate::{error::Result, outgoing::Outgoing};

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

/// A queue in which accepted fixes wait for whoever takes them in. What was sent is
/// handed to [`crate::Service::take_in_queued`] at least once, in no order.
pub trait FixQueue: fmt::Debug + Send + Sync + 'static {
    /// Keeps these messages for good, each of at most
    /// [`crate::fixes::MESSAGE_LEN_MAX`] bytes. After an error any of them may be kept:
    /// whoever sent them sends all again.
    fn send(&self, messages: Vec<Vec<u8>>) -> BoxFuture<'_, Result<()>>;
}

/// Passes on what others are told: to a bus, to operators, to those who watch.
pub trait Publisher: fmt::Debug + Send + Sync + 'static {
    /// Passes on each of these and says of each, in their order, whether that is done:
    /// what is not will come again, but for frames. Receivers know what comes twice by
    /// its [`Outgoing::id`].
    fn publish(&self, all: Vec<Outgoing>) -> BoxFuture<'_, Vec<bool>>;
}

/// A number of unpredictable bytes.
pub fn random<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}
