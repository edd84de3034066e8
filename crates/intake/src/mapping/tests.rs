//! Mappings that are refused, and rows that become facts or reasons.

use domain::{
    event::{Fact, FactKind},
    id::{ClientId, EventId, PlaceId},
    mode::Mode,
    money::{CostKind, Currency},
    record::{PackageRecord, Record},
    time::Timestamp,
};

use super::*;

/// Four places, one of them in two minds.
struct Atlas;

impl PlaceFinder for Atlas {
    fn find(&self, question: Question<'_>) -> Found {
        let place = |key: &str, zone: &str| {
            Found::One(FoundPlace {
                key: key.to_owned(),
                name: question.text.to_owned(),
                time_zone: Some(zone.to_owned()),
            })
        };
        match (question.text, question.wording) {
            ("Lagos", _) => place("city:lagos", "Africa/Lagos"),
            ("New York", _) => place("city:nyc", "America/New_York"),
            ("Paris", _) => Found::Several(vec!["Paris, FR".into(), "Paris, TX, US".into()]),
            (text, Wording::FreeText) if text.contains("Oslo") => place("city:oslo", "Europe/Oslo"),
            _ => Found::None,
        }
    }
}

fn mapping(toml: &str) -> Arc<Mapping> {
    match Mapping::from_toml(toml) {
        Ok(mapping) => Arc::new(mapping),
        Err(errors) => panic!("{errors:?}"),
    }
}

fn mistakes(toml: &str) -> Vec<String> {
    match Mapping::from_toml(toml) {
        Ok(_) => panic!("it was taken"),
        Err(errors) => errors.iter().map(ToString::to_string).collect(),
    }
}

fn outcomes(toml: &str, table: &str) -> Vec<Outcome> {
    let mut import = Import::open(table.as_bytes(), mapping(toml)).unwrap();
    std::iter::from_fn(|| import.next(&Atlas).unwrap()).collect()
}

fn rows(toml: &str, table: &str) -> Vec<ParsedRow> {
    outcomes(toml, table).into_iter().map(|it| it.row.unwrap()).collect()
}

fn reasons(toml: &str, table: &str) -> Vec<String> {
    let errors = outcomes(toml, table).into_iter().filter_map(|it| it.row.err()).flatten();
    errors.map(|it| it.to_string()).collect()
}

