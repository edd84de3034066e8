//! `serve --demo`: a world that is told to the store, first its past, then what
//! happens while the server runs. Safe to stop at any time: the note beside the store
//! says how far it is, and what is told twice is known.

mod cast;
mod note;
mod telling;
#[cfg(test)]
mod tests;

use std::{path::Path, sync::Arc, time::Duration};

use ::demo::World;
use domain::time::{DAY, HOUR, MINUTE, Millis, SECOND, Timestamp};
use host::SystemClock;
use service::{Service, outside::Clock};
use tokio::{sync::watch, task::spawn_blocking, time};

use crate::{
    cli::Serve,
    failure::{Failure, failed},
    terminal::progress,
};

pub use cast::show_ways_in;
pub use note::Note;
use telling::Teller;

/// How often what happened since is told.
const TICK: Duration = Duration::from_secs(1);
/// How often the note is kept: what is told again after a crash is no more.
const NOTE_EVERY: Millis = 15 * SECOND;
/// How much of the dense days is told at once.
const STEP: Millis = 3 * HOUR;
/// How much of what was missed: reading the schedule takes as long for less.
const MISSED_STEP: Millis = 12 * HOUR;
/// How much of the sparse past.
const SPARSE_STEP: Millis = 6 * DAY;
/// How far ahead the schedule is read.
const AHEAD: Millis = 10 * MINUTE;
/// A world and the store that it is told to.
pub struct Demo {
    note: Note,
    teller: Teller,
    world: Arc<World>,
}

/// Finds or begins the demo of a folder, before anything is opened there.
pub fn note_of(wish: &Serve, folder: &Path) -> Result<Note, Failure> {
    if !wish.listen.ip().is_loopback() || wish.behind_tls {
        return Err(failed(
            "the demo prints links that let anybody in: it listens on loopback only, as in \
             127.0.0.1:8080, and not behind a proxy",
        ));
    }
    Note::find_or_begin(folder, wish.packages, wish.seed, SystemClock.now()).map_err(failed)
}

impl Demo {
    /// The demo of a note on its service.
    pub fn new(service: Service, note: Note) -> Self {
        let world = Arc::new(World::new(note.seed, note.packages, note.anchored_at));
        Self { note, teller: Teller::new(service, Arc::clone(&world)), world }
    }

    /// Tells the past, as far as it was not told before, up to now.
    pub async fn catch_up(&mut self, now: Timestamp) -> service::Result<()> {
        if self.note.begun_until < self.note.anchored_at {
            self.load().await?;
        }
        let bar = progress(None, "half days caught up");
        while self.note.told_until.plus(MISSED_STEP) < now {
            self.tell_until(self.note.told_until.plus(MISSED_STEP), now).await?;
            self.keep_note()?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        self.tell_until(now, now).await?;
        self.keep_note()
    }

    /// The people of this world.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Tells what happens, as it happens, until told to stop.
    pub async fn keep_moving(mut self, mut stopped: watch::Receiver<bool>) {
        let mut kept_at = self.note.told_until;
        loop {
            tokio::select! {
                () = time::sleep(TICK) => (),
                _ = stopped.wait_for(|it| *it) => break,
            }
            let now = SystemClock.now();
            let until = now.min(self.note.told_until.plus(MISSED_STEP));
            match self.tell_until(until, now).await {
                Ok(()) if NOTE_EVERY <= until.since(kept_at) => {
                    kept_at = until;
                    if let Err(error) = self.keep_note() {
                        tracing::warn!(%error, "how far the demo is cannot be kept");
                    }
                }
                Ok(()) => (),
                // The same is told again with the next tick.
                Err(error) => tracing::warn!(%error, "the demo world waits"),
            }
        }
        if let Err(error) = self.keep_note() {
            tracing::warn!(%error, "how far the demo is cannot be kept");
        }
    }

    /// The past: what is there at all, then each life at once, the oldest first.
    async fn load(&mut self) -> service::Result<()> {
        let Note { anchored_at, .. } = self.note;
        let standing = self.world.standing();
        self.teller.tell_standing(standing).await?;
        let (world, dense_at) = (Arc::clone(&self.world), anchored_at.plus(-::demo::DENSE));
        let bar = progress(Some((::demo::PAST / DAY) as u64), "days of the past");
        let mut next = Some(self.read_begun(self.note.begun_until, dense_at));
        while let Some((until, stories)) = next.take() {
            let stories = stories.await.expect("reading the schedule does not panic");
            // The next part is read while this one is recorded.
            next = (until < anchored_at).then(|| self.read_begun(until, dense_at));
            self.teller.tell(stories).await?;
            self.note.begun_until = until;
            self.keep_note()?;
            bar.set_position((until.since(world.begins_at()) / DAY) as u64);
        }
        bar.finish_and_clear();
        self.teller.tell_fixes_until(anchored_at).await
    }

    /// Reads the lives that begin in the next part of the past.
    fn read_begun(
        &self,
        from: Timestamp,
        dense_at: Timestamp,
    ) -> (Timestamp, tokio::task::JoinHandle<Vec<::demo::story::Story>>) {
        let anchored_at = self.note.anchored_at;
        let step = if from < dense_at { SPARSE_STEP } else { STEP };
        let until = from.plus(step).min(if from < dense_at { dense_at } else { anchored_at });
        let world = Arc::clone(&self.world);
        (until, spawn_blocking(move || world.begun(from, until, anchored_at)))
    }

    async fn tell_until(&mut self, until: Timestamp, now: Timestamp) -> service::Result<()> {
        let from = self.note.told_until;
        if from < until {
            self.teller.tell_between(from, until, now).await?;
            self.note.told_until = until;
        }
        Ok(())
    }

    fn keep_note(&self) -> service::Result<()> {
        self.note.keep().map_err(|it| service::Error::Unavailable(it.to_string()))
    }
}
