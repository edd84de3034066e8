//! What the rows about people hold. Numbered fields: never reuse or change a number.

use domain::{id::UserId, time::Timestamp};
use minicbor::{Decode, Encode};

use super::{
    access::AccessKind,
    permission::{Permission, Permissions},
};

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct UserRow {
    /// What they sign in with, as they write it.
    #[n(0)]
    pub name: String,
    /// What to call them.
    #[n(1)]
    pub display_name: String,
    /// Where to write to them.
    #[n(2)]
    pub email: Option<String>,
    /// Whether that address is known to be theirs.
    #[n(3)]
    pub email_verified: bool,
    /// What they may do.
    #[n(4)]
    pub permissions: Permissions,
    /// Whether they may do nothing at all.
    #[n(5)]
    pub disabled: bool,
    /// Since when there is the account.
    #[n(6)]
    pub created_at: Timestamp,
    /// Argon2id, as a PHC string; none for who signs in another way.
    #[n(7)]
    pub password: Option<String>,
    /// Sessions of an earlier epoch have ended.
    #[n(8)]
    pub session_epoch: u32,
    /// Tokens and links of an earlier epoch have ended.
    #[n(9)]
    pub token_epoch: u32,
    /// Counts the changes of the account.
    #[n(10)]
    pub revision: u64,
    /// Who they are for the company's issuer; nothing of a local account.
    #[n(11)]
    pub issued: Option<IssuedRow>,
}

/// What is known of somebody of an issuer, besides.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct IssuedRow {
    /// Who knows them.
    #[n(0)]
    pub issuer: String,
    /// What the issuer calls them.
    #[n(1)]
    pub subject: String,
    /// What their groups gave them when they signed in last.
    #[n(2)]
    pub base: Permissions,
    /// What was given to them here.
    #[n(3)]
    pub added: Permissions,
    /// What was taken from them here.
    #[n(4)]
    pub denied: Permissions,
    /// When they signed in last.
    #[n(5)]
    pub signed_in_at: Option<Timestamp>,
    /// Whatever the issuer said of them before is not believed.
    #[n(6)]
    pub not_before: Option<Timestamp>,
    /// Whether they were made the first administrator: that happens once.
    #[n(7)]
    pub first_admin: bool,
}

impl UserRow {
    /// Whether they keep the product administrable. Who administrates only as long as
    /// an issuer has them in a group does not: groups change without a word to us.
    pub fn administrates(&self) -> bool {
        let issued = self.issued.as_ref();
        !self.disabled
            && self.permissions.contains(Permission::Admin)
            && issued.is_none_or(|it| it.added.contains(Permission::Admin))
    }

    /// Their e-mail address, where it is known to be theirs.
    pub fn verified_email(&self) -> Option<String> {
        self.email.clone().filter(|_| self.email_verified)
    }
}

/// Who owns a login name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct LoginNameRow {
    /// The account.
    #[n(0)]
    pub user: UserId,
}

/// How many accounts can administrate: at least one, once there was one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct AdminsRow {
    /// How many.
    #[n(0)]
    pub count: u32,
}

/// What is kept of the setup token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct SetupRow {
    /// The secret's hash.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub digest: [u8; 32],
}

/// A session of a user.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct SessionRow {
    /// The secret's hash.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub digest: [u8; 32],
    /// The account's session epoch when it began.
    #[n(1)]
    pub epoch: u32,
    /// When it began.
    #[n(2)]
    pub created_at: Timestamp,
    /// About when it was last used.
    #[n(3)]
    pub last_seen_at: Timestamp,
    /// What the person recognises it by.
    #[n(4)]
    pub label: String,
    /// When it ends at the latest, if that is earlier than usual.
    #[n(5)]
    pub ends_at: Option<Timestamp>,
}

/// An API token of a user.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct TokenRow {
    /// The secret's hash.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub digest: [u8; 32],
    /// The account's token epoch when it was issued.
    #[n(1)]
    pub epoch: u32,
    /// What its owner calls it.
    #[n(2)]
    pub name: String,
    /// What it may do, as long as its owner may.
    #[n(3)]
    pub permissions: Permissions,
    /// When it was issued.
    #[n(4)]
    pub created_at: Timestamp,
    /// When it ends by itself.
    #[n(5)]
    pub expires_at: Option<Timestamp>,
    /// About when it was last used.
    #[n(6)]
    pub last_used_at: Option<Timestamp>,
}

/// A link that signs a user in once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct LinkRow {
    /// The secret's hash.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub digest: [u8; 32],
    /// The account's token epoch when it was issued.
    #[n(1)]
    pub epoch: u32,
    /// Until when it works.
    #[n(2)]
    pub expires_at: Timestamp,
}

/// Wrong attempts that are not forgotten yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct FailuresRow {
    /// How many, at `last_at`.
    #[n(0)]
    pub count: u32,
    /// When the last one was.
    #[n(1)]
    pub last_at: Timestamp,
    /// Until when none is looked at.
    #[n(2)]
    pub locked_until: Timestamp,
    /// When all are forgotten and the row means nothing.
    #[n(3)]
    pub expires_at: Timestamp,
}

/// A sign-in at the issuer that was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct SpentRow {
    /// When it could not be ended any more and the row means nothing: the number is
    /// that of wrong attempts, beside which it lies.
    #[n(3)]
    pub expires_at: Timestamp,
}

/// One change of who may do what, or one attempt. Opaque ids only.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct AccessRow {
    /// What happened.
    #[n(0)]
    pub kind: AccessKind,
    /// Who did it.
    #[n(1)]
    pub actor: String,
    /// The way it came: `api`, `cli`, `sign_in`.
    #[n(2)]
    pub source: String,
    /// Whose account, where there is one.
    #[n(3)]
    pub user: Option<UserId>,
    /// The session or token, where it is about one.
    #[n(4)]
    pub about: Option<String>,
    /// What they could do before, where that changed.
    #[n(5)]
    pub before: Option<Permissions>,
    /// What they may do from then on, where that changed.
    #[n(6)]
    pub after: Option<Permissions>,
}

#[cfg(test)]
mod tests;
