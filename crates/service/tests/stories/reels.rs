//! The map of any past instant: whatever happened, whenever we learned of it and
//! however it was sealed, it shows what `whereabouts` says of every single package.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    event::{Event, Fact, Holder, Proof},
    fixes::Batch,
    geodesy::distance_m,
    holding::{HolderId, Holding},
    id::{ContainerId, EventId, PackageId, PlaceId, Subject, TrackerId},
    map::{TileContent, TileId},
    mode::Mode,
    motion::Fix,
    position::{LatLon, Position},
    record::{PackageRecord, Record, TrackerRecord},
    reel::{Told, hour_of},
    route::{Medium, Route, route},
    state::{State, fold},
    time::{MINUTE, Timestamp},
    timeline::Timeline,
    whereabouts::{self, World as Facts},
};
use proptest::prelude::*;
use service::{Service, keys, map::Narrow, record::Attribution};
use table::{Guard, Memory, Scan, Write};

use crate::{
    fault::{Mishap, Store, cases},
    world::{Still, World, at, draft},
};

/// A small company with a past.
struct Company {
    world: World,
    packages: Vec<PackageId>,
    containers: Vec<ContainerId>,
    places: Vec<PlaceId>,
    trackers: Vec<TrackerId>,
    said: Vec<(Subject, EventId)>,
}

/// Something that happens: who, what, which, when.
type Step = (u8, u8, u8, u8);

/// Hours that a story lasts.
const HOURS: i64 = 72;

fn everywhere() -> TileId {
    TileId::new(0, 0, 0).unwrap()
}

impl Company {
    async fn new() -> Self {
        let world = World::on(Arc::new(Memory::default()));
        let (mut packages, mut containers, mut places) = (vec![], vec![], vec![]);
        for (index, (lat, lon)) in [(50.0, 8.5), (51.5, 0.1), (35.0, -90.0)].into_iter().enumerate()
        {
            places.push(world.place(&format!("Hub {index}"), lat, lon).await);
        }
        for index in 0..4 {
            containers.push(world.truck(&format!("Truck {index}")).await);
        }
        for index in 0..7usize {
            let record = PackageRecord {
                // The last one came from nobody knows where.
                origin: (index < 6).then(|| places[index % 3]),
                destination: Some(places[(index + 1) % 3]),
                carrier: Some(["ups", "dhl"][index % 2].to_owned()),
                mode: [None, Some(Mode::Air), Some(Mode::Road)][index % 3],
                ..PackageRecord::default()
            };
            packages.push(world.package_with(&format!("1Z{index}"), record).await);
        }
        let mut trackers = vec![];
        for index in 0..2 {
            trackers.push(tracker(&world, &format!("Tag {index}"), false).await);
        }
        Self { world, packages, containers, places, trackers, said: vec![] }
    }

    /// Says something that happened by then; what is refused did not happen.
    async fn step(&mut self, count: usize, (what, which, other, when): Step) {
        let package = self.packages[usize::from(which) % self.packages.len()];
        let container = self.containers[usize::from(other) % self.containers.len()];
        let place = self.places[usize::from(other) % self.places.len()];
        let outer = self.containers[usize::from(which) % self.containers.len()];
        let tag = self.trackers[usize::from(other) % self.trackers.len()];
        let (of_package, of_container) = (Subject::Package(package), Subject::Container(outer));
        // Now, or a while ago.
        let now = HOURS * count as i64 / 40;
        self.world.it_is(now);
        let hours = if when % 2 == 0 { now } else { i64::from(when) * now / 255 };
        let (subject, fact) = match what % 19 {
            // Where one is that came from nobody knows where is told by what it is in, and
            // where that is, if nobody said, by the package that came last.
            0 | 1 if package == self.packages[6] => return,
            0 | 1 => (of_package, Fact::Joined(Holder::Container(container))),
            2 => (of_package, Fact::Left(Holder::Container(container))),
            3 => (of_package, Fact::Scanned { place, floor: None }),
            4 => (of_package, departed(place)),
            5 => (of_package, Fact::Delivered { place: Some(place), proof: Proof::default() }),
            6 => (of_package, Fact::Arrived { place }),
            7 => (of_container, Fact::Joined(Holder::Container(container))),
            8 => (of_container, Fact::Left(Holder::Container(container))),
            9 => (of_container, departed(place)),
            10 => (of_container, Fact::Arrived { place }),
            11 => (of_container, Fact::Joined(Holder::Place(place))),
            12 => (of_package, Fact::TrackerAttached(tag)),
            13 => (of_container, Fact::TrackerAttached(tag)),
            14 => (of_package, Fact::TrackerDetached(tag)),
            15 => return self.measure(tag, hours, other).await,
            16 => return self.merge(count, place, usize::from(which)).await,
            _ if self.said.is_empty() => return,
            17 => {
                let (subject, target) = self.said[usize::from(other) % self.said.len()];
                let fact = Box::new(Fact::Arrived { place: self.places[0] });
                (subject, Fact::Corrected { target, fact })
            }
            _ => {
                let (subject, target) = self.said[usize::from(other) % self.said.len()];
                (subject, Fact::Voided { target, why: None })
            }
        };
        let said = draft(&format!("step {count}"), subject, hours, fact);
        let id = said.id;
        if self.world.record(vec![said]).await.is_ok() {
            self.said.push((subject, id));
        }
    }

