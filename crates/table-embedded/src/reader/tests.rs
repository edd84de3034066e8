//! Trimming deletes rows, in as many commits as it takes, and never goes back.

use table::{Key, Table, conformance::block_on};

use super::*;
use crate::{Embedded, Options};

fn rows(table: &Embedded) -> usize {
    let row = |guard: fjall::Guard| guard.key().unwrap().len() == 9;
    table.shared.feeds.iter().filter_map(|it| row(it).then_some(())).count()
}

#[test]
fn trimmed_rows_are_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let table = Embedded::open(folder.path(), Options::default()).unwrap();
    let count = 2 * TRIM_ROWS_MAX + 1_000;
    let (feed, key) = (0, Key::new("shard", "a"));
    // One row each, as if each write had waited for the one before; a sync for
    // each would take the test its time.
    let mut batch = table.shared.db.batch();
    for newest in 0..count {
        let mut rows = stored::Rows::after(feed, newest as u64);
        rows.push(&key, None, Some(b""));
        for (row_key, row) in rows.finish().1 {
            batch.insert(&table.shared.feeds, row_key, row);
        }
    }
    batch.commit().unwrap();
    table.shared.watches[feed].advance(count as Seq);
    assert_eq!((rows(&table), table.shared.watches[feed].newest()), (count, count as Seq));

    let up_to = count as u64 - 500;
    block_on(table.trim(FeedId(feed as u64), Seq::from(up_to))).unwrap();
    assert_eq!(rows(&table), 500);
    let mark = || trimmed(&table.shared.db.snapshot(), &table.shared.feeds, feed).unwrap();
    assert_eq!(mark(), up_to);
    block_on(table.trim(FeedId(feed as u64), 10)).unwrap();
    assert_eq!(mark(), up_to);
    // Two readers at once: the one who asks for less does not undo the other.
    let less = table.queue().trim(feed, up_to - 5, Vec::new()).unwrap();
    block_on(less.wait()).unwrap();
    assert_eq!(mark(), up_to);
}
