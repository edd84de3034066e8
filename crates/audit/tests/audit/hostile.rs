//! Bytes of strangers at every reader: an error at worst, never a panic.

use audit::{
    Checkpoint, LogKey, PublicKey, TileId, bundle,
    proof::{TlogProof, check_consistency, check_inclusion},
    verify::{Against, verify},
};
use proptest::prelude::*;

use crate::world::{Folder, key, public};

proptest! {
    #![proptest_config(depth::usual())]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = bundle::entries(&bytes);
        let _ = Checkpoint::open(&bytes, &public());
        let text = String::from_utf8_lossy(&bytes);
        let _ = TileId::of_path(&text);
        let _ = PublicKey::of_text(&text);
        let _ = LogKey::of_text(&text);
        let _ = TlogProof::of_text(&text);
        let _ = Checkpoint::of_text(&text);
    }

    #[test]
    fn any_proof_is_checked_to_its_end(
        (index, size, old) in (any::<u64>(), any::<u64>(), any::<u64>()),
        hashes in prop::collection::vec(any::<[u8; 32]>(), 0..70),
    ) {
        let root = [5; 32];
        prop_assert!(check_inclusion([4; 32], index, (size, &root), &hashes).is_err());
        prop_assert!(check_consistency((old, &[4; 32]), (size, &root), &hashes).is_err());
    }

    #[test]
    fn a_path_that_is_read_is_the_tile_s_own(path in "tile/(0|1|63|entries)/(x[0-9]{3}/){0,3}[0-9]{3}(\\.p/[0-9]{1,3})?") {
        if let Ok(tile) = TileId::of_path(&path) {
            prop_assert_eq!(tile.path(), path);
            prop_assert!((1..=256).contains(&tile.width));
        }
    }
}

proptest! {
    #![proptest_config(depth::of(100, 5_000))]

    /// A log of which any file is any bytes, with a checkpoint that is signed.
    #[test]
    fn a_walk_through_nonsense_ends_with_faults(
        file in any::<prop::sample::Index>(),
        bytes in prop::collection::vec(any::<u8>(), 0..600),
        size in 0u64..2_000,
    ) {
        let mut folder = Folder::of(600);
        let path = file.get(&folder.0.keys().cloned().collect::<Vec<_>>()).clone();
        folder.0.insert(path, bytes);
        let checkpoint = Checkpoint { origin: key().public().name().to_owned(), size, root: [3; 32] };
        folder.0.insert("checkpoint".to_owned(), checkpoint.sign(&key()).into_bytes());
        let key = public();
        let against = Against { key: &key, since: None };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let report = runtime.block_on(verify(&folder, against, &mut |_, _| ())).unwrap();
        prop_assert!(!report.faults.is_empty());
    }
}
