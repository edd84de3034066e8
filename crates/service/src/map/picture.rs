//! Every holder that is shown, found by where it is. All stand in the order of ever
//! smaller tiles, so those of one tile are a range; what moves is seated anew each
//! second. Crowded tiles are summed up beforehand: see [`super::layer`].

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use domain::{
    holding::HolderId,
    map::{Counts, MOVING_TOLD_MAX, Mark, TileContent, TileId, tile::number},
    position::LatLon,
    time::{MINUTE, Millis, SECOND, Timestamp},
};
use sha2::{Digest, Sha256};

use super::{
    Narrow,
    layer::{FINEST, Layer, Layers, Sum, level_of},
};
use crate::rows::{HolderRow, Shown, to_bytes};

/// A tile with at most so many holders shows each of them.
const MARKS_MAX: usize = 200;
/// A crowded tile is cut in 2^this by 2^this cells.
pub const CELL_LEVELS: u32 = 4;
/// What moves stands where it was at most this long ago.
const SEATED: Millis = SECOND;
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
    all: HashMap<HolderId, (u64, Arc<Pin>)>,
    resting: BTreeMap<(u64, HolderId), Arc<Pin>>,
    moving: BTreeMap<(u64, HolderId), Arc<Pin>>,
    /// When what moves was where it stands.
    seated_at: Option<Timestamp>,
    layers: Layers,
    /// Whether a tile carries all of a path, since all of it is over.
    whole: bool,
}

/// A holder of which something matches.
struct Found<'a> {
    pin: &'a Pin,
    seat: u64,
    at: LatLon,
    moves: bool,
    packages: u32,
    problems: u32,
}

impl Picture {
    /// An empty one of an instant that is over.
    pub fn of_the_past() -> Self {
        Self { whole: true, ..Self::default() }
    }

    /// What is shown of a holder.
    pub fn shown(&self, id: HolderId) -> Option<Shown> {
        self.all.get(&id).map(|it| it.1.shown.clone())
    }

    /// How many holders are shown.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Shows a holder as its row says, or no longer.
    pub fn put(&mut self, id: HolderId, row: Option<HolderRow>) {
        if let Some((seat, old)) = self.all.remove(&id) {
            if self.resting.remove(&(seat, id)).is_some() {
                self.layers.take(id, seat, old.resting_at(), &old.counts);
            }
            self.moving.remove(&(seat, id));
        }
        let Some(HolderRow { counts, shown: Some(shown), .. }) = row else { return };
        let pin = Arc::new(Pin { id, shown, counts });
        let seat = if pin.shown.path.is_resting() {
            let seat = number(pin.resting_at());
            self.layers.give(id, seat, pin.resting_at(), &pin.counts);
            self.resting.insert((seat, id), Arc::clone(&pin));
            seat
        } else {
            let seat = number(pin.shown.path.at(self.seated_at.unwrap_or(Timestamp::MIN)).0);
            self.moving.insert((seat, id), Arc::clone(&pin));
            seat
        };
        self.all.insert(id, (seat, pin));
    }

    /// Whether a tile can be made as it is.
    pub fn is_ready(&self, id: TileId, narrow: &Narrow, now: Timestamp) -> bool {
        let seated = self.seated_at.is_some_and(|it| now.since(it).abs() < SEATED);
        seated && level_of(id).is_none_or(|level| self.layers.get(level, narrow).is_some())
    }

    /// Seats what moves where it is now, and sums up what the tile needs.
    pub fn make_ready(&mut self, id: TileId, narrow: &Narrow, now: Timestamp) {
        if self.seated_at.is_none_or(|it| SEATED <= now.since(it).abs()) {
            for ((_, id), pin) in std::mem::take(&mut self.moving) {
                let seat = number(pin.shown.path.at(now).0);
                self.all.insert(id, (seat, Arc::clone(&pin)));
                self.moving.insert((seat, id), pin);
            }
            self.seated_at = Some(now);
        }
        let Some(level) = level_of(id) else { return };
        for level in [FINEST, level] {
            if self.layers.get(level, narrow).is_none() {
                self.layers.add(self.summed_up(level, narrow));
            }
        }
    }

    fn summed_up(&self, level: u32, narrow: &Narrow) -> Layer {
        if let Some(finest) = self.layers.get(FINEST, narrow) {
            return finest.coarser(level);
        }
        let mut layer = Layer::new(level, narrow.clone());
        for ((seat, id), pin) in &self.resting {
            layer.give(*id, *seat, pin.resting_at(), &pin.counts);
        }
        layer
    }

