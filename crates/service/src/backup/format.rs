//! The bytes of a backup: a line that says what it is, pieces behind their lengths, and
//! at the end the digest of all of it. A backup that is cut off is none.

use std::{
    fmt,
    io::{self, Read, Write},
};

use blobs::{BLOB_LEN_MAX, BlobName};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use table::Key;

use crate::{
    error::Error,
    rows::{Recorded, to_bytes},
};

/// The first line: whatever reads another version refuses it.
const MAGIC: &[u8] = b"whereabouts backup 1\n";
const ROW: u8 = 0;
const EVENT: u8 = 1;
const BLOB: u8 = 2;
const LOG_KEY: u8 = 3;
const END: u8 = 255;
/// Longest name: shard and sort of a key, or a blob's name.
const NAME_LEN_MAX: usize = 4 * 1_024;

/// A part of a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A row as it stands.
    Row(Key, Vec<u8>),
    /// An event of which the log does not have everything, or nothing yet.
    Event(Box<Recorded>),
    /// A blob.
    Blob(BlobName, Bytes),
    /// The key that signs the log, as text.
    LogKey(String),
}

/// A backup that is not what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damaged(String);

/// Writes a backup, piece by piece.
pub struct Writer<W> {
    to: W,
    digest: Sha256,
}

/// Reads a backup, piece by piece.
pub struct Reader<R> {
    from: R,
    digest: Sha256,
    ended: bool,
}

impl<W: Write> Writer<W> {
    /// Begins one.
    pub fn new(to: W) -> io::Result<Self> {
        let mut begun = Self { to, digest: Sha256::new() };
        begun.write(MAGIC)?;
        Ok(begun)
    }

    /// Adds a piece.
    pub fn put(&mut self, piece: &Piece) -> io::Result<()> {
        match piece {
            Piece::Row(key, value) => {
                let len = (key.shard.len() as u16).to_be_bytes();
                self.part(ROW, &[&len[..], &key.shard, &key.sort].concat(), value)
            }
            Piece::Event(recorded) => self.part(EVENT, &[], &to_bytes(&**recorded)),
            Piece::Blob(name, bytes) => self.part(BLOB, name.as_str().as_bytes(), bytes),
            Piece::LogKey(text) => self.part(LOG_KEY, &[], text.as_bytes()),
        }
    }

    /// Ends it; what it was written to may still have to be synced.
    pub fn finish(mut self) -> io::Result<W> {
        let digest = self.digest.clone().finalize();
        self.to.write_all(&[END])?;
        self.to.write_all(&digest)?;
        self.to.flush()?;
        Ok(self.to)
    }

    fn part(&mut self, kind: u8, name: &[u8], value: &[u8]) -> io::Result<()> {
        self.write(&[kind])?;
        self.write(&(name.len() as u32).to_be_bytes())?;
        self.write(name)?;
        self.write(&(value.len() as u32).to_be_bytes())?;
        self.write(value)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.digest.update(bytes);
        self.to.write_all(bytes)
    }
}

impl<R: Read> Reader<R> {
    /// Begins to read one.
    pub fn new(from: R) -> Result<Self, Damaged> {
        let mut begun = Self { from, digest: Sha256::new(), ended: false };
        let mut magic = [0; MAGIC.len()];
        begun.read(&mut magic)?;
        if magic == MAGIC { Ok(begun) } else { Err(damaged("it is no backup of this version")) }
    }

    /// Reads all of it and says whether it is whole. Nothing of one that is not may be
    /// used.
    pub fn check(mut self) -> Result<(), Damaged> {
        while self.next_piece()?.is_some() {}
        Ok(())
    }

    /// The next piece; nothing at the end, which must be where it should.
    pub fn next_piece(&mut self) -> Result<Option<Piece>, Damaged> {
        if self.ended {
            return Ok(None);
        }
        let before = self.digest.clone();
        let [kind] = self.array()?;
        if kind == END {
            let mut digest = [0; 32];
            self.read(&mut digest)?;
            if before.finalize()[..] != digest {
                return Err(damaged("its digest is not that of what it holds"));
            }
            self.ended = true;
            return Ok(None);
        }
        let name = self.bytes(NAME_LEN_MAX)?;
        let value = self.bytes(BLOB_LEN_MAX)?;
        piece(kind, &name, value).map(Some).ok_or_else(|| damaged("a piece of it makes no sense"))
    }

