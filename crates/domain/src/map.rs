//! What a map shows: holders with counts and paths, and the tiles that carry them.

pub mod columns;
pub mod counts;
pub mod path;
pub mod stretch;
#[cfg(test)]
mod tests;
pub mod tile;

pub use columns::{Cluster, InvalidTile, MOVING_TOLD_MAX, Mark, MarkKind, TileContent};
pub use counts::{Counted, Counts, Tally};
pub use path::{Path, Waypoint};
pub use stretch::{Glide, Place, Stretch};
pub use tile::{InvalidTileId, TileId};
