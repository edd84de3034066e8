//! Events of packages that were closed long ago move into the history's files, and no
//! answer changes for it: whatever comes late, whatever fails, whoever does it too.

use std::sync::Arc;

use blobs::{BlobName, Blobs, ObjectBlobs};
use domain::{
    event::{Event, Fact, Holder, Proof},
    id::{ContainerId, EventId, PackageId, PlaceId, Subject},
    private::Private,
    record::{PackageRecord, Recipient},
    time::{DAY, HOUR},
};
use service::{
    Error, Service,
    filing::{FILED_AFTER, Filed, Filer},
    keys::{Row, subject_shard},
    packages::Filter,
    record::Attribution,
    rows::{Head, to_bytes},
    search::Ask,
};
use table::{Memory, Scan, Table};

use crate::{
    logging::{Watch, WatchedBlobs, in_good_order, sequencer},
    world::{Counting, World, at, draft},
};

/// When what was closed in the first days is due.
pub const DUE: i64 = FILED_AFTER / HOUR + 10 * 24;

/// Everything that is logged goes into files, a day later.
pub async fn into_files(world: &World) {
    sequencer(world).catch_up().await.unwrap();
    world.service.compact_history().await.unwrap();
}

pub async fn file(service: &Service) -> Filed {
    let (mut filer, mut all) = (Filer::new(service.clone()), Filed::default());
    loop {
        let step = filer.step().await.unwrap();
        all.due += step.due;
        all.events += step.events;
        all.waiting += step.waiting;
        all.refused += step.refused;
        if !step.more {
            return all;
        }
    }
}

/// How many events of a subject are rows of the table.
pub async fn rows_of(world: &World, subject: Subject) -> usize {
    let scan = Scan::prefix(subject_shard(subject), b"e", 1_000);
    world.table.scan(scan).await.unwrap().entries.len()
}

pub async fn head(world: &World, subject: Subject) -> Head {
    let entry = world.table.get(&Row::Head(subject).key()).await.unwrap().unwrap();
    minicbor::decode(&entry.value).unwrap()
}

/// Who, where and in what the packages of a story are.
pub struct Scene {
    pub packages: Vec<PackageId>,
    pub places: [PlaceId; 2],
    pub truck: ContainerId,
}

pub async fn scene(world: &World, packages: usize) -> Scene {
    let places =
        [world.place("Memphis", 35.05, -89.98).await, world.place("Austin", 30.2, -97.67).await];
    let truck = world.truck("Truck 7").await;
    let mut all = Vec::new();
    for number in 0..packages {
        let recipient = Recipient {
            name: Some(Private::new("Ada Lovelace")),
            email: Some(Private::new("ada@example.org")),
            address: None,
        };
        let record = PackageRecord {
            description: Some(format!("monitor {number}")),
            recipient: Some(recipient),
            origin: Some(places[0]),
            destination: Some(places[1]),
            ..PackageRecord::default()
        };
        all.push(world.package_with(&format!("1Z{number}"), record).await);
    }
    Scene { packages: all, places, truck }
}

pub fn delivered(place: PlaceId) -> Fact {
    let received_by = Some(Private::new("Grace at the desk"));
    Fact::Delivered { place: Some(place), proof: Proof { received_by, ..Proof::default() } }
}

/// A usual life, closed on the second day.
pub async fn lives(world: &World, scene: &Scene, package: PackageId) {
    let subject = Subject::Package(package);
    let [from, to] = scene.places;
    let facts = [
        Fact::PickedUp { place: Some(from) },
        Fact::Joined(Holder::Container(scene.truck)),
        Fact::Departed { from: Some(from), to: Some(to), mode: None, expected_at: None },
        Fact::Note(Private::new("call before noon")),
        Fact::Left(Holder::Container(scene.truck)),
        Fact::Arrived { place: to },
        delivered(to),
    ];
    for (hours, fact) in [1, 2, 3, 4, 25, 26, 27].into_iter().zip(facts) {
        world.say(subject, hours, fact).await.unwrap();
    }
}

