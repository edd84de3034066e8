//! Checks of get, scan and write.

use super::{collect, create, join, key, put, value};
use crate::{
    BoxFuture, Error, Guard, Key, Page, Scan, Table, Version, Write,
    limits::{
        BATCH_LEN_MAX, BATCH_WRITES_MAX, EACH_WRITES_MAX, ITEM_LEN_MAX, ITEM_OVERHEAD_LEN,
        PAGE_LEN_MAX, SHARD_LEN_MAX, SORT_LEN_MAX,
    },
};

pub(super) async fn all(table: &dyn Table) {
    guards(table).await;
    guards_of_a_batch(table).await;
    each_by_itself(table).await;
    race(table).await;
    order_and_pages(table).await;
    ranges(table).await;
    shards_do_not_mix(table).await;
    empties(table).await;
    long_pages(table).await;
    versions_are_never_reused(table).await;
    limits_of_keys(table).await;
    limits_of_batches(table).await;
    usage_is_metered(table).await;
}

/// `Absent` admits one creator; `Unchanged` admits one successor.
async fn guards(table: &dyn Table) {
    let key = key("guards", b"a");
    let conflict = Err(Error::Conflict(key.clone()));
    let never = Guard::Unchanged(Version::from_raw(u128::MAX));
    assert_eq!(put(table, &key, never, b"0").await, conflict);
    put(table, &key, Guard::Absent, b"1").await.expect("create");
    assert_eq!(put(table, &key, Guard::Absent, b"2").await, conflict);

    let first = table.get(&key).await.expect("get").expect("entry").version;
    put(table, &key, Guard::Unchanged(first), b"2").await.expect("update");
    assert_eq!(put(table, &key, Guard::Unchanged(first), b"3").await, conflict);
    let stale = Write::delete(key.clone(), Guard::Unchanged(first));
    assert_eq!(table.write(vec![stale]).await, conflict);
    assert_eq!(value(table, &key).await.as_deref(), Some(&b"2"[..]));

    let second = table.get(&key).await.expect("get").expect("entry").version;
    let scanned = table.scan(Scan::whole("guards", 9)).await.expect("scan");
    assert_eq!(scanned.entries[0].version, second, "get and scan name the same version");
    let delete = Write::delete(key.clone(), Guard::Unchanged(second));
    table.write(vec![delete]).await.expect("delete");
    assert_eq!(value(table, &key).await, None);
    let again = Write::delete(key.clone(), Guard::Any);
    table.write(vec![again]).await.expect("deleting nothing is fine");
    let absent = Write::check(key.clone(), Guard::Absent);
    table.write(vec![absent]).await.expect("check");
    assert_eq!(table.write(vec![Write::check(key, never)]).await, conflict);
}

/// One failed guard stops every write of its batch, wherever it stands.
async fn guards_of_a_batch(table: &dyn Table) {
    let keys: Vec<Key> = (0..5u8).map(|n| key("batch", &[n])).collect();
    put(table, &keys[2], Guard::Any, b"old").await.expect("put");
    put(table, &keys[4], Guard::Any, b"old").await.expect("put");
    let batch = |guards: [Guard; 2]| {
        vec![
            Write::put(keys[0].clone(), Guard::Absent, "new"),
            Write::put(keys[1].clone(), Guard::Any, "new"),
            Write::check(keys[2].clone(), guards[0]),
            Write::put(keys[3].clone(), Guard::Any, "new"),
            Write::delete(keys[4].clone(), guards[1]),
        ]
    };
    let both = table.write(batch([Guard::Absent, Guard::Absent])).await;
    assert_eq!(both, Err(Error::Conflict(keys[2].clone())), "the first failed guard is named");
    let last = table.write(batch([Guard::Any, Guard::Absent])).await;
    assert_eq!(last, Err(Error::Conflict(keys[4].clone())));
    for (at, want) in [None, None, Some("old"), None, Some("old")].into_iter().enumerate() {
        assert_eq!(value(table, &keys[at]).await.as_deref(), want.map(str::as_bytes), "{at}");
    }
    table.write(batch([Guard::Any, Guard::Any])).await.expect("every guard holds");
    for (at, want) in
        [Some("new"), Some("new"), Some("old"), Some("new"), None].into_iter().enumerate()
    {
        assert_eq!(value(table, &keys[at]).await.as_deref(), want.map(str::as_bytes), "{at}");
    }
}

