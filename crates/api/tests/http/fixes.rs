//! Trackers and their fixes as devices and gateways send them.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use api::Settings;
use axum::http::Method;
use domain::{
    fixes::Batch,
    id::TrackerId,
    motion::Fix,
    position::{LatLon, Position},
    time::Timestamp,
};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use service::{
    outside::FixQueue,
    people::Permission::{Enter, Track},
    projector::Projector,
};
use sha2::{Digest, Sha256};
use table::{BoxFuture, Fault, Faulty, Memory};

use crate::world::{Asker, START, World};

const COLUMNS: &str = "application/vnd.whereabouts.fixes";

async fn tracker(world: &World, clerk: &Asker, name: &str) -> (String, String) {
    let made = world.post(clerk, "/v1/trackers", &json!({ "name": name })).await.expect(201).json();
    let text = |field: &str| made[field].as_str().expect("text").to_owned();
    (text("id"), text("key"))
}

fn fix(tracker: Option<&str>, minute: i64) -> Value {
    json!({
        "tracker": tracker, "at": format!("2026-03-01T08:{minute:02}:00Z"), "radius_95_m": 8,
        "position": { "lat": 48.0 + minute as f64 / 1000.0, "lon": 9.0, "height_m": 400, "datum": "ellipsoid" },
    })
}

#[tokio::test]
async fn a_device_reports_its_own_fixes_and_nothing_else() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let (id, key) = tracker(&world, &clerk, "Tag 1").await;
    let (other, _) = tracker(&world, &clerk, "Tag 2").await;
    let device = Asker::Token(key);
    let body = json!({ "fixes": [fix(None, 1), fix(Some(&id), 2)] });
    let first = world.post(&device, "/v1/fixes", &body).await.expect(201).json();
    assert_eq!((&first["fixes"], &first["duplicate"]), (&json!(2), &json!(false)));
    let again = world.post(&device, "/v1/fixes", &body).await.expect(200).json();
    assert_eq!((&again["batch"], &again["duplicate"]), (&first["batch"], &json!(true)));

    let wrong = json!({ "fixes": [fix(None, 3), fix(Some(&other), 3)] });
    let answer = world.post(&device, "/v1/fixes", &wrong).await.expect(422);
    assert_eq!(answer.faults(), [("/fixes/1/tracker".to_owned(), "another".to_owned())]);
    world.get(&device, "/v1/packages").await.expect(401);
    world.get(&device, "/v1/me").await.expect(401);

    world.settle().await;
    let seen = world.get(&clerk, &format!("/v1/trackers/{id}")).await.expect(200).json();
    assert_eq!(seen["latest"]["at"], "2026-03-01T08:02:00.000Z");
    assert_eq!(seen["latest"]["measured"]["position"]["lat"], 48.002);
    assert_eq!(seen["latest"]["measured"]["radius_95_m"], 8.0);

    // A new key makes the old one worthless; and a device can be left without any.
    let path = format!("/v1/trackers/{id}/key");
    let key = world.post(&clerk, &path, &json!(null)).await.expect(200).json()["key"].clone();
    world.post(&device, "/v1/fixes", &body).await.expect(401);
    let device = Asker::Token(key.as_str().expect("a key").to_owned());
    world.post(&device, "/v1/fixes", &body).await.expect(200);
    world.json(Method::DELETE, &clerk, &path, &json!(null), &[]).await.expect(204);
    world.post(&device, "/v1/fixes", &body).await.expect(401);
}

