//! Every write of a whole day fails or is the last one: nothing that was
//! acknowledged is lost, nothing half-done stays, and saying everything again ends
//! in the same world.

use std::{collections::BTreeMap, sync::Arc};

use domain::id::Subject;
use futures::StreamExt;
use service::keys::{SUBJECT_SHARDS, subject_of_bytes, subjects_shard};
use table::{Faulty, Scan};

use crate::{
    day::{Acknowledged, Day, a_whole_day},
    fault::{Mishap, Sites, Store, all_of, cases},
    world::{Still, World},
};

#[tokio::test]
async fn no_write_that_fails_loses_an_acknowledged_event_in_memory() {
    every_write_fails(Store::in_memory).await;
}

#[tokio::test]
async fn no_write_that_fails_loses_an_acknowledged_event_on_disk() {
    every_write_fails(Store::embedded).await;
}

/// What the store holds of each subject, to the byte.
type States = BTreeMap<Subject, Vec<u8>>;

async fn every_write_fails(store: fn() -> Store) {
    let (good, day, writes) = without_mishap(store()).await;
    let mut sites = Sites::new(&day.steps);
    let cases = cases(&store(), writes);
    let wanted = cases.len() as u64;
    let runs = cases
        .iter()
        .map(|(nth, mishap)| one(store(), *nth, *mishap, (&good, &day.acknowledged)))
        .collect();
    let mut lost_answers = [0; 4];
    let mut checked = 0;
    let mut runs = std::pin::pin!(all_of(runs));
    while let Some(run) = runs.next().await {
        // Rows of a file are recorded together, so the last writes may be fewer.
        let Some(run) = run else { continue };
        sites.tried(run.nth, run.mishap);
        lost_answers[run.mishap as usize] += run.unacknowledged;
        checked += run.acknowledged;
    }
    let (counted, tried) = sites.print("every write of a whole day");
    println!("{checked} acknowledged events looked up again, 0 lost");
    println!("events found of which the answer was lost, by mishap: {lost_answers:?}");
    assert_eq!(counted, writes);
    assert!(writes > 60, "the day has only {writes} writes");
    assert!(tried + 8 > wanted, "{tried} of {wanted}");
    assert_eq!(sites.untried(), [""; 0]);
    // The case that matters most did happen: applied, and the answer lost for good.
    let [_, _, before, after] = lost_answers;
    assert!(after > before, "{lost_answers:?}");
}

/// The day when nothing goes wrong: what it ends in.
async fn without_mishap(store: Store) -> (States, Day, u64) {
    let table = Arc::new(Faulty::new(store.open()));
    let world = World::with(table.clone(), Arc::new(Still));
    let day = a_whole_day(&world, || table.writes()).await;
    assert_eq!(day.failed, [], "nothing goes wrong");
    let writes = table.writes();
    (in_good_order(&world, &day.acknowledged, "no mishap").await, day, writes)
}

/// How one run went.
struct Run {
    nth: u64,
    mishap: Mishap,
    acknowledged: u64,
    /// Events that were found although nobody was told of them.
    unacknowledged: u64,
}

/// One write of the day meets a mishap; `None` when the day had no such write.
async fn one(
    store: Store,
    nth: u64,
    mishap: Mishap,
    (good, wanted): (&States, &Acknowledged),
) -> Option<Run> {
    let what = format!("write {nth} {mishap:?}");
    let day = {
        let table = Arc::new(Faulty::new(store.open()));
        mishap.plan(&table, nth);
        let world = World::with(table.clone(), Arc::new(Still));
        let day = a_whole_day(&world, || table.writes()).await;
        if table.writes() < nth {
            return None;
        }
        day
    };
    // A new process on the same store.
    let world = World::with(store.open(), Arc::new(Still));
    let found = chains(&world, &what).await;
    for (at, told) in &day.acknowledged {
        assert_eq!(found.get(at), Some(told), "{what}: {} of {} is lost or another", at.1, at.0);
    }
    // Everybody says everything again, as they would who got no answer.
    let again = a_whole_day(&world, || 0).await;
    assert_eq!(again.failed, [], "{what}: said again");
    for (at, told) in &day.acknowledged {
        assert_eq!(again.acknowledged.get(at), Some(told), "{what}: another receipt for {}", at.1);
    }
    let states = in_good_order(&world, &again.acknowledged, &what).await;
    assert!(states == *good, "{what}: ends in another world");
    let lost = |at: &&_| wanted.contains_key(*at) && !day.acknowledged.contains_key(*at);
    let unacknowledged = found.keys().filter(lost).count() as u64;
    let acknowledged = day.acknowledged.len() as u64;
    Some(Run { nth, mishap, acknowledged, unacknowledged })
}

/// Everything there is in unbroken chains, whatever was in the middle of being written.
async fn chains(world: &World, what: &str) -> Acknowledged {
    let mut all = Acknowledged::new();
    for subject in subjects(world).await {
        let mut history = world.service.history(subject).await.unwrap();
        history.sort_by_key(|it| it.seq);
        let known = world.service.known(subject).await.unwrap();
        assert_eq!(known.seq, history.len() as u64, "{what}: {subject}");
        let mut prev = None;
        for (it, seq) in history.iter().zip(1..) {
            assert_eq!((it.seq, it.prev), (seq, prev), "{what}: the chain of {subject}");
            prev = Some(it.leaf_hash());
            all.insert((subject, it.event.id), (it.seq, it.leaf_hash()));
        }
    }
    all
}

/// Checks what must be true at the end of a day and gives every state's bytes.
async fn in_good_order(world: &World, acknowledged: &Acknowledged, what: &str) -> States {
    let found = chains(world, what).await;
    assert!(acknowledged.iter().all(|(at, told)| found.get(at) == Some(told)), "{what}");
    world.projector.catch_up().await.unwrap();
    let rebuilt = world.service.rebuild(|_| ()).await.unwrap();
    let repairs = (rebuilt.heads_repaired, rebuilt.rows_written, rebuilt.rows_removed);
    assert_eq!(repairs, (0, 0, 0), "{what}: rebuilding found something to repair");
    assert_eq!(rebuilt.events, found.len() as u64, "{what}");
    let aside = world.table.scan(Scan::whole(*b"q", 10)).await.unwrap();
    assert_eq!(aside.entries.len(), 1, "{what}: what was refused is set aside once");
    let mut states = States::new();
    for subject in subjects(world).await {
        let state = world.service.known(subject).await.unwrap().state;
        states.insert(subject, minicbor::to_vec(state).unwrap());
    }
    states
}

async fn subjects(world: &World) -> Vec<Subject> {
    let mut all = Vec::new();
    for bucket in 0..SUBJECT_SHARDS {
        let page = world.table.scan(Scan::whole(subjects_shard(bucket), 1_000)).await.unwrap();
        all.extend(page.entries.iter().filter_map(|it| subject_of_bytes(&it.key.sort)));
    }
    all
}