    /// A place is one with another from now on, and was so always; or it never was.
    async fn merge(&self, count: usize, place: PlaceId, which: usize) {
        let into = self.places[which % self.places.len()];
        let (id, by) = (EventId::derive(&[b"merge", &count.to_be_bytes()]), gateway());
        let _ = self.world.service.merge(&by, id, place, (into != place).then_some(into)).await;
    }

    async fn measure(&self, tag: TrackerId, hours: i64, north: u8) {
        let fix = fix(at(hours), 45.0 + f64::from(north) / 50.0, 9.0);
        self.world.service.accept_fixes(&gateway(), None, &Batch::of([(tag, fix)])).await.unwrap();
        self.world.projector.catch_up().await.unwrap();
    }

    async fn events(&self, subject: Subject) -> Vec<Event> {
        let history = self.world.service.history(subject).await.unwrap();
        history.into_iter().map(|it| it.event).collect()
    }

    /// How many packages each outermost holder holds at an instant, asked of each
    /// package alone and without any derived row.
    async fn asked(&self, at: Timestamp) -> BTreeMap<HolderId, u32> {
        let find = |from, to, medium: Medium| -> Arc<Route> { Arc::new(route(from, to, medium)) };
        let mut facts = Facts::new(&find, false);
        let containers = self.containers.iter().map(|it| Subject::Container(*it));
        for subject in self.packages.iter().map(|it| Subject::Package(*it)).chain(containers) {
            facts.add_timeline(subject, Timeline::of(&self.events(subject).await));
        }
        let mut all = BTreeMap::new();
        for package in &self.packages {
            let subject = Subject::Package(*package);
            if self.world.service.whereabouts(subject, at, false).await.unwrap().is_some() {
                let outermost = *whereabouts::holders(&facts, subject, at).last().unwrap();
                let holder = match self.around(outermost, at).await {
                    HolderId::Place(id) => {
                        HolderId::Place(self.world.service.place_of(id).await.unwrap())
                    }
                    other => other,
                };
                *all.entry(holder).or_default() += 1;
            }
        }
        all
    }

    /// Where the end of a chain stands.
    async fn around(&self, outermost: Subject, at: Timestamp) -> HolderId {
        let events = self.events(outermost).await;
        let (state, record) = state_at(&events, at);
        match outermost {
            Subject::Container(id) => {
                let cut = Timeline::of(&events).membership_at(at).is_some();
                match Holding::of_container(&state) {
                    Holding::Place(place) if !cut => HolderId::Place(place),
                    _ => HolderId::Container(id),
                }
            }
            Subject::Package(id) => {
                let state = State { record, ..state };
                match Holding::of_package(&state) {
                    Holding::Place(place) => HolderId::Place(place),
                    Holding::Lane(lane) if lane.from.is_some() => HolderId::Lane(lane.id()),
                    _ => HolderId::Package(id),
                }
            }
            other => panic!("{other} holds nothing"),
        }
    }

