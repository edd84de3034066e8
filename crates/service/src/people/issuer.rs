//! The company's own sign-in, as the accounts need it: who somebody is according to
//! an issuer of OpenID Connect, and what the company lets such people do. Speaking
//! with the issuer is the main's: it brings an [`Issuer`].

use std::{collections::BTreeMap, fmt, sync::Arc};

use domain::{
    id::UserId,
    time::{HOUR, Millis, Timestamp},
};
use futures::future::BoxFuture;

use super::{
    account::DISPLAY_NAME_CHARS_MAX,
    permission::{Permission, Permissions},
};

/// Somebody, as their company's issuer knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Who says so.
    pub issuer: String,
    /// What the issuer calls them for ever: with the issuer, who they are.
    pub subject: String,
    /// What people call them, if it says.
    pub name: Option<String>,
    /// Their e-mail address, only if the issuer says it is verified.
    pub email: Option<String>,
    /// The groups they are in.
    pub groups: Vec<String>,
    /// When the issuer said so.
    pub issued_at: Timestamp,
    /// Until when that holds.
    pub expires_at: Timestamp,
}

impl Identity {
    /// Their account's id. It follows from who they are, so nobody needs to have
    /// made the account.
    #[must_use]
    pub fn user(&self) -> UserId {
        user_of(&self.issuer, &self.subject)
    }

    /// What to call them, in one line.
    pub(super) fn display_name(&self) -> String {
        let all = [self.name.as_deref(), self.email.as_deref(), Some(&self.subject)];
        let line = |it: &str| {
            let plain = it.chars().filter(|it| !it.is_control()).take(DISPLAY_NAME_CHARS_MAX);
            plain.collect::<String>().trim().to_owned()
        };
        let mut lines = all.into_iter().flatten().map(line).filter(|it| !it.is_empty());
        lines.next().unwrap_or_else(|| self.user().to_string())
    }
}

/// The account of somebody whom an issuer names so.
pub(super) fn user_of(issuer: &str, subject: &str) -> UserId {
    UserId::derive(&[b"oidc", issuer.as_bytes(), subject.as_bytes()])
}

/// What one sign-in through a browser is bound to. Each part follows from a secret
/// that only this browser has.
#[derive(Clone, PartialEq, Eq)]
pub struct Handshake {
    /// Comes back with the code.
    pub state: String,
    /// Comes back in the ID token.
    pub nonce: String,
    /// Proves to the issuer that who brings the code began this (RFC 7636).
    pub verifier: String,
}

/// Its parts are secrets.
impl fmt::Debug for Handshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handshake(…)")
    }
}

/// Why an issuer's word does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Disbelief {
    /// It is not the issuer's word, not for us, or not for now.
    Wrong(&'static str),
    /// It cannot be told now: the issuer does not answer.
    Unavailable(String),
}

impl fmt::Display for Disbelief {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrong(why) => f.write_str(why),
            Self::Unavailable(why) => write!(f, "the issuer does not answer: {why}"),
        }
    }
}

impl std::error::Error for Disbelief {}

/// Speaks with the issuer. Anybody can call it with anything, at any rate: it bounds
/// what it asks the issuer itself.
pub trait Issuer: fmt::Debug + Send + Sync + 'static {
    /// How tokens name it.
    fn name(&self) -> &str;

    /// Whom an access token was issued to. Asks nobody while the key is known.
    fn verify<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Identity, Disbelief>>;

    /// The address at which a browser signs in.
    fn sign_in_at<'a>(
        &'a self,
        handshake: &'a Handshake,
    ) -> BoxFuture<'a, Result<String, Disbelief>>;

    /// Who signed in, for the code that the browser came back with.
    fn redeem<'a>(
        &'a self,
        code: &'a str,
        handshake: &'a Handshake,
    ) -> BoxFuture<'a, Result<Identity, Disbelief>>;

    /// The address at which a browser signs out of the issuer, where there is one.
    fn sign_out_at(&self) -> BoxFuture<'_, Option<String>>;
}

/// Who may do everything from their first sign-in on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FirstAdmin {
    /// Whoever has this verified e-mail address.
    Email(String),
    /// Whom the issuer calls so.
    Subject(String),
}

/// What a company lets its people do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What people call where they sign in: the company's name.
    pub name: String,
    /// What everybody may whom the issuer knows.
    pub everybody: Permissions,
    /// What the members of a group may besides.
    pub groups: BTreeMap<String, Permissions>,
    /// Who may do everything from their first sign-in on; later changes of that stand.
    pub first_admin: Option<FirstAdmin>,
    /// Domains of verified e-mail addresses without which nobody is let in; none
    /// lets everybody in whom the issuer knows. In lower case.
    pub email_domains: Vec<String>,
    /// Whether people may also sign in with name and password.
    pub passwords: bool,
    /// A session ends after this long, so that groups are read anew.
    pub session_max: Millis,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            name: "your company".to_owned(),
            everybody: Permissions::NONE.with(Permission::Track),
            groups: BTreeMap::new(),
            first_admin: None,
            email_domains: Vec::new(),
            passwords: true,
            session_max: 12 * HOUR,
        }
    }
}

impl Policy {
    /// What somebody may by the groups they are in.
    pub(super) fn of_groups(&self, groups: &[String]) -> Permissions {
        let named = groups.iter().filter_map(|it| self.groups.get(it));
        named.fold(self.everybody, |all, it| all.or(*it))
    }

    /// Whether an address is of the company.
    pub(super) fn is_own(&self, email: Option<&str>) -> bool {
        let domain = email.and_then(|it| it.rsplit_once('@')).map(|(_, it)| it.to_lowercase());
        self.email_domains.is_empty() || domain.is_some_and(|it| self.email_domains.contains(&it))
    }

    /// Whether they may do everything from their first sign-in on.
    pub(super) fn is_first_admin(&self, somebody: &Identity) -> bool {
        match &self.first_admin {
            Some(FirstAdmin::Subject(subject)) => somebody.subject == *subject,
            Some(FirstAdmin::Email(email)) => {
                let own = somebody.email.as_deref();
                own.is_some_and(|it| it.to_lowercase() == email.to_lowercase())
            }
            None => false,
        }
    }
}

/// An issuer, and what its people may do.
#[derive(Clone, Debug)]
pub struct Company {
    /// Who knows the people.
    pub issuer: Arc<dyn Issuer>,
    /// What they may do.
    pub policy: Policy,
}