/// Puts and deletes that need no transaction: all apply, none is guarded.
async fn each_by_itself(table: &dyn Table) {
    let key_of = |n: usize| key("each", n.to_string().as_bytes());
    let puts = |count: usize| -> Vec<Write> {
        (0..count).map(|n| Write::put(key_of(n), Guard::Any, n.to_string())).collect()
    };
    let before = table.usage();
    table.write_each(puts(EACH_WRITES_MAX)).await.expect("the most there may be");
    let used = table.usage() - before;
    let most = EACH_WRITES_MAX as u64;
    assert_eq!((used.writes, used.items_written, used.write_units), (1, most, most));
    assert_eq!(collect(table, Scan::whole("each", 400)).await.len(), EACH_WRITES_MAX);

    let mixed = vec![
        Write::put(key_of(0), Guard::Any, vec![7; 2_000]),
        Write::delete(key_of(1), Guard::Any),
        Write::delete(key("each", b"never there"), Guard::Any),
    ];
    let before = table.usage();
    table.write_each(mixed).await.expect("write");
    assert_eq!((table.usage() - before).write_units, 2 + 1 + 1);
    assert_eq!(value(table, &key_of(0)).await, Some(vec![7; 2_000]));
    assert_eq!(value(table, &key_of(1)).await, None);
    assert_eq!(value(table, &key_of(2)).await.as_deref(), Some(&b"2"[..]));

    assert_invalid(table.write_each(Vec::new()).await);
    assert_invalid(table.write_each(puts(EACH_WRITES_MAX + 1)).await);
    assert_invalid(table.write_each([puts(2), puts(1)].concat()).await);
    let other = |write: Write| vec![Write::put(key_of(2), Guard::Any, "other"), write];
    assert_invalid(table.write_each(other(Write::put(key_of(3), Guard::Absent, ""))).await);
    assert_invalid(table.write_each(other(Write::check(key_of(3), Guard::Any))).await);
    let heavy = |n| Write::put(key_of(n), Guard::Any, vec![0; ITEM_LEN_MAX / 2]);
    assert_invalid(table.write_each((0..21).map(heavy).collect()).await);
    assert_eq!(value(table, &key_of(2)).await.as_deref(), Some(&b"2"[..]), "refused as a whole");
}

