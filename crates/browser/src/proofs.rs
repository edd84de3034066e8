//! Whether what is told of a package is in the audit log, as it was signed.

use audit::{
    Checkpoint, PublicKey, TileId,
    inspect::{Findings, Inspection, Told},
};
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

use crate::thrown;

/// Entries of the audit log, checked against it. Tell every entry, fetch the tiles that
/// it asks for, then ask what is wrong.
#[derive(Debug)]
#[wasm_bindgen]
pub struct Proofs {
    inspection: Inspection,
    findings: Findings,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq)]
#[wasm_bindgen(getter_with_clone)]
pub struct Wrong {
    /// Whose entry it is; empty if it is the log itself.
    pub about: String,
    /// The entry's number among those of that, from 1.
    pub seq: f64,
    /// What, as one word.
    pub why: String,
    /// What, as a sentence.
    pub says: String,
}

#[wasm_bindgen]
impl Proofs {
    /// Begins with the log's key and its signed checkpoint. Every event of `whole` will
    /// be told. Throws if the checkpoint is not the log's.
    #[wasm_bindgen(constructor)]
    pub fn new(key: &str, checkpoint: &str, whole: &str) -> Result<Self, JsError> {
        let key = PublicKey::of_text(key).map_err(thrown)?;
        let inspection = Inspection::new(&key, checkpoint.as_bytes(), whole).map_err(thrown)?;
        Ok(Self { inspection, findings: Findings::default() })
    }

    /// A checkpoint that was seen before, and the key it was signed by then. Throws if it
    /// was not.
    pub fn remember(&mut self, key: &str, checkpoint: &str) -> Result<(), JsError> {
        let key = PublicKey::of_text(key).map_err(thrown)?;
        let seen = Checkpoint::open(checkpoint.as_bytes(), &key).map_err(thrown)?;
        self.inspection.remember(seen);
        Ok(())
    }

    /// How many entries the log has.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn size(&self) -> f64 {
        self.inspection.checkpoint().size as f64
    }

    /// Adds an entry; `index` is missing while it is not logged.
    pub fn tell(&mut self, about: &str, seq: f64, index: Option<f64>, hash: &str, leaf: &str) {
        self.inspection.tell(Told {
            about: about.to_owned(),
            seq: seq as u64,
            index: index.map(|it| it as u64),
            hash: hash.to_owned(),
            leaf: leaf.as_bytes().to_vec(),
        });
    }

    /// The paths of the tiles that are still missing, below the log's address.
    #[must_use]
    pub fn tiles(&self) -> Vec<String> {
        self.inspection.tiles().iter().map(TileId::path).collect()
    }

    /// Adds a tile.
    pub fn put(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), JsError> {
        self.inspection.put(TileId::of_path(path).map_err(thrown)?, bytes);
        Ok(())
    }

    /// Checks everything, and says how many entries are in the log as they are told.
    pub fn check(&mut self) -> f64 {
        self.findings = self.inspection.findings();
        self.findings.checked as f64
    }

    /// How many entries are not logged yet; known once it is checked.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn waiting(&self) -> f64 {
        self.findings.waiting as f64
    }

    /// What is wrong; known once it is checked.
    #[must_use]
    pub fn wrong(&self) -> Vec<Wrong> {
        let told = |it: &audit::inspect::Wrong| {
            let (about, seq) = it.entry.clone().unwrap_or_default();
            Wrong {
                about,
                seq: seq as f64,
                why: it.why.word().to_owned(),
                says: it.why.to_string(),
            }
        };
        self.findings.wrong.iter().map(told).collect()
    }
}
