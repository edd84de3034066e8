//! Whoever alters, drops, swaps, cuts or sets back a file is found, and the file named.

use audit::{Checkpoint, Edge, LogKey, TileId, tile::Content, verify::Report};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};

use crate::world::{Folder, ORIGIN, entries, key, public};

/// Has a full tile of level 1 and partial ones of levels 0, 1 and 2.
const SIZE: u64 = 66_000;

fn names(report: &Report, path: &str) -> bool {
    report.faults.iter().any(|it| it.object == path)
}

#[tokio::test]
async fn a_log_that_nobody_touched_is_in_order() {
    for size in [0, 1, 2, 255, 256, 257, 512, 65_536, SIZE] {
        let report = Folder::of(size).verified().await;
        assert_eq!(report.faults, [], "{size}");
        assert_eq!(report.entries, size);
        assert_eq!(report.checkpoint.map(|it| it.size), Some(size));
    }
}

/// Every flip is found, and the first fault names the file.
#[tokio::test]
async fn every_flipped_bit_is_found_and_its_file_named() {
    let mut random = StdRng::seed_from_u64(depth::seed());
    let flips = if depth::is_soak() { 10_000 } else { 200 };
    let (mut in_entries, mut in_tiles, mut in_checkpoint) = (0, 0, 0);
    let large = Folder::of(SIZE);
    for round in 0..flips {
        // Small logs have every kind of file, and cost little.
        let mut folder =
            if round % 50 == 0 { large.clone() } else { Folder::of(random.random_range(1..3_000)) };
        let paths: Vec<&String> = folder.0.keys().collect();
        let path = (*paths.choose(&mut random).unwrap()).clone();
        let bytes = folder.0.get_mut(&path).unwrap();
        let (at, bit) = (random.random_range(0..bytes.len()), random.random_range(0..8));
        bytes[at] ^= 1 << bit;
        let report = folder.verified().await;
        let shown = format!("byte {at} bit {bit} of {path}, round {round}");
        assert!(names(&report, &path), "{shown}: {:?}", report.faults);
        let others = report.faults.iter().filter(|it| it.object != path).count();
        assert_eq!(others, 0, "{shown}: {:?}", report.faults);
        match TileId::of_path(&path).map(|it| it.content) {
            Ok(Content::Entries) => {
                let leaf = report.faults[0].leaf.expect("the entry is told");
                let tile = TileId::of_path(&path).unwrap();
                assert!((tile.index * 256..=tile.index * 256 + 256).contains(&leaf), "{shown}");
                in_entries += 1;
            }
            Ok(Content::Hashes(_)) => in_tiles += 1,
            Err(_) => in_checkpoint += 1,
        }
    }
    println!(
        "{flips} flipped bits: {in_entries} in entries, {in_tiles} in tiles, \
              {in_checkpoint} in checkpoints; all found, all named"
    );
    assert!(in_entries > 0 && in_tiles > 0 && in_checkpoint > 0);
}

#[tokio::test]
async fn every_file_that_is_missing_or_cut_is_named() {
    let good = Folder::of(SIZE);
    let mut random = StdRng::seed_from_u64(depth::seed());
    let mut paths: Vec<String> = good.0.keys().cloned().collect();
    paths.retain(|it| !it.ends_with("00") || random.random_range(0..4) == 0 || !it.contains("/0"));
    let some: Vec<String> = paths.sample(&mut random, 25).cloned().collect();
    let ends = ["tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1", "tile/0/257.p/208", "checkpoint"];
    for path in some.iter().map(String::as_str).chain(ends).chain(["tile/entries/257.p/208"]) {
        let mut dropped = good.clone();
        dropped.0.remove(path).unwrap();
        assert!(names(&dropped.verified().await, path), "{path} is missing");
        for keep in [0, 1, 31, 32] {
            let mut cut = good.clone();
            let bytes = cut.0.get_mut(path).unwrap();
            let len = bytes.len();
            bytes.truncate(keep.min(len - 1));
            let report = cut.verified().await;
            assert!(names(&report, path), "{path} has {keep} bytes: {:?}", report.faults);
        }
        let mut longer = good.clone();
        longer.0.get_mut(path).unwrap().extend([0; 32]);
        assert!(names(&longer.verified().await, path), "{path} is longer");
    }
}

