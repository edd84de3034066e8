//! Who is asking: what every request is decided by, however they proved it.

use domain::id::{TrackerId, UserId};

use crate::record::Attribution;

use super::{
    permission::{Permission, Permissions},
    secret::{SessionId, TokenId},
};

/// What a request brings to prove who it is from. More kinds will come: only
/// [`super::People::authenticate`] tells them apart.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Credential<'a> {
    /// What the session cookie holds.
    Session(&'a str),
    /// What follows `Bearer`.
    Token(&'a str),
}

/// How somebody proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignedIn {
    /// A person in a browser.
    Session {
        /// Which of their sessions.
        id: SessionId,
    },
    /// A program.
    Token {
        /// Which of its owner's tokens.
        id: TokenId,
    },
    /// Somebody of the company, by an access token of its issuer.
    Issued,
    /// A tracker's device, which may report its own fixes and nothing else.
    Device {
        /// Whose device it is.
        tracker: TrackerId,
    },
    /// Whoever owns the data folder, by the key of the running process.
    Operator,
}

/// Somebody who proved who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// Their account, where they have one.
    pub user: Option<UserId>,
    /// The opaque id that events name them by.
    pub actor: String,
    /// What to call them.
    pub name: String,
    /// Their e-mail address, where it is known to be theirs.
    pub email: Option<String>,
    /// What they may do, here and now.
    pub permissions: Permissions,
    /// How they proved it.
    pub how: SignedIn,
}

impl Principal {
    /// A tracker's device.
    #[must_use]
    pub fn device(tracker: TrackerId) -> Self {
        Self {
            user: None,
            actor: tracker.to_string(),
            name: tracker.to_string(),
            email: None,
            permissions: Permissions::NONE,
            how: SignedIn::Device { tracker },
        }
    }

    /// Whether they may.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(permission)
    }

    /// Names them in what they do through the given way: `api`.
    #[must_use]
    pub fn through(&self, source: &str) -> Attribution {
        Attribution { actor: self.actor.clone(), source: source.to_owned() }
    }
}
