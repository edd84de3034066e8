//! Layout and roots, against the specification's example and an independent tree.

use std::collections::BTreeSet;

use audit::{Edge, TileId, tile::Content};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use sha2::Sha256;

use crate::world::{Folder, Kept, entries, entry};

/// C2SP tlog-tiles: a tree of 70,000 entries has 273 full tiles of level 0 and one of
/// width 112, one full tile of level 1 and one of width 17, and one of level 2 of width 1.
fn example() -> BTreeSet<String> {
    let mut files: BTreeSet<String> =
        ["tile/0/273.p/112", "tile/entries/273.p/112", "tile/1/000", "tile/1/001.p/17"]
            .map(str::to_owned)
            .into();
    files.insert("tile/2/000.p/1".to_owned());
    files.insert("checkpoint".to_owned());
    for number in 0..273 {
        files.insert(format!("tile/0/{number:03}"));
        files.insert(format!("tile/entries/{number:03}"));
    }
    files
}

#[test]
fn a_log_of_70_000_entries_is_laid_out_as_the_specification_says() {
    let made: BTreeSet<String> = Folder::of(70_000).0.into_keys().collect();
    assert_eq!(made, example());
}

#[tokio::test]
async fn a_log_that_grew_step_by_step_has_the_same_files_and_only_partial_ones_besides() {
    let mut kept = Kept::empty().await;
    for _ in 0..70 {
        kept.grow(1_000).await;
    }
    let there: BTreeSet<String> = kept.names().await.into_iter().collect();
    let named = |it: String| format!("log/{it}");
    let wanted: BTreeSet<String> = example().into_iter().map(named).collect();
    assert!(there.is_superset(&wanted));
    for other in there.difference(&wanted) {
        let tile = TileId::of_path(&other["log/".len()..]).unwrap();
        let last = TileId::of(tile.content, tile.index, 70_000).unwrap();
        assert!(!tile.is_full() && !last.is_full(), "{other} has a full one in its place");
    }
    let at_once = Folder::of(70_000);
    for (path, bytes) in &at_once.0 {
        assert_eq!(kept.files.read(path).await.unwrap().unwrap(), bytes.as_slice(), "{path}");
    }
}

#[test]
fn paths_are_those_of_the_specification() {
    let tile = |content, index, width| TileId { content, index, width };
    for (tile, path) in [
        (tile(Content::Hashes(0), 1_234_067, 256), "tile/0/x001/x234/067"),
        (tile(Content::Hashes(3), 0, 1), "tile/3/000.p/1"),
        (tile(Content::Entries, 999, 255), "tile/entries/999.p/255"),
        (tile(Content::Entries, 1_000, 256), "tile/entries/x001/000"),
    ] {
        assert_eq!(tile.path(), path);
        assert_eq!(TileId::of_path(path), Ok(tile));
    }
    for path in [
        "",
        "tile",
        "tile/0",
        "tile/0/1",
        "tile/00/000",
        "tile/64/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/007",
        "tile/0/x000/001",
        "tile/0/x001",
        "tile/0/+01",
        "tile/data/000",
        "tile/0/../../secret",
        "tile/0/000/",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert!(TileId::of_path(path).is_err(), "{path}");
    }
}

#[test]
fn roots_of_every_size_up_to_2_000_are_those_of_an_independent_tree() {
    let mut oracle = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    let mut edge = Edge::default();
    for size in 1..=2_000 {
        oracle.push(entry(size - 1));
        edge = edge.grown([entry(size - 1)]).unwrap().edge;
        assert_eq!(edge.size(), size);
        assert_eq!(edge.root()[..], oracle.root().as_bytes()[..], "{size} entries");
    }
}

#[test]
fn roots_of_random_large_sizes_are_those_of_an_independent_tree() {
    let mut random = StdRng::seed_from_u64(depth::seed());
    let (sizes, most) = if depth::is_soak() { (40, 600_000) } else { (4, 140_000) };
    for _ in 0..sizes {
        let size = random.random_range(2_001..most);
        let mut oracle = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        entries(0, size).for_each(|it| oracle.push(it));
        // It grew in steps of any width.
        let mut edge = Edge::default();
        while edge.size() < size {
            let step = random.random_range(1..=20_000).min(size - edge.size());
            edge = edge.grown(entries(edge.size(), edge.size() + step)).unwrap().edge;
        }
        assert_eq!(edge.root()[..], oracle.root().as_bytes()[..], "{size} entries");
    }
}
