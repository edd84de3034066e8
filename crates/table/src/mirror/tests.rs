//! Two healthy engines agree; a difference of any kind is noticed.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;
use crate::{
    Fault, Faulty, Memory,
    conformance::{block_on, random},
};

fn put(mirror: &Mirror, sort: &str, value: &str) {
    block_on(mirror.write(vec![Write::put(Key::new("s", sort), Guard::Any, value)])).unwrap();
}

#[test]
fn random_operations_agree_on_calm_and_shuffled_memory() {
    for seed in 0..8 {
        let mirror = Mirror::new(Arc::new(Memory::new()), Arc::new(Memory::shuffled(seed)));
        block_on(random(&mirror, seed, 1_000));
    }
}

#[test]
fn versions_are_translated() {
    // The engines disagree on the raw numbers, because one has written before.
    let right = Arc::new(Memory::new());
    let key = Key::new("other", "a");
    block_on(right.write(vec![Write::put(key.clone(), Guard::Any, "")])).unwrap();
    block_on(right.write(vec![Write::delete(key, Guard::Any)])).unwrap();
    let mirror = Mirror::new(Arc::new(Memory::new()), right);
    put(&mirror, "a", "1");
    let key = Key::new("s", "a");
    let entry = block_on(mirror.get(&key)).unwrap().unwrap();
    let update = Write::put(key, Guard::Unchanged(entry.version), "2");
    block_on(mirror.write(vec![update.clone()])).unwrap();
    block_on(mirror.write(vec![update])).unwrap_err();
}

#[test]
fn a_lost_write_is_noticed() {
    let right = Arc::new(Faulty::new(Arc::new(Memory::new())));
    let mirror = Mirror::new(Arc::new(Memory::new()), right.clone());
    put(&mirror, "a", "1");
    right.fail_write(1, Fault::BeforeApply);
    assert!(catch_unwind(AssertUnwindSafe(|| put(&mirror, "a", "2"))).is_err());
    let read = || block_on(mirror.get(&Key::new("s", "a")));
    assert!(catch_unwind(AssertUnwindSafe(read)).is_err());
    let feeds = || block_on(mirror.compare_feeds());
    assert!(catch_unwind(AssertUnwindSafe(feeds)).is_err());
}

#[test]
fn trimming_compares_first_and_forgets_on_both_sides() {
    let right = Arc::new(Memory::new());
    let mirror = Mirror::new(Arc::new(Memory::new()), right.clone());
    put(&mirror, "a", "1");
    for feed in block_on(mirror.feeds()).unwrap() {
        block_on(mirror.trim(feed, Seq::MAX)).unwrap();
        assert_eq!(block_on(right.changes(feed, 0, 10)), Ok(Vec::new()));
    }
}