#[tokio::test]
async fn a_signature_is_as_good_as_a_key_while_it_is_fresh() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let (id, key) = tracker(&world, &clerk, "Tag 1").await;
    let secret = secret(&key);
    let body = json!({ "fixes": [fix(None, 1)] }).to_string();
    let send = async |time_ms: i64, signed: &str, sent: &str| {
        let time = time_ms.to_string();
        let hash = domain::leaf::hex(&Sha256::digest(signed.as_bytes()));
        let mut mac = Hmac::<Sha256>::new_from_slice(&secret).expect("any length");
        mac.update(format!("POST /v1/fixes\n{time}\n{hash}\n").as_bytes());
        let signature = domain::leaf::hex(&mac.finalize().into_bytes());
        let headers =
            [("x-device", id.as_str()), ("x-time", &time), ("x-signature", signature.as_str())];
        let media = "application/json";
        let sent = sent.to_owned();
        world.raw(Method::POST, &Asker::Nobody, "/v1/fixes", sent, media, &headers).await
    };
    send(START, &body, &body).await.expect(201);
    // Sent again it is the same batch; changed, late or early it is nothing.
    send(START, &body, &body).await.expect(200);
    send(START, &body, &body.replace("48.001", "49.001")).await.expect(401);
    send(START - 6 * 60_000, &body, &body).await.expect(401);
    send(START + 6 * 60_000, &body, &body).await.expect(401);
}

fn secret(key: &str) -> Vec<u8> {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let bytes = URL_SAFE_NO_PAD.decode(key.strip_prefix("wad_").expect("a device key"));
    bytes.expect("base 64")[16..].to_vec()
}

#[tokio::test]
async fn a_gateway_sends_the_fixes_of_many_as_columns() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let (id, _) = tracker(&world, &clerk, "Tag 1").await;
    let tracker: TrackerId = id.parse().expect("an id");
    let at = LatLon::from_degrees(48.0, 9.0).expect("a point");
    let fix = Fix {
        at: Timestamp::from_millis(START).expect("our years"),
        position: Position { at, height: None },
        radius_95_mm: None,
        vertical_95_mm: None,
        speed_mm_s: None,
        course_cdeg: None,
    };
    let bytes = Batch::of([(tracker, fix)]).to_bytes();
    let send = async |bytes: Vec<u8>, status: u16| {
        let answer = world.raw(Method::POST, &clerk, "/v1/fixes", bytes, COLUMNS, &[]).await;
        answer.expect(status)
    };
    send(bytes.clone(), 201).await;
    for cut in 0..bytes.len() {
        let answer = send(bytes[..cut].to_vec(), 400).await;
        assert_eq!(answer.faults(), [(String::new(), "columns".to_owned())]);
    }
    let stranger = Batch::of([(TrackerId::derive(&[b"nobody"]), fix)]).to_bytes();
    let answer = send(stranger, 422).await;
    assert_eq!(answer.faults()[0].1, "unknown");
}

#[tokio::test]
async fn wrong_fixes_are_refused_with_every_mistake() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let (id, _) = tracker(&world, &clerk, "Tag 1").await;
    let with = |field: &str, value: Value| {
        let mut fix = fix(Some(&id), 1);
        fix[field] = value;
        fix
    };
    let cases = [
        (json!([]), "/fixes"),
        (json!([fix(None, 1)]), "/fixes/0/tracker"),
        (json!([with("at", json!("yesterday"))]), "/fixes/0/at"),
        (json!([fix(Some(&id), 2), with("speed_m_s", json!(-1))]), "/fixes/1/speed_m_s"),
        (json!([with("course_deg", json!(360))]), "/fixes/0/course_deg"),
        (json!([with("position", json!({ "lat": 91, "lon": 0 }))]), "/fixes/0/position/lat"),
        (json!([with("position", json!({ "lat": null, "lon": 0 }))]), "/fixes/0/position/lat"),
        (json!([with("colour", json!("red"))]), "/fixes/0/colour"),
    ];
    for (fixes, pointer) in cases {
        let answer = world.post(&clerk, "/v1/fixes", &json!({ "fixes": fixes })).await;
        assert_eq!(answer.status, 422, "{fixes}");
        assert_eq!(answer.faults()[0].0, pointer, "{fixes}");
    }
}

