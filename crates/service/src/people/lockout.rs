//! Lock-out: wrong attempts cost more and more time. Counted in rows, so that a
//! restart forgives nothing, and by name, so that it does not matter whether
//! the account exists.

use std::net::{IpAddr, Ipv6Addr};

use domain::{
    id::{UserId, derive_bytes},
    time::{MINUTE, Millis, SECOND, Timestamp},
};
use futures::future::try_join;
use table::{Guard, Key, Scan, Version, Write};

use crate::{
    keys::{FAILURE_SHARDS, Row, failure_shard},
    rows::to_bytes,
};

use super::{
    ATTEMPTS_MAX, People, Result,
    access::{AccessKind, Happened, anonymous},
    error::SignInError,
    stored::{FailuresRow, SpentRow},
};

/// How a kind of counter behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rule {
    /// Hashed with what is counted; never change one.
    tag: &'static [u8],
    /// This many wrong attempts begin the first delay, of a second; each
    /// further one doubles it.
    free: u32,
    /// The longest delay.
    delay_max: Millis,
    /// One attempt is forgotten in this time.
    forget: Millis,
}

/// One person's attempts from one address: what a person who mistypes meets.
const PAIR: Rule = Rule { tag: b"pair", free: 5, delay_max: 15 * MINUTE, forget: 15 * MINUTE };
/// Attempts on one account from everywhere: what a guesser with many addresses
/// meets. Higher, so that no single address can lock somebody else out.
const ACCOUNT: Rule =
    Rule { tag: b"account", free: 25, delay_max: 15 * MINUTE, forget: 15 * MINUTE };
/// Attempts from one address on all accounts: what trying one password
/// everywhere meets. Far more, and then one a second: a whole company may come
/// from one address on a Monday morning.
const SOURCE: Rule = Rule { tag: b"source", free: 200, delay_max: SECOND, forget: SECOND };

/// What one attempt is counted under.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    pair: Key,
    account: Key,
    source: Key,
}

impl Attempt {
    /// An attempt to sign in with this name, as it must be unique or as it was
    /// typed, from this address.
    pub(super) fn new(name: &str, source: IpAddr) -> Self {
        let (name, network) = (name.as_bytes(), network(source));
        Self {
            pair: counter_key(PAIR, &[name, &network]),
            account: counter_key(ACCOUNT, &[name]),
            source: source_key(source),
        }
    }

    /// What forgives the attempts of this person from this address: belongs in
    /// the batch that signs them in.
    pub(super) fn forgive(&self) -> Write {
        Write::delete(self.pair.clone(), Guard::Any)
    }
}

impl People {
    /// Refuses an attempt during a delay; else counts it as wrong until it
    /// proves right, so that attempts at the same time are no more than the
    /// same attempts one after the other.
    pub(super) async fn count_attempt(&self, attempt: &Attempt) -> Result<(), SignInError> {
        let (account, source) =
            try_join(self.failures(&attempt.account), self.failures(&attempt.source)).await?;
        self.check_delay(account.map(|it| it.0))?;
        self.check_delay(source.map(|it| it.0))?;
        for _ in 0..ATTEMPTS_MAX {
            let before = self.failures(&attempt.pair).await?;
            self.check_delay(before.map(|it| it.0))?;
            let (_, write) = self.one_more(PAIR, &attempt.pair, before);
            match self.table.write(vec![write]).await {
                // When the answer was lost it may count twice: that errs on the safe side.
                Err(table::Error::Conflict(_) | table::Error::Unavailable(_)) => (),
                other => return Ok(other?),
            }
        }
        Err(SignInError::Busy)
    }

    /// Counts a wrong attempt for the account and the address, and remembers it.
    pub(super) async fn count_wrong(&self, attempt: &Attempt, user: Option<UserId>) -> Result<()> {
        let (pair, _) =
            try_join(self.failures(&attempt.pair), self.count_up(SOURCE, &attempt.source)).await?;
        let account = self.count_up(ACCOUNT, &attempt.account).await?;
        let mut happened = vec![Happened::to_any(user, AccessKind::SignInFailed)];
        if pair.is_some_and(|(row, _)| row.count == PAIR.free)
            || account.is_some_and(|row| row.count == ACCOUNT.free)
        {
            happened.push(Happened::to_any(user, AccessKind::LockedOut));
        }
        Ok(self.commit(&anonymous("sign_in"), Vec::new(), happened).await?)
    }

