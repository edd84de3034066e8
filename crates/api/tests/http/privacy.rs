//! Homes, recipients and costs: who sees them, on every way that leads there.

use axum::http::Method;
use serde_json::{Value, json};
use service::people::Permission::{self, Admin, Audit, Enter, Manage, Track};

use crate::{
    data::{home, whole_package},
    world::{Asker, World},
};

/// Whatever must not be read by those it is not for.
const SECRETS: &[&str] = &[
    "Ada",
    "Byron",
    "ada@example.com",
    "Analytical",
    "51.512",
    "-0.0987",
    "Rang twice",
    "neighbour",
];

struct Scene {
    world: World,
    package: String,
    home: String,
    truck: String,
}

/// A package delivered to a home, measured at its door, with notes about it.
async fn scene() -> Scene {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let home = world.made(&clerk, "/v1/places", &home()).await;
    let hub = crate::data::facility("Hub", 52.4, -1.5);
    let hub = world.made(&clerk, "/v1/places", &hub).await;
    let client = world.made(&clerk, "/v1/clients", &json!({ "name": "Acme" })).await;
    let truck =
        world.made(&clerk, "/v1/containers", &json!({ "kind": "truck", "name": "T7" })).await;
    let package = world.package(&clerk, &whole_package(&hub, &home, &client)).await;
    let door = json!({ "position": { "lat": 51.512_345_6, "lon": -0.098_765_4, "height_m": 31, "datum": "ellipsoid" }, "radius_95_m": 4 });
    let near = json!({ "position": { "lat": 51.512_9, "lon": -0.098_1 }, "radius_95_m": 4 });
    let at = |minute: u32| format!("2026-03-01T08:{minute:02}:00Z");
    let cost = json!({ "cost": "freight", "amount": { "amount": "77.31", "currency": "USD" }, "source": "invoice", "line": "1" });
    let events = json!([
        { "kind": "departed", "happened_at": at(0), "from": hub, "to": home, "mode": "road" },
        { "kind": "positioned", "happened_at": at(20), "measured": near },
        { "kind": "positioned", "happened_at": at(21), "measured": door },
        { "kind": "problem", "happened_at": at(22), "reason": "consignee_not_home", "detail": "Rang twice" },
        { "kind": "note", "happened_at": at(23), "text": "Left with the neighbour" },
        { "kind": "delivered", "happened_at": at(24), "place": home, "proof": { "received_by": "Byron" } },
        { "kind": "positioned", "happened_at": at(25), "measured": door },
        { "kind": "cost_added", "happened_at": at(26), "cost": cost },
    ]);
    let path = format!("/v1/packages/{package}/events");
    let receipts = world.post(&clerk, &path, &events).await.expect(201).json();
    let correction = json!({
        "kind": "corrected", "happened_at": at(20), "target": receipts["receipts"][1]["event"],
        "event": { "kind": "positioned", "happened_at": at(20), "measured": door },
    });
    world.post(&clerk, &path, &correction).await.expect(201);
    world.settle().await;
    Scene { world, package, home, truck }
}

/// Everything somebody can read of the scene.
async fn everything(scene: &Scene, who: &Asker) -> Vec<(String, String)> {
    let Scene { world, package, home, truck } = scene;
    let mut paths = vec![
        "/v1/packages".to_owned(),
        "/v1/packages?q=PO-2026-17".to_owned(),
        format!("/v1/packages/{package}"),
        format!("/v1/packages/{package}/history?limit=500"),
        format!("/v1/packages/{package}/history?order=oldest&limit=3"),
        format!(
            "/v1/packages/{package}/track?from=2026-02-27T00:00:00Z&to=2026-03-02T00:00:00Z&points=2000"
        ),
        format!("/v1/places/{home}"),
        format!("/v1/places/{home}/contents"),
        "/v1/places".to_owned(),
        "/v1/places?q=ada%20byron".to_owned(),
        format!("/v1/containers/{truck}"),
    ];
    for minute in 0..60 {
        paths.push(format!("/v1/packages/{package}/whereabouts?at=2026-03-01T08:{minute:02}:30Z"));
    }
    let mut all = Vec::new();
    for path in paths {
        let answer = world.get(who, &path).await.expect(200);
        all.push((path, String::from_utf8(answer.body).expect("JSON is UTF-8")));
    }
    all
}

#[tokio::test]
async fn homes_and_people_are_shown_to_those_who_enter_or_administer() {
    let scene = scene().await;
    for permission in [Enter, Admin] {
        let who = scene.world.person(&[permission]).await;
        let all: String = everything(&scene, &who).await.into_iter().map(|(_, it)| it).collect();
        for secret in SECRETS {
            assert!(all.contains(secret), "{permission} needs to see {secret}");
        }
    }
}

#[tokio::test]
async fn homes_and_people_are_shown_to_nobody_else() {
    let scene = scene().await;
    let limited: [&[Permission]; 4] = [&[Track], &[Manage], &[Audit], &[Track, Manage, Audit]];
    for permissions in limited {
        let who = scene.world.person(permissions).await;
        for (path, body) in everything(&scene, &who).await {
            for secret in SECRETS {
                assert!(!body.contains(secret), "{permissions:?} sees {secret} at {path}: {body}");
            }
        }
        let path = format!("/v1/places/{}", scene.home);
        let place = scene.world.get(&who, &path).await.json();
        assert_eq!(place["name"], "Private address");
        assert_eq!(place["radius_m"], 12_000);
        assert_eq!(place["position"], json!({ "lat": 51.5, "lon": -0.12 }));
        let found = scene.world.get(&who, "/v1/places?q=ada%20byron").await.json();
        assert_eq!(found["places"], json!([]), "a home is not found by whose it is");
    }
}

