//! Random histories from a small world, so that facts meet: few ids, equal
//! times, clocks that run ahead, corrections of corrections, voids.

use domain::{
    event::{Event, Fact, Holder, IncidentReason, Measurement, Proof},
    id::{
        ClientId, ContainerId, EventId, PackageId, PhotoId, PlaceId, Subject, SubjectKind,
        TrackerId, UserId,
    },
    mode::Mode,
    money::{CostKind, CostLine, Currency, Money},
    position::{Datum, Height, LatLon, Position},
    private::Private,
    record::{
        ClientRecord, ContainerKind, ContainerRecord, ExactPoint, Floor, Item, PackageField,
        PackageRecord, PlaceKind, PlaceRecord, Promise, Recipient, Record, Reference,
        TrackerRecord,
    },
    time::{DAY, HOUR, Timestamp},
};
use proptest::{collection::vec, option, prelude::*, sample::select};

/// The start of every random history.
pub fn start() -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000).unwrap()
}

pub fn container_id(number: u8) -> ContainerId {
    ContainerId::from_bytes([number; 16])
}

pub fn place_id(number: u8) -> PlaceId {
    PlaceId::from_bytes([number; 16])
}

pub fn tracker_id(number: u8) -> TrackerId {
    TrackerId::from_bytes([number; 16])
}

pub fn package_id(number: u8) -> PackageId {
    PackageId::from_bytes([number; 16])
}

/// Places of a small world: two in one town, a home, a city, a country, the date
/// line, a pole.
pub fn places() -> Vec<(PlaceId, PlaceRecord)> {
    let spots: [(f64, f64, u32, PlaceKind); 8] = [
        (48.1372, 11.5756, 150, PlaceKind::Facility),
        (48.1380, 11.5770, 60, PlaceKind::Facility),
        (35.0424, -89.9767, 3_000, PlaceKind::Airport),
        (51.9500, 4.1400, 8_000, PlaceKind::Port),
        (-17.7, 178.0, 200, PlaceKind::Home),
        (-33.8688, 151.2093, 40_000, PlaceKind::City),
        (62.0, 15.0, 800_000, PlaceKind::Country),
        (-90.0, 0.0, 500, PlaceKind::Facility),
    ];
    let place = |(number, (lat, lon, radius_m, kind)): (usize, (f64, f64, u32, PlaceKind))| {
        let at = LatLon::from_degrees(lat, lon).unwrap();
        let home = kind == PlaceKind::Home;
        let record = PlaceRecord {
            kind,
            name: format!("Place {number}"),
            at,
            radius_m,
            ground: Height::from_metres(20.0 * number as f64, Datum::MeanSeaLevel, at).ok(),
            time_zone: None,
            country: None,
            code: None,
            floors: vec![Floor { name: "3".to_owned(), above_ground_mm: 9_000 }],
            address: None,
            exact: home.then(|| ExactPoint::new(LatLon::from_degrees(lat, -179.9).unwrap(), 50)),
        };
        (place_id(number as u8), record)
    };
    spots.into_iter().enumerate().map(place).collect()
}

/// A history of one package, each event once, in no particular order.
pub fn package_history() -> impl Strategy<Value = Vec<Event>> {
    history(Subject::Package(package_id(0)), package_fact().boxed(), 0..24)
}

/// A history of one container.
pub fn container_history(number: u8) -> impl Strategy<Value = Vec<Event>> {
    history(Subject::Container(container_id(number)), carried_fact().boxed(), 0..12)
}

