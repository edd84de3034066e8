//! Which issuer is trusted, and what its people may do: as an operator writes it in
//! a file, and as a function gets it in its parameters.

use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
};

use domain::time::{HOUR, Millis};
use serde::Deserialize;
use service::people::{FirstAdmin, Permission, Permissions, Policy};

/// Where the issuer sends browsers back to.
const CALLBACK: &str = "/v1/session/oidc/callback";
/// Longest session that may be asked for, in hours: as long as any.
const SESSION_H_MAX: u32 = 168;

/// As they are written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The issuer's address, exactly as its tokens name it in `iss`.
    pub issuer: String,
    /// What the issuer calls this installation.
    pub client_id: String,
    /// What this installation proves itself by to the issuer, if it was given anything.
    pub client_secret: Option<String>,
    /// A file with that secret alone, instead of the secret.
    pub client_secret_file: Option<PathBuf>,
    /// The address at which browsers reach this installation.
    pub public_url: String,
    /// What people call where they sign in: the company's name.
    pub name: Option<String>,
    /// What access tokens for this installation say in `aud`; the client id unless given.
    pub audience: Option<String>,
    /// The claim of access tokens that has what ID tokens call somebody in `sub`, where
    /// that is another: Okta's is `uid`.
    pub subject_claim: Option<String>,
    /// What is asked for at sign-in.
    pub scopes: Option<Vec<String>>,
    /// The claim that lists somebody's groups: `groups`, `cognito:groups`, `roles`.
    pub groups_claim: Option<String>,
    /// What the members of each group may.
    #[serde(default)]
    pub groups: BTreeMap<String, Vec<String>>,
    /// What everybody may whom the issuer knows; `track` unless given.
    pub everybody: Option<Vec<String>>,
    /// The verified e-mail address of who may do everything from their first sign-in on.
    pub first_admin_email: Option<String>,
    /// Or what the issuer calls them in `sub`.
    pub first_admin_subject: Option<String>,
    /// Only people with a verified address in one of these domains are let in.
    #[serde(default)]
    pub email_domains: Vec<String>,
    /// Whether people may also sign in with name and password; yes unless given.
    pub passwords: Option<bool>,
    /// A session ends after so many hours; 12 unless given.
    pub session_h: Option<u32>,
    /// The issuer's keys, if they are elsewhere than it says itself.
    pub jwks_url: Option<String>,
    /// What the issuer does not say of itself, or says wrongly.
    #[serde(default)]
    pub endpoints: Endpoints,
    /// A PEM file with the certificates that the issuer's own is checked against, instead
    /// of those that browsers trust.
    pub ca_file: Option<PathBuf>,
}

/// Addresses at the issuer; each is found out unless given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoints {
    /// Where browsers sign in.
    pub authorization: Option<String>,
    /// Where codes are redeemed.
    pub token: Option<String>,
    /// Where an address is asked for that the ID token does not say.
    pub userinfo: Option<String>,
    /// Where browsers sign out.
    pub end_session: Option<String>,
}

/// Settings that can be worked with.
#[derive(Clone, Debug)]
pub struct Checked {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<Hidden>,
    pub(crate) callback_url: String,
    pub(crate) return_url: String,
    pub(crate) audience: String,
    pub(crate) subject_claim: String,
    pub(crate) scopes: String,
    pub(crate) groups_claim: String,
    pub(crate) jwks_url: Option<String>,
    pub(crate) endpoints: Endpoints,
    pub(crate) ca_pem: Option<Vec<u8>>,
    /// What the issuer's people may do.
    pub policy: Policy,
}

/// Text that is not printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Hidden(pub String);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden(…)")
    }
}

/// One thing that is wrong in settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Which setting.
    pub setting: String,
    /// What is wrong, and what is allowed.
    pub detail: String,
}

/// Everything that is wrong in settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidSettings(pub Vec<Wrong>);

impl fmt::Display for InvalidSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let each: Vec<String> =
            self.0.iter().map(|it| format!("{}: {}", it.setting, it.detail)).collect();
        f.write_str(&each.join("\n"))
    }
}

impl std::error::Error for InvalidSettings {}

impl Settings {
    /// Reads a TOML file, and the files that it names beside it.
    pub fn read(path: &Path) -> Result<Checked, InvalidSettings> {
        let text = fs::read_to_string(path).map_err(|why| one("the file", why))?;
        Self::parse(&text)?.checked(path.parent().unwrap_or(Path::new("")))
    }

    /// The least that must be known, and the usual of all else.
    #[must_use]
    pub fn new(issuer: String, client_id: String, public_url: String) -> Self {
        Self {
            issuer,
            client_id,
            client_secret: None,
            client_secret_file: None,
            public_url,
            name: None,
            audience: None,
            subject_claim: None,
            scopes: None,
            groups_claim: None,
            groups: BTreeMap::new(),
            everybody: None,
            first_admin_email: None,
            first_admin_subject: None,
            email_domains: Vec::new(),
            passwords: None,
            session_h: None,
            jwks_url: None,
            endpoints: Endpoints::default(),
            ca_file: None,
        }
    }

    /// Reads TOML.
    pub fn parse(text: &str) -> Result<Self, InvalidSettings> {
        toml::from_str(text).map_err(|why: toml::de::Error| one("the file", why.message()))
    }

