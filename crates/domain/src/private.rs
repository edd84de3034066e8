//! Personal text: kept erasably beside a salted digest that outlives it.

use std::fmt;

use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

#[cfg(test)]
mod tests;

/// Text about a person. What is logged for ever is only [`Private::digest`];
/// erasing keeps the digest, so every proof stays valid.
#[derive(Clone, PartialEq, Eq, Hash, Encode, Decode)]
pub enum Private {
    /// The text and the salt that keeps its digest from being guessed.
    #[n(0)]
    Kept {
        /// Random, assigned when the event is recorded; zero before that.
        #[cbor(n(0), with = "minicbor::bytes")]
        salt: [u8; 16],
        /// What was said.
        #[n(1)]
        text: String,
    },
    /// What is left after erasing.
    #[n(1)]
    Erased {
        /// The digest the text had.
        #[cbor(n(0), with = "minicbor::bytes")]
        digest: [u8; 32],
    },
    /// What the log tells of a text that nobody erased: after a store was made again
    /// from its log, and no backup had the text.
    #[n(2)]
    NotInLog {
        /// The digest the text had.
        #[cbor(n(0), with = "minicbor::bytes")]
        digest: [u8; 32],
    },
}

/// What is shown in place of a text that is not there although nobody erased it.
pub const NOT_IN_LOG: &str = "not in log";

/// Only its presence is shown: personal text must not reach a log by accident.
impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kept { .. } => "Private(kept)",
            Self::Erased { .. } => "Private(erased)",
            Self::NotInLog { .. } => "Private(not in log)",
        })
    }
}

impl Private {
    /// Takes text that has no salt yet.
    pub fn new(text: impl Into<String>) -> Self {
        Self::Kept { salt: [0; 16], text: text.into() }
    }

    /// The text, unless it was erased or is not in the log.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Kept { text, .. } => Some(text),
            Self::Erased { .. } | Self::NotInLog { .. } => None,
        }
    }

    /// What people are shown: nothing of what was erased.
    pub fn shown(&self) -> Option<&str> {
        match self {
            Self::NotInLog { .. } => Some(NOT_IN_LOG),
            other => other.text(),
        }
    }

    /// Whether it was erased.
    pub const fn is_erased(&self) -> bool {
        matches!(self, Self::Erased { .. })
    }

    /// SHA-256 of salt and text.
    pub fn digest(&self) -> [u8; 32] {
        match self {
            Self::Kept { salt, text } => {
                Sha256::new().chain_update(salt).chain_update(text).finalize().into()
            }
            Self::Erased { digest } | Self::NotInLog { digest } => *digest,
        }
    }

    /// Whether only the log is left of it.
    pub const fn is_lost(&self) -> bool {
        matches!(self, Self::NotInLog { .. })
    }

    /// Gives kept text another salt.
    pub fn set_salt(&mut self, new: [u8; 16]) {
        if let Self::Kept { salt, .. } = self {
            *salt = new;
        }
    }

    /// Forgets the text and keeps the digest.
    pub fn erase(&mut self) {
        *self = Self::Erased { digest: self.digest() };
    }

    /// Says of a text of which only the log is left that nobody erased it.
    pub fn lose(&mut self) {
        *self = Self::NotInLog { digest: self.digest() };
    }
}
