//! A store is lost, and made again from its log and a backup: every state to the byte,
//! what was erased stays erased, and the log goes on where it was.

use std::{collections::BTreeMap, sync::Arc};

use audit::{
    log::Copying,
    verify::{Against, verify},
};
use blobs::ObjectBlobs;
use domain::{
    event::{Fact, Holder, IncidentReason, Proof},
    id::{AccessId, ContainerId, PackageId, PlaceId, Subject},
    leaf::entry::Access,
    position::LatLon,
    private::Private,
    record::{ExactPoint, PackageRecord, PlaceKind, PlaceRecord, Recipient, Record},
};
use service::{
    Error,
    backup::{Reader, Writer},
    keys::Row,
    people::NewUser,
    record::Attribution,
    restoring::{Erasures, Restored, Sources},
};
use table::{Fault, Faulty, Memory, Table};

use crate::{
    fixes::{after, send, tracker},
    logging::{in_good_order, key, sequencer, subjects},
    world::{Counting, World, at, draft, reference},
};

/// What the table holds of each subject: head, events and marks, to the byte.
type States = BTreeMap<Subject, Vec<(Vec<u8>, Vec<u8>)>>;

async fn states(world: &World) -> States {
    let mut all = States::new();
    for subject in subjects(world).await {
        let shard = Row::Head(subject).key().shard;
        let mut rows = Vec::new();
        for tag in [&b"h"[..], b"e", b"i"] {
            let scan = table::Scan::prefix(shard.clone(), tag, 1_000);
            let page = world.table.scan(scan).await.unwrap();
            assert!(page.rest.is_none());
            rows.extend(page.entries.into_iter().map(|it| (it.key.sort, it.value)));
        }
        all.insert(subject, rows);
    }
    all
}

async fn backup(world: &World) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new()).unwrap();
    world.service.back_up(&mut writer, |_| ()).await.unwrap();
    let bytes = writer.finish().unwrap();
    Reader::new(&bytes[..]).unwrap().check().unwrap();
    bytes
}

fn elsewhere(table: Arc<dyn Table>) -> World {
    let blobs = Arc::new(ObjectBlobs::in_memory());
    World::over(table, blobs, Arc::new(Counting::from(1 << 50)))
}

/// Makes a world's store again in another one.
async fn restore(from: &World, backup: Option<&[u8]>, to: &World) -> service::Result<Restored> {
    restore_with(from, backup, to, Erasures::default()).await
}

async fn restore_with(
    from: &World,
    backup: Option<&[u8]>,
    to: &World,
    mut erasures: Erasures,
) -> service::Result<Restored> {
    to.clock_at(from.service_now());
    let (source, files) = (from.service.log_files(), to.service.log_files());
    let key = key();
    let copying = Copying { from: &source, to: &files };
    let against = Against { key: key.public(), since: None };
    let mut each = |_, entry: &[u8]| erasures.take(entry);
    let report = verify(&copying, against, &mut each).await.unwrap();
    assert_eq!(report.faults, []);
    let note = String::from_utf8(source.read("checkpoint").await.unwrap().unwrap().into()).unwrap();
    to.service.begin_restoring(&note).await?;
    if let Some(backup) = backup {
        to.service.restore_backup(&mut Reader::new(backup).unwrap()).await?;
    }
    let blobs = Some(Arc::clone(&from.blobs));
    let sources = Sources { note: &note, key: key.public(), erasures: &erasures, blobs };
    to.service.restore(sources, |_| ()).await
}

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ mixed >> 31) % end as u64) as usize
    }
}

fn text(random: &mut Random) -> Private {
    Private::new(["Ada", "at the gate", "call first", "Grüße"][random.below(4)])
}

fn home(number: usize) -> (PlaceId, Record) {
    let point = LatLon::from_degrees(48.0, 11.0).unwrap();
    let record = Record::Place(PlaceRecord {
        kind: PlaceKind::Home,
        name: format!("Ada's house {number}"),
        at: point,
        radius_m: 5_000,
        ground: None,
        time_zone: None,
        country: Some("DE".to_owned()),
        code: None,
        floors: Vec::new(),
        address: Some(Private::new("7 Rose Lane")),
        exact: Some(ExactPoint::new(point, 30)),
    });
    (PlaceId::derive(&[b"home", &number.to_be_bytes()]), record)
}

/// Whom things happen to.
struct Cast {
    packages: Vec<PackageId>,
    trucks: Vec<ContainerId>,
    places: Vec<PlaceId>,
}

