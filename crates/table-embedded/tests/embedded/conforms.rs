//! The port's own suite, and random operations beside the reference engine.

use std::sync::Arc;

use table::{
    Memory, Mirror,
    conformance::{self, block_on},
};

use crate::open;

#[test]
fn passes_the_suite() {
    let folder = tempfile::tempdir().unwrap();
    block_on(conformance::all(&open(folder.path())));
}

#[test]
fn passes_the_suite_on_a_runtime() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
    runtime.block_on(conformance::all(&open(folder.path())));
}

#[test]
fn has_one_creator_per_key_among_many_threads() {
    let folder = tempfile::tempdir().unwrap();
    conformance::threads(Arc::new(open(folder.path())));
}

#[test]
fn agrees_with_the_reference_on_random_operations() {
    let first = depth::seed();
    let (histories, operations) = if depth::is_soak() { (10, 10_000) } else { (2, 1_000) };
    for seed in (0..histories).map(|it| first.wrapping_add(it)) {
        eprintln!("this history: WHEREABOUTS_SEED={seed}");
        let folder = tempfile::tempdir().unwrap();
        let mirror = Mirror::new(Arc::new(Memory::shuffled(seed)), Arc::new(open(folder.path())));
        block_on(conformance::random(&mirror, seed, operations));
    }
}
