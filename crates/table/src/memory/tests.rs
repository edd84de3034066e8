//! The reference engine passes the suite it defines, calm and shuffled.

use std::sync::Arc;

use super::*;
use crate::conformance::{self, block_on};

#[test]
fn conforms() {
    block_on(conformance::all(&Memory::new()));
    conformance::threads(Arc::new(Memory::new()));
}

#[test]
fn conforms_whatever_liberty_the_feed_takes() {
    for seed in 0..50 {
        eprintln!("seed {seed}");
        block_on(conformance::all(&Memory::shuffled(seed)));
    }
}

#[test]
fn a_shuffled_feed_repeats_and_shuffles() {
    let table = Memory::shuffled(1);
    let write = |n: u64| Write::put(Key::new("s", n.to_be_bytes()), crate::Guard::Any, "v");
    for n in 0..200 {
        block_on(table.write(vec![write(n)])).unwrap();
    }
    let feed = FeedId(spread(b"s", table.watches.len()) as u64);
    let answers: Vec<_> = (0..50).map(|_| table.changes_now(feed, 100, 20).unwrap()).collect();
    assert!(answers.iter().any(|it| it[0].seq <= 100), "never repeated");
    assert!(answers.iter().any(|it| it[0].seq == 101), "always repeated");
    assert!(answers.iter().all(|it| 100 < it.last().unwrap().seq), "led backwards");

    let orders: Vec<_> = (0..20).map(|_| table.feeds_now()).collect();
    assert!(orders.iter().any(|it| *it != orders[0]), "never shuffled");
}