#[tokio::test]
async fn files_in_each_other_s_place_are_named() {
    let good = Folder::of(SIZE);
    for kind in ["0", "entries"] {
        let (one, other) = (format!("tile/{kind}/003"), format!("tile/{kind}/200"));
        let mut swapped = good.clone();
        let (a, b) = (good.0[&one].clone(), good.0[&other].clone());
        swapped.0.insert(one.clone(), b);
        swapped.0.insert(other.clone(), a);
        let report = swapped.verified().await;
        assert!(names(&report, &one) && names(&report, &other), "{:?}", report.faults);
    }
    // Two entries change places within their bundle.
    let mut swapped = good.clone();
    let path = "tile/entries/010";
    let all = audit::bundle::entries(&good.0[path]).unwrap();
    let mut all: Vec<Vec<u8>> = all.into_iter().map(<[u8]>::to_vec).collect();
    all.swap(7, 8);
    let mut bundle = Vec::new();
    all.iter().for_each(|it| audit::bundle::push(&mut bundle, it).unwrap());
    swapped.0.insert(path.to_owned(), bundle);
    let report = swapped.verified().await;
    let leaves: Vec<_> = report.faults.iter().map(|it| (it.object.as_str(), it.leaf)).collect();
    assert_eq!(leaves, [(path, Some(2_567)), (path, Some(2_568))]);
}

/// Somebody rewrites an entry and every tile above it, but cannot sign.
#[tokio::test]
async fn a_log_that_was_made_up_anew_does_not_fit_its_checkpoint() {
    let good = Folder::of(SIZE);
    let other = entries(0, SIZE)
        .enumerate()
        .map(|(index, it)| if index == 12_345 { b"{\"kind\":\"cancelled\"}".to_vec() } else { it });
    let (mut forged, _) = Folder::with(&Edge::default(), other);
    forged.0.insert("checkpoint".to_owned(), good.0["checkpoint"].clone());
    let report = forged.verified().await;
    assert!(names(&report, "checkpoint"), "{:?}", report.faults);
    // And if only entry and tile are replaced, the tile above says which.
    let mut half = good.clone();
    for path in ["tile/entries/048", "tile/0/048"] {
        half.0.insert(path.to_owned(), forged.0[path].clone());
    }
    let report = half.verified().await;
    assert!(names(&report, "tile/0/048") && names(&report, "tile/entries/048"));
}

/// Even who holds the key cannot change what an earlier checkpoint says.
#[tokio::test]
async fn a_log_whose_past_was_changed_or_set_back_does_not_fit_an_earlier_checkpoint() {
    let (_, edge) = Folder::with(&Edge::default(), entries(0, 5_000));
    let since = crate::world::checkpoint(&edge);
    let grown = Folder::of(SIZE);
    assert_eq!(grown.verified_since(Some(&since)).await.faults, []);
    for size in [1, 255, 256, 257, 65_535, 65_536, 65_537, SIZE] {
        let (_, edge) = Folder::with(&Edge::default(), entries(0, size));
        let since = crate::world::checkpoint(&edge);
        assert_eq!(grown.verified_since(Some(&since)).await.faults, [], "{size}");
    }
    let other = entries(0, SIZE).enumerate().map(
        |(index, it)| {
            if index == 4_999 { b"{}".to_vec() } else { it }
        },
    );
    let (forged, _) = Folder::with(&Edge::default(), other);
    assert_eq!(forged.verified().await.faults, []);
    assert!(names(&forged.verified_since(Some(&since)).await, "checkpoint"));
    let back = Folder::of(4_999);
    let report = back.verified_since(Some(&since)).await;
    assert!(report.faults[0].why.contains("set back"), "{:?}", report.faults);
    let foreign = Checkpoint { origin: "other.example/log".to_owned(), ..since };
    assert!(names(&grown.verified_since(Some(&foreign)).await, "checkpoint"));
}

#[tokio::test]
async fn a_log_by_another_key_is_refused() {
    let good = Folder::of(300);
    let foreign = LogKey::new(ORIGIN, &[8; 32]).unwrap();
    let checkpoint = Checkpoint::open(&good.0["checkpoint"], &public()).unwrap();
    let mut forged = good.clone();
    forged.0.insert("checkpoint".to_owned(), checkpoint.sign(&foreign).into_bytes());
    let report = forged.verified().await;
    assert_eq!((report.checkpoint, report.entries), (None, 0));
    assert_eq!(report.faults[0].object, "checkpoint");
    // A size that is signed and not there, and one that nobody can have.
    for size in [301, 10_000, u64::MAX] {
        let claimed = Checkpoint { size, ..checkpoint.clone() };
        let mut longer = good.clone();
        longer.0.insert("checkpoint".to_owned(), claimed.sign(&key()).into_bytes());
        if size < 20_000 {
            let report = longer.verified().await;
            assert!(!report.faults.is_empty(), "{size}");
        } else {
            let edge: Vec<TileId> = Edge::tiles_at(size).collect();
            assert_eq!(edge.len(), 9, "and to walk it would never end");
        }
    }
}
