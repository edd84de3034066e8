//! What the rows hold. Numbered fields: never reuse or change a number.

use domain::{
    event::Event,
    holding::Lane,
    id::{ClientId, PhotoId, PlaceId, TrackerId},
    leaf::{LeafHash, leaf, leaf_hash},
    map::{Counts, MarkKind, Path},
    mode::Mode,
    state::{State, Status},
    time::Timestamp,
    whereabouts::Basis,
};
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

/// A subject's chain and state: what a guarded write moves forward.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Head {
    /// How many events were recorded.
    #[n(0)]
    pub seq: u64,
    /// The hash of the last one's leaf.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub prev: LeafHash,
    /// What they amount to.
    #[n(2)]
    pub state: State,
    /// Up to which number only the history's files have them: [`crate::filing`].
    #[n(3)]
    pub filed: Option<u64>,
}

/// One event as it was recorded. Its leaf follows from it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Recorded {
    /// The event.
    #[n(0)]
    pub event: Event,
    /// Its number in the subject's chain, from 1.
    #[n(1)]
    pub seq: u64,
    /// The hash of the leaf before it; `None` for the first.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub prev: Option<LeafHash>,
}

impl Recorded {
    /// The bytes that are logged.
    #[must_use]
    pub fn leaf(&self) -> Vec<u8> {
        leaf(&self.event, self.seq, self.prev)
    }

    /// Their hash.
    #[must_use]
    pub fn leaf_hash(&self) -> LeafHash {
        leaf_hash(&self.leaf())
    }
}

/// What a holder's row says of one child.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct MemberRow {
    /// Since when.
    #[n(0)]
    pub since: Timestamp,
    /// The packages it is or holds.
    #[n(1)]
    pub counts: Option<Counts>,
    /// What the lane is, if a lane holds it.
    #[n(2)]
    pub lane: Option<Lane>,
}

/// How many packages a holder holds, and where it is on the map.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct HolderRow {
    /// What its members count together.
    #[n(0)]
    pub counts: Counts,
    /// The high 64 bits of the last change of a member that is counted.
    #[n(1)]
    pub seq_high: u64,
    /// The low 64 bits.
    #[n(2)]
    pub seq_low: u64,
    /// Where the map shows it; missing while something else holds it, it holds
    /// nothing, or nobody knows where it is.
    #[n(3)]
    pub shown: Option<Shown>,
    /// Set while it moves by a tracker's word.
    #[n(4)]
    pub foretold: Option<Foretold>,
}

/// When the whole way of a holder was worked out, from everything that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Foretold {
    /// As of when.
    #[n(0)]
    pub at: Timestamp,
    /// Which tracker tells where it is until the next time.
    #[n(1)]
    pub by: TrackerId,
}

/// Where the map shows a holder.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Shown {
    /// What it is.
    #[n(0)]
    pub kind: MarkKind,
    /// How it moves.
    #[n(1)]
    pub mode: Option<Mode>,
    /// What people call it; nothing for places, whose names may be people's.
    #[n(2)]
    pub name: Option<String>,
    /// Where it is from now on, as far as can be said now.
    #[n(3)]
    pub path: Path,
    /// Within how many metres, with 95 % probability, when this was made.
    #[n(4)]
    pub radius_95_m: u32,
    /// When the latest fact that it rests on happened.
    #[n(5)]
    pub as_of: Timestamp,
    /// What that place rests on.
    #[n(6)]
    pub basis: Option<Basis>,
}

/// What the list shows of a package and filters by.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ListRow {
    /// Where it stands.
    #[n(0)]
    pub status: Status,
    /// Since when.
    #[n(1)]
    pub status_at: Timestamp,
    /// What it is.
    #[n(2)]
    pub description: Option<String>,
    /// Whose goods.
    #[n(3)]
    pub client: Option<ClientId>,
    /// The shipping company.
    #[n(4)]
    pub carrier: Option<String>,
    /// How it travels.
    #[n(5)]
    pub mode: Option<Mode>,
    /// The number people most likely know it by.
    #[n(6)]
    pub number: Option<String>,
    /// Where it starts.
    #[n(7)]
    pub origin: Option<PlaceId>,
    /// Where it should end.
    #[n(8)]
    pub destination: Option<PlaceId>,
}

