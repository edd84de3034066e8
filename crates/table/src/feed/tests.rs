//! Waiting for changes, and the spread that stored data depends on.

use std::{sync::Arc, task::Wake, thread, time::Duration};

use super::*;
use crate::conformance::block_on;

struct Nobody;

impl Wake for Nobody {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn a_wait_ends_when_something_newer_comes() {
    let watch = Watch::new(3);
    block_on(watch.wait(2));
    thread::scope(|scope| {
        let waits: Vec<_> = (0..8).map(|_| scope.spawn(|| block_on(watch.wait(3)))).collect();
        thread::sleep(Duration::from_millis(20));
        assert!(waits.iter().all(|it| !it.is_finished()));
        watch.advance(4);
    });
    assert_eq!(watch.newest(), 4);
}

#[test]
fn closing_ends_every_wait() {
    let watch = Watch::default();
    thread::scope(|scope| {
        scope.spawn(|| block_on(watch.wait(9)));
        thread::sleep(Duration::from_millis(5));
        watch.close();
    });
    block_on(watch.wait(9));
}

#[test]
fn a_dropped_wait_leaves_nothing_behind() {
    let watch = Watch::default();
    let waker = Waker::from(Arc::new(Nobody));
    let mut wait = Box::pin(watch.wait(0));
    assert!(wait.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    assert!(wait.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    assert_eq!(watch.lock().waiting.len(), 1);
    drop(wait);
    assert!(watch.lock().waiting.is_empty());
}

#[test]
fn the_spread_never_changes_and_is_even() {
    assert_eq!(spread(b"pkg_01JABCDEFGHJKMNPQRSTVWXYZ0", 4), 3);
    let mut counts = [0; 4];
    for n in 0..10_000 {
        counts[spread(format!("pkg_{n}").as_bytes(), 4)] += 1;
    }
    assert!(counts.iter().all(|it| (2_000..3_000).contains(it)), "{counts:?}");
}
