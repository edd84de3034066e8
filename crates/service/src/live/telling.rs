//! Telling everybody: what changes mean to whoever may watch, without knowing who does.
//! The frames are those of the live feed; each names the one before it, so that whoever
//! missed one knows.

use std::collections::BTreeMap;

use domain::{
    event::Holder,
    fixes::{COARSE_RADIUS_M, coarsened},
    holding::HolderId,
    id::{PlaceId, Subject, TrackerId},
    map::{Mark, TileId},
    motion::Fix,
};
use futures::{StreamExt, TryStreamExt, stream};
use table::Changed as Change;

use super::{
    Changed, Measured, News, Public, Shown, Topic,
    aim::{Home, Link},
    channel::{Channel, Sight, ZOOMS},
    links::is_near,
};
use crate::{
    Service,
    error::Result,
    fixes::ring_of,
    keys::{holder_of_row, subject_of_shard, tracker_of_ring},
    map::{open_mark, open_version},
    projector::is_head,
    rows::{Head, HolderRow},
    whereabouts::is_person,
};

/// Most frames of one batch of changes; whoever misses one is told by the next.
pub const FRAMES_MAX: usize = 1_000;
/// Most tiles of each zoom that one holder's news reach.
const TILES_MAX: usize = 16;
/// Subjects and trackers looked at at the same time.
const AT_ONCE: usize = 16;

/// One frame and the channel it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Where.
    pub channel: Channel,
    /// What.
    pub news: News,
}

/// What a row was before a batch of changes, and after it.
type Span<'a> = (Option<&'a [u8]>, Option<&'a [u8]>);

