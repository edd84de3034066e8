//! Any bytes at every reader of the audit log, and as one file of a log that is
//! walked: an error or a fault at worst, and what is read is written the same.

#![no_main]

use std::{collections::BTreeMap, sync::LazyLock};

use audit::{
    Checkpoint, Edge, LogKey, PublicKey, TileId, bundle,
    log::CHECKPOINT,
    note::NoteError,
    proof::TlogProof,
    verify::{Against, BoxFuture, Source, verify},
};
use domain::leaf::entry::Entry;
use libfuzzer_sys::fuzz_target;

static KEY: LazyLock<LogKey> = LazyLock::new(|| LogKey::new("fuzz/log", &[7; 32]).expect("a key"));
static LOG: LazyLock<BTreeMap<String, Vec<u8>>> = LazyLock::new(|| {
    let entries = (0..600u32).map(|it| it.to_string().into_bytes());
    let grown = Edge::default().grown(entries).expect("short entries");
    let mut files: BTreeMap<String, Vec<u8>> =
        grown.tiles.into_iter().map(|(tile, bytes)| (tile.path(), bytes)).collect();
    let (origin, size, root) = ("fuzz/log".to_owned(), grown.edge.size(), grown.edge.root());
    let note = Checkpoint { origin, size, root }.sign(&KEY);
    files.insert(CHECKPOINT.to_owned(), note.into_bytes());
    files
});

fuzz_target!(|bytes: &[u8]| {
    read(bytes);
    let Some((which, bytes)) = bytes.split_first() else { return };
    let path = LOG.keys().nth(usize::from(*which) % LOG.len()).expect("one of them");
    let one = Altered { path, bytes };
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let against = Against { key: KEY.public(), since: None };
    let report = runtime.block_on(verify(&one, against, &mut |_, _| ())).expect("it is here");
    assert_eq!(report.faults.is_empty(), LOG[path] == bytes, "{path}: {:?}", report.faults);
});

fn read(bytes: &[u8]) {
    if let Ok(entries) = bundle::entries(bytes) {
        let mut again = Vec::new();
        entries.iter().for_each(|it| bundle::push(&mut again, it).expect("it was short"));
        assert_eq!(again, bytes);
    }
    assert!(!matches!(KEY.public().open(bytes), Ok(text) if text.is_empty()));
    let _: Result<_, NoteError> = KEY.public().open(bytes);
    let _ = Checkpoint::open(bytes, KEY.public());
    if let Ok(entry) = Entry::from_bytes(bytes) {
        assert_eq!(entry.to_bytes(), bytes);
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(tile) = TileId::of_path(text) {
        assert_eq!(tile.path(), text);
    }
    if let Ok(key) = PublicKey::of_text(text) {
        assert_eq!(PublicKey::of_text(&key.to_string()), Ok(key));
    }
    if let Ok(proof) = TlogProof::of_text(text) {
        assert_eq!(TlogProof::of_text(&proof.to_text()), Ok(proof.clone()));
        assert!(proof.check(b"entry", KEY.public()).is_err());
    }
}

/// The log with other bytes in the place of one file.
struct Altered<'a> {
    path: &'a str,
    bytes: &'a [u8],
}

impl Source for Altered<'_> {
    fn read<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Option<bytes::Bytes>, String>> {
        let found =
            if path == self.path { Some(self.bytes) } else { LOG.get(path).map(Vec::as_slice) };
        let found = found.map(bytes::Bytes::copy_from_slice);
        Box::pin(async move { Ok(found) })
    }
}