async fn cast(world: &World, random: &mut Random) -> Cast {
    let (home, record) = home(1);
    let registered = Fact::Registered(Box::new(record));
    world.say(Subject::Place(home), 0, registered).await.unwrap();
    let mut cast = Cast { packages: vec![], trucks: vec![], places: vec![home] };
    cast.places.push(world.place("Hub", 35.0, -90.0).await);
    for number in 0..3 {
        cast.trucks.push(world.truck(&format!("Truck {number}")).await);
        let recipient = Recipient {
            name: Some(text(random)),
            email: Some(Private::new("ada@company.example")),
            address: None,
        };
        let record = PackageRecord {
            description: Some("monitor".to_owned()),
            recipient: (random.below(3) != 0).then_some(recipient),
            destination: Some(home),
            ..PackageRecord::default()
        };
        cast.packages.push(world.package_with(&format!("1Z{number}"), record).await);
    }
    cast
}

/// Things happen, in no order; what may not is refused.
async fn much_happens(
    world: &World,
    cast: &Cast,
    random: &mut Random,
    (from, count): (i64, usize),
) {
    for step in 0..count {
        world.it_is(from + step as i64 / 4);
        let truck = random.below(4) == 0;
        let subject = if truck {
            Subject::Container(cast.trucks[random.below(3)])
        } else {
            Subject::Package(cast.packages[random.below(3)])
        };
        let place = cast.places[random.below(2)];
        let into = Holder::Container(cast.trucks[random.below(3)]);
        let said = world.service.history(subject).await.unwrap();
        let target = said[random.below(said.len())].event.id;
        let fact = match random.below(10) {
            0 => Fact::Scanned { place, floor: None },
            1 => Fact::Joined(into),
            2 => Fact::Left(into),
            3 => Fact::Note(text(random)),
            4 => Fact::Problem {
                reason: IncidentReason::ConsigneeNotHome,
                detail: Some(text(random)),
            },
            5 => Fact::Voided { target, why: Some(text(random)) },
            6 => Fact::Corrected { target, fact: Box::new(Fact::Note(text(random))) },
            7 => {
                let proof = Proof { received_by: Some(text(random)), ..Proof::default() };
                Fact::Delivered { place: Some(place), proof }
            }
            8 => Fact::Arrived { place },
            _ => {
                let references = Some(vec![reference("po", &format!("PO{}", random.below(9)))]);
                let set = PackageRecord { references, ..PackageRecord::default() };
                Fact::Amended { set: Box::new(Record::Package(set)), clear: Vec::new() }
            }
        };
        let name = format!("{from} {step}");
        let late = from - random.below(20) as i64;
        match world.record(vec![draft(&name, subject, late.max(1), fact)]).await {
            Ok(_) | Err(Error::Refused(_) | Error::Invalid(_)) => (),
            Err(other) => panic!("{other}"),
        }
    }
}

async fn add_person(world: &World, name: &str) {
    let by = Attribution { actor: "test".to_owned(), source: "test".to_owned() };
    let new = NewUser {
        name: name.to_owned(),
        permissions: [service::people::Permission::Admin].into_iter().collect(),
        ..NewUser::default()
    };
    world.service.people().create_user(&by, new).await.unwrap();
}

#[tokio::test]
async fn whatever_happened_every_state_is_what_it_was() {
    // A case is a whole world and its rebuilding: fewer do.
    let (seed, cases) = (depth::seed(), if depth::is_soak() { 400 } else { 8 });
    for case in 0..cases {
        let mut random = Random(seed.wrapping_add(case));
        let world = World::on(Arc::new(Memory::default()));
        let cast = cast(&world, &mut random).await;
        add_person(&world, "ada").await;
        let mut log = sequencer(&world);
        much_happens(&world, &cast, &mut random, (24, 60)).await;
        log.catch_up().await.unwrap();
        let by = Attribution { actor: "usr_admin".to_owned(), source: "api".to_owned() };
        let erased = Subject::Package(cast.packages[0]);
        world.service.erase(&by, erased).await.unwrap();
        much_happens(&world, &cast, &mut random, (60, 60)).await;
        log.catch_up().await.unwrap();
        world.projector.catch_up().await.unwrap();
        let (before, kept) = (states(&world).await, backup(&world).await);

        let again = elsewhere(Arc::new(Memory::default()));
        let done = restore(&world, Some(&kept), &again).await.unwrap();
        assert_eq!(states(&again).await, before, "case {case} of seed {seed}");
        assert_eq!((done.unlogged, done.contradicting, done.events_missing), (0, 0, 0));
        assert_eq!(again.service.unfinished_restoring().await.unwrap(), None);
        // Nothing is left to derive, nor to log, and the log goes on.
        let rebuilt = again.service.rebuild(|_| ()).await.unwrap();
        assert_eq!((rebuilt.heads_repaired, rebuilt.rows_written, rebuilt.rows_removed), (0, 0, 0));
        let mut goes_on = sequencer(&again);
        assert_eq!(goes_on.catch_up().await.unwrap(), 0);
        let size = in_good_order(&again, &[], "as it was").await;
        much_happens(&again, &cast, &mut random, (90, 20)).await;
        let appended = goes_on.catch_up().await.unwrap();
        assert_eq!(in_good_order(&again, &[], "it goes on").await, size + appended);
        let people = again.service.people().users("", None, 10).await.unwrap();
        assert_eq!(people.users.len(), 1);
    }
}