    /// The past shows what was asked, at each of these instants.
    async fn check(&self, service: &Service, instants: &[Timestamp], what: &str) {
        for instant in instants {
            let tile = service.tile_at(everywhere(), &Narrow::All, *instant).await.unwrap();
            let shown = held(&tile.tile.content);
            assert_eq!(shown, self.asked(*instant).await, "{what}, at {instant:?}");
        }
        let told = service.activity(at(-24), at(HOURS + 2)).await.unwrap();
        let mut counted = vec![Some(0); told.turns.len()];
        let packages = self.packages.iter().map(|it| Subject::Package(*it));
        for child in packages.chain(self.containers.iter().map(|it| Subject::Container(*it))) {
            for (turned_at, _) in Told::by(child, &self.events(child).await).turns {
                let hour = hour_of(turned_at) - hour_of(at(-24));
                *counted[hour as usize].as_mut().unwrap() += 1;
            }
        }
        assert_eq!(told.turns, counted, "{what}: how much happened");
    }
}

fn held(content: &TileContent) -> BTreeMap<HolderId, u32> {
    assert!(content.clusters.is_empty(), "so few are shown one by one");
    content.marks.iter().map(|it| (it.id, it.packages)).collect()
}

/// The state and the record, as known today, by the facts until an instant.
fn state_at(events: &[Event], at: Timestamp) -> (State, Option<Record>) {
    let wrong: Vec<EventId> = events.iter().filter_map(|it| it.fact.target()).collect();
    let counts = |it: &&Event| it.effective_at() <= at && !wrong.contains(&it.id);
    let until: Vec<Event> = events.iter().filter(counts).cloned().collect();
    (fold(&until), fold(events).record)
}

fn departed(to: PlaceId) -> Fact {
    Fact::Departed { from: None, to: Some(to), mode: None, expected_at: None }
}

fn gateway() -> Attribution {
    Attribution { actor: "usr_gateway".to_owned(), source: "api".to_owned() }
}

fn fix(at: Timestamp, lat: f64, lon: f64) -> Fix {
    Fix {
        at,
        position: Position { at: LatLon::from_degrees(lat, lon).unwrap(), height: None },
        radius_95_mm: Some(8_000),
        vertical_95_mm: None,
        speed_mm_s: None,
        course_cdeg: None,
    }
}

async fn tracker(world: &World, name: &str, person: bool) -> TrackerId {
    let id = TrackerId::derive(&[name.as_bytes()]);
    let record = TrackerRecord { name: name.to_owned(), person };
    let fact = Fact::Registered(Box::new(Record::Tracker(record)));
    world.record(vec![draft(name, Subject::Tracker(id), 0, fact)]).await.unwrap();
    id
}

fn instants(minutes: &[u16]) -> Vec<Timestamp> {
    let minute = |it: &u16| at(-1).plus(i64::from(*it) * (HOURS + 2) / 64 * MINUTE / 16);
    minutes.iter().map(minute).collect()
}

/// Every row of the past.
async fn kept(world: &World) -> BTreeMap<(Vec<u8>, Vec<u8>), Vec<u8>> {
    let mut rows = BTreeMap::new();
    let days = (at(-24).millis() / domain::time::DAY) as u32;
    let mut shards = vec![keys::REEL_DAYS.to_vec(), keys::FRAMES.to_vec()];
    shards.extend((days..days + 10).map(keys::reels_shard));
    for shard in shards {
        let page = world.table.scan(Scan::whole(shard, 1_000)).await.unwrap();
        for it in page.entries {
            rows.insert((it.key.shard, it.key.sort), it.value);
        }
    }
    rows
}

async fn forget(world: &World) {
    for (shard, sort) in kept(world).await.into_keys() {
        let key = table::Key::new(shard, sort);
        world.table.write(vec![Write::delete(key, Guard::Any)]).await.unwrap();
    }
}

proptest! {
    #![proptest_config(depth::of(120, 2_000))]

    #[test]
    fn the_past_shows_what_whereabouts_says_of_every_package(
        steps in prop::collection::vec(any::<Step>(), 1..40),
        minutes in prop::collection::vec(0u16..64 * 16, 20),
        sealed in any::<u64>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(live_through(steps, &instants(&minutes), sealed));
    }
}

