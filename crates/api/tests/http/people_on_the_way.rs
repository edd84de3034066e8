//! A tracker that follows a person: on every way that leads there, everybody but
//! those who enter or administer sees a region of some 10 km.

use axum::http::{Method, header::ACCEPT};
use serde_json::{Value, json};
use service::people::Permission::{self, Admin, Audit, Enter, Manage, Track};

use crate::{
    live::{Stream, tell},
    world::{Asker, World},
};

/// Where the courier is measured begins so, and no place or region does.
const SECRETS: &[&str] = &["48.13", "9.01", "48131", "9011", "8.01"];

struct Scene {
    world: World,
    package: String,
    van: String,
    tag: String,
}

/// A package in the van of somebody whose telephone is its tracker.
async fn scene(person: bool) -> Scene {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let van = json!({ "kind": "truck", "name": "Van" });
    let van = world.made(&clerk, "/v1/containers", &van).await;
    let tag = json!({ "name": "Telephone", "person": person });
    let tag = world.made(&clerk, "/v1/trackers", &tag).await;
    let package = world.package(&clerk, &json!({ "description": "Lamp" })).await;
    let on = json!({ "kind": "tracker_attached", "happened_at": "2026-03-01T07:00:00Z", "tracker": tag });
    world.post(&clerk, &format!("/v1/containers/{van}/events"), &on).await.expect(201);
    let member = format!("/v1/containers/{van}/members/{package}");
    let joined = json!({ "happened_at": "2026-03-01T09:00:00Z" });
    let answer = world.json(Method::PUT, &clerk, &member, &joined, &[]).await;
    assert!(answer.status.is_success(), "{}", String::from_utf8_lossy(&answer.body));
    world.settle().await;
    world.pass(std::time::Duration::from_secs(3600));
    let fixes: Vec<Value> = (30..60).map(|minute| fix(&tag, minute)).collect();
    world.post(&clerk, "/v1/fixes", &json!({ "fixes": fixes })).await.expect(201);
    world.settle().await;
    Scene { world, package, van, tag }
}

fn fix(tag: &str, minute: i64) -> Value {
    let off = minute as f64 * 0.000_1;
    json!({
        "tracker": tag, "at": format!("2026-03-01T09:{minute:02}:00Z"), "radius_95_m": 8,
        "speed_m_s": 1, "course_deg": 44,
        "position": { "lat": 48.131 + off / 2.0, "lon": 9.011 + off, "height_m": 812, "datum": "ellipsoid" },
    })
}

/// Everything that leads to where the person is, as this viewer reads it.
async fn everything(scene: &Scene, who: &Asker) -> Vec<(String, Value)> {
    let Scene { world, package, van, tag } = scene;
    let mut paths = Vec::new();
    for (kind, id) in [("packages", package), ("containers", van)] {
        for at in ["2026-03-01T09:45:00Z", "2026-03-01T09:59:30Z", "2026-03-01T13:00:00Z"] {
            paths.push(format!("/v1/{kind}/{id}/whereabouts?at={at}"));
        }
        paths.push(format!(
            "/v1/{kind}/{id}/track?from=2026-03-01T09:30:00Z&to=2026-03-01T10:00:00Z&points=2000"
        ));
    }
    paths.push(format!("/v1/trackers/{tag}"));
    let mut all = Vec::new();
    for path in paths {
        all.push((path.clone(), world.get(who, &path).await.expect(200).json()));
    }
    let json = [(ACCEPT.as_str(), "application/json")];
    // 48.13 N, 9.01 E on the largest scale at which anything is asked for.
    for path in ["/v1/map/0/0/0", "/v1/map/10/537/355"] {
        all.push((path.to_owned(), world.get_with(who, path, &json).await.expect(200).json()));
    }
    all
}

#[tokio::test]
async fn a_person_on_the_way_is_shown_as_a_region_to_all_but_a_few() {
    let scene = scene(true).await;
    let limited: [&[Permission]; 4] = [&[Track], &[Manage], &[Audit], &[Track, Manage, Audit]];
    for permissions in limited {
        let who = scene.world.person(permissions).await;
        for (path, body) in everything(&scene, &who).await {
            let text = body.to_string();
            for secret in SECRETS {
                assert!(!text.contains(secret), "{permissions:?} sees {secret} at {path}: {text}");
            }
            if path.contains("whereabouts") {
                assert!(body["radius_95_m"].as_f64() >= Some(10_000.0), "{path}: {text}");
                assert_eq!(body["coarse"], true, "{path}");
                assert!(body["height_m"].is_null() && body["lat"].is_f64(), "{path}: {text}");
            }
            if path.contains("track?") {
                let features = body["features"].as_array().expect("features");
                let points = features.iter().filter(|it| it["geometry"]["type"] == "Point");
                for point in points {
                    let radius = point["properties"]["radius_95_m"].as_f64();
                    assert!(radius >= Some(10_000.0), "{path}: {point}");
                }
                assert!(!features.is_empty());
            }
        }
    }
}

