//! The audit log: every entry for all time in one Merkle tree, kept as the static
//! files of C2SP tlog-tiles, so that anybody's tools can check it.
//!
//! - **entry**: the bytes that are logged, at most 65,535 of them; its **index**
//!   counts from 0
//! - **tile**: 256 hashes of one level of the tree; **bundle**: the 256 entries below
//!   a tile of level 0. The last ones of a log are **partial**
//! - **edge**: the partial tiles and bundle of a log: all that is needed to append
//! - **checkpoint**: origin, size and root of a log, signed as a **note**
//! - **proof**: the hashes that lead from an entry, or from an earlier checkpoint, to
//!   the root of a checkpoint
//!
//! Only `log` and `verify` need I/O.

pub mod bundle;
pub mod chain;
pub mod checkpoint;
pub mod edge;
pub mod hash;
pub mod inspect;
pub mod note;
pub mod proof;
pub mod prove;
pub mod tile;

#[cfg(feature = "log")]
pub mod log;
#[cfg(feature = "log")]
pub mod verify;

pub use checkpoint::Checkpoint;
pub use edge::Edge;
pub use hash::Hash;
pub use note::{LogKey, PublicKey};
pub use tile::TileId;

/// A program in plain Python that checks a whole log, or evidence of one package: it
/// goes with whatever is handed out.
pub const VERIFIER: &str = include_str!("../verify.py");
