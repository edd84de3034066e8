//! What a main takes from the machine it runs on: the clock and its source of randomness.

use std::time::{SystemTime, UNIX_EPOCH};

use domain::time::Timestamp;
use service::outside::{Clock, Entropy};

/// The system's clock.
#[derive(Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::MIN.plus(since.as_millis() as i64)
    }
}

/// The system's source of unpredictable bytes.
#[derive(Debug)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        // Without it there are no safe sessions: going on would be worse than stopping.
        getrandom::fill(bytes).expect("the system has a source of randomness");
    }
}
