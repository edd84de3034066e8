//! Accounts, sessions and tokens on the wire.

use serde::{Deserialize, Serialize};
use service::people::{ApiToken, Permission, Permissions, Secret, Session, SessionId, User};
use utoipa::ToSchema;

use crate::wire::{
    scalar::{Id, Line, Time, ids},
    word::{Vocabulary, Word, words},
};

impl Vocabulary for Permission {
    const NAME: &'static str = "Permission";
    const WORDS: &'static [&'static str] = Self::WORDS;
}

/// A login name.
pub type LoginName = Line<100>;

/// A password, as it is sent to us. Never sent back and never logged.
#[derive(Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(min_length = 1, max_length = 1024, format = Password)]
pub struct Password(pub String);

/// Name and password.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInBody {
    /// The login name.
    pub name: LoginName,
    /// The password.
    pub password: Password,
}

/// What creates the first administrator.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupBody {
    /// The token that was shown when the server first started.
    pub token: Line<200>,
    /// The login name to create.
    pub name: LoginName,
    /// Its password.
    pub password: Password,
}

/// Who is signed in already, and the ways to sign in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WaysIn {
    /// Whoever asks; nothing for whom nobody knows.
    pub me: Option<Me>,
    /// Whether with name and password: `POST /v1/session`.
    pub passwords: bool,
    /// The company at whose issuer people sign in, if they do: `GET /v1/session/oidc`.
    pub company: Option<String>,
}

/// A session that has ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SignedOut {
    /// Where a browser goes on, to sign out of the company's issuer too.
    pub go_on_at: String,
}

/// Whoever is signed in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Me {
    /// Their account.
    pub user: Option<ids::User>,
    /// What to call them.
    pub name: String,
    /// What they may do, here and now.
    pub permissions: Vec<words::Permission>,
    /// The session or token that proved it.
    pub signed_in: String,
}

/// A browser that is signed in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SessionView {
    /// Names it: to end it, not to use it.
    pub id: String,
    /// What to recognise it by.
    #[schema(example = "Firefox on Linux")]
    pub label: String,
    /// When it was signed in.
    pub created_at: Time,
    /// When it was last used, to a few minutes.
    pub last_seen_at: Time,
    /// When it ends unless it is used.
    pub expires_at: Time,
    /// True for the session that asks.
    pub current: bool,
}

impl SessionView {
    /// As its owner sees it.
    #[must_use]
    pub fn of(session: &Session, current: Option<SessionId>) -> Self {
        Self {
            id: session.id.to_string(),
            label: session.label.clone(),
            created_at: Time(session.created_at),
            last_seen_at: Time(session.last_seen_at),
            expires_at: Time(session.expires_at),
            current: current == Some(session.id),
        }
    }
}

/// The sessions of whoever is signed in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Sessions {
    /// The one used last first.
    pub sessions: Vec<SessionView>,
}

/// A token to create.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenInput {
    /// What it is for.
    pub name: Line<100>,
    /// What it may do: at most what its owner may.
    #[schema(max_items = 10)]
    pub permissions: Vec<words::Permission>,
    /// When it ends; never when missing.
    pub expires_at: Option<Time>,
}

/// An API token.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TokenView {
    /// Names it: to revoke it, not to use it.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// What it may do, as far as its owner still may.
    pub permissions: Vec<words::Permission>,
    /// When it was created.
    pub created_at: Time,
    /// When it ends.
    pub expires_at: Option<Time>,
    /// When it was last used, to the hour.
    pub last_used_at: Option<Time>,
    /// The token itself: only in the answer that creates it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

impl TokenView {
    /// As its owner sees it; `secret` only when it was just made.
    #[must_use]
    pub fn of(token: &ApiToken, secret: Option<&Secret>) -> Self {
        Self {
            id: token.id.to_string(),
            name: token.name.clone(),
            permissions: permission_words(token.permissions),
            created_at: Time(token.created_at),
            expires_at: token.expires_at.map(Time),
            last_used_at: token.last_used_at.map(Time),
            token: secret.map(|it| it.reveal().to_owned()),
        }
    }
}

/// The tokens of whoever is signed in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Tokens {
    /// The oldest first.
    pub tokens: Vec<TokenView>,
}

/// An account to create.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserInput {
    /// The login name; letter case makes no difference.
    pub name: LoginName,
    /// What to call them; the login name when missing.
    pub display_name: Option<Line<200>>,
    /// Their e-mail address.
    #[schema(
        pattern = "^[^@\\s\\u0000-\\u001f\\u007f-\\u009f]{1,64}@[^@\\s\\u0000-\\u001f\\u007f-\\u009f]{1,255}$"
    )]
    pub email: Option<String>,
    /// Whether an administrator knows the address to be theirs. Who has it sees
    /// the packages that are addressed to it.
    #[serde(default)]
    pub email_verified: bool,
    /// Their password; needed unless `subject` is given.
    pub password: Option<Password>,
    /// What the company's issuer calls them (`sub`), for somebody who signs in there:
    /// gives or denies something before they come.
    pub subject: Option<Line<255>>,
    /// What they may do.
    #[schema(max_items = 10)]
    pub permissions: Vec<words::Permission>,
}

/// Another password.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordBody {
    /// The present one.
    pub current: Password,
    /// The one from now on.
    pub new: Password,
}

/// Changes to an account. What is missing stays as it is.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserPatch {
    /// Another login name.
    pub name: Option<LoginName>,
    /// What to call them.
    pub display_name: Option<Line<200>>,
    /// Another e-mail address; an empty one takes it away.
    #[schema(
        pattern = "^([^@\\s\\u0000-\\u001f\\u007f-\\u009f]{1,64}@[^@\\s\\u0000-\\u001f\\u007f-\\u009f]{1,255})?$"
    )]
    pub email: Option<String>,
    /// Whether the address is known to be theirs; no when another is given and
    /// this is missing.
    pub email_verified: Option<bool>,
    /// What they may do from now on.
    #[schema(max_items = 10)]
    pub permissions: Option<Vec<words::Permission>>,
    /// True ends every session and token at once.
    pub disabled: Option<bool>,
    /// Another password.
    pub password: Option<Password>,
}

/// An account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UserView {
    /// Its id.
    pub id: ids::User,
    /// The login name.
    pub name: String,
    /// What to call them.
    pub display_name: String,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Whether it is known to be theirs.
    pub email_verified: bool,
    /// What they may do.
    pub permissions: Vec<words::Permission>,
    /// What the company's issuer calls them, if they sign in there.
    pub subject: Option<String>,
    /// True when it cannot be used.
    pub disabled: bool,
    /// When it was created.
    pub created_at: Time,
}

impl UserView {
    /// As administrators see it.
    #[must_use]
    pub fn of(user: &User) -> Self {
        Self {
            id: Id(user.id),
            name: user.name.clone(),
            display_name: user.display_name.clone(),
            email: user.email.clone(),
            email_verified: user.email_verified,
            permissions: permission_words(user.permissions),
            subject: user.subject.clone(),
            disabled: user.disabled,
            created_at: Time(user.created_at),
        }
    }
}

/// A set of permissions as words.
#[must_use]
pub fn permission_words(permissions: Permissions) -> Vec<words::Permission> {
    permissions.iter().map(Word).collect()
}

/// Words as a set of permissions.
#[must_use]
pub fn permission_set(words: &[words::Permission]) -> Permissions {
    words.iter().map(|it| it.0).collect()
}

/// A part of the list of accounts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Users {
    /// The accounts.
    pub users: Vec<UserView>,
    /// Pass it as `cursor` for more; missing at the end.
    pub next: Option<String>,
}