/// What a search asks of a package besides the word that leads to it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PostingRow {
    /// Two bytes for each word, client, carrier, mode and place, in order: see
    /// [`crate::search`].
    #[cbor(n(0), with = "minicbor::bytes")]
    pub marks: Vec<u8>,
}

/// A place, container or client in the list of its kind.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct NameRow {
    /// Its name as people wrote it.
    #[n(0)]
    pub name: String,
    /// Of a place that was merged into another: which.
    #[n(1)]
    pub merged: Option<PlaceId>,
}

/// How far a projector has followed a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Checkpoint {
    /// The high 64 bits of the last change it has dealt with.
    #[n(0)]
    pub seq_high: u64,
    /// The low 64 bits.
    #[n(1)]
    pub seq_low: u64,
}

/// What a photo is. The image and its thumbnail are blobs.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PhotoRow {
    /// Its name.
    #[n(0)]
    pub id: PhotoId,
    /// `image/jpeg`, `image/png` or `image/webp`.
    #[n(1)]
    pub media_type: String,
    /// Bytes of the image as it is kept, without its metadata.
    #[n(2)]
    pub len: u64,
    /// Width in pixels.
    #[n(3)]
    pub width: u32,
    /// Height in pixels.
    #[n(4)]
    pub height: u32,
    /// SHA-256 of the image as it is kept.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub digest: [u8; 32],
}

/// A batch of fixes as it was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct BatchRow {
    /// When.
    #[n(0)]
    pub recorded_at: Timestamp,
    /// Who sent it.
    #[n(1)]
    pub actor: String,
    /// Columns of `domain::fixes`, as checked.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub columns: Vec<u8>,
}

/// What stands in place of a batch once a chunk keeps it, so that the same batch
/// is known when it is sent again. Its fields follow those of [`BatchRow`], whose
/// place it takes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct MarkerRow {
    /// When the chunk was sealed.
    #[n(3)]
    pub sealed_at: Timestamp,
    /// SHA-256 of the chunk.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub chunk: [u8; 32],
    /// SHA-256 of the columns.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub digest: [u8; 32],
}

/// What may stand under the key of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Batched {
    /// The batch itself.
    Whole(BatchRow),
    /// That a chunk keeps it.
    Sealed(MarkerRow),
}

impl Batched {
    /// Reads either.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, minicbor::decode::Error> {
        if Self::is_whole(bytes) {
            minicbor::decode(bytes).map(Self::Whole)
        } else {
            minicbor::decode(bytes).map(Self::Sealed)
        }
    }

    /// Whether it is, or keeps, the batch with these columns.
    #[must_use]
    pub fn is_of(&self, columns: &[u8]) -> bool {
        match self {
            Self::Whole(it) => it.columns == columns,
            Self::Sealed(it) => it.digest == *Sha256::digest(columns),
        }
    }

    /// Whether it is the batch itself: its first field is field 0.
    #[must_use]
    pub fn is_whole(bytes: &[u8]) -> bool {
        let mut from = minicbor::Decoder::new(bytes);
        from.map().is_ok() && from.u8().is_ok_and(|it| it == 0)
    }
}