/// Many writers at once: one creator per key, and no update is lost.
async fn race(table: &dyn Table) {
    let race = key("race", b"create");
    let racers: Vec<BoxFuture<'_, bool>> =
        (0..32u8).map(|n| Box::pin(create_as(table, &race, n)) as BoxFuture<'_, bool>).collect();
    let won = join(racers).await;
    let winners: Vec<u8> = (0..32).filter(|&n| won[usize::from(n)]).collect();
    assert_eq!(winners.len(), 1, "exactly one creator: {winners:?}");
    assert_eq!(value(table, &race).await, Some(winners));

    let counter = key("race", b"count");
    put(table, &counter, Guard::Absent, &[0]).await.expect("put");
    let adders = (0..8).map(|_| Box::pin(add(table, &counter)) as BoxFuture<'_, ()>).collect();
    join(adders).await;
    assert_eq!(value(table, &counter).await, Some(vec![40]));
}

async fn create_as(table: &dyn Table, key: &Key, n: u8) -> bool {
    create(table, key, &[n]).await
}

async fn add(table: &dyn Table, key: &Key) {
    let mut left = 5;
    while 0 < left {
        let entry = table.get(key).await.expect("get").expect("entry");
        let next = [entry.value[0] + 1];
        match put(table, key, Guard::Unchanged(entry.version), &next).await {
            Ok(()) => left -= 1,
            Err(Error::Conflict(_)) => (),
            Err(other) => panic!("{other}"),
        }
    }
}

/// Bytes order entries inside a shard, both ways, across page ends.
async fn order_and_pages(table: &dyn Table) {
    let longest = [0xff; SORT_LEN_MAX];
    let sorts: [&[u8]; 9] =
        [b"\0", b"\0\0", b"\0\xff", b"a", b"a\0", b"b", b"\x7f", b"\x80", &longest];
    for sort in sorts.iter().rev() {
        put(table, &key("order", sort), Guard::Any, sort).await.expect("put");
    }
    for limit in 1..=sorts.len() + 1 {
        let mut want: Vec<_> = sorts.iter().map(|it| (it.to_vec(), it.to_vec())).collect();
        let forwards = Scan::whole("order", limit);
        assert_eq!(collect(table, forwards.clone()).await, want, "forwards by {limit}");
        want.reverse();
        assert_eq!(collect(table, forwards.reversed()).await, want, "backwards by {limit}");
    }
}

/// The start of a range is in it, the end is not.
async fn ranges(table: &dyn Table) {
    for sort in ["a", "b", "ba", "c"] {
        put(table, &key("ranges", sort.as_bytes()), Guard::Any, b"").await.expect("put");
    }
    let cases: [(&str, &str, &[&str]); 7] = [
        ("a", "c", &["a", "b", "ba"]),
        ("b", "b\0", &["b"]),
        ("", "a", &[]),
        ("aa", "bb", &["b", "ba"]),
        ("c", "a", &[]),
        ("b", "b", &[]),
        ("bb", "z", &["c"]),
    ];
    for (start, end, want) in cases {
        let range = start.as_bytes().to_vec()..end.as_bytes().to_vec();
        let scan = Scan { shard: b"ranges".to_vec(), range, reverse: false, limit: 10 };
        let mut found: Vec<_> = collect(table, scan.clone()).await;
        assert!(found.iter().map(|it| &it.0[..]).eq(want.iter().map(|it| it.as_bytes())));
        found.reverse();
        assert_eq!(collect(table, scan.reversed()).await, found, "{start}..{end}");
    }
    let prefix: Vec<_> = collect(table, Scan::prefix("ranges", b"b", 10)).await;
    assert_eq!(prefix.len(), 2, "b and ba begin with b");
}

/// However shard and sort key are joined in storage, pairs do not meet.
async fn shards_do_not_mix(table: &dyn Table) {
    let pairs: [(&[u8], &[u8]); 10] = [
        (b"mix", b"a"),
        (b"mix\0", b"a"),
        (b"mix", b"\0a"),
        (b"mi", b"xa"),
        (b"mixa", b"a"),
        (b"mix\xff", b"a"),
        (b"mix\0\xff", b"a"),
        (b"mix\0\0", b"a"),
        (b"\xff", b"a"),
        (&[0xff; SHARD_LEN_MAX], b"a"),
    ];
    for (n, (shard, sort)) in (0u8..).zip(pairs) {
        put(table, &Key::new(shard, sort), Guard::Absent, &[n]).await.expect("distinct");
    }
    for (shard, _) in pairs {
        let mut want: Vec<_> = (0u8..)
            .zip(pairs)
            .filter(|(_, pair)| pair.0 == shard)
            .map(|(n, pair)| (pair.1.to_vec(), vec![n]))
            .collect();
        want.sort();
        let mut found = collect(table, Scan::whole(shard, 10)).await;
        assert_eq!(found, want, "shard {}", shard.escape_ascii());
        found.reverse();
        assert_eq!(collect(table, Scan::whole(shard, 10).reversed()).await, found);
    }
}

/// Nothing is something: empty values, empty shards, missing entries.
async fn empties(table: &dyn Table) {
    let key = key("empties", b"a");
    assert_eq!(table.get(&key).await, Ok(None));
    let empty = Page { entries: Vec::new(), rest: None };
    assert_eq!(table.scan(Scan::whole("empties", 1)).await, Ok(empty));
    put(table, &key, Guard::Any, b"").await.expect("put");
    assert_eq!(value(table, &key).await, Some(Vec::new()));
    assert_eq!(collect(table, Scan::whole("empties", 1)).await.len(), 1);
}

/// The largest item is stored and read back, and pages end at their size.
async fn long_pages(table: &dyn Table) {
    let largest = ITEM_LEN_MAX - "long".len() - 1 - ITEM_OVERHEAD_LEN;
    for n in 0..6u8 {
        let value: Vec<u8> = (0..largest).map(|at| (at % 251) as u8 ^ n).collect();
        put(table, &key("long", &[n]), Guard::Any, &value).await.expect("the largest item");
    }
    let page = table.scan(Scan::whole("long", 100)).await.expect("scan");
    let len: usize = page.entries.iter().map(|it| it.value.len()).sum();
    assert!(len <= PAGE_LEN_MAX, "a page of {len} bytes");
    for scan in [Scan::whole("long", 100), Scan::whole("long", 100).reversed()] {
        let found = collect(table, scan).await;
        assert_eq!(found.len(), 6);
        for (sort, value) in found {
            assert_eq!(value.len(), largest);
            assert!(value.iter().enumerate().all(|(at, &it)| it == (at % 251) as u8 ^ sort[0]));
        }
    }
}

/// Deleting and re-creating an entry must not revive an old version.
async fn versions_are_never_reused(table: &dyn Table) {
    let key = key("versions", b"a");
    let mut seen = Vec::new();
    for _ in 0..20 {
        put(table, &key, Guard::Any, b"1").await.expect("put");
        seen.push(table.get(&key).await.expect("get").expect("entry").version);
        put(table, &key, Guard::Any, b"1").await.expect("the same value again");
        seen.push(table.get(&key).await.expect("get").expect("entry").version);
        table.write(vec![Write::delete(key.clone(), Guard::Any)]).await.expect("delete");
    }
    put(table, &key, Guard::Absent, b"1").await.expect("create again");
    for version in &seen {
        let stale = put(table, &key, Guard::Unchanged(*version), b"2").await;
        assert_eq!(stale, Err(Error::Conflict(key.clone())));
    }
    let distinct: std::collections::HashSet<_> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len());
}

/// Every engine refuses the keys the narrowest engine refuses, and no others.
async fn limits_of_keys(table: &dyn Table) {
    let bad = [
        Key::new(Vec::new(), "a"),
        Key::new("limits", Vec::new()),
        Key::new(vec![b'x'; SHARD_LEN_MAX + 1], "a"),
        Key::new("limits", vec![b'x'; SORT_LEN_MAX + 1]),
    ];
    for key in bad {
        assert_invalid(put(table, &key, Guard::Any, b"").await);
        assert_invalid(table.get(&key).await);
    }
    assert_invalid(table.scan(Scan::whole(Vec::new(), 1)).await);
    assert_invalid(table.scan(Scan::whole(vec![b'x'; SHARD_LEN_MAX + 1], 1)).await);
    assert_invalid(table.scan(Scan::whole("limits", 0)).await);
    let longest = Key::new(vec![b'x'; SHARD_LEN_MAX], vec![b'x'; SORT_LEN_MAX]);
    put(table, &longest, Guard::Any, b"1").await.expect("the longest key");
    assert_eq!(value(table, &longest).await, Some(vec![b'1']));
    let overhead = SHARD_LEN_MAX + SORT_LEN_MAX + ITEM_OVERHEAD_LEN;
    let large = vec![0; ITEM_LEN_MAX - overhead + 1];
    assert_invalid(put(table, &longest, Guard::Any, &large).await);
    assert_eq!(value(table, &longest).await, Some(vec![b'1']), "a refused write does nothing");
}

async fn limits_of_batches(table: &dyn Table) {
    let checks = |count: usize| -> Vec<Write> {
        let key = |n: usize| key("limits", n.to_string().as_bytes());
        (0..count).map(|n| Write::put(key(n), Guard::Any, "v")).collect()
    };
    assert_invalid(table.write(Vec::new()).await);
    assert_invalid(table.write(checks(BATCH_WRITES_MAX + 1)).await);
    table.write(checks(BATCH_WRITES_MAX)).await.expect("the longest batch");
    let twice = [checks(2), checks(1)].concat();
    assert_invalid(table.write(twice).await);

    let each = BATCH_LEN_MAX / 20;
    let heavy = |value_len: usize| -> Vec<Write> {
        let put = |n: u8| Write::put(key("heavy", &[n]), Guard::Any, vec![0; value_len]);
        (0..20).map(put).collect()
    };
    assert_invalid(table.write(heavy(each)).await);
    assert_eq!(value(table, &key("heavy", &[0])).await, None, "a refused batch does nothing");
    table.write(heavy(each - ITEM_OVERHEAD_LEN - 6)).await.expect("the heaviest batch");
}

async fn usage_is_metered(table: &dyn Table) {
    let before = table.usage();
    let key = key("usage", b"a");
    put(table, &key, Guard::Absent, &[0; 1_500]).await.expect("put");
    put(table, &key, Guard::Absent, &[0; 10]).await.expect_err("conflict");
    table.get(&key).await.expect("get");
    table.scan(Scan::whole("usage", 5)).await.expect("scan");
    assert_invalid(table.write(Vec::new()).await);
    let used = table.usage() - before;
    assert_eq!((used.writes, used.conflicts, used.items_written), (2, 1, 2));
    assert_eq!((used.gets, used.scans, used.items_read), (1, 1, 2));
    assert_eq!((used.read_units, used.write_units), (2, 4));
}

fn assert_invalid<T: std::fmt::Debug>(answer: crate::Result<T>) {
    assert!(matches!(answer, Err(Error::Invalid(_))), "{answer:?}");
}
