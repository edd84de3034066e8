//! The audit log: every event, once, whatever fails, whoever else appends.

use std::{collections::BTreeMap, sync::Arc};

use blobs::{BlobName, Blobs, ObjectBlobs};
use bytes::Bytes;
use domain::{
    event::Fact,
    id::{PackageId, Subject},
    private::Private,
    record::{PackageRecord, Record},
};
use service::{
    Error,
    keys::Row,
    log::{sequencer::Sequencer, stored::LogRow},
    rows::to_bytes,
};
use table::{Guard, Memory, Write};

use crate::{
    fault::{Mishap, Sites},
    logged::much_else_happens,
    logging::{Watch, WatchedBlobs, WatchedTable, in_good_order, key, sequencer},
    world::{Counting, World, draft},
};

/// A package to which this many things happen, from an hour on.
async fn much_happens(world: &World, package: PackageId, hour: i64, count: i64) {
    let subject = Subject::Package(package);
    let note = |it| {
        let name = format!("{package} {hour} {it}");
        draft(&name, subject, hour, Fact::Note(Private::new(format!("note {it}"))))
    };
    world.it_is(hour);
    for first in (0..count).step_by(40) {
        let drafts = (first..count.min(first + 40)).map(note).collect();
        world.record(drafts).await.unwrap();
    }
}

pub async fn log_row(world: &World) -> (LogRow, table::Version) {
    let entry = world.table.get(&Row::Log.key()).await.unwrap().unwrap();
    (minicbor::decode(&entry.value).unwrap(), entry.version)
}

pub async fn put_row(world: &World, row: &LogRow) {
    let put = Write::put(Row::Log.key(), Guard::Any, to_bytes(row));
    world.table.write(vec![put]).await.unwrap();
}

#[tokio::test]
async fn every_event_is_in_the_log_once_at_the_place_its_mark_says() {
    let world = World::new();
    let mut sequencer = sequencer(&world);
    assert_eq!(sequencer.catch_up().await.unwrap(), 0);
    assert_eq!(in_good_order(&world, &[], "an empty log").await, 0);
    let (truck, package) = (world.truck("Truck 1").await, world.package("1Z1").await);
    world.load(package, truck, 1).await.unwrap();
    assert_eq!(world.service.logged(Subject::Package(package)).await.unwrap()[0].index, None);
    assert_eq!(sequencer.catch_up().await.unwrap(), 3);
    assert_eq!(in_good_order(&world, &[], "three events").await, 3);
    // Many, over more than one row of marks and more than one tile.
    much_happens(&world, package, 2, 300).await;
    assert_eq!(sequencer.catch_up().await.unwrap(), 300);
    world.projector.catch_up().await.unwrap();
    assert_eq!(sequencer.catch_up().await.unwrap(), 0, "marks and rows are no events");
    assert_eq!(in_good_order(&world, &[], "303 events").await, 303);
    assert_eq!(world.service.log_status().size, 303);
    assert_eq!(world.service.log_status().trouble, None);
    // The events' rows and heads are what they were.
    let rebuilt = world.service.rebuild(|_| ()).await.unwrap();
    assert_eq!((rebuilt.heads_repaired, rebuilt.rows_written, rebuilt.rows_removed), (0, 0, 0));
}

/// Counted as DynamoDB charges it: one for its mark, and the log's row for all of them.
#[tokio::test]
async fn an_event_in_the_log_costs_one_write_unit_more() {
    let world = World::new();
    let mut packages = Vec::new();
    for number in 0..50 {
        packages.push(world.package(&format!("1Z{number}")).await);
    }
    let mut sequencer = sequencer(&world);
    sequencer.catch_up().await.unwrap();
    for hour in 1..4 {
        for package in &packages {
            world.say(Subject::Package(*package), hour, Fact::Lost).await.unwrap();
        }
        let before = world.table.usage().write_units;
        assert_eq!(sequencer.catch_up().await.unwrap(), 50);
        assert_eq!(world.table.usage().write_units - before, 50 + 1);
    }
}

