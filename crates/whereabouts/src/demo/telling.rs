//! Tells the store what happens: many subjects at once, containers before what they
//! hold, each subject's facts in order.

use std::{collections::BTreeMap, sync::Arc};

use ::demo::{Pace, Standing, World, story::Story};
use domain::{
    draft::Draft,
    fixes::Batch,
    id::Subject,
    time::{HOUR, MINUTE, Millis, Timestamp},
};
use futures::{StreamExt, TryStreamExt, stream};
use service::{
    Error, Result, Service,
    fixes::FIXES_MAX,
    record::{Attribution, TOGETHER_MAX},
};
use tokio::task::{JoinSet, spawn_blocking};

use super::AHEAD;

/// Tasks that record side by side.
const TASKS: usize = 4;
/// Subjects that each of them records at the same time: enough to share each flush.
const SUBJECTS_AT_ONCE: usize = 128;
/// What happened longer ago than this is told with thinned fixes.
const WATCHED: Millis = 5 * MINUTE;
/// How far back fixes are told at all after a long stop.
const HEARD: Millis = 24 * HOUR;

/// Tells one world to one service.
pub struct Teller {
    service: Service,
    world: Arc<World>,
    by: Attribution,
    /// What the schedule says will happen, in order, and until when it was read.
    coming: Vec<Draft>,
    read_until: Timestamp,
}

impl Teller {
    /// Tells this world to this service.
    pub fn new(service: Service, world: Arc<World>) -> Self {
        let by = Attribution { actor: "demo".to_owned(), source: "demo".to_owned() };
        Self { service, world, by, coming: Vec::new(), read_until: Timestamp::MIN }
    }

    /// Registers what is there before anything happens.
    pub async fn tell_standing(&self, standing: Standing) -> Result<()> {
        let places = standing.gazetteer.iter().map(|it| self.service.register_gazetteer_place(it));
        let places: Vec<_> = places.collect();
        stream::iter(places).buffer_unordered(SUBJECTS_AT_ONCE).try_collect::<Vec<_>>().await?;
        self.record(standing.first).await?;
        self.record(standing.then).await
    }

    /// Records stories: those of containers first, which packages mention.
    pub async fn tell(&self, mut stories: Vec<Story>) -> Result<()> {
        stories.sort_by_key(|it| matches!(it.subject, Subject::Package(_)));
        let packages = stories.iter().position(|it| matches!(it.subject, Subject::Package(_)));
        let packages = stories.split_off(packages.unwrap_or(stories.len()));
        self.record(stories).await?;
        self.record(packages).await
    }

    /// Everything from one instant until just before another, fixes included.
    pub async fn tell_between(
        &mut self,
        from: Timestamp,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        if self.read_until < until || self.coming.first().is_some_and(|it| it.happened_at < from) {
            let ahead = until.plus(AHEAD);
            let world = Arc::clone(&self.world);
            let read = spawn_blocking(move || world.between(from, ahead)).await;
            self.coming = read.expect("reading the schedule does not panic");
            self.read_until = ahead;
        }
        let due = self.coming.partition_point(|it| it.happened_at < until);
        let mut stories: BTreeMap<Subject, Story> = BTreeMap::new();
        for draft in &self.coming[..due] {
            let story = stories.entry(draft.subject).or_insert_with(|| Story::of(draft.subject));
            story.drafts.push(draft.clone());
        }
        self.tell(stories.into_values().collect()).await?;
        self.tell_fixes_between(from, until, now).await?;
        // Only now: whatever failed is told again.
        self.coming.drain(..due);
        Ok(())
    }

    /// What trackers reported before this instant, which is now.
    pub async fn tell_fixes_until(&self, now: Timestamp) -> Result<()> {
        self.tell_fixes_between(now.plus(-HEARD), now, now).await
    }

    /// What trackers reported: all of the last minutes, some of the last day.
    async fn tell_fixes_between(
        &self,
        from: Timestamp,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        let watched_from = now.plus(-WATCHED).min(until).max(from);
        let mut at = now.plus(-HEARD).max(from);
        while at < watched_from {
            let next = at.plus(HOUR).min(watched_from);
            self.tell_fixes(at, next, Pace::Thinned).await?;
            at = next;
        }
        self.tell_fixes(watched_from, until, Pace::Live).await
    }

    async fn tell_fixes(&self, from: Timestamp, until: Timestamp, pace: Pace) -> Result<()> {
        for fixes in self.world.fixes(from, until, pace).chunks(FIXES_MAX) {
            // Their content names them: the same again is the same batch.
            let batch = Batch::of(fixes.iter().copied());
            self.service.accept_fixes(&self.by, None, &batch).await?;
        }
        Ok(())
    }

    /// Records stories that mention nothing of each other, all processors at work.
    async fn record(&self, stories: Vec<Story>) -> Result<()> {
        let each = stories.len().div_ceil(TASKS).max(1);
        let mut tasks = JoinSet::new();
        let mut rest = stories.into_iter().peekable();
        while rest.peek().is_some() {
            let part: Vec<Story> = rest.by_ref().take(each).collect();
            let (service, by) = (self.service.clone(), self.by.clone());
            tasks.spawn(async move {
                let stories: Vec<_> = part.into_iter().map(|it| story(&service, &by, it)).collect();
                stream::iter(stories).buffer_unordered(SUBJECTS_AT_ONCE).try_collect::<()>().await
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.expect("recording does not panic")?;
        }
        Ok(())
    }
}

async fn story(service: &Service, by: &Attribution, story: Story) -> Result<()> {
    let mut drafts = story.drafts;
    while !drafts.is_empty() {
        let rest = drafts.split_off(drafts.len().min(TOGETHER_MAX));
        match service.record(by, drafts).await {
            Ok(_) => (),
            Err(error @ (Error::Unavailable(_) | Error::Corrupt(_) | Error::Changed(_))) => {
                return Err(error);
            }
            // Somebody who plays with the demo may have said otherwise: theirs stands.
            Err(error) => {
                tracing::warn!(%error, subject = %story.subject, "the demo is contradicted");
            }
        }
        drafts = rest;
    }
    Ok(())
}