    /// Checks everything at once. Files are looked for in `folder`.
    pub fn checked(self, folder: &Path) -> Result<Checked, InvalidSettings> {
        let mut wrong = Vec::new();
        let mut say = |setting: &str, detail: String| {
            wrong.push(Wrong { setting: setting.to_owned(), detail });
        };
        for (setting, url) in self.urls() {
            if let Err(detail) = check_url(url) {
                say(setting, detail);
            }
        }
        for (setting, text) in [("issuer", &self.issuer), ("client_id", &self.client_id)] {
            if text.trim().is_empty() {
                say(setting, "this is needed".to_owned());
            }
        }
        let mut file = |setting: &str, path: &Option<PathBuf>| {
            let read = path.as_ref().map(|it| fs::read(folder.join(it)));
            read.transpose().map_err(|why| say(setting, why.to_string())).ok().flatten()
        };
        let ca_pem = file("ca_file", &self.ca_file);
        let secret = file("client_secret_file", &self.client_secret_file);
        let secret = secret.map(|it| String::from_utf8_lossy(&it).trim().to_owned());
        if self.client_secret.is_some() && self.client_secret_file.is_some() {
            say("client_secret_file", "give the secret or the file, not both".to_owned());
        }
        let policy = self.policy(&mut say);
        let scopes =
            self.scopes.unwrap_or_else(|| ["openid", "email", "profile"].map(Into::into).into());
        if !scopes.iter().any(|it| it == "openid") {
            say("scopes", "`openid` must be among them".to_owned());
        }
        if !wrong.is_empty() {
            return Err(InvalidSettings(wrong));
        }
        let public_url = self.public_url.trim_end_matches('/');
        Ok(Checked {
            callback_url: format!("{public_url}{CALLBACK}"),
            return_url: format!("{public_url}/"),
            audience: self.audience.unwrap_or_else(|| self.client_id.clone()),
            subject_claim: self.subject_claim.unwrap_or_else(|| "sub".to_owned()),
            client_id: self.client_id,
            client_secret: self.client_secret.or(secret).map(Hidden),
            scopes: scopes.join(" "),
            groups_claim: self.groups_claim.unwrap_or_else(|| "groups".to_owned()),
            issuer: self.issuer,
            jwks_url: self.jwks_url,
            endpoints: self.endpoints,
            ca_pem,
            policy,
        })
    }

    /// Every address that is given, by its setting.
    fn urls(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let Endpoints { authorization, token, userinfo, end_session } = &self.endpoints;
        let given = [
            ("issuer", Some(&self.issuer)),
            ("public_url", Some(&self.public_url)),
            ("jwks_url", self.jwks_url.as_ref()),
            ("endpoints.authorization", authorization.as_ref()),
            ("endpoints.token", token.as_ref()),
            ("endpoints.userinfo", userinfo.as_ref()),
            ("endpoints.end_session", end_session.as_ref()),
        ];
        given.into_iter().filter_map(|(setting, url)| Some((setting, url?.as_str())))
    }

    fn policy(&self, say: &mut impl FnMut(&str, String)) -> Policy {
        let usual = Policy::default();
        let groups = self.groups.iter().map(|(group, words)| {
            (group.clone(), permissions(&format!("groups.{group}"), words, say))
        });
        let groups = groups.collect();
        let everybody = self.everybody.as_ref();
        let everybody =
            everybody.map_or(usual.everybody, |words| permissions("everybody", words, say));
        let first_admin = match (&self.first_admin_email, &self.first_admin_subject) {
            (Some(_), Some(_)) => {
                say("first_admin_email", "give an address or a subject, not both".to_owned());
                None
            }
            (Some(email), None) => Some(FirstAdmin::Email(email.clone())),
            (None, Some(subject)) => Some(FirstAdmin::Subject(subject.clone())),
            (None, None) => None,
        };
        let session_h = self.session_h.unwrap_or(12);
        if !(1..=SESSION_H_MAX).contains(&session_h) {
            say("session_h", format!("a session lasts 1 to {SESSION_H_MAX} hours"));
        }
        for domain in &self.email_domains {
            if domain.is_empty() || domain.contains(['@', ' ', '*']) {
                say("email_domains", format!("{domain:?} is no domain: write `example.com`"));
            }
        }
        Policy {
            name: self.name.clone().unwrap_or(usual.name),
            everybody,
            groups,
            first_admin,
            email_domains: self.email_domains.iter().map(|it| it.to_lowercase()).collect(),
            passwords: self.passwords.unwrap_or(true),
            session_max: Millis::from(session_h) * HOUR,
        }
    }
}

fn one(setting: &str, detail: impl ToString) -> InvalidSettings {
    InvalidSettings(vec![Wrong { setting: setting.to_owned(), detail: detail.to_string() }])
}

fn permissions(setting: &str, words: &[String], say: &mut impl FnMut(&str, String)) -> Permissions {
    let read = |word: &String| {
        let read = word.parse::<Permission>();
        read.map_err(|why| say(setting, why.to_string())).ok()
    };
    words.iter().filter_map(read).collect()
}

/// Over TLS, or on this very machine: what travels are passwords' worth.
pub(crate) fn check_url(url: &str) -> Result<(), String> {
    let rest = match url.split_once("://") {
        Some(("https", rest)) => rest,
        Some(("http", rest)) if is_loopback(rest) => rest,
        _ => return Err(format!("{url:?} must begin with https://")),
    };
    let odd = |it: char| it.is_whitespace() || it.is_control() || matches!(it, '@' | '#' | '\\');
    if rest.is_empty() || rest.starts_with('/') || rest.contains(odd) {
        return Err(format!("{url:?} is no address"));
    }
    Ok(())
}

fn is_loopback(rest: &str) -> bool {
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|it| it.is_ascii_digit()) => host,
        _ => authority,
    };
    matches!(host, "127.0.0.1" | "localhost" | "[::1]")
}

#[cfg(test)]
mod tests;
