//! A folder from its creation to its reopening.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use table::{Error, Guard, Key, Scan, Seq, Table, Write, conformance::block_on};
use table_embedded::{Embedded, OpenError, Options};

use crate::open;

fn put(table: &Embedded, sort: u32, value: &str) {
    let write = Write::put(key(sort), Guard::Any, value);
    block_on(table.write(vec![write])).unwrap();
}

fn key(sort: u32) -> Key {
    Key::new(format!("shard {}", sort % 7), sort.to_be_bytes())
}

fn feed_contents(table: &Embedded) -> Vec<table::Changed> {
    let feeds = block_on(table.feeds()).unwrap();
    feeds.into_iter().flat_map(|it| block_on(table.changes(it, 0, 10_000)).unwrap()).collect()
}

#[test]
fn reopening_keeps_entries_versions_and_feeds() {
    let folder = tempfile::tempdir().unwrap();
    let (entries, feed, newest) = {
        let table = open(folder.path());
        (0..100).for_each(|n| put(&table, n, "one"));
        (0..50).for_each(|n| put(&table, n, "two"));
        let entries: Vec<_> = (0..100).map(|n| block_on(table.get(&key(n))).unwrap()).collect();
        let newest = block_on(table.newest(table::FeedId(0))).unwrap();
        (entries, feed_contents(&table), newest)
    };
    let table = open(folder.path());
    for (n, entry) in (0..).zip(&entries) {
        assert_eq!(block_on(table.get(&key(n))).unwrap(), *entry);
    }
    assert_eq!(feed_contents(&table), feed);
    assert_eq!(feed.len(), 150);
    assert_eq!(block_on(table.newest(table::FeedId(0))).unwrap(), newest);

    // Numbers go on where they were: a version from before guards nothing new.
    put(&table, 3, "three");
    let stale = Guard::Unchanged(entries[3].as_ref().unwrap().version);
    let conflict = block_on(table.write(vec![Write::put(key(3), stale, "four")]));
    assert_eq!(conflict, Err(Error::Conflict(key(3))));
    assert_eq!(feed_contents(&table).len(), 151);
}

#[test]
fn reopening_a_trimmed_feed_reuses_no_number() {
    let folder = tempfile::tempdir().unwrap();
    let before: Vec<Seq> = {
        let table = open(folder.path());
        (0..100).for_each(|n| put(&table, n, "one"));
        let feeds = block_on(table.feeds()).unwrap();
        for &feed in &feeds {
            block_on(table.trim(feed, Seq::MAX)).unwrap();
        }
        assert!(feed_contents(&table).is_empty());
        feeds.iter().map(|&it| block_on(table.newest(it)).unwrap()).collect()
    };
    assert!(before.iter().any(|&it| 0 < it));
    let table = open(folder.path());
    let feeds = block_on(table.feeds()).unwrap();
    for (&feed, newest) in feeds.iter().zip(before) {
        assert_eq!(block_on(table.newest(feed)).unwrap(), newest);
        if 1 < newest {
            assert_eq!(block_on(table.changes(feed, 1, 9)), Err(Error::Trimmed(feed)));
        }
    }
}

#[test]
fn the_folder_is_private_and_has_one_user() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("a/b");
    let table = open(&folder);
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    let second = Embedded::open(&folder, Options::default());
    let why = second.expect_err("in use");
    assert!(matches!(why, OpenError::InUse(_)));
    assert!(why.to_string().contains("in use by another whereabouts process"), "{why}");
    drop(table);
    open(&folder);
}

#[test]
fn a_folder_of_another_format_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    fs::write(folder.path().join("format"), "whereabouts table 2\n").unwrap();
    let why = Embedded::open(folder.path(), Options::default()).expect_err("other format");
    assert!(matches!(why, OpenError::OtherFormat { .. }), "{why}");
    assert!(why.to_string().contains("table 2") && why.to_string().contains("table 1"), "{why}");
}

#[test]
fn a_creation_that_was_cut_short_starts_over() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    // As if killed before the last step, and also halfway through the engine's own.
    for remove in ["format", "engine/version"] {
        fs::remove_file(folder.path().join("format")).ok();
        fs::remove_file(folder.path().join(remove)).ok();
        let table = open(folder.path());
        put(&table, 1, "one");
    }
}

#[test]
fn a_path_that_is_no_folder_is_unusable() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let open = |path: &Path| Embedded::open(path, Options::default());
    assert!(matches!(open(&file), Err(OpenError::Unusable { .. })));
}

#[test]
fn dropping_the_table_finishes_what_waits() {
    let folder = tempfile::tempdir().unwrap();
    {
        let table = open(folder.path());
        for n in 0..200 {
            let mut write = table.write(vec![Write::put(key(n), Guard::Any, "v")]);
            // Polled once, so that it waits in the queue; then given up.
            let waker = std::task::Waker::noop();
            let _ = write.as_mut().poll(&mut std::task::Context::from_waker(waker));
        }
    }
    let table = open(folder.path());
    assert!((0..200).all(|n| block_on(table.get(&key(n))).unwrap().is_some()));
    let page = block_on(table.scan(Scan::whole("shard 0", 1_000))).unwrap();
    assert_eq!(page.entries.len(), 29);
}
