//! What a person or a token may do.

use std::{fmt, str::FromStr};

use domain::words::UnknownWord;
use minicbor::{Decode, Encode};

/// One thing somebody may do. None includes another: an administrator who
/// should also enter packages has both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// See packages and where they are.
    Track,
    /// Enter and change packages, places, containers; scan.
    Enter,
    /// See the dashboard and the costs.
    Manage,
    /// Read everything, change nothing.
    Audit,
    /// Manage accounts and connections.
    Admin,
}

impl Permission {
    /// Every permission, in stored order.
    pub const ALL: &'static [Self] =
        &[Self::Track, Self::Enter, Self::Manage, Self::Audit, Self::Admin];
    /// Every word, in stored order.
    pub const WORDS: &'static [&'static str] = &["track", "enter", "manage", "audit", "admin"];

    /// The word on the wire.
    pub const fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }

    /// Its place in a set; stored, so it never changes.
    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Permission {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL.iter().find(|it| it.word() == text).copied();
        found.ok_or_else(|| UnknownWord {
            what: "permission",
            given: text.to_owned(),
            allowed: Self::WORDS,
        })
    }
}

/// A set of permissions.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Permissions(#[n(0)] u8);

impl Permissions {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Everything.
    pub const ALL: Self = Self(0b1_1111);

    /// Whether the permission is in the set.
    #[must_use]
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// Whether every permission of this set is in the other.
    #[must_use]
    pub const fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// What both sets hold.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What either set holds.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What this set holds and the other does not.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// This set and one more.
    #[must_use]
    pub const fn with(self, permission: Permission) -> Self {
        Self(self.0 | permission.bit())
    }

    /// This set but one.
    #[must_use]
    pub const fn without(self, permission: Permission) -> Self {
        Self(self.0 & !permission.bit())
    }

    /// The permissions, in stored order.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |it| self.contains(*it))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(all: I) -> Self {
        all.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests;