/// A chunk of batches, which is a blob.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ChunkRow {
    /// The name of the blob.
    #[n(0)]
    pub name: String,
    /// Its bytes.
    #[n(1)]
    pub len: u64,
    /// The bytes of its head, which names batches and trackers.
    #[n(2)]
    pub head_len: u64,
    /// How many batches it holds.
    #[n(3)]
    pub batches: u64,
    /// Of how many trackers.
    #[n(4)]
    pub trackers: u64,
    /// How many fixes.
    #[n(5)]
    pub fixes: u64,
    /// When the first of them was measured.
    #[n(6)]
    pub first: Timestamp,
    /// When the last.
    #[n(7)]
    pub last: Timestamp,
    /// What the digest is salted with, so that it tells nothing once both this
    /// and the blob are erased.
    #[cbor(n(8), with = "minicbor::bytes")]
    pub salt: [u8; 32],
    /// SHA-256 of salt and blob: what is logged.
    #[cbor(n(9), with = "minicbor::bytes")]
    pub digest: [u8; 32],
}

/// Batches that no chunk keeps yet.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct UnsealedRow {
    /// Bytes of all their columns.
    #[n(0)]
    pub len: u64,
    /// Their ids, 16 bytes each.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub ids: Vec<u8>,
}

/// The chunk that is being sealed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SealingRow {
    /// Since when.
    #[n(0)]
    pub sealed_at: Timestamp,
    /// What its digest will be salted with.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub salt: [u8; 32],
    /// SHA-256 of the chunk that it will be.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub chunk: [u8; 32],
    /// The ids of its batches, 16 bytes each.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub ids: Vec<u8>,
}

/// That a tracker has trails of a span that no archive holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ArchivingRow {
    /// The blobs that were about to be written for it, the last one last. Only the row
    /// of the archive says which of them counts.
    #[n(0)]
    pub names: Vec<String>,
}

/// Where the archive of a tracker's trails of a span is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ArchiveRow {
    /// The name of the blob.
    #[n(0)]
    pub name: String,
    /// The blob before it, which may still be there.
    #[n(1)]
    pub replaced: Option<String>,
}

/// A tracker's latest fixes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RingRow {
    /// When it was heard of last, by our clock.
    #[n(0)]
    pub heard_at: Timestamp,
    /// Columns of `domain::fixes`.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub ring: Vec<u8>,
}

/// Which key a tracker's device signs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DeviceRow {
    /// Counts the keys it was given; only the last is good.
    #[n(0)]
    pub generation: u32,
    /// Whether no key is good.
    #[n(1)]
    pub disabled: bool,
    /// Since when there is the key.
    #[n(2)]
    pub issued_at: Timestamp,
}

/// A part of the map's past. What is small lies in the row, what is large in a blob.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ReelRow {
    /// Names what it holds.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub digest: [u8; 16],
    /// What it was made of, if it follows from other parts.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub made_of: Option<[u8; 16]>,
    /// What it holds, if that is small.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub bytes: Option<Vec<u8>>,
    /// The name of the blob that holds it otherwise.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub blob: Option<[u8; 16]>,
    /// Of turns, how many these are.
    #[n(4)]
    pub turns: Option<u32>,
}

/// What the turns of a day's hours are together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ReelDayRow {
    /// Names them all.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub digest: [u8; 16],
    /// How many turns each hour has.
    #[n(1)]
    pub turns: Option<[u32; 24]>,
}

/// How often fixes of an hour came after it was over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LateRow {
    /// So often.
    #[n(0)]
    pub count: u64,
}

/// How many bytes a value takes in a row.
pub(crate) fn encoded_len<T: Encode<()>>(value: &T) -> usize {
    struct Count(usize);
    impl minicbor::encode::Write for Count {
        type Error = std::convert::Infallible;
        fn write_all(&mut self, bytes: &[u8]) -> Result<(), Self::Error> {
            self.0 += bytes.len();
            Ok(())
        }
    }
    let mut count = Count(0);
    minicbor::encode(value, &mut count).expect("counting cannot fail");
    count.0
}

/// A row's stored bytes.
pub fn to_bytes<T: Encode<()>>(row: &T) -> Vec<u8> {
    minicbor::to_vec(row).expect("writing to memory cannot fail")
}

#[cfg(test)]
pub(crate) mod tests;
