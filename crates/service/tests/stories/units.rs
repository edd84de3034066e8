//! What an event costs, counted as DynamoDB charges it: at most 8 write units
//! on average for a custody event with everything derived when it happens to 25 packages
//! at once, and 2 more for each new number.

use std::sync::Arc;

use domain::{
    event::{Fact, Holder, IncidentReason, Measurement, Proof},
    id::{ClientId, PackageId, PhotoId, PlaceId, Subject},
    mode::Mode,
    money::{CostKind, CostLine, Money},
    position::{LatLon, Position},
    private::Private,
    record::{ClientRecord, Item, PackageRecord, Promise, Recipient, Record, Reference},
};
use service::record::Attribution;

use crate::world::{World, at, by, by_nobody, clerk, draft, reference};

/// For one custody event of a package as most are registered, on average over a
/// whole life.
const UNITS_MAX: u64 = 8;
/// For any single one: it changes the status, moves between holders, ends or
/// begins a need for attention and to be found as something exceptional at once.
const DEAREST_UNITS: u64 = 11;
/// The one that costs more, up to [`FULL_UNITS_MAX`]: it follows upon a measured position on an
/// open leg, with which a head knows most, and is just over 1 KB.
const DEARER: &str = "arrived";
/// For one of a package of which everything is known that can be: its head takes
/// two units, twice, because it is written together with the event.
const FULL_UNITS_MAX: u64 = 13;
/// How many packages live through the same at once.
pub const TOGETHER: u64 = 25;
/// For each number that a package gets: 2 to record it, 1 to find it by its end.
const REFERENCE_UNITS_MAX: u64 = 3;
/// For each word, number, client and name that a package is found by.
const POSTING_UNITS_MAX: u64 = 1;
/// What the projector's checkpoints cost: written once for thousands of changes
/// under load, they would here be counted for each event alone.
const CHECKPOINT_UNITS: u64 = 1;

fn usd(minor: i64) -> Money {
    Money { currency: "USD".parse().expect("a currency"), minor }
}

/// As long as what the delivery history of the Supply Chain Management System
/// says of an order line, and with somebody to bring it to.
pub fn full_record(from: PlaceId, to: PlaceId, client: ClientId) -> PackageRecord {
    let item = |name: &str, minor| Item {
        name: name.to_owned(),
        quantity: 1_000,
        serials: vec!["SN-2026-0004711".to_owned(), "SN-2026-0004712".to_owned()],
        value: Some(usd(minor)),
    };
    PackageRecord {
        description: Some(
            "HIV, Reveal G3 Rapid HIV-1 Antibody Test, 30 Tests, for the clinics of the north"
                .to_owned(),
        ),
        items: Some(vec![
            item("HIV, Reveal G3 Rapid HIV-1 Antibody Test, 30 Tests", 55_100),
            item("Nevirapine 10mg/ml, oral suspension, Bottle, 240 ml", 620_000),
        ]),
        client: Some(client),
        recipient: Some(Recipient {
            name: Some(Private::new("Ada Adjoua Kouassi-Young")),
            email: Some(Private::new("ada.kouassi-young@company.example")),
            address: Some(Private::new("12 Rue des Jardins, Cocody, 01 BP 1234, Abidjan 01")),
        }),
        cost_centre: Some("CC-4711-health".to_owned()),
        order: Some("SCMS-259880".to_owned()),
        origin: Some(from),
        destination: Some(to),
        carrier: Some("ups".to_owned()),
        service: Some("Express Saver".to_owned()),
        mode: Some(Mode::Air),
        pieces: Some(12),
        weight_g: Some(13_250_000),
        dimensions_mm: Some([1_200, 800, 1_450]),
        declared_value: Some(usd(675_100)),
        promised: Some(Promise { first: at(100), last: at(124) }),
        references: None,
    }
}

fn numbers() -> Vec<Reference> {
    [
        ("carrier:ups", "1Z 999 AA1 01 2345 6784"),
        ("client_ref", "82743"),
        ("po", "SCMS-259880"),
        ("asn", "ASN-31750"),
        ("pq", "FPQ-15197"),
    ]
    .map(|(scheme, value)| reference(scheme, value))
    .to_vec()
}

