//! Checks of the change feed.

use std::collections::BTreeMap;

use super::{key, put};
use crate::{Changed, Error, FeedId, Guard, Key, Seq, Table, Write};

/// The history of each key: old and new value of every change, in order.
pub(crate) type Histories = BTreeMap<Key, Vec<(Option<Vec<u8>>, Option<Vec<u8>>)>>;

pub(super) async fn all(table: &dyn Table) {
    every_change_appears_in_order(table).await;
    refused_writes_do_not_appear(table).await;
    any_cursor_resumes(table).await;
    waiting_ends_with_a_change(table).await;
    requests_are_checked(table).await;
    // Last: it forgets what the others would read.
    trimming_forgets_and_says_so(table).await;
}

/// Reads every feed from `cursors` to its end, moving them, as a reader must:
/// by the last `seq` of each answer, ignoring what it has seen.
pub(crate) async fn drain(
    table: &dyn Table,
    cursors: &mut BTreeMap<FeedId, Seq>,
    limit: usize,
) -> Vec<Changed> {
    let mut all = Vec::new();
    for feed in table.feeds().await.expect("feeds") {
        let cursor = cursors.entry(feed).or_default();
        loop {
            let answer = table.changes(feed, *cursor, limit).await.expect("changes");
            assert!(answer.len() <= limit, "an answer is longer than its limit");
            assert!(answer.windows(2).all(|it| it[0].seq < it[1].seq), "seqs grow");
            let Some(last) = answer.last() else { break };
            assert!(*cursor < last.seq, "an answer leads its reader on");
            let seen = *cursor;
            *cursor = last.seq;
            all.extend(answer.into_iter().filter(|it| seen < it.seq));
        }
    }
    all
}

pub(crate) fn histories(changes: impl IntoIterator<Item = Changed>) -> Histories {
    let mut histories = Histories::new();
    for Changed { key, old, new, .. } in changes {
        histories.entry(key).or_default().push((old, new));
    }
    histories
}

async fn at_the_end(table: &dyn Table) -> BTreeMap<FeedId, Seq> {
    let mut cursors = BTreeMap::new();
    for feed in table.feeds().await.expect("feeds") {
        cursors.insert(feed, table.newest(feed).await.expect("newest"));
    }
    cursors
}

async fn every_change_appears_in_order(table: &dyn Table) {
    let mut cursors = at_the_end(table).await;
    assert!(drain(table, &mut cursors, 7).await.is_empty(), "nothing after the newest");
    let keys: Vec<Key> = (0..40u8).map(|n| key(&format!("feed {}", n % 9), &[n])).collect();
    let mut want = Histories::new();
    let mut change = |key: &Key, old: Option<&[u8]>, new: Option<&[u8]>| {
        let change = (old.map(<[u8]>::to_vec), new.map(<[u8]>::to_vec));
        want.entry(key.clone()).or_default().push(change);
    };
    for key in &keys {
        put(table, key, Guard::Absent, b"one").await.expect("put");
        change(key, None, Some(b"one"));
    }
    for pair in keys.chunks(2) {
        let update = Write::put(pair[0].clone(), Guard::Any, "two");
        let delete = Write::delete(pair[1].clone(), Guard::Any);
        table.write(vec![update, delete]).await.expect("write");
        change(&pair[0], Some(b"one"), Some(b"two"));
        change(&pair[1], Some(b"one"), None);
    }
    for pair in keys.chunks(2) {
        put(table, &pair[0], Guard::Any, b"two").await.expect("the same value again");
        change(&pair[0], Some(b"two"), Some(b"two"));
        put(table, &pair[1], Guard::Absent, b"").await.expect("create again");
        change(&pair[1], None, Some(b""));
    }
    let each = keys.iter().zip(0usize..).map(|(key, n)| match n % 3 {
        0 => Write::delete(key.clone(), Guard::Any),
        _ => Write::put(key.clone(), Guard::Any, "each"),
    });
    table.write_each(each.collect()).await.expect("each by itself");
    for (key, n) in keys.iter().zip(0usize..) {
        let old: &[u8] = if n % 2 == 0 { b"two" } else { b"" };
        change(key, Some(old), (n % 3 != 0).then_some(b"each"));
    }
    let found = histories(drain(table, &mut cursors, 7).await);
    assert_eq!(found, want);
    assert_eq!(cursors, at_the_end(table).await, "the reader stands at the newest");
}

async fn refused_writes_do_not_appear(table: &dyn Table) {
    let mut cursors = at_the_end(table).await;
    let (one, two) = (key("refused", b"1"), key("refused", b"2"));
    put(table, &two, Guard::Any, b"v").await.expect("put");
    let batch =
        vec![Write::put(one.clone(), Guard::Any, "v"), Write::check(two.clone(), Guard::Absent)];
    table.write(batch).await.expect_err("conflict");
    table.write(vec![Write::check(two.clone(), Guard::Any)]).await.expect("check");
    table.write(vec![Write::delete(one, Guard::Any)]).await.expect("deleting nothing");
    let found = drain(table, &mut cursors, 100).await;
    assert_eq!(found.iter().map(|it| &it.key).collect::<Vec<_>>(), [&two]);
}

