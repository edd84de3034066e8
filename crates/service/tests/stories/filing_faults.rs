//! Every write on the way of events out of the table meets every mishap, and somebody
//! goes on: each event is in one of both places, once, to the byte.

use std::sync::Arc;

use blobs::ObjectBlobs;
use domain::{
    event::Fact,
    id::{PackageId, Subject},
    private::Private,
};
use service::{
    Service,
    filing::{FiledRow, Filer},
    keys::subject_shard,
    rows::to_bytes,
};
use table::{Memory, Scan};

use crate::{
    fault::{Mishap, Sites},
    filing::{DUE, Scene, lives, scene},
    logging::{in_good_order, sequencer},
    world::{Counting, World, draft},
};

/// Who goes on after the mishap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    /// The same, or after a crash its process's next.
    Retry,
    /// Another process.
    Second,
}

const STEPS: [&str; 4] = ["into files", "out of the table", "late ones into files", "and out"];

struct Breakable {
    world: World,
    table: Arc<table::Faulty>,
    blobs: Arc<blobs::Faulty>,
    scene: Scene,
}

impl Breakable {
    /// Two usual packages, and one with so many events that they take two writes.
    async fn new() -> Self {
        let table = Arc::new(table::Faulty::new(Arc::new(Memory::default())));
        let blobs = Arc::new(blobs::Faulty::new(Arc::new(ObjectBlobs::in_memory())));
        let world = World::over(table.clone(), blobs.clone(), Arc::new(Counting::default()));
        let scene = scene(&world, 3).await;
        for package in &scene.packages {
            lives(&world, &scene, *package).await;
        }
        notes(&world, scene.packages[2], 100).await;
        Self { world, table, blobs, scene }
    }

    /// What nobody breaks before a step.
    async fn happens(&self, step: usize) {
        match step {
            0 => self.world.it_is(DUE),
            2 => {
                notes(&self.world, self.scene.packages[0], 3).await;
                self.world.it_is(DUE + 25);
            }
            _ => (),
        }
        self.world.projector.catch_up().await.unwrap();
        sequencer(&self.world).catch_up().await.unwrap();
    }

    async fn does(service: &Service, step: usize) -> service::Result<()> {
        if step.is_multiple_of(2) {
            return service.compact_history().await.map(drop);
        }
        Filer::new(service.clone()).step().await.map(drop)
    }

    fn writes(&self) -> [u64; 2] {
        [self.table.writes(), self.blobs.changes()]
    }

    /// Every event, to the byte, and that each has one place.
    async fn everything(&self, what: &str) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        for package in &self.scene.packages {
            let subject = Subject::Package(*package);
            let logged = self.world.service.logged(subject).await;
            let logged = logged.unwrap_or_else(|why| panic!("{what}: {why}"));
            let rows = self.world.table.scan(Scan::whole(subject_shard(subject), 1_000)).await;
            let mut places = 0;
            for entry in rows.unwrap().entries {
                places += match entry.key.sort[0] {
                    b'e' => 1,
                    b'f' => minicbor::decode::<FiledRow>(&entry.value).unwrap().count(),
                    _ => 0,
                };
            }
            assert_eq!(places, logged.len(), "{what}: an event is in no place or in two");
            all.extend(logged.iter().map(|it| to_bytes(&it.recorded)));
        }
        all
    }
}

async fn notes(world: &World, package: PackageId, count: i64) {
    let subject = Subject::Package(package);
    let note = |it| {
        let fact = Fact::Note(Private::new(format!("note {it}")));
        draft(&format!("{package} {it} of {count}"), subject, 20, fact)
    };
    for first in (0..count).step_by(25) {
        let some = (first..count.min(first + 25)).map(note).collect();
        world.record(some).await.unwrap();
    }
}

