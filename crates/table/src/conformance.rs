//! The suite every engine must pass. Each check works in shards of its own, so
//! one empty table serves them all.

mod entries;
mod feeds;
mod random;

use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread,
};

pub(crate) use feeds::{drain, histories};
pub use random::random;

use crate::{BoxFuture, Error, Guard, Key, Result, Scan, Table, Write};

/// Runs every check on an empty table.
pub async fn all(table: &dyn Table) {
    entries::all(table).await;
    feeds::all(table).await;
}

/// Many threads race to create the same entries: each has exactly one creator.
/// Only for engines that need no async runtime.
pub fn threads(table: Arc<dyn Table>) {
    const THREADS: usize = 32;
    const KEYS: usize = 50;
    let won: usize = thread::scope(|scope| {
        let racers: Vec<_> = (0..THREADS)
            .map(|racer| {
                let table = &table;
                scope.spawn(move || {
                    (0..KEYS)
                        .filter(|n| {
                            let key = key("threads", &n.to_be_bytes());
                            block_on(create(&**table, &key, &racer.to_be_bytes()))
                        })
                        .count()
                })
            })
            .collect();
        racers.into_iter().map(|it| it.join().expect("a racer panicked")).sum()
    });
    assert_eq!(won, KEYS, "every key has exactly one creator");
}

/// For a [`Faulty`](crate::Faulty) engine armed by the caller: after an
/// unanswered write, a read tells whether it applied.
pub async fn lost_answer(table: &dyn Table, applied: bool) {
    let key = key("lost", if applied { b"yes" } else { b"no" });
    let answer = put(table, &key, Guard::Absent, b"1").await;
    assert!(matches!(answer, Err(Error::Unavailable(_))), "{answer:?}");
    assert_eq!(table.get(&key).await.expect("get").is_some(), applied);
}

/// Drives a future on this thread, for tests without a runtime.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

/// Drives many futures at once inside one task, in any runtime.
pub async fn join<T>(futures: Vec<BoxFuture<'_, T>>) -> Vec<T> {
    let mut pending: Vec<_> = futures.into_iter().map(Some).collect();
    let mut done: Vec<Option<T>> = pending.iter().map(|_| None).collect();
    std::future::poll_fn(move |context| {
        for (slot, result) in pending.iter_mut().zip(&mut done) {
            if let Some(future) = slot
                && let Poll::Ready(value) = future.as_mut().poll(context)
            {
                *result = Some(value);
                *slot = None;
            }
        }
        if pending.iter().any(Option::is_some) {
            return Poll::Pending;
        }
        Poll::Ready(std::mem::take(&mut done).into_iter().flatten().collect())
    })
    .await
}

fn key(shard: &str, sort: &[u8]) -> Key {
    Key::new(shard, sort)
}

async fn put(table: &dyn Table, key: &Key, guard: Guard, value: &[u8]) -> Result<()> {
    table.write(vec![Write::put(key.clone(), guard, value)]).await
}

async fn create(table: &dyn Table, key: &Key, value: &[u8]) -> bool {
    match put(table, key, Guard::Absent, value).await {
        Ok(()) => true,
        Err(Error::Conflict(_)) => false,
        Err(other) => panic!("create {key}: {other}"),
    }
}

async fn value(table: &dyn Table, key: &Key) -> Option<Vec<u8>> {
    table.get(key).await.expect("get").map(|it| it.value)
}

/// The whole scan, page by page.
async fn collect(table: &dyn Table, scan: Scan) -> Vec<(Vec<u8>, Vec<u8>)> {
    let limit = scan.limit;
    let mut next = Some(scan);
    let mut found = Vec::new();
    while let Some(scan) = next {
        let page = table.scan(scan).await.expect("scan");
        assert!(page.entries.len() <= limit, "a page is longer than its limit");
        found.extend(page.entries.into_iter().map(|it| (it.key.sort, it.value)));
        next = page.rest;
    }
    found
}