async fn live_through(steps: Vec<Step>, instants: &[Timestamp], sealed: u64) {
    let mut company = Company::new().await;
    let other = company.world.another();
    for (count, step) in steps.into_iter().enumerate() {
        company.step(count, step).await;
        if sealed >> (count % 64) & 1 == 1 {
            company.world.projector.catch_up().await.unwrap();
            let two = futures::future::join(company.world.service.sweep_past(), other.sweep_past());
            let (one, two) = two.await;
            one.unwrap();
            two.unwrap();
        }
    }
    company.world.it_is(HOURS + 2);
    company.world.projector.catch_up().await.unwrap();
    company.world.service.sweep_past().await.unwrap();
    company.check(&company.world.service, instants, "sealed as it happened").await;
    // Whoever comes anew finds what was kept.
    company.check(&company.world.another(), instants, "kept").await;
    forget(&company.world).await;
    company.world.service.rebuild(|_| ()).await.unwrap();
    company.check(&company.world.another(), instants, "rebuilt").await;
}

/// 500 packages go by lorry from one hub to another and on to a third.
async fn a_load(world: &World) -> (ContainerId, Vec<PackageId>, [PlaceId; 3]) {
    let hubs = [
        world.place("Frankfurt", 50.1, 8.6).await,
        world.place("Paris", 48.9, 2.3).await,
        world.place("Lyon", 45.7, 4.8).await,
    ];
    let lorry = world.truck("Lorry 5").await;
    let packages: Vec<PackageId> =
        (0..500u32).map(|it| PackageId::derive(&[b"load", &it.to_be_bytes()])).collect();
    let record = PackageRecord { origin: Some(hubs[0]), ..PackageRecord::default() };
    let registered = Fact::Registered(Box::new(Record::Package(record)));
    all(world, &packages, 1, &registered).await;
    all(world, &packages, 2, &Fact::Joined(Holder::Container(lorry))).await;
    world.say(Subject::Container(lorry), 2, Fact::Arrived { place: hubs[0] }).await.unwrap();
    world.say(Subject::Container(lorry), 3, departed(hubs[1])).await.unwrap();
    world.say(Subject::Container(lorry), 9, Fact::Arrived { place: hubs[1] }).await.unwrap();
    (lorry, packages, hubs)
}

/// All of them are said to have done something, in the words of one step.
async fn all(world: &World, packages: &[PackageId], hours: i64, fact: &Fact) {
    world.clock_at(at(hours).max(service::outside::Clock::now(&*world.clock)));
    for package in packages {
        let name = format!("{package} {hours} {fact:?}");
        let said = draft(&name, Subject::Package(*package), hours, fact.clone());
        world.record(vec![said]).await.unwrap();
    }
}

/// What the past shows at some instants.
async fn shown(service: &Service) -> Vec<TileContent> {
    let mut all = Vec::new();
    for hours in [0, 1, 2, 5, 10, 20, 30, 49] {
        let instant = at(hours).plus(30 * MINUTE);
        let tile = service.tile_at(everywhere(), &Narrow::All, instant).await.unwrap();
        all.push((*tile.tile.content).clone());
    }
    all
}

/// The load travels, is sealed, and then more becomes known, of the past as well.
async fn sealed_then_more(world: &World) {
    let (_, packages, hubs) = a_load(world).await;
    world.it_is(26);
    world.projector.catch_up().await.unwrap();
    world.service.sweep_past().await.unwrap();
    all(world, &packages[..150], 2, &Fact::PickedUp { place: None }).await;
    let proof = Fact::Delivered { place: Some(hubs[2]), proof: Proof::default() };
    all(world, &packages[100..], 27, &proof).await;
    world.it_is(50);
    world.projector.catch_up().await.unwrap();
}

#[tokio::test]
async fn whatever_fails_while_sealing_the_past_comes_out_the_same() {
    let good = World::with(Arc::new(Memory::default()), Arc::new(Still));
    sealed_then_more(&good).await;
    good.service.sweep_past().await.unwrap();
    let wanted = shown(&good.another()).await;
    assert!(wanted.iter().all(|it| !it.marks.is_empty() || it == &wanted[0]));
    let (table, blobs) = changes_of_a_sweep().await;
    assert!(8 < table && 1 < blobs, "{table} writes and {blobs} blobs");
    let by_table = cases(&Store::in_memory(), table).into_iter().map(|it| (it, false));
    let by_blobs = cases(&Store::in_memory(), blobs).into_iter().map(|it| (it, true));
    for ((nth, mishap), of_blobs) in by_table.chain(by_blobs) {
        let (world, table, blobs) = a_world_that_fails();
        sealed_then_more(&world).await;
        if of_blobs {
            plan(mishap, &blobs, nth);
        } else {
            mishap.plan(&table, nth);
        }
        let failed = world.service.sweep_past().await.is_err();
        table.revive();
        blobs.revive();
        let later = world.another();
        later.sweep_past().await.unwrap();
        let what = format!("{nth} {mishap:?} {of_blobs} {failed}");
        assert!(shown(&later).await == wanted, "{what}");
        assert!(shown(&world.another()).await == wanted, "{what}, read again");
    }
}

