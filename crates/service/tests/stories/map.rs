//! What the map is made of: whatever happens in whatever order, every holder
//! counts what it holds, and the outermost are shown where they are.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use domain::{
    event::{Fact, Holder, Proof},
    fixes::Batch,
    geodesy::distance_m,
    holding::HolderId,
    id::{ContainerId, EventId, PackageId, PlaceId, Subject, TrackerId},
    map::{Counts, TileContent, TileId},
    mode::Mode,
    motion::Fix,
    position::{LatLon, Position},
    record::{PackageRecord, Record, TrackerRecord},
    state::State,
    whereabouts::DEPTH_MAX,
};
use proptest::prelude::*;
use service::{
    derive::membership, map::Narrow, outside::Clock, record::Attribution, rows::HolderRow,
};
use table::{Memory, Scan, Write};

use crate::world::{World, at, draft};

/// A small company: what may happen to what.
struct Company {
    world: World,
    packages: Vec<PackageId>,
    containers: Vec<ContainerId>,
    places: Vec<PlaceId>,
    said: Vec<(Subject, EventId)>,
    /// Containers that were in others, or at places that were merged: where they are
    /// rests on those as well, and is shown anew only with their own next fact.
    nested: BTreeSet<Subject>,
}

/// Something that happens: who, what, which, when.
type Step = (u8, u8, u8, u8);

impl Company {
    async fn new() -> Self {
        // On one engine: this is about what follows from changes, and fast.
        let world = World::on(Arc::new(Memory::default()));
        let mut company = Self {
            world,
            packages: vec![],
            containers: vec![],
            places: vec![],
            said: vec![],
            nested: BTreeSet::new(),
        };
        for (index, (lat, lon)) in [(50.0, 8.5), (51.5, 0.1), (35.0, -90.0)].into_iter().enumerate()
        {
            company.places.push(company.world.place(&format!("Hub {index}"), lat, lon).await);
        }
        for index in 0..4 {
            company.containers.push(company.world.truck(&format!("Truck {index}")).await);
        }
        for index in 0..6usize {
            let record = PackageRecord {
                origin: Some(company.places[index % 3]),
                destination: Some(company.places[(index + 1) % 3]),
                carrier: Some(["ups", "dhl"][index % 2].to_owned()),
                mode: [None, Some(Mode::Air), Some(Mode::Road)][index % 3],
                ..PackageRecord::default()
            };
            company.packages.push(company.world.package_with(&format!("1Z{index}"), record).await);
        }
        company
    }

    /// Says something; what is refused did not happen.
    async fn step(&mut self, count: usize, (what, which, other, hour): Step) {
        let package = self.packages[usize::from(which) % self.packages.len()];
        let container = self.containers[usize::from(other) % self.containers.len()];
        let place = self.places[usize::from(other) % self.places.len()];
        let outer = self.containers[usize::from(which) % self.containers.len()];
        let of_package = Subject::Package(package);
        let (subject, fact) = match what % 13 {
            0 | 1 => (of_package, Fact::Joined(Holder::Container(container))),
            2 => (of_package, Fact::Left(Holder::Container(container))),
            3 => (of_package, Fact::Scanned { place, floor: None }),
            4 => (of_package, departed(place)),
            5 => (of_package, Fact::Delivered { place: Some(place), proof: Proof::default() }),
            6 => (of_package, Fact::Arrived { place }),
            7 => (Subject::Container(outer), Fact::Joined(Holder::Container(container))),
            8 => (Subject::Container(outer), Fact::Left(Holder::Container(container))),
            9 => (Subject::Container(outer), departed(place)),
            10 => (Subject::Container(outer), Fact::Arrived { place }),
            11 => return self.merge(count, place, usize::from(which)).await,
            _ if self.said.is_empty() => return,
            _ => {
                let (subject, target) = self.said[usize::from(other) % self.said.len()];
                (subject, Fact::Voided { target, why: None })
            }
        };
        let hours = i64::from(hour % 48);
        if matches!((subject, &fact), (Subject::Container(_), Fact::Joined(_))) {
            self.nested.insert(subject);
        }
        let said = draft(&format!("step {count}"), subject, hours, fact);
        let id = said.id;
        if self.world.record(vec![said]).await.is_ok() {
            self.said.push((subject, id));
        }
    }

    /// A place is one with another from now on, or one of its own again; what is refused
    /// is not.
    async fn merge(&mut self, count: usize, place: PlaceId, which: usize) {
        let into = self.places[which % self.places.len()];
        let (id, by) = (EventId::derive(&[b"merge", &count.to_be_bytes()]), boss());
        let into = (into != place).then_some(into);
        if let Ok(Some(_)) = self.world.service.merge(&by, id, place, into).await {
            // As with those in others: what was seen there is shown anew with its next fact.
            self.nested.extend(self.containers.iter().map(|it| Subject::Container(*it)));
        }
    }