#[tokio::test]
async fn those_who_may_not_know_the_home_see_its_town() {
    let scene = scene().await;
    let who = scene.world.person(&[Track]).await;
    let path = format!("/v1/packages/{}/whereabouts?at=2026-03-01T08:24:30Z", scene.package);
    let there = scene.world.get(&who, &path).await.expect(200).json();
    assert_eq!((there["lat"].as_f64(), there["lon"].as_f64()), (Some(51.5), Some(-0.12)));
    assert!(there["radius_95_m"].as_f64().is_some_and(|it| it >= 12_000.0), "{there}");
    let path = format!("/v1/packages/{}/history?limit=500", scene.package);
    let history = scene.world.get(&who, &path).await.json();
    let events = history["events"].as_array().expect("events");
    let positions: Vec<&Value> = events
        .iter()
        .filter(|it| it["kind"] == "positioned")
        .map(|it| &it["event"]["measured"])
        .collect();
    assert_eq!(positions.len(), 3);
    for measured in positions {
        let town = json!({ "position": { "lat": 51.5, "lon": -0.12 }, "radius_95_m": 12_000.0 });
        assert_eq!(*measured, town);
    }
}

#[tokio::test]
async fn costs_are_shown_to_those_who_deal_with_them() {
    let scene = scene().await;
    for (permission, sees) in
        [(Track, false), (Admin, false), (Enter, true), (Manage, true), (Audit, true)]
    {
        let who = scene.world.person(&[permission]).await;
        let all: String = everything(&scene, &who).await.into_iter().map(|(_, it)| it).collect();
        assert_eq!(all.contains("77.31"), sees, "{permission}");
    }
}

#[tokio::test]
async fn what_is_at_a_home_is_told_to_those_who_may_see_it() {
    let Scene { world, package, home, .. } = scene().await;
    let clerk = world.person(&[Enter]).await;
    let arrived =
        json!({ "kind": "arrived", "happened_at": "2026-03-01T09:00:00Z", "place": home });
    world.post(&clerk, &format!("/v1/packages/{package}/events"), &arrived).await.expect(201);
    world.settle().await;
    let path = format!("/v1/places/{home}/contents");
    let told = world.get(&clerk, &path).await.expect(200).json();
    assert_eq!(told["contents"][0]["id"], json!(package));
    let curious = world.person(&[Track, Manage, Audit]).await;
    let told = world.get(&curious, &path).await.expect(200).json();
    assert_eq!(told["contents"], json!([]));
}

#[tokio::test]
async fn a_private_place_is_never_given_a_small_town() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let mut small = home();
    small["radius_m"] = json!(50);
    let answer = world.post(&clerk, "/v1/places", &small).await.expect(422);
    assert_eq!(answer.faults(), [("/radius_m".to_owned(), "too_exact".to_owned())]);
    let mut facility = crate::data::facility("Hub", 1.0, 2.0);
    facility["exact"] = home()["exact"].clone();
    let answer = world.post(&clerk, "/v1/places", &facility).await.expect(422);
    assert_eq!(answer.faults(), [("/exact".to_owned(), "not_private".to_owned())]);
    let id = world.made(&clerk, "/v1/places", &home()).await;
    let path = format!("/v1/places/{id}");
    let answer = world.json(Method::PATCH, &clerk, &path, &json!({ "exact": null }), &[]).await;
    answer.expect(200);
    assert_eq!(world.get(&clerk, &path).await.json()["exact"], Value::Null);
}

#[tokio::test]
async fn whatever_was_said_of_a_person_can_be_erased() {
    let scene = scene().await;
    let (world, package) = (&scene.world, &scene.package);
    let admin = world.person(&[Admin]).await;
    let erase = |of: &str| {
        let body = json!({ "of": of });
        let (world, admin) = (world, &admin);
        async move { world.post(admin, "/v1/erasures", &body).await }
    };
    let answer = erase("ada@example.com").await.expect(200).json();
    assert_eq!(answer["packages"], json!([package]));
    assert_eq!(answer["homes"], json!([scene.home]));
    assert!(5 <= answer["texts"].as_u64().unwrap(), "{answer}");
    assert_eq!(erase(&scene.home).await.expect(200).json()["packages"], json!([]));
    world.settle().await;
    for (path, body) in everything(&scene, &admin).await {
        // What was measured at the door by a tracker is no text.
        for secret in SECRETS.iter().filter(|it| !it.starts_with(['5', '-'])) {
            assert!(!body.contains(secret), "{secret} is still at {path}: {body}");
        }
    }
    assert_eq!(erase("ada@example.com").await.expect(200).json()["packages"], json!([]));
    assert_eq!(erase("Ada").await.expect(422).json()["errors"][0]["pointer"], "/of");
    erase("pkg_00000000000000000000000001").await.expect(404);
}