/// Events of one subject. Ids are drawn at random, so equal times are ordered
/// either way; corrections and voids aim at events of the same history, at each
/// other, and at events that never come.
fn history(
    subject: Subject,
    fact: BoxedStrategy<Fact>,
    length: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<Event>> {
    let event = (any::<[u8; 16]>(), moment(), 0..4i64, fact, target(), any::<u8>());
    vec(event, length).prop_map(move |drawn| {
        let ids: Vec<EventId> = drawn.iter().map(|it| EventId::from_bytes(it.0)).collect();
        let event = |(id, happened_at, later, fact, target, aim): Drawn| {
            let target_id = match ids.len() {
                0 => None,
                _ if aim > 240 => Some(EventId::from_bytes([aim; 16])),
                count => Some(ids[aim as usize % count]),
            };
            let fact = match (target, target_id) {
                (Aim::Correct, Some(target)) => Fact::Corrected { target, fact: Box::new(fact) },
                (Aim::Void, Some(target)) => Fact::Voided { target, why: None },
                _ => fact,
            };
            Event {
                id: EventId::from_bytes(id),
                subject,
                happened_at,
                recorded_at: start().plus(later * 2 * HOUR),
                actor: actor(id[0]),
                source: "api".to_owned(),
                fact,
            }
        };
        let mut events: Vec<Event> = drawn.clone().into_iter().map(event).collect();
        let mut seen = std::collections::BTreeSet::new();
        events.retain(|it| seen.insert(it.id));
        events
    })
}

/// One of two people, or nobody who is one.
fn actor(number: u8) -> String {
    match number % 3 {
        0 => "demo".to_owned(),
        one => UserId::from_bytes([one; 16]).to_string(),
    }
}

type Drawn = ([u8; 16], Timestamp, i64, Fact, Aim, u8);

#[derive(Clone, Copy, Debug)]
enum Aim {
    State,
    Correct,
    Void,
}

fn target() -> impl Strategy<Value = Aim> {
    prop_oneof![8 => Just(Aim::State), 1 => Just(Aim::Correct), 1 => Just(Aim::Void)]
}

/// Few enough instants that many events share one; some two years ahead.
fn moment() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        12 => (0..12i64).prop_map(|hours| start().plus(hours * HOUR)),
        2 => (-9..9i64).prop_map(|days| start().plus(days * DAY)),
        1 => (0..3i64).prop_map(|hours| start().plus(730 * DAY + hours * HOUR)),
    ]
}

fn place() -> impl Strategy<Value = PlaceId> {
    // The ninth is unknown: facts may name places that no longer exist.
    (0..9u8).prop_map(place_id)
}

fn mode() -> impl Strategy<Value = Option<Mode>> {
    option::of(select(Mode::ALL))
}

fn reason() -> impl Strategy<Value = IncidentReason> {
    select(IncidentReason::ALL)
}

/// Facts that packages and containers share.
fn carried_fact() -> impl Strategy<Value = Fact> {
    let holder = prop_oneof![
        4 => (0..4u8).prop_map(|it| Holder::Container(container_id(it))),
        1 => place().prop_map(Holder::Place),
    ];
    prop_oneof![
        2 => measurement().prop_map(Fact::Positioned),
        4 => (place(), option::of(select(&["3", "roof"][..])))
            .prop_map(|(place, floor)| Fact::Scanned { place, floor: floor.map(str::to_owned) }),
        3 => (option::of(place()), option::of(place()), mode(), option::of(moment())).prop_map(
            |(from, to, mode, expected_at)| Fact::Departed { from, to, mode, expected_at }
        ),
        2 => place().prop_map(|place| Fact::Arrived { place }),
        4 => holder.clone().prop_map(Fact::Joined),
        3 => holder.prop_map(Fact::Left),
        2 => (0..2u8).prop_map(|it| Fact::TrackerAttached(tracker_id(it))),
        1 => (0..2u8).prop_map(|it| Fact::TrackerDetached(tracker_id(it))),
        1 => (0..40u8).prop_map(|it| Fact::PhotoAdded(PhotoId::from_bytes([it; 16]))),
        1 => Just(Fact::Note(Private::new("fragile"))),
        1 => select(ContainerKind::ALL).prop_map(|kind| {
            Fact::Registered(Box::new(Record::Container(ContainerRecord {
                kind,
                name: "Truck 7".to_owned(),
                references: Vec::new(),
            })))
        }),
    ]
}