    async fn state(&self, subject: Subject) -> State {
        self.world.service.known(subject).await.unwrap().state
    }

    /// What holds a container by the rule, without asking the rows: of a cycle's
    /// joinings the last is ignored.
    async fn above(&self, container: ContainerId) -> Option<HolderId> {
        let mut joined = Vec::new();
        let mut link = container;
        for _ in 0..=2 * DEPTH_MAX {
            let state = self.state(Subject::Container(link)).await;
            joined.push((state.holder.map(|it| it.1), link));
            match membership(Subject::Container(link), &state).map(|it| it.0) {
                Some(HolderId::Container(next)) if next == container => {
                    let ignored = joined.iter().max().unwrap().1;
                    return (ignored != container).then(|| joined_by(&joined, container));
                }
                Some(HolderId::Container(next)) => link = next,
                _ => break,
            }
        }
        membership(Subject::Container(container), &self.state(Subject::Container(container)).await)
            .map(|it| it.0)
    }

    /// What a place was merged into.
    async fn place_above(&self, place: PlaceId) -> Option<HolderId> {
        self.state(Subject::Place(place)).await.merged.map(|it| HolderId::Place(it.0))
    }

    /// Every holder's counts, from the states of packages and containers alone.
    async fn counted_anew(&self) -> BTreeMap<HolderId, Counts> {
        let mut all: BTreeMap<HolderId, Counts> = BTreeMap::new();
        for package in &self.packages {
            let state = self.state(Subject::Package(*package)).await;
            let one = Counts::of_package(&state);
            let mut next = membership(Subject::Package(*package), &state).map(|it| it.0);
            while let Some(holder) = next {
                all.entry(holder).or_default().add(&one);
                next = match holder {
                    HolderId::Container(id) => self.above(id).await,
                    HolderId::Place(id) => self.place_above(id).await,
                    _ => None,
                };
            }
        }
        all
    }

    async fn rows(&self) -> BTreeMap<HolderId, HolderRow> {
        let mut rows = BTreeMap::new();
        for bucket in 0..service::keys::HOLDER_SHARDS {
            let shard = service::keys::holders_shard(bucket);
            let page = self.world.table.scan(Scan::whole(shard, 1_000)).await.unwrap();
            for entry in page.entries {
                let id = HolderId::from_bytes(&entry.key.sort).unwrap();
                rows.insert(id, minicbor::decode(&entry.value).unwrap());
            }
        }
        rows
    }

    /// The rows say what the states say.
    async fn check(&self) {
        let wanted = self.counted_anew().await;
        let rows = self.rows().await;
        for (holder, row) in &rows {
            let counts = wanted.get(holder).cloned().unwrap_or_default();
            assert_eq!(row.counts, counts, "{holder:?}");
            let inside = match holder {
                HolderId::Container(id) => self.above(*id).await.is_some(),
                HolderId::Place(id) => self.place_above(*id).await.is_some(),
                _ => false,
            };
            assert!(row.shown.is_none() || !inside && !counts.is_empty(), "{holder:?}");
            if !inside && !counts.is_empty() {
                self.check_place(*holder, row).await;
            }
        }
        assert!(wanted.keys().all(|it| rows.contains_key(it)), "a holder has no row");
    }

    /// What is shown is where the same question without a map says.
    async fn check_place(&self, holder: HolderId, row: &HolderRow) {
        let shown = row.shown.as_ref();
        if let HolderId::Place(id) = holder {
            let record = self.world.service.place(id).await.unwrap();
            let shown = shown.map(|it| it.path.points()[0].position);
            assert_eq!(shown, Some(record.at), "{holder:?}");
        }
        let HolderId::Container(id) = holder else {
            return assert!(shown.is_some(), "{holder:?} is not on the map");
        };
        let now = Clock::now(&*self.world.clock);
        let asked = self.world.service.whereabouts(Subject::Container(id), now, false).await;
        let known = asked.unwrap().filter(|_| !self.nested.contains(&Subject::Container(id)));
        let Some(asked) = known else { return };
        let shown = row.shown.as_ref().expect("what is somewhere is on the map");
        let off_m = distance_m(shown.path.at(now).0, asked.position);
        assert!(off_m < 1_000.0 + 0.05 * asked.radius_95_m, "{holder:?} is {off_m} m off");
    }
}

