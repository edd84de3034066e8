//! The map over HTTP: columns and JSON, caching, narrowing, bad questions.

use std::time::Duration;

use axum::http::header::{ACCEPT, CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use domain::{map::TileContent, position::LatLon};
use serde_json::json;
use service::people::Permission::{Enter, Track};

use crate::world::{Asker, World};

async fn package_at(world: &World, clerk: &Asker, number: &str, lat: f64, carrier: &str) {
    let place = json!({
        "kind": "facility", "name": format!("Hub {number}"),
        "position": { "lat": lat, "lon": 8.5 }, "radius_m": 300,
    });
    let place = world.post(clerk, "/v1/places", &place).await.expect(201).json();
    let package = json!({
        "origin": place["id"], "carrier": carrier,
        "references": [{ "scheme": "order", "value": number }],
    });
    world.post(clerk, "/v1/packages", &package).await.expect(201);
    world.settle().await;
}

#[tokio::test]
async fn a_tile_is_columns_or_json_and_known_by_its_tag() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    package_at(&world, &clerk, "PO-1", 50.1, "ups").await;
    let columns = world.get(&clerk, "/v1/map/0/0/0").await.expect(200);
    let content = TileContent::from_bytes(&columns.body).unwrap();
    let off = |at: LatLon| (at.lat() - 50.1).abs() + (at.lon() - 8.5).abs();
    assert_eq!(content.marks.len(), 1);
    assert!(off(content.marks[0].path[0].position) < 1e-5);
    assert!(columns.headers[CACHE_CONTROL].to_str().unwrap().contains("s-maxage"));

    let tag = columns.headers[ETAG].to_str().unwrap().to_owned();
    let known = [(IF_NONE_MATCH.as_str(), tag.as_str())];
    world.get_with(&clerk, "/v1/map/0/0/0", &known).await.expect(304);

    let json =
        world.get_with(&clerk, "/v1/map/0/0/0", &[(ACCEPT.as_str(), "application/json")]).await;
    let json = json.expect(200);
    assert_ne!(json.headers[ETAG].to_str().unwrap(), tag);
    let mark = &json.json()["marks"][0];
    assert_eq!((&mark["kind"], &mark["packages"]), (&json!("facility"), &json!(1)));
    let hub = world.get(&clerk, &format!("/v1/places/{}", mark["id"].as_str().unwrap())).await;
    assert_eq!(hub.expect(200).json()["name"], "Hub PO-1");
}

#[tokio::test]
async fn a_map_is_narrowed_by_one_property() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    package_at(&world, &clerk, "PO-1", 50.1, "ups").await;
    package_at(&world, &clerk, "PO-2", 51.1, "dhl").await;
    let json = [(ACCEPT.as_str(), "application/json")];
    let marks = async |query: &str| {
        let path = format!("/v1/map/0/0/0{query}");
        let tile = world.get_with(&clerk, &path, &json).await.expect(200).json();
        tile["marks"].as_array().unwrap().len()
    };
    assert_eq!(marks("").await, 2);
    assert_eq!(marks("?carrier=UPS").await, 1);
    assert_eq!(marks("?status=delivered").await, 0);
    assert_eq!(marks("?all=true").await, 2);

    let both = world.get(&clerk, "/v1/map/0/0/0?carrier=ups&status=held").await.expect(400);
    assert_eq!(both.faults()[0].0, "?carrier");
    for wrong in ["/v1/map/0/0/1", "/v1/map/23/0/0", "/v1/map/99999/0/0"] {
        let answer = world.get(&clerk, wrong).await.expect(400);
        assert_eq!(answer.faults(), [("{z}".to_owned(), "no_tile".to_owned())], "{wrong}");
    }
    let words = world.get(&clerk, "/v1/map/0/left/0").await.expect(400);
    assert_eq!(words.faults(), [("{x}".to_owned(), "number".to_owned())]);
    world.get(&Asker::Nobody, "/v1/map/0/0/0").await.expect(401);
}

#[tokio::test]
async fn a_map_is_told_of_an_instant_that_is_over() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    package_at(&world, &clerk, "PO-1", 50.1, "ups").await;
    let json = [(ACCEPT.as_str(), "application/json")];
    // When the package was registered; three hours later it is over.
    let began = "2026-03-01T09:00:00Z".to_owned();
    world.pass(Duration::from_secs(3 * 3_600));
    let path = |at: &str| format!("/v1/map/0/0/0?at={at}");
    let past = world.get_with(&clerk, &path(&began), &json).await.expect(200);
    assert!(past.headers[CACHE_CONTROL].to_str().unwrap().contains("s-maxage=60"));
    let mark = &past.json()["marks"][0];
    assert_eq!((&mark["kind"], &mark["packages"]), (&json!("facility"), &json!(1)));
    let columns = world.get(&clerk, &path(&began)).await.expect(200);
    assert_eq!(TileContent::from_bytes(&columns.body).unwrap().marks.len(), 1);
    let tag = columns.headers[ETAG].to_str().unwrap().to_owned();
    let known = [(IF_NONE_MATCH.as_str(), tag.as_str())];
    world.get_with(&clerk, &path(&began), &known).await.expect(304);
    let narrow = world.get_with(&clerk, &format!("{}&carrier=dhl", path(&began)), &json).await;
    assert_eq!(narrow.expect(200).json()["marks"], json!([]));

    let before = world.get_with(&clerk, &path("2001-01-01T00:00:00Z"), &json).await.expect(200);
    assert_eq!(before.json(), json!({ "clusters": [], "marks": [] }));
    let future = world.get(&clerk, &path("2099-01-01T00:00:00Z")).await.expect(400);
    assert_eq!(future.faults(), [("?at".to_owned(), "future".to_owned())]);
    world.get(&clerk, &path("yesterday")).await.expect(400);
}

#[tokio::test]
async fn what_happened_is_told_hour_by_hour() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    package_at(&world, &clerk, "PO-1", 50.1, "ups").await;
    package_at(&world, &clerk, "PO-2", 51.1, "dhl").await;
    world.pass(Duration::from_secs(3 * 3_600));
    world.service.sweep_past().await.expect("memory answers");
    let path = |from: &str, to: &str| format!("/v1/map/activity?from={from}&to={to}");
    let whole = path("2026-03-01T07:30:00Z", "2026-03-15T07:30:00Z");
    let told = world.get(&clerk, &whole).await.expect(200);
    assert!(told.headers[CACHE_CONTROL].to_str().unwrap().contains("s-maxage"));
    let wanted = json!({ "from": "2026-03-01T07:00:00.000Z", "changes": [0, 0, 2, 0, 0, 0] });
    assert_eq!(told.json(), wanted);

    let turned = world.get(&clerk, &path("2026-03-02T00:00:00Z", "2026-03-01T00:00:00Z")).await;
    assert_eq!(turned.expect(400).faults(), [("?from".to_owned(), "order".to_owned())]);
    let long = world.get(&clerk, &path("2026-03-01T00:00:00Z", "2026-03-15T00:00:01Z")).await;
    assert_eq!(long.expect(400).faults(), [("?to".to_owned(), "too_long".to_owned())]);
    world.get(&clerk, "/v1/map/activity?from=2026-03-01T00:00:00Z").await.expect(400);
    let none = world.get(&clerk, &path("2026-03-02T00:00:00Z", "2026-03-02T00:00:00Z")).await;
    assert_eq!(none.expect(200).json()["changes"], json!([]));
    world.get(&Asker::Nobody, &whole).await.expect(401);
}