fn cost(kind: CostKind, line: u32, minor: i64) -> CostLine {
    let id = format!("INV-2026-000{line}/{line}");
    CostLine { kind, amount: usd(minor), source: "carrier:ups".to_owned(), id }
}

/// One of each that a package may live through, in a sensible order, and a
/// second of those whose cost grows with what is known.
fn a_whole_life(world: &Places) -> Vec<Fact> {
    let Places { from, hub, to, trucks: [one, two], .. } = *world;
    let proof = Proof {
        received_by: Some(Private::new("A. Kouassi-Young, reception desk")),
        left_at: Some("reception".to_owned()),
        photo: Some(PhotoId::derive(&[b"photo"])),
        signature: Some(PhotoId::derive(&[b"signature"])),
    };
    vec![
        Fact::PickedUp { place: Some(from) },
        Fact::Joined(Holder::Container(one)),
        Fact::CostAdded(cost(CostKind::Freight, 1, 78_034)),
        Fact::CostAdded(cost(CostKind::Insurance, 2, 1_210)),
        Fact::Departed {
            from: Some(from),
            to: Some(hub),
            mode: Some(Mode::Road),
            expected_at: Some(at(40)),
        },
        Fact::Arrived { place: hub },
        // Out of one truck and into another: one row goes, one comes.
        Fact::Joined(Holder::Container(two)),
        Fact::Scanned { place: hub, floor: Some("mezzanine".to_owned()) },
        Fact::Left(Holder::Container(two)),
        Fact::Joined(Holder::Place(hub)),
        Fact::Held { reason: IncidentReason::CustomsInspection, place: Some(hub) },
        Fact::CostAdded(cost(CostKind::Duty, 3, 43_100)),
        Fact::CostAdded(cost(CostKind::Surcharge, 4, 1_500)),
        Fact::CostCredited(cost(CostKind::Refund, 5, 300)),
        Fact::CostShared { kind: CostKind::Freight, with: PackageId::derive(&[b"other"]) },
        Fact::PromiseChanged(Promise { first: at(120), last: at(144) }),
        Fact::Problem {
            reason: IncidentReason::CarrierDamagedParcel,
            detail: Some(Private::new("One carton is wet at a corner; the tests are dry.")),
        },
        Fact::Note(Private::new("Please call before you come: the gate is locked at noon.")),
        Fact::PhotoAdded(PhotoId::derive(&[b"wet corner"])),
        Fact::Departed { from: None, to: None, mode: None, expected_at: None },
        Fact::Lost,
        Fact::Positioned(Measurement {
            position: Position {
                at: LatLon::from_degrees(5.9, -1.2).expect("on Earth"),
                height: None,
            },
            radius_95_mm: Some(12_000),
            vertical_95_mm: Some(20_000),
            speed_mm_s: Some(22_000),
            course_cdeg: Some(27_000),
        }),
        Fact::Arrived { place: to },
        Fact::OutForDelivery { from: Some(to) },
        Fact::ReadyToCollect { place: to },
        Fact::Joined(Holder::Container(one)),
        Fact::Delivered { place: Some(to), proof },
        Fact::Returning { reason: Some(IncidentReason::ConsigneeRefused), to: Some(from) },
        Fact::Returned { place: Some(from) },
        Fact::Cancelled,
    ]
}

pub struct Places {
    pub from: PlaceId,
    pub hub: PlaceId,
    pub to: PlaceId,
    pub trucks: [domain::id::ContainerId; 2],
    client: ClientId,
}

pub async fn places(world: &World) -> Places {
    let client = ClientId::derive(&[b"100-CI-T01"]);
    let record = Record::Client(ClientRecord { name: "100-CI-T01".to_owned() });
    let registered = Fact::Registered(Box::new(record));
    world.say(Subject::Client(client), 0, registered).await.unwrap();
    Places {
        from: world.place("Frankfurt am Main", 50.11, 8.68).await,
        hub: world.place("Lagos hub", 6.58, 3.32).await,
        to: world.place("Abidjan", 5.32, -4.02).await,
        trucks: [world.truck("Truck 1").await, world.truck("Truck 2").await],
        client,
    }
}