#[tokio::test]
async fn a_leaf_that_no_log_can_hold_is_refused_before_it_is_recorded() {
    let world = World::new();
    let package = Subject::Package(PackageId::derive(&[b"1Z1"]));
    let registered = |text: &str, count: usize| {
        let description = Some(text.repeat(count));
        let record = PackageRecord { description, ..PackageRecord::default() };
        draft(text, package, 0, Fact::Registered(Box::new(Record::Package(record))))
    };
    // A control character takes six bytes in a leaf, and one in a row.
    let refused = world.record(vec![registered("\u{1}", 11_000)]).await.unwrap_err();
    assert!(
        matches!(&refused, Error::Invalid(fields) if fields[0].code == "too_large"),
        "{refused}"
    );
    world.record(vec![registered("x", 60_000)]).await.unwrap();
    sequencer(&world).catch_up().await.unwrap();
    assert_eq!(in_good_order(&world, &[], "a long leaf").await, 1);
}

/// As C2SP tlog-proof: whoever has the public key needs nothing else.
#[tokio::test]
async fn an_event_is_proved_to_whoever_has_the_public_key() {
    let world = World::new();
    let package = world.package("1Z1").await;
    much_happens(&world, package, 1, 300).await;
    sequencer(&world).catch_up().await.unwrap();
    for logged in world.service.logged(Subject::Package(package)).await.unwrap() {
        let proof = world.service.log_proof(logged.index.unwrap()).await.unwrap();
        let checkpoint = proof.check(&logged.recorded.leaf(), key().public()).unwrap();
        assert_eq!(checkpoint.size, 301);
    }
    assert!(matches!(world.service.log_proof(301).await, Err(Error::NotFound(_))));
    let path = "tile/../../photos";
    assert!(matches!(world.service.log_file(path).await, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn a_feed_that_comes_again_appends_nothing() {
    let world = World::new();
    let package = world.package("1Z1").await;
    much_happens(&world, package, 1, 150).await;
    sequencer(&world).catch_up().await.unwrap();
    let (mut row, _) = log_row(&world).await;
    row.cursors.clear();
    put_row(&world, &row).await;
    let mut again = sequencer(&world);
    assert_eq!(again.catch_up().await.unwrap(), 0);
    much_happens(&world, package, 2, 3).await;
    assert_eq!(again.catch_up().await.unwrap(), 3);
    assert_eq!(in_good_order(&world, &[], "read twice").await, 154);
}

#[tokio::test]
async fn marks_that_were_never_written_are_written_before_anything_is_taken() {
    let world = World::new();
    let package = world.package("1Z1").await;
    much_happens(&world, package, 1, 150).await;
    sequencer(&world).catch_up().await.unwrap();
    // As if the process had ended right after the swap.
    for span in 0..2 {
        let gone = Row::Marks(Subject::Package(package), span).key();
        world.table.write(vec![Write::delete(gone, Guard::Any)]).await.unwrap();
    }
    let (mut row, _) = log_row(&world).await;
    row.cursors.clear();
    put_row(&world, &row).await;
    assert_eq!(sequencer(&world).catch_up().await.unwrap(), 0);
    assert_eq!(in_good_order(&world, &[], "marked again").await, 151);
}

pub async fn forget_changes(world: &World) {
    for feed in world.table.feeds().await.unwrap() {
        let newest = world.table.newest(feed).await.unwrap();
        world.table.trim(feed, newest).await.unwrap();
    }
}

#[tokio::test]
async fn what_was_recorded_before_there_was_a_log_is_in_it() {
    let world = World::new();
    for number in 0..30 {
        let package = world.package(&format!("1Z{number}")).await;
        much_happens(&world, package, 1, 3).await;
    }
    world.projector.catch_up().await.unwrap();
    forget_changes(&world).await;
    let mut sequencer = sequencer(&world);
    assert_eq!(sequencer.catch_up().await.unwrap(), 120);
    assert_eq!(in_good_order(&world, &[], "begun late").await, 120);
}

#[tokio::test]
async fn what_a_lost_feed_left_behind_is_found() {
    let world = World::new();
    let mut packages = Vec::new();
    for number in 0..30 {
        packages.push(world.package(&format!("1Z{number}")).await);
    }
    let mut sequencer = sequencer(&world);
    sequencer.catch_up().await.unwrap();
    for package in &packages {
        much_happens(&world, *package, 2, 2).await;
    }
    forget_changes(&world).await;
    much_happens(&world, packages[0], 3, 2).await;
    assert_eq!(sequencer.catch_up().await.unwrap(), 62);
    assert_eq!(in_good_order(&world, &[], "a lost feed").await, 92);
    much_happens(&world, packages[1], 4, 2).await;
    assert_eq!(sequencer.catch_up().await.unwrap(), 2);
}

#[tokio::test]
async fn the_projector_leaves_what_is_not_in_the_log_yet() {
    let world = World::new();
    let mut sequencer = sequencer(&world);
    let package = world.package("1Z1").await;
    sequencer.catch_up().await.unwrap();
    much_happens(&world, package, 1, 5).await;
    world.projector.catch_up().await.unwrap();
    // Another process, which has not looked at the log.
    let other = World::over(
        Arc::clone(&world.table),
        Arc::new(ObjectBlobs::in_memory()),
        Arc::new(Counting::from(1_000)),
    );
    much_happens(&world, package, 2, 5).await;
    other.projector.catch_up().await.unwrap();
    let mut lost = 0;
    let (row, _) = log_row(&world).await;
    for (feed, at) in row.positions() {
        lost += usize::from(world.table.changes(feed, at, 1).await.is_err());
    }
    assert_eq!(lost, 0);
    assert_eq!(sequencer.catch_up().await.unwrap(), 10);
    // Once it is, it may go.
    much_happens(&world, package, 3, 1).await;
    world.projector.catch_up().await.unwrap();
    sequencer.catch_up().await.unwrap();
    assert_eq!(in_good_order(&world, &[], "trimmed").await, 12);
}

#[tokio::test]
async fn nobody_else_s_key_and_no_set_back_table_goes_on() {
    let world = World::new();
    let package = world.package("1Z1").await;
    sequencer(&world).catch_up().await.unwrap();
    let (early, _) = log_row(&world).await;
    let other = audit::LogKey::new("stories/log", &[6; 32]).unwrap();
    let mut other = Sequencer::new(world.service.clone(), other);
    assert!(matches!(other.step().await, Err(Error::Corrupt(why)) if why.contains("signed with")));
    much_happens(&world, package, 1, 5).await;
    sequencer(&world).catch_up().await.unwrap();
    // The table comes out of an old backup, the files do not.
    put_row(&world, &early).await;
    let mut late = sequencer(&world);
    assert!(matches!(late.step().await, Err(Error::Corrupt(why)) if why.contains("set back")));
    let trouble = world.service.log_status().trouble.expect("it is told");
    assert!(trouble.1.contains("set back"), "{}", trouble.1);
}

#[tokio::test]
async fn a_file_that_somebody_altered_stops_the_log_and_is_named() {
    let blobs = Arc::new(ObjectBlobs::in_memory());
    let world =
        World::over(Arc::new(Memory::default()), blobs.clone(), Arc::new(Counting::default()));
    let package = world.package("1Z1").await;
    much_happens(&world, package, 1, 5).await;
    sequencer(&world).catch_up().await.unwrap();
    let tile = BlobName::new("log/tile/0/000.p/6").unwrap();
    let good = blobs.get(&tile).await.unwrap();
    let mut bad = good.to_vec();
    bad[40] ^= 1;
    blobs.put(&tile, Bytes::from(bad)).await.unwrap();
    let step = sequencer(&world).step().await;
    assert!(matches!(step, Err(Error::Corrupt(why)) if why.contains("tile/")));
    blobs.put(&tile, good).await.unwrap();
    much_happens(&world, package, 2, 5).await;
    sequencer(&world).catch_up().await.unwrap();
    assert_eq!(in_good_order(&world, &[], "put back").await, 11);
}

/// Three sequencers and somebody who records, in any order that dice make.
#[tokio::test]
async fn sequencers_at_the_same_time_make_one_log() {
    let rounds = if depth::is_soak() { 3_000 } else { 60 };
    let seed = depth::seed();
    let (mut lost, mut swaps) = (0, 0);
    for round in 0..rounds {
        let watch = Arc::new(Watch::pausing(seed.wrapping_add(round).wrapping_mul(0x9e37_79b9)));
        let table = Arc::new(WatchedTable(Arc::new(Memory::default()), watch.clone()));
        let blobs = Arc::new(WatchedBlobs(Arc::new(ObjectBlobs::in_memory()), watch.clone()));
        let world = World::over(table, blobs, Arc::new(Counting::default()));
        let package = world.package("1Z1").await;
        let recording = async {
            for hour in 1..8 {
                much_happens(&world, package, hour, 45).await;
                tokio::task::yield_now().await;
            }
        };
        let sequencing = || async {
            let mut sequencer = sequencer(&world);
            let mut outrun = 0;
            for _ in 0..12 {
                let step = sequencer.step().await;
                let step = step.unwrap_or_else(|why| panic!("round {round}: {why}"));
                outrun += u64::from(step.more && step.appended == 0);
            }
            outrun
        };
        let ((), a, b, c) = tokio::join!(recording, sequencing(), sequencing(), sequencing());
        lost += a + b + c;
        sequencer(&world).catch_up().await.unwrap();
        let what = format!("round {round}");
        assert_eq!(in_good_order(&world, &watch.published(), &what).await, 316, "{what}");
        swaps += watch.writes().iter().filter(|it| **it == "swap of the row").count() as u64;
    }
    println!("{rounds} rounds of three sequencers at once: {swaps} swaps, {lost} of them lost");
    assert!(lost > rounds, "they hardly met");
}

/// Who goes on after the mishap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    /// The same one, or after a crash its process's next.
    Retry,
    /// Another, which read the log before the mishap.
    Second,
}

/// What the log's writes are in one step of the script, in order.
struct Script {
    steps: [&'static str; 3],
    table: Vec<Vec<&'static str>>,
    blobs: Vec<Vec<&'static str>>,
}

const STEPS: [&str; 3] = ["first start", "first batch", "second batch"];
/// Entries in the end.
const ENTRIES: u64 = 286;

/// A world whose writes can fail, below which everything is watched.
struct Breakable {
    world: World,
    table: Arc<table::Faulty>,
    blobs: Arc<blobs::Faulty>,
    watch: Arc<Watch>,
}

impl Breakable {
    fn new() -> Self {
        let watch = Arc::new(Watch::default());
        let table = WatchedTable(Arc::new(Memory::default()), watch.clone());
        let blobs = WatchedBlobs(Arc::new(ObjectBlobs::in_memory()), watch.clone());
        let table = Arc::new(table::Faulty::new(Arc::new(table)));
        let blobs = Arc::new(blobs::Faulty::new(Arc::new(blobs)));
        let world = World::over(table.clone(), blobs.clone(), Arc::new(Counting::default()));
        Self { world, table, blobs, watch }
    }

    /// What happens before each step: nothing; 250 events and 8 other entries; 20 more
    /// and 8 others.
    async fn happens(&self, step: usize) {
        match step {
            1 => {
                for number in 0..5 {
                    let package = self.world.package(&format!("1Z{number}")).await;
                    much_happens(&self.world, package, 1, 49).await;
                }
                much_else_happens(&self.world, "ada", 1).await;
            }
            2 => {
                let package = PackageId::derive(&[b"1Z0"]);
                much_happens(&self.world, package, 2, 20).await;
                much_else_happens(&self.world, "grace", 2).await;
            }
            _ => (),
        }
    }

    fn revive(&self) {
        self.table.revive();
        self.blobs.revive();
    }
}

async fn script() -> Script {
    let it = Breakable::new();
    let mut sequencer = sequencer(&it.world);
    let mut script = Script { steps: STEPS, table: Vec::new(), blobs: Vec::new() };
    for step in 0..STEPS.len() {
        it.happens(step).await;
        let before = it.watch.writes().len();
        sequencer.catch_up().await.unwrap();
        let writes = it.watch.writes()[before..].to_vec();
        let is_row = |it: &&str| *it == "swap of the row" || it.starts_with("mark");
        script.table.push(writes.iter().copied().filter(|it| is_row(it)).collect());
        script.blobs.push(writes.iter().copied().filter(|it| !is_row(it)).collect());
    }
    assert_eq!(in_good_order(&it.world, &it.watch.published(), "no mishap").await, ENTRIES);
    script
}

/// One write meets one mishap, and somebody goes on.
async fn one(step: usize, of_table: bool, nth: u64, mishap: Mishap, then: Then) {
    let what = format!(
        "{} write {nth} of {} {mishap:?} {then:?}",
        STEPS[step],
        if of_table { "the table" } else { "the files" }
    );
    let it = Breakable::new();
    let mut first = sequencer(&it.world);
    let mut second = sequencer(&it.world);
    for at in 0..step {
        it.happens(at).await;
        first.catch_up().await.unwrap();
    }
    it.happens(step).await;
    if then == Then::Second && 0 < step {
        // It has read the log, and not what comes now.
        second = sequencer(&it.world);
        it.table.crash_at_write(1, table::Fault::BeforeApply);
        let _ = second.step().await;
        it.revive();
    }
    if of_table {
        mishap.plan(&it.table, nth);
    } else {
        use blobs::Fault::{AfterApply, BeforeApply};
        match mishap {
            Mishap::Failed => it.blobs.fail_change(nth, BeforeApply),
            Mishap::AnswerLost => it.blobs.fail_change(nth, AfterApply),
            Mishap::CrashedBefore => it.blobs.crash_at_change(nth, BeforeApply),
            Mishap::CrashedAfter => it.blobs.crash_at_change(nth, AfterApply),
        }
    }
    assert!(first.catch_up().await.is_err(), "{what}: nothing failed");
    it.revive();
    let crashed = matches!(mishap, Mishap::CrashedBefore | Mishap::CrashedAfter);
    match then {
        Then::Second => {
            second.catch_up().await.unwrap_or_else(|why| panic!("{what}: second: {why}"));
        }
        Then::Retry if crashed => first = sequencer(&it.world),
        Then::Retry => (),
    }
    first.catch_up().await.unwrap_or_else(|why| panic!("{what}: {why}"));
    for at in step + 1..STEPS.len() {
        it.happens(at).await;
        second.catch_up().await.unwrap_or_else(|why| panic!("{what}: second: {why}"));
        first.catch_up().await.unwrap_or_else(|why| panic!("{what}: {why}"));
    }
    assert_eq!(in_good_order(&it.world, &it.watch.published(), &what).await, ENTRIES, "{what}");
}

#[tokio::test]
async fn no_write_that_fails_forks_the_log_or_loses_or_doubles_an_entry() {
    let script = script().await;
    for then in [Then::Retry, Then::Second] {
        let mut names: BTreeMap<&str, u64> = BTreeMap::new();
        let mut cases = Vec::new();
        for step in 0..script.steps.len() {
            for (of_table, writes) in [(true, &script.table[step]), (false, &script.blobs[step])] {
                for (nth, name) in (1..).zip(writes) {
                    *names.entry(*name).or_default() += 1;
                    cases.push((*name, step, of_table, nth));
                }
            }
        }
        let mut ends = 0;
        let steps: Vec<(&str, u64)> = names
            .iter()
            .map(|(name, count)| {
                ends += count;
                (*name, ends)
            })
            .collect();
        let mut sites = Sites::new(&steps);
        for (name, step, of_table, nth) in cases {
            let end = steps.iter().find(|it| it.0 == name).expect("it was counted").1;
            for mishap in Mishap::ALL {
                one(step, of_table, nth, mishap, then).await;
                sites.tried(end, mishap);
            }
        }
        let who = match then {
            Then::Retry => "the same goes on",
            Then::Second => "another goes on that had read the log before",
        };
        let (count, tries) = sites.print(&format!("every write of the sequencer; {who}"));
        assert_eq!(tries, count * 4);
        assert_eq!(sites.untried(), [""; 0]);
    }
    println!("after each: 0 forks, 0 lost, 0 doubled, every mark right");
}
