//! What ends a command: one line on standard error and a status.

use std::fmt;

/// Why a command did not succeed.
#[derive(Debug)]
pub struct Failure(String);

/// A failure in the words of whatever failed.
pub fn failed(why: impl fmt::Display) -> Failure {
    Failure(why.to_string())
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}