/// Every answer about these packages, to the byte; personal text as well.
pub async fn answers(world: &World, packages: &[PackageId], asked: &[i64]) -> Vec<String> {
    let service = &world.service;
    let mut all = Vec::new();
    let nothing = Filter::default();
    all.push(format!("{:?}", service.list(&nothing, None, 100).await.unwrap()));
    let ask = Ask {
        text: "monitor",
        filter: &nothing,
        registered_by: None,
        personal: true,
        after: None,
        limit: 100,
    };
    let mut found = service.search(ask).await.unwrap();
    // Only that it is filed may be said.
    found.hits.iter_mut().for_each(|it| it.filed = false);
    all.push(format!("{found:?}"));
    let mut found = service.addressed_to("ada@example.org", None, 100).await.unwrap();
    found.hits.iter_mut().for_each(|it| it.filed = false);
    all.push(format!("{found:?}"));
    for package in packages {
        let subject = Subject::Package(*package);
        all.push(format!("{:?}", service.known(subject).await.unwrap()));
        for it in service.history(subject).await.unwrap() {
            all.push(format!("{:?} {:?}", it.event.id, to_bytes(&it)));
            let alone = service.recorded(subject, it.event.id).await.unwrap();
            assert_eq!(alone, Some(it));
        }
        let logged = service.logged(subject).await.unwrap();
        all.extend(logged.iter().map(|it| format!("{} {:?}", it.recorded.seq, it.recorded.leaf())));
        let of_day = |it: &i64| at(*it);
        for hours in asked {
            let found = service.whereabouts(subject, of_day(hours), true).await.unwrap();
            all.push(format!("{package} at {hours}: {found:?}"));
        }
        let span = (at(0), at(24 * 20));
        all.push(format!("{:?}", service.track(subject, span, 100, true).await.unwrap()));
        all.push(format!("{:?}", service.expected(subject).await.unwrap()));
    }
    all
}

const ASKED: [i64; 6] = [0, 2, 5, 24, 30, 24 * 40];

#[tokio::test]
async fn what_was_closed_long_ago_leaves_the_table_and_every_answer_stays() {
    let world = World::new();
    let scene = scene(&world, 3).await;
    for package in &scene.packages {
        lives(&world, &scene, *package).await;
    }
    let open = world.package("1Zopen").await;
    world.projector.catch_up().await.unwrap();
    world.it_is(DUE);
    // Neither what is not logged nor what is in no file.
    assert_eq!(file(&world.service).await, Filed { due: 3, waiting: 3, ..Filed::default() });
    sequencer(&world).catch_up().await.unwrap();
    assert_eq!(file(&world.service).await, Filed { due: 3, waiting: 3, ..Filed::default() });
    world.service.compact_history().await.unwrap();
    world.it_is(24 + 27 + FILED_AFTER / HOUR - 25);
    assert_eq!(file(&world.service).await, Filed::default(), "an hour too early");

    world.it_is(DUE);
    let before = answers(&world, &scene.packages, &ASKED).await;
    let indices = world.service.logged(Subject::Package(scene.packages[0])).await.unwrap();
    let units = world.table.usage();
    assert_eq!(file(&world.service).await, Filed { due: 3, events: 24, ..Filed::default() });
    let used = world.table.usage() - units;
    println!("24 events of 3 packages filed by {used:?}");
    world.projector.catch_up().await.unwrap();
    assert_eq!(file(&world.service).await, Filed::default(), "nothing is left to do");
    for package in &scene.packages {
        assert_eq!(rows_of(&world, Subject::Package(*package)).await, 0);
        assert_eq!(head(&world, Subject::Package(*package)).await.filed, Some(8));
    }
    assert_eq!(rows_of(&world, Subject::Package(open)).await, 1, "it is not closed");
    assert_eq!(answers(&world, &scene.packages, &ASKED).await, before);
    let after = world.service.logged(Subject::Package(scene.packages[0])).await.unwrap();
    assert_eq!(after, indices);
    let total = in_good_order(&world, &[], "filed").await;
    assert_eq!(sequencer(&world).catch_up().await.unwrap(), 0, "nothing is logged twice");
    assert_eq!(total, 3 * 8 + 4);
    let all = Filter::default();
    let ask = Ask {
        text: "monitor",
        filter: &all,
        registered_by: None,
        personal: true,
        after: None,
        limit: 9,
    };
    let found = world.service.search(ask).await.unwrap();
    assert!(found.hits.len() == 3 && found.hits.iter().all(|it| it.filed), "it is said");
    // Nobody needs to repair anything, and nothing is told anew.
    let rebuilt = world.service.rebuild(|_| ()).await.unwrap();
    assert_eq!((rebuilt.heads_repaired, rebuilt.rows_written, rebuilt.rows_removed), (0, 0, 0));
    assert_eq!(rebuilt.events, total);
    // Another process, which has read nothing yet.
    let mut world = world;
    world.service = world.another();
    assert_eq!(answers(&world, &scene.packages, &ASKED).await, before);
}