#[tokio::test]
async fn whoever_enters_or_administers_sees_the_person_and_everybody_sees_a_lorry() {
    let person = scene(true).await;
    for permission in [Enter, Admin] {
        let who = person.world.person(&[permission]).await;
        for (path, body) in everything(&person, &who).await {
            // The map is one for everybody.
            let exact = body.to_string().contains("48.13");
            assert_eq!(exact, !path.contains("/map/"), "{permission} at {path}: {body}");
            assert_ne!(body["coarse"], true);
        }
    }
    let lorry = scene(false).await;
    let who = lorry.world.person(&[Track]).await;
    for (path, body) in everything(&lorry, &who).await {
        assert!(body.to_string().contains("48.13"), "{path}: {body}");
    }
}

#[tokio::test]
async fn a_tracker_that_is_said_to_follow_a_person_leaves_the_map_for_its_region() {
    let scene = scene(false).await;
    let clerk = scene.world.person(&[Track, Enter]).await;
    let json = [(ACCEPT.as_str(), "application/json")];
    let map = async || {
        // A tile is good for a second.
        scene.world.pass(std::time::Duration::from_secs(2));
        scene.world.get_with(&clerk, "/v1/map/0/0/0", &json).await.expect(200).json().to_string()
    };
    assert!(map().await.contains("48.13"));
    let by = service::record::Attribution { actor: "test".to_owned(), source: "test".to_owned() };
    let tracker = scene.tag.parse().expect("an id");
    let record = domain::record::TrackerRecord { name: "Telephone".to_owned(), person: true };
    let set = Box::new(domain::record::Record::Tracker(record));
    let draft = domain::draft::Draft {
        id: domain::id::EventId::derive(&[b"person"]),
        subject: domain::id::Subject::Tracker(tracker),
        happened_at: domain::time::Timestamp::from_millis(crate::world::START).expect("our years"),
        fact: domain::event::Fact::Amended { set, clear: Vec::new() },
    };
    scene.world.service.record(&by, vec![draft]).await.expect("a tracker may be amended");
    scene.world.settle().await;
    let map = map().await;
    assert!(!map.contains("48.13") && map.contains("Van"), "{map}");
}

#[tokio::test]
async fn a_person_in_the_live_feed_is_a_region_too() {
    let scene = scene(true).await;
    let Scene { world, package, van, tag } = &scene;
    let clerk = world.person(&[Track, Enter]).await;
    let reader = world.person(&[Track]).await;
    let mut followers = world.service.live_followers().await.expect("memory answers");
    let path = format!("/v1/live?package={package}&container={van}&tracker={tag}&tile=0/0/0");
    let mut exact = Stream::open(world, &clerk, &path, &[]).await;
    let mut coarse = Stream::open(world, &reader, &path, &[]).await;
    for stream in [&mut exact, &mut coarse] {
        assert_eq!(stream.event().await.1, "ready");
    }
    // Ten kilometres on: the map shows it anew.
    let mut far = fix(tag, 0);
    far["at"] = json!("2026-03-01T10:00:00Z");
    far["position"]["lat"] = json!(48.331_7);
    world.post(&clerk, "/v1/fixes", &json!({ "fixes": [far] })).await.expect(201);
    world.settle().await;
    tell(&mut followers).await;
    for (stream, sees) in [(&mut exact, true), (&mut coarse, false)] {
        let mut names = Vec::new();
        while !(names.contains(&"fix".to_owned()) && names.contains(&"holder".to_owned())) {
            let (_, name, data) = stream.event().await;
            let seen = data.to_string().contains("48.331") || data.to_string().contains("9.011");
            assert_eq!(seen, sees && name == "fix", "{name}: {data}");
            if name == "fix" {
                assert_eq!(data["coarse"], !sees);
            }
            names.push(name);
        }
    }
}
