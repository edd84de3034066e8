//! What else is logged for ever beside events: what happened to people's access, and
//! the chunks in which fixes are kept. Their leaves say in `entry` what they are; that
//! of an event says nothing there.

use serde_json::{Map, Value as Json};

use super::{
    InvalidLeaf, Logged, VERSION, hex,
    json::{Object, Value},
    read::{Fields, wrong},
};
use crate::{
    id::{AccessId, ChunkId, UserId},
    time::Timestamp,
};

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// An event.
    Event(Logged),
    /// What happened to somebody's access.
    Access(Access),
    /// A chunk of fixes.
    Chunk(Chunk),
}

/// What happened to somebody's access, or what somebody did that is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Its id.
    pub id: AccessId,
    /// When, by our clock.
    pub at: Timestamp,
    /// What, in one word.
    pub kind: String,
    /// Who did it: an opaque id.
    pub actor: String,
    /// The way it came.
    pub source: String,
    /// Whose account, where there is one.
    pub user: Option<UserId>,
    /// What it is about, where that is no account.
    pub about: Option<String>,
    /// What they could do before, where that changed.
    pub before: Option<Vec<String>>,
    /// What they may do from then on, where that changed.
    pub after: Option<Vec<String>>,
}

/// A chunk of fixes. Where something was is personal where a tracker follows a
/// person, so only its digests are logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Its id.
    pub id: ChunkId,
    /// When it was sealed, by our clock.
    pub at: Timestamp,
    /// How many batches it holds.
    pub batches: u64,
    /// Of how many trackers.
    pub trackers: u64,
    /// How many fixes.
    pub fixes: u64,
    /// When the first of them was measured.
    pub first: Timestamp,
    /// When the last.
    pub last: Timestamp,
    /// SHA-256 of a salt that is kept apart, and of the blob.
    pub digest: [u8; 32],
}

impl Entry {
    /// Reads an entry of any kind. The one way to write what was read must give the
    /// same bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidLeaf> {
        let object: Map<String, Json> =
            serde_json::from_slice(bytes).map_err(|it| InvalidLeaf::new(it.to_string()))?;
        let it = Fields::of(&object);
        let entry = match it.optional("entry", Fields::text)?.as_deref() {
            None => return Logged::from_bytes(bytes).map(Self::Event),
            Some("access") => Self::Access(Access::read(it)?),
            Some("chunk") => Self::Chunk(Chunk::read(it)?),
            Some(_) => return Err(wrong("entry", "access or chunk is expected")),
        };
        if it.integer::<i64>("v")? != VERSION {
            return Err(wrong("v", format!("version {VERSION} is expected")));
        }
        if entry.to_bytes() == bytes { Ok(entry) } else { Err(InvalidLeaf::not_written_so()) }
    }

    /// Its bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Event(it) => super::leaf(&it.event, it.seq, it.prev),
            Self::Access(it) => it.to_bytes(),
            Self::Chunk(it) => it.to_bytes(),
        }
    }

    /// What it is about: a subject, an account or whatever else an id names.
    #[must_use]
    pub fn about(&self) -> String {
        match self {
            Self::Event(it) => it.event.subject.to_string(),
            Self::Access(Access { user: Some(user), .. }) => user.to_string(),
            Self::Access(it) => it.about.clone().unwrap_or_else(|| it.id.to_string()),
            Self::Chunk(it) => it.id.to_string(),
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Event(it) => it.event.id.to_string(),
            Self::Access(it) => it.id.to_string(),
            Self::Chunk(it) => it.id.to_string(),
        }
    }

    /// What happened, in one word.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Event(it) => it.event.fact.kind().word(),
            Self::Access(it) => &it.kind,
            Self::Chunk(_) => "chunk",
        }
    }

    /// Who did it: an opaque id. Chunks are made by nobody.
    #[must_use]
    pub fn actor(&self) -> &str {
        match self {
            Self::Event(it) => &it.event.actor,
            Self::Access(it) => &it.actor,
            Self::Chunk(_) => "",
        }
    }

    /// When it happened, by the world's clock.
    #[must_use]
    pub const fn happened_at(&self) -> Timestamp {
        match self {
            Self::Event(it) => it.event.happened_at,
            Self::Access(it) => it.at,
            Self::Chunk(it) => it.at,
        }
    }

    /// An event's number in its subject's chain, from 1; 0 for all else.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        match self {
            Self::Event(it) => it.seq,
            Self::Access(_) | Self::Chunk(_) => 0,
        }
    }

    /// When it was recorded, by our clock.
    #[must_use]
    pub const fn recorded_at(&self) -> Timestamp {
        match self {
            Self::Event(it) => it.event.recorded_at,
            Self::Access(it) => it.at,
            Self::Chunk(it) => it.at,
        }
    }
}

