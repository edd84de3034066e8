//! Names of blobs, safe as paths in a folder and as keys in an object store.

use std::{fmt, str::FromStr};

/// Longest name, in bytes. Object stores allow 1,024, which leaves room for a prefix.
const NAME_LEN_MAX: usize = 512;
/// Longest part of a name, in bytes: file systems allow 255, which leaves room
/// for the suffix of a file that is being written.
const PART_LEN_MAX: usize = 200;

/// A name such as `photos/pkg_01J/front.jpg`: parts of ASCII letters, digits and
/// `-_.=+@,~`, between slashes. No part is empty, or begins with a dot, so a name
/// never leads out of its folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobName(String);

/// A text that is no name of a blob, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidName {
    /// The text.
    pub name: String,
    /// What is wrong with it.
    pub why: &'static str,
}

impl BlobName {
    /// Takes a name.
    pub fn new(name: impl Into<String>) -> Result<Self, InvalidName> {
        let name = name.into();
        match fault(&name) {
            None => Ok(Self(name)),
            Some(why) => Err(InvalidName { name, why }),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the blob lies in this folder, however deep.
    pub fn is_in(&self, folder: &Self) -> bool {
        self.0.strip_prefix(&folder.0).is_some_and(|it| it.starts_with('/'))
    }
}

fn fault(name: &str) -> Option<&'static str> {
    if NAME_LEN_MAX < name.len() {
        return Some("it is longer than 512 bytes");
    }
    name.split('/').find_map(|part| {
        if part.is_empty() {
            Some("a part between slashes is empty")
        } else if part.starts_with('.') {
            Some("a part begins with a dot")
        } else if PART_LEN_MAX < part.len() {
            Some("a part is longer than 200 bytes")
        } else if !part.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_.=+@,~".contains(&it)) {
            Some("it has other characters than ASCII letters, digits and -_.=+@,~/")
        } else {
            None
        }
    })
}

impl FromStr for BlobName {
    type Err = InvalidName;

    fn from_str(name: &str) -> Result<Self, InvalidName> {
        Self::new(name)
    }
}

impl fmt::Display for BlobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidName {}

impl fmt::Display for InvalidName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} cannot name a blob: {}", self.name, self.why)
    }
}

#[cfg(test)]
mod tests;
