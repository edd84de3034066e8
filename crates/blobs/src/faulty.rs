//! A store that fails on command: one change, or everything until it is revived.

use std::{
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;

use crate::{BlobName, Blobs, BoxFuture, Error, Listed, Result, UploadTicket};

/// What becomes of the change that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It never reached the store.
    BeforeApply,
    /// It applied; only the answer was lost.
    AfterApply,
}

/// Wraps a store and breaks it. Changes are `put_new`, `put` and `delete`.
#[derive(Debug)]
pub struct Faulty {
    inner: Arc<dyn Blobs>,
    plan: Mutex<Plan>,
}

#[derive(Debug, Default)]
struct Plan {
    changes: u64,
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
    pub fn new(inner: Arc<dyn Blobs>) -> Self {
        Self { inner, plan: Mutex::default() }
    }

    /// Makes the `nth` change from now fail, 1 being the next, and no other.
    pub fn fail_change(&self, nth: u64, fault: Fault) {
        self.plan_at(nth, fault, Then::GoOn);
    }

    /// Makes the `nth` change from now fail, and everything after it, until
    /// [`Faulty::revive`].
    pub fn crash_at_change(&self, nth: u64, fault: Fault) {
        self.plan_at(nth, fault, Then::Crash);
    }

    /// Is healthy again, and forgets what was planned.
    pub fn revive(&self) {
        let mut plan = self.plan();
        plan.crashed = false;
        plan.at = None;
    }

    /// How many changes were asked for so far, those refused by a crash excepted.
    pub fn changes(&self) -> u64 {
        self.plan().changes
    }

    fn plan_at(&self, nth: u64, fault: Fault, then: Then) {
        let mut plan = self.plan();
        plan.at = Some((plan.changes + nth, fault, then));
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn alive(&self) -> Result<()> {
        if self.plan().crashed { Err(injected()) } else { Ok(()) }
    }

    /// Counts a change; the fault it meets, if any.
    fn next_change(&self) -> Result<Option<Fault>> {
        self.alive()?;
        let mut plan = self.plan();
        plan.changes += 1;
        match plan.at {
            Some((at, fault, then)) if at == plan.changes => {
                plan.at = None;
                plan.crashed = then == Then::Crash;
                Ok(Some(fault))
            }
            _ => Ok(None),
        }
    }

    async fn change(&self, change: BoxFuture<'_, Result<()>>) -> Result<()> {
        match self.next_change()? {
            None => change.await,
            Some(Fault::BeforeApply) => Err(injected()),
            Some(Fault::AfterApply) => {
                change.await?;
                Err(injected())
            }
        }
    }
}

impl Blobs for Faulty {
    fn put_new<'a>(&'a self, name: &'a BlobName, bytes: Bytes) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.change(self.inner.put_new(name, bytes)))
    }

    fn put<'a>(&'a self, name: &'a BlobName, bytes: Bytes) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.change(self.inner.put(name, bytes)))
    }

    fn get<'a>(&'a self, name: &'a BlobName) -> BoxFuture<'a, Result<Bytes>> {
        Box::pin(async move {
            self.alive()?;
            self.inner.get(name).await
        })
    }

    fn get_range<'a>(
        &'a self,
        name: &'a BlobName,
        range: Range<u64>,
    ) -> BoxFuture<'a, Result<Bytes>> {
        Box::pin(async move {
            self.alive()?;
            self.inner.get_range(name, range).await
        })
    }

    fn delete<'a>(&'a self, name: &'a BlobName) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.change(self.inner.delete(name)))
    }

    fn list<'a>(
        &'a self,
        folder: Option<&'a BlobName>,
        after: Option<&'a BlobName>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Listed>>> {
        Box::pin(async move {
            self.alive()?;
            self.inner.list(folder, after, limit).await
        })
    }

    fn upload_ticket<'a>(
        &'a self,
        name: &'a BlobName,
        len_max: u64,
    ) -> BoxFuture<'a, Result<Option<UploadTicket>>> {
        Box::pin(async move {
            self.alive()?;
            self.inner.upload_ticket(name, len_max).await
        })
    }
}

fn injected() -> Error {
    Error::Unavailable("injected".to_owned())
}

#[cfg(test)]
mod tests;