fn record(row: &ParsedRow) -> &PackageRecord {
    match &row.drafts[0].fact {
        Fact::Registered(record) => match &**record {
            Record::Package(record) => record,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn facts(row: &ParsedRow, kind: FactKind) -> Vec<&Draft> {
    row.drafts.iter().filter(|it| it.fact.kind() == kind).collect()
}

fn notes(row: &ParsedRow) -> Vec<&str> {
    let text = |draft: &&Draft| match &draft.fact {
        Fact::Note(text) => text.text().unwrap().to_owned().leak() as &str,
        _ => unreachable!(),
    };
    facts(row, FactKind::Note).iter().map(text).collect()
}

fn at(text: &str) -> Timestamp {
    let at: jiff::Timestamp = text.parse().unwrap();
    Timestamp::from_millis(at.as_millisecond()).unwrap()
}

const PLAIN: &str = r#"
name = "plain"
key = ["id"]
registered_at = [{ column = "ordered", formats = ["%d/%m/%Y"] }]
"#;

fn plain(more: &str) -> String {
    format!("{PLAIN}{more}")
}

#[test]
fn mistakes_in_a_mapping_are_named_by_their_key() {
    let wrong = r#"
name = ""
key = ["id"]
time_zone = "Mars/Olympus"
registered_at = [{ column = "ordered", formats = ["%d/%m"] }]
[numbers]
decimal = ","
thousands = ","
[format]
encoding = "klingon"
delimiter = ";;"
[package]
description = { column = "a", value = "b" }
mode = { column = "how", map = { "Boat" = "ship" } }
declared_value = { column = "worth", currency = "dollars" }
weight = { column = "w", unit = "stone" }
destination = { template = "{City, {Country}" }
origin = { same_as = "destination" }
promised = { column = "p", time = "noon" }
[[cost]]
kind = "bribe"
column = "c"
currency = "USD"
[[cost]]
kind = "freight"
column = "d"
currency = "USD"
shared = "See .*"
shared_key = "other"
[[event]]
kind = "vanished"
at = { column = "e" }
[[event]]
kind = "scanned"
at = { column = "e" }
left_at = { column = "f" }
"#;
    let expected = [
        "time_zone: \"Mars/Olympus\" is no time zone",
        "name: 1 to 64 bytes",
        "format.encoding: \"klingon\"",
        "format.delimiter: \";;\"",
        "numbers.thousands: it must differ",
        "registered_at[0].formats[0]: \"%d/%m\" is no date format: it has no year",
        "package.description: exactly one of column, template and value",
        "package.origin.same_as: only the place of an event",
        "package.destination.template: a brace without its other half",
        "package.mode.map.\"Boat\": \"ship\" is no mode",
        "package.weight.unit: \"stone\"",
        "package.declared_value.currency: \"dollars\"",
        "package.promised.time: a time such as",
        "cost[0].kind: \"bribe\"",
        "cost[1].shared_key: rows are found by the mapping's key, \"id\"",
        "cost[1].shared: the pattern must have one group",
        "event[0].kind: \"vanished\"",
        "event[1].left_at: a scanned event has no left_at",
        "event[1].place: it is missing",
    ];
    let mut found = mistakes(wrong);
    for start in expected {
        let at = found.iter().position(|it| it.starts_with(start));
        found.remove(at.unwrap_or_else(|| panic!("no {start:?} among {found:#?}")));
    }
    assert_eq!(found, [""; 0]);
    let expected =
        "registered_at: a date is needed: since when a row's package exists, or an event";
    assert_eq!(mistakes("name = \"x\"\n"), [expected]);
}

#[test]
fn keys_nobody_knows_are_mistakes() {
    let found = mistakes(&plain("[package]\ndescripton = { column = \"a\" }\n"));
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("line 6 `descripton = "), "{found:?}");
    assert!(found[0].contains("unknown field `descripton`"), "{found:?}");
    assert!(mistakes("name = \"x\"\nname = \"y\"")[0].starts_with("line 2"));
    assert!(mistakes("key = [\"x\"]")[0].contains("missing field `name`"));
}

#[test]
fn columns_a_table_lacks_are_named_with_the_key_that_wants_them() {
    let toml = plain("[package]\ndescription = { column = \"Item name\" }\n");
    let Err(ImportError::Mapping(errors)) =
        Import::open("id,item,Ordered\n".as_bytes(), mapping(&toml))
    else {
        panic!("it was bound")
    };
    // "Ordered" differs from "ordered" in case alone, and is found.
    let expected = "package.description.column: the table has no column \"Item name\"; \
                    it has \"item\", \"id\", \"Ordered\"";
    assert_eq!(errors.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
    let twice = Import::open("id,ordered,id\n".as_bytes(), mapping(PLAIN)).err().unwrap();
    assert_eq!(twice.to_string(), "key: the table has more than one column \"id\"");
}

#[test]
fn the_same_key_gives_the_same_ids() {
    let parts: [&[u8]; 3] = [b"import", b"plain", b"7"];
    let table = "id,ordered\n7,1/2/2020\n8,1/2/2020\n";
    let first = rows(PLAIN, table);
    assert_eq!(first[0].package, PackageId::derive(&parts));
    let registered: [&[u8]; 4] = [b"import", b"plain", b"7", b"registered"];
    assert_eq!(first[0].drafts[0].id, EventId::derive(&registered));
    assert_eq!(first, rows(PLAIN, table));
    let changed = rows(PLAIN, "ordered,id\n2/2/2020,7\n");
    assert_eq!(changed[0].drafts[0].id, first[0].drafts[0].id);
    assert_ne!(changed[0].drafts[0], first[0].drafts[0]);
    let elsewhere = rows(&PLAIN.replace("\"plain\"", "\"other\""), table);
    assert_ne!(elsewhere[0].package, first[0].package);
}

#[test]
fn rows_without_a_key_are_told_apart_by_content_and_count() {
    let toml = PLAIN.replace("key = [\"id\"]\n", "");
    let first = rows(&toml, "what,ordered\na,1/2/2020\nb,1/2/2020\na,1/2/2020\n");
    assert_ne!(first[0].package, first[1].package);
    assert_ne!(first[0].package, first[2].package);
    // Another order of rows and columns, and spaces, change nothing.
    let again = rows(&toml, "ordered,what\n1/2/2020, b\n1/2/2020,a \n1/2/2020,a\n");
    let packages = |rows: &[ParsedRow], order: [usize; 3]| order.map(|it| rows[it].package);
    assert_eq!(packages(&again, [1, 0, 2]), packages(&first, [0, 1, 2]));
}

#[test]
fn an_empty_key_refuses_the_row() {
    let found = reasons(PLAIN, "id,ordered\n ,1/2/2020\n");
    assert_eq!(found, ["line 2, column \"id\": it tells the rows apart and must not be empty"]);
}

#[test]
fn every_field_is_read() {
    let toml = plain(
        r#"
[numbers]
thousands = ","
[package]
description = { template = "{what} ({colour})" }
client = { column = "client" }
recipient = { name = { column = "who" }, email = { column = "mail" } }
cost_centre = { value = "4711" }
order = { column = "order" }
origin = { column = "from", default = "New York" }
destination = { column = "to" }
carrier = { column = "carrier", map = { "Fed Ex" = "fedex" } }
service = { column = "service", none = ["standard"] }
mode = { column = "how", map = { "Truck" = "road", "?" = "none" } }
pieces = { column = "pieces" }
weight = { column = "lb", unit = "lb" }
dimensions = { length = "l", width = "w", height = "h", unit = "cm" }
declared_value = { column = "worth", currency_column = "cur", currency = "EUR" }
promised = { first = { column = "p1" }, last = { column = "p2", time_zone = "place" } }
[[reference]]
scheme = "carrier:fedex"
column = "number"
[[item]]
name = { column = "what" }
quantity = { column = "pieces" }
serial = { column = "serial" }
"#,
    );
    let table = "id,ordered,what,colour,client,who,mail,order,from,to,carrier,service,how,pieces,lb,\
                 l,w,h,worth,cur,p1,p2,number,serial\n\
                 1,1/2/2020,Lamp,red, Acme  GmbH ,Ada,ada@example.org,O-9,,Lagos,FED EX,Standard,\
                 truck,\"1,200\",2.5,10,20.5,3,99.9,,2020-02-03,2020-02-04,79 46,S1\n";
    let row = &rows(&toml, table)[0];
    let record = record(row);
    assert_eq!(record.description.as_deref(), Some("Lamp (red)"));
    let client = ClientId::derive(&[b"client", b"acme gmbh"]);
    assert_eq!(record.client, Some(client));
    assert_eq!(row.clients[0].as_ref(), &NamedClient { id: client, name: "Acme GmbH".into() });
    let recipient = record.recipient.as_ref().unwrap();
    assert_eq!(recipient.name.as_ref().unwrap().text(), Some("Ada"));
    assert_eq!(
        (record.cost_centre.as_deref(), record.order.as_deref()),
        (Some("4711"), Some("O-9"))
    );
    let place = |key: &str| Some(PlaceId::derive(&[b"gazetteer", key.as_bytes()]));
    assert_eq!((record.origin, record.destination), (place("city:nyc"), place("city:lagos")));
    assert_eq!((record.carrier.as_deref(), record.service.as_deref()), (Some("fedex"), None));
    assert_eq!(
        (record.mode, record.pieces, record.weight_g),
        (Some(Mode::Road), Some(1200), Some(1134))
    );
    assert_eq!(record.dimensions_mm, Some([100, 205, 30]));
    assert_eq!(record.declared_value.unwrap().to_string(), "99.90 EUR");
    let promised = record.promised.unwrap();
    assert_eq!(promised.first, at("2020-02-03T00:00:00Z"));
    assert_eq!(promised.last, at("2020-02-04T22:59:59.999Z"), "the end of the day in Lagos");
    let reference = &record.references.as_ref().unwrap()[0];
    assert_eq!((reference.scheme.as_str(), reference.value.as_str()), ("carrier:fedex", "79 46"));
    let item = &record.items.as_ref().unwrap()[0];
    assert_eq!((item.name.as_str(), item.quantity, item.serials.len()), ("Lamp", 1200, 1));
    let keys: Vec<&str> = row.places.iter().map(|it| it.key.as_str()).collect();
    assert_eq!(keys, ["city:nyc", "city:lagos"]);
}

#[test]
fn every_mistake_of_a_row_is_told_at_once() {
    let toml = plain(
        r#"
[package]
mode = { column = "how" }
pieces = { column = "pieces" }
weight = { column = "kg", unit = "kg" }
destination = { column = "to" }
origin = { column = "from" }
declared_value = { column = "worth", currency = "USD" }
"#,
    );
    let table = "id,ordered,how,pieces,kg,to,from,worth\n\
                 1,30/2/2020,Ship,1.5,heavy,Atlantis,Paris,-5\n";
    let expected = [
        "line 2, column \"from\": \"Paris\" may mean Paris, FR or Paris, TX, US",
        "line 2, column \"to\": \"Atlantis\" is no known place",
        "line 2, column \"how\": \"Ship\" is no mode (air, road, rail, sea) and the map lacks it",
        "line 2, column \"pieces\": \"1.5\": a whole number is expected",
        "line 2, column \"kg\": \"heavy\": not a number: digits with at most one '.' are expected",
        "line 2, column \"worth\": -5.00 USD is below zero",
        "line 2, column \"ordered\": \"30/2/2020\": the calendar has no such day",
    ];
    assert_eq!(reasons(&toml, table), expected);
    let found = reasons(PLAIN, "id,ordered\n1,2020-01-01\n2,1/1/1950\n3,\n");
    let expected = [
        "line 2, column \"ordered\": \"2020-01-01\" is no date like 31/12/2026",
        "line 3, column \"ordered\": \"1/1/1950\": it is outside the years 1970 to 2199",
        "line 4, column \"ordered\": no date says since when the package exists",
    ];
    assert_eq!(found, expected);
}

#[test]
fn words_for_nothing_are_nothing() {
    let toml = "none = [\"n/a\"]\n".to_owned()
        + &plain(
            "[package]\ndescription = { column = \"a\", none = [\"-\"], default = \"goods\" }\n",
        );
    let found = rows(&toml, "id,ordered,a\n1,1/2/2020,N/A\n2,1/2/2020,-\n3,1/2/2020, x \n");
    let texts: Vec<_> = found.iter().map(|it| record(it).description.as_deref().unwrap()).collect();
    assert_eq!(texts, ["goods", "goods", "x"]);
}

#[test]
fn words_that_are_no_value_but_say_why_are_kept() {
    let toml = "kept = [\"Not measured\"]\n".to_owned()
        + &plain("[package]\nweight = { column = \"kg\", unit = \"kg\" }\n");
    let found = rows(&toml, "id,ordered,kg\n1,1/2/2020,not measured\n2,1/2/2020,3\n");
    assert_eq!(notes(&found[0]), ["kg: not measured"]);
    assert_eq!((record(&found[0]).weight_g, record(&found[1]).weight_g), (None, Some(3_000)));
    assert!(notes(&found[1]).is_empty());
}

#[test]
fn templates_drop_what_joins_a_missing_column() {
    let toml = plain("[package]\ndescription = { template = \"<{a}, {b}/{c}>\" }\n");
    let found = rows(
        &toml,
        "id,ordered,a,b,c\n1,1/2/2020,A,B,C\n2,1/2/2020,,B,C\n3,1/2/2020,A,,C\n4,1/2/2020,A,,\n5,1/2/2020,,,\n",
    );
    let texts: Vec<_> = found.iter().map(|it| record(it).description.as_deref()).collect();
    assert_eq!(texts, [Some("<A, B/C>"), Some("B/C>"), Some("<A/C>"), Some("<A>"), None]);
}

const COSTS: &str = r#"
[package]
weight = { column = "kg", unit = "kg", shared = 'See (\d+)', words = ["Later"] }
[[cost]]
kind = "freight"
column = "freight"
currency = "USD"
shared = 'See (\d+)'
shared_key = "id"
words = ["Included"]
[[cost]]
kind = "refund"
column = "back"
currency = "USD"
credit = true
"#;

#[test]
fn a_cost_is_an_amount_or_shared_or_words() {
    let toml = plain(COSTS);
    let table = "id,ordered,kg,freight,back\n1,1/2/2020,5,12.5,-3\n2,1/2/2020,See 1,See 1,\n\
                 3,1/2/2020,later,INCLUDED,0\n";
    let found = rows(&toml, table);
    let Fact::CostAdded(line) = &facts(&found[0], FactKind::CostAdded)[0].fact else { panic!() };
    assert_eq!(
        (line.kind, line.amount.minor, line.id.as_str()),
        (CostKind::Freight, 1250, "freight")
    );
    let Fact::CostCredited(line) = &facts(&found[0], FactKind::CostCredited)[0].fact else {
        panic!()
    };
    assert_eq!(line.amount.to_string(), "3.00 USD");
    let shared = &facts(&found[1], FactKind::CostShared)[0].fact;
    assert_eq!(*shared, Fact::CostShared { kind: CostKind::Freight, with: found[0].package });
    assert_eq!(notes(&found[1]), ["kg: See 1"]);
    assert_eq!(record(&found[1]).weight_g, None);
    assert_eq!(notes(&found[2]), ["kg: later", "freight: INCLUDED"]);
    assert!(facts(&found[2], FactKind::CostAdded).is_empty());

    // Words where a price was: the same fact told otherwise, not another fact.
    let reworded = rows(&toml, "id,ordered,kg,freight,back\n1,1/2/2020,5,Included,\n");
    let before = facts(&found[0], FactKind::CostAdded)[0];
    assert_eq!(facts(&reworded[0], FactKind::Note)[0].id, before.id);

    let summary = parse_all(&mapping(&toml), &Atlas, table.as_bytes());
    let cost = |kind| summary.costs[&(kind, Currency::USD)];
    assert_eq!(cost(CostKind::Freight), CostSummary { lines: 1, minor: 1250 });
    assert_eq!(cost(CostKind::Refund), CostSummary { lines: 2, minor: -300 });
    assert_eq!((summary.shared_priced, summary.shared_unpriced, summary.weight_g), (1, 0, 5000));
}

#[test]
fn costs_that_are_neither_are_refused() {
    let table = "id,ordered,kg,freight,back\n1,1/2/2020,,-1,\n2,1/2/2020,,See 2,\n3,1/2/2020,,tba,\n4,1/2/2020,,1.005,\n";
    let expected = [
        "line 2, column \"freight\": -1.00 USD is below zero, which only a credit can be",
        "line 3, column \"freight\": it points at its own row",
        "line 4, column \"freight\": \"tba\": not a number: digits with at most one '.' are expected",
        "line 5, column \"freight\": \"1.005\": USD has 2 decimals, the amount has more",
    ];
    assert_eq!(reasons(&plain(COSTS), table), expected);
}

const EVENTS: &str = r#"
[package]
origin = { column = "from", unresolved = "note" }
destination = { column = "to", unresolved = "note" }
mode = { column = "how" }
[[event]]
kind = "picked_up"
at = { column = "picked" }
[[event]]
kind = "departed"
at = { column = "left", time_zone = "place" }
mode = { value = "air" }
expected_at = { column = "eta", time_zone = "place" }
[[event]]
kind = "arrived"
at = { column = "there", time_zone = "place" }
[[event]]
kind = "problem"
at = { column = "trouble" }
reason = { column = "why", map = { "rain" = "weather_delay" } }
detail = { column = "why" }
[[event]]
kind = "delivered"
at = { column = "done", time = "17:30", time_zone = "place" }
received_by = { column = "by" }
"#;
const EVENT_COLUMNS: &str = "id,ordered,from,to,how,picked,left,eta,there,trouble,why,done,by\n";

#[test]
fn events_happen_in_the_time_of_their_place() {
    let table = "1,5/2/2020,New York,Lagos,sea,2020-02-01,2020-02-01T20:00,2020-02-02T09:00,\
                 2020-02-02T10:00,2020-02-03,rain,2020-02-04,Ada\n";
    let row = &rows(&plain(EVENTS), &format!("{EVENT_COLUMNS}{table}"))[0];
    let record = record(row);
    let times: Vec<_> = row.drafts.iter().map(|it| (it.fact.kind(), it.happened_at)).collect();
    let expected = [
        // Ordered on the 5th, says the table; it moved before.
        (FactKind::Registered, at("2020-02-01T11:59:59.999Z")),
        (FactKind::PickedUp, at("2020-02-01T12:00:00Z")),
        (FactKind::Departed, at("2020-02-02T01:00:00Z")),
        (FactKind::Arrived, at("2020-02-02T09:00:00Z")),
        (FactKind::Problem, at("2020-02-03T12:00:00Z")),
        (FactKind::Delivered, at("2020-02-04T16:30:00Z")),
    ];
    assert_eq!(times, expected);
    let departed = Fact::Departed {
        from: record.origin,
        to: record.destination,
        mode: Some(Mode::Air),
        expected_at: Some(at("2020-02-02T08:00:00Z")),
    };
    assert_eq!(row.drafts[2].fact, departed);
    assert_eq!(row.drafts[3].fact, Fact::Arrived { place: record.destination.unwrap() });
    let Fact::Delivered { place: None, proof } = &row.drafts[5].fact else { panic!() };
    assert_eq!(proof.received_by.as_ref().unwrap().text(), Some("Ada"));
}

#[test]
fn events_of_one_day_keep_the_order_of_the_mapping() {
    let table = "1,1/2/2020,,Lagos,,2020-02-01,2020-02-01,,2020-02-01,,,,\n";
    let row = &rows(&plain(EVENTS), &format!("{EVENT_COLUMNS}{table}"))[0];
    let kinds: Vec<_> = {
        let mut drafts = row.drafts.clone();
        drafts.sort_by_key(|it| (it.happened_at, it.id));
        drafts.iter().map(|it| it.fact.kind()).collect()
    };
    // Noon comes first in Lagos, but nothing arrives before it has left.
    let expected =
        [FactKind::Registered, FactKind::PickedUp, FactKind::Departed, FactKind::Arrived];
    assert_eq!(kinds, expected);
}

#[test]
fn a_day_makes_room_for_stated_times() {
    let order = |table: &str| -> Vec<(FactKind, String)> {
        let row = &rows(&plain(EVENTS), &format!("{EVENT_COLUMNS}{table}"))[0];
        let time = |it: &Draft| {
            let at = jiff::Timestamp::from_millisecond(it.happened_at.millis()).unwrap();
            (it.fact.kind(), at.to_string())
        };
        row.drafts.iter().skip(1).map(time).collect()
    };
    // Picked up on a day, and gone by seven that morning.
    let found = order("1,1/1/2020,,Lagos,,2020-02-01,2020-02-01T07:00,,,,,,\n");
    let expected = [
        (FactKind::PickedUp, "2020-02-01T06:59:59.999Z".to_owned()),
        (FactKind::Departed, "2020-02-01T07:00:00Z".to_owned()),
    ];
    assert_eq!(found, expected);
    // Days that contradict the order of the mapping stay what they are.
    let found = order("1,1/1/2020,,Lagos,,2020-02-05,2020-02-01,,,,,,\n");
    let expected = [
        (FactKind::PickedUp, "2020-02-05T12:00:00Z".to_owned()),
        (FactKind::Departed, "2020-02-01T12:00:00Z".to_owned()),
    ];
    assert_eq!(found, expected);
    // Of two stated times that are equal the second is a millisecond later.
    let found = order("1,1/1/2020,,Lagos,,2020-02-01T07:00,2020-02-01T07:00,,,,,,\n");
    assert_eq!(found[1].1, "2020-02-01T07:00:00.001Z");
}

#[test]
fn places_nobody_knows_become_notes_where_the_mapping_says_so() {
    let table = "1,1/2/2020,Paris,Atlantis,,,,,2020-02-03,,,,\n";
    let row = &rows(&plain(EVENTS), &format!("{EVENT_COLUMNS}{table}"))[0];
    assert_eq!((record(row).origin, record(row).destination), (None, None));
    assert_eq!(notes(row), ["from: Paris", "to: Atlantis", "there: 2020-02-03"]);
    let found =
        reasons(&plain(EVENTS), &format!("{EVENT_COLUMNS}1,1/2/2020,,,,,,,2020-02-03,,,,\n"));
    assert_eq!(found, ["line 2, column \"there\": arrived where? No place is known"]);
    let found =
        reasons(&plain(EVENTS), &format!("{EVENT_COLUMNS}1,1/2/2020,,,,,,,,2020-02-03,fire,,\n"));
    assert_eq!(found, ["line 2, column \"why\": \"fire\" is no reason and the map lacks it"]);
}

#[test]
fn a_place_may_stand_in_a_longer_text() {
    let toml = plain("[package]\norigin = { column = \"a\", free_text = true }\n");
    let row = &rows(&toml, "id,ordered,a\n1,1/2/2020,\"Weifa, Oslo, Norway\"\n")[0];
    assert_eq!(row.places[0].key, "city:oslo");
    let found = reasons(&toml, "id,ordered,a\n1,1/2/2020,Weifa\n");
    assert_eq!(found, ["line 2, column \"a\": \"Weifa\" names no known place"]);
}

#[test]
fn an_answer_is_remembered_for_its_own_question() {
    let toml = plain(
        "[package]\norigin = { column = \"a\", free_text = true }\n\
         destination = { column = \"a\", unresolved = \"note\" }\n",
    );
    for row in &rows(&toml, "id,ordered,a\n1,1/2/2020,in Oslo\n2,1/2/2020,in Oslo\n") {
        assert!(record(row).origin.is_some(), "somewhere in the text");
        assert_eq!(record(row).destination, None, "not as the name of a place");
    }
}

#[test]
fn the_gazetteer_is_believed_only_when_nothing_speaks_against_it() {
    let ask = |text, wording| {
        let question = Question { text, wording, kind: None };
        match crate::gazetteer::Gazetteer::embedded().find(question) {
            Found::One(place) => place.name,
            Found::Several(_) => "several".to_owned(),
            Found::None => "none".to_owned(),
        }
    };
    for (text, expected) in [
        ("Hetero Unit III Hyderabad IN", "Hyderabad"),
        ("MSD, Haarlem, NL", "Haarlem"),
        ("Roche Madrid", "Madrid"),
        ("ABBVIE (Abbott) France", "France"),
        ("Plants at Mumbai and Pune, India", "India"),
        // South Africa to its writer, Saudi Arabia to the code list.
        ("Aspen-OSD, Port Elizabeth, SA", "several"),
        ("Alere Medical Co., Ltd.", "none"),
    ] {
        assert_eq!(ask(text, Wording::FreeText), expected, "{text}");
    }
    assert_eq!(ask("Congo, DRC", Wording::Name), "Democratic Republic of the Congo");
    assert_eq!(ask("Springfield", Wording::Name), "several");
}

#[test]
fn columns_and_templates_become_notes() {
    let toml = format!(
        "note_columns = [\"a\"]\n{PLAIN}[[note]]\nlabel = \"Both\"\ntemplate = \"{{b}} of {{a}}\"\n"
    );
    let row = &rows(&toml, "id,ordered,a,b\n1,1/2/2020,x,y\n")[0];
    assert_eq!(notes(row), ["Both: y of x", "a: x"]);
}

#[test]
fn objects_are_read_by_the_same_mapping() {
    let toml = plain("[package]\ndescription = { column = \"what.name\" }\n");
    let table = "{\"id\":1,\"ordered\":\"1/2/2020\",\"what\":{\"name\":\"Lamp\"}}\n{\"id\":2}\n";
    let found = outcomes(&toml, table);
    let row = found[0].row.as_ref().unwrap();
    assert_eq!(record(row).description.as_deref(), Some("Lamp"));
    let csv = rows(&toml, "what.name,id,ordered\nLamp,1,1/2/2020\n");
    assert_eq!(row.drafts, csv[0].drafts);
    assert!(found[1].row.is_err());
    let toml = plain("note_columns = [\"nowhere\"]\n");
    let toml = toml.replace("note_columns", "[package]\norder = { column = \"nowhere\" }\n#");
    let mut import = Import::open(table.as_bytes(), mapping(&toml)).unwrap();
    while import.next(&Atlas).unwrap().is_some() {}
    assert_eq!(import.columns_never_seen(), ["nowhere"]);
}

#[test]
fn long_texts_are_refused() {
    let toml = plain("[package]\norder = { column = \"a\" }\n");
    let found = reasons(&toml, &format!("id,ordered,a\n1,1/2/2020,{}\n", "x".repeat(257)));
    assert_eq!(found, ["line 2, column \"a\": longer than 256 bytes"]);
}

#[test]
fn a_summary_counts_what_it_cannot_list() {
    let table = format!("id,ordered\n{}", "1,never\n".repeat(1500));
    let summary = parse_all(&mapping(PLAIN), &Atlas, table.as_bytes());
    assert_eq!((summary.records, summary.rows, summary.rows_refused), (1500, 0, 1500));
    assert_eq!(summary.errors.len(), 1000);
    assert!(matches!(
        parse_all(&mapping(PLAIN), &Atlas, b"").refused,
        Some(ImportError::File(FileError::Empty))
    ));
}
