//! What needs attention: a promise that passes, a problem that is solved, a lorry
//! that falls silent; and what it costs to know.

use std::sync::Arc;

use domain::{
    attention::AttentionReason,
    event::{Fact, IncidentReason, Proof},
    fixes::Batch,
    id::{ContainerId, Subject, TrackerId},
    motion::Fix,
    position::{LatLon, Position},
    record::{PackageRecord, Promise, Record, TrackerRecord},
    time::{MINUTE, Timestamp},
};
use service::{attention::Swept, projector::Projector, record::Attribution};
use table::{Guard, Memory, Write};

use crate::world::{World, at, draft};

fn promised(hours: i64) -> PackageRecord {
    let promised = Some(Promise { first: at(hours - 2), last: at(hours) });
    PackageRecord { promised, ..PackageRecord::default() }
}

/// Everything that needs attention, page by page, in short words.
async fn all(world: &World) -> Vec<(Subject, AttentionReason, Timestamp)> {
    world.projector.catch_up().await.unwrap();
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = world.service.attention(None, after.as_deref(), 2).await.unwrap();
        all.extend(page.all.iter().map(|it| (it.subject, it.reason, it.since)));
        after = page.after;
        if after.is_none() {
            return all;
        }
    }
}

/// How many lines the list has, in all and for one reason.
async fn counted(world: &World, reason: AttentionReason) -> (usize, usize) {
    let all = all(world).await;
    let counts = world.service.attention_counts().await.unwrap();
    assert!(!counts.more);
    for (reason, lines) in &counts.reasons {
        assert_eq!(*lines, all.iter().filter(|it| it.1 == *reason).count(), "{reason:?}");
    }
    let lines = counts.reasons.iter().find(|it| it.0 == reason).unwrap().1;
    (counts.reasons.iter().map(|it| it.1).sum(), lines)
}

fn problem() -> Fact {
    Fact::Problem { reason: IncidentReason::CustomsDelay, detail: None }
}

#[tokio::test]
async fn a_broken_promise_is_seen_when_it_breaks_and_gone_when_it_is_kept_after_all() {
    use AttentionReason::{Overdue, Problem};
    let world = World::new();
    let package = Subject::Package(world.package_with("1Z1", promised(24)).await);
    let other = Subject::Package(world.package_with("1Z2", promised(30)).await);
    assert_eq!(all(&world).await, []);
    world.say(other, 20, problem()).await.unwrap();
    assert_eq!(all(&world).await, [(other, Problem, at(20))]);
    world.it_is(24);
    // Nothing was recorded, nothing has run: time has passed.
    assert_eq!(all(&world).await, [(package, Overdue, at(24)), (other, Problem, at(20))]);
    world.it_is(31);
    let three = [(other, Overdue, at(30)), (package, Overdue, at(24)), (other, Problem, at(20))];
    assert_eq!(all(&world).await, three);
    assert_eq!(counted(&world, Overdue).await, (3, 2));
    let later = Fact::PromiseChanged(Promise { first: at(40), last: at(48) });
    world.say(package, 32, later).await.unwrap();
    let delivered = Fact::Delivered { place: None, proof: Proof::default() };
    world.say(other, 33, delivered).await.unwrap();
    assert_eq!(all(&world).await, []);
    world.it_is(48);
    assert_eq!(all(&world).await, [(package, Overdue, at(48))]);

    // Learned of when it was late already; and made again from the events.
    let late = Subject::Package(world.package_with("1Z3", promised(10)).await);
    let both = vec![(package, Overdue, at(48)), (late, Overdue, at(10))];
    assert_eq!(all(&world).await, both);
    let stale = service::keys::Row::Attention(at(1), Problem, late).key();
    world.table.write(vec![Write::put(stale.clone(), Guard::Any, [])]).await.unwrap();
    assert_eq!(all(&world).await, both, "what no state says is not said");
    let rebuilt = world.service.rebuild(|_| ()).await.unwrap();
    assert_eq!((rebuilt.rows_removed, rebuilt.rows_written), (1, 0));
    assert!(world.table.get(&stale).await.unwrap().is_none());
}

/// A lorry with a tracker.
async fn lorry(world: &World, name: &str) -> (ContainerId, TrackerId) {
    let (lorry, tag) = (world.truck(name).await, TrackerId::derive(&[name.as_bytes()]));
    let record = TrackerRecord { name: name.to_owned(), person: false };
    let fact = Fact::Registered(Box::new(Record::Tracker(record)));
    world.record(vec![draft(name, Subject::Tracker(tag), 0, fact)]).await.unwrap();
    world.say(Subject::Container(lorry), 0, Fact::TrackerAttached(tag)).await.unwrap();
    (lorry, tag)
}

/// A tracker reports now.
async fn report(world: &World, tracker: TrackerId, hours: i64) {
    world.it_is(hours);
    let fix = Fix {
        at: at(hours),
        position: Position { at: LatLon::from_degrees(48.0, 9.0).unwrap(), height: None },
        radius_95_mm: None,
        vertical_95_mm: None,
        speed_mm_s: None,
        course_cdeg: None,
    };
    let by = Attribution { actor: "usr_gateway".to_owned(), source: "api".to_owned() };
    world.service.accept_fixes(&by, None, &Batch::of([(tracker, fix)])).await.unwrap();
    world.projector.catch_up().await.unwrap();
}

