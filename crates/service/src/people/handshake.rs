//! Signing in at the company's issuer with a browser. All that one sign-in is bound
//! to follows from one secret in a cookie of the browser that began it, so that
//! beginning writes nothing; only that it was used is written, and once.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::time::{MINUTE, Millis, Timestamp};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use table::{Guard, Write};

use crate::{error::Error, keys::Row, outside::random, rows::to_bytes};

use super::{
    ATTEMPTS_MAX, People, Result,
    error::SignInError,
    issuer::{Disbelief, Handshake},
    session::NewSession,
    sign_in::Caller,
    stored::SpentRow,
};

/// How long somebody may take at the issuer's page.
pub const HANDSHAKE_MAX: Millis = 10 * MINUTE;
/// Most bytes of the address to return to.
pub const RETURN_LEN_MAX: usize = 500;
/// Longer cookies are not ours.
const COOKIE_LEN_MAX: usize = 2_000;
/// Unguessable bytes of each sign-in.
const SECRET_LEN: usize = 32;
/// Bytes of the instant until which it may be ended.
const INSTANT_LEN: usize = 8;
/// Bytes of the code over everything else.
const CODE_LEN: usize = 32;

/// A sign-in that has begun.
#[derive(Debug)]
pub struct Begun {
    /// Where the browser goes on.
    pub url: String,
    /// What the browser must bring back, and nobody else may see.
    pub cookie: String,
}

/// What a browser comes back with from the issuer.
#[derive(Clone, Copy)]
pub struct Returned<'a> {
    /// The cookie it was given.
    pub cookie: &'a str,
    /// The `state`.
    pub state: &'a str,
    /// The `code`.
    pub code: &'a str,
    /// Who says so, where the issuer tells (RFC 9207).
    pub issuer: Option<&'a str>,
}

/// Whether an address is one of ours to return to: a path of this site and nothing
/// that a browser could take for another.
#[must_use]
pub fn is_own_path(path: &str) -> bool {
    let odd = |it: char| it.is_control() || it.is_whitespace() || it == '\\';
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(odd)
        && path.is_ascii()
        && path.len() <= RETURN_LEN_MAX
}

/// What a cookie of ours says.
struct Opened {
    secret: [u8; SECRET_LEN],
    return_to: String,
}

impl People {
    /// Begins a sign-in at the issuer, to return to an address of this site.
    pub async fn begin_sign_in(&self, return_to: &str) -> Result<Begun, SignInError> {
        let company = self.company().ok_or(SignInError::Stale)?;
        let secret = random::<SECRET_LEN>(&*self.entropy);
        let until = self.clock.now().plus(HANDSHAKE_MAX);
        let return_to = if is_own_path(return_to) { return_to } else { "/" };
        let key = self.handshake_key().await?;
        let signed = signed(&secret, until, return_to);
        let cookie = [&signed[..], &code(&key, &signed)].concat();
        let url = company.issuer.sign_in_at(&handshake(&secret)).await.map_err(unanswered)?;
        Ok(Begun { url, cookie: URL_SAFE_NO_PAD.encode(cookie) })
    }

    /// Ends a sign-in that a browser began: its session, and the address to return to.
    pub async fn finish_sign_in(
        &self,
        returned: Returned<'_>,
        from: Caller<'_>,
    ) -> Result<(NewSession, String), SignInError> {
        let company = self.company().ok_or(SignInError::Stale)?;
        self.check_source(from.source).await?;
        let opened = self.opened(returned.cookie).await?.ok_or(SignInError::Stale)?;
        let handshake = handshake(&opened.secret);
        let is_other = |it: &str| it != company.issuer.name();
        if !is_same(returned.state, &handshake.state) || returned.issuer.is_some_and(is_other) {
            return Err(SignInError::Stale);
        }
        self.spend(&opened.secret).await?;
        let somebody = match company.issuer.redeem(returned.code, &handshake).await {
            Ok(somebody) => somebody,
            Err(Disbelief::Wrong(why)) => {
                tracing::info!(why, "the issuer's answer to a sign-in does not hold");
                self.count_wrong_source(from.source).await?;
                return Err(SignInError::Wrong);
            }
            Err(other) => return Err(unanswered(other)),
        };
        let welcomed = self.welcome_issued(company, &somebody, from).await;
        if matches!(welcomed, Err(SignInError::NotAdmitted)) {
            self.note_not_admitted(somebody.user()).await?;
        }
        Ok((welcomed?, opened.return_to))
    }

