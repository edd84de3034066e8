//! What can go wrong in a use case, by what the caller can do next.

use std::fmt;

use domain::{
    admit::Refusal,
    id::{EventId, Subject},
};

/// A result of a use case.
pub type Result<T> = std::result::Result<T, Error>;

/// One thing wrong with what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Where: a JSON pointer (RFC 6901) into what was sent.
    pub pointer: String,
    /// What kind of mistake, for programs: `unknown_place`.
    pub code: &'static str,
    /// What is wrong and what is allowed, for people.
    pub detail: String,
}

/// Why a use case did not happen. Nothing half-done is left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// There is no such thing.
    NotFound(String),
    /// What is known of the subject forbids it.
    Refused(Refusal),
    /// The same event id was recorded with other content. The refused one is
    /// kept in quarantine.
    Differs {
        /// The event that stands.
        event: EventId,
        /// What it is about.
        subject: Subject,
    },
    /// Something sent is wrong; every mistake at once.
    Invalid(Vec<FieldError>),
    /// It was changed by somebody else meanwhile: read again.
    Changed(String),
    /// The storage did not answer: try again later. Recording the same again is safe.
    Unavailable(String),
    /// The company's issuer did not answer: try again later.
    IssuerUnavailable(String),
    /// Stored bytes make no sense: an operator must look.
    Corrupt(String),
}

impl Error {
    /// One mistake at one place.
    pub fn invalid(pointer: &str, code: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError { pointer: pointer.to_owned(), code, detail: detail.into() }])
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(what) => write!(f, "{what} is not known here"),
            Self::Refused(why) => why.fmt(f),
            Self::Differs { event, subject } => {
                write!(f, "{event} of {subject} was recorded before with other content")
            }
            Self::Invalid(fields) => {
                let each: Vec<String> =
                    fields.iter().map(|it| format!("{}: {}", it.pointer, it.detail)).collect();
                f.write_str(&each.join("; "))
            }
            Self::Changed(what) => write!(f, "{what} was changed meanwhile: read it again"),
            Self::Unavailable(why) => write!(f, "the storage does not answer: {why}"),
            Self::IssuerUnavailable(why) => write!(f, "the issuer does not answer: {why}"),
            Self::Corrupt(why) => write!(f, "stored data makes no sense: {why}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<table::Error> for Error {
    fn from(error: table::Error) -> Self {
        match error {
            table::Error::Conflict(key) => Self::Changed(key.to_string()),
            table::Error::Unavailable(why) => Self::Unavailable(why),
            // The service built the request: breaking a limit is its own mistake,
            // and a caller can only report it.
            table::Error::Invalid(why) | table::Error::Corrupt(why) => Self::Corrupt(why),
            table::Error::Trimmed(feed) => {
                Self::Unavailable(format!("feed {} must be rebuilt", feed.0))
            }
        }
    }
}

impl From<minicbor::decode::Error> for Error {
    fn from(error: minicbor::decode::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}
