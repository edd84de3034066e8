//! Bundles of entries: each entry behind its length, two bytes, the high one first.

use std::fmt;

/// Longest entry, in bytes.
pub const ENTRY_LEN_MAX: usize = u16::MAX as usize;

/// An entry that is longer than the format can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong(pub usize);

/// A bundle that ends within an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Torn {
    /// How many entries are whole.
    pub whole: usize,
}

/// Adds an entry to a bundle.
pub fn push(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<(), TooLong> {
    let len = u16::try_from(entry.len()).map_err(|_| TooLong(entry.len()))?;
    bundle.extend(len.to_be_bytes());
    bundle.extend_from_slice(entry);
    Ok(())
}

/// The entries of a bundle.
pub fn entries(bundle: &[u8]) -> Result<Vec<&[u8]>, Torn> {
    let (mut entries, mut rest) = (Vec::with_capacity(256), bundle);
    while !rest.is_empty() {
        let torn = Torn { whole: entries.len() };
        let (len, behind) = rest.split_first_chunk::<2>().ok_or(torn)?;
        let len = usize::from(u16::from_be_bytes(*len));
        let (entry, behind) = behind.split_at_checked(len).ok_or(torn)?;
        entries.push(entry);
        rest = behind;
    }
    Ok(entries)
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an entry of {} bytes; at most {ENTRY_LEN_MAX} are logged", self.0)
    }
}

impl std::error::Error for TooLong {}
