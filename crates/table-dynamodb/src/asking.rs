//! What an answer of DynamoDB means, and how often and when to ask again.

use std::time::Duration;

use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use table::{Error, Result};

use crate::{Dynamo, versions::Versions};

/// How long to wait and how often to ask again, before the caller is told that the
/// table does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Attempts in all.
    pub attempts: u32,
    /// Attempts that nobody answered: each may have taken its whole time.
    pub lost: u32,
    /// Until a connection stands.
    pub connect: Duration,
    /// Until one attempt is answered.
    pub attempt: Duration,
    /// The longest wait before the second attempt. It doubles with each further
    /// one, and each wait is drawn between nothing and the longest.
    pub first_wait: Duration,
    /// No wait is longer.
    pub longest_wait: Duration,
}

impl Default for Patience {
    /// At most some sixteen seconds in all: an HTTP request lives for thirty.
    fn default() -> Self {
        Self {
            attempts: 9,
            lost: 3,
            connect: Duration::from_millis(1_500),
            attempt: Duration::from_secs(4),
            first_wait: Duration::from_millis(25),
            longest_wait: Duration::from_millis(1_000),
        }
    }
}

/// What became of a request that was not answered as hoped.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It did nothing, and may be sent again: throttled, or others were at it.
    Refused(String),
    /// Nobody knows whether it did something.
    Unknown(String),
    /// It did nothing, and never will.
    Final(Error),
}

/// An answer, or why there is none.
pub(crate) type Asked<T> = std::result::Result<T, Failure>;

/// Tells what an error means. Those that only some operations have come first, from
/// whoever asked.
pub(crate) fn failure<E>(error: &SdkError<E>) -> Failure
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let why = DisplayErrorContext(error).to_string();
    let SdkError::ServiceError(answer) = error else {
        return match error {
            SdkError::ConstructionFailure(_) => Failure::Final(Error::Invalid(why)),
            // Timed out, broken off, or answered in a way that cannot be read.
            _ => Failure::Unknown(why),
        };
    };
    match answer.err().code().unwrap_or_default() {
        "ProvisionedThroughputExceededException"
        | "ThrottlingException"
        | "Throttling"
        | "RequestLimitExceeded"
        | "LimitExceededException"
        | "TransactionConflictException"
        | "ReplicatedWriteConflictException" => Failure::Refused(why),
        "ValidationException"
        | "IdempotentParameterMismatchException"
        | "ItemCollectionSizeLimitExceededException" => Failure::Final(Error::Invalid(why)),
        _ if 500 <= answer.raw().status().as_u16() => Failure::Unknown(why),
        // Somebody's transaction of this very token is under way.
        "TransactionInProgressException" => Failure::Unknown(why),
        // No such table, no permission, wrong credentials: whoever runs this can
        // mend it, and until then the table is away.
        _ => Failure::Final(Error::Unavailable(why)),
    }
}

/// The attempts at one thing, with a wait before each but the first.
#[derive(Debug)]
pub(crate) struct Tries<'a> {
    patience: Patience,
    drawn: &'a Versions,
    made: u32,
    lost: u32,
    last: String,
}

impl Tries<'_> {
    /// Whether to try once more, now. Full jitter: those who were refused together do
    /// not come back together.
    pub(crate) async fn more(&mut self) -> bool {
        let Patience { attempts, lost, first_wait, longest_wait, .. } = self.patience;
        if self.made == attempts || self.lost == lost {
            return false;
        }
        if let Some(doublings) = self.made.checked_sub(1) {
            let longest = first_wait.saturating_mul(1 << doublings.min(16)).min(longest_wait);
            let wait = self.drawn.roll(longest.as_micros() as u64);
            tokio::time::sleep(Duration::from_micros(wait)).await;
        }
        self.made += 1;
        true
    }

    /// The last attempt did nothing.
    pub(crate) fn refused(&mut self, why: String) {
        self.last = why;
    }

    /// Nobody knows what the last attempt did.
    pub(crate) fn lost(&mut self, why: String) {
        (self.last, self.lost) = (why, self.lost + 1);
    }

    /// Whether any attempt may have done something.
    pub(crate) const fn any_lost(&self) -> bool {
        self.lost != 0
    }

    /// What the caller is told in the end.
    pub(crate) fn given_up(self) -> Error {
        let perhaps = if self.any_lost() { "not answered, and may have applied: " } else { "" };
        Error::Unavailable(format!("{perhaps}{}", self.last))
    }
}

impl Dynamo {
    pub(crate) fn tries(&self) -> Tries<'_> {
        let (patience, drawn) = (self.patience, &self.versions);
        Tries { patience, drawn, made: 0, lost: 0, last: String::new() }
    }

    /// Asks until there is an answer, for what changes nothing and may be asked twice.
    pub(crate) async fn insist<T, F>(&self, ask: impl Fn() -> F) -> Result<T>
    where
        F: Future<Output = Asked<T>>,
    {
        let mut tries = self.tries();
        while tries.more().await {
            match ask().await {
                Ok(answer) => return Ok(answer),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Refused(why)) => tries.refused(why),
                Err(Failure::Unknown(why)) => tries.lost(why),
            }
        }
        Err(tries.given_up())
    }
}
