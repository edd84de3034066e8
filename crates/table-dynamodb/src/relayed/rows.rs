//! What a row of a relay feed holds.

use minicbor::{Decode, Encode, bytes::ByteVec};
use table::{Changed, Error, Key, Result, Seq, limits};

/// What the shards of relay feeds begin with. `~` is no tag of the service's keys.
const SHARD: &[u8] = b"~r";
/// What a row holds of changes at most, in bytes.
const PIECE_LEN_MAX: usize = limits::ITEM_LEN_MAX - 1_024;
/// Changes in one row at most: their index must fit its bits.
const ROW_CHANGES_MAX: usize = 10_000;
/// The low bits of a number say which change of its row it is.
pub(super) const INDEX_BITS: u32 = 16;

#[derive(Debug, Encode, Decode)]
struct Row {
    /// When it may be dropped, in seconds since 1970.
    #[n(0)]
    expires_s: u64,
    /// Which piece of its changes it holds, and of how many.
    #[n(1)]
    piece: u8,
    #[n(2)]
    pieces: u8,
    #[n(3)]
    bytes: ByteVec,
}

#[derive(Debug, Encode, Decode)]
struct Told {
    #[n(0)]
    shard: ByteVec,
    #[n(1)]
    sort: ByteVec,
    #[n(2)]
    old: Option<ByteVec>,
    #[n(3)]
    new: Option<ByteVec>,
}

/// Whether a key is one of a relay feed's row, of which no relay feed ever tells.
#[must_use]
pub fn is_relay(key: &Key) -> bool {
    key.shard.starts_with(SHARD)
}

/// When a row of a relay feed may be dropped; `None` for any other entry.
pub(crate) fn expires(key: &Key, value: &[u8]) -> Option<u64> {
    if !is_relay(key) {
        return None;
    }
    minicbor::decode::<Row>(value).ok().map(|it| it.expires_s)
}

pub(super) fn shard_of(feed: usize) -> Vec<u8> {
    [SHARD, &[feed as u8]].concat()
}

pub(super) fn key_of(feed: usize, number: u64) -> Key {
    Key::new(shard_of(feed), number.to_be_bytes())
}

pub(super) fn number_of(key: &Key) -> Result<u64> {
    let number = key.sort.as_slice().try_into().map(u64::from_be_bytes);
    number.map_err(|_| Error::Corrupt(format!("{key} is no row of a feed")))
}

pub(super) fn seq_of(number: u64, index: usize) -> Seq {
    Seq::from(number) << INDEX_BITS | index as Seq
}

/// Changes that are told together: in one row, or one change in several because
/// its images fill more.
#[derive(Debug, Default)]
pub(super) struct Group {
    changes: Vec<Vec<u8>>,
    len: usize,
}

impl Group {
    /// The values of its rows.
    pub(super) fn rows(&self, expires_s: u64) -> Vec<Vec<u8>> {
        let bytes = self.changes.concat();
        let pieces: Vec<&[u8]> = bytes.chunks(PIECE_LEN_MAX).collect();
        let row = |(piece, bytes): (usize, &&[u8])| Row {
            expires_s,
            piece: piece as u8,
            pieces: pieces.len() as u8,
            bytes: bytes.to_vec().into(),
        };
        pieces.iter().enumerate().map(row).map(|it| encoded(&it)).collect()
    }
}

/// Cuts changes into groups, in their order.
pub(super) fn groups(changes: &[&Changed]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for Changed { key, old, new, .. } in changes {
        let bytes = |it: &Vec<u8>| ByteVec::from(it.clone());
        let told = encoded(&Told {
            shard: bytes(&key.shard),
            sort: bytes(&key.sort),
            old: old.as_ref().map(bytes),
            new: new.as_ref().map(bytes),
        });
        let fits = |it: &&mut Group| {
            it.len + told.len() <= PIECE_LEN_MAX && it.changes.len() < ROW_CHANGES_MAX
        };
        let open = groups.pop_if(|it| fits(&it));
        let mut group = open.unwrap_or_default();
        group.len += told.len();
        group.changes.push(told);
        groups.push(group);
    }
    groups
}

/// Adds a row to the pieces before it; the changes, once they are complete. Pieces
/// whose beginning is not there belong to a change that was read before.
pub(super) fn piece(pieces: &mut Vec<u8>, value: &[u8]) -> Result<Option<Vec<Changed>>> {
    let row: Row = decoded(value)?;
    if row.piece == 0 {
        pieces.clear();
    } else if pieces.is_empty() {
        return Ok(None);
    }
    pieces.extend_from_slice(&row.bytes);
    if row.piece + 1 < row.pieces {
        return Ok(None);
    }
    changes(&std::mem::take(pieces)).map(Some)
}

/// The index of the last change of a row that is a feed's newest.
pub(super) fn last_index(value: &[u8]) -> Result<usize> {
    let row: Row = decoded(value)?;
    if row.pieces == 1 { Ok(changes(&row.bytes)?.len().saturating_sub(1)) } else { Ok(0) }
}

fn changes(bytes: &[u8]) -> Result<Vec<Changed>> {
    let mut decoder = minicbor::Decoder::new(bytes);
    let mut changes = Vec::new();
    while decoder.position() < bytes.len() {
        let Told { shard, sort, old, new } = decoder.decode().map_err(corrupt)?;
        let key = Key::new(Vec::from(shard), Vec::from(sort));
        let (old, new) = (old.map(Vec::from), new.map(Vec::from));
        changes.push(Changed { seq: 0, key, old, new });
    }
    Ok(changes)
}

fn encoded<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).expect("a vector takes any number of bytes")
}

fn decoded(value: &[u8]) -> Result<Row> {
    minicbor::decode(value).map_err(corrupt)
}

fn corrupt(why: minicbor::decode::Error) -> Error {
    Error::Corrupt(format!("a row of a feed: {why}"))
}
