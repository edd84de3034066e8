//! How many work and wait.

use std::{
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    time::Duration,
};

use super::*;

#[test]
fn places_are_bounded_and_come_back() {
    let turns = Turns::new(2, 3);
    let taken: Vec<Turn> = std::iter::from_fn(|| turns.take().ok()).collect();
    assert_eq!(taken.len(), 5);
    assert_eq!(turns.take().unwrap_err(), Full);
    drop(taken);
    assert!(turns.take().is_ok());
}

#[tokio::test]
async fn only_so_many_work_at_once_even_when_nobody_waits_for_them() {
    static WORKING: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    let work = || {
        MOST.fetch_max(WORKING.fetch_add(1, SeqCst) + 1, SeqCst);
        std::thread::sleep(Duration::from_millis(20));
        WORKING.fetch_sub(1, SeqCst);
    };
    let turns = Turns::new(2, 20);
    for _ in 0..4 {
        let mut abandoned = Box::pin(turns.take().unwrap().run(work));
        let _ = futures::poll!(abandoned.as_mut());
    }
    let all = (0..8).map(|_| turns.take().unwrap().run(work));
    futures::future::join_all(all).await;
    assert_eq!(MOST.load(SeqCst), 2);
    assert_eq!(turns.places.available_permits(), 22);
}
