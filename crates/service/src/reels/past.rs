//! The map at an instant that is over: the frame of its day, moved on by the turns
//! until then, each holder on its way of that hour. The tiles are those of the live map.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock, atomic::Ordering::SeqCst},
};

use domain::{
    holding::HolderId,
    id::{PlaceId, Subject},
    map::{Counts, TileId},
    reel::{Frame, begin_of, hour_of},
    time::{HOUR, MINUTE, Millis, SECOND, Timestamp},
};
use futures::{StreamExt, TryStreamExt, stream};

use super::{GRACE, Meant, Name, name_of, seal::Sealed};
use crate::{
    Service,
    error::{Error, Result},
    map::{Narrow, Picture, Tile},
    rows::{HolderRow, Shown},
};

/// Instants that are in memory.
const PICTURES_MAX: usize = 4;
/// What was found true is looked at again after this.
const FRESH: Millis = 5 * SECOND;
/// A place that nothing is at any more is remembered for this long.
const PLACE_FRESH: Millis = MINUTE;
/// Hours that are got ready before anybody asks for them, so many each time.
const OLDER_MAX: u32 = 8 * 24;
const OLDER_EACH: usize = 6;
/// Places read at the same time.
const PLACES_AT_ONCE: usize = 64;

/// A tile of the past.
#[derive(Clone, Debug)]
pub struct PastTile {
    /// What it carries.
    pub tile: Arc<Tile>,
    /// Whether its hour is over, so that only what comes late changes it.
    pub over: bool,
}

/// An instant that somebody looks at.
#[derive(Debug)]
pub(super) struct Pictured {
    at: Timestamp,
    /// Names the turns and frames it follows from.
    name: Name,
    /// When these were looked at last.
    looked_at: Timestamp,
    made_at: Timestamp,
    picture: Arc<RwLock<Picture>>,
}

/// How an hour begins and what turns in it.
struct Hour {
    start: Frame,
    reel: super::frames::Reels,
    name: Name,
}

impl Service {
    /// A tile of the map as it was at an instant, by all that is known today.
    pub async fn tile_at(&self, id: TileId, narrow: &Narrow, at: Timestamp) -> Result<PastTile> {
        let now = self.clock.now();
        if now < at {
            let detail = "The map of an instant to come is not known; leave `at` out for now.";
            return Err(Error::invalid("?at", "future", detail));
        }
        let key = (id, narrow.clone(), at);
        let fresh = |it: &PastTile| now.since(it.tile.made_at).abs() < FRESH;
        if let Some(known) = self.past.tiles.get(&key).filter(fresh) {
            return Ok(known);
        }
        let picture = self.picture_at(at, now).await?;
        if !picture.read().unwrap_or_else(PoisonError::into_inner).is_ready(id, narrow, at) {
            let mut picture = picture.write().unwrap_or_else(PoisonError::into_inner);
            picture.make_ready(id, narrow, at);
        }
        let content = picture.read().unwrap_or_else(PoisonError::into_inner).tile(id, narrow, at);
        let over = HOUR + GRACE <= now.since(begin_of(hour_of(at)));
        let tile = PastTile { tile: Arc::new(Tile::of(content, now)), over };
        self.past.tiles.insert(key, tile.clone());
        Ok(tile)
    }

    /// Seals what is new and gets the last hour ready once it is over. To be called
    /// every minute or so; whoever asks before waits for the rest.
    pub async fn sweep_past(&self) -> Result<Sealed> {
        let sealed = self.seal_reels().await?;
        if sealed.more {
            return Ok(sealed);
        }
        let over = hour_of(self.clock.now().plus(-GRACE)).saturating_sub(1);
        if self.past.ready.load(SeqCst) < over {
            self.make_frames().await?;
            self.get_ready(over).await?;
            self.past.ready.store(over, SeqCst);
        }
        // Then the hours before that, a few each time.
        for _ in 0..OLDER_EACH {
            let older = self.past.older.load(SeqCst).min(over);
            if older == 0 || OLDER_MAX < over - older {
                break;
            }
            self.get_ready(older - 1).await?;
            self.past.older.store(older - 1, SeqCst);
        }
        Ok(sealed)
    }

    /// Tells where everything was in an hour that is over.
    async fn get_ready(&self, hour: u32) -> Result<()> {
        let Hour { start, reel, name } = self.hour(hour).await?;
        self.ways(hour, name, start.travelling(&reel.whole())).await.map(|_| ())
    }

