//! Several at once and the same twice: nobody's change is lost, and a repetition
//! is answered as the first time.

use axum::http::Method;
use serde_json::json;
use service::people::Permission::{Enter, Track};

use crate::{
    data::facility,
    world::{Asker, World},
};

async fn clerk(world: &World) -> Asker {
    world.person(&[Track, Enter]).await
}

const KEY: &[(&str, &str)] = &[("idempotency-key", "once")];

#[tokio::test]
async fn one_event_each_of_several_things_is_recorded_once() {
    let world = World::new();
    let clerk = clerk(&world).await;
    let (one, other) =
        (world.package(&clerk, &json!({})).await, world.package(&clerk, &json!({})).await);
    let lost = json!({ "kind": "lost", "happened_at": "2026-03-01T08:00:00Z" });
    let batch = json!([{ "subject": one, "event": lost }, { "subject": other, "event": lost }]);
    let answer = world.post(&clerk, "/v1/events", &batch).await.expect(200).json();
    for item in answer["results"].as_array().expect("results") {
        assert_eq!(item["status"], 201, "{answer}");
        assert_eq!(item["receipt"]["duplicate"], false);
        assert_eq!(item["receipt"]["seq"], 2);
    }
    let wrong = json!([{ "subject": one, "event": lost }, { "subject": other, "event": {
        "kind": "voided", "happened_at": "2026-03-01T08:00:00Z",
        "target": "evt_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    } }]);
    let answer = world.post(&clerk, "/v1/events", &wrong).await.expect(200).json();
    assert_eq!(answer["results"][1]["problem"]["errors"][0]["pointer"], "/1/event/target");
}

#[tokio::test]
async fn a_registration_is_not_taken_back() {
    let world = World::new();
    let clerk = clerk(&world).await;
    let made = world.post(&clerk, "/v1/packages", &json!({})).await.expect(201).json();
    let path = format!("/v1/packages/{}/events", made["id"].as_str().expect("an id"));
    let at = "2026-03-01T08:00:00Z";
    let target = &made["receipt"]["event"];
    let void = json!({ "kind": "voided", "happened_at": at, "target": target });
    let answer = world.post(&clerk, &path, &void).await.expect(422);
    assert_eq!(answer.faults(), [("/target".to_owned(), "registration".to_owned())]);
    let otherwise = json!({ "kind": "corrected", "happened_at": at, "target": target,
        "event": { "kind": "lost", "happened_at": at } });
    world.post(&clerk, &path, &otherwise).await.expect(422);
}

#[tokio::test]
async fn of_two_changes_to_one_version_only_one_is_made() {
    let world = World::new();
    let clerk = clerk(&world).await;
    let place = world.made(&clerk, "/v1/places", &facility("Hub", 35.0, -89.0)).await;
    let truck = json!({ "kind": "truck", "name": "Truck 7" });
    let truck = world.made(&clerk, "/v1/containers", &truck).await;
    let package = world.package(&clerk, &json!({ "description": "Lamp" })).await;
    for (path, one, other) in [
        (format!("/v1/places/{place}"), json!({ "name": "A" }), json!({ "name": "B" })),
        (format!("/v1/containers/{truck}"), json!({ "name": "A" }), json!({ "name": "B" })),
        (format!("/v1/packages/{package}"), json!({ "pieces": 2 }), json!({ "pieces": 3 })),
    ] {
        let tag = world.get(&clerk, &path).await.expect(200).header("etag").to_owned();
        let tag = [("if-match", tag.as_str())];
        let (one, other) = tokio::join!(
            world.json(Method::PATCH, &clerk, &path, &one, &tag),
            world.json(Method::PATCH, &clerk, &path, &other, &tag),
        );
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412], "{path}");
    }
}

#[tokio::test]
async fn changes_to_different_fields_are_all_kept() {
    let world = World::new();
    let clerk = clerk(&world).await;
    let place = world.made(&clerk, "/v1/places", &facility("Hub", 35.0, -89.0)).await;
    let path = format!("/v1/places/{place}");
    let (name, radius) = (json!({ "name": "New hub" }), json!({ "radius_m": 750 }));
    let (one, other) = tokio::join!(
        world.json(Method::PATCH, &clerk, &path, &name, &[]),
        world.json(Method::PATCH, &clerk, &path, &radius, &[]),
    );
    one.expect(200);
    other.expect(200);
    let place = world.get(&clerk, &path).await.json();
    assert_eq!((&place["name"], &place["radius_m"]), (&json!("New hub"), &json!(750)));
}

#[tokio::test]
async fn a_repeated_change_is_answered_with_its_receipt() {
    let world = World::new();
    let clerk = clerk(&world).await;
    let place = world.made(&clerk, "/v1/places", &facility("Hub", 35.0, -89.0)).await;
    let truck = json!({ "kind": "truck", "name": "Truck 7" });
    let truck = world.made(&clerk, "/v1/containers", &truck).await;
    let package = world.package(&clerk, &json!({ "description": "Lamp" })).await;
    let inside = format!("/v1/containers/{truck}/members/{package}");
    let changes = [
        (Method::PATCH, format!("/v1/places/{place}"), json!({ "name": "A" })),
        (Method::PATCH, format!("/v1/containers/{truck}"), json!({ "name": "A" })),
        (Method::PATCH, format!("/v1/packages/{package}"), json!({ "pieces": 2 })),
        (Method::PUT, inside.clone(), json!(null)),
        (Method::DELETE, inside, json!(null)),
    ];
    for (method, path, body) in changes {
        let first = world.json(method.clone(), &clerk, &path, &body, KEY).await.expect(200).json();
        world.pass(std::time::Duration::from_secs(5));
        let again = world.json(method.clone(), &clerk, &path, &body, KEY).await.expect(200).json();
        let (first, again) = (&first["receipts"][0], &again["receipts"][0]);
        assert_eq!(first["duplicate"], false, "{method} {path}");
        assert_eq!(again["duplicate"], true, "{method} {path}");
        assert_eq!(first["leaf"], again["leaf"], "{method} {path}");
    }
    let path = format!("/v1/places/{place}");
    let other = json!({ "name": "B" });
    world.json(Method::PATCH, &clerk, &path, &other, KEY).await.expect(409);
}

#[tokio::test]
async fn a_repetition_without_a_time_means_the_first_time() {
    let world = World::new();
    let clerk = clerk(&world).await;
    let body = json!({ "description": "Lamp" });
    let first = world.json(Method::POST, &clerk, "/v1/packages", &body, KEY).await.expect(201);
    world.pass(std::time::Duration::from_secs(5));
    let again = world.json(Method::POST, &clerk, "/v1/packages", &body, KEY).await.expect(200);
    assert_eq!(first.json()["receipt"]["leaf"], again.json()["receipt"]["leaf"]);
}

#[tokio::test]
async fn what_no_row_can_hold_is_refused_in_words() {
    let world = World::new();
    let clerk = clerk(&world).await;
    let serials: Vec<String> = (0..200).map(|it| format!("{it:0>100}")).collect();
    let item = json!({ "name": "Monitor", "quantity": 200, "serials": serials });
    let body = json!({ "items": vec![item; 30] });
    let answer = world.post(&clerk, "/v1/packages", &body).await.expect(422);
    assert_eq!(answer.faults()[0].1, "too_large");
}