    /// Refuses whoever comes from an address from which too much was wrong lately.
    pub(super) async fn check_source(&self, source: IpAddr) -> Result<(), SignInError> {
        let row = self.failures(&source_key(source)).await?;
        self.check_delay(row.map(|it| it.0))
    }

    /// Counts a wrong attempt for the address alone, where no name was tried.
    pub(super) async fn count_wrong_source(&self, source: IpAddr) -> Result<()> {
        self.count_up(SOURCE, &source_key(source)).await.map(|_| ())
    }

    /// Remembers that somebody whom the issuer knows was not let in.
    pub(super) async fn note_not_admitted(&self, user: UserId) -> Result<()> {
        let happened = vec![Happened::to(user, AccessKind::SignInFailed)];
        Ok(self.commit(&anonymous("sign_in"), Vec::new(), happened).await?)
    }

    /// Deletes what was forgotten long ago. Returns how many rows that were.
    pub async fn sweep_failures(&self) -> Result<usize> {
        let (now, mut swept) = (self.clock.now(), 0);
        for bucket in 0..FAILURE_SHARDS {
            let mut next = Some(Scan::whole(failure_shard(bucket), 1000));
            while let Some(scan) = next {
                let page = self.table.scan(scan).await?;
                for entry in page.entries {
                    // Wrong attempts and spent sign-ins say in the same way until when.
                    let row: SpentRow = minicbor::decode(&entry.value)?;
                    if now < row.expires_at {
                        continue;
                    }
                    let delete = Write::delete(entry.key, Guard::Unchanged(entry.version));
                    match self.table.write(vec![delete]).await {
                        Ok(()) => swept += 1,
                        // It is in use again.
                        Err(table::Error::Conflict(_)) => (),
                        Err(other) => return Err(other.into()),
                    }
                }
                next = page.rest;
            }
        }
        Ok(swept)
    }

    fn check_delay(&self, row: Option<FailuresRow>) -> Result<(), SignInError> {
        match row {
            Some(row) if self.clock.now() < row.locked_until => {
                Err(SignInError::LockedUntil(row.locked_until))
            }
            _ => Ok(()),
        }
    }

    /// Counts one more, or gives up when too many others count at once: they
    /// count as well. Returns what was counted.
    async fn count_up(&self, rule: Rule, key: &Key) -> Result<Option<FailuresRow>> {
        for _ in 0..ATTEMPTS_MAX {
            let before = self.failures(key).await?;
            let (row, write) = self.one_more(rule, key, before);
            match self.table.write(vec![write]).await {
                Err(table::Error::Conflict(_)) => (),
                other => return Ok(other.map(|()| Some(row))?),
            }
        }
        Ok(None)
    }

    fn one_more(
        &self,
        rule: Rule,
        key: &Key,
        before: Option<(FailuresRow, Version)>,
    ) -> (FailuresRow, Write) {
        let row = counted(rule, before.map(|it| it.0), self.clock.now());
        let guard = before.map_or(Guard::Absent, |(_, version)| Guard::Unchanged(version));
        (row, Write::put(key.clone(), guard, to_bytes(&row)))
    }

    async fn failures(&self, key: &Key) -> Result<Option<(FailuresRow, Version)>> {
        let Some(entry) = self.table.get(key).await? else { return Ok(None) };
        Ok(Some((minicbor::decode(&entry.value)?, entry.version)))
    }
}

fn counter_key(rule: Rule, parts: &[&[u8]]) -> Key {
    Row::Failures(derive_bytes(&[&[rule.tag], parts].concat())).key()
}

fn source_key(source: IpAddr) -> Key {
    counter_key(SOURCE, &[&network(source)])
}

/// One more wrong attempt.
fn counted(rule: Rule, before: Option<FailuresRow>, now: Timestamp) -> FailuresRow {
    let remembered = before.map_or(0, |row| {
        let forgotten = now.since(row.last_at).max(0) / rule.forget;
        i64::from(row.count).saturating_sub(forgotten).max(0) as u32
    });
    let count = remembered.saturating_add(1);
    let delay = match count.checked_sub(rule.free) {
        None => 0,
        Some(further) => SECOND.saturating_mul(1 << further.min(30)).min(rule.delay_max),
    };
    let expires_at = now.plus(delay.max(i64::from(count) * rule.forget));
    FailuresRow { count, last_at: now, locked_until: now.plus(delay), expires_at }
}

/// An address as far as it tells people apart: whoever has one IPv6 address
/// usually has 2^64.
fn network(source: IpAddr) -> [u8; 16] {
    match source.to_canonical() {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).octets(),
    }
}

#[cfg(test)]
mod tests;