#[tokio::test]
async fn one_package_is_read_from_the_files_of_its_days_alone() {
    let watch = Arc::new(Watch::default());
    let blobs = Arc::new(WatchedBlobs(Arc::new(ObjectBlobs::in_memory()), watch.clone()));
    let table: Arc<dyn Table> = Arc::new(Memory::default());
    let world = World::over(table, blobs, Arc::new(Counting::default()));
    let scene = scene(&world, 4).await;
    // Each lives on two days, one after the other.
    for (package, day) in scene.packages.iter().zip(1..) {
        let subject = Subject::Package(*package);
        let away = Fact::PickedUp { place: Some(scene.places[0]) };
        world.say(subject, 24 * (2 * day), away).await.unwrap();
        world.say(subject, 24 * (2 * day + 1), delivered(scene.places[1])).await.unwrap();
    }
    world.projector.catch_up().await.unwrap();
    world.it_is(DUE + 24 * 10);
    into_files(&world).await;
    assert_eq!(world.service.segments().await.unwrap().len(), 9);
    assert_eq!(file(&world.service).await.events, 12);
    for package in &scene.packages {
        let service = world.another();
        watch.read();
        assert_eq!(service.history(Subject::Package(*package)).await.unwrap().len(), 3);
        let read = watch.read();
        assert_eq!(read.len(), 3, "{package}: {read:?}");
    }
}

