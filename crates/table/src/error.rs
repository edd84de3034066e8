//! Why a call failed, told by what the caller can do next.

use std::{error, fmt};

use crate::{FeedId, Key};

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Says what the caller can do next, not what the engine did wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// A guard did not hold and nothing was applied: read again, decide again,
    /// write again.
    Conflict(Key),
    /// The engine did not answer. A write may have applied: read before retrying.
    Unavailable(String),
    /// The request breaks a limit of the port: a bug in the caller.
    Invalid(String),
    /// The reader fell behind the kept part of a feed: rebuild what it derives.
    Trimmed(FeedId),
    /// Stored bytes make no sense: stop and look.
    Corrupt(String),
}

impl error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict(key) => write!(f, "the entry {key} has changed meanwhile"),
            Self::Unavailable(why) => write!(f, "the table is unavailable: {why}"),
            Self::Invalid(why) => write!(f, "the request to the table is invalid: {why}"),
            Self::Trimmed(feed) => {
                write!(f, "changes that were not read yet are gone from feed {}", feed.0)
            }
            Self::Corrupt(why) => write!(f, "the stored data is corrupt: {why}"),
        }
    }
}
