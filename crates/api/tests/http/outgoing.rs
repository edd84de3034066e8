//! What others are told of events: documented by examples that are what is sent, and
//! without anything that not everybody may know.

use std::{collections::BTreeSet, env, fs};

use api::outgoing::{alarm, details};
use domain::{
    event::{Event, Fact, IncidentReason, Measurement, Proof},
    id::{ContainerId, EventId, PackageId, PlaceId, Subject},
    leaf::hex,
    money::{CostKind, CostLine, Money},
    position::{LatLon, Position},
    private::Private,
    record::{ExactPoint, PackageRecord, PlaceKind, PlaceRecord, Promise, Recipient, Record},
    time::Timestamp,
};
use serde_json::Value;
use service::{
    outgoing::{Alarm, AlarmKind, NewsKind, detail_type},
    rows::Recorded,
};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/events.md");
/// What follows in the document is written by the test.
const EXAMPLES: &str = "## Examples\n";

fn at(minute: i64) -> Timestamp {
    Timestamp::from_millis(1_772_355_600_000 + minute * 60_000).expect("a test's time")
}

fn place(tag: u8) -> PlaceId {
    PlaceId::from_bytes([tag; 16])
}

fn package() -> Subject {
    Subject::Package(PackageId::from_bytes([0x11; 16]))
}

fn recorded(number: u8, subject: Subject, fact: Fact) -> Recorded {
    let (happened_at, recorded_at) = (at(i64::from(number)), at(i64::from(number) + 1));
    let (id, seq) = (EventId::from_bytes([number; 16]), u64::from(number));
    let (actor, source) = ("usr_clerk".to_owned(), "api".to_owned());
    let event = Event { id, subject, happened_at, recorded_at, actor, source, fact };
    Recorded { event, seq, prev: (number > 1).then_some([7; 32]) }
}

fn record() -> PackageRecord {
    PackageRecord {
        description: Some("27-inch monitor".to_owned()),
        recipient: Some(Recipient {
            name: Some(Private::new("Ada Secret")),
            email: Some(Private::new("secret@example.org")),
            address: Some(Private::new("1 Secret Street")),
        }),
        carrier: Some("ups".to_owned()),
        destination: Some(place(0x33)),
        ..PackageRecord::default()
    }
}

fn cost() -> CostLine {
    let amount = Money { currency: "USD".parse().expect("a currency"), minor: 424_242 };
    CostLine {
        kind: CostKind::Freight,
        amount,
        source: "carrier:ups".to_owned(),
        id: "1".to_owned(),
    }
}

fn measured() -> Measurement {
    let at = LatLon::from_degrees(48.424_242, 9.424_242).expect("on Earth");
    let position = Position { at, height: None };
    let (radius_95_mm, vertical_95_mm, speed_mm_s, course_cdeg) = (None, None, None, None);
    Measurement { position, radius_95_mm, vertical_95_mm, speed_mm_s, course_cdeg }
}

/// One of every sort.
fn one_of_each() -> Vec<Recorded> {
    let proof = Proof {
        received_by: Some(Private::new("A. Secret")),
        left_at: Some("reception".to_owned()),
        ..Proof::default()
    };
    let promised = Promise { first: at(600), last: at(900) };
    let facts = [
        Fact::Registered(Box::new(Record::Package(record()))),
        Fact::PromiseChanged(promised),
        Fact::Arrived { place: place(0x22) },
        Fact::Delivered { place: Some(place(0x33)), proof },
        Fact::Problem {
            reason: IncidentReason::WeatherDelay,
            detail: Some(Private::new("a Secret detail")),
        },
        Fact::Returned { place: None },
        Fact::Cancelled,
        Fact::Voided {
            target: EventId::from_bytes([6; 16]),
            why: Some(Private::new("a Secret reason")),
        },
        Fact::CostAdded(cost()),
        Fact::Note(Private::new("a Secret note")),
    ];
    let each = (1..).zip(facts).map(|(number, fact)| recorded(number, package(), fact));
    each.collect()
}

fn raised() -> Alarm {
    let says = "12 wait for the log, the oldest for 16 min".to_owned();
    Alarm { kind: AlarmKind::Unlogged, since: at(0), over: false, says }
}

fn pretty(text: &str) -> String {
    let value: Value = serde_json::from_str(text).expect("JSON");
    serde_json::to_string_pretty(&value).expect("JSON again")
}

/// An event by itself: what it is called, and the detail that holds only it.
fn alone(recorded: &Recorded) -> (String, String) {
    let told = details(&[recorded]).remove(0);
    (told.detail_type, told.detail)
}