/// How often each step writes, to the table and to the blobs, and what is told in the end.
async fn script() -> (Vec<[u64; 2]>, Vec<Vec<u8>>, u64) {
    let it = Breakable::new().await;
    let mut writes = Vec::new();
    for step in 0..STEPS.len() {
        it.happens(step).await;
        let before = it.writes();
        Breakable::does(&it.world.service, step).await.unwrap();
        let after = it.writes();
        writes.push([after[0] - before[0], after[1] - before[1]]);
    }
    let everything = it.everything("no mishap").await;
    (writes, everything, in_good_order(&it.world, &[], "no mishap").await)
}

async fn one(step: usize, of_blobs: bool, nth: u64, mishap: Mishap, then: Then) -> Breakable {
    use blobs::Fault::{AfterApply, BeforeApply};
    let what = format!("{} write {nth} {mishap:?} {then:?}", STEPS[step]);
    let it = Breakable::new().await;
    for at in 0..step {
        it.happens(at).await;
        Breakable::does(&it.world.service, at).await.unwrap();
    }
    it.happens(step).await;
    match (of_blobs, mishap) {
        (false, _) => mishap.plan(&it.table, nth),
        (true, Mishap::Failed) => it.blobs.fail_change(nth, BeforeApply),
        (true, Mishap::AnswerLost) => it.blobs.fail_change(nth, AfterApply),
        (true, Mishap::CrashedBefore) => it.blobs.crash_at_change(nth, BeforeApply),
        (true, Mishap::CrashedAfter) => it.blobs.crash_at_change(nth, AfterApply),
    }
    let failed = Breakable::does(&it.world.service, step).await;
    assert!(failed.is_err(), "{what}: nothing failed");
    it.table.revive();
    it.blobs.revive();
    // Whoever looks now sees everything.
    it.everything(&what).await;
    let second = it.world.another();
    for (at, name) in STEPS.iter().enumerate().skip(step) {
        if at != step {
            it.happens(at).await;
        }
        let whoever = if then == Then::Second { &second } else { &it.world.service };
        let done = Breakable::does(whoever, at).await;
        done.unwrap_or_else(|why| panic!("{what}, then {name}: {why}"));
        // The one that failed looks again, and finds nothing left to do.
        Breakable::does(&it.world.service, at).await.unwrap();
    }
    it
}

#[tokio::test]
async fn no_write_that_fails_loses_an_event_or_leaves_it_in_two_places() {
    let (writes, expected, entries) = script().await;
    for then in [Then::Retry, Then::Second] {
        let names = STEPS.map(|it| [format!("{it}: rows"), format!("{it}: files")]);
        let mut ends = 0;
        let mut steps: Vec<(&'static str, u64)> = Vec::new();
        for (names, writes) in names.into_iter().zip(&writes) {
            for (name, count) in names.into_iter().zip(writes) {
                ends += count;
                steps.push((name.leak(), ends));
            }
        }
        let (mut sites, mut site) = (Sites::new(&steps), 0);
        for (step, counts) in writes.iter().enumerate() {
            for (of_blobs, count) in [(false, counts[0]), (true, counts[1])] {
                for nth in 1..=count {
                    site += 1;
                    for mishap in Mishap::ALL {
                        let what = format!("{} {nth} {mishap:?} {then:?}", STEPS[step]);
                        let it = one(step, of_blobs, nth, mishap, then).await;
                        assert_eq!(it.everything(&what).await, expected, "{what}");
                        assert_eq!(in_good_order(&it.world, &[], &what).await, entries, "{what}");
                        sites.tried(site, mishap);
                    }
                }
            }
        }
        let who = match then {
            Then::Retry => "the same goes on",
            Then::Second => "another process goes on",
        };
        let (count, tries) = sites.print(&format!("every write of archiving; {who}"));
        assert_eq!(tries, count * 4);
        assert_eq!(sites.untried(), [""; 0]);
    }
    println!("after each: 0 lost, 0 doubled, every event as it was recorded, to the byte");
}
