//! Two places that are one, as a client meets them.

use axum::http::Method;
use serde_json::{Value, json};
use service::people::Permission::{Admin, Enter, Track};

use crate::{
    data::{facility, home},
    world::{Answer, Asker, World},
};

struct Scene {
    world: World,
    clerk: Asker,
    admin: Asker,
    hub: String,
    depot: String,
}

impl Scene {
    async fn new() -> Self {
        let world = World::new();
        let clerk = world.person(&[Track, Enter]).await;
        let admin = world.person(&[Track, Admin]).await;
        let hub = world.made(&clerk, "/v1/places", &facility("Hub", 35.05, -89.97)).await;
        let depot = world.made(&clerk, "/v1/places", &facility("Kilnyard", 35.06, -89.97)).await;
        Self { world, clerk, admin, hub, depot }
    }

    async fn merge(&self, place: &str, body: &Value) -> Answer {
        self.world.post(&self.admin, &format!("/v1/places/{place}/merge"), body).await
    }

    async fn get(&self, path: &str) -> Value {
        self.world.get(&self.clerk, path).await.expect(200).json()
    }
}

#[tokio::test]
async fn what_is_recorded_of_a_merged_place_is_told_of_the_other() {
    let scene = Scene::new().await;
    let Scene { world, clerk, hub, depot, .. } = &scene;
    let body =
        json!({ "description": "Lamp", "origin": depot, "happened_at": "2026-02-01T00:00:00Z" });
    let lamp = world.package(clerk, &body).await;
    let kept = json!({
        "kind": "joined", "happened_at": "2026-02-02T00:00:00Z", "holder": { "place": depot },
    });
    world.post(clerk, &format!("/v1/packages/{lamp}/events"), &kept).await.expect(201);
    let into = json!({ "into": hub });
    let receipt = &scene.merge(depot, &into).await.expect(200).json()["receipts"][0];
    assert_eq!((&receipt["subject"], &receipt["seq"]), (&json!(depot), &json!(2)));
    world.settle().await;

    let merged = scene.get(&format!("/v1/places/{depot}")).await;
    assert_eq!((&merged["name"], &merged["merged_into"]), (&json!("Kilnyard"), &json!(hub)));
    let other = scene.get(&format!("/v1/places/{hub}")).await;
    assert_eq!((&other["merged_into"], &other["merged"]), (&json!(null), &json!([depot])));
    for place in [hub, depot] {
        let contents = scene.get(&format!("/v1/places/{place}/contents")).await;
        assert_eq!(contents["contents"][0]["id"], json!(lamp), "{place}");
        let list = scene.get(&format!("/v1/packages?place={place}")).await;
        assert_eq!(list["packages"][0]["id"], json!(lamp), "{place}");
        assert_eq!(list["names"][depot], "Hub");
    }
    let whereabouts = scene.get(&format!("/v1/packages/{lamp}/whereabouts")).await;
    assert_eq!(whereabouts["names"][depot], "Hub");
    assert_eq!(whereabouts["lat"], json!(35.05));
    let found = scene.get("/v1/places?q=kiln").await;
    assert_eq!(found["places"][0]["id"], json!(hub));
    assert_eq!(scene.get("/v1/places").await["places"].as_array().map(Vec::len), Some(1));
    // Whoever writes the name of the merged one means the other.
    let body = json!({ "description": "Vase", "origin": { "search": "kilnyard" } });
    let vase = world.package(clerk, &body).await;
    assert_eq!(scene.get(&format!("/v1/packages/{vase}")).await["record"]["origin"], json!(hub));

    scene.merge(depot, &json!({ "into": null })).await.expect(200);
    world.settle().await;
    let apart = scene.get(&format!("/v1/places/{depot}")).await;
    assert_eq!((&apart["merged_into"], &apart["merged"]), (&json!(null), &json!([])));
    let contents = scene.get(&format!("/v1/places/{hub}/contents")).await;
    let left: Vec<&Value> =
        contents["contents"].as_array().into_iter().flatten().map(|it| &it["id"]).collect();
    assert_eq!(left, [&json!(vase)], "the lamp is at its own place again");
    assert_eq!(scene.get("/v1/places?q=kiln").await["places"][0]["id"], json!(depot));
}

#[tokio::test]
async fn why_places_are_not_merged_is_said_where_it_is_wrong() {
    let scene = Scene::new().await;
    let Scene { world, clerk, admin, hub, depot } = &scene;
    for body in [json!({}), json!({ "into": 7 }), json!({ "into": hub, "why": "so" })] {
        scene.merge(depot, &body).await.expect(422);
    }
    let unknown = json!({ "into": "plc_01ARZ3NDEKTSV4RRFFQ69G5FAV" });
    let refused = scene.merge(depot, &unknown).await.expect(422);
    assert_eq!(refused.faults(), [("/into".to_owned(), "unknown".to_owned())]);
    let into = json!({ "into": hub });
    scene.merge("plc_01ARZ3NDEKTSV4RRFFQ69G5FAV", &into).await.expect(404);
    scene.merge(hub, &into).await.expect(409);
    let lyon = world.made(clerk, "/v1/places", &home()).await;
    let refused = scene.merge(depot, &json!({ "into": lyon })).await.expect(422);
    assert_eq!(refused.faults(), [("/into".to_owned(), "home".to_owned())]);
    let refused = scene.merge(&lyon, &into).await.expect(422);
    assert_eq!(refused.faults(), [(String::new(), "home".to_owned())]);

    let (path, once) = (format!("/v1/places/{depot}/merge"), [("idempotency-key", "1")]);
    let first = world.json(Method::POST, admin, &path, &into, &once).await.expect(200).json();
    let again = world.json(Method::POST, admin, &path, &into, &once).await.expect(200).json();
    assert_eq!(first["receipts"][0]["leaf"], again["receipts"][0]["leaf"]);
    assert_eq!(again["receipts"][0]["duplicate"], json!(true));
    let same = scene.merge(depot, &into).await.expect(200).json();
    assert_eq!(same["receipts"], json!([]), "it is so already");
    let ring = scene.merge(hub, &json!({ "into": depot })).await.expect(409).json();
    assert!(ring["detail"].as_str().is_some_and(|it| it.contains(hub)), "{ring}");
    // A merge is said by its own request alone, and undone by it.
    let happened_at = "2026-03-01T00:00:00Z";
    let event = first["receipts"][0]["event"].clone();
    for said in [
        json!({ "kind": "merged", "happened_at": happened_at, "into": hub }),
        json!({ "kind": "voided", "happened_at": happened_at, "target": event }),
    ] {
        let body = json!([{ "subject": depot, "event": said }]);
        let answer = world.post(clerk, "/v1/events", &body).await.expect(200).json();
        assert_eq!(answer["results"][0]["status"], json!(422), "{answer}");
    }
}