fn examples() -> String {
    let mut text = String::new();
    for recorded in one_of_each() {
        let (name, detail) = alone(&recorded);
        text += &format!("\n`{name}`\n\n```json\n{}\n```\n", pretty(&detail));
    }
    let (line, body) = alarm(&raised());
    text += &format!("\nAn alarm, with the subject `{line}`\n\n```json\n{}\n```\n", pretty(&body));
    text
}

#[test]
fn the_examples_in_the_document_are_what_is_sent() {
    let text = fs::read_to_string(DOCUMENT).expect("the document");
    let (said, shown) = text.split_once(EXAMPLES).expect("a heading");
    #[expect(clippy::disallowed_methods, reason = "how a person accepts other examples")]
    let bless = env::var("BLESS").is_ok();
    if bless {
        fs::write(DOCUMENT, format!("{said}{EXAMPLES}{}", examples())).expect("the document");
        return;
    }
    assert!(shown == examples(), "docs/events.md is not current: run the tests with BLESS=1");
    for topic in NewsKind::ALL {
        assert!(said.contains(&format!("| `{}` |", topic.word())), "{topic:?} is not explained");
    }
}

#[test]
fn there_is_an_example_of_every_sort() {
    let sorts: BTreeSet<NewsKind> =
        one_of_each().iter().map(|it| NewsKind::of(&it.event.fact)).collect();
    assert_eq!(sorts.len(), NewsKind::ALL.len());
    let names: BTreeSet<String> = one_of_each().iter().map(detail_type).collect();
    assert_eq!(names.len(), NewsKind::ALL.len());
}

#[test]
fn nothing_is_told_that_not_everybody_may_know() {
    let home = PlaceRecord {
        kind: PlaceKind::Home,
        name: "The Secret home".to_owned(),
        at: LatLon::from_degrees(48.1, 9.1).expect("on Earth"),
        radius_m: 5_000,
        ground: None,
        time_zone: None,
        country: None,
        code: None,
        floors: Vec::new(),
        address: Some(Private::new("1 Secret Street")),
        exact: Some(ExactPoint::new(
            LatLon::from_degrees(48.424_242, 9.424_242).expect("on Earth"),
            20,
        )),
    };
    let mut all = one_of_each();
    let home = Fact::Registered(Box::new(Record::Place(home)));
    all.push(recorded(1, Subject::Place(place(0x44)), home));
    all.push(recorded(2, package(), Fact::Positioned(measured())));
    let target = EventId::from_bytes([2; 16]);
    for fact in [Fact::Positioned(measured()), Fact::CostCredited(cost())] {
        all.push(recorded(3, package(), Fact::Corrected { target, fact: Box::new(fact) }));
    }
    for recorded in all {
        let (name, told) = alone(&recorded);
        for secret in ["Secret", "secret", "424242", "4242.42", "usr_clerk"] {
            assert!(!told.contains(secret), "{name}: {secret}: {told}");
        }
        let told: Value = serde_json::from_str(&told).expect("JSON");
        let detail = &told["events"][0];
        assert_eq!(detail["type"], name);
        assert_eq!(detail["id"], recorded.event.id.to_string());
        assert_eq!(detail["leaf_hash"], hex(&recorded.leaf_hash()));
    }
    let truck = Subject::Container(ContainerId::from_bytes([0x66; 16]));
    let left =
        recorded(2, truck, Fact::Departed { from: None, to: None, mode: None, expected_at: None });
    assert_eq!(alone(&left).0, "whereabouts.container.moved.v1");
}

#[test]
fn events_of_one_sort_are_told_together_as_long_as_they_fit() {
    let arrived = |number: u8| recorded(number, package(), Fact::Arrived { place: place(1) });
    let note = recorded(201, package(), Fact::Note(Private::new("a Secret note")));
    let mut all: Vec<Recorded> = (1..=200).map(arrived).collect();
    all.insert(100, note);
    let told = details(&all.iter().collect::<Vec<_>>());
    let types: Vec<&str> = told.iter().map(|it| it.detail_type.as_str()).collect();
    let moved = "whereabouts.package.moved.v1";
    let of_moved = types.iter().filter(|it| **it == moved).count();
    assert!((2..20).contains(&of_moved), "{types:?}");
    assert_eq!(types.len(), of_moved + 1, "the note by itself: {types:?}");
    let mut seen = BTreeSet::new();
    for some in &told {
        assert!(some.detail.len() <= 64 * 1024 - 1_000, "billed twice: {}", some.detail.len());
        let detail: Value = serde_json::from_str(&some.detail).expect("JSON");
        let events = detail["events"].as_array().expect("events");
        assert_eq!(events.len(), some.which.len());
        for (event, index) in events.iter().zip(&some.which) {
            assert_eq!(event["id"], all[*index].event.id.to_string());
            assert_eq!(event["type"], some.detail_type);
            assert!(seen.insert(*index), "told twice");
        }
    }
    assert_eq!(seen.len(), all.len(), "each is told");
}
