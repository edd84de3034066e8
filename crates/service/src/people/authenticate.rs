//! From a credential to a principal, on every request: so fast that the table
//! is not read for each, so fresh that what ended has ended.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use domain::{
    id::UserId,
    time::{HOUR, MINUTE, Millis, SECOND, Timestamp},
};
use futures::future::try_join;
use quick_cache::sync::Cache;
use table::{Entry, Guard, Write};

use crate::{keys::Row, rows::to_bytes};

use super::{
    People, Result,
    principal::{Credential, Principal},
    secret::{Proof, Purpose, SessionId, TokenId, read},
    session::in_session,
    stored::{SessionRow, TokenRow, UserRow},
    token::with_token,
};

/// For how long at most another process may not have noticed that something
/// ended. In this process it ends at once.
pub const STALE_MAX: Millis = 5 * SECOND;
/// A session's last use is written down this often.
const SESSION_TOUCH: Millis = 5 * MINUTE;
/// A token's last use is written down this often.
const TOKEN_TOUCH: Millis = HOUR;
/// How many credentials are remembered: all that are used at once.
const REMEMBERED_MAX: usize = 100_000;
/// What is remembered is forgotten for this many groups of people apart.
const GROUPS: usize = 4096;

impl People {
    /// Who the credential proves somebody to be; `None` when it proves nothing.
    /// An error when that cannot be said now: then nobody is let in.
    pub async fn authenticate(&self, credential: Credential<'_>) -> Result<Option<Arc<Principal>>> {
        if let Credential::Token(text) = credential
            && let Some(operator) = self.operator(text)
        {
            return Ok(Some(operator));
        }
        if let Credential::Token(text) = credential
            && let Some(company) = self.company().filter(|_| is_of_an_issuer(text))
        {
            return self.authenticate_issued(company, text).await;
        }
        let (purpose, text) = match credential {
            Credential::Session(text) => (Purpose::Session, text),
            Credential::Token(text) => (Purpose::Token, text),
        };
        let Some(proof) = read(purpose, text) else { return Ok(None) };
        if let Some(known) = self.verified.get(&proof.digest, self.clock.now()) {
            return Ok(Some(known));
        }
        // Taken before reading: what ends while we read is not remembered.
        let generation = self.verified.generation(proof.user);
        let Some(verified) = self.verify(purpose, &proof).await? else { return Ok(None) };
        let principal = Arc::clone(&verified.principal);
        self.verified.remember(proof.digest, generation, verified);
        Ok(Some(principal))
    }

    /// Reads the credential's row and its owner's.
    async fn verify(&self, purpose: Purpose, proof: &Proof) -> Result<Option<Known>> {
        let user = proof.user;
        let key = match purpose {
            Purpose::Session => Row::Session(user, SessionId::from_bytes(proof.handle())).key(),
            _ => Row::ApiToken(user, TokenId::from_bytes(proof.handle())).key(),
        };
        let entry = async { Ok(self.table.get(&key).await?) };
        let (owner, entry) = try_join(self.user_row(user), entry).await?;
        let (Some((owner, _)), Some(entry)) = (owner, entry) else { return Ok(None) };
        if owner.disabled || !self.is_trusted(&owner) {
            return Ok(None);
        }
        match purpose {
            Purpose::Session => self.verify_session(proof, &owner, entry).await,
            _ => self.verify_token(proof, &owner, entry).await,
        }
    }

    async fn verify_session(
        &self,
        proof: &Proof,
        owner: &UserRow,
        entry: Entry,
    ) -> Result<Option<Known>> {
        let (now, mut row) = (self.clock.now(), minicbor::decode::<SessionRow>(&entry.value)?);
        if !proof.is(&row.digest) || !row.is_live(owner, now) {
            return Ok(None);
        }
        if SESSION_TOUCH <= now.since(row.last_seen_at) {
            row.last_seen_at = now;
            self.touch(entry, to_bytes(&row)).await;
        }
        let id = SessionId::from_bytes(proof.handle());
        let principal = Arc::new(in_session(proof.user, owner, id));
        let until = row.expires_at().min(row.last_seen_at.plus(SESSION_TOUCH));
        Ok(Some(Known { principal, until: until.min(now.plus(STALE_MAX)), since: now }))
    }

