//! Following the change feed for the live feed: heads, accepted batches of fixes,
//! and people's access become frames. Feeds are followed from their newest change.

use domain::{
    fixes::{Batch, Ring},
    holding::HolderId,
    id::{Subject, TrackerId, UserId},
    map::{Mark, TileId},
    time::Timestamp,
};
use table::{Changed as Change, FeedId, Seq};

use super::{
    Carried, Changed, Full, Live, Measured, News, Shown, Subscription, Topic, Wish,
    aim::Link,
    board::Resume,
    links::{ByTracker, Followed, Told},
};
use crate::{
    Service,
    error::{Error, Result},
    fixes::{accepted, ring_of},
    keys::{Row, holder_of_row, subject_of_shard, user_of_shard},
    map::{open_mark, open_version},
    rows::{BatchRow, Head, HolderRow},
};

/// Most changes read at once.
const CHANGES_MAX: usize = 1_000;
/// Links are read as they are found; more rounds than this are a mistake.
const ROUNDS_MAX: usize = 64;

/// Follows one feed from where it is now.
#[derive(Debug)]
pub struct Follower {
    service: Service,
    feed: FeedId,
    at: Seq,
}

impl Follower {
    /// Takes in what is new and says how many changes that was; 0 means there was
    /// nothing. After an error the same changes come again, and tell nothing twice.
    pub async fn follow_once(&mut self) -> Result<usize> {
        let batch = match self.service.table.changes(self.feed, self.at, CHANGES_MAX).await {
            Err(table::Error::Trimmed(_)) => {
                self.at = self.service.table.newest(self.feed).await?;
                self.service.live.reached(self.feed, self.at);
                self.service.live.board().start_over();
                tracing::warn!(feed = self.feed.0, "changes are gone unread: streams begin anew");
                return Ok(1);
            }
            other => other?,
        };
        let Some(last) = batch.last().map(|it| it.seq) else { return Ok(0) };
        for change in batch.iter().filter(|it| self.at < it.seq) {
            self.service.tell(change).await?;
        }
        self.at = last;
        self.service.live.reached(self.feed, last);
        self.service.live.board().sweep(self.service.clock.now());
        Ok(batch.len())
    }

    /// Completes once there is something new.
    pub async fn something_new(&self) {
        self.service.table.changed(self.feed, self.at).await;
    }
}

impl Service {
    /// Who watches.
    #[must_use]
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// A follower of each feed. Only with these running does anything reach a stream.
    pub async fn live_followers(&self) -> Result<Vec<Follower>> {
        let mut followers = Vec::new();
        for feed in self.table.feeds().await? {
            let at = self.table.newest(feed).await?;
            self.live.reached(feed, at);
            followers.push(Follower { service: self.clone(), feed, at });
        }
        Ok(followers)
    }

    /// Begins a stream: from here on it gets every frame about its topics. A
    /// subject that was never registered is [`Error::NotFound`].
    pub async fn watch(&self, wish: Wish) -> Result<std::result::Result<Subscription, Full>> {
        if let Err(full) = self.live.board().room_for(wish.user) {
            return Ok(Err(full));
        }
        let boot = self.live.boot(&*self.entropy);
        let number = |it: &String| it.strip_prefix(boot)?.strip_prefix('-')?.parse().ok();
        let resume = match wish.after.as_ref() {
            None => Resume::Never,
            Some(id) => number(id).map_or(Resume::Elsewhere, Resume::After),
        };
        for _ in 0..ROUNDS_MAX {
            for topic in &wish.topics {
                self.begin_to_watch(*topic).await?;
            }
            let mut board = self.live.board();
            let joined = match board.join(wish.user, &wish.topics, resume) {
                Err(full) => return Ok(Err(full)),
                // Changes were gone unread in between.
                Ok(None) => continue,
                Ok(Some(joined)) => joined,
            };
            let carried = wish.topics.iter().filter_map(|it| match it {
                Topic::Subject(subject) => board.links.carried(*subject),
                Topic::Tile { .. } => None,
            });
            return Ok(Ok(Subscription {
                live: self.live.clone(),
                id: joined.id,
                start: joined.start,
                number: board.number,
                carried: carried.collect(),
                missed: joined.missed,
                frames: joined.frames,
                access: joined.access,
            }));
        }
        Err(Error::Unavailable("what is watched changes too often".to_owned()))
    }

    async fn begin_to_watch(&self, topic: Topic) -> Result<()> {
        let now = self.clock.now();
        let Topic::Subject(subject) = topic else {
            self.live.board().watch(topic, now);
            return Ok(());
        };
        if self.live.board().is_watched(topic) {
            return Ok(());
        }
        let aimed = self.aim(subject, Some(now)).await;
        aimed.inspect_err(|_| self.live.board().drop_topic(topic))?;
        if !self.live.board().links.is_registered(subject) {
            self.live.board().drop_topic(topic);
            return Err(Error::NotFound(subject.to_string()));
        }
        Ok(())
    }

    /// Follows a subject's chain to where its news come from, and says to those
    /// who watch it when that is elsewhere than before. With `begin` it is watched
    /// from the moment its chain is known, so that whatever changes later is told.
    async fn aim(&self, subject: Subject, begin: Option<Timestamp>) -> Result<()> {
        let topic = Topic::Subject(subject);
        for _ in 0..ROUNDS_MAX {
            let unknown = {
                let mut board = self.live.board();
                if begin.is_none() && !board.is_watched(topic) {
                    board.links.forget(subject);
                    return Ok(());
                }
                match board.links.follow(subject) {
                    Followed::Known { changed } => {
                        if let Some(carried) = board.links.carried(subject).filter(|_| changed) {
                            board.post(vec![topic], News::Carried(carried));
                        }
                        if let Some(now) = begin {
                            board.watch(topic, now);
                        }
                        return Ok(());
                    }
                    Followed::Unknown(unknown) => unknown,
                }
            };
            for link in unknown {
                let head = self.head(link).await?;
                let link_is = head.map(|(head, _)| Link::of(&head)).unwrap_or_default();
                self.live.board().links.learn(link, link_is);
            }
        }
        Err(Error::Unavailable(format!("what holds {subject} changes too often")))
    }