async fn sweep(world: &World) -> Swept {
    world.service.sweep_due().await.unwrap()
}

#[tokio::test]
async fn a_lorry_that_falls_silent_is_seen_until_it_speaks_again() {
    use AttentionReason::Silent;
    let world = World::new();
    let (lorry, tag) = lorry(&world, "Truck 7").await;
    let lorry = Subject::Container(lorry);
    report(&world, tag, 1).await;
    assert_eq!((all(&world).await, sweep(&world).await), (vec![], Swept::default()));
    world.it_is(2);
    assert_eq!(all(&world).await, [(lorry, Silent, at(1))], "before anybody swept");
    assert_eq!(counted(&world, Silent).await, (1, 1));
    assert_eq!(sweep(&world).await, Swept { due: 1, heard: 0, more: false });
    assert_eq!(sweep(&world).await, Swept::default(), "swept once is swept");
    report(&world, tag, 3).await;
    assert_eq!(all(&world).await, []);
    assert_eq!(counted(&world, Silent).await, (0, 0), "its row waits to be moved");

    // Silent again, and nobody sweeps for a day: what is due is not forgotten.
    world.it_is(27);
    assert_eq!(all(&world).await, [(lorry, Silent, at(3))]);
    assert_eq!(sweep(&world).await.due, 1);
    // What was delivered, or has no tracker any more, is nobody's concern.
    world.say(lorry, 28, Fact::TrackerDetached(tag)).await.unwrap();
    assert_eq!(all(&world).await, []);
}

#[tokio::test]
async fn a_tracker_that_speaks_is_looked_for_once_a_period_and_by_two_sweepers_once() {
    let world = World::on(Arc::new(Memory::new()));
    let (lorry, tag) = lorry(&world, "Truck 7").await;
    report(&world, tag, 0).await;
    let other = service::Service::new(
        Arc::clone(&world.table),
        Arc::new(blobs::ObjectBlobs::in_memory()),
        world.clock.clone(),
        Arc::new(crate::world::Still),
    );
    let fixes = async |from: i64, to: i64| {
        for minute in from..to {
            let time = at(0).plus(minute * MINUTE);
            world.clock_at(time);
            let north = 48.0 + minute as f64 / 1000.0;
            let fix = Fix {
                at: time,
                position: Position { at: LatLon::from_degrees(north, 9.0).unwrap(), height: None },
                radius_95_mm: None,
                vertical_95_mm: None,
                speed_mm_s: None,
                course_cdeg: None,
            };
            let by = Attribution { actor: "usr_gateway".to_owned(), source: "api".to_owned() };
            let batch = Batch::of([(tag, fix)]);
            world.service.accept_fixes(&by, None, &batch).await.unwrap();
            world.projector.catch_up().await.unwrap();
        }
    };
    fixes(1, 44).await;
    let (mut moved, mut units) = (0, 0);
    for minute in 44..44 + 8 * 60 {
        fixes(minute, minute + 1).await;
        let before = world.table.usage().write_units;
        let (one, two) = tokio::join!(sweep(&world), other.sweep_due());
        moved += one.heard + two.unwrap().heard;
        units += world.table.usage().write_units - before;
    }
    // Each time it is looked for again 45 minutes after it was heard of.
    assert_eq!(moved, (8usize * 60).div_ceil(45));
    println!("write units to know for 8 hours that a tracker speaks: {units}");
    assert!(units <= 6 * moved as u64, "{units} write units for {moved} looks");
    assert_eq!(all(&world).await, []);
    world.it_is(20);
    // Looked for when it was to speak next, it is known to be silent.
    sweep(&world).await;
    let silent = all(&world).await;
    assert_eq!(silent.len(), 1);
    assert_eq!((silent[0].0, silent[0].1), (Subject::Container(lorry), AttentionReason::Silent));
}

#[tokio::test]
async fn many_promises_of_one_instant_are_swept_in_the_end() {
    let world = World::on(Arc::new(Memory::new()));
    for number in 0..600 {
        // All of one shard: the first byte of an id says which.
        let mut id = [0; 16];
        id[8..10].copy_from_slice(&u16::to_be_bytes(number));
        let subject = Subject::Package(domain::id::PackageId::from_bytes(id));
        let hours = if number == 599 { 9 } else { 8 };
        let fact = Fact::Registered(Box::new(Record::Package(promised(hours))));
        world.say(subject, 0, fact).await.unwrap();
    }
    Projector::new(world.service.clone()).catch_up().await.unwrap();
    world.it_is(7);
    assert_eq!(sweep(&world).await, Swept::default());
    world.it_is(10);
    let before = world.table.usage();
    let counts = world.service.attention_counts().await.unwrap();
    assert_eq!((counts.reasons[3], counts.more), ((AttentionReason::Overdue, 600), false));
    let used = (world.table.usage() - before).read_units;
    println!("read units to count 600 that need attention: {used}");
    assert!(used <= 16 + 15, "{used} read units");
    let (mut due, mut sweeps) = (0, 0);
    loop {
        let swept = sweep(&world).await;
        (due, sweeps) = (due + swept.due, sweeps + 1);
        if !swept.more {
            break;
        }
        assert!(sweeps < 10, "it never ends");
    }
    assert!((600..=601).contains(&due), "{due}");
    assert_eq!(sweep(&world).await, Swept::default());
}
