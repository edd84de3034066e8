//! Registering, saying what happened, and reading it back.

use axum::http::Method;
use serde_json::{Value, json};
use service::people::Permission::{Enter, Track};

use crate::{
    data::{facility, package_events, whole_package},
    world::{Asker, World},
};

/// Somebody who may do what a warehouse does.
async fn clerk(world: &World) -> Asker {
    world.person(&[Track, Enter]).await
}

#[tokio::test]
async fn a_whole_package_is_read_back_as_it_was_sent() {
    let world = World::new();
    let clerk = clerk(&world).await;
    let memphis = world.made(&clerk, "/v1/places", &facility("Memphis hub", 35.05, -89.97)).await;
    let austin = world.made(&clerk, "/v1/places", &facility("Austin", 30.27, -97.74)).await;
    let client = world.made(&clerk, "/v1/clients", &json!({ "name": "Acme" })).await;
    let sent = whole_package(&memphis, &austin, &client);
    let id = world.package(&clerk, &sent).await;

    let answer = world.get(&clerk, &format!("/v1/packages/{id}")).await.expect(200);
    let read = answer.json();
    let mut record = sent;
    record.as_object_mut().expect("an object").remove("happened_at");
    assert_eq!(read["record"], record);
    assert_eq!(read["status"], "registered");
    assert_eq!(read["registered_at"], "2026-02-27T07:00:00.000Z");
    assert_eq!(read["names"][&memphis], "Memphis hub");
    assert_eq!(read["names"][&client], "Acme");
    // The carrier promised a window: we expect it inside.
    assert_eq!(read["expected"]["basis"], "carrier");
}

#[tokio::test]
async fn every_kind_of_event_is_read_back_as_it_was_sent() {
    let world = World::new();
    let clerk = clerk(&world).await;
    let place = world.made(&clerk, "/v1/places", &facility("Hub", 35.05, -89.97)).await;
    let truck = json!({ "kind": "truck", "name": "Truck 7" });
    let truck = world.made(&clerk, "/v1/containers", &truck).await;
    let old =
        json!({ "happened_at": "2026-02-01T00:00:00Z", "origin": place, "destination": place });
    let (id, other) = (world.package(&clerk, &old).await, world.package(&clerk, &old).await);
    let events = package_events(&place, &truck, &other);
    let path = format!("/v1/packages/{id}/events");
    let receipts = world.post(&clerk, &path, &json!(events)).await.expect(201).json();
    assert_eq!(receipts["receipts"].as_array().map(Vec::len), Some(events.len()));

    let path = format!("/v1/packages/{id}/history?order=oldest&limit=500");
    let history = world.get(&clerk, &path).await.expect(200).json();
    let all = history["events"].as_array().expect("events");
    assert_eq!(all.len(), events.len() + 1);
    for ((said, read), seq) in events.iter().zip(&all[1..]).zip(2..) {
        assert_eq!(without_nulls(&read["event"]), normal(said), "{}", said["kind"]);
        assert_eq!(read["kind"], said["kind"]);
        assert_eq!(read["seq"], seq);
        assert_eq!(read["source"], "api");
    }
    let receipt = &receipts["receipts"][0];
    assert_eq!(receipt["leaf"], all[1]["leaf"]);
    assert_eq!(receipt["leaf"].as_str().map(str::len), Some(64));
}