    /// Tells what one change means to those who watch.
    async fn tell(&self, change: &Change) -> Result<()> {
        if let Some(subject) = subject_of_shard(&change.key.shard) {
            return match &change.new {
                Some(head) if change.key.sort == b"h" => {
                    self.tell_head(subject, change.old.as_deref(), head).await
                }
                _ => Ok(()),
            };
        }
        if let Some(holder) = holder_of_row(&change.key) {
            self.tell_shown(holder, change)?;
        } else if let Some((_, row)) = accepted(change) {
            return self.tell_fixes(row).await;
        } else if let Some(user) = user_of_shard(&change.key.shard) {
            self.tell_access(user, change);
        }
        Ok(())
    }

    async fn tell_head(&self, subject: Subject, old: Option<&[u8]>, head: &[u8]) -> Result<()> {
        if !self.live.board().links.needs(subject) {
            return Ok(());
        }
        let head: Head = minicbor::decode(head)?;
        let (needed_by, newer) = self.live.board().links.learn(subject, Link::of(&head));
        if newer && self.live.board().is_watched(Topic::Subject(subject)) {
            // A prediction that fails is worth less than the news without it.
            let expected = match subject {
                Subject::Package(_) => self.expected(subject).await.unwrap_or_default(),
                _ => None,
            };
            let prev = old.map(minicbor::decode::<Head>).transpose()?.map(|it| it.seq);
            let changed = Changed::of(subject, (head.seq, prev), &head.state, expected);
            let news = News::Changed(Box::new(changed));
            self.live.board().post(vec![Topic::Subject(subject)], news);
        }
        for watched in needed_by {
            self.aim(watched, None).await?;
        }
        Ok(())
    }

    /// A holder changed on the map: whoever watches a tile that it was or is in.
    fn tell_shown(&self, id: HolderId, change: &Change) -> Result<()> {
        let tiles = self.live.watched_tiles();
        if tiles.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        let read = |row: Option<&[u8]>| -> Result<(Option<Mark>, [u8; 8])> {
            let row: Option<HolderRow> = row.map(minicbor::decode).transpose()?;
            let version = row.as_ref().map(open_version).unwrap_or_default();
            Ok((row.and_then(|it| open_mark(id, &it, now)), version))
        };
        let ((old, before), (new, version)) =
            (read(change.old.as_deref())?, read(change.new.as_deref())?);
        let shows =
            |mark: &Mark, tile: TileId| mark.path.iter().any(|point| tile.contains(point.position));
        let concerned = tiles.into_iter().filter(|(z, x, y)| {
            TileId::new(*z, *x, *y)
                .is_ok_and(|tile| [&old, &new].into_iter().flatten().any(|it| shows(it, tile)))
        });
        let topics: Vec<Topic> = concerned.map(|(z, x, y)| Topic::Tile { z, x, y }).collect();
        if !topics.is_empty() && before != version {
            let shown = Shown { id, mark: new.map(Box::new), version, before };
            self.live.board().post(topics, News::Shown(shown));
        }
        Ok(())
    }

    async fn tell_fixes(&self, row: &[u8]) -> Result<()> {
        if !self.live.board().links.needs_fixes() {
            return Ok(());
        }
        let row: BatchRow = minicbor::decode(row)?;
        let batch = Batch::from_bytes(&row.columns)
            .map_err(|it| Error::Corrupt(format!("an accepted batch: {it}")))?;
        let mut by_tracker = ByTracker::new();
        for (of, fix) in batch.fixes {
            by_tracker.entry(batch.trackers[of as usize]).or_default().push(fix);
        }
        for (tracker, fixes) in by_tracker {
            let Some(known) = self.live.board().links.ring_known(tracker) else { continue };
            let read = if known { None } else { Some(self.ring(tracker).await?) };
            let mut board = self.live.board();
            let heard = board.links.hear(tracker, read, &fixes, row.recorded_at);
            let Some(Told { fix, prev, on, by_sight }) = heard else { continue };
            for (public, carries) in by_sight {
                let topics = carries.into_iter().map(Topic::Subject).collect();
                board.post(topics, News::Measured(Measured { tracker, on, fix, prev, public }));
            }
        }
        Ok(())
    }

    async fn ring(&self, tracker: TrackerId) -> Result<Ring> {
        let entry = self.table.get(&Row::Ring(tracker).key()).await?;
        Ok(entry.map(|it| ring_of(&it.value)).transpose()?.map(|it| it.1).unwrap_or_default())
    }

    /// An account was changed, or a way in has ended. That one was used is nothing.
    fn tell_access(&self, user: UserId, change: &Change) {
        let account = change.key.sort == b"u";
        if account || change.new.is_none() {
            self.live.board().access_changed(user);
        }
    }
}

impl Carried {
    /// Whether a tracker's fixes reach those who watch this.
    #[must_use]
    pub fn hears(&self, tracker: TrackerId) -> bool {
        self.trackers.iter().any(|it| it.0 == tracker)
    }
}
