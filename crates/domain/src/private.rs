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
}

/// Only its presence is shown: personal text must not reach a log by accident.
impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kept { .. } => "Private(kept)",
            Self::Erased { .. } => "Private(erased)",
        })
    }
}

impl Private {
    /// Takes text that has no salt yet.
    pub fn new(text: impl Into<String>) -> Self {
        Self::Kept { salt: [0; 16], text: text.into() }
    }

    /// The text, unless it was erased.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Kept { text, .. } => Some(text),
            Self::Erased { .. } => None,
        }
    }

    /// SHA-256 of salt and text.
    pub fn digest(&self) -> [u8; 32] {
        match self {
            Self::Kept { salt, text } => {
                Sha256::new().chain_update(salt).chain_update(text).finalize().into()
            }
            Self::Erased { digest } => *digest,
        }
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
}