#[tokio::test]
async fn what_is_told_again_of_a_filed_package_is_known_and_what_is_new_is_added() {
    let world = World::new();
    let scene = scene(&world, 1).await;
    let (package, subject) = (scene.packages[0], Subject::Package(scene.packages[0]));
    lives(&world, &scene, package).await;
    let note = |text: &str| draft("a note", subject, 5, Fact::Note(Private::new(text)));
    let first = world.record(vec![note("seen")]).await.unwrap();
    world.projector.catch_up().await.unwrap();
    world.it_is(DUE);
    into_files(&world).await;
    assert_eq!(file(&world.service).await.events, 9);

    // Told again alone, and beside something new.
    let again = world.record(vec![note("seen")]).await.unwrap();
    assert_eq!((again[0].leaf, again[0].duplicate), (first[0].leaf, true));
    let new = draft("late", subject, 6, Fact::Note(Private::new("late")));
    let both = world.record(vec![note("seen"), new.clone()]).await.unwrap();
    assert_eq!(
        both.iter().map(|it| (it.seq, it.duplicate)).collect::<Vec<_>>(),
        [(9, true), (10, false)]
    );
    let other = world.record(vec![note("something else")]).await;
    assert!(matches!(other, Err(Error::Differs { .. })), "{other:?}");
    // A correction may speak of what is filed, and of nothing that never was.
    let corrected = |target: EventId| Fact::Voided { target, why: None };
    let voided = world.say(subject, DUE + 1, corrected(first[0].event)).await.unwrap();
    assert_eq!(voided.seq, 11);
    let unknown = world.say(subject, DUE + 2, corrected(EventId::derive(&[b"never"]))).await;
    assert!(matches!(unknown, Err(Error::Invalid(_))), "{unknown:?}");
    assert_eq!((rows_of(&world, subject).await, head(&world, subject).await.filed), (2, Some(9)));
    let events: Vec<Event> =
        world.service.history(subject).await.unwrap().into_iter().map(|it| it.event).collect();
    assert_eq!(head(&world, subject).await.state, domain::state::fold(&events));

    // The new ones follow once the files have them.
    world.projector.catch_up().await.unwrap();
    assert_eq!(file(&world.service).await, Filed { due: 1, waiting: 1, ..Filed::default() });
    world.it_is(DUE + 25);
    into_files(&world).await;
    let before = answers(&world, &[package], &ASKED).await;
    assert_eq!(file(&world.service).await, Filed { due: 1, events: 2, ..Filed::default() });
    assert_eq!((rows_of(&world, subject).await, head(&world, subject).await.filed), (0, Some(11)));
    assert_eq!(answers(&world, &[package], &ASKED).await, before);
    world.projector.catch_up().await.unwrap();
    assert_eq!(file(&world.service).await, Filed::default());
}

#[tokio::test]
async fn what_goes_on_again_stays_until_it_is_closed_again() {
    let world = World::new();
    let scene = scene(&world, 1).await;
    let subject = Subject::Package(scene.packages[0]);
    lives(&world, &scene, scene.packages[0]).await;
    world.say(subject, 40, Fact::Returning { reason: None, to: None }).await.unwrap();
    world.projector.catch_up().await.unwrap();
    world.it_is(DUE);
    into_files(&world).await;
    assert_eq!(file(&world.service).await, Filed::default(), "it is on its way back");
    world.say(subject, DUE, Fact::Returned { place: None }).await.unwrap();
    world.projector.catch_up().await.unwrap();
    assert_eq!(file(&world.service).await, Filed::default(), "it has just come back");
    world.it_is(2 * DUE);
    into_files(&world).await;
    assert_eq!(file(&world.service).await.events, 10);
}

#[tokio::test]
async fn erasing_a_person_erases_what_is_kept_of_filed_events() {
    let world = World::new();
    let scene = scene(&world, 2).await;
    let by = Attribution { actor: "usr_admin".to_owned(), source: "api".to_owned() };
    for package in &scene.packages {
        lives(&world, &scene, *package).await;
    }
    world.projector.catch_up().await.unwrap();
    world.it_is(DUE);
    into_files(&world).await;
    file(&world.service).await;
    let [one, two] = [0, 1].map(|it| Subject::Package(scene.packages[it]));
    // One of them has an event that is no longer filed as well.
    world.say(one, DUE, Fact::Note(Private::new("a late word of Ada's"))).await.unwrap();
    let leaves = |all: Vec<service::log::Logged>| {
        all.iter().map(|it| it.recorded.leaf()).collect::<Vec<_>>()
    };
    let before = leaves(world.service.logged(one).await.unwrap());
    let theirs = world.service.logged(two).await.unwrap();
    assert_eq!(world.service.erase(&by, one).await.unwrap(), 5);
    assert_eq!(world.service.erase(&by, one).await.unwrap(), 0, "nothing is left to erase");
    assert_eq!(leaves(world.service.logged(one).await.unwrap()), before, "every proof stays");
    assert_eq!(world.service.logged(two).await.unwrap(), theirs, "another's stays");
    for mut it in world.service.history(one).await.unwrap() {
        assert!(it.event.fact.privates_mut().iter().all(|it| it.text().is_none()));
    }
    let events: Vec<Event> =
        world.service.history(one).await.unwrap().into_iter().map(|it| it.event).collect();
    assert_eq!(head(&world, one).await.state, domain::state::fold(&events));
    let kept = world.table.scan(Scan::whole(subject_shard(one), 100)).await.unwrap();
    for entry in kept.entries {
        for text in ["Ada", "ada@", "Grace", "noon"] {
            let found = entry.value.windows(text.len()).any(|it| it == text.as_bytes());
            assert!(!found, "{text} is still in {}", entry.key);
        }
    }
    world.projector.catch_up().await.unwrap();
    let rebuilt = world.service.rebuild(|_| ()).await.unwrap();
    assert_eq!((rebuilt.heads_repaired, rebuilt.rows_written, rebuilt.rows_removed), (0, 0, 0));
}