    async fn picture_at(&self, at: Timestamp, now: Timestamp) -> Result<Arc<RwLock<Picture>>> {
        let mut pictures = self.past.pictures.lock().await;
        let known = pictures.iter().position(|it| it.at == at);
        if let Some(known) = known.map(|it| &pictures[it])
            && now.since(known.looked_at).abs() < FRESH
        {
            return Ok(Arc::clone(&known.picture));
        }
        if self.past.sealed_at.load(SeqCst) <= at.millis() {
            self.seal_reels().await?;
        }
        let hour = self.hour(hour_of(at)).await?;
        if let Some(known) = known {
            let known = &mut pictures[known];
            if known.name == hour.name && now.since(known.made_at).abs() < MINUTE {
                known.looked_at = now;
                return Ok(Arc::clone(&known.picture));
            }
        }
        let picture = Arc::new(RwLock::new(self.paint(at, &hour).await?));
        pictures.retain(|it| it.at != at);
        if PICTURES_MAX <= pictures.len() {
            pictures.remove(0);
        }
        let (name, looked_at, made_at) = (hour.name, now, now);
        let made = Arc::clone(&picture);
        pictures.push(Pictured { at, name, looked_at, made_at, picture });
        Ok(made)
    }

    async fn hour(&self, hour: u32) -> Result<Hour> {
        let (day, hour_of_day) = (hour / 24, (hour % 24) as u8);
        let (frame, frame_name) = self.frame_before(day).await?;
        let before = self.reels_of(day, 0..hour_of_day).await?;
        let reel = self.reels_of(day, hour_of_day..hour_of_day + 1).await?;
        let start = before.moved(&frame, begin_of(hour));
        let name = name_of(&[&hour.to_be_bytes(), &frame_name, &before.name, &reel.name]);
        Ok(Hour { start, reel, name })
    }

    async fn paint(&self, at: Timestamp, hour: &Hour) -> Result<Picture> {
        let travelling = hour.start.travelling(&hour.reel.whole());
        let ways = self.ways(hour_of(at), hour.name, travelling).await?;
        let outermost = hour.reel.moved(&hour.start, at).outermost();
        let places = outermost.keys().filter_map(|it| match it {
            HolderId::Place(id) => Some(*id),
            _ => None,
        });
        let places = self.places_meant(places.collect()).await?;
        let mut picture = Picture::of_the_past();
        // Places that are one by now were so always.
        let mut counted: BTreeMap<PlaceId, (Counts, Option<Shown>)> = BTreeMap::new();
        for (holder, held) in outermost {
            let shown = match holder {
                HolderId::Place(id) => {
                    let (is, shown) = places.get(&id).cloned().unwrap_or((id, None));
                    let (counts, known) = counted.entry(is).or_default();
                    counts.add(&held.counts);
                    *known = known.take().or(shown);
                    continue;
                }
                _ if ways.knows(holder) => ways.shown(holder, at).cloned(),
                _ => self.way_at(holder, held.latest, at).await?,
            };
            picture.put(holder, Some(row(held.counts, shown)));
        }
        for (id, (counts, shown)) in counted {
            picture.put(HolderId::Place(id), Some(row(counts, shown)));
        }
        Ok(picture)
    }

    /// Which places these are and where: mostly the live map knows. A merged place is not
    /// on it.
    async fn places_meant(&self, ids: Vec<PlaceId>) -> Result<BTreeMap<PlaceId, Meant>> {
        self.follow_map().await?;
        let now = self.clock.now();
        let (mut shown, mut unknown) = (BTreeMap::new(), Vec::new());
        {
            let live = self.map_picture();
            for id in ids {
                let kept = || self.past.places.get(&id);
                let fresh = |it: &(Timestamp, Meant)| now.since(it.0).abs() < PLACE_FRESH;
                match live.shown(HolderId::Place(id)) {
                    Some(known) => drop(shown.insert(id, (id, Some(known)))),
                    None => match kept().filter(fresh) {
                        Some((_, known)) => drop(shown.insert(id, known)),
                        None => unknown.push(id),
                    },
                }
            }
        }
        let each: Vec<_> = unknown.into_iter().map(|it| self.place_meant_by(it)).collect();
        let mut each = stream::iter(each).buffer_unordered(PLACES_AT_ONCE);
        while let Some((id, place)) = each.try_next().await? {
            self.past.places.insert(id, (now, place.clone()));
            shown.insert(id, place);
        }
        Ok(shown)
    }

    async fn place_meant_by(&self, id: PlaceId) -> Result<(PlaceId, Meant)> {
        let is = self.place_of(id).await?;
        Ok((id, (is, self.shown(HolderId::Place(is)).await?)))
    }

    /// Where a holder was of which nobody foresaw that it is outermost: one at the end
    /// of a chain that is too long.
    async fn way_at(
        &self,
        holder: HolderId,
        latest: Option<Subject>,
        at: Timestamp,
    ) -> Result<Option<Shown>> {
        let wanted = BTreeMap::from([(holder, latest)]);
        let ways = self.tell_ways(hour_of(at), wanted).await?;
        Ok(ways.shown(holder, at).cloned())
    }
}

/// What the map of an instant is made of.
fn row(counts: Counts, shown: Option<Shown>) -> HolderRow {
    HolderRow { counts, shown, ..HolderRow::default() }
}
