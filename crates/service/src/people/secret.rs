//! Secrets that prove who somebody is: unguessable, shown once, and kept only
//! as a hash, so that whoever reads the table can use none.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    id::{InvalidId, UserId},
    leaf::hex,
};
use sha2::{Digest, Sha256};

use crate::outside::{Entropy, random};

/// What every API token starts with, so that scanners find one that leaked.
pub const TOKEN_PREFIX: &str = "wab_";
/// Bytes of a token that prove it was copied whole. Scanners can check them
/// without asking us.
const CHECKSUM_LEN: usize = 3;
/// Bytes of an account's id.
const USER_LEN: usize = 16;
/// Unguessable bytes in each secret: 256 bits.
const RANDOM_LEN: usize = 32;

/// A secret's text. Printing it with `{:?}` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself, to hand to whom it belongs.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What a secret is for. One for one purpose is worth nothing for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Session,
    Token,
    Link,
    Setup,
}

impl Purpose {
    /// Hashed with the secret; never change one.
    const fn tag(self) -> &'static [u8] {
        match self {
            Self::Session => b"session",
            Self::Token => b"token",
            Self::Link => b"link",
            Self::Setup => b"setup",
        }
    }
}

/// What is kept of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Proof {
    /// Whose it is: it says so itself, so that its row lies beside its owner's.
    pub user: UserId,
    /// The hash of all of it.
    pub digest: [u8; 32],
}

impl Proof {
    /// What names it openly: part of the hash.
    pub(super) fn handle(&self) -> [u8; 16] {
        self.digest[..16].try_into().expect("16 of 32 bytes")
    }

    /// Whether this is the hash that was kept. Takes as long for any two.
    pub(super) fn is(&self, kept: &[u8; 32]) -> bool {
        std::iter::zip(self.digest, kept).fold(0, |all, (a, b)| all | (a ^ b)) == 0
    }
}

/// Makes a new secret of an account.
pub(super) fn make(purpose: Purpose, user: UserId, entropy: &dyn Entropy) -> (Secret, Proof) {
    let body = [&user.as_bytes()[..], &random::<RANDOM_LEN>(entropy)].concat();
    let text = if purpose == Purpose::Token {
        let checked = [&body[..], &checksum(&body)].concat();
        format!("{TOKEN_PREFIX}{}", URL_SAFE_NO_PAD.encode(checked))
    } else {
        URL_SAFE_NO_PAD.encode(&body)
    };
    (Secret(text), proof(purpose, user, &body))
}

/// Reads a secret's text; `None` when it cannot be one of this purpose.
pub(super) fn read(purpose: Purpose, text: &str) -> Option<Proof> {
    // Longer text is not even decoded.
    let text = Some(text).filter(|it| it.len() <= 100)?;
    let body = if purpose == Purpose::Token {
        let checked = URL_SAFE_NO_PAD.decode(text.strip_prefix(TOKEN_PREFIX)?).ok()?;
        let (body, sum) = checked.split_at_checked(USER_LEN + RANDOM_LEN)?;
        Some(body.to_vec()).filter(|body| checksum(body) == sum)?
    } else {
        URL_SAFE_NO_PAD.decode(text).ok()?
    };
    let (user, _) = Some(&body).filter(|it| it.len() == USER_LEN + RANDOM_LEN)?.split_at(USER_LEN);
    let user = UserId::from_bytes(user.try_into().expect("cut at 16"));
    Some(proof(purpose, user, &body))
}

fn proof(purpose: Purpose, user: UserId, body: &[u8]) -> Proof {
    let digest = Sha256::new().chain_update(purpose.tag()).chain_update(body).finalize().into();
    Proof { user, digest }
}

fn checksum(body: &[u8]) -> [u8; CHECKSUM_LEN] {
    let digest = Sha256::new().chain_update(TOKEN_PREFIX).chain_update(body).finalize();
    digest[..CHECKSUM_LEN].try_into().expect("3 of 32 bytes")
}

macro_rules! handles {
    ($($(#[$doc:meta])* $name:ident $prefix:literal,)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Wraps 128 bits.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The 128 bits.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), hex(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let invalid = InvalidId { prefix: $prefix };
                let digits = text.strip_prefix(concat!($prefix, "_"));
                let number = digits
                    .filter(|it| it.len() == 32 && it.bytes().all(|it| it.is_ascii_hexdigit()))
                    .and_then(|it| u128::from_str_radix(it, 16).ok());
                number.map(|it| Self(it.to_be_bytes())).ok_or(invalid)
            }
        }
    )+};
}

handles! {
    /// Names a session openly: to list and end it, not to use it.
    SessionId "ses",
    /// Names an API token openly: to list and revoke it, not to use it.
    TokenId "tok",
}

#[cfg(test)]
mod tests;
