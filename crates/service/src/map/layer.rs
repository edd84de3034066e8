//! What rests, summed up by cells of one size: a crowded tile is read off them, so
//! that it costs the same however many holders and packages it stands for.

use std::collections::BTreeMap;

use domain::{
    holding::HolderId,
    map::{Cluster, Counts, TileId},
    position::LatLon,
};

use super::{Narrow, picture::CELL_LEVELS};

/// Tiles of deeper zooms stand for few holders and are summed up when asked for.
const ZOOM_MAX: u8 = 12;
/// The finest level: every layer of a narrowed map is summed up from this one, so that
/// only the first look at it reads every holder.
pub const FINEST: u32 = ZOOM_MAX as u32 + CELL_LEVELS;
/// Layers that are kept; a further one takes the place of all those of the narrowed map
/// whose first was kept longest.
const LAYERS_MAX: usize = 2 * ZOOM_MAX as usize;
/// Levels of the grid that points are numbered on.
const LEVELS: u32 = 31;

/// The layers that somebody asked for, the newest last.
#[derive(Debug, Default)]
pub struct Layers(Vec<Layer>);

/// Cells of one size for one way to narrow a map.
#[derive(Debug)]
pub struct Layer {
    level: u32,
    narrow: Narrow,
    cells: BTreeMap<u64, Sum>,
}

/// Holders of one cell. Giving and taking the same leaves nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many of which something matches.
    pub holders: u64,
    /// Packages that match.
    pub packages: i64,
    /// Those of them that have a problem.
    pub problems: i64,
    lat_e7: i64,
    lon_e7: i64,
    /// All their ids, one over the other: with one holder, its id.
    ids: [u8; 17],
}

/// The level of cells that a tile is cut in, if layers are kept for it.
pub const fn level_of(id: TileId) -> Option<u32> {
    if id.zoom() <= ZOOM_MAX { Some(id.zoom() as u32 + CELL_LEVELS) } else { None }
}

impl Layers {
    /// A layer that is kept.
    pub fn get(&self, level: u32, narrow: &Narrow) -> Option<&Layer> {
        self.0.iter().find(|it| it.level == level && it.narrow == *narrow)
    }

    /// Keeps one more.
    pub fn add(&mut self, layer: Layer) {
        if LAYERS_MAX <= self.0.len() {
            let oldest = self.0[0].narrow.clone();
            self.0.retain(|it| it.narrow != oldest);
        }
        self.0.push(layer);
    }

    /// Counts a holder in every layer.
    pub fn give(&mut self, id: HolderId, seat: u64, at: LatLon, counts: &Counts) {
        self.0.iter_mut().for_each(|it| it.give(id, seat, at, counts));
    }

    /// Counts a holder in no layer any longer.
    pub fn take(&mut self, id: HolderId, seat: u64, at: LatLon, counts: &Counts) {
        self.0.iter_mut().for_each(|it| it.take(id, seat, at, counts));
    }
}

impl Layer {
    /// An empty one.
    pub const fn new(level: u32, narrow: Narrow) -> Self {
        Self { level, narrow, cells: BTreeMap::new() }
    }

    /// The same in larger cells.
    pub fn coarser(&self, level: u32) -> Self {
        let narrower_by = 2 * (self.level - level);
        let mut cells: Vec<(u64, Sum)> = Vec::new();
        for (cell, sum) in &self.cells {
            let cell = cell >> narrower_by;
            match cells.last_mut() {
                Some((last, all)) if *last == cell => all.add(sum),
                _ => cells.push((cell, *sum)),
            }
        }
        Self { level, narrow: self.narrow.clone(), cells: cells.into_iter().collect() }
    }

    /// The cell that a point with this number lies in.
    pub const fn cell(&self, seat: u64) -> u64 {
        seat >> (2 * (LEVELS - self.level))
    }

    /// Counts a holder.
    pub fn give(&mut self, id: HolderId, seat: u64, at: LatLon, counts: &Counts) {
        let counted = self.narrow.count(counts);
        if counted.0 != 0 {
            self.cells.entry(self.cell(seat)).or_default().give(id, at, counted);
        }
    }

    fn take(&mut self, id: HolderId, seat: u64, at: LatLon, counts: &Counts) {
        let (counted, cell) = (self.narrow.count(counts), self.cell(seat));
        if counted.0 == 0 {
            return;
        }
        if let Some(sum) = self.cells.get_mut(&cell) {
            sum.change(id, at, counted, -1);
            if sum.holders == 0 {
                self.cells.remove(&cell);
            }
        }
    }

    /// The cells of a tile.
    pub fn of(&self, id: TileId) -> Vec<(u64, Sum)> {
        let range = id.range();
        let cells = self.cells.range(self.cell(range.start)..self.cell(range.end));
        cells.map(|(cell, sum)| (*cell, *sum)).collect()
    }
}

impl Sum {
    /// Counts a holder.
    pub fn give(&mut self, id: HolderId, at: LatLon, counted: (u32, u32)) {
        self.change(id, at, counted, 1);
    }

    fn change(&mut self, id: HolderId, at: LatLon, (packages, problems): (u32, u32), sign: i64) {
        self.holders = self.holders.wrapping_add_signed(sign);
        self.packages += sign * i64::from(packages);
        self.problems += sign * i64::from(problems);
        self.lat_e7 += sign * i64::from(at.lat_e7());
        self.lon_e7 += sign * i64::from(at.lon_e7());
        for (all, one) in std::iter::zip(&mut self.ids, id.to_bytes()) {
            *all ^= one;
        }
    }

    fn add(&mut self, other: &Self) {
        self.holders += other.holders;
        self.packages += other.packages;
        self.problems += other.problems;
        self.lat_e7 += other.lat_e7;
        self.lon_e7 += other.lon_e7;
        for (all, one) in std::iter::zip(&mut self.ids, other.ids) {
            *all ^= one;
        }
    }

    /// The only holder, if there is one alone.
    pub fn single(&self) -> Option<HolderId> {
        if self.holders == 1 { HolderId::from_bytes(&self.ids) } else { None }
    }

    /// As a map shows several.
    pub fn cluster(&self) -> Cluster {
        let count = (self.holders as i64).max(1);
        let at = LatLon::from_e7((self.lat_e7 / count) as i32, (self.lon_e7 / count) as i32);
        let narrow = |it: i64| u32::try_from(it.max(0)).unwrap_or(u32::MAX);
        Cluster {
            at: at.expect("the middle of points on Earth is on Earth"),
            holders: u32::try_from(self.holders).unwrap_or(u32::MAX),
            packages: narrow(self.packages),
            problems: narrow(self.problems),
        }
    }
}