/// An event as it is written back: UTC, milliseconds, nothing that is null.
fn normal(said: &Value) -> Value {
    let mut said = without_nulls(said);
    for key in ["happened_at", "expected_at"] {
        if let Some(text) = said[key].as_str() {
            said[key] = json!(text.replace('Z', ".000Z"));
        }
    }
    if said["kind"] == "promise_changed" {
        let first = said["promised"]["first"].as_str().expect("text").replace('Z', ".000Z");
        said["promised"] = json!({ "first": first, "last": first });
    }
    said
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(all) => {
            let kept = all.iter().filter(|(_, it)| !it.is_null());
            kept.map(|(key, it)| (key.clone(), without_nulls(it))).collect()
        }
        // 20 and 20.0 are one number.
        Value::Number(it) => it.as_f64().map_or(Value::Null, Value::from),
        Value::Array(all) => all.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

#[tokio::test]
async fn a_correction_and_a_void_show_what_they_replace() {
    let world = World::new();
    let clerk = clerk(&world).await;
    let right = world.made(&clerk, "/v1/places", &facility("Right", 35.0, -90.0)).await;
    let wrong = world.made(&clerk, "/v1/places", &facility("Wrong", 45.0, -90.0)).await;
    let id = world.package(&clerk, &json!({ "happened_at": "2026-03-01T07:00:00Z" })).await;
    let path = format!("/v1/packages/{id}/events");
    let at = "2026-03-01T08:00:00Z";
    let scan = json!({ "kind": "scanned", "happened_at": at, "place": wrong });
    let scan = world.post(&clerk, &path, &scan).await.expect(201).json();
    let scan = scan["receipts"][0]["event"].clone();
    let correction = json!({
        "kind": "corrected", "happened_at": at, "target": scan,
        "event": { "kind": "scanned", "happened_at": at, "place": right },
    });
    let correction = world.post(&clerk, &path, &correction).await.expect(201).json();
    let correction = correction["receipts"][0]["event"].clone();
    let package = world.get(&clerk, &format!("/v1/packages/{id}")).await.json();
    assert_eq!(package["last_place"]["place"], right);

    let void =
        json!({ "kind": "voided", "happened_at": at, "target": correction, "why": "Never there" });
    world.post(&clerk, &path, &void).await.expect(201);
    let package = world.get(&clerk, &format!("/v1/packages/{id}")).await.json();
    assert_eq!(package["last_place"], Value::Null);
    let history = world.get(&clerk, &format!("/v1/packages/{id}/history")).await.json();
    let superseded = |target: &Value| {
        let events = history["events"].as_array().expect("events");
        events.iter().find(|it| it["id"] == *target).expect("it is there")["superseded_by"].clone()
    };
    assert_eq!(superseded(&scan), correction);
    assert!(superseded(&correction).is_string());
}

#[tokio::test]
async fn places_may_be_named_in_words_but_are_never_guessed() {
    let world = World::new();
    let clerk = clerk(&world).await;
    let body =
        json!({ "origin": { "search": "FRA" }, "destination": { "search": "Lagos, Nigeria" } });
    let id = world.package(&clerk, &body).await;
    let package = world.get(&clerk, &format!("/v1/packages/{id}")).await.expect(200).json();
    let names: Vec<&str> =
        package["names"].as_object().expect("names").values().filter_map(Value::as_str).collect();
    assert!(names.iter().any(|it| it.contains("Lagos")), "{names:?}");

    let body =
        json!({ "destination": { "search": "Springfield" }, "origin": { "search": "Xyzzyville" } });
    let answer = world.post(&clerk, "/v1/packages", &body).await.expect(422);
    let mut faults = answer.faults();
    faults.sort();
    assert_eq!(
        faults,
        [
            ("/destination/search".to_owned(), "ambiguous_place".to_owned()),
            ("/origin/search".to_owned(), "unknown_place".to_owned()),
        ]
    );
    assert!(
        String::from_utf8_lossy(&answer.body).contains("Illinois"),
        "the candidates are listed"
    );

    world.made(&clerk, "/v1/places", &facility("Dock 9 (Xyzzy)", 35.0, -90.0)).await;
    world.settle().await;
    world.package(&clerk, &json!({ "origin": { "search": "dock 9 (xyzzy)" } })).await;
}

#[tokio::test]
async fn a_package_is_amended_by_merge_patch() {
    let world = World::new();
    let clerk = clerk(&world).await;
    let body = json!({
        "description": "Lamp", "carrier": "ups",
        "recipient": { "name": "Ada", "email": "ada@example.com" },
        "references": [{ "scheme": "po", "value": "1" }],
    });
    let id = world.package(&clerk, &body).await;
    let path = format!("/v1/packages/{id}");
    let patch = json!({
        "carrier": null, "pieces": 3,
        "recipient": { "email": null, "address": "Here" },
        "references": [{ "scheme": "po", "value": "2" }],
    });
    let media = "application/merge-patch+json";
    world.raw(Method::PATCH, &clerk, &path, patch.to_string(), media, &[]).await.expect(200);
    let record = world.get(&clerk, &path).await.json()["record"].clone();
    assert_eq!(record["carrier"], Value::Null);
    assert_eq!(record["pieces"], 3);
    assert_eq!(record["description"], "Lamp");
    assert_eq!(record["recipient"], json!({ "name": "Ada", "address": "Here" }));
    assert_eq!(record["references"].as_array().map(Vec::len), Some(2));

    // The same again changes nothing, so nothing is recorded.
    let again = json!({ "pieces": 3, "recipient": { "name": "Ada" } });
    let answer = world.json(Method::PATCH, &clerk, &path, &again, &[]).await.expect(200).json();
    assert_eq!(answer["receipts"], json!([]));
    let answer =
        world.json(Method::PATCH, &clerk, &path, &json!({ "references": null }), &[]).await;
    assert_eq!(answer.expect(422).faults()[0].0, "/references");
}

#[tokio::test]
async fn a_batch_refuses_only_what_is_wrong() {
    let world = World::new();
    let clerk = clerk(&world).await;
    let body = json!([{ "description": "One" }, { "pieces": 0 }, { "descripton": "Typo" }, {}]);
    let answer = world.post(&clerk, "/v1/packages", &body).await.expect(200).json();
    assert_eq!((answer["recorded"].as_u64(), answer["refused"].as_u64()), (Some(2), Some(2)));
    assert_eq!(answer["results"][1]["problem"]["errors"][0]["pointer"], "/1/pieces");
    assert_eq!(answer["results"][2]["problem"]["errors"][0]["pointer"], "/2/descripton");

    let lines = "{\"description\":\"A\"}\n\n{broken\n{\"description\":\"B\"}\n";
    let media = "application/x-ndjson";
    let answer = world.raw(Method::POST, &clerk, "/v1/packages", lines, media, &[]).await;
    let answer = answer.expect(200).json();
    assert_eq!((answer["recorded"].as_u64(), answer["refused"].as_u64()), (Some(2), Some(1)));
    let detail = answer["results"][1]["problem"]["errors"][0]["detail"].as_str();
    assert!(detail.is_some_and(|it| it.starts_with("line 3:")), "{detail:?}");
}

#[tokio::test]
async fn a_thousand_items_are_a_batch_and_one_more_is_not() {
    let world = World::new();
    let clerk = clerk(&world).await;
    let many: Vec<Value> =
        (0..1001).map(|it| json!({ "description": format!("No {it}") })).collect();
    let answer = world.post(&clerk, "/v1/packages", &json!(many)).await.expect(422);
    assert_eq!(answer.faults()[0].1, "too_many");
    let answer = world.post(&clerk, "/v1/packages", &json!(many[..1000])).await.expect(200).json();
    assert_eq!(answer["recorded"], 1000);
    world.post(&clerk, "/v1/packages", &json!([])).await.expect(422);
}

#[tokio::test]
async fn events_about_many_things_are_recorded_each_by_itself() {
    let world = World::new();
    let clerk = clerk(&world).await;
    let place = world.made(&clerk, "/v1/places", &facility("Hub", 35.0, -90.0)).await;
    let numbered = |number: &str| json!({ "happened_at": "2026-03-01T07:00:00Z", "references": [{ "scheme": "po", "value": number }] });
    let first = world.package(&clerk, &numbered("AB-1")).await;
    let second = world.package(&clerk, &numbered("AB-2")).await;
    let scan = json!({ "kind": "scanned", "happened_at": "2026-03-01T08:00:00Z", "place": place });
    let batch = json!([
        { "subject": first, "event": scan },
        { "subject": "ab 2", "event": scan },
        { "subject": "nowhere", "event": scan },
        { "subject": first, "event": { "kind": "lost", "happened_at": "2026-03-01T08:30:00Z" } },
        { "subject": place, "event": { "kind": "delivered", "happened_at": "2026-03-01T08:30:00Z" } },
        { "subject": second, "event": { "kind": "scanned", "happened_at": "2026-03-01T08:30:00Z",
            "place": "plc_00000000000000000000000000" } },
    ]);
    let answer = world.post(&clerk, "/v1/events", &batch).await.expect(200).json();
    let statuses: Vec<u64> = answer["results"]
        .as_array()
        .expect("results")
        .iter()
        .filter_map(|it| it["status"].as_u64())
        .collect();
    assert_eq!(statuses, [201, 201, 404, 201, 422, 422]);
    assert_eq!(answer["results"][2]["problem"]["errors"][0]["pointer"], "/2/subject");
    assert_eq!(answer["results"][4]["problem"]["errors"][0]["pointer"], "/4/event/kind");
    assert_eq!(answer["results"][5]["problem"]["errors"][0]["pointer"], "/5/event/place");
    assert_eq!(answer["results"][1]["id"], second);
}

#[tokio::test]
async fn things_are_put_into_containers_and_taken_out() {
    let world = World::new();
    let clerk = clerk(&world).await;
    let pallet =
        world.made(&clerk, "/v1/containers", &json!({ "kind": "pallet", "name": "P1" })).await;
    let truck =
        world.made(&clerk, "/v1/containers", &json!({ "kind": "truck", "name": "T7" })).await;
    let lamp = world.package(&clerk, &json!({ "description": "Lamp" })).await;
    for (holder, child) in [(&pallet, &lamp), (&truck, &pallet)] {
        let path = format!("/v1/containers/{holder}/members/{child}");
        let answer =
            world.json(Method::PUT, &clerk, &path, &json!({}), &[]).await.expect(200).json();
        assert_eq!(answer["receipts"].as_array().map(Vec::len), Some(1));
        let again =
            world.json(Method::PUT, &clerk, &path, &json!({}), &[]).await.expect(200).json();
        assert_eq!(again["receipts"], json!([]), "putting twice is putting once");
    }
    let inside_itself = format!("/v1/containers/{pallet}/members/{truck}");
    world.json(Method::PUT, &clerk, &inside_itself, &json!({}), &[]).await.expect(422);
    world.settle().await;
    let view = world.get(&clerk, &format!("/v1/containers/{pallet}")).await.expect(200).json();
    assert_eq!(view["contents"][0]["id"], lamp);
    assert_eq!(view["names"][&lamp], "Lamp");
    assert_eq!(view["holder"]["container"], truck);

    world.pass(std::time::Duration::from_secs(60));
    let path = format!("/v1/containers/{pallet}/members/{lamp}");
    world.json(Method::DELETE, &clerk, &path, &json!({}), &[]).await.expect(200);
    world.settle().await;
    let view = world.get(&clerk, &format!("/v1/containers/{pallet}")).await.json();
    assert_eq!(view["contents"], json!([]));
}

#[tokio::test]
async fn a_place_tells_what_is_there_page_by_page() {
    let world = World::new();
    let clerk = clerk(&world).await;
    let hub = world.made(&clerk, "/v1/places", &facility("Hub", 52.4, -1.5)).await;
    let shelf = json!({ "kind": "shelf", "name": "Floor 3, shelf B" });
    let shelf = world.made(&clerk, "/v1/containers", &shelf).await;
    let at_hub = json!({ "kind": "joined", "happened_at": "2026-03-01T08:00:00Z", "holder": { "place": hub } });
    world.post(&clerk, &format!("/v1/containers/{shelf}/events"), &at_hub).await.expect(201);
    let on_shelf = world.package(&clerk, &json!({})).await;
    let put = format!("/v1/containers/{shelf}/members/{on_shelf}");
    world.json(Method::PUT, &clerk, &put, &json!({}), &[]).await.expect(200);
    let arrived = json!({ "kind": "arrived", "happened_at": "2026-03-01T09:00:00Z", "place": hub });
    let mut there = vec![shelf.clone()];
    for _ in 0..2 {
        let package = world.package(&clerk, &json!({})).await;
        world.post(&clerk, &format!("/v1/packages/{package}/events"), &arrived).await.expect(201);
        there.push(package);
    }
    world.settle().await;
    let path = format!("/v1/places/{hub}/contents?limit=2");
    let first = world.get(&clerk, &path).await.expect(200).json();
    let rest = format!("{path}&cursor={}", first["next"].as_str().expect("there is more"));
    let rest = world.get(&clerk, &rest).await.expect(200).json();
    assert_eq!(rest["next"], json!(null));
    let mut told: Vec<String> = [&first, &rest]
        .iter()
        .flat_map(|it| it["contents"].as_array().expect("contents"))
        .map(|it| it["id"].as_str().expect("an id").to_owned())
        .collect();
    told.sort();
    there.sort();
    assert_eq!(told, there, "what is on the shelf is not told again");
    let names =
        [&first, &rest].iter().find_map(|it| it["names"][&shelf].as_str().map(String::from));
    assert_eq!(names.as_deref(), Some("Floor 3, shelf B"));
}

#[tokio::test]
async fn lists_go_on_where_they_ended() {
    let world = World::new();
    let clerk = clerk(&world).await;
    for number in 0..7 {
        world.pass(std::time::Duration::from_secs(3600 * 9));
        let carrier = if number % 2 == 0 { "ups" } else { "dhl" };
        world
            .package(&clerk, &json!({ "description": format!("No {number}"), "carrier": carrier }))
            .await;
    }
    world.settle().await;
    let mut seen = Vec::new();
    let mut path = "/v1/packages?limit=3".to_owned();
    loop {
        let page = world.get(&clerk, &path).await.expect(200).json();
        let lines = page["packages"].as_array().expect("packages").clone();
        seen.extend(
            lines.iter().map(|it| it["description"].as_str().unwrap_or_default().to_owned()),
        );
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/packages?limit=3&cursor={next}");
    }
    assert_eq!(seen, ["No 6", "No 5", "No 4", "No 3", "No 2", "No 1", "No 0"]);
    let page =
        world.get(&clerk, "/v1/packages?carrier=DHL&status=registered").await.expect(200).json();
    assert_eq!(page["packages"].as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn a_number_that_names_several_packages_names_none() {
    let world = World::new();
    let clerk = clerk(&world).await;
    let body = json!({ "references": [{ "scheme": "carrier:ups", "value": "1Z-999" }] });
    let first = world.package(&clerk, &body).await;
    world.get(&clerk, "/v1/packages/1z999").await.expect(200);
    let second = world.package(&clerk, &body).await;
    let answer = world.get(&clerk, "/v1/packages/1z%20999").await.expect(409);
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(text.contains(&first) && text.contains(&second), "{text}");
    let found = world.get(&clerk, "/v1/packages?q=1Z+999").await.expect(200).json();
    assert_eq!(found["packages"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn whereabouts_and_track_answer_for_any_instant() {
    let world = World::new();
    let clerk = clerk(&world).await;
    let body = json!({ "happened_at": "2026-03-01T00:00:00Z" });
    let id = world.package(&clerk, &body).await;
    let path = format!("/v1/packages/{id}/events");
    let from = json!({ "search": "Tokyo, Japan" });
    let to = json!({ "search": "SFO" });
    let events = json!([
        { "kind": "scanned", "happened_at": "2026-03-01T01:00:00Z", "place": from },
        { "kind": "departed", "happened_at": "2026-03-01T02:00:00Z", "from": from, "to": to, "mode": "air" },
        { "kind": "arrived", "happened_at": "2026-03-01T12:00:00Z", "place": to },
    ]);
    world.pass(std::time::Duration::from_secs(4 * 3600));
    world.post(&clerk, &path, &events).await.expect(201);
    let at = |time: &str| format!("/v1/packages/{id}/whereabouts?at={time}");
    let there = world.get(&clerk, &at("2026-03-01T01:30:00Z")).await.expect(200).json();
    assert_eq!(there["basis"], "scanned");
    assert!((there["lat"].as_f64().expect("a number") - 35.69).abs() < 0.2, "{there}");
    let flying = world.get(&clerk, &at("2026-03-01T07:00:00Z")).await.expect(200).json();
    assert_eq!(flying["basis"], "interpolated");
    world.get(&clerk, &at("2020-01-01T00:00:00Z")).await.expect(404);

    let path = format!("/v1/packages/{id}/track?from=2026-03-01T00:00:00Z&to=2026-03-01T13:00:00Z");
    let answer = world.get(&clerk, &path).await.expect(200);
    assert_eq!(answer.header("content-type"), "application/geo+json");
    let track = answer.json();
    let line = &track["features"][0]["geometry"];
    assert_eq!(line["type"], "MultiLineString");
    assert_eq!(line["coordinates"].as_array().map(Vec::len), Some(2), "cut at the 180th meridian");
    for point in line["coordinates"]
        .as_array()
        .expect("parts")
        .iter()
        .flat_map(|it| it.as_array().expect("a part"))
    {
        let lon = point[0].as_f64().expect("a number");
        assert!((-180.0..=180.0).contains(&lon));
    }
    let heights = |part: usize| -> Vec<f64> {
        let points = line["coordinates"][part].as_array().expect("a part");
        points.iter().filter_map(|it| it[2].as_f64()).collect()
    };
    let (first, second) = (heights(0), heights(1));
    assert!(first.iter().chain(&second).any(|it| *it > 3000.0), "flights are high: {line}");
    assert_eq!(first.last(), second.first(), "and as high on either side of the cut");
}