    /// What a tile carries at an instant.
    pub fn tile(&self, id: TileId, narrow: &Narrow, now: Timestamp) -> TileContent {
        let moving = found(&self.moving, id, narrow, now);
        if let Some(layer) = level_of(id).and_then(|level| self.layers.get(level, narrow)) {
            let sums = layer.of(id);
            let resting: u64 = sums.iter().map(|(_, it)| it.holders).sum();
            if (MARKS_MAX as u64) < resting + moving.len() as u64 {
                return self.crowded(&sums, moving, layer, now);
            }
        }
        let mut all = found(&self.resting, id, narrow, now);
        all.extend(moving);
        let close = CLOSE_ZOOM <= id.zoom();
        if all.len() <= if close { CLOSE_MAX } else { MARKS_MAX } {
            let named = all.len() <= NAMES_MAX;
            let marks = all.iter().map(|it| it.mark(self.span(now), named)).collect();
            return TileContent { clusters: Vec::new(), marks };
        }
        // Deeper than layers go: summed up now.
        let mut layer = Layer::new(u32::from(id.zoom()) + CELL_LEVELS, narrow.clone());
        let (moving, resting): (Vec<_>, Vec<_>) = all.into_iter().partition(|it| it.moves);
        for one in resting {
            layer.give(one.pin.id, one.seat, one.at, &one.pin.counts);
        }
        self.crowded(&layer.of(id), moving, &layer, now)
    }

    /// Of a crowded tile the largest that move one by one, the others by cells.
    fn crowded(
        &self,
        resting: &[(u64, Sum)],
        mut moving: Vec<Found>,
        layer: &Layer,
        now: Timestamp,
    ) -> TileContent {
        moving.sort_by_key(|it| (std::cmp::Reverse(it.packages), it.pin.id));
        let mut cells: BTreeMap<u64, Sum> = resting.iter().copied().collect();
        for one in moving.drain(MOVING_TOLD_MAX.min(moving.len())..) {
            let counted = (one.packages, one.problems);
            cells.entry(layer.cell(one.seat)).or_default().give(one.pin.id, one.at, counted);
        }
        let mut content = TileContent::default();
        for sum in cells.into_values() {
            match sum.single().and_then(|id| self.all.get(&id)) {
                Some((_, pin)) => {
                    let counted = (sum.packages as u32, sum.problems as u32);
                    content.marks.push(pin.mark(counted, self.span(now), false));
                }
                None => content.clusters.push(sum.cluster()),
            }
        }
        content.marks.extend(moving.iter().map(|it| it.mark(self.span(now), false)));
        content
    }

    /// Which part of a path a tile carries.
    fn span(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        if self.whole { (Timestamp::MIN, Timestamp::MAX) } else { around(now) }
    }
}

/// Those that stand in a tile and of which something matches.
fn found<'a>(
    seats: &'a BTreeMap<(u64, HolderId), Arc<Pin>>,
    id: TileId,
    narrow: &Narrow,
    now: Timestamp,
) -> Vec<Found<'a>> {
    let range = id.range();
    let first = (range.start, HolderId::from_bytes(&[0; 17]).expect("a package"));
    let seated = seats.range(first..).take_while(|it| it.0.0 < range.end);
    seated
        .filter_map(|((seat, _), pin)| {
            let (packages, problems) = narrow.count(&pin.counts);
            let moves = !pin.shown.path.is_resting();
            let at = || pin.shown.path.at(now).0;
            (packages != 0).then(|| Found { pin, seat: *seat, at: at(), moves, packages, problems })
        })
        .collect()
}

impl Pin {
    fn resting_at(&self) -> LatLon {
        self.shown.path.points()[0].position
    }

    fn mark(&self, counted: (u32, u32), span: (Timestamp, Timestamp), named: bool) -> Mark {
        mark(self.id, (&self.shown, &self.counts), counted, span, named)
    }
}

impl Found<'_> {
    fn mark(&self, span: (Timestamp, Timestamp), named: bool) -> Mark {
        self.pin.mark((self.packages, self.problems), span, named)
    }
}

/// A holder as a map shows it whose packages are those still on their way;
/// nothing when it is not shown.
#[must_use]
pub fn open_mark(id: HolderId, row: &HolderRow, now: Timestamp) -> Option<Mark> {
    let (packages, problems) = Narrow::Open.count(&row.counts);
    let shown = row.shown.as_ref().filter(|_| packages != 0)?;
    Some(mark(id, (shown, &row.counts), (packages, problems), around(now), true))
}

/// Names what everybody may see of a holder, whenever they look; zeros if that is nothing.
pub fn open_version(row: &HolderRow) -> [u8; 8] {
    let (packages, problems) = Narrow::Open.count(&row.counts);
    let Some(shown) = row.shown.as_ref().filter(|_| packages != 0) else { return [0; 8] };
    let carrier = row.counts.carriers.most();
    let digest = Sha256::digest(to_bytes(&(shown, packages, problems, carrier)));
    *digest.first_chunk().expect("32 bytes have 8")
}

/// The part of a path that matters just now.
fn around(now: Timestamp) -> (Timestamp, Timestamp) {
    (now.plus(-BEHIND), now.plus(AHEAD))
}

fn mark(
    id: HolderId,
    (shown, counts): (&Shown, &Counts),
    (packages, problems): (u32, u32),
    (from, to): (Timestamp, Timestamp),
    named: bool,
) -> Mark {
    let Shown { kind, mode, name, path, radius_95_m, as_of, basis } = shown;
    Mark {
        id,
        kind: *kind,
        mode: *mode,
        basis: *basis,
        carrier: counts.carriers.most().cloned(),
        packages,
        problems,
        radius_95_m: *radius_95_m,
        as_of: *as_of,
        name: name.clone().filter(|_| named),
        path: path.during(from, to).to_vec(),
    }
}