impl Service {
    /// What these changes mean to those who watch, at most [`FRAMES_MAX`] frames of it:
    /// how subjects stand, where trackers were measured, what tiles of some zooms show.
    /// Of several changes of one thing the last is told. The same changes again are the
    /// same frames again.
    pub async fn live_news(&self, changes: &[Change]) -> Result<Vec<Told>> {
        let (mut heads, mut rings, mut holders) =
            (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for change in changes {
            if is_head(&change.key)
                && let Some(subject) = subject_of_shard(&change.key.shard)
            {
                span(&mut heads, subject, change);
            } else if let Some(tracker) = tracker_of_ring(&change.key) {
                span(&mut rings, tracker, change);
            } else if let Some(holder) = holder_of_row(&change.key) {
                span(&mut holders, holder, change);
            }
        }
        let mut all = Vec::new();
        let each: Vec<_> = heads.into_iter().map(|(of, span)| self.told_of(of, span)).collect();
        let mut each = stream::iter(each).buffered(AT_ONCE);
        while let Some(told) = each.try_next().await? {
            all.extend(told);
        }
        let each: Vec<_> = rings.into_iter().map(|(of, span)| self.told_where(of, span)).collect();
        let mut each = stream::iter(each).buffered(AT_ONCE);
        while let Some(told) = each.try_next().await? {
            all.extend(told);
        }
        for (holder, span) in holders {
            all.extend(self.shown_on_tiles(holder, span)?);
        }
        if FRAMES_MAX < all.len() {
            tracing::warn!(frames = all.len(), "more news at once than are told");
            all.truncate(FRAMES_MAX);
        }
        Ok(all)
    }

    async fn told_of(&self, subject: Subject, (old, new): Span<'_>) -> Result<Option<Told>> {
        let Some(new) = new else { return Ok(None) };
        let (old, new) = (old.map(read_head).transpose()?, read_head(new)?);
        let prev = old.map(|it| it.seq);
        // Filing and erasing record nothing.
        if prev == Some(new.seq) {
            return Ok(None);
        }
        // A prediction that fails is worth less than the news without it.
        let expected = match subject {
            Subject::Package(_) => self.expected(subject).await.unwrap_or_default(),
            _ => None,
        };
        let news = Changed::of(subject, (new.seq, prev), &new.state, expected);
        let channel = Channel { sight: Sight::All, topic: Topic::Subject(subject) };
        Ok(Some(Told { channel, news: News::Changed(Box::new(news)) }))
    }

    /// Where a tracker is: to everybody, or in two ways where not everybody may know.
    async fn told_where(&self, tracker: TrackerId, (old, new): Span<'_>) -> Result<Vec<Told>> {
        let latest = |ring: Option<&[u8]>| -> Result<Option<Fix>> {
            Ok(ring.map(ring_of).transpose()?.and_then(|(_, ring)| ring.latest().copied()))
        };
        let prev = latest(old)?.map(|it| it.at);
        let Some(fix) = latest(new)?.filter(|it| prev.is_none_or(|prev| prev < it.at)) else {
            return Ok(Vec::new());
        };
        let carries = self.carried_by(tracker).await?;
        let public = self.public(tracker, &carries, &fix).await?;
        let on = carries.first().copied();
        let news = Measured { tracker, on, fix, prev, public };
        let sights: &[Sight] = match public {
            Public::Exact => &[Sight::All],
            Public::Around(..) => &[Sight::Town, Sight::Exact],
        };
        let topic = Topic::Subject(Subject::Tracker(tracker));
        let told = |sight: &Sight| Told {
            channel: Channel { sight: *sight, topic },
            news: News::Measured(news.clone()),
        };
        Ok(sights.iter().map(told).collect())
    }

    /// What everybody may know of a fix: where a person is, or where a home is that what
    /// travels with the tracker comes from, goes to or is at, they may not.
    async fn public(&self, tracker: TrackerId, on: &[Subject], fix: &Fix) -> Result<Public> {
        let head = self.head(Subject::Tracker(tracker)).await?;
        if head.is_none_or(|(head, _)| is_person(&head.state)) {
            let region = coarsened(fix);
            let radius_m = region.radius_95_mm.map_or(COARSE_RADIUS_M, |it| it / 1_000);
            return Ok(Public::Around(region.position.at, radius_m));
        }
        for subject in on {
            let Some((head, _)) = self.head(*subject).await? else { continue };
            let held_at = match head.state.holder {
                Some((Holder::Place(place), _)) => Some(place),
                _ => None,
            };
            for place in Link::of(&head).places.into_iter().chain(held_at) {
                if let Some(home) = self.home(place).await?.filter(|it| is_near(it, fix)) {
                    return Ok(Public::Around(home.town, home.town_radius_m));
                }
            }
        }
        Ok(Public::Exact)
    }

    async fn home(&self, place: PlaceId) -> Result<Option<Home>> {
        let head = self.head(Subject::Place(place)).await?;
        Ok(head.and_then(|(head, _)| Link::of(&head).home))
    }

    /// A holder changed on the map: to whoever watches a tile that it was or is in.
    fn shown_on_tiles(&self, id: HolderId, (old, new): Span<'_>) -> Result<Vec<Told>> {
        let now = self.clock.now();
        let row = |row: Option<&[u8]>| -> Result<Option<HolderRow>> {
            Ok(row.map(minicbor::decode).transpose()?)
        };
        let (old, new) = (row(old)?, row(new)?);
        let (before, version) = (old.as_ref().map(open_version), new.as_ref().map(open_version));
        let (before, version) = (before.unwrap_or_default(), version.unwrap_or_default());
        if before == version {
            return Ok(Vec::new());
        }
        let mark = |row: &HolderRow| open_mark(id, row, now);
        let (was, is) = (old.as_ref().and_then(mark), new.as_ref().and_then(mark));
        let news = Shown { id, mark: is.clone().map(Box::new), version, before };
        let told = |topic| {
            let channel = Channel { sight: Sight::All, topic };
            Told { channel, news: News::Shown(news.clone()) }
        };
        Ok(tiles_of([&was, &is]).into_iter().map(told).collect())
    }
}

fn span<'a, K: Ord>(all: &mut BTreeMap<K, Span<'a>>, of: K, change: &'a Change) {
    let (old, new) = (change.old.as_deref(), change.new.as_deref());
    all.entry(of).and_modify(|it| it.1 = new).or_insert((old, new));
}

fn read_head(bytes: &[u8]) -> Result<Head> {
    Ok(minicbor::decode(bytes)?)
}

/// The tiles of each zoom that marks are shown on, where they are soonest first.
fn tiles_of(marks: [&Option<Mark>; 2]) -> Vec<Topic> {
    let mut all = Vec::new();
    for z in ZOOMS {
        let begin = all.len();
        for point in marks.into_iter().flatten().flat_map(|it| &it.path) {
            let tile = TileId::of(point.position, z);
            let topic = Topic::Tile { z, x: tile.x(), y: tile.y() };
            if all.len() < begin + TILES_MAX && !all[begin..].contains(&topic) {
                all.push(topic);
            }
        }
    }
    all
}