    fn bytes(&mut self, len_max: usize) -> Result<Vec<u8>, Damaged> {
        let len = u32::from_be_bytes(self.array()?) as usize;
        if len_max < len {
            return Err(damaged("a piece of it is longer than any can be"));
        }
        let mut bytes = Vec::new();
        let read = (&mut self.from).take(len as u64).read_to_end(&mut bytes);
        if read.map_err(|it| damaged(&it.to_string()))? != len {
            return Err(damaged("it ends too early"));
        }
        self.digest.update(&bytes);
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Damaged> {
        let mut bytes = [0; N];
        self.read(&mut bytes)?;
        Ok(bytes)
    }

    fn read(&mut self, bytes: &mut [u8]) -> Result<(), Damaged> {
        self.from.read_exact(bytes).map_err(|it| match it.kind() {
            io::ErrorKind::UnexpectedEof => damaged("it ends too early"),
            _ => damaged(&it.to_string()),
        })?;
        self.digest.update(&*bytes);
        Ok(())
    }
}

fn piece(kind: u8, name: &[u8], value: Vec<u8>) -> Option<Piece> {
    Some(match kind {
        ROW => {
            let (len, key) = name.split_first_chunk::<2>()?;
            let (shard, sort) = key.split_at_checked(usize::from(u16::from_be_bytes(*len)))?;
            Piece::Row(Key::new(shard, sort), value)
        }
        EVENT => Piece::Event(Box::new(minicbor::decode(&value).ok()?)),
        BLOB => Piece::Blob(BlobName::new(std::str::from_utf8(name).ok()?).ok()?, value.into()),
        LOG_KEY => Piece::LogKey(String::from_utf8(value).ok()?),
        _ => return None,
    })
}

fn damaged(why: &str) -> Damaged {
    Damaged(why.to_owned())
}

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the backup cannot be used: {}", self.0)
    }
}

impl std::error::Error for Damaged {}

impl From<Damaged> for Error {
    fn from(why: Damaged) -> Self {
        Self::Corrupt(why.to_string())
    }
}

impl From<io::Error> for Error {
    fn from(why: io::Error) -> Self {
        Self::Unavailable(why.to_string())
    }
}

impl<W> fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Writer")
    }
}

impl<R> fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reader")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written() -> Vec<u8> {
        let mut to = Writer::new(Vec::new()).unwrap();
        let key = Key::new(*b"u1", *b"s2");
        to.put(&Piece::Row(key, b"three".to_vec())).unwrap();
        to.put(&Piece::Blob(BlobName::new("a/b").unwrap(), Bytes::from_static(b"c"))).unwrap();
        to.put(&Piece::LogKey("PRIVATE+KEY+x".to_owned())).unwrap();
        to.finish().unwrap()
    }

    #[test]
    fn a_backup_is_these_bytes() {
        let expected = [
            &b"whereabouts backup 1\n"[..],
            b"\0\0\0\0\x06\0\x02u1s2\0\0\0\x05three",
            b"\x02\0\0\0\x03a/b\0\0\0\x01c",
            b"\x03\0\0\0\0\0\0\0\x0dPRIVATE+KEY+x",
        ]
        .concat();
        let digest = Sha256::digest(&expected);
        assert_eq!(written(), [&expected[..], &[END], &digest].concat());
    }

    #[test]
    fn what_was_cut_off_or_altered_is_no_backup() {
        let good = written();
        Reader::new(&good[..]).unwrap().check().unwrap();
        for at in 0..good.len() {
            let cut = Reader::new(&good[..at]).and_then(Reader::check);
            assert!(cut.is_err(), "cut at {at}");
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert!(Reader::new(&bad[..]).and_then(Reader::check).is_err(), "altered at {at}");
        }
    }
}