/// Units of whatever was said since `before`, with everything derived from it.
async fn units_since(world: &World, before: table::Usage) -> u64 {
    world.projector.catch_up().await.unwrap();
    (world.table.usage() - before).write_units - CHECKPOINT_UNITS
}

pub async fn register(world: &World, id: PackageId, record: PackageRecord) -> u64 {
    register_as(world, &by(clerk()), id, record).await
}

async fn register_as(world: &World, by: &Attribution, id: PackageId, record: PackageRecord) -> u64 {
    let before = world.table.usage();
    let registered = Fact::Registered(Box::new(Record::Package(record)));
    world.say_as(by, Subject::Package(id), 1, registered).await.unwrap();
    units_since(world, before).await
}

/// As people register most things.
pub fn usual_record(full: &PackageRecord) -> PackageRecord {
    let items = full.items.as_ref().map(|it| vec![Item { serials: vec![], ..it[0].clone() }]);
    let recipient = full.recipient.clone().map(|it| Recipient { address: None, ..it });
    PackageRecord { items, recipient, references: Some(numbers()[..2].to_vec()), ..full.clone() }
}

/// Units for each event when [`TOGETHER`] packages live through the same life:
/// what happens to packages happens to many at once, and a holder's counts are
/// written once for all of them.
async fn life_of_many(record: PackageRecord) -> Vec<(String, u64)> {
    let world = World::on(Arc::new(table::Memory::default()));
    let places = places(&world).await;
    let ids: Vec<PackageId> = (0..TOGETHER).map(|it| PackageId::derive(&[&[it as u8]])).collect();
    for id in &ids {
        register(&world, *id, record_of(&places, &record)).await;
    }
    let mut units = Vec::new();
    for (hours, fact) in (2..).zip(a_whole_life(&places)) {
        let before = world.table.usage();
        let kind = fact.kind().to_string();
        for id in &ids {
            world.say(Subject::Package(*id), hours, fact.clone()).await.unwrap();
        }
        units.push((kind, units_since(&world, before).await.div_ceil(TOGETHER)));
    }
    units
}

pub fn record_of(places: &Places, record: &PackageRecord) -> PackageRecord {
    let Places { from, to, client, .. } = *places;
    let (origin, destination) = (Some(from), Some(to));
    PackageRecord { origin, destination, client: Some(client), ..record.clone() }
}

fn dear(units: &[(String, u64)], most: u64) -> Vec<&(String, u64)> {
    units.iter().filter(|it| most < it.1).collect()
}

#[tokio::test]
async fn no_custody_event_costs_more_than_eight_write_units() {
    let somewhere = PlaceId::derive(&[b"somewhere"]);
    let full = full_record(somewhere, somewhere, ClientId::derive(&[b"somebody"]));
    let usual = life_of_many(usual_record(&full)).await;
    let full = life_of_many(PackageRecord { references: Some(numbers()), ..full }).await;
    println!("usual {usual:?}\nfull {full:?}");
    let mean = usual.iter().map(|it| it.1).sum::<u64>() as f64 / usual.len() as f64;
    assert!(mean <= UNITS_MAX as f64, "{mean} units for one of all");
    let dearer: Vec<_> = dear(&usual, DEAREST_UNITS).into_iter().map(|it| &it.0).collect();
    assert_eq!(dearer, [DEARER], "{usual:?}");
    assert!(dear(&usual, FULL_UNITS_MAX).is_empty(), "{:?}", dear(&usual, FULL_UNITS_MAX));
    assert!(dear(&full, FULL_UNITS_MAX).is_empty(), "{:?}", dear(&full, FULL_UNITS_MAX));

    let mut kinds: Vec<String> = usual.into_iter().map(|it| it.0).collect();
    kinds.sort();
    kinds.dedup();
    assert_eq!(kinds.len(), 22, "every fact people may say of a package in transit: {kinds:?}");
}