async fn changes_of_a_sweep() -> (u64, u64) {
    let (world, table, blobs) = a_world_that_fails();
    sealed_then_more(&world).await;
    let before = (table.writes(), blobs.changes());
    world.service.sweep_past().await.unwrap();
    (table.writes() - before.0, blobs.changes() - before.1)
}

fn a_world_that_fails() -> (World, Arc<table::Faulty>, Arc<blobs::Faulty>) {
    let table = Arc::new(table::Faulty::new(Arc::new(Memory::default())));
    let blobs = Arc::new(blobs::Faulty::new(Arc::new(blobs::ObjectBlobs::in_memory())));
    let world = World::over(table.clone(), blobs.clone(), Arc::new(Still));
    (world, table, blobs)
}

fn plan(mishap: Mishap, blobs: &blobs::Faulty, nth: u64) {
    match mishap {
        Mishap::Failed => blobs.fail_change(nth, blobs::Fault::BeforeApply),
        Mishap::AnswerLost => blobs.fail_change(nth, blobs::Fault::AfterApply),
        Mishap::CrashedBefore => blobs.crash_at_change(nth, blobs::Fault::BeforeApply),
        Mishap::CrashedAfter => blobs.crash_at_change(nth, blobs::Fault::AfterApply),
    }
}

#[tokio::test]
async fn what_comes_late_makes_again_only_what_it_changes() {
    let world = World::new();
    let here = world.place("Frankfurt", 50.1, 8.6).await;
    let there = world.place("Paris", 48.9, 2.3).await;
    let record = PackageRecord { origin: Some(here), ..PackageRecord::default() };
    let (one, other) =
        (world.package_with("1Z1", record.clone()).await, world.package_with("1Z2", record).await);
    for day in 1..8 {
        let place = if day % 2 == 0 { here } else { there };
        world.say(Subject::Package(other), 24 * day, Fact::Arrived { place }).await.unwrap();
        if day == 4 {
            world.say(Subject::Package(one), 97, Fact::Arrived { place: there }).await.unwrap();
        }
    }
    world.it_is(24 * 9);
    world.projector.catch_up().await.unwrap();
    world.service.sweep_past().await.unwrap();
    let before = kept(&world).await;
    // On the third day it was in Paris already.
    world.it_is(24 * 9 + 2);
    let late = Fact::Scanned { place: there, floor: None };
    world.record(vec![draft("late", Subject::Package(one), 50, late)]).await.unwrap();
    world.projector.catch_up().await.unwrap();
    world.service.sweep_past().await.unwrap();
    let after = kept(&world).await;
    let monday = (at(0).millis() / domain::time::DAY) as u32;
    let changed = |shard: &[u8]| -> Vec<u32> {
        let of = after.iter().filter(|(key, row)| key.0 == shard && before.get(*key) != Some(*row));
        of.map(|(key, _)| u32::from_be_bytes(key.1[..].try_into().unwrap()) - monday).collect()
    };
    // The frame after the day on which it came out the same was made again as well,
    // and since it is the same, none after it.
    assert_eq!(changed(keys::FRAMES), [2, 3, 4]);
    assert_eq!(changed(keys::REEL_DAYS), [2, 4]);
    for (hours, held_there) in [(49, 0), (51, 1), (70, 1), (73, 2), (100, 1)] {
        let tile = world.service.tile_at(everywhere(), &Narrow::All, at(hours)).await.unwrap();
        let held = held(&tile.tile.content);
        assert_eq!(held.get(&HolderId::Place(there)).copied().unwrap_or(0), held_there, "{hours}");
    }
}