#[tokio::test]
async fn without_a_backup_personal_text_is_not_in_the_log() {
    let mut random = Random(7);
    let world = World::on(Arc::new(Memory::default()));
    let cast = cast(&world, &mut random).await;
    let package = Subject::Package(cast.packages[1]);
    world.say(package, 5, Fact::Note(Private::new("call first"))).await.unwrap();
    sequencer(&world).catch_up().await.unwrap();
    let again = elsewhere(Arc::new(Memory::default()));
    let done = restore(&world, None, &again).await.unwrap();
    assert!(done.texts == 0 && 2 <= done.texts_missing, "{done:?}");
    let history = again.service.history(package).await.unwrap();
    let note = history.iter().find_map(|it| match &it.event.fact {
        Fact::Note(text) => Some(text.shown()),
        _ => None,
    });
    assert_eq!(note, Some(Some("not in log")));
    let home = again.service.place(cast.places[0]).await.unwrap();
    assert_eq!((home.name.as_str(), home.exact.unwrap().get()), ("not in log", None));
    // What is told is the same, and whoever says it again says nothing new.
    let own = |it: &service::rows::Recorded| (it.seq, it.leaf());
    let before: Vec<_> = world.service.history(package).await.unwrap().iter().map(own).collect();
    assert_eq!(history.iter().map(own).collect::<Vec<_>>(), before);
    again.it_is(5);
    let said = again.say(package, 5, Fact::Note(Private::new("call first"))).await.unwrap();
    assert!(said.duplicate);
}

#[tokio::test]
async fn what_the_log_says_was_erased_stays_erased_whatever_the_backup_has() {
    let world = World::on(Arc::new(Memory::default()));
    let cast = cast(&world, &mut Random(3)).await;
    let package = Subject::Package(cast.packages[0]);
    world.say(package, 5, Fact::Note(Private::new("call first"))).await.unwrap();
    world.say(package, 9, Fact::Note(Private::new("later"))).await.unwrap();
    sequencer(&world).catch_up().await.unwrap();
    let kept = backup(&world).await;
    let erasure = Access {
        id: AccessId::from_bytes([1; 16]),
        at: at(6),
        kind: "personal_text_erased".to_owned(),
        actor: "usr_admin".to_owned(),
        source: "api".to_owned(),
        user: None,
        about: Some(package.to_string()),
        before: None,
        after: None,
    };
    let mut erasures = Erasures::default();
    erasures.take(&erasure.to_bytes());
    let again = elsewhere(Arc::new(Memory::default()));
    restore_with(&world, Some(&kept), &again, erasures).await.unwrap();
    let texts: Vec<Option<String>> = again
        .service
        .history(package)
        .await
        .unwrap()
        .iter()
        .filter_map(|it| match &it.event.fact {
            Fact::Note(text) => Some(text.shown().map(str::to_owned)),
            _ => None,
        })
        .collect();
    assert_eq!(texts, [None, Some("later".to_owned())]);
}

#[tokio::test]
async fn what_was_acknowledged_and_not_logged_is_in_the_backup_and_is_logged_then() {
    let world = World::on(Arc::new(Memory::default()));
    let cast = cast(&world, &mut Random(5)).await;
    sequencer(&world).catch_up().await.unwrap();
    let package = Subject::Package(cast.packages[0]);
    world.say(package, 5, Fact::Lost).await.unwrap();
    world.say(package, 6, Fact::Note(Private::new("found"))).await.unwrap();
    let new = world.package("1Z_NEW").await;
    let (kept, all) = (backup(&world).await, states(&world).await);
    let again = elsewhere(Arc::new(Memory::default()));
    let done = restore(&world, Some(&kept), &again).await.unwrap();
    assert_eq!((done.unlogged, done.contradicting), (3, 0));
    let events = |all: &States| {
        let tagged = |rows: &Vec<(Vec<u8>, Vec<u8>)>| {
            rows.iter().filter(|it| it.0[0] != b'i').cloned().collect::<Vec<_>>()
        };
        all.iter().map(|(of, rows)| (*of, tagged(rows))).collect::<BTreeMap<_, _>>()
    };
    assert_eq!(events(&states(&again).await), events(&all));
    assert_eq!(sequencer(&again).catch_up().await.unwrap(), 3);
    in_good_order(&again, &[], "what was missing is logged").await;
    assert_eq!(again.service.logged(Subject::Package(new)).await.unwrap().len(), 1);

    // A backup of another past contradicts the log, and nothing of it counts.
    let other = World::on(Arc::new(Memory::default()));
    let other_cast = self::cast(&other, &mut Random(5)).await;
    assert_eq!(other_cast.packages, cast.packages);
    other.say(package, 5, Fact::Cancelled).await.unwrap();
    other.say(package, 6, Fact::Note(Private::new("never"))).await.unwrap();
    let wrong = backup(&other).await;
    let again = elsewhere(Arc::new(Memory::default()));
    sequencer(&world).catch_up().await.unwrap();
    let done = restore(&world, Some(&wrong), &again).await.unwrap();
    assert!(2 <= done.contradicting && done.unlogged == 0, "{done:?}");
    let (found, wanted) = (states(&again).await, states(&world).await);
    let leaves = |all: &States| all.values().map(Vec::len).collect::<Vec<_>>();
    assert_eq!(leaves(&found), leaves(&wanted));
    in_good_order(&again, &[], "beside a wrong backup").await;
}