#[tokio::test]
async fn a_number_costs_two_write_units_more_and_one_to_be_found_by_its_end() {
    let world = World::on(Arc::new(table::Memory::default()));
    let places = places(&world).await;
    let record = full_record(places.from, places.to, places.client);
    // The first of a day and of a carrier makes rows that others share.
    register(&world, PackageId::derive(&[b"first"]), record.clone()).await;
    let without = register(&world, PackageId::derive(&[b"without"]), record.clone()).await;
    let all = numbers();
    let count = all.len() as u64;
    let with = PackageRecord { references: Some(all), ..record };
    let with = register(&world, PackageId::derive(&[b"with"]), with).await;
    let most = without + count * REFERENCE_UNITS_MAX;
    assert!(with <= most, "{count} numbers: {with} units, without {without}");
    assert!(2 * count < with - without, "{count} numbers: {with} units, without {without}");
}

#[tokio::test]
async fn being_found_costs_one_unit_for_each_word_and_once() {
    let world = World::on(Arc::new(table::Memory::default()));
    let places = places(&world).await;
    let record = full_record(places.from, places.to, places.client);
    register(&world, PackageId::derive(&[b"first"]), record.clone()).await;
    let bare = PackageRecord { carrier: record.carrier.clone(), ..PackageRecord::default() };
    let bare = register(&world, PackageId::derive(&[b"bare"]), bare).await;
    let full = register(&world, PackageId::derive(&[b"full"]), record.clone()).await;
    let findable = service::search::Findable::of(&record);
    let (words, personal, numbers) =
        (findable.words.len(), findable.personal.len(), findable.numbers.len());
    assert_eq!((words, personal, numbers), (17, 5, 3));
    // And one under the client; a head over 1 KB costs 2 more, its event 2.
    let postings = (words + personal + numbers + 1) as u64 * POSTING_UNITS_MAX;
    assert!(full <= bare + postings + 4, "{full} units, bare {bare}, {postings} postings");
}

#[tokio::test]
async fn to_be_found_by_who_registered_it_costs_one_unit_and_once() {
    let world = World::on(Arc::new(table::Memory::default()));
    let places = places(&world).await;
    let full = full_record(places.from, places.to, places.client);
    let record = record_of(&places, &usual_record(&full));
    register(&world, PackageId::derive(&[b"first"]), record.clone()).await;
    let (theirs, nobodys) = (PackageId::derive(&[b"one"]), PackageId::derive(&[b"two"]));
    let by_one = register_as(&world, &by(clerk()), theirs, record.clone()).await;
    let by_none = register_as(&world, &by_nobody("operator"), nobodys, record).await;
    assert_eq!(by_one, by_none + 1);
    let mut amended = Vec::new();
    for id in [theirs, nobodys] {
        let before = world.table.usage();
        let set = PackageRecord { service: Some("Saver".to_owned()), ..Default::default() };
        let set = Box::new(Record::Package(set));
        let fact = Fact::Amended { set, clear: Vec::new() };
        world.say(Subject::Package(id), 2, fact).await.unwrap();
        amended.push(units_since(&world, before).await);
    }
    assert_eq!(amended[0], amended[1], "what is amended has the same who registered it");
}

#[tokio::test]
async fn a_late_scan_costs_no_more_than_one_in_time() {
    let world = World::on(Arc::new(table::Memory::default()));
    let places = places(&world).await;
    let id = PackageId::derive(&[b"late"]);
    register(&world, id, full_record(places.from, places.to, places.client)).await;
    let subject = Subject::Package(id);
    world.say(subject, 20, Fact::Arrived { place: places.hub }).await.unwrap();
    world.projector.catch_up().await.unwrap();

    let before = world.table.usage();
    let late = draft("late", subject, 10, Fact::Scanned { place: places.from, floor: None });
    world.record(vec![late]).await.unwrap();
    let units = units_since(&world, before).await;
    // Alone, and with all that moves on the map for it.
    assert!(units <= UNITS_MAX + 4, "{units}");
}
