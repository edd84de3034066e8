//! Why a call failed, told by what the caller can do next.

use std::{error, fmt};

use crate::BlobName;

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Says what the caller can do next, not what the store did wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// Other bytes are stored under the name: choose another, or read them.
    Exists(BlobName),
    /// Nothing is stored under the name.
    Missing(BlobName),
    /// The store did not answer, or refused. A change may have applied: repeat it.
    Unavailable(String),
    /// The request makes no sense: a bug in the caller.
    Invalid(String),
}

impl error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists(name) => write!(f, "the blob {name} exists already"),
            Self::Missing(name) => write!(f, "there is no blob {name}"),
            Self::Unavailable(why) => write!(f, "the blobs are unavailable: {why}"),
            Self::Invalid(why) => write!(f, "the request for a blob is invalid: {why}"),
        }
    }
}
