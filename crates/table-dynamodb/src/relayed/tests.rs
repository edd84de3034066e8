//! What is relayed is read in order from any cursor, whoever relays, and nothing of
//! the relay is relayed.

use table::{
    Memory,
    conformance::{block_on, join},
};

use super::*;

/// A Monday, long after 1970.
const NOW_MS: u64 = 1_772_409_600_000;

fn relayed(inner: &Arc<Memory>, feeds: u8) -> Relayed {
    Relayed::new(inner.clone(), feeds, Duration::from_millis(1))
}

fn change(shard: &str, n: u32, len: usize) -> Changed {
    let mut new = n.to_be_bytes().to_vec();
    new.resize(len.max(4), 7);
    Changed { seq: Seq::from(n), key: Key::new(shard, "k"), old: None, new: Some(new) }
}

fn number(changed: &Changed) -> u32 {
    let new = changed.new.as_ref().unwrap();
    u32::from_be_bytes(new[..4].try_into().unwrap())
}

/// Reads a feed from `after` to its end, and says where that is.
fn drain(table: &Relayed, feed: u64, mut after: Seq, limit: usize) -> (Vec<u32>, Seq) {
    let mut found = Vec::new();
    loop {
        let answer = block_on(table.changes(FeedId(feed), after, limit)).unwrap();
        assert!(answer.len() <= limit && answer.windows(2).all(|it| it[0].seq < it[1].seq));
        let Some(last) = answer.last() else { return (found, after) };
        assert!(after < last.seq);
        after = last.seq;
        found.extend(answer.iter().map(number));
    }
}

#[test]
fn any_cursor_resumes_and_ends_at_the_newest() {
    let inner = Arc::new(Memory::new());
    let (writer, reader) = (relayed(&inner, 1), relayed(&inner, 1));
    // Some fill rows, one fills several, many share one.
    let lens = [300_000, 4, 250_000, 399_000, 4, 4, 300, 399_000, 399_000, 4];
    for (n, len) in (0u32..).zip(lens) {
        let changes: Vec<Changed> = (0..4)
            .map(|it| change("s", n * 4 + it, if it == 1 { len } else { 9 }))
            .map(|it| Changed { old: Some(vec![1; it.new.as_ref().unwrap().len()]), ..it })
            .collect();
        block_on(writer.relay(NOW_MS + u64::from(n) * 1_000, &changes, |_| true)).unwrap();
    }
    let all: Vec<u32> = (0..40).collect();
    let whole = block_on(reader.changes(FeedId(0), 0, 100)).unwrap();
    assert_eq!(whole.iter().map(number).collect::<Vec<_>>(), all);
    assert!(
        whole.iter().all(|it| it.old.as_ref().unwrap().len() == it.new.as_ref().unwrap().len())
    );
    let newest = block_on(reader.newest(FeedId(0))).unwrap();
    for limit in [1, 2, 3, 100] {
        for (at, change) in whole.iter().enumerate() {
            // One that remembers what it read, and one that comes anew.
            for reader in [&reader, &relayed(&inner, 1)] {
                let found = drain(reader, 0, change.seq, limit);
                assert_eq!(found, (all[at + 1..].to_vec(), newest), "after {at} by {limit}");
            }
        }
    }
}

#[test]
fn each_shard_has_its_feed_and_what_nobody_wants_is_left_out() {
    let inner = Arc::new(Memory::new());
    let table = relayed(&inner, 8);
    let changes: Vec<Changed> = (0..200).map(|n| change(&format!("s{}", n % 20), n, 4)).collect();
    block_on(table.relay(NOW_MS, &changes, |key| key.shard != b"s7")).unwrap();
    let mut found = Vec::new();
    for feed in block_on(table.feeds()).unwrap() {
        let (mut numbers, _) = drain(&table, feed.0, 0, 7);
        assert!(numbers.is_sorted(), "in order within a feed");
        found.append(&mut numbers);
    }
    found.sort_unstable();
    assert_eq!(found, (0..200).filter(|n| n % 20 != 7).collect::<Vec<_>>());
}

#[test]
fn the_relay_is_not_relayed() {
    let inner = Arc::new(Memory::new());
    let table = relayed(&inner, 2);
    block_on(table.relay(NOW_MS, &[change("s", 1, 4)], |_| true)).unwrap();
    let mut told = Vec::new();
    for feed in block_on(inner.feeds()).unwrap() {
        told.extend(block_on(inner.changes(feed, 0, 100)).unwrap());
    }
    assert!(told.len() == 1 && is_relay(&told[0].key));
    let entry = block_on(inner.get(&told[0].key)).unwrap().unwrap();
    assert_eq!(expires(&entry.key, &entry.value), Some((NOW_MS + KEPT_MS) / 1_000));
    let before = inner.usage();
    block_on(table.relay(NOW_MS, &told, |_| true)).unwrap();
    assert_eq!(inner.usage(), before);
}

