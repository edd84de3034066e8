//! Saying the same twice, reading the same twice, and going on in lists.

use std::time::Duration;

use axum::http::Method;
use serde_json::json;
use service::people::Permission::{Enter, Track};

use crate::world::World;

const KEY: &[(&str, &str)] = &[("idempotency-key", "order-17")];

#[tokio::test]
async fn the_same_key_registers_once_even_without_a_time() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let body = json!({ "description": "Lamp" });
    let path = "/v1/packages";
    let first = world.json(Method::POST, &clerk, path, &body, KEY).await.expect(201);
    world.pass(Duration::from_secs(90));
    let second = world.json(Method::POST, &clerk, path, &body, KEY).await.expect(200);
    assert_eq!(first.json()["id"], second.json()["id"]);
    assert_eq!(first.header("location"), second.header("location"));
    let (first, second) = (first.json()["receipt"].clone(), second.json()["receipt"].clone());
    assert_eq!(second["duplicate"], true);
    assert_eq!((&first["leaf"], &first["recorded_at"]), (&second["leaf"], &second["recorded_at"]));

    let other = json!({ "description": "Chair" });
    world.json(Method::POST, &clerk, path, &other, KEY).await.expect(409);
    // The key is one person's: another's is another.
    let colleague = world.person(&[Track, Enter]).await;
    world.json(Method::POST, &colleague, path, &other, KEY).await.expect(201);
    // Without a key, the same again is another package.
    world.post(&clerk, path, &body).await.expect(201);
    world.post(&clerk, path, &body).await.expect(201);
}

#[tokio::test]
async fn the_same_key_says_events_once() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let id = world.package(&clerk, &json!({})).await;
    let path = format!("/v1/packages/{id}/events");
    let at = "2026-03-01T08:00:00Z";
    let events = json!([{ "kind": "lost", "happened_at": at }, { "kind": "note", "happened_at": at, "text": "Gone" }]);
    world.json(Method::POST, &clerk, &path, &events, KEY).await.expect(201);
    let again = world.json(Method::POST, &clerk, &path, &events, KEY).await.expect(200).json();
    assert_eq!(again["receipts"][1]["duplicate"], true);
    let history = world.get(&clerk, &format!("/v1/packages/{id}/history")).await.json();
    assert_eq!(history["events"].as_array().map(Vec::len), Some(3));

    let bad = [("idempotency-key", "")];
    let answer = world.json(Method::POST, &clerk, &path, &events, &bad).await.expect(400);
    assert_eq!(answer.faults()[0].0, "header:Idempotency-Key");
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let id = world.package(&clerk, &json!({ "description": "Lamp" })).await;
    let path = format!("/v1/packages/{id}");
    let tag = world.get(&clerk, &path).await.expect(200).header("etag").to_owned();
    let known = [("if-none-match", tag.as_str())];
    let answer = world.json(Method::GET, &clerk, &path, &json!(null), &known).await.expect(304);
    assert_eq!((answer.body.len(), answer.header("etag")), (0, tag.as_str()));

    let patch = json!({ "pieces": 2 });
    let stale = [("if-match", "\"99-aa\"")];
    world.json(Method::PATCH, &clerk, &path, &patch, &stale).await.expect(412);
    let current = [("if-match", tag.as_str())];
    world.json(Method::PATCH, &clerk, &path, &patch, &current).await.expect(200);
    world.json(Method::PATCH, &clerk, &path, &json!({ "pieces": 3 }), &current).await.expect(412);
    world.json(Method::GET, &clerk, &path, &json!(null), &known).await.expect(200);
}

#[tokio::test]
async fn a_cursor_that_was_tampered_with_is_refused() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    for _ in 0..3 {
        world.package(&clerk, &json!({})).await;
    }
    world.settle().await;
    let page = world.get(&clerk, "/v1/packages?limit=1").await.expect(200).json();
    let next = page["next"].as_str().expect("there are more").to_owned();
    world.get(&clerk, &format!("/v1/packages?cursor={next}")).await.expect(200);
    let mut bytes = next.clone().into_bytes();
    for place in 0..bytes.len() {
        let before = bytes[place];
        bytes[place] = if before == b'A' { b'B' } else { b'A' };
        let text = String::from_utf8(bytes.clone()).expect("ASCII");
        let answer = world.get(&clerk, &format!("/v1/packages?cursor={text}")).await.expect(400);
        assert_eq!(answer.faults(), [("?cursor".to_owned(), "cursor".to_owned())]);
        bytes[place] = before;
    }
    // A cursor is good for its own list alone.
    world.get(&clerk, &format!("/v1/places?cursor={next}")).await.expect(400);
    let long = "A".repeat(5000);
    world.get(&clerk, &format!("/v1/packages?cursor={long}")).await.expect(400);
}

#[tokio::test]
async fn a_history_is_read_in_parts_either_way() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let id = world.package(&clerk, &json!({ "happened_at": "2026-03-01T00:00:00Z" })).await;
    let path = format!("/v1/packages/{id}/events");
    for hour in [3, 1, 2, 3, 5] {
        let at = format!("2026-03-01T0{hour}:00:00Z");
        let note = json!({ "kind": "note", "happened_at": at, "text": format!("{hour}") });
        world.post(&clerk, &path, &note).await.expect(201);
    }
    for (order, expected) in [("oldest", "012335"), ("newest", "533210")] {
        let mut seen = String::new();
        let start = format!("/v1/packages/{id}/history?limit=2&order={order}");
        let mut path = start.clone();
        loop {
            let page = world.get(&clerk, &path).await.expect(200).json();
            for event in page["events"].as_array().expect("events") {
                seen.push_str(event["event"]["text"].as_str().unwrap_or("0"));
            }
            let Some(next) = page["next"].as_str() else { break };
            path = format!("{start}&cursor={next}");
        }
        assert_eq!(seen, expected, "{order}");
    }
}
