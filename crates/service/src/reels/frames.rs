//! How everything stood at the end of each day that has turns. A frame names the one
//! before it and the day's turns it was made of: so it is found out by looking whether
//! it is still true, and what comes late makes again only frames that it changes.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    reel::{Frame, Reel, begin_of},
    time::{DAY, Timestamp},
};
use futures::{StreamExt, TryStreamExt, stream};
use table::Scan;

use super::{
    Name,
    kept::{Found, Said},
    name_of,
    seal::day_digest,
};
use crate::{
    Service,
    error::{Error, Result},
    keys::{FRAMES, REEL_DAYS, Row},
    rows::{ReelDayRow, ReelRow},
};

/// Rows read at once.
const PAGE: usize = 1_000;
/// A frame of so many bytes lies in its row; all rows are read together.
const IN_ROW_MAX: usize = 512;
/// How often is begun anew when something changes meanwhile.
const ATTEMPTS_MAX: usize = 8;
/// Hours read at the same time.
const HOURS_AT_ONCE: usize = 8;

/// Every day that has turns, and the frames that were made.
struct Days {
    digests: BTreeMap<u32, Name>,
    frames: BTreeMap<u32, Found>,
}

impl Service {
    /// Makes the frames of all days that are over.
    pub(super) async fn make_frames(&self) -> Result<()> {
        let today = (self.clock.now().millis() / DAY) as u32;
        self.frame_before(today).await.map(|_| ())
    }

    /// How everything stood when a day began, and a name for that.
    pub(super) async fn frame_before(&self, day: u32) -> Result<(Arc<Frame>, Name)> {
        for _ in 0..ATTEMPTS_MAX {
            if let Some(made) = self.try_frame_before(day).await? {
                return Ok(made);
            }
        }
        Err(Error::Unavailable("the past is being changed by too many at once".to_owned()))
    }

    /// The same; nothing if something changed meanwhile.
    async fn try_frame_before(&self, day: u32) -> Result<Option<(Arc<Frame>, Name)>> {
        let Days { digests, frames } = self.days().await?;
        let mut digest = Name::default();
        let (mut at, mut made) = (None, Some(Arc::new(Frame::default())));
        for (day, turns) in digests.range(..day) {
            let made_of = name_of(&[&digest, turns]);
            let found = frames.get(day);
            if let Some(found) = found.filter(|it| it.row.made_of == Some(made_of)) {
                (digest, at, made) = (found.row.digest, Some(&found.row), None);
                continue;
            }
            let before = match (made.take(), at) {
                (Some(made), _) => made,
                (None, Some(row)) => match self.frame(row).await? {
                    Some(frame) => frame,
                    None => return Ok(None),
                },
                (None, None) => unreachable!("the first frame is empty"),
            };
            let reels = self.reels_of(*day, 0..24).await?;
            let end = begin_of(24 * (day + 1)).plus(-1);
            let frame = reels.moved(&before, end);
            let bytes = frame.to_bytes();
            digest = name_of(&[&bytes]);
            // If an hour was written meanwhile, this frame is of nothing that is named.
            if reels.digest == *turns {
                let key = Row::Frame(*day).key();
                let said = Said { in_row_max: IN_ROW_MAX, made_of: Some(made_of), turns: None };
                self.keep_part(&key, found, bytes, said).await?;
            }
            let frame = Arc::new(frame);
            self.past.frames.insert(digest, Arc::clone(&frame));
            made = Some(frame);
        }
        match (made, at) {
            (Some(made), _) => Ok(Some((made, digest))),
            (None, Some(row)) => Ok(self.frame(row).await?.map(|it| (it, digest))),
            (None, None) => unreachable!("the first frame is empty"),
        }
    }

    async fn days(&self) -> Result<Days> {
        let (mut digests, mut frames) = (BTreeMap::new(), BTreeMap::new());
        for shard in [REEL_DAYS, FRAMES] {
            let mut next = Some(Scan::whole(shard, PAGE));
            while let Some(scan) = next {
                let page = self.table.scan(scan).await?;
                for entry in page.entries {
                    let Ok(day) = <[u8; 4]>::try_from(entry.key.sort.as_slice()) else { continue };
                    let day = u32::from_be_bytes(day);
                    if shard == REEL_DAYS {
                        let row: ReelDayRow = minicbor::decode(&entry.value)?;
                        digests.insert(day, row.digest);
                    } else {
                        let row = minicbor::decode(&entry.value)?;
                        frames.insert(day, Found { row, version: entry.version });
                    }
                }
                next = page.rest;
            }
        }
        Ok(Days { digests, frames })
    }

    async fn frame(&self, row: &ReelRow) -> Result<Option<Arc<Frame>>> {
        if let Some(known) = self.past.frames.get(&row.digest) {
            return Ok(Some(known));
        }
        let Some(bytes) = self.part_bytes(row).await? else { return Ok(None) };
        let frame = Arc::new(Frame::from_bytes(&bytes)?);
        self.past.frames.insert(row.digest, Arc::clone(&frame));
        Ok(Some(frame))
    }

    /// The reels of some hours of a day.
    pub(super) async fn reels_of(&self, day: u32, hours: std::ops::Range<u8>) -> Result<Reels> {
        for _ in 0..ATTEMPTS_MAX {
            let mut rows = self.reel_rows(day).await?;
            let digest = day_digest(&rows);
            rows.retain(|hour, _| hours.contains(hour));
            let name = day_digest(&rows);
            let each: Vec<_> = rows.values().map(|row| self.reel(row)).collect();
            let reels: Vec<Option<Arc<Reel>>> =
                stream::iter(each).buffered(HOURS_AT_ONCE).try_collect().await?;
            if let Some(reels) = reels.into_iter().collect() {
                return Ok(Reels { reels, digest, name });
            }
        }
        Err(Error::Unavailable("a day of the past is changed by too many at once".to_owned()))
    }

    /// A reel; nothing if another took its place meanwhile.
    pub(super) async fn reel(&self, row: &ReelRow) -> Result<Option<Arc<Reel>>> {
        if let Some(known) = self.past.reels.get(&row.digest) {
            return Ok(Some(known));
        }
        let Some(bytes) = self.part_bytes(row).await? else { return Ok(None) };
        let reel = Arc::new(Reel::from_bytes(&bytes)?);
        self.past.reels.insert(row.digest, Arc::clone(&reel));
        Ok(Some(reel))
    }
}

/// Some hours of a day.
pub(super) struct Reels {
    /// One after the other; those without turns are missing.
    pub reels: Vec<Arc<Reel>>,
    /// What all of the day's hours are together.
    pub digest: Name,
    /// Names these hours.
    pub name: Name,
}

impl Reels {
    /// All that turned in them, which must be of one hour.
    pub fn whole(&self) -> Arc<Reel> {
        self.reels.first().cloned().unwrap_or_default()
    }

    /// A frame moved on by them until an instant.
    pub fn moved(&self, frame: &Frame, until: Timestamp) -> Frame {
        let mut frame = frame.clone();
        for reel in &self.reels {
            frame.move_on(reel, until);
        }
        frame
    }
}