#[tokio::test]
async fn what_its_file_does_not_hold_to_the_byte_stays_in_the_table() {
    for damage in 0..20 {
        let blobs: Arc<dyn Blobs> = Arc::new(ObjectBlobs::in_memory());
        let table: Arc<dyn Table> = Arc::new(Memory::default());
        let world = World::over(table, Arc::clone(&blobs), Arc::new(Counting::default()));
        let scene = scene(&world, 3).await;
        for package in &scene.packages {
            lives(&world, &scene, *package).await;
        }
        world.projector.catch_up().await.unwrap();
        world.it_is(DUE);
        into_files(&world).await;
        let folder = BlobName::new("history").unwrap();
        let name = blobs.list(Some(&folder), None, 10).await.unwrap().remove(0).name;
        let good = blobs.get(&name).await.unwrap();
        let mut bytes = good.to_vec();
        let place = bytes.len() * damage / 20;
        bytes[place] ^= 0x10;
        blobs.put(&name, bytes.into()).await.unwrap();
        let before = answers(&world, &scene.packages, &ASKED).await;
        let refused = Filed { due: 3, refused: 3, ..Filed::default() };
        assert_eq!(file(&world.service).await, refused, "byte {place}");
        assert_eq!(answers(&world, &scene.packages, &ASKED).await, before);
        blobs.put(&name, good).await.unwrap();
        assert_eq!(file(&world.service).await.events, 24);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_may_file_at_once_while_events_come_late() {
    for round in 0..8 {
        let world = World::on(Arc::new(Memory::default()));
        let scene = scene(&world, 6).await;
        for package in &scene.packages {
            lives(&world, &scene, *package).await;
        }
        world.projector.catch_up().await.unwrap();
        world.it_is(DUE);
        into_files(&world).await;
        let each: Vec<_> = (0..3)
            .map(|_| {
                let service = world.service.clone();
                tokio::spawn(async move { file(&service).await.events })
            })
            .collect();
        for package in &scene.packages {
            let subject = Subject::Package(*package);
            let late =
                draft(&format!("{package} {round}"), subject, 28, Fact::Note(Private::new("late")));
            world.record(vec![late.clone()]).await.unwrap();
            assert!(world.record(vec![late]).await.unwrap()[0].duplicate);
        }
        for one in each {
            one.await.unwrap();
        }
        world.projector.catch_up().await.unwrap();
        world.it_is(DUE + 24 + DAY / HOUR);
        into_files(&world).await;
        file(&world.service).await;
        for package in &scene.packages {
            let subject = Subject::Package(*package);
            assert_eq!(rows_of(&world, subject).await, 0);
            let all = world.service.logged(subject).await.unwrap();
            let seqs: Vec<u64> = all.iter().map(|it| it.recorded.seq).collect();
            assert_eq!(seqs, (1..=9).collect::<Vec<_>>());
        }
        assert_eq!(in_good_order(&world, &[], "several at once").await, 6 * 9 + 3);
    }
}
