//! An engine that fails on command: one write, or everything until it is revived.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{
    BoxFuture, Changed, Entry, Error, FeedId, Key, Page, Result, Scan, Seq, Table, Usage, Write,
};

/// What becomes of the write that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It never reached the table.
    BeforeApply,
    /// It applied; only the answer was lost.
    AfterApply,
}

/// Wraps an engine and breaks it. A test that fails write 1, then 2, and so on
/// up to [`Faulty::writes`] has broken every step there is.
#[derive(Debug)]
pub struct Faulty {
    inner: Arc<dyn Table>,
    plan: Mutex<Plan>,
}

#[derive(Debug, Default)]
struct Plan {
    writes: u64,
    at: Option<(u64, Fault, Then)>,
    crashed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    GoOn,
    Crash,
}

impl Faulty {
    /// Wraps `inner`, healthy at first.
    #[must_use]
    pub fn new(inner: Arc<dyn Table>) -> Self {
        Self { inner, plan: Mutex::default() }
    }

    /// Makes the `nth` write from now fail, 1 being the next, and no other.
    pub fn fail_write(&self, nth: u64, fault: Fault) {
        self.plan_at(nth, fault, Then::GoOn);
    }

    /// Makes the `nth` write from now fail, and everything after it, until
    /// [`Faulty::revive`].
    pub fn crash_at_write(&self, nth: u64, fault: Fault) {
        self.plan_at(nth, fault, Then::Crash);
    }

    /// Is healthy again, and forgets what was planned.
    pub fn revive(&self) {
        let mut plan = self.plan();
        plan.crashed = false;
        plan.at = None;
    }

    /// How many writes were asked for so far, those refused by a crash excepted.
    pub fn writes(&self) -> u64 {
        self.plan().writes
    }

    /// Whether a planned crash has happened.
    pub fn is_crashed(&self) -> bool {
        self.plan().crashed
    }

    fn plan_at(&self, nth: u64, fault: Fault, then: Then) {
        let mut plan = self.plan();
        plan.at = Some((plan.writes + nth, fault, then));
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn alive(&self) -> Result<()> {
        if self.plan().crashed { Err(injected()) } else { Ok(()) }
    }

    /// Counts a write; the fault it meets, if any.
    fn next_write(&self) -> Result<Option<Fault>> {
        self.alive()?;
        let mut plan = self.plan();
        plan.writes += 1;
        match plan.at {
            Some((at, fault, then)) if at == plan.writes => {
                plan.at = None;
                plan.crashed = then == Then::Crash;
                Ok(Some(fault))
            }
            _ => Ok(None),
        }
    }
}

impl Table for Faulty {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Entry>>> {
        Box::pin(async move {
            self.alive()?;
            self.inner.get(key).await
        })
    }

    fn scan(&self, scan: Scan) -> BoxFuture<'_, Result<Page>> {
        Box::pin(async move {
            self.alive()?;
            self.inner.scan(scan).await
        })
    }

    fn write(&self, batch: Vec<Write>) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            match self.next_write()? {
                None => self.inner.write(batch).await,
                Some(Fault::BeforeApply) => Err(injected()),
                Some(Fault::AfterApply) => {
                    self.inner.write(batch).await?;
                    Err(injected())
                }
            }
        })
    }

    /// Each of them counts as a write. When one fails, those after it apply all
    /// the same, unless everything ends there.
    fn write_each(&self, mut writes: Vec<Write>) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let mut failed = None;
            for at in 0..writes.len() {
                let Some(fault) = self.next_write()? else { continue };
                failed = Some((at, fault));
                if self.is_crashed() {
                    writes.truncate(at + 1);
                    break;
                }
            }
            let Some((at, fault)) = failed else { return self.inner.write_each(writes).await };
            if fault == Fault::BeforeApply {
                writes.remove(at);
            }
            if !writes.is_empty() {
                self.inner.write_each(writes).await?;
            }
            Err(injected())
        })
    }

    fn feeds(&self) -> BoxFuture<'_, Result<Vec<FeedId>>> {
        Box::pin(async move {
            self.alive()?;
            self.inner.feeds().await
        })
    }

    fn changes(
        &self,
        feed: FeedId,
        after: Seq,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Changed>>> {
        Box::pin(async move {
            self.alive()?;
            self.inner.changes(feed, after, limit).await
        })
    }

    fn changed(&self, feed: FeedId, after: Seq) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            // After a crash, reading the changes fails: there is nothing to wait for.
            if self.alive().is_ok() {
                self.inner.changed(feed, after).await;
            }
        })
    }

    fn newest(&self, feed: FeedId) -> BoxFuture<'_, Result<Seq>> {
        Box::pin(async move {
            self.alive()?;
            self.inner.newest(feed).await
        })
    }

    fn trim(&self, feed: FeedId, up_to: Seq) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            self.alive()?;
            self.inner.trim(feed, up_to).await
        })
    }

    fn usage(&self) -> Usage {
        self.inner.usage()
    }
}

fn injected() -> Error {
    Error::Unavailable("injected".to_owned())
}

#[cfg(test)]
mod tests;
