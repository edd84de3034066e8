//! What a function is told by its environment: names of things, and no secrets.

use std::fmt;

/// The environment of a function.
#[derive(Clone, Debug)]
pub struct Environment(fn(&str) -> Option<String>);

/// A name that a function needs and is not told.
#[derive(Debug, PartialEq, Eq)]
pub struct Missing(pub &'static str);

impl Environment {
    /// The environment of this process.
    #[must_use]
    pub fn of_process() -> Self {
        #[expect(clippy::disallowed_methods, reason = "a main may read the environment")]
        Self(|name| std::env::var(name).ok())
    }

    /// What is said under this name, if anything.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|it| !it.is_empty())
    }

    /// What must be said under this name.
    pub fn need(&self, name: &'static str) -> Result<String, Missing> {
        self.get(name).ok_or(Missing(name))
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the environment says no {}", self.0)
    }
}

impl std::error::Error for Missing {}
