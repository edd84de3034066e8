//! Every holder that is shown, found by where it is. What rests stands in the
//! order of ever smaller tiles, so those of one tile are a range; what moves is
//! looked at one by one.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use domain::{
    holding::HolderId,
    map::{Cluster, Counts, Mark, TileContent, TileId, tile::number},
    position::LatLon,
    time::{MINUTE, Millis, SECOND, Timestamp},
};

use super::Narrow;
use crate::rows::{HolderRow, Shown};

/// A tile with at most so many holders shows each of them.
const MARKS_MAX: usize = 400;
/// Of a tile with more, at most so many that move are shown one by one.
const MOVING_MAX: usize = 150;
/// A crowded tile is cut in 2^this by 2^this cells.
const CELL_LEVELS: u32 = 5;
/// From this zoom on everything is shown one by one: it stands in one building.
const CLOSE_ZOOM: u8 = 17;
/// Even there no more than this is.
const CLOSE_MAX: usize = 2_000;
/// Names are shown where so few are.
const NAMES_MAX: usize = 200;
/// A tile carries the part of a path this long before and after it is made.
const BEHIND: Millis = 30 * SECOND;
const AHEAD: Millis = 15 * MINUTE;

/// A holder on the map.
#[derive(Debug)]
struct Pin {
    id: HolderId,
    shown: Shown,
    counts: Counts,
}

/// Every holder that is shown.
#[derive(Debug, Default)]
pub struct Picture {
    all: HashMap<HolderId, Arc<Pin>>,
    resting: BTreeMap<(u64, HolderId), Arc<Pin>>,
    moving: BTreeMap<HolderId, Arc<Pin>>,
}

/// A holder of which something matches.
struct Found<'a> {
    pin: &'a Pin,
    at: LatLon,
    moves: bool,
    packages: u32,
    problems: u32,
}

impl Picture {
    /// How many holders are shown.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Shows a holder as its row says, or no longer.
    pub fn put(&mut self, id: HolderId, row: Option<HolderRow>) {
        if let Some(old) = self.all.remove(&id) {
            self.resting.remove(&(number(old.shown.path.points()[0].position), id));
            self.moving.remove(&id);
        }
        let Some(HolderRow { counts, shown: Some(shown), .. }) = row else { return };
        let pin = Arc::new(Pin { id, shown, counts });
        if pin.shown.path.is_resting() {
            let at = number(pin.shown.path.points()[0].position);
            self.resting.insert((at, id), Arc::clone(&pin));
        } else {
            self.moving.insert(id, Arc::clone(&pin));
        }
        self.all.insert(id, pin);
    }

    /// What a tile carries at an instant.
    pub fn tile(&self, id: TileId, narrow: &Narrow, now: Timestamp) -> TileContent {
        let found = self.found(id, narrow, now);
        let close = CLOSE_ZOOM <= id.zoom();
        if found.len() <= if close { CLOSE_MAX } else { MARKS_MAX } {
            let named = found.len() <= NAMES_MAX;
            let marks = found.iter().map(|it| it.mark(now, named)).collect();
            return TileContent { clusters: Vec::new(), marks };
        }
        crowded(id, found, now)
    }

    fn found(&self, id: TileId, narrow: &Narrow, now: Timestamp) -> Vec<Found<'_>> {
        let range = id.range();
        let first = (range.start, HolderId::from_bytes(&[0; 17]).expect("a package"));
        let resting = self.resting.range(first..).take_while(|it| it.0.0 < range.end);
        let resting = resting.map(|(_, pin)| (pin, pin.shown.path.points()[0].position, false));
        let moving = self.moving.values().filter_map(|pin| {
            let at = pin.shown.path.at(now).0;
            range.contains(&number(at)).then_some((pin, at, true))
        });
        resting
            .chain(moving)
            .filter_map(|(pin, at, moves)| {
                let (packages, problems) = narrow.count(&pin.counts);
                (packages != 0).then_some(Found { pin, at, moves, packages, problems })
            })
            .collect()
    }
}

/// Of a crowded tile the largest that move one by one, the others by cells.
fn crowded(id: TileId, found: Vec<Found>, now: Timestamp) -> TileContent {
    let (mut moving, mut others): (Vec<_>, Vec<_>) = found.into_iter().partition(|it| it.moves);
    moving.sort_by_key(|it| (std::cmp::Reverse(it.packages), it.pin.id));
    others.extend(moving.drain(MOVING_MAX.min(moving.len())..));
    let mut cells: BTreeMap<u32, Vec<Found>> = BTreeMap::new();
    for one in others {
        cells.entry(id.cell_of(number(one.at), CELL_LEVELS)).or_default().push(one);
    }
    let mut content = TileContent::default();
    for cell in cells.into_values() {
        match cell.as_slice() {
            [one] => content.marks.push(one.mark(now, false)),
            several => content.clusters.push(cluster(several)),
        }
    }
    content.marks.extend(moving.iter().map(|it| it.mark(now, false)));
    content
}

fn cluster(holders: &[Found]) -> Cluster {
    let count = holders.len() as i64;
    let mean = |of: fn(LatLon) -> i32| {
        (holders.iter().map(|it| i64::from(of(it.at))).sum::<i64>() / count) as i32
    };
    let at = LatLon::from_e7(mean(LatLon::lat_e7), mean(LatLon::lon_e7));
    let sum = |of: fn(&Found) -> u32| holders.iter().map(of).fold(0u32, u32::saturating_add);
    Cluster {
        at: at.expect("the middle of points on Earth is on Earth"),
        holders: count as u32,
        packages: sum(|it| it.packages),
        problems: sum(|it| it.problems),
    }
}

impl Found<'_> {
    fn mark(&self, now: Timestamp, named: bool) -> Mark {
        let Pin { id, shown, .. } = self.pin;
        mark(*id, shown, (self.packages, self.problems), now, named)
    }
}

/// A holder as a map shows it whose packages are those still on their way;
/// nothing when it is not shown.
#[must_use]
pub fn open_mark(id: HolderId, row: &HolderRow, now: Timestamp) -> Option<Mark> {
    let (packages, problems) = Narrow::Open.count(&row.counts);
    let shown = row.shown.as_ref().filter(|_| packages != 0)?;
    Some(mark(id, shown, (packages, problems), now, true))
}

fn mark(
    id: HolderId,
    shown: &Shown,
    (packages, problems): (u32, u32),
    now: Timestamp,
    named: bool,
) -> Mark {
    let Shown { kind, mode, name, path, radius_95_m, as_of } = shown;
    Mark {
        id,
        kind: *kind,
        mode: *mode,
        packages,
        problems,
        radius_95_m: *radius_95_m,
        as_of: *as_of,
        name: name.clone().filter(|_| named),
        path: path.during(now.plus(-BEHIND), now.plus(AHEAD)).to_vec(),
    }
}