#[tokio::test]
async fn fixes_come_from_where_the_log_lay_and_what_is_nowhere_is_told() {
    let world = World::on(Arc::new(Memory::default()));
    let tag = tracker(&world, "tag").await;
    world.clock_at(after(1_300));
    for part in 0..4 {
        send(&world, tag, (part * 30..part * 30 + 30).map(|it| it * 10)).await;
    }
    world.projector.catch_up().await.unwrap();
    world.clock_at(after(2_000));
    while world.service.seal_fixes().await.unwrap().more {}
    send(&world, tag, (125..140).map(|it| it * 10)).await;
    world.projector.catch_up().await.unwrap();
    sequencer(&world).catch_up().await.unwrap();
    let kept = backup(&world).await;
    let heard = world.service.heard_of(tag).await.unwrap();
    for with in [Some(&kept[..]), None] {
        let again = elsewhere(Arc::new(Memory::default()));
        let done = restore(&world, with, &again).await.unwrap();
        assert_eq!((done.chunks, done.chunks_missing), (1, 0));
        let now = again.service.heard_of(tag).await.unwrap();
        // Without the backup, what no chunk keeps is lost.
        assert_eq!(now == heard, with.is_some());
        assert!(now.is_some());
        let rows = again.service.chunks().await.unwrap();
        assert_eq!(again.service.chunk(&rows[0]).await.unwrap().len(), 4);
    }
    let again = elsewhere(Arc::new(Memory::default()));
    for blob in world.blobs.list(None, None, 100).await.unwrap() {
        if blob.name.as_str().starts_with("fixes/") {
            world.blobs.delete(&blob.name).await.unwrap();
        }
    }
    let done = restore(&world, Some(&kept), &again).await.unwrap();
    assert_eq!((done.chunks, done.chunks_missing), (0, 1));
    assert_eq!(
        again.service.heard_of(tag).await.unwrap().map(|it| it.latest),
        heard.map(|it| it.latest)
    );
}

#[tokio::test]
async fn one_that_was_interrupted_goes_on_and_ends_the_same() {
    let mut random = Random(11);
    let world = World::on(Arc::new(Memory::default()));
    let cast = cast(&world, &mut random).await;
    much_happens(&world, &cast, &mut random, (24, 40)).await;
    sequencer(&world).catch_up().await.unwrap();
    let (before, kept) = (states(&world).await, backup(&world).await);
    let good = Arc::new(Faulty::new(Arc::new(Memory::default())));
    let again = elsewhere(good.clone());
    assert!(again.service.is_empty().await.unwrap());
    restore(&world, Some(&kept), &again).await.unwrap();
    assert!(!again.service.is_empty().await.unwrap());
    let writes = good.writes();
    let mut unfinished = 0;
    for nth in 1..=writes {
        let faulty = Arc::new(Faulty::new(Arc::new(Memory::default())));
        let again = elsewhere(faulty.clone());
        faulty.crash_at_write(nth, [Fault::BeforeApply, Fault::AfterApply][nth as usize % 2]);
        let failed = restore(&world, Some(&kept), &again).await.is_err();
        faulty.revive();
        // Somebody else starts, on the same table.
        let next =
            World::over(faulty.clone(), again.blobs.clone(), Arc::new(Counting::from(1 << 51)));
        let begun = next.service.unfinished_restoring().await.unwrap();
        unfinished += u32::from(begun.is_some());
        if begun.is_some() || next.service.is_empty().await.unwrap() {
            restore(&world, Some(&kept), &next).await.unwrap();
        }
        assert_eq!(states(&next).await, before, "write {nth} of {writes}, failed: {failed}");
        assert_eq!(next.service.unfinished_restoring().await.unwrap(), None);
    }
    assert!(10 < unfinished, "only {unfinished} of {writes} writes left something to go on with");
}
