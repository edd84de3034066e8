//! Proofs, against an independent implementation and against whoever alters them.

use std::{cell::RefCell, collections::BTreeMap};

use audit::{
    Checkpoint, Hash,
    hash::leaf_hash,
    proof::{ProofError, TlogProof, check_consistency, check_inclusion},
    prove::Plan,
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use tlog_tiles::{HashReader, check_record, check_tree, prove_record, prove_tree, record_hash};

use crate::world::{Folder, entry, key, public};

/// Every hash of a tree, as the other implementation keeps them.
struct Oracle(RefCell<Vec<tlog_tiles::Hash>>);

impl Oracle {
    fn of(size: u64) -> Self {
        let all = Self(RefCell::default());
        for index in 0..size {
            let new = tlog_tiles::stored_hashes(index, &entry(index), &all).unwrap();
            all.0.borrow_mut().extend(new);
        }
        all
    }

    fn root(&self, size: u64) -> Hash {
        tlog_tiles::tree_hash(size, self).unwrap().0
    }
}

impl HashReader for Oracle {
    fn read_hashes(&self, indices: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        Ok(indices.iter().map(|it| self.0.borrow()[*it as usize]).collect())
    }
}

fn proved(folder: &Folder, plan: &Plan) -> Vec<Hash> {
    let read = |tile: audit::TileId| (tile, folder.0[&tile.path()].clone());
    plan.hashes(&plan.tiles().into_iter().map(read).collect()).unwrap()
}

#[test]
fn proofs_of_inclusion_are_those_of_another_implementation() {
    let oracle = Oracle::of(70_000);
    let mut random = StdRng::seed_from_u64(depth::seed());
    let mut sizes = vec![1, 2, 255, 256, 257, 65_536, 65_537, 70_000];
    sizes.extend((0..8).map(|_| random.random_range(1..70_000)));
    for size in sizes {
        let (folder, root) = (Folder::of(size), oracle.root(size));
        let some = (0..30).map(|_| random.random_range(0..size)).chain([0, size - 1]);
        for index in some.collect::<Vec<_>>() {
            let plan = Plan::inclusion(index, size).unwrap();
            assert!(plan.tiles().len() <= 6, "{size}: {} tiles", plan.tiles().len());
            let proof = proved(&folder, &plan);
            let theirs = prove_record(size, index, &oracle).unwrap();
            let theirs: Vec<Hash> = theirs.into_iter().map(|it| it.0).collect();
            assert_eq!(proof, theirs, "{index} of {size}");
            let (leaf, log) = (leaf_hash(&entry(index)), (size, &root));
            assert_eq!(check_inclusion(leaf, index, log, &proof), Ok(()), "{index} of {size}");
            let all = proof.iter().map(|it| tlog_tiles::Hash(*it)).collect();
            let root = tlog_tiles::Hash(root);
            check_record(&all, size, root, index, record_hash(&entry(index))).unwrap();
        }
        assert_eq!(Plan::inclusion(size, size), None);
    }
}

#[test]
fn proofs_that_a_log_grew_are_those_of_another_implementation() {
    let oracle = Oracle::of(70_000);
    let mut random = StdRng::seed_from_u64(depth::seed());
    for round in 0..40 {
        let size = if round == 0 { 70_000 } else { random.random_range(2..70_000) };
        let folder = Folder::of(size);
        for old in [1, size / 2, size - 1, random.random_range(1..size)] {
            let old = old.max(1);
            let proof = proved(&folder, &Plan::consistency(old, size).unwrap());
            let theirs = prove_tree(size, old, &oracle).unwrap();
            let theirs: Vec<Hash> = theirs.into_iter().map(|it| it.0).collect();
            assert_eq!(proof, theirs, "{old} to {size}");
            let (before, now) = (oracle.root(old), oracle.root(size));
            assert_eq!(check_consistency((old, &before), (size, &now), &proof), Ok(()));
            let all = proof.iter().map(|it| tlog_tiles::Hash(*it)).collect();
            let (before, now) = (tlog_tiles::Hash(before), tlog_tiles::Hash(now));
            check_tree(&all, size, now, old, before).unwrap();
        }
    }
    let whole = Plan::consistency(9, 9).unwrap();
    assert_eq!((whole.tiles().len(), whole.hashes(&BTreeMap::new())), (0, Ok(vec![])));
    assert_eq!(Plan::consistency(10, 9), None);
}

#[test]
fn small_logs_prove_everything() {
    let roots: Vec<Hash> = (0..=70).map(|it| Oracle::of(it).root(it.max(1).min(it))).collect();
    for size in 1..=70u64 {
        let folder = Folder::of(size);
        let root = &roots[size as usize];
        for index in 0..size {
            let proof = proved(&folder, &Plan::inclusion(index, size).unwrap());
            let check = |index, leaf| check_inclusion(leaf, index, (size, root), &proof);
            assert_eq!(check(index, leaf_hash(&entry(index))), Ok(()), "{index} of {size}");
            assert!(check(index, leaf_hash(&entry(index + 1))).is_err(), "{index} of {size}");
            assert!(1 == size || check(index ^ 1, leaf_hash(&entry(index))).is_err());
        }
        for old in 0..=size {
            let proof = proved(&folder, &Plan::consistency(old, size).unwrap());
            let before = &roots[old as usize];
            assert_eq!(check_consistency((old, before), (size, root), &proof), Ok(()));
            let other = &[1; 32];
            assert!(check_consistency((old, other), (size, root), &proof).is_err());
            assert!(old == 0 || check_consistency((old, before), (size, other), &proof).is_err());
        }
    }
}

fn file(size: u64, index: u64) -> (TlogProof, Checkpoint) {
    let folder = Folder::of(size);
    let note = String::from_utf8(folder.0["checkpoint"].clone()).unwrap();
    let checkpoint = Checkpoint::open(note.as_bytes(), &public()).unwrap();
    let hashes = proved(&folder, &Plan::inclusion(index, size).unwrap());
    (TlogProof { index, hashes, note }, checkpoint)
}

#[test]
fn a_proof_s_file_proves_offline_what_it_says_and_nothing_else() {
    let (proof, checkpoint) = file(1_000, 123);
    let text = proof.to_text();
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nindex 123\n"), "{text}");
    assert_eq!(TlogProof::of_text(&text), Ok(proof.clone()));
    assert_eq!(proof.check(&entry(123), &public()), Ok(checkpoint));
    assert_eq!(proof.check(&entry(124), &public()), Err(ProofError::OtherRoot));
    let extra = text.replacen("index", "extra aGk=\nindex", 1);
    assert_eq!(TlogProof::of_text(&extra), Ok(proof.clone()));
    let foreign = audit::LogKey::new("other.example/log", &[8; 32]).unwrap();
    let foreign = proof.check(&entry(123), foreign.public());
    assert!(matches!(foreign, Err(ProofError::Checkpoint(_))));
    let alone = file(1, 0).0;
    assert_eq!(TlogProof::of_text(&alone.to_text()), Ok(alone.clone()));
    assert!(alone.check(&entry(0), &public()).is_ok());
}

#[test]
fn no_altered_byte_of_a_proof_is_accepted() {
    let (proof, _) = file(1_000, 123);
    let text = proof.to_text().into_bytes();
    for at in 0..text.len() {
        for bit in 0..8 {
            let mut altered = text.clone();
            altered[at] ^= 1 << bit;
            let Ok(altered) = String::from_utf8(altered) else { continue };
            let Ok(read) = TlogProof::of_text(&altered) else { continue };
            assert!(read.check(&entry(123), &key().public().clone()).is_err(), "{at} {bit}");
        }
    }
}
