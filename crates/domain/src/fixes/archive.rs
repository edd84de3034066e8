//! An archive: all points of one tracker over a span of days, as one blob. They
//! stand oldest first and each once, so the same points give the same bytes.

use super::{
    Point,
    columns::{self, InvalidColumns},
};
use crate::varint::{Reader, Writer};

/// The first byte of an archive.
pub const VERSION: u8 = 1;
/// Points of one block: more are not read at once.
const BLOCK: usize = 4_096;

/// Points as they are archived.
#[must_use]
pub fn to_bytes(points: &[Point]) -> Vec<u8> {
    let mut points = points.to_vec();
    points.sort_unstable();
    points.dedup();
    let mut out = Writer::versioned(VERSION);
    out.unsigned(points.chunks(BLOCK).len() as u64);
    for block in points.chunks(BLOCK) {
        let block = columns::to_bytes(block);
        out.unsigned(block.len() as u64);
        out.bytes(&block);
    }
    out.into_bytes()
}

/// Reads what [`to_bytes`] wrote.
pub fn from_bytes(bytes: &[u8]) -> Result<Vec<Point>, InvalidColumns> {
    let mut from = match bytes.split_first() {
        None => return Err(InvalidColumns::Cut),
        Some((&VERSION, rest)) => Reader::new(rest),
        Some((&other, _)) => return Err(InvalidColumns::Version(other)),
    };
    let mut points = Vec::new();
    for _ in 0..from.unsigned()? {
        let len = from.unsigned()?;
        let block = from.bytes(usize::try_from(len).unwrap_or(usize::MAX))?;
        points.extend(columns::from_bytes(block)?);
    }
    if from.is_empty() { Ok(points) } else { Err(InvalidColumns::Rest(from.len())) }
}