    async fn verify_token(
        &self,
        proof: &Proof,
        owner: &UserRow,
        entry: Entry,
    ) -> Result<Option<Known>> {
        let (now, mut row) = (self.clock.now(), minicbor::decode::<TokenRow>(&entry.value)?);
        let works = row.is_live(owner, now) && owner.is_still_known(now);
        if !proof.is(&row.digest) || !works {
            return Ok(None);
        }
        if row.last_used_at.is_none_or(|it| TOKEN_TOUCH <= now.since(it)) {
            row.last_used_at = Some(now);
            self.touch(entry, to_bytes(&row)).await;
        }
        let id = TokenId::from_bytes(proof.handle());
        let principal = Arc::new(with_token(proof.user, owner, id, &row));
        let until = row.expires_at.unwrap_or(Timestamp::MAX);
        Ok(Some(Known { principal, until: until.min(now.plus(STALE_MAX)), since: now }))
    }

    /// Writes down that a credential was used. Guarded, so that it cannot bring
    /// back one that ends at this moment; and not worth failing a request for.
    async fn touch(&self, entry: Entry, row: Vec<u8>) {
        let write = Write::put(entry.key, Guard::Unchanged(entry.version), row);
        if let Err(error) = self.table.write(vec![write]).await {
            tracing::debug!(%error, "the use of a credential was not written down");
        }
    }
}

/// Whether it looks like a token of an issuer: three parts, which none of ours has.
fn is_of_an_issuer(text: &str) -> bool {
    text.bytes().filter(|it| *it == b'.').count() == 2
}

/// A principal, and for how long it is one without reading again.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub principal: Arc<Principal>,
    pub since: Timestamp,
    pub until: Timestamp,
}

/// Credentials that were verified a moment ago.
#[derive(Debug)]
pub(super) struct Verified {
    known: Cache<[u8; 32], (u64, Known)>,
    /// Counts, per group of people, how often something of theirs ended. What
    /// was read before the last time is not believed.
    generations: Vec<AtomicU64>,
}

impl Default for Verified {
    fn default() -> Self {
        let generations = (0..GROUPS).map(|_| AtomicU64::new(0)).collect();
        Self { known: Cache::new(REMEMBERED_MAX), generations }
    }
}

impl Verified {
    /// Forgets what is remembered of this person once the returned value goes
    /// out of scope, also when the work is cancelled half-way: hold it while
    /// writing what ends something.
    pub(super) fn ending(&self, user: UserId) -> Ending<'_> {
        Ending(self.counter(user))
    }

    /// Who a credential proved, by its hash, a moment ago.
    pub(super) fn get(&self, digest: &[u8; 32], now: Timestamp) -> Option<Arc<Principal>> {
        let (generation, known) = self.known.get(digest)?;
        let is_fresh = known.since <= now && now < known.until;
        let is_current = generation == self.generation(known.principal.user?);
        (is_fresh && is_current).then_some(known.principal)
    }

    pub(super) fn generation(&self, user: UserId) -> u64 {
        self.counter(user).load(Ordering::SeqCst)
    }

    pub(super) fn remember(&self, digest: [u8; 32], generation: u64, known: Known) {
        self.known.insert(digest, (generation, known));
    }

    fn counter(&self, user: UserId) -> &AtomicU64 {
        let [a, b, ..] = *user.as_bytes();
        &self.generations[usize::from(u16::from_be_bytes([a, b])) % GROUPS]
    }
}

/// Something of a person is ending.
#[derive(Debug)]
pub(super) struct Ending<'a>(&'a AtomicU64);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}