/// From every position there is, the rest of the feed is whole.
async fn any_cursor_resumes(table: &dyn Table) {
    let start = at_the_end(table).await;
    for n in 0..12u8 {
        let batch =
            (0..=n % 4).map(|at| Write::put(key("resume", &[at]), Guard::Any, [n, at])).collect();
        table.write(batch).await.expect("write");
    }
    let whole = drain(table, &mut start.clone(), 100).await;
    assert_eq!(whole.len(), 30);
    let (feed, first) = feed_of(&start, &at_the_end(table).await);
    for (at, position) in std::iter::once(first).chain(whole.iter().map(|it| it.seq)).enumerate() {
        for limit in [1, 2, 100] {
            let mut cursors = BTreeMap::from([(feed, position)]);
            for (other, seq) in at_the_end(table).await {
                cursors.entry(other).or_insert(seq);
            }
            assert_eq!(drain(table, &mut cursors, limit).await, whole[at..], "after {position}");
        }
    }
}

/// The one feed that moved, and where it stood.
fn feed_of(before: &BTreeMap<FeedId, Seq>, after: &BTreeMap<FeedId, Seq>) -> (FeedId, Seq) {
    let moved: Vec<_> = after.iter().filter(|(feed, seq)| before[feed] < **seq).collect();
    assert_eq!(moved.len(), 1, "one shard's changes are in one feed: {moved:?}");
    (*moved[0].0, before[moved[0].0])
}

async fn waiting_ends_with_a_change(table: &dyn Table) {
    let start = at_the_end(table).await;
    put(table, &key("waiting", b"a"), Guard::Any, b"1").await.expect("put");
    let (feed, before) = feed_of(&start, &at_the_end(table).await);
    table.changed(feed, before).await;

    let now = table.newest(feed).await.expect("newest");
    let waited = std::sync::Mutex::new(Vec::new());
    let log = |what: &'static str| waited.lock().expect("one thread").push(what);
    let wait: crate::BoxFuture<'_, ()> = Box::pin(async {
        table.changed(feed, now).await;
        log("woken");
        let changes = table.changes(feed, now, 10).await.expect("changes");
        assert_eq!(changes.last().map(|it| it.new.clone()), Some(Some(b"2".to_vec())));
    });
    let write: crate::BoxFuture<'_, ()> = Box::pin(async {
        // Yielding a few times gives the wait every chance to end too early.
        for _ in 0..5 {
            yield_once().await;
        }
        log("write");
        put(table, &key("waiting", b"a"), Guard::Any, b"2").await.expect("put");
    });
    super::join(vec![wait, write]).await;
    assert_eq!(*waited.lock().expect("one thread"), ["write", "woken"]);
}

async fn yield_once() {
    let mut yielded = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut yielded, true) {
            return std::task::Poll::Ready(());
        }
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

async fn requests_are_checked(table: &dyn Table) {
    let unknown = FeedId(u64::MAX);
    assert!(matches!(table.changes(unknown, 0, 1).await, Err(Error::Invalid(_))));
    assert!(matches!(table.newest(unknown).await, Err(Error::Invalid(_))));
    assert!(matches!(table.trim(unknown, 1).await, Err(Error::Invalid(_))));
    table.changed(unknown, 0).await;
    let feed = table.feeds().await.expect("feeds")[0];
    assert!(matches!(table.changes(feed, 0, 0).await, Err(Error::Invalid(_))));
}

async fn trimming_forgets_and_says_so(table: &dyn Table) {
    let start = at_the_end(table).await;
    for n in 0..30u8 {
        let batch = (0..2).map(|at| Write::put(key("trim", &[at]), Guard::Any, [n, at])).collect();
        table.write(batch).await.expect("write");
    }
    let whole = drain(table, &mut start.clone(), 100).await;
    let (feed, first) = feed_of(&start, &at_the_end(table).await);
    let middle = whole[30].seq;
    table.trim(feed, middle).await.expect("trim");
    table.trim(feed, whole[10].seq).await.expect("trimming less is nothing");
    let mut cursors = at_the_end(table).await;
    cursors.insert(feed, middle);
    assert_eq!(drain(table, &mut cursors, 100).await, whole[31..], "the rest is kept");
    for gone in [first.max(1), whole[20].seq] {
        assert_eq!(table.changes(feed, gone, 9).await, Err(Error::Trimmed(feed)));
    }
    let oldest = table.changes(feed, 0, 1).await.expect("the oldest kept");
    assert!(middle < oldest[0].seq, "trimmed changes are not delivered");

    let newest = table.newest(feed).await.expect("newest");
    table.trim(feed, Seq::MAX).await.expect("trim");
    assert_eq!(table.changes(feed, newest, 9).await, Ok(Vec::new()));
    assert_eq!(table.changes(feed, 0, 9).await, Ok(Vec::new()));
    assert_eq!(table.newest(feed).await, Ok(newest), "numbers go on");
    put(table, &key("trim", &[0]), Guard::Any, b"next").await.expect("put");
    let next = table.changes(feed, newest, 9).await.expect("changes");
    assert_eq!(next.len(), 1);
    assert!(newest < next[0].seq);
}
