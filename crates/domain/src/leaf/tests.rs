//! The bytes that are logged for ever.

use super::*;
use crate::{
    id::{PackageId, Subject},
    leaf::json::{Object, Value},
    record::{PackageRecord, Recipient},
    time::Timestamp,
};

fn text(value: Value) -> String {
    String::from_utf8(value.to_bytes()).unwrap()
}

fn event(fact: Fact) -> Event {
    Event {
        id: EventId::from_bytes([1; 16]),
        subject: Subject::Package(PackageId::from_bytes([2; 16])),
        happened_at: Timestamp::from_millis(1_790_553_600_000).unwrap(),
        recorded_at: Timestamp::from_millis(1_790_553_600_123).unwrap(),
        actor: "usr_1".to_owned(),
        source: "api".to_owned(),
        fact,
    }
}

#[test]
fn text_is_escaped_as_rfc_8785_says() {
    // The example of its section 3.2.2: only what must be escaped is, the short way.
    let value = Value::from("\u{20ac}$\u{f}\u{a}A'B\"\\\\\"/");
    assert_eq!(text(value), r#""€$\u000f\nA'B\"\\\\\"/""#);
    let controls: String = (0..0x20u8).map(char::from).collect();
    assert_eq!(
        text(Value::from(controls.as_str())),
        concat!(
            r#""\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f"#,
            r"\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c",
            r#"\u001d\u001e\u001f""#
        )
    );
    assert_eq!(text(Value::from("\u{7f}\u{2028}\u{1f600}")), "\"\u{7f}\u{2028}\u{1f600}\"");
}

#[test]
fn names_are_sorted_and_missing_ones_left_out() {
    let mut inner = Object::new();
    inner.set("b", true);
    let mut object = Object::new();
    object.set("peach", 1_i64);
    object.set("apple", Vec::new());
    object.set("missing", None::<i64>);
    object.set("Zebra", inner);
    assert_eq!(text(object.into()), r#"{"Zebra":{"b":true},"apple":[],"peach":1}"#);
    assert_eq!(text(Object::new().into()), "{}");
}

#[test]
fn integers_that_readers_would_round_are_text() {
    let large = 1_i64 << 53;
    assert_eq!(text(Value::from(large - 1)), "9007199254740991");
    assert_eq!(text(Value::from(1 - large)), "-9007199254740991");
    assert_eq!(text(Value::from(large)), r#""9007199254740992""#);
    assert_eq!(text(Value::from(i64::MIN)), r#""-9223372036854775808""#);
    assert_eq!(text(Value::from(u64::MAX)), r#""18446744073709551615""#);
}

#[test]
fn a_leaf_is_these_bytes_and_no_others() {
    let place = crate::id::PlaceId::from_bytes([3; 16]);
    let scan = event(Fact::Scanned { place, floor: Some("3".to_owned()) });
    let first = leaf(&scan, 1, None);
    let expected = concat!(
        r#"{"actor":"usr_1","fact":{"floor":"3","place":"plc_030C1G60R30C1G60R30C1G60R3"},"#,
        r#""happened_at":1790553600000,"id":"evt_01040G2081040G2081040G2081","#,
        r#""kind":"scanned","recorded_at":1790553600123,"seq":1,"source":"api","#,
        r#""subject":"pkg_02081040G2081040G2081040G2","v":1}"#
    );
    assert_eq!(String::from_utf8(first.clone()).unwrap(), expected);
    let second = String::from_utf8(leaf(&scan, 2, Some(leaf_hash(&first)))).unwrap();
    assert!(second.contains(&format!(r#""prev":"{}""#, hex(&leaf_hash(&first)))));
}

#[test]
fn the_hash_is_that_of_rfc_6962() {
    // The empty leaf of Certificate Transparency's own test vectors.
    let empty = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
    assert_eq!(hex(&leaf_hash(b"")), empty);
}

#[test]
fn a_leaf_stays_the_same_when_personal_text_is_erased() {
    let mut name = Private::new("Kim");
    name.set_salt([9; 16]);
    let mut note = Private::new("leave at the gate");
    note.set_salt([8; 16]);
    let recipient = Recipient { name: Some(name), email: None, address: None };
    let record = PackageRecord { recipient: Some(recipient), ..PackageRecord::default() };
    let registered = Fact::Registered(Box::new(Record::Package(record)));
    let corrected =
        Fact::Corrected { target: EventId::from_bytes([7; 16]), fact: Box::new(Fact::Note(note)) };
    for fact in [registered, corrected] {
        let mut event = event(fact);
        let before = leaf(&event, 1, None);
        let shown = String::from_utf8(before.clone()).unwrap();
        assert!(!shown.contains("Kim") && !shown.contains("gate"), "{shown}");
        event.fact.privates_mut().into_iter().for_each(Private::erase);
        assert_eq!(leaf(&event, 1, None), before);
    }
}
