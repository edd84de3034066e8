//! Looks at the engine's journals before the engine does.
//!
//! When power fails, the last commit may be on disk in part: its pages are
//! written in any order. The engine copes when the end is missing, but refuses
//! the whole folder when the end is there and the middle is not. On the other
//! hand it silently drops everything behind a damaged spot, also commits that
//! were acknowledged. Each commit is synced before the next is written, so the
//! two cases can be told apart: a damaged commit with nothing whole behind it
//! was never acknowledged and is cut off; anything else is damage, and said.
//!
//! A commit is 1, the number of its items (4), its number (8); its items, each
//! 2, kind (1), compression (1), keyspace (8), length of the key (2), of the
//! value (4), of the value as stored (4), key, value; then 3, the XXH3 of the
//! items (8) and a mark (4). Numbers are little-endian. A journal ends at the
//! end of the file, or where zeros begin.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use xxhash_rust::xxh3::xxh3_64;

const START: u8 = 1;
const ITEM: u8 = 2;
const END: u8 = 3;
const CLEAR: u8 = 4;
const START_LEN: usize = 13;
const ITEM_HEAD_LEN: usize = 21;
const CLEAR_LEN: usize = 9;
const END_MARK: &[u8] = b"FJL\x03";
/// Between two numbers of commits the engine counts its own steps, a few each.
const NUMBER_STEP_MAX: u64 = 1_000_000;

/// Why the journals cannot be used.
#[derive(Debug)]
pub(crate) enum Damage {
    /// The operating system refused.
    Unreadable(io::Error),
    /// Acknowledged commits are lost.
    Inside(String),
}

/// Checks every journal of an engine's folder, and cuts a commit that was never
/// finished off the newest.
pub(crate) fn check_all(engine: &Path) -> Result<(), Damage> {
    let mut journals = list(engine).map_err(Damage::Unreadable)?;
    let newest = journals.pop();
    for (_, path) in journals {
        let bytes = fs::read(&path).map_err(Damage::Unreadable)?;
        // A journal is synced as a whole before the next one is begun.
        if let Found::Damaged { at, .. } = check(&bytes) {
            return Err(inside(&path, at));
        }
    }
    let Some((_, path)) = newest else { return Ok(()) };
    let bytes = fs::read(&path).map_err(Damage::Unreadable)?;
    match check(&bytes) {
        Found::Sound => Ok(()),
        Found::Damaged { at, whole_behind: true } => Err(inside(&path, at)),
        Found::Damaged { at, whole_behind: false } => {
            cut(&path, at as u64).map_err(Damage::Unreadable)
        }
    }
}

/// What a journal looks like.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    /// Whole commits, then nothing or zeros.
    Sound,
    /// At this byte begins something that is no whole commit.
    Damaged { at: usize, whole_behind: bool },
}

fn check(bytes: &[u8]) -> Found {
    let mut at = 0;
    let mut last_number = None;
    while let Some((len, number)) = commit_at(&bytes[at..]) {
        at += len;
        last_number = Some(number);
    }
    if bytes[at..].iter().all(|&byte| byte == 0) {
        return Found::Sound;
    }
    let is_later = |number: u64| {
        last_number.is_none_or(|last| last < number && number - last < NUMBER_STEP_MAX)
    };
    let whole_behind = (at + 1..bytes.len())
        .filter(|&from| bytes[from] == START)
        .any(|from| commit_at(&bytes[from..]).is_some_and(|(_, number)| is_later(number)));
    Found::Damaged { at, whole_behind }
}

/// Length and number of the whole commit that begins here, if one does.
fn commit_at(bytes: &[u8]) -> Option<(usize, u64)> {
    let (START, items) = (*bytes.first()?, number::<4>(bytes, 1)?) else { return None };
    let commit = number::<8>(bytes, 5)?;
    let mut at = START_LEN;
    for _ in 0..items {
        at += item_len(bytes.get(at..)?)?;
    }
    let end = bytes.get(at..at + 1 + 8 + END_MARK.len())?;
    let sum = number::<8>(end, 1)?;
    let whole = end[0] == END && end.ends_with(END_MARK) && sum == xxh3_64(&bytes[START_LEN..at]);
    whole.then_some((at + end.len(), commit))
}

fn item_len(bytes: &[u8]) -> Option<usize> {
    match *bytes.first()? {
        ITEM => {
            let key_len = number::<2>(bytes, 11)?;
            let stored_len = number::<4>(bytes, 17)?;
            let len = ITEM_HEAD_LEN + key_len as usize + stored_len as usize;
            (len <= bytes.len()).then_some(len)
        }
        CLEAR => Some(CLEAR_LEN),
        _ => None,
    }
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let mut number = [0; 8];
    number[..N].copy_from_slice(bytes.get(at..at + N)?);
    Some(u64::from_le_bytes(number))
}

/// The journals, oldest first.
fn list(engine: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut journals = Vec::new();
    for found in fs::read_dir(engine)? {
        let path = found?.path();
        let number =
            path.file_name().and_then(|it| it.to_str()?.strip_suffix(".jnl")?.parse().ok());
        if let Some(number) = number {
            journals.push((number, path));
        }
    }
    journals.sort();
    Ok(journals)
}

fn cut(journal: &Path, at: u64) -> io::Result<()> {
    let file = File::options().write(true).open(journal)?;
    file.set_len(at)?;
    file.sync_all()
}

fn inside(journal: &Path, at: usize) -> Damage {
    let name = journal.file_name().unwrap_or_default().display();
    Damage::Inside(format!(
        "the journal {name} is damaged at byte {at}, before writes that were acknowledged"
    ))
}

#[cfg(test)]
mod tests;