fn package_fact() -> impl Strategy<Value = Fact> {
    let record = package_record().prop_map(|it| Box::new(Record::Package(it))).boxed();
    prop_oneof![
        10 => carried_fact(),
        2 => record.clone().prop_map(Fact::Registered),
        2 => (record, vec(select(PackageField::ALL), 0..3))
            .prop_map(|(set, clear)| Fact::Amended { set, clear }),
        1 => option::of(place()).prop_map(|place| Fact::PickedUp { place }),
        1 => cost().prop_map(Fact::CostAdded),
        1 => cost().prop_map(Fact::CostCredited),
        1 => (select(CostKind::ALL), 0..3u8)
            .prop_map(|(kind, with)| Fact::CostShared { kind, with: package_id(with) }),
        1 => promise().prop_map(Fact::PromiseChanged),
        1 => reason().prop_map(|reason| Fact::Problem { reason, detail: None }),
        2 => Just(Fact::Solved { detail: None }),
        1 => (reason(), option::of(place())).prop_map(|(reason, place)| Fact::Held { reason, place }),
        1 => option::of(place()).prop_map(|from| Fact::OutForDelivery { from }),
        1 => place().prop_map(|place| Fact::ReadyToCollect { place }),
        1 => option::of(place()).prop_map(|place| Fact::Delivered {
            place,
            proof: Proof { received_by: Some(Private::new("Kim")), ..Proof::default() },
        }),
        1 => (option::of(reason()), option::of(place()))
            .prop_map(|(reason, to)| Fact::Returning { reason, to }),
        1 => option::of(place()).prop_map(|place| Fact::Returned { place }),
        1 => Just(Fact::Lost),
        1 => Just(Fact::Cancelled),
    ]
}

fn measurement() -> impl Strategy<Value = Measurement> {
    let spot = (-900_000_000..=900_000_000i32, -1_800_000_000..1_800_000_000i32);
    let near = (481_000_000..482_000_000i32, 115_000_000..116_000_000i32);
    let extras = (
        option::of(0..5_000_000u32),
        option::of(-1_000_000..100_000_000i32),
        option::of(0..400_000u32),
        option::of(0..36_000u16),
    );
    (prop_oneof![spot, near], extras).prop_map(|((lat, lon), (radius, height, speed, course))| {
        let at = LatLon::from_e7(lat, lon).unwrap();
        let metres = |it: i32| f64::from(it) / 1000.0;
        Measurement {
            position: Position {
                at,
                height: height
                    .and_then(|it| Height::from_metres(metres(it), Datum::MeanSeaLevel, at).ok()),
            },
            radius_95_mm: radius,
            vertical_95_mm: radius,
            speed_mm_s: speed,
            course_cdeg: course,
        }
    })
}

fn promise() -> impl Strategy<Value = Promise> {
    (moment(), moment()).prop_map(|(first, last)| Promise { first, last })
}

fn cost() -> impl Strategy<Value = CostLine> {
    (select(CostKind::ALL), -500..500i64, 0..3u8).prop_map(|(kind, minor, id)| CostLine {
        kind,
        amount: Money { currency: Currency::USD, minor },
        source: "invoice".to_owned(),
        id: format!("line {id}"),
    })
}

fn package_record() -> impl Strategy<Value = PackageRecord> {
    let reference =
        (0..4u8).prop_map(|it| Reference { scheme: "po".to_owned(), value: format!("PO-{it}") });
    let ends = (option::of(place()), option::of(place()), mode());
    let rest = (option::of(vec(reference, 0..3)), option::of(promise()), any::<[bool; 5]>());
    (ends, rest).prop_map(|((origin, destination, mode), (references, promised, has))| {
        PackageRecord {
            description: has[0].then(|| "Laptop, 14 inch".to_owned()),
            items: has[1].then(|| {
                vec![Item {
                    name: "Laptop".to_owned(),
                    quantity: 2,
                    serials: vec!["SN-1".to_owned()],
                    value: None,
                }]
            }),
            client: has[2].then(|| ClientId::from_bytes([1; 16])),
            recipient: has[3].then(|| Recipient {
                name: Some(Private::new("Kim")),
                email: None,
                address: None,
            }),
            weight_g: has[4].then_some(2_000),
            origin,
            destination,
            mode,
            promised,
            references,
            ..PackageRecord::default()
        }
    })
}

