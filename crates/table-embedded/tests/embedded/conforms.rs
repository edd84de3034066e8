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
    let seeds: &[u64] = &[1, 2];
    for &seed in seeds {
        let folder = tempfile::tempdir().unwrap();
        let mirror = Mirror::new(Arc::new(Memory::shuffled(seed)), Arc::new(open(folder.path())));
        block_on(conformance::random(&mirror, seed, operations() / seeds.len()));
    }
}

/// The daily depth, or the one that a long run asks for.
#[expect(clippy::disallowed_methods, reason = "the depth of a test run is its caller's choice")]
fn operations() -> usize {
    match std::env::var("WHEREABOUTS_SOAK") {
        Ok(asked) => asked.parse().ok().filter(|&it| 2_000 <= it).unwrap_or(100_000),
        Err(_) => 2_000,
    }
}
