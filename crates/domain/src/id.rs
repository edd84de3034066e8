//! Names of things: a prefix that says what, and 128 bits in Crockford's base 32.

use std::{fmt, str::FromStr};

use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use crate::words::words;

#[cfg(test)]
mod tests;

/// Text that is no id of the wanted kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidId {
    /// The prefix that was wanted, as in "pkg".
    pub prefix: &'static str,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not an id: {}_ and 26 letters and digits are expected", self.prefix)
    }
}

impl std::error::Error for InvalidId {}

/// Digits of Crockford's base 32, the alphabet of ULIDs.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn write_base32(bytes: [u8; 16], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let number = u128::from_be_bytes(bytes);
    let mut text = [0u8; 26];
    for (place, digit) in text.iter_mut().enumerate() {
        *digit = DIGITS[(number >> (125 - 5 * place)) as usize & 31];
    }
    f.write_str(std::str::from_utf8(&text).expect("base 32 digits are ASCII"))
}

fn parse_base32(text: &str) -> Option<[u8; 16]> {
    // 26 digits hold 130 bits: the first may use only three of its five.
    if text.len() != 26 || text.as_bytes()[0] > b'7' {
        return None;
    }
    let mut number = 0u128;
    for byte in text.bytes() {
        let digit = DIGITS.iter().position(|it| *it == byte.to_ascii_uppercase())?;
        number = number << 5 | digit as u128;
    }
    Some(number.to_be_bytes())
}

/// The first 128 bits of SHA-256 over parts that cannot run into each other.
#[must_use]
pub fn derive_bytes(parts: &[&[u8]]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    digest[..16].try_into().expect("SHA-256 has 32 bytes")
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal,)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[cbor(n(0), with = "minicbor::bytes")] [u8; 16]);

        impl $name {
            /// What its text starts with.
            pub const PREFIX: &'static str = $prefix;

            /// Wraps 128 bits.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The 128 bits.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }

            /// The id that these parts always give.
            #[must_use]
            pub fn derive(parts: &[&[u8]]) -> Self {
                let mut all: Vec<&[u8]> = vec![Self::PREFIX.as_bytes()];
                all.extend_from_slice(parts);
                Self(derive_bytes(&all))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!($prefix, "_"))?;
                write_base32(self.0, f)
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
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(parse_base32)
                    .map(Self)
                    .ok_or(InvalidId { prefix: $prefix })
            }
        }
    )+};
}

ids! {
    /// A package: what is shipped.
    PackageId "pkg",
    /// A container: holds packages or containers.
    ContainerId "ctr",
    /// A place: a known location.
    PlaceId "plc",
    /// A tracker: a device that reports fixes.
    TrackerId "trk",
    /// A client: whose goods.
    ClientId "cli",
    /// An event: one immutable fact.
    EventId "evt",
    /// A photo: an image kept as a blob.
    PhotoId "pho",
    /// An employee's account.
    UserId "usr",
    /// Something that happened to somebody's access, or that somebody did with it.
    AccessId "acc",
    /// A chunk of fixes: many accepted batches in one blob.
    ChunkId "chk",
}

words! {
    /// What kinds of thing events are about.
    SubjectKind, "subject";
    0 Package "package",
    1 Container "container",
    2 Place "place",
    3 Tracker "tracker",
    4 Client "client",
}

/// What an event is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum Subject {
    /// A package.
    #[n(0)]
    Package(#[n(0)] PackageId),
    /// A container.
    #[n(1)]
    Container(#[n(0)] ContainerId),
    /// A place.
    #[n(2)]
    Place(#[n(0)] PlaceId),
    /// A tracker.
    #[n(3)]
    Tracker(#[n(0)] TrackerId),
    /// A client.
    #[n(4)]
    Client(#[n(0)] ClientId),
}

impl Subject {
    /// Which kind of thing it is.
    pub const fn kind(self) -> SubjectKind {
        match self {
            Self::Package(_) => SubjectKind::Package,
            Self::Container(_) => SubjectKind::Container,
            Self::Place(_) => SubjectKind::Place,
            Self::Tracker(_) => SubjectKind::Tracker,
            Self::Client(_) => SubjectKind::Client,
        }
    }

    /// The 128 bits of its id.
    pub const fn id_bytes(&self) -> &[u8; 16] {
        match self {
            Self::Package(id) => id.as_bytes(),
            Self::Container(id) => id.as_bytes(),
            Self::Place(id) => id.as_bytes(),
            Self::Tracker(id) => id.as_bytes(),
            Self::Client(id) => id.as_bytes(),
        }
    }

    /// The subject of this kind with these 128 bits.
    #[must_use]
    pub const fn from_parts(kind: SubjectKind, id: [u8; 16]) -> Self {
        match kind {
            SubjectKind::Package => Self::Package(PackageId::from_bytes(id)),
            SubjectKind::Container => Self::Container(ContainerId::from_bytes(id)),
            SubjectKind::Place => Self::Place(PlaceId::from_bytes(id)),
            SubjectKind::Tracker => Self::Tracker(TrackerId::from_bytes(id)),
            SubjectKind::Client => Self::Client(ClientId::from_bytes(id)),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Package(id) => id.fmt(f),
            Self::Container(id) => id.fmt(f),
            Self::Place(id) => id.fmt(f),
            Self::Tracker(id) => id.fmt(f),
            Self::Client(id) => id.fmt(f),
        }
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Subject {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        match text.split_once('_').map(|(prefix, _)| prefix) {
            Some("ctr") => text.parse().map(Self::Container),
            Some("plc") => text.parse().map(Self::Place),
            Some("trk") => text.parse().map(Self::Tracker),
            Some("cli") => text.parse().map(Self::Client),
            _ => text.parse().map(Self::Package),
        }
    }
}