#[test]
fn many_may_relay_to_one_feed() {
    let inner = Arc::new(Memory::new());
    let tables: Vec<Relayed> = (0..5).map(|_| relayed(&inner, 1)).collect();
    let relay = |table: usize| {
        let tables = &tables;
        Box::pin(async move {
            for n in 0..20 {
                let change = change(&format!("s{table}"), table as u32 * 100 + n, 4);
                // Their clocks differ.
                let now_ms = NOW_MS + 7_000 * table as u64;
                tables[table].relay(now_ms, &[change], |_| true).await.unwrap();
            }
        }) as BoxFuture<'_, ()>
    };
    block_on(join((0..5).map(relay).collect()));
    let (found, _) = drain(&relayed(&inner, 1), 0, 0, 3);
    assert_eq!(found.len(), 100);
    for table in 0..5 {
        let own: Vec<u32> = found.iter().copied().filter(|it| it / 100 == table).collect();
        assert_eq!(own, (table * 100..table * 100 + 20).collect::<Vec<_>>());
    }
}

#[test]
fn who_comes_too_late_is_told() {
    let inner = Arc::new(Memory::new());
    let table = relayed(&inner, 1);
    for n in 0..6 {
        block_on(table.relay(NOW_MS, &[change("s", n, 4)], |_| true)).unwrap();
    }
    let whole = block_on(table.changes(FeedId(0), 0, 9)).unwrap();
    let drop_row = |it: &Changed| {
        let key = key_of(0, (it.seq >> rows::INDEX_BITS) as u64);
        block_on(inner.write(vec![Write::delete(key, Guard::Any)])).unwrap();
    };
    // DynamoDB drops them in no order.
    for at in [0, 1, 3] {
        drop_row(&whole[at]);
    }
    assert_eq!(drain(&relayed(&inner, 1), 0, 0, 9).0, [4, 5]);
    drop_row(&whole[2]);
    let reader = relayed(&inner, 1);
    for gone in &whole[..4] {
        let answer = block_on(reader.changes(FeedId(0), gone.seq, 9));
        assert_eq!(answer, Err(Error::Trimmed(FeedId(0))));
        block_on(reader.changed(FeedId(0), gone.seq));
    }
    assert_eq!(drain(&reader, 0, 0, 9).0, [4, 5]);
    assert_eq!(drain(&reader, 0, whole[4].seq, 9).0, [5]);

    // All gone: the next number is above every one there was, also for one that
    // remembers, and whoever read to the end comes too late or goes on.
    whole[4..].iter().for_each(drop_row);
    assert_eq!(block_on(reader.changes(FeedId(0), whole[5].seq, 9)), Ok(vec![]));
    assert_eq!(block_on(reader.newest(FeedId(0))), Ok(0));
    let later = NOW_MS + KEPT_MS;
    block_on(table.relay(later, &[change("s", 6, 4)], |_| true)).unwrap();
    let next = block_on(reader.changes(FeedId(0), 0, 9)).unwrap();
    assert!(whole[5].seq < next[0].seq);
    let answer = block_on(reader.changes(FeedId(0), whole[5].seq, 9));
    assert_eq!(answer, Err(Error::Trimmed(FeedId(0))));
}

#[test]
fn requests_are_checked() {
    let table = relayed(&Arc::new(Memory::new()), 2);
    for answer in [
        block_on(table.changes(FeedId(2), 0, 1)).map(|_| ()),
        block_on(table.changes(FeedId(0), 0, 0)).map(|_| ()),
        block_on(table.newest(FeedId(2))).map(|_| ()),
        block_on(table.trim(FeedId(2), 1)),
    ] {
        assert!(matches!(answer, Err(Error::Invalid(_))), "{answer:?}");
    }
    block_on(table.changed(FeedId(2), 0));
    block_on(table.trim(FeedId(0), 1)).unwrap();
}

/// The bytes that docs/formats.md describes; those of a version never change.
#[test]
fn a_row_is_these_bytes() {
    let inner = Arc::new(Memory::new());
    let key = Key::new("s", "k");
    let created = Changed { seq: 1, key, old: None, new: Some(b"v".to_vec()) };
    let deleted = Changed { seq: 2, old: Some(b"v".to_vec()), new: None, ..created.clone() };
    block_on(relayed(&inner, 1).relay(NOW_MS, &[created, deleted], |_| true)).unwrap();
    let row = block_on(inner.scan(Scan::whole(*b"~r\0", 9))).unwrap().entries.remove(0);
    assert_eq!(row.key.sort, (NOW_MS + 1).to_be_bytes());
    let hex: String = row.value.iter().map(|it| format!("{it:02x}")).collect();
    assert_eq!(hex, "841a69a4e11000014f844173416bf64176834173416b4176");
}