impl Access {
    /// The bytes that are logged.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let words = |it: &Vec<String>| it.iter().map(|it| it.as_str().into()).collect::<Vec<_>>();
        let mut it = begun("access", self.id.to_string(), self.at);
        it.set("kind", self.kind.as_str());
        it.set("actor", self.actor.as_str());
        it.set("source", self.source.as_str());
        it.set("user", self.user.map(|it| it.to_string()));
        it.set("about", self.about.as_deref());
        it.set("before", self.before.as_ref().map(words));
        it.set("after", self.after.as_ref().map(words));
        Value::Object(it).to_bytes()
    }

    fn read(it: Fields) -> Result<Self, InvalidLeaf> {
        Ok(Self {
            id: it.parsed("id")?,
            at: it.instant("recorded_at")?,
            kind: it.text("kind")?,
            actor: it.text("actor")?,
            source: it.text("source")?,
            user: it.optional("user", Fields::parsed)?,
            about: it.optional("about", Fields::text)?,
            before: it.optional("before", Fields::words)?,
            after: it.optional("after", Fields::words)?,
        })
    }
}

impl Chunk {
    /// The bytes that are logged.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut it = begun("chunk", self.id.to_string(), self.at);
        it.set("batches", self.batches);
        it.set("trackers", self.trackers);
        it.set("fixes", self.fixes);
        it.set("first", self.first.millis());
        it.set("last", self.last.millis());
        it.set("digest", hex(&self.digest));
        Value::Object(it).to_bytes()
    }

    fn read(it: Fields) -> Result<Self, InvalidLeaf> {
        Ok(Self {
            id: it.parsed("id")?,
            at: it.instant("recorded_at")?,
            batches: it.integer("batches")?,
            trackers: it.integer("trackers")?,
            fixes: it.integer("fixes")?,
            first: it.instant("first")?,
            last: it.instant("last")?,
            digest: it.digest("digest")?,
        })
    }
}

fn begun(entry: &str, id: String, at: Timestamp) -> Object {
    let mut it = Object::new();
    it.set("v", VERSION);
    it.set("entry", entry);
    it.set("id", id);
    it.set("recorded_at", at.millis());
    it
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access() -> Access {
        Access {
            id: AccessId::from_bytes([1; 16]),
            at: Timestamp::MIN.plus(1_790_553_600_123),
            kind: "permissions_changed".to_owned(),
            actor: "usr_1".to_owned(),
            source: "api".to_owned(),
            user: Some(UserId::from_bytes([2; 16])),
            about: None,
            before: Some(vec![]),
            after: Some(vec!["track".to_owned(), "enter".to_owned()]),
        }
    }

    fn chunk() -> Chunk {
        Chunk {
            id: ChunkId::from_bytes([3; 16]),
            at: Timestamp::MIN.plus(1_790_553_600_123),
            batches: 400,
            trackers: 50,
            fixes: 200_000,
            first: Timestamp::MIN.plus(1_790_553_500_000),
            last: Timestamp::MIN.plus(1_790_553_599_000),
            digest: [0xab; 32],
        }
    }

    #[test]
    fn an_entry_is_these_bytes_and_no_others() {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let expected = concat!(
            r#"{"actor":"usr_1","after":["track","enter"],"before":[],"entry":"access","#,
            r#""id":"acc_01040G2081040G2081040G2081","kind":"permissions_changed","#,
            r#""recorded_at":1790553600123,"source":"api","user":"usr_02081040G2081040G2081040G2","v":1}"#
        );
        assert_eq!(text(access().to_bytes()), expected);
        let expected = concat!(
            r#"{"batches":400,"digest":"abababababababababababababababababababababababababababababababab","#,
            r#""entry":"chunk","first":1790553500000,"fixes":200000,"id":"chk_030C1G60R30C1G60R30C1G60R3","#,
            r#""last":1790553599000,"recorded_at":1790553600123,"trackers":50,"v":1}"#
        );
        assert_eq!(text(chunk().to_bytes()), expected);
    }

    #[test]
    fn an_entry_is_read_as_it_was_written_and_in_no_other_way() {
        for entry in [Entry::Access(access()), Entry::Chunk(chunk())] {
            let bytes = entry.to_bytes();
            assert_eq!(Entry::from_bytes(&bytes), Ok(entry));
            for cut in 0..bytes.len() {
                assert!(Entry::from_bytes(&bytes[..cut]).is_err());
            }
            let text = String::from_utf8(bytes).unwrap();
            for (was, is) in [
                (r#""v":1"#, r#""v":2"#),
                (r#""entry":"#, r#""entrance":"#),
                (r#""entry":"a"#, r#""entry":"b"#),
                (r#""v":1"#, r#""v": 1"#),
                (r#""v":1"#, r#""v":1,"zebra":1"#),
            ] {
                let other = text.replacen(was, is, 1);
                assert!(other == text || Entry::from_bytes(other.as_bytes()).is_err(), "{other}");
            }
        }
    }
}
