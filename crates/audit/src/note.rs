//! Signed notes (C2SP signed-note) and the Ed25519 keys that sign them.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

/// The number that says Ed25519.
const ED25519: u8 = 1;
/// Largest note that is read, in bytes.
const NOTE_LEN_MAX: usize = 64 * 1_024;
/// Most signatures of a note that are read.
const SIGNATURES_MAX: usize = 64;

/// A key that signs a log's checkpoints. Whoever has it can make up another log.
#[derive(Clone)]
pub struct LogKey {
    public: PublicKey,
    key: SigningKey,
}

/// The public half, by which checkpoints are known to be of this log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

/// Why a text is no key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidKey(pub &'static str);

/// Why a note is not what the key's owner signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoteError {
    /// It does not have the form of a signed note.
    Malformed(&'static str),
    /// None of its signatures is by this key; the names of those that signed.
    Unsigned(Vec<String>),
    /// It claims this key's signature, and it does not fit the text.
    Forged(String),
}

impl LogKey {
    /// The key of a log that is called so, from 32 unguessable bytes.
    pub fn new(name: &str, seed: &[u8; 32]) -> Result<Self, InvalidKey> {
        let key = SigningKey::from_bytes(seed);
        Ok(Self { public: PublicKey::new(name, key.verifying_key())?, key })
    }

    /// Reads what [`Self::to_text`] wrote.
    pub fn of_text(text: &str) -> Result<Self, InvalidKey> {
        let rest = text.trim().strip_prefix("PRIVATE+KEY+");
        let rest = rest.ok_or(InvalidKey("it does not begin with PRIVATE+KEY+"))?;
        let (name, id, seed) = parts(rest)?;
        let key = Self::new(name, &seed)?;
        if key.public.id != id {
            return Err(InvalidKey("its number does not fit the key"));
        }
        Ok(key)
    }

    /// The key as text, as other tools write it. Keep it secret.
    #[must_use]
    pub fn to_text(&self) -> String {
        let key = keyed(self.key.as_bytes());
        format!("PRIVATE+KEY+{}+{}+{key}", self.public.name, hex(self.public.id))
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs a text, which ends with a line feed.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        let signature = self.key.sign(text.as_bytes()).to_bytes();
        let line = STANDARD.encode([&self.public.id[..], &signature].concat());
        format!("{text}\n\u{2014} {} {line}\n", self.public.name)
    }
}

impl PublicKey {
    fn new(name: &str, key: VerifyingKey) -> Result<Self, InvalidKey> {
        if name.is_empty() || name.contains(|it: char| it == '+' || it.is_whitespace()) {
            return Err(InvalidKey("its name is empty, or has a blank or a plus sign"));
        }
        let hash = Sha256::new()
            .chain_update(name)
            .chain_update([b'\n', ED25519])
            .chain_update(key.as_bytes())
            .finalize();
        let id = [hash[0], hash[1], hash[2], hash[3]];
        Ok(Self { name: name.to_owned(), id, key })
    }

    /// Reads a key as it is written: `name+1a2b3c4d+AQ…`.
    pub fn of_text(text: &str) -> Result<Self, InvalidKey> {
        let (name, id, bytes) = parts(text.trim())?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| InvalidKey("it is no point"))?;
        let key = Self::new(name, key)?;
        if key.id != id {
            return Err(InvalidKey("its number does not fit the key"));
        }
        Ok(key)
    }

    /// What the key's owner is called: the origin of the log.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text of a note that this key has signed. Signatures by others are
    /// neither needed nor checked.
    pub fn open<'a>(&self, note: &'a [u8]) -> Result<&'a str, NoteError> {
        let (text, signatures) = split(note)?;
        let mut others = Vec::new();
        for line in signatures.split_inclusive('\n') {
            let line = line.strip_prefix("\u{2014} ").and_then(|it| it.strip_suffix('\n'));
            let line = line.ok_or(NoteError::Malformed("a line of a signature"))?;
            let (name, bytes) =
                line.split_once(' ').ok_or(NoteError::Malformed("a line of a signature"))?;
            let bytes = STANDARD.decode(bytes);
            let bytes = bytes.map_err(|_| NoteError::Malformed("a signature is no base64"))?;
            let (id, signature) = bytes
                .split_first_chunk()
                .ok_or(NoteError::Malformed("a signature is too short"))?;
            if name != self.name || *id != self.id {
                others.push(name.to_owned());
                continue;
            }
            let signature = Signature::from_slice(signature);
            let fits =
                signature.is_ok_and(|it| self.key.verify_strict(text.as_bytes(), &it).is_ok());
            return if fits { Ok(text) } else { Err(NoteError::Forged(self.name.clone())) };
        }
        Err(NoteError::Unsigned(others))
    }
}

/// The text of a note, with its line feed, and the lines of its signatures.
pub(crate) fn split(note: &[u8]) -> Result<(&str, &str), NoteError> {
    if NOTE_LEN_MAX < note.len() {
        return Err(NoteError::Malformed("it is longer than 64 KiB"));
    }
    let note = std::str::from_utf8(note).map_err(|_| NoteError::Malformed("it is no UTF-8"))?;
    if note.contains(|it: char| it < ' ' && it != '\n') {
        return Err(NoteError::Malformed("it has control characters"));
    }
    let at = note.rfind("\n\n").ok_or(NoteError::Malformed("it has no empty line"))?;
    let (text, signatures) = (&note[..=at], &note[at + 2..]);
    if signatures.is_empty() || SIGNATURES_MAX < signatures.lines().count() {
        return Err(NoteError::Malformed("it has no signatures, or too many"));
    }
    Ok((text, signatures))
}

/// Name, number and key of a text.
fn parts(text: &str) -> Result<(&str, [u8; 4], [u8; 32]), InvalidKey> {
    let shape = InvalidKey("it is not name, number and key between plus signs");
    let (name, rest) = text.split_once('+').ok_or(shape.clone())?;
    let (id, key) = rest.split_once('+').ok_or(shape)?;
    let number = InvalidKey("its number is not 8 hexadecimal digits");
    let plain = id.len() == 8 && id.bytes().all(|it| it.is_ascii_hexdigit());
    let id = if plain { u32::from_str_radix(id, 16).ok() } else { None }.ok_or(number)?;
    let key = STANDARD.decode(key).map_err(|_| InvalidKey("it is no base64"))?;
    match key.split_first() {
        Some((&ED25519, key)) => {
            let key = key.try_into().map_err(|_| InvalidKey("it has not 32 bytes"))?;
            Ok((name, id.to_be_bytes(), key))
        }
        _ => Err(InvalidKey("it is no Ed25519 key")),
    }
}

fn keyed(key: &[u8; 32]) -> String {
    STANDARD.encode([&[ED25519][..], key].concat())
}

fn hex(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, hex(self.id), keyed(self.key.as_bytes()))
    }
}

impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogKey({})", self.public)
    }
}

impl fmt::Display for InvalidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this is no key of a log: {}", self.0)
    }
}

impl std::error::Error for InvalidKey {}

impl fmt::Display for NoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(why) => write!(f, "it is no signed note: {why}"),
            Self::Unsigned(others) if others.is_empty() => f.write_str("nobody signed it"),
            Self::Unsigned(others) => {
                write!(f, "it is signed by {} and not by the key asked for", others.join(", "))
            }
            Self::Forged(name) => write!(f, "the signature of {name} does not fit its text"),
        }
    }
}

impl std::error::Error for NoteError {}