#[tokio::test]
async fn one_tile_tells_a_whole_hour_of_a_lorrys_way() {
    let world = World::new();
    let (lorry, _, hubs) = a_load(&world).await;
    let tag = tracker(&world, "Tag", false).await;
    world.say(Subject::Container(lorry), 10, Fact::TrackerAttached(tag)).await.unwrap();
    world.it_is(26);
    world.projector.catch_up().await.unwrap();
    world.service.sweep_past().await.unwrap();
    let subject = Subject::Container(lorry);
    let check = async |service: &Service, hours: i64| {
        let tile = service.tile_at(everywhere(), &Narrow::Open, at(hours)).await.unwrap();
        assert!(tile.over);
        let mark = tile.tile.content.marks.iter().find(|it| it.id == HolderId::Container(lorry));
        let mark = mark.unwrap().clone();
        assert_eq!(mark.packages, 500);
        let path = domain::map::Path::along(mark.path).unwrap();
        for minutes in [0, 12, 31, 59] {
            let instant = at(hours).plus(minutes * MINUTE);
            let asked = world.service.whereabouts(subject, instant, false).await.unwrap().unwrap();
            let off_m = distance_m(path.at(instant).0, asked.position);
            assert!(off_m < 500.0, "{off_m} m off {minutes} min after {hours}");
        }
        path
    };
    assert!(!check(&world.service, 5).await.is_resting());
    check(&world.another(), 5).await;
    assert!(check(&world.service, 12).await.is_resting());
    // Somebody was too late to say that it went by another way.
    world.it_is(27);
    let said = Fact::Arrived { place: hubs[2] };
    world.record(vec![draft("other way", subject, 5, said)]).await.unwrap();
    // And its tracker had more to say of another hour.
    let far = fix(at(12).plus(30 * MINUTE), 47.0, 3.0);
    world.service.accept_fixes(&gateway(), None, &Batch::of([(tag, far)])).await.unwrap();
    world.projector.catch_up().await.unwrap();
    world.service.sweep_past().await.unwrap();
    world.it_is(28);
    for service in [&world.service, &world.another()] {
        check(service, 5).await;
        check(service, 4).await;
        let measured = check(service, 12).await.at(far.at).0;
        assert!(distance_m(measured, far.position.at) < 100.0);
        check(service, 11).await;
    }
}

#[tokio::test]
async fn what_travels_with_a_person_is_shown_coarsely() {
    let world = World::new();
    let lorry = world.truck("Lorry 5").await;
    let package = world.package("1Z1").await;
    world.load(package, lorry, 0).await.unwrap();
    let tag = tracker(&world, "Phone", true).await;
    world.say(Subject::Container(lorry), 0, Fact::TrackerAttached(tag)).await.unwrap();
    world.it_is(4);
    let step = |it: i64| (tag, fix(at(1).plus(it * MINUTE), 48.0 + it as f64 / 100.0, 9.0));
    let batch = Batch::of((0..60).map(step));
    world.service.accept_fixes(&gateway(), None, &batch).await.unwrap();
    world.projector.catch_up().await.unwrap();
    let instant = at(1).plus(30 * MINUTE);
    let tile = world.service.tile_at(everywhere(), &Narrow::All, instant).await.unwrap();
    let mark = &tile.tile.content.marks[0];
    assert_eq!((mark.id, mark.packages), (HolderId::Container(lorry), 1));
    assert_eq!(mark.path.len(), 1);
    assert!(15_000 <= mark.radius_95_m);
}

#[tokio::test]
async fn of_what_is_to_come_and_of_what_nobody_knows_there_is_no_map() {
    let world = World::new();
    let tile = world.service.tile_at(everywhere(), &Narrow::All, at(-5)).await.unwrap();
    assert_eq!(*tile.tile.content, TileContent::default());
    assert!(world.service.tile_at(everywhere(), &Narrow::All, at(5)).await.is_err());
    let here = world.place("Frankfurt", 50.1, 8.6).await;
    let record = PackageRecord { origin: Some(here), ..PackageRecord::default() };
    world.package_with("1Z1", record).await;
    world.it_is(5);
    world.projector.catch_up().await.unwrap();
    for (hours, marks) in [(-1, 0), (0, 1), (5, 1)] {
        let tile = world.service.tile_at(everywhere(), &Narrow::All, at(hours)).await.unwrap();
        assert_eq!(tile.tile.content.marks.len(), marks, "{hours}");
    }
}

#[tokio::test]
async fn a_container_is_where_what_it_holds_is_until_its_tracker_speaks() {
    let steps = vec![(0, 0, 0, 0), (234, 1, 143, 19), (49, 55, 35, 125), (249, 0, 1, 20)];
    let minutes: Vec<u16> = (820..860).collect();
    live_through(steps, &instants(&minutes), 0).await;
}
