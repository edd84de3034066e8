//! The code flow with PKCE (RFC 6749, RFC 7636): where browsers are sent, and what is
//! asked of the issuer for the code that they bring back.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde::Deserialize;
use service::people::{Disbelief, Handshake, Identity};
use sha2::{Digest, Sha256};

use crate::{claims::Claims, http::Http, metadata::Found, settings::Checked};

/// Longer codes are not passed on.
const CODE_LEN_MAX: usize = 4_096;

/// Where a browser signs in.
pub fn sign_in_url(settings: &Checked, found: &Found, handshake: &Handshake) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&handshake.verifier));
    let query = form(&[
        ("response_type", "code"),
        ("client_id", &settings.client_id),
        ("redirect_uri", &settings.callback_url),
        ("scope", &settings.scopes),
        ("state", &handshake.state),
        ("nonce", &handshake.nonce),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]);
    with_query(&found.authorization, &query)
}

/// Where a browser signs out, to come back to the page (OpenID Connect RP-Initiated
/// Logout). `logout_uri` is what Cognito calls the address to come back to.
pub fn sign_out_url(settings: &Checked, found: &Found) -> Option<String> {
    let query = form(&[
        ("client_id", &settings.client_id),
        ("post_logout_redirect_uri", &settings.return_url),
        ("logout_uri", &settings.return_url),
    ]);
    Some(with_query(found.end_session.as_ref()?, &query))
}

/// What the issuer gives for a code.
#[derive(Deserialize)]
pub struct Tokens {
    /// Who signed in.
    pub id_token: String,
    /// Lets us ask more of them.
    pub access_token: Option<String>,
}

/// Whom is asked, and where.
pub struct Asked<'a> {
    /// Who we are.
    pub settings: &'a Checked,
    /// Where everything is.
    pub found: &'a Found,
    /// Asks.
    pub http: &'a Http,
}

impl Asked<'_> {
    /// Redeems a code. What the issuer refuses is wrong; anything else is its failure.
    pub async fn redeem(&self, code: &str, handshake: &Handshake) -> Result<Tokens, Disbelief> {
        if code.is_empty() || CODE_LEN_MAX < code.len() {
            return Err(Disbelief::Wrong("there is no such code"));
        }
        let settings = self.settings;
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &settings.callback_url),
            ("code_verifier", &handshake.verifier),
        ];
        let mut authorization = None;
        match &settings.client_secret {
            Some(secret) if !self.found.secret_in_form => {
                // Both are encoded as in a form before they are joined (RFC 6749 2.3.1).
                let pair = format!("{}:{}", encoded(&settings.client_id), encoded(&secret.0));
                authorization = Some(format!("Basic {}", STANDARD.encode(pair)));
            }
            Some(secret) => {
                fields.push(("client_id", &settings.client_id));
                fields.push(("client_secret", &secret.0));
            }
            None => fields.push(("client_id", &settings.client_id)),
        }
        let asked = self.http.post_form(self.found.token.clone(), form(&fields), authorization);
        let answer = asked.await.map_err(Disbelief::Unavailable)?;
        match answer.status {
            200 => serde_json::from_slice(&answer.body)
                .map_err(|_| Disbelief::Wrong("the issuer gives no ID token for the code")),
            400..=499 if answer.status != 429 => {
                let told = said(&answer.body);
                tracing::info!(status = answer.status, told, "the issuer refused a code");
                Err(Disbelief::Wrong("the issuer refused the code"))
            }
            status => Err(Disbelief::Unavailable(format!("it answered {status} for a code"))),
        }
    }

    /// Asks for what the ID token does not say of somebody. Without an answer they have
    /// no address here, and are let in all the same if none is needed.
    pub async fn complete(&self, somebody: &mut Identity, token: &str) -> Result<(), Disbelief> {
        let Some(url) = self.found.userinfo.clone() else { return Ok(()) };
        let body = match self.http.get(url, Some(token.to_owned())).await {
            Ok(body) => body,
            Err(why) => {
                tracing::warn!(why, "the issuer was asked for an address in vain");
                return Ok(());
            }
        };
        let Ok(claims) = serde_json::from_slice::<Claims>(&body) else { return Ok(()) };
        // Another's token would bring another's address (OpenID Connect Core 5.3.2).
        if claims.subject() != Some(&somebody.subject) {
            return Err(Disbelief::Wrong("the issuer speaks of somebody else"));
        }
        if somebody.email.is_none() {
            somebody.email = claims.verified_email();
        }
        if somebody.groups.is_empty() {
            somebody.groups = claims.groups(&self.settings.groups_claim);
        }
        Ok(())
    }
}

/// The error that an issuer names, for the log.
fn said(body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Said {
        error: String,
    }
    let said: Option<Said> = serde_json::from_slice(body).ok();
    said.map_or_else(String::new, |it| it.error.chars().take(100).collect())
}

fn with_query(url: &str, query: &str) -> String {
    let sign = if url.contains('?') { '&' } else { '?' };
    format!("{url}{sign}{query}")
}

/// Names and values as in a form.
fn form(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    pairs.join("&")
}

fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