    /// What a cookie says, if we made it and it is not too old.
    async fn opened(&self, cookie: &str) -> Result<Option<Opened>> {
        let text = Some(cookie).filter(|it| it.len() <= COOKIE_LEN_MAX);
        let Some(bytes) = text.and_then(|it| URL_SAFE_NO_PAD.decode(it).ok()) else {
            return Ok(None);
        };
        let Some(cut) = bytes.len().checked_sub(CODE_LEN) else { return Ok(None) };
        let (signed, given) = bytes.split_at(cut);
        let key = self.handshake_key().await?;
        if mac(&key, signed).verify_slice(given).is_err() {
            return Ok(None);
        }
        let parts = signed.split_first_chunk::<SECRET_LEN>();
        let parts = parts.and_then(|(secret, rest)| {
            let (until, path) = rest.split_first_chunk::<INSTANT_LEN>()?;
            let until = Timestamp::from_millis(i64::from_be_bytes(*until)).ok()?;
            Some((*secret, until, String::from_utf8(path.to_vec()).ok()?))
        });
        let Some((secret, until, return_to)) = parts else { return Ok(None) };
        let lasts = self.clock.now() < until && is_own_path(&return_to);
        Ok(lasts.then_some(Opened { secret, return_to }))
    }

    /// Writes down that a sign-in was ended; none is twice.
    async fn spend(&self, secret: &[u8; SECRET_LEN]) -> Result<(), SignInError> {
        let id: [u8; 32] = part(b"spent", secret);
        let id = id[..16].try_into().expect("16 of 32 bytes");
        let row = SpentRow { expires_at: self.clock.now().plus(HANDSHAKE_MAX) };
        let write = Write::put(Row::Spent(id).key(), Guard::Absent, to_bytes(&row));
        match self.table.write(vec![write]).await {
            Err(table::Error::Conflict(_)) => Err(SignInError::Stale),
            other => Ok(other?),
        }
    }

    /// What cookies are signed with: the same in every process.
    async fn handshake_key(&self) -> Result<[u8; 32]> {
        if let Some(known) = self.handshake_key.get() {
            return Ok(*known);
        }
        let key = Row::HandshakeKey.key();
        for _ in 0..ATTEMPTS_MAX {
            if let Some(entry) = self.table.get(&key).await? {
                let kept = entry.value.as_slice().try_into();
                let kept = kept.map_err(|_| Error::Corrupt("a key of sign-ins".to_owned()))?;
                return Ok(*self.handshake_key.get_or_init(|| kept));
            }
            let made = random::<32>(&*self.entropy).to_vec();
            match self.table.write(vec![Write::put(key.clone(), Guard::Absent, made)]).await {
                // Another made it, or this one did and was not told.
                Ok(()) | Err(table::Error::Conflict(_) | table::Error::Unavailable(_)) => (),
                Err(other) => return Err(other.into()),
            }
        }
        Err(Error::Changed("the key of sign-ins".to_owned()))
    }
}

fn unanswered(why: Disbelief) -> SignInError {
    match why {
        Disbelief::Wrong(_) => SignInError::Wrong,
        Disbelief::Unavailable(why) => Error::IssuerUnavailable(why).into(),
    }
}

/// Everything that a sign-in is bound to. All of it is one-way, so that what the
/// issuer is told says nothing of the rest.
fn handshake(secret: &[u8; SECRET_LEN]) -> Handshake {
    let text = |tag: &[u8]| URL_SAFE_NO_PAD.encode(part(tag, secret));
    Handshake { state: text(b"state"), nonce: text(b"nonce"), verifier: text(b"verifier") }
}

fn part(tag: &[u8], secret: &[u8; SECRET_LEN]) -> [u8; 32] {
    Sha256::new().chain_update(tag).chain_update(secret).finalize().into()
}

fn signed(secret: &[u8; SECRET_LEN], until: Timestamp, return_to: &str) -> Vec<u8> {
    [&secret[..], &until.millis().to_be_bytes(), return_to.as_bytes()].concat()
}

fn code(key: &[u8; 32], signed: &[u8]) -> [u8; CODE_LEN] {
    mac(key, signed).finalize().into_bytes().into()
}

fn mac(key: &[u8; 32], signed: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length will do");
    mac.update(b"sign-in");
    mac.update(signed);
    mac
}

/// Takes as long for any two of one length.
fn is_same(given: &str, known: &str) -> bool {
    let differ = std::iter::zip(given.bytes(), known.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
    given.len() == known.len() && differ == 0
}
