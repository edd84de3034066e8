//! Logs to look at: in memory, with the entries of a made-up day.

use std::{collections::BTreeMap, sync::Arc};

use audit::{
    Checkpoint, Edge, LogKey, PublicKey,
    log::{CHECKPOINT, LogFiles},
    verify::{Against, BoxFuture, Report, Source, verify},
};
use blobs::{BlobName, Blobs, ObjectBlobs};
use bytes::Bytes;

pub const ORIGIN: &str = "audit.example/log";

pub fn key() -> LogKey {
    LogKey::new(ORIGIN, &[7; 32]).unwrap()
}

/// The bytes of an entry: of different lengths, as leaves are.
pub fn entry(index: u64) -> Vec<u8> {
    let note = "x".repeat((index % 37) as usize);
    format!(r#"{{"kind":"scanned","note":"{note}","seq":{index},"subject":"pkg_{}"}}"#, index % 97)
        .into_bytes()
}

pub fn entries(from: u64, to: u64) -> impl Iterator<Item = Vec<u8>> {
    (from..to).map(entry)
}

/// A log that grew in one step, as its files.
#[derive(Clone)]
pub struct Folder(pub BTreeMap<String, Vec<u8>>);

impl Folder {
    pub fn of(size: u64) -> Self {
        Self::with(&Edge::default(), entries(0, size)).0
    }

    /// What an edge becomes by entries; only the files that are new.
    pub fn with(edge: &Edge, entries: impl Iterator<Item = Vec<u8>>) -> (Self, Edge) {
        let grown = edge.grown(entries).unwrap();
        let mut files: BTreeMap<_, _> =
            grown.tiles.into_iter().map(|(tile, bytes)| (tile.path(), bytes)).collect();
        let note = checkpoint(&grown.edge).sign(&key());
        files.insert(CHECKPOINT.to_owned(), note.into_bytes());
        (Self(files), grown.edge)
    }

    pub async fn verified(&self) -> Report {
        self.verified_since(None).await
    }

    pub async fn verified_since(&self, since: Option<&Checkpoint>) -> Report {
        let key = key();
        let against = Against { key: key.public(), since };
        verify(self, against, &mut |_, _| ()).await.unwrap()
    }
}

impl Source for Folder {
    fn read<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Option<Bytes>, String>> {
        let found = self.0.get(path).map(|it| Bytes::copy_from_slice(it));
        Box::pin(async move { Ok(found) })
    }
}

pub fn checkpoint(edge: &Edge) -> Checkpoint {
    Checkpoint { origin: ORIGIN.to_owned(), size: edge.size(), root: edge.root() }
}

/// A log among blobs and what its keeper knows of it.
pub struct Kept {
    pub blobs: Arc<dyn Blobs>,
    pub files: LogFiles,
    pub counts: Checkpoint,
    pub note: String,
    /// How large the log was before the last batch.
    pub before: u64,
}

impl Kept {
    pub async fn empty() -> Self {
        Self::among(Arc::new(ObjectBlobs::in_memory())).await
    }

    pub async fn among(blobs: Arc<dyn Blobs>) -> Self {
        let files = LogFiles::new(Arc::clone(&blobs));
        let counts = checkpoint(&Edge::default());
        let note = counts.sign(&key());
        files.publish(&counts, &note, &[], 0).await.unwrap();
        Self { blobs, files, counts, note, before: 0 }
    }

    pub async fn edge(&self) -> Result<Edge, audit::log::LogError> {
        self.files.load((&self.counts, self.before), &self.note, &public()).await
    }

    /// Adds entries, with every step.
    pub async fn grow(&mut self, count: u64) {
        let edge = self.edge().await.unwrap();
        let before = edge.size();
        let grown = edge.grown(entries(before, before + count)).unwrap();
        let counts = checkpoint(&grown.edge);
        self.files.stage(&counts, &grown.tiles, before).await.unwrap();
        self.before = before;
        self.note = counts.sign(&key());
        self.counts = counts;
        self.files.publish(&self.counts, &self.note, &grown.tiles, before).await.unwrap();
    }

    pub async fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        loop {
            let after = names.last().map(|it| BlobName::new(it.clone()).unwrap());
            let page = self.blobs.list(None, after.as_ref(), 1_000).await.unwrap();
            if page.is_empty() {
                return names;
            }
            names.extend(page.into_iter().map(|it| it.name.as_str().to_owned()));
        }
    }
}

pub fn public() -> PublicKey {
    key().public().clone()
}
