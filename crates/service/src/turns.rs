//! Turns: heavy work off the threads that answer, only so much of it at once,
//! and only so many who wait for it.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Too many wait already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// The places to work in and to wait for one.
#[derive(Debug)]
pub(crate) struct Turns {
    places: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

impl Turns {
    /// So many at once, and so many waiting besides.
    pub(crate) fn new(at_once_max: usize, waiting_max: usize) -> Self {
        let places = Arc::new(Semaphore::new(at_once_max + waiting_max));
        Self { places, running: Arc::new(Semaphore::new(at_once_max)) }
    }

    /// Takes a place: before anything is written down that the work is part of.
    pub(crate) fn take(&self) -> Result<Turn, Full> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Full)?;
        Ok(Turn { place, running: Arc::clone(&self.running) })
    }
}

/// A place for one piece of work.
#[derive(Debug)]
pub(crate) struct Turn {
    place: OwnedSemaphorePermit,
    running: Arc<Semaphore>,
}

impl Turn {
    /// Does the work when its turn comes. The place is given back by the thread
    /// that works: who stops waiting frees nothing that is still in use.
    pub(crate) async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> T {
        let Self { place, running } = self;
        let turn = running.acquire_owned().await.expect("it is never closed");
        let work = move || {
            let done = work();
            drop((place, turn));
            done
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(done) => done,
            // A bug in the work is the caller's; nobody cancels it.
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}

#[cfg(test)]
mod tests;
