//! The issuer's keys, kept by their ids. They are fetched when a key is not known or all
//! are old, one fetch at a time and not more often than once in ten seconds: whatever
//! tokens strangers make up, the issuer hears little of it. Keys that were good stay so
//! while it does not answer.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex as Lock, PoisonError},
};

use domain::time::{HOUR, Millis, SECOND, Timestamp};
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::Value;
use service::people::Disbelief;
use tokio::sync::{Mutex, Semaphore};

use crate::token::Head;

/// No more than one fetch is begun in this time.
pub const FETCH_EVERY: Millis = 10 * SECOND;
/// Keys older than this are fetched anew, so that one that was withdrawn goes.
pub const FRESH_MAX: Millis = HOUR;
/// Most requests that wait for a fetch with a key's name nobody knows: while the issuer
/// is slow, strangers must not take every place that requests have (512).
const WAITING_MAX: usize = 256;
/// Most keys that are kept; issuers have a handful.
const KEYS_MAX: usize = 64;

/// Where keys come from.
pub trait Source {
    /// The key set as it stands now (RFC 7517).
    fn fetch(&self) -> impl Future<Output = Result<Vec<u8>, String>> + Send;
}

/// A public key, and the one algorithm it is for.
#[derive(Clone, Debug)]
pub struct Key {
    /// The algorithm.
    pub algorithm: Algorithm,
    /// The key.
    pub key: Arc<DecodingKey>,
}

/// What was fetched last.
#[derive(Clone, Debug, Default)]
struct Known {
    keys: Arc<HashMap<String, Key>>,
    fetched_at: Option<Timestamp>,
    tried_at: Option<Timestamp>,
}

/// The keys.
#[derive(Debug, Default)]
pub struct Keys {
    known: Lock<Known>,
    /// Held while fetching: whoever needs the same waits for it.
    fetching: Mutex<()>,
    waiting: Waiting,
}

/// Places for those who wait.
#[derive(Debug)]
struct Waiting(Semaphore);

impl Default for Waiting {
    fn default() -> Self {
        Self(Semaphore::new(WAITING_MAX))
    }
}

impl Keys {
    /// The key that a token names.
    pub async fn find(
        &self,
        head: &Head,
        source: &impl Source,
        now: Timestamp,
    ) -> Result<Key, Disbelief> {
        let known = self.known();
        if let Some(key) = known.keys.get(&head.key_id) {
            if is_within(known.fetched_at, FRESH_MAX, now) {
                return Ok(key.clone());
            }
            // Good until the issuer says otherwise: nobody waits for another's fetch.
            if let Ok(_fetching) = self.fetching.try_lock() {
                self.refresh(source, now).await;
            }
        } else {
            let busy = || Disbelief::Unavailable("its keys are being read".to_owned());
            let _place = self.waiting.0.try_acquire().map_err(|_| busy())?;
            let _fetching = self.fetching.lock().await;
            // Another may have fetched it meanwhile.
            if !self.known().keys.contains_key(&head.key_id) {
                self.refresh(source, now).await;
            }
        }
        let known = self.known();
        match known.keys.get(&head.key_id) {
            Some(key) => Ok(key.clone()),
            None if known.fetched_at.is_none() => {
                Err(Disbelief::Unavailable("its keys could not be read".to_owned()))
            }
            None => Err(Disbelief::Wrong("no key of the issuer has this id")),
        }
    }

    /// Fetches them unless they are known.
    pub async fn warm(&self, source: &impl Source, now: Timestamp) -> Result<(), Disbelief> {
        let _fetching = self.fetching.lock().await;
        if !is_within(self.known().fetched_at, FRESH_MAX, now) {
            self.refresh(source, now).await;
        }
        match self.known().fetched_at {
            Some(_) => Ok(()),
            None => Err(Disbelief::Unavailable("its keys could not be read".to_owned())),
        }
    }

    /// Fetches, unless that was tried a moment ago. Only while `fetching` is held.
    async fn refresh(&self, source: &impl Source, now: Timestamp) {
        if is_within(self.known().tried_at, FETCH_EVERY, now) {
            return;
        }
        self.change(|it| it.tried_at = Some(now));
        let fetched = source.fetch().await.and_then(|it| read(&it));
        match fetched {
            Ok(keys) => self.change(|it| {
                it.keys = Arc::new(keys);
                it.fetched_at = Some(now);
            }),
            Err(why) => tracing::warn!(why, "the issuer's keys could not be fetched"),
        }
    }

    fn known(&self) -> Known {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut Known)) {
        change(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Whether that was so little time ago. A clock that was put back makes nothing recent.
fn is_within(since: Option<Timestamp>, max: Millis, now: Timestamp) -> bool {
    since.is_some_and(|it| (0..max).contains(&now.since(it)))
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

/// The keys of a set that can be used here. Others are for other purposes.
pub fn read(bytes: &[u8]) -> Result<HashMap<String, Key>, String> {
    let set: KeySet = serde_json::from_slice(bytes).map_err(|it| it.to_string())?;
    let mut keys = HashMap::new();
    for value in set.keys.into_iter().take(KEYS_MAX) {
        if let Some((id, key)) = serde_json::from_value(value).ok().and_then(usable) {
            keys.entry(id).or_insert(key);
        }
    }
    if keys.is_empty() {
        return Err("there is no key for RS256 or ES256 with an id in it".to_owned());
    }
    Ok(keys)
}

fn usable(jwk: Jwk) -> Option<(String, Key)> {
    let (algorithm, named) = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => (Algorithm::RS256, KeyAlgorithm::RS256),
        AlgorithmParameters::EllipticCurve(it) if it.curve == EllipticCurve::P256 => {
            (Algorithm::ES256, KeyAlgorithm::ES256)
        }
        _ => return None,
    };
    let signs = matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let is_for_it = jwk.common.key_algorithm.is_none_or(|it| it == named);
    let id = jwk.common.key_id.clone().filter(|_| signs && is_for_it)?;
    let key = Arc::new(DecodingKey::from_jwk(&jwk).ok()?);
    Some((id, Key { algorithm, key }))
}

#[cfg(test)]
mod tests;
