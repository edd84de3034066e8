//! What the stream tells is read back whole, and nothing it could tell breaks us.

use proptest::{collection::vec, option, prelude::*};
use serde_json::json;
use table::Seq;

use super::*;

/// A record as Lambda writes it.
fn record(changed: &Changed) -> Value {
    let Changed { seq, key, old, new } = changed;
    let blob = |bytes: &[u8]| json!({ "B": STANDARD.encode(bytes) });
    let keys = json!({ "pk": blob(&key.shard), "sk": blob(&key.sort) });
    let image = |value: &[u8]| {
        let mut image = keys.clone();
        image["v"] = blob(&[7; 16]);
        image["d"] = blob(value);
        image
    };
    let mut told = json!({
        "ApproximateCreationDateTime": 1_772_409_600,
        "Keys": keys.clone(),
        "SequenceNumber": format!("{seq:021}"),
        "SizeBytes": 59,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    });
    if let Some(old) = old {
        told["OldImage"] = image(old);
    }
    if let Some(new) = new {
        told["NewImage"] = image(new);
    }
    json!({
        "eventID": "c4ca4238a0b923820dcc509a6f75849b",
        "eventName": match (old, new) {
            (None, _) => "INSERT",
            (_, None) => "REMOVE",
            _ => "MODIFY",
        },
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": told,
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/T/stream/2026",
    })
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..40)
}

fn changed() -> impl Strategy<Value = Changed> {
    let images = (option::of(bytes()), option::of(bytes()))
        .prop_filter("something changed", |it| *it != (None, None));
    (any::<Seq>(), bytes(), bytes(), images).prop_map(|(seq, shard, sort, (old, new))| Changed {
        seq,
        key: Key { shard, sort },
        old,
        new,
    })
}

fn garbage() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "[A-Za-z0-9+/=]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec(("B|Keys|pk|sk|d|dynamodb|NewImage", inner), 0..4)
                .prop_map(|it| Value::Object(it.into_iter().collect())),
        ]
    })
}

/// How many values there are in a tree, and the one with this number.
fn nth<'a>(value: &'a mut Value, n: &mut usize) -> Option<&'a mut Value> {
    if *n == 0 {
        return Some(value);
    }
    *n -= 1;
    match value {
        Value::Array(all) => all.iter_mut().find_map(|it| nth(it, n)),
        Value::Object(all) => all.values_mut().find_map(|it| nth(it, n)),
        _ => None,
    }
}

proptest! {
    #![proptest_config(depth::usual())]

    #[test]
    fn reads_back_what_was_told(all in vec(changed(), 0..4)) {
        let event = json!({ "Records": all.iter().map(record).collect::<Vec<_>>() });
        prop_assert_eq!(decode(&event), Ok(all));
    }

    #[test]
    fn garbage_is_refused_and_breaks_nothing(
        changed in changed(),
        at in 0..40usize,
        instead in garbage(),
    ) {
        let mut event = json!({ "Records": [record(&changed)] });
        if let Some(place) = nth(&mut event, &mut { at }) {
            *place = instead.clone();
        }
        for it in [event, instead] {
            if let Err(error) = decode(&it) {
                prop_assert!(matches!(error, Error::Corrupt(_)));
            }
        }
    }
}

fn removed() -> Value {
    let key = Key::new("s", "k");
    record(&Changed { seq: 7, key, old: Some(b"v".to_vec()), new: None })
}

#[test]
fn what_expired_is_left_out_and_what_somebody_deleted_is_not() {
    let mut expired = removed();
    expired["userIdentity"] = json!({ "type": "Service", "principalId": EXPIRER });
    let mut deleted = removed();
    deleted["userIdentity"] = json!({ "type": "Service", "principalId": "somebody else" });
    let event = json!({ "Records": [expired, removed(), deleted] });
    assert_eq!(decode(&event).unwrap().len(), 2);
}

#[test]
fn a_stream_without_old_images_is_noticed() {
    let mut removed = removed();
    removed["dynamodb"].as_object_mut().unwrap().remove("OldImage");
    assert!(matches!(decode_record(&removed), Err(Error::Corrupt(_))));
}