/// One event of every kind of fact, each as full as it can be.
pub fn one_of_each() -> Vec<Event> {
    let at = LatLon::from_degrees(48.1372, 11.5756).unwrap();
    let height = Height::from_metres(520.5, Datum::Ellipsoid, at).ok();
    let salted = |text: &str| {
        let mut private = Private::new(text);
        private.set_salt([7; 16]);
        private
    };
    let cost = CostLine {
        kind: CostKind::Freight,
        amount: Money { currency: Currency::USD, minor: 1_250 },
        source: "invoice".to_owned(),
        id: "R-77/3".to_owned(),
    };
    let promise = Promise { first: start().plus(DAY), last: start().plus(2 * DAY) };
    let place = place_id(1);
    let facts = vec![
        Fact::Registered(Box::new(Record::Package(full_package(promise, salted)))),
        Fact::Amended {
            set: Box::new(Record::Package(PackageRecord {
                cost_centre: Some("4711".to_owned()),
                ..PackageRecord::default()
            })),
            clear: vec![PackageField::Order, PackageField::Weight],
        },
        Fact::Positioned(Measurement {
            position: Position { at, height },
            radius_95_mm: Some(12_500),
            vertical_95_mm: Some(20_000),
            speed_mm_s: Some(22_000),
            course_cdeg: Some(9_050),
        }),
        Fact::Scanned { place, floor: Some("3".to_owned()) },
        Fact::PickedUp { place: Some(place) },
        Fact::Departed {
            from: Some(place),
            to: Some(place_id(2)),
            mode: Some(Mode::Air),
            expected_at: Some(start().plus(9 * HOUR)),
        },
        Fact::Arrived { place },
        Fact::Joined(Holder::Container(container_id(3))),
        Fact::Left(Holder::Place(place)),
        Fact::TrackerAttached(tracker_id(4)),
        Fact::TrackerDetached(tracker_id(4)),
        Fact::CostAdded(cost.clone()),
        Fact::CostCredited(cost),
        Fact::CostShared { kind: CostKind::Duty, with: package_id(9) },
        Fact::PromiseChanged(promise),
        Fact::Problem { reason: IncidentReason::WeatherDelay, detail: Some(salted("snow")) },
        Fact::Held { reason: IncidentReason::CustomsInspection, place: Some(place) },
        Fact::OutForDelivery { from: Some(place) },
        Fact::ReadyToCollect { place },
        Fact::Delivered {
            place: Some(place),
            proof: Proof {
                received_by: Some(salted("Kim")),
                left_at: Some("reception".to_owned()),
                photo: Some(PhotoId::from_bytes([5; 16])),
                signature: Some(PhotoId::from_bytes([6; 16])),
            },
        },
        Fact::Returning { reason: Some(IncidentReason::ConsigneeRefused), to: Some(place) },
        Fact::Returned { place: Some(place) },
        Fact::Lost,
        Fact::Cancelled,
        Fact::PhotoAdded(PhotoId::from_bytes([5; 16])),
        Fact::Note(salted("leave at the gate")),
        Fact::Corrected {
            target: EventId::from_bytes([3; 16]),
            fact: Box::new(Fact::Arrived { place: place_id(2) }),
        },
        Fact::Voided { target: EventId::from_bytes([6; 16]), why: Some(salted("typed twice")) },
    ];
    let package = Subject::Package(package_id(1));
    let mut events: Vec<Event> = Vec::new();
    for (number, fact) in facts.into_iter().enumerate() {
        events.push(sample(number as u8, package, fact));
    }
    for (number, record) in other_records(salted).into_iter().enumerate() {
        let kind = record.kind();
        let subject = Subject::from_parts(kind, [number as u8; 16]);
        let fact = Fact::Registered(Box::new(record));
        let mut event = sample(200 + number as u8, subject, fact);
        if kind == SubjectKind::Place { "cli" } else { "import" }.clone_into(&mut event.source);
        events.push(event);
    }
    let place = Subject::Place(place_id(1));
    for (number, into) in [(220, Some(place_id(2))), (221, None)] {
        events.push(sample(number, place, Fact::Merged { into }));
    }
    let settled = Fact::Solved { detail: Some(salted("the carrier pays")) };
    events.push(sample(100, package, settled));
    // By somebody with an account: the package is theirs.
    let again = events[0].fact.clone();
    let corrected = Fact::Corrected { target: events[0].id, fact: Box::new(again) };
    let actor = UserId::from_bytes([0x75; 16]).to_string();
    events.push(Event { actor, ..sample(101, package, corrected) });
    events
}

