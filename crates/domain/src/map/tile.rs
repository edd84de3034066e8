//! Tiles of the web's Mercator map: which part of the Earth one shows, and a
//! number for every point by which the points of a tile stand together.

use std::{f64::consts::PI, fmt};

use crate::position::LatLon;

/// The deepest zoom of a tile.
pub const ZOOM_MAX: u8 = 22;
/// Levels of the grid that points are numbered on.
const LEVELS: u32 = 31;

/// A tile by zoom, column from the west and row from the north.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    zoom: u8,
    x: u32,
    y: u32,
}

/// Numbers that name no tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidTileId {
    /// The zoom that was given.
    pub zoom: u8,
}

impl fmt::Display for InvalidTileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.zoom > ZOOM_MAX {
            write!(f, "zoom is 0 to {ZOOM_MAX}, not {}", self.zoom)
        } else {
            let last = (1u32 << self.zoom) - 1;
            write!(f, "at zoom {} column and row are 0 to {last}", self.zoom)
        }
    }
}

impl std::error::Error for InvalidTileId {}

impl TileId {
    /// The tile of these numbers.
    pub const fn new(zoom: u8, x: u32, y: u32) -> Result<Self, InvalidTileId> {
        if zoom > ZOOM_MAX || x >> zoom != 0 || y >> zoom != 0 {
            return Err(InvalidTileId { zoom });
        }
        Ok(Self { zoom, x, y })
    }

    /// The tile of a zoom that a point lies in.
    #[must_use]
    pub fn of(at: LatLon, zoom: u8) -> Self {
        let (x, y) = cell(at);
        let shift = LEVELS - u32::from(zoom.min(ZOOM_MAX));
        Self { zoom: zoom.min(ZOOM_MAX), x: x >> shift, y: y >> shift }
    }

    /// Its zoom.
    #[must_use]
    pub const fn zoom(self) -> u8 {
        self.zoom
    }

    /// Its column, from the west.
    #[must_use]
    pub const fn x(self) -> u32 {
        self.x
    }

    /// Its row, from the north.
    #[must_use]
    pub const fn y(self) -> u32 {
        self.y
    }

    /// Whether a point lies in it.
    #[must_use]
    pub fn contains(self, at: LatLon) -> bool {
        self.range().contains(&number(at))
    }

    /// The numbers of its points.
    #[must_use]
    pub const fn range(self) -> std::ops::Range<u64> {
        let shift = 2 * (LEVELS - self.zoom as u32);
        let first = interleaved(self.x, self.y) << shift;
        first..first + (1 << shift)
    }

    /// Which cell of it a point with this number lies in, when each side is cut
    /// in 2^`levels`: row by row from the north-west.
    #[must_use]
    pub fn cell_of(self, number: u64, levels: u32) -> u32 {
        let shift = 2 * (LEVELS - u32::from(self.zoom) - levels);
        let (x, y) = apart((number - self.range().start) >> shift);
        (y << levels) + x
    }

    /// The point of it at parts of its width from the west and height from the north.
    #[must_use]
    pub fn point(self, across: f64, down: f64) -> LatLon {
        let tiles = f64::from(1u32 << self.zoom);
        let (x, y) = ((f64::from(self.x) + across) / tiles, (f64::from(self.y) + down) / tiles);
        let lat = libm::atan(libm::sinh(PI * 2.0f64.mul_add(-y, 1.0))).to_degrees();
        LatLon::wrapped(lat, x.mul_add(360.0, -180.0))
    }
}

/// Where a point stands when all are in the order of ever smaller tiles.
#[must_use]
pub fn number(at: LatLon) -> u64 {
    let (x, y) = cell(at);
    interleaved(x, y)
}

/// Column and row of the finest cell. What lies beyond the map's edge, near the
/// poles, counts as on it.
fn cell(at: LatLon) -> (u32, u32) {
    let side = f64::from(1u32 << LEVELS);
    let x = (at.lon() + 180.0) / 360.0;
    let lat = at.lat().to_radians();
    let y = (1.0 - libm::asinh(libm::tan(lat)) / PI) / 2.0;
    let on_map = |it: f64| (it * side).clamp(0.0, side - 1.0) as u32;
    (on_map(x.rem_euclid(1.0)), on_map(y))
}

const fn interleaved(x: u32, y: u32) -> u64 {
    spread(x) | spread(y) << 1
}

/// Undoes [`interleaved`].
const fn apart(number: u64) -> (u32, u32) {
    (gathered(number), gathered(number >> 1))
}

const fn spread(it: u32) -> u64 {
    let mut it = it as u64;
    it = (it | it << 16) & 0x0000_FFFF_0000_FFFF;
    it = (it | it << 8) & 0x00FF_00FF_00FF_00FF;
    it = (it | it << 4) & 0x0F0F_0F0F_0F0F_0F0F;
    it = (it | it << 2) & 0x3333_3333_3333_3333;
    (it | it << 1) & 0x5555_5555_5555_5555
}

const fn gathered(it: u64) -> u32 {
    let mut it = it & 0x5555_5555_5555_5555;
    it = (it | it >> 1) & 0x3333_3333_3333_3333;
    it = (it | it >> 2) & 0x0F0F_0F0F_0F0F_0F0F;
    it = (it | it >> 4) & 0x00FF_00FF_00FF_00FF;
    it = (it | it >> 8) & 0x0000_FFFF_0000_FFFF;
    ((it | it >> 16) & 0x0000_0000_FFFF_FFFF) as u32
}
