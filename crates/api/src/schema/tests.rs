//! Mistakes in words, and the schemas they come from.

use serde_json::{Value, json};

use super::{components, read, refined};
use crate::wire::{event::Event, package::PackageInput};

fn faults(value: &Value) -> Vec<(String, &'static str, String)> {
    let found = read::<Event>(value, "/3").expect_err("something is wrong");
    found.into_iter().map(|it| (it.pointer, it.code, it.detail)).collect()
}

#[test]
fn only_the_kind_that_was_meant_is_explained() {
    let value = json!({ "kind": "departed", "happened_at": "2026-03-01T00:00:00Z", "mode": "bus", "speed": 1 });
    let mut found = faults(&value);
    found.sort();
    assert_eq!(
        found,
        [
            ("/3/mode".to_owned(), "unknown_word", "allowed: air, road, rail, sea".to_owned()),
            ("/3/speed".to_owned(), "unknown_field", "there is no such field here".to_owned()),
        ]
    );
}

#[test]
fn an_unknown_kind_is_answered_with_all_of_them() {
    let found = faults(&json!({ "kind": "beamed", "happened_at": "2026-03-01T00:00:00Z" }));
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].0.as_str(), found[0].1), ("/3/kind", "unknown_kind"));
    assert!(found[0].2.contains("scanned") && found[0].2.contains("voided"), "{}", found[0].2);
}

#[test]
fn nested_events_are_explained_too() {
    let inner = json!({ "kind": "scanned", "happened_at": "2026-03-01T00:00:00Z", "place": 7 });
    let value = json!({
        "kind": "corrected", "happened_at": "2026-03-01T00:00:00Z",
        "target": "evt_01ARZ3NDEKTSV4RRFFQ69G5FAV", "event": inner,
    });
    let found = faults(&value);
    assert_eq!(found[0].0, "/3/event/place");
    assert_eq!(found[0].2, "a number does not fit here");
}

#[test]
fn a_time_says_what_is_wrong_with_it() {
    let say = |text: &str| {
        let found = read::<PackageInput>(&json!({ "happened_at": text }), "").expect_err("wrong");
        assert_eq!(found[0].pointer, "/happened_at");
        found[0].detail.clone()
    };
    assert!(say("2026-03-01").contains("2026-03-01T09:12:00Z"));
    assert!(say("2300-01-01T00:00:00Z").contains("1970 to 2199"));
}

#[test]
fn mistakes_are_counted_up_to_a_bound() {
    let many: serde_json::Map<String, Value> =
        (0..5_000).map(|it| (format!("field{it}"), Value::Null)).collect();
    let found = read::<PackageInput>(&Value::Object(many), "").expect_err("wrong");
    assert_eq!(found.len(), super::FAULTS_MAX);
}

#[test]
fn whatever_a_schema_takes_can_be_read() {
    // Values at the edges of the schema: were one refused by serde, its mistake
    // would have no pointer.
    let cases = [
        json!({ "pieces": 1_000_000, "weight_kg": 0 }),
        json!({ "pieces": 2.0, "weight_kg": 1_000_000_000 }),
        json!({ "description": "\t\n", "items": [], "references": [] }),
        json!({ "recipient": {}, "client": null, "origin": null }),
        json!({ "happened_at": "2199-12-31T23:59:59Z" }),
    ];
    for value in cases {
        // Whole numbers come out of our parser as such.
        let value = crate::json::parse(value.to_string().as_bytes()).expect("JSON");
        assert!(read::<PackageInput>(&value, "").is_ok(), "{value}");
    }
}

#[test]
fn each_kind_of_event_has_a_schema_of_its_own() {
    let all = refined(components::<Event>());
    assert_eq!(all["Event"]["oneOf"].as_array().map(Vec::len), Some(30));
    let scanned = &all["EventScanned"];
    assert_eq!(scanned["additionalProperties"], false);
    for name in ["kind", "happened_at", "place"] {
        assert!(
            scanned["required"].as_array().is_some_and(|all| all.contains(&json!(name))),
            "{name}"
        );
    }
}
