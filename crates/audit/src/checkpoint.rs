//! Checkpoints (C2SP tlog-checkpoint): what a log was at a time, signed.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    hash::Hash,
    note::{LogKey, NoteError, PublicKey, split},
};

/// Origin, size and root of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name.
    pub origin: String,
    /// How many entries it has.
    pub size: u64,
    /// The root of its tree.
    pub root: Hash,
}

/// Why bytes are no checkpoint of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckpointError {
    /// It is not signed by the log's key.
    Note(NoteError),
    /// The signed text is no checkpoint.
    Malformed(&'static str),
    /// It is of another log.
    OtherOrigin {
        /// The log asked for.
        wanted: String,
        /// The log it is of.
        found: String,
    },
}

impl Checkpoint {
    /// The text that is signed.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))
    }

    /// Reads the text of a checkpoint. Lines behind the root are passed over.
    pub fn of_text(text: &str) -> Result<Self, CheckpointError> {
        let malformed = |why| Err(CheckpointError::Malformed(why));
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return malformed("it has fewer than three lines");
        };
        if origin.is_empty() {
            return malformed("it has no origin");
        }
        let Ok(number) = size.parse::<u64>() else { return malformed("its size is no number") };
        if number.to_string() != size {
            return malformed("its size is no plain number");
        }
        let root = STANDARD.decode(root).ok().and_then(|it| it.try_into().ok());
        let Some(root) = root else { return malformed("its root is no hash") };
        Ok(Self { origin: origin.to_owned(), size: number, root })
    }

    /// Signs it, as a note.
    #[must_use]
    pub fn sign(&self, key: &LogKey) -> String {
        key.sign(&self.to_text())
    }

    /// Reads a checkpoint that the key of the log has signed.
    pub fn open(note: &[u8], key: &PublicKey) -> Result<Self, CheckpointError> {
        let origin = |it: &Self| it.origin != key.name();
        let other = |found: Self| CheckpointError::OtherOrigin {
            wanted: key.name().to_owned(),
            found: found.origin,
        };
        let text = match key.open(note) {
            Ok(text) => text,
            // Whose it is says more than that it is not ours.
            Err(NoteError::Unsigned(others)) => {
                let found = Self::unsigned(note).ok().filter(origin);
                return Err(found.map_or(CheckpointError::Note(NoteError::Unsigned(others)), other));
            }
            Err(why) => return Err(CheckpointError::Note(why)),
        };
        let checkpoint = Self::of_text(text)?;
        if origin(&checkpoint) { Err(other(checkpoint)) } else { Ok(checkpoint) }
    }

    /// What a note claims, whoever signed it.
    pub fn unsigned(note: &[u8]) -> Result<Self, CheckpointError> {
        Self::of_text(split(note).map_err(CheckpointError::Note)?.0)
    }
}

impl fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Note(why) => why.fmt(f),
            Self::Malformed(why) => write!(f, "it is no checkpoint: {why}"),
            Self::OtherOrigin { wanted, found } => {
                write!(f, "it is of the log {found}, not of {wanted}")
            }
        }
    }
}

impl std::error::Error for CheckpointError {}