fn joined_by(
    joined: &[(Option<domain::time::Timestamp>, ContainerId)],
    of: ContainerId,
) -> HolderId {
    let next = joined.iter().position(|it| it.1 == of).unwrap() + 1;
    HolderId::Container(joined.get(next).map_or(of, |it| it.1))
}

fn boss() -> Attribution {
    Attribution { actor: "usr_boss".to_owned(), source: "api".to_owned() }
}

fn departed(to: PlaceId) -> Fact {
    Fact::Departed { from: None, to: Some(to), mode: None, expected_at: None }
}

proptest! {
    #![proptest_config(depth::of(300, 5_000))]

    #[test]
    fn after_anything_every_holder_counts_what_it_holds(
        steps in prop::collection::vec(any::<Step>(), 1..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(live_through(steps));
    }
}

async fn live_through(steps: Vec<Step>) {
    let mut company = Company::new().await;
    for (count, step) in steps.into_iter().enumerate() {
        company.step(count, step).await;
        if count % 3 == 0 {
            company.world.projector.catch_up().await.unwrap();
            company.check().await;
        }
    }
    company.world.projector.catch_up().await.unwrap();
    company.check().await;
    forget_rows(&company).await;
    company.world.service.rebuild(|_| ()).await.unwrap();
    company.check().await;
    company.world.projector.catch_up().await.unwrap();
    company.check().await;
}

/// Takes the map's rows away, all of them.
async fn forget_rows(company: &Company) {
    for holder in company.rows().await.into_keys() {
        let key = service::keys::Row::Holder(holder).key();
        company.world.table.write(vec![Write::delete(key, table::Guard::Any)]).await.unwrap();
    }
}

#[tokio::test]
async fn a_truck_leaves_with_what_it_carries() {
    let world = World::new();
    let (here, there) =
        (world.place("Frankfurt", 50.1, 8.6).await, world.place("Paris", 48.9, 2.3).await);
    let truck = world.truck("Truck 7").await;
    let record = PackageRecord { origin: Some(here), ..PackageRecord::default() };
    let package = world.package_with("1Z1", record).await;
    world.say(Subject::Container(truck), 1, Fact::Arrived { place: here }).await.unwrap();
    world.load(package, truck, 2).await.unwrap();
    let expected_at = Some(at(12));
    let leaving = Fact::Departed { from: Some(here), to: Some(there), mode: None, expected_at };
    world.say(Subject::Container(truck), 3, leaving).await.unwrap();
    world.projector.catch_up().await.unwrap();

    let row = world.service.holder(HolderId::Container(truck)).await.unwrap();
    let shown = row.shown.unwrap();
    assert_eq!((row.counts.packages(), shown.name.as_deref()), (1, Some("Truck 7")));
    assert!(!shown.path.is_resting(), "{shown:?}");
    let asked = world.service.whereabouts(Subject::Container(truck), at(9), false).await;
    let off_m = distance_m(shown.path.at(at(9)).0, asked.unwrap().unwrap().position);
    assert!(off_m < 5_000.0, "it is {off_m} m off");
    assert!(world.service.holder(HolderId::Place(here)).await.unwrap().counts.is_empty());
    let renamed = Record::Container(domain::record::ContainerRecord {
        kind: domain::record::ContainerKind::Truck,
        name: "Truck 8".to_owned(),
        references: vec![],
    });
    let fact = Fact::Amended { set: Box::new(renamed), clear: vec![] };
    world.say(Subject::Container(truck), 4, fact).await.unwrap();
    world.projector.catch_up().await.unwrap();
    let row = world.service.holder(HolderId::Container(truck)).await.unwrap();
    assert_eq!(row.shown.unwrap().name.as_deref(), Some("Truck 8"));
}

#[tokio::test]
async fn a_tile_shows_what_is_there_and_counts_what_it_cannot_show() {
    let world = World::on(Arc::new(Memory::default()));
    let mut count = 0;
    for row in 0..30 {
        for column in 0..30 {
            let name = format!("Shop {row}/{column}");
            let (lat, lon) = (48.0 + f64::from(row) / 10.0, 8.0 + f64::from(column) / 10.0);
            let origin = Some(world.place(&name, lat, lon).await);
            let carrier = Some(if row == 0 { "ups" } else { "dhl" }.to_owned());
            let record = PackageRecord { origin, carrier, ..PackageRecord::default() };
            world.package_with(&format!("1Z{row}x{column}"), record).await;
            count += 1;
        }
    }
    world.projector.catch_up().await.unwrap();
    assert_eq!(world.service.map_len().await.unwrap(), 900);
    let everywhere = TileId::new(0, 0, 0).unwrap();
    let tile = world.service.tile(everywhere, &Narrow::Open).await.unwrap();
    let all = |tile: &TileContent| {
        tile.clusters.iter().map(|it| it.packages).sum::<u32>()
            + tile.marks.iter().map(|it| it.packages).sum::<u32>()
    };
    assert_eq!(all(&tile.content), count);
    assert!(tile.content.clusters.len() < 20);
    let ups = Narrow::Carrier("ups".to_owned());
    let by_ups = world.service.tile(everywhere, &ups).await.unwrap();
    assert_eq!((by_ups.content.marks.len(), all(&by_ups.content)), (30, 30));

    // At every zoom the tiles of the next one show the same packages.
    let mut tiles = vec![everywhere];
    for zoom in 1..=9u8 {
        let inside = |it: &TileId| {
            let (x, y) = (2 * it.x(), 2 * it.y());
            [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)]
        };
        let (mut next, mut sum) = (Vec::new(), 0);
        for (x, y) in tiles.iter().flat_map(inside) {
            let id = TileId::new(zoom, x, y).unwrap();
            let packages = all(&world.service.tile(id, &Narrow::Open).await.unwrap().content);
            sum += packages;
            next.extend((packages != 0).then_some(id));
        }
        assert_eq!(sum, count, "zoom {zoom}");
        tiles = next;
    }
}

