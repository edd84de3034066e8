//! Opening a token: its head is read, its signature checked with the issuer's key, and
//! only then is anything in it believed. Two algorithms are known, each with keys of its
//! own kind, so that none can be taken for another.

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;
use service::people::Disbelief;

use crate::{claims::Claims, keys::Key};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// Longer tokens are not looked at. The largest that issuers make, with hundreds of
/// groups, have some 8 KB.
pub const TOKEN_LEN_MAX: usize = 16 * 1024;
/// Longer names of keys are none.
const KEY_ID_LEN_MAX: usize = 256;

/// What a token's head says (RFC 7515). Where a key is, or what it is, is not taken from
/// a stranger: `jku`, `jwk` and `x5u` are not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The algorithm.
    pub algorithm: Algorithm,
    /// Which of the issuer's keys.
    pub key_id: String,
    /// What kind of token, in lower case, if it says.
    pub kind: Option<String>,
}

#[derive(Deserialize)]
struct Raw {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<serde_json::Value>,
}

/// Reads the head. Nothing of it is proved yet.
pub fn head(token: &str) -> Result<Head, Disbelief> {
    if TOKEN_LEN_MAX < token.len() {
        return Err(Disbelief::Wrong("the token is too long"));
    }
    let head = token.split('.').next().unwrap_or_default();
    let bytes = URL_SAFE_NO_PAD.decode(head).ok();
    let raw: Option<Raw> = bytes.and_then(|it| serde_json::from_slice(&it).ok());
    let raw = raw.ok_or(Disbelief::Wrong("the token's head cannot be read"))?;
    let algorithm = match raw.alg.as_str() {
        "RS256" => Algorithm::RS256,
        "ES256" => Algorithm::ES256,
        _ => return Err(Disbelief::Wrong("the token is signed by neither RS256 nor ES256")),
    };
    if raw.crit.is_some() {
        return Err(Disbelief::Wrong("the token demands what is not known here"));
    }
    let key_id = raw.kid.filter(|it| !it.is_empty() && it.len() <= KEY_ID_LEN_MAX);
    let key_id = key_id.ok_or(Disbelief::Wrong("the token names no key"))?;
    Ok(Head { algorithm, key_id, kind: raw.typ.map(|it| it.to_lowercase()) })
}

/// What a token says, once its signature is proved.
pub fn opened(token: &str, head: &Head, key: &Key) -> Result<Claims, Disbelief> {
    if head.algorithm != key.algorithm {
        return Err(Disbelief::Wrong("the token's key is for another algorithm"));
    }
    let key: &DecodingKey = &key.key;
    // Only the signature: what it says is checked by our own clock and settings.
    let mut only_signed = Validation::new(head.algorithm);
    only_signed.required_spec_claims.clear();
    only_signed.validate_exp = false;
    only_signed.validate_nbf = false;
    only_signed.validate_aud = false;
    match decode::<Claims>(token, key, &only_signed) {
        Ok(data) => Ok(data.claims),
        Err(_) => Err(Disbelief::Wrong("the token is not signed by the issuer")),
    }
}