fn sample(number: u8, subject: Subject, fact: Fact) -> Event {
    let happened_at = start().plus(i64::from(number) * HOUR);
    Event {
        id: EventId::from_bytes([number; 16]),
        subject,
        happened_at,
        recorded_at: happened_at.plus(1_234),
        actor: "usr_01".to_owned(),
        source: "api".to_owned(),
        fact,
    }
}

fn full_package(promise: Promise, salted: impl Fn(&str) -> Private) -> PackageRecord {
    PackageRecord {
        description: Some("Laptop \u{201c}14\u{201d}".to_owned()),
        items: Some(vec![Item {
            name: "Laptop".to_owned(),
            quantity: 1,
            serials: vec!["SN-0001".to_owned()],
            value: Some(Money { currency: Currency::USD, minor: 129_900 }),
        }]),
        client: Some(ClientId::from_bytes([1; 16])),
        recipient: Some(Recipient {
            name: Some(salted("Kim")),
            email: Some(salted("kim@example.com")),
            address: Some(salted("1 Main Street")),
        }),
        cost_centre: Some("4711".to_owned()),
        order: Some("O-1".to_owned()),
        origin: Some(place_id(1)),
        destination: Some(place_id(2)),
        carrier: Some("ups".to_owned()),
        service: Some("Express Saver".to_owned()),
        mode: Some(Mode::Air),
        pieces: Some(1),
        weight_g: Some(2_150),
        dimensions_mm: Some([400, 300, 100]),
        declared_value: Some(Money { currency: Currency::USD, minor: 129_900 }),
        promised: Some(promise),
        references: Some(vec![Reference {
            scheme: "carrier:ups".to_owned(),
            value: "1Z999AA10123456784".to_owned(),
        }]),
    }
}

fn other_records(salted: impl Fn(&str) -> Private) -> Vec<Record> {
    let at = LatLon::from_degrees(-33.8688, 151.2093).unwrap();
    vec![
        Record::Container(ContainerRecord {
            kind: ContainerKind::Aircraft,
            name: "Flight WB 401".to_owned(),
            references: vec![Reference { scheme: "tail".to_owned(), value: "D-ALFA".to_owned() }],
        }),
        Record::Place(PlaceRecord {
            kind: PlaceKind::Home,
            name: "Sydney".to_owned(),
            at,
            radius_m: 20_000,
            ground: Height::from_metres(58.0, Datum::Ellipsoid, at).ok(),
            time_zone: Some("Australia/Sydney".to_owned()),
            country: Some("AU".to_owned()),
            code: None,
            floors: vec![Floor { name: "mezzanine".to_owned(), above_ground_mm: 3_500 }],
            address: Some(salted("2 High Street")),
            exact: Some(ExactPoint::new(at, 25)),
        }),
        Record::Tracker(TrackerRecord { name: "Tag 12".to_owned(), person: true }),
        Record::Client(ClientRecord { name: "Acme".to_owned() }),
    ]
}