#[tokio::test]
async fn a_map_in_memory_follows_what_happens() {
    let world = World::new();
    let here = world.place("Frankfurt", 50.1, 8.6).await;
    let there = world.place("Paris", 48.9, 2.3).await;
    assert_eq!(world.service.map_len().await.unwrap(), 0);
    let record = PackageRecord { origin: Some(here), ..PackageRecord::default() };
    let package = world.package_with("1Z1", record).await;
    world.projector.catch_up().await.unwrap();
    let tile = async |lat: f64, lon: f64| {
        // A tile is good for a second.
        world.it_is(world_hours(&world) + 1);
        let at = LatLon::from_degrees(lat, lon).unwrap();
        world.service.tile(TileId::of(at, 8), &Narrow::Open).await.unwrap().content.marks.clone()
    };
    assert_eq!(tile(50.1, 8.6).await[0].id, HolderId::Place(here));
    world.say(Subject::Package(package), 3, Fact::Arrived { place: there }).await.unwrap();
    world.projector.catch_up().await.unwrap();
    assert!(tile(50.1, 8.6).await.is_empty());
    assert_eq!(tile(48.9, 2.3).await[0].id, HolderId::Place(there));
}

fn world_hours(world: &World) -> i64 {
    world.clock.now().since(at(0)) / domain::time::HOUR
}

#[tokio::test]
async fn a_lorry_that_goes_on_as_it_went_is_not_written_anew() {
    let world = World::on(Arc::new(Memory::default()));
    let lorry = world.truck("Lorry 5").await;
    let package = world.package("1Z1").await;
    world.load(package, lorry, 0).await.unwrap();
    let tag = TrackerId::derive(&[b"tag"]);
    let record = Record::Tracker(TrackerRecord { name: "Tag".to_owned(), person: false });
    let registered = Fact::Registered(Box::new(record));
    world.say(Subject::Tracker(tag), 0, registered).await.unwrap();
    world.say(Subject::Container(lorry), 0, Fact::TrackerAttached(tag)).await.unwrap();
    let mut versions = BTreeSet::new();
    // 25 m/s due north for five minutes, a fix every ten seconds.
    for step in 0..30 {
        let time = at(1).plus(step * 10_000);
        world.clock_at(time);
        let north = 48.0 + step as f64 * 250.0 / 111_200.0;
        let fix = Fix {
            at: time,
            position: Position { at: LatLon::from_degrees(north, 9.0).unwrap(), height: None },
            radius_95_mm: Some(8_000),
            vertical_95_mm: None,
            speed_mm_s: Some(25_000),
            course_cdeg: Some(0),
        };
        let by = Attribution { actor: "usr_gateway".to_owned(), source: "api".to_owned() };
        world.service.accept_fixes(&by, None, &Batch::of([(tag, fix)])).await.unwrap();
        world.projector.catch_up().await.unwrap();
        let shown = world.service.holder(HolderId::Container(lorry)).await.unwrap().shown.unwrap();
        let off_m = distance_m(shown.path.at(time).0, fix.position.at);
        assert!(off_m < 210.0, "{off_m} m off after {step} fixes");
        versions.insert(shown.path.points()[0].at);
    }
    assert!((2..=8).contains(&versions.len()), "written {} times", versions.len());
}
