//! What a signed token must say to be believed: an access token that brings a request,
//! or the ID token of a sign-in. Each is worth nothing as the other.

use domain::time::{Millis, SECOND, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value};
use service::people::{Disbelief, Identity};

use crate::{settings::Checked, token::Head};

/// How far the issuer's clock may be from ours.
pub const LEEWAY: Millis = 30 * SECOND;
/// Longer names of people are none (OpenID Connect Core 2 allows 255).
const SUBJECT_LEN_MAX: usize = 255;
/// Longer addresses are none (RFC 5321).
const EMAIL_LEN_MAX: usize = 254;

/// What it says, as it was sent.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Claims(Map<String, Value>);

impl Claims {
    /// Whom an access token was issued to, if it is one, for us and for now.
    pub fn of_access_token(
        &self,
        head: &Head,
        settings: &Checked,
        now: Timestamp,
    ) -> Result<Identity, Disbelief> {
        let somebody = self.identity(&settings.subject_claim, settings, now)?;
        if !self.is_access_token(head) {
            return Err(Disbelief::Wrong("this is no access token"));
        }
        // Cognito's have no audience: they name the client, and say what they are.
        let is_for_us = if self.0.contains_key("aud") {
            self.audiences().any(|it| it == settings.audience)
        } else {
            self.text("token_use") == Some("access")
                && self.text("client_id") == Some(&settings.client_id)
        };
        if !is_for_us {
            return Err(Disbelief::Wrong("the token is for somebody else"));
        }
        Ok(somebody)
    }

    /// Who signed in, by the ID token that came for the code (OpenID Connect Core 3.1.3.7).
    pub fn of_id_token(
        &self,
        settings: &Checked,
        nonce: &str,
        now: Timestamp,
    ) -> Result<Identity, Disbelief> {
        let somebody = self.identity("sub", settings, now)?;
        let several = 1 < self.audiences().count();
        let party = self.text("azp");
        if !self.audiences().any(|it| it == settings.client_id)
            || party.map_or(several, |it| it != settings.client_id)
        {
            return Err(Disbelief::Wrong("the ID token is for somebody else"));
        }
        if self.text("token_use").is_some_and(|it| it != "id") {
            return Err(Disbelief::Wrong("this is no ID token"));
        }
        if self.text("nonce") != Some(nonce) {
            return Err(Disbelief::Wrong("the ID token is of another sign-in"));
        }
        Ok(somebody)
    }

    /// The address that the issuer knows to be theirs. Cognito says `"true"` at one place
    /// and `true` at another.
    pub fn verified_email(&self) -> Option<String> {
        let verified = match self.0.get("email_verified") {
            Some(Value::Bool(it)) => *it,
            Some(Value::String(it)) => it == "true",
            _ => false,
        };
        let email = self.text("email").filter(|_| verified)?;
        let odd = |it: char| it.is_whitespace() || it.is_control();
        let fits = email.len() <= EMAIL_LEN_MAX && !email.contains(odd);
        let parts = email.rsplit_once('@').filter(|(it, host)| !it.is_empty() && !host.is_empty());
        parts.filter(|_| fits).map(|_| email.to_owned())
    }

    /// Whom it is about.
    pub fn subject(&self) -> Option<&str> {
        self.subject_of("sub")
    }

    /// The groups they are in; one may be given as text.
    pub fn groups(&self, claim: &str) -> Vec<String> {
        match self.0.get(claim) {
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(many)) => {
                many.iter().filter_map(|it| it.as_str().map(ToOwned::to_owned)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn subject_of(&self, claim: &str) -> Option<&str> {
        let printable = |it: &&str| !it.is_empty() && !it.contains(char::is_control);
        self.text(claim).filter(|it| it.len() <= SUBJECT_LEN_MAX).filter(printable)
    }

    fn identity(
        &self,
        subject_claim: &str,
        settings: &Checked,
        now: Timestamp,
    ) -> Result<Identity, Disbelief> {
        if self.text("iss") != Some(&settings.issuer) {
            return Err(Disbelief::Wrong("the token is of another issuer"));
        }
        let subject = self.subject_of(subject_claim);
        let subject = subject.ok_or(Disbelief::Wrong("the token is about nobody"))?;
        let expires_at = self.instant("exp").ok_or(Disbelief::Wrong("the token never ends"))?;
        let issued_at = self.instant("iat").ok_or(Disbelief::Wrong("the token is of no time"))?;
        if LEEWAY <= now.since(expires_at) {
            return Err(Disbelief::Wrong("the token has expired"));
        }
        let begins_at = match self.0.get("nbf") {
            Some(_) => {
                self.instant("nbf").ok_or(Disbelief::Wrong("the token begins at no time"))?
            }
            None => issued_at,
        };
        if LEEWAY < begins_at.since(now) || LEEWAY < issued_at.since(now) {
            return Err(Disbelief::Wrong("the token is of the future"));
        }
        let names = ["name", "preferred_username", "username", "cognito:username"];
        let name = names.into_iter().find_map(|it| self.text(it));
        Ok(Identity {
            issuer: settings.issuer.clone(),
            subject: subject.to_owned(),
            name: name.map(ToOwned::to_owned),
            email: self.verified_email(),
            groups: self.groups(&settings.groups_claim),
            issued_at,
            expires_at,
        })
    }

    /// Whether it shows that it is an access token, and nothing that says otherwise.
    /// Whoever asks for a page of another firm's gets ID tokens with our name in `aud`
    /// into many hands; none of them may open the API.
    fn is_access_token(&self, head: &Head) -> bool {
        let kind = head.kind.as_deref();
        let named = matches!(kind, Some("at+jwt" | "application/at+jwt"));
        let ordinary = matches!(kind, None | Some("jwt"));
        let (use_, type_) = (self.text("token_use"), self.text("typ"));
        let shows = named
            || use_ == Some("access")
            || type_ == Some("Bearer")
            || self.0.contains_key("scope")
            || self.0.contains_key("scp");
        let is_other = use_.is_some_and(|it| it != "access")
            || type_.is_some_and(|it| it != "Bearer")
            || self.0.contains_key("at_hash")
            || self.0.contains_key("c_hash");
        (named || ordinary) && shows && !is_other
    }

    fn audiences(&self) -> impl Iterator<Item = &str> {
        let (one, many) = match self.0.get("aud") {
            Some(Value::String(one)) => (Some(one.as_str()), &[][..]),
            Some(Value::Array(many)) => (None, many.as_slice()),
            _ => (None, &[][..]),
        };
        one.into_iter().chain(many.iter().filter_map(Value::as_str))
    }

    fn text(&self, claim: &str) -> Option<&str> {
        self.0.get(claim).and_then(Value::as_str)
    }

    /// Seconds since 1970 (RFC 7519), of which a few issuers write parts.
    fn instant(&self, claim: &str) -> Option<Timestamp> {
        let value = self.0.get(claim)?;
        let seconds = value.as_i64().or_else(|| value.as_f64().map(|it| it as i64))?;
        Timestamp::from_millis(seconds.checked_mul(1_000)?).ok()
    }
}

#[cfg(test)]
mod tests;