#[tokio::test]
async fn fixes_are_put_off_while_too_many_wait_to_be_taken_in() {
    let faulty = Arc::new(Faulty::new(Arc::new(Memory::new())));
    let world = World::with(faulty.clone(), Settings::default());
    let clerk = world.person(&[Track, Enter]).await;
    let (id, key) = tracker(&world, &clerk, "Tag 1").await;
    let projector = Projector::new(world.service.clone());
    projector.catch_up().await.expect("memory answers");
    let device = Asker::Token(key);
    let send = async |minute: i64| {
        world.post(&device, "/v1/fixes", &json!({ "fixes": [fix(Some(&id), minute)] })).await
    };
    send(1).await.expect(201);
    faulty.crash_at_write(1, Fault::BeforeApply);
    projector.catch_up().await.expect_err("nothing is written");
    faulty.revive();
    // It may take a moment; not longer.
    world.pass(Duration::from_secs(9));
    send(2).await.expect(201);
    world.pass(Duration::from_secs(2));
    let answer = send(3).await.expect(503);
    let seconds: u32 = answer.header("retry-after").parse().expect("seconds");
    assert!((5..10).contains(&seconds), "{seconds} s");
    world.get(&clerk, &format!("/v1/trackers/{id}")).await.expect(200);
    projector.catch_up().await.expect("memory answers");
    send(3).await.expect(201);
}

/// A queue that delivers when it is told to.
#[derive(Debug, Default)]
struct Held(Mutex<Vec<Vec<u8>>>);

impl FixQueue for Held {
    fn send(&self, messages: Vec<Vec<u8>>) -> BoxFuture<'_, service::Result<()>> {
        Box::pin(async move {
            self.0.lock().expect("nobody panics").extend(messages);
            Ok(())
        })
    }
}

#[tokio::test]
async fn where_there_is_a_queue_fixes_are_accepted_into_it() {
    let mut world = World::new();
    let queue = Arc::new(Held::default());
    world.has(|it| it.with_fix_queue(queue.clone()));
    let clerk = world.person(&[Enter]).await;
    let tag = world.made(&clerk, "/v1/trackers", &json!({ "name": "Tag" })).await;
    let fix = |lat: f64| {
        let position = json!({ "lat": lat, "lon": 9.0 });
        json!({ "fixes": [{ "tracker": tag, "at": "2026-03-01T08:00:00Z", "position": position }] })
    };
    let send = async |fixes: &Value, key: &str| {
        world.json(Method::POST, &clerk, "/v1/fixes", fixes, &[("idempotency-key", key)]).await
    };
    let first = send(&fix(48.0), "1").await.expect(202).json();
    assert_eq!((&first["fixes"], &first["duplicate"]), (&json!(1), &json!(false)));
    assert_eq!(send(&fix(48.0), "1").await.expect(202).json(), first, "nobody knows it yet");
    let one = world.get(&clerk, &format!("/v1/trackers/{tag}")).await.expect(200).json();
    assert_eq!(one["latest"], json!(null));
    let messages = std::mem::take(&mut *queue.0.lock().expect("nobody panics"));
    let done = world.service.take_in_queued(messages).await;
    assert_eq!(done, [Ok(()), Ok(())]);
    let one = world.get(&clerk, &format!("/v1/trackers/{tag}")).await.expect(200).json();
    assert_eq!(one["latest"]["at"], "2026-03-01T08:00:00.000Z");
    let again = send(&fix(48.0), "1").await.expect(200).json();
    assert_eq!((&again["batch"], &again["duplicate"]), (&first["batch"], &json!(true)));
    send(&fix(49.0), "1").await.expect(422);
    // What is wrong is refused as it is without a queue.
    let stranger = json!({ "fixes": [{ "tracker": "trk_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "at": "2026-03-01T08:00:00Z", "position": { "lat": 1.0, "lon": 1.0 } }] });
    send(&stranger, "2").await.expect(422);
    send(&json!({ "fixes": [] }), "3").await.expect(422);
    assert!(queue.0.lock().expect("nobody panics").is_empty());
}
