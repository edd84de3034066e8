//! What surrounds every answer: headers, limits, counting, and what happens
//! when things fail.

use std::{sync::Arc, time::Duration};

use api::Settings;
use axum::http::Method;
use serde_json::json;
use service::people::Permission::{Audit, Enter, Track};
use table::{Fault, Faulty, Memory};

use crate::world::{Asker, World};

#[tokio::test]
async fn data_is_kept_by_nobody_and_sniffed_by_nobody() {
    let world = World::new();
    let clerk = world.person(&[Track]).await;
    let answer = world.get(&clerk, "/v1/packages").await.expect(200);
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().expect("text")))
        .filter(|it| !it.starts_with("x-request-id") && !it.starts_with("content-length"))
        .collect();
    headers.sort();
    insta::assert_snapshot!(headers.join("\n"));
    assert!(answer.header("x-request-id").starts_with("req_"));
    let again = world.get(&clerk, "/v1/packages").await;
    assert_ne!(answer.header("x-request-id"), again.header("x-request-id"));

    let settings = Settings { tls: true, ..Settings::default() };
    let tls = World::with(Arc::new(Memory::new()), settings);
    let answer = tls.get(&Asker::Nobody, "/healthz").await.expect(200);
    assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
}

#[tokio::test]
async fn every_kind_of_problem_looks_alike() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let mut seen = Vec::new();
    let body = json!({ "pieces": "two", "happened_at": "2300-01-01T00:00:00Z", "colour": "red" });
    for answer in [
        world.get(&Asker::Nobody, "/v1/packages").await,
        world.get(&clerk, "/v1/users").await,
        world.get(&clerk, "/v1/nothing").await,
        world.get(&clerk, "/v1/packages/unknown").await,
        world.json(Method::PUT, &clerk, "/v1/packages", &json!({}), &[]).await,
        world.post(&clerk, "/v1/packages", &body).await,
        world.get(&clerk, "/v1/packages?limit=x").await,
        world.raw(Method::POST, &clerk, "/v1/clients", "{\"name\"", "application/json", &[]).await,
        world.raw(Method::POST, &clerk, "/v1/clients", "a=b", "text/plain", &[]).await,
    ] {
        let mut problem = answer.json();
        problem["instance"] = json!("req_");
        seen.push(problem);
    }
    insta::assert_json_snapshot!(seen);
}

#[tokio::test]
async fn long_answers_are_packed_for_those_who_can_unpack() {
    let world = World::new();
    let path = "/v1/openapi.json";
    let packed = [("accept-encoding", "gzip")];
    let get = Method::GET;
    let answer = world.json(get, &Asker::Nobody, path, &json!(null), &packed).await.expect(200);
    assert_eq!(answer.header("content-encoding"), "gzip");
    let plain = world.get(&Asker::Nobody, path).await.expect(200);
    assert!(answer.body.len() * 4 < plain.body.len());
}

#[tokio::test]
async fn storage_that_is_away_is_said_so_and_retried_safely() {
    let faulty = Arc::new(Faulty::new(Arc::new(Memory::new())));
    let world = World::with(faulty.clone(), Settings::default());
    let clerk = world.person(&[Track, Enter]).await;
    let key = [("idempotency-key", "1")];
    let body = json!({ "description": "Lamp" });
    for fault in [Fault::BeforeApply, Fault::AfterApply] {
        faulty.crash_at_write(1, fault);
        let answer =
            world.json(Method::POST, &clerk, "/v1/packages", &body, &key).await.expect(503);
        // Not everybody comes back in the same second.
        let seconds: u32 = answer.header("retry-after").parse().expect("a number");
        assert!((2..7).contains(&seconds), "{seconds}");
        assert_eq!(answer.json()["type"], "/problems/unavailable");
        faulty.revive();
    }
    // The second attempt applied, only its answer was lost.
    let answer = world.json(Method::POST, &clerk, "/v1/packages", &body, &key).await.expect(200);
    assert_eq!(answer.json()["receipt"]["seq"], 1);
}

#[tokio::test]
async fn who_cannot_be_proved_is_not_let_in_when_storage_is_away() {
    let faulty = Arc::new(Faulty::new(Arc::new(Memory::new())));
    let world = World::with(faulty.clone(), Settings::default());
    let clerk = world.person(&[Track]).await;
    faulty.crash_at_write(1, Fault::BeforeApply);
    let admin = world.service.people().ensure_setup().await;
    assert!(admin.is_err(), "the storage is away from here on");
    world.pass(Duration::from_secs(60));
    world.get(&clerk, "/v1/packages").await.expect(503);
    world.get(&Asker::Nobody, "/healthz").await.expect(200);
}

#[tokio::test]
async fn more_than_can_be_answered_is_refused_at_once() {
    let settings =
        Settings { at_once_max: 0, wait_max: Duration::from_millis(1), ..Settings::default() };
    let world = World::with(Arc::new(Memory::new()), settings);
    let answer = world.get(&Asker::Nobody, "/v1/openapi.json").await.expect(503);
    // Not everybody comes back in the same second.
    let seconds: u32 = answer.header("retry-after").parse().expect("a number");
    assert!((2..7).contains(&seconds), "{seconds}");
    assert_eq!(answer.json()["instance"], answer.header("x-request-id"));
}

#[tokio::test]
async fn a_herd_waits_a_little_for_its_turn() {
    let settings = Settings { at_once_max: 1, ..Settings::default() };
    let world = World::with(Arc::new(Memory::new()), settings);
    let clerk = world.person(&[Track, Enter]).await;
    let herd = (0..200).map(|_| world.get(&clerk, "/v1/packages"));
    for answer in futures::future::join_all(herd).await {
        answer.expect(200);
    }
}

#[tokio::test]
async fn what_takes_too_long_is_given_up() {
    let settings = Settings { patience: Duration::from_millis(50), ..Settings::default() };
    let world = World::with(Arc::new(Memory::new()), settings);
    let clerk = world.person(&[Track, Enter]).await;
    let body = axum::body::Body::from_stream(futures::stream::pending::<
        Result<Vec<u8>, std::io::Error>,
    >());
    let answer =
        world.raw(Method::POST, &clerk, "/v1/clients", body, "application/json", &[]).await;
    assert_eq!(answer.expect(503).json()["type"], "/problems/unavailable");
}

#[tokio::test]
async fn what_is_answered_is_counted_by_route() {
    let world = World::new();
    let auditor = world.person(&[Audit]).await;
    world.get(&Asker::Nobody, "/v1/packages/1").await.expect(401);
    world.get(&Asker::Nobody, "/v1/packages/2").await.expect(401);
    world.get(&Asker::Nobody, "/v1/made/up").await.expect(404);
    let answer = world.get(&auditor, "/metrics").await.expect(200);
    assert!(answer.header("content-type").starts_with("text/plain; version=0.0.4"));
    let text = String::from_utf8(answer.body).expect("text");
    let line =
        "http_requests_total{method=\"GET\",route=\"/v1/packages/{package}\",status=\"401\"} 2";
    assert!(text.contains(line), "{text}");
    assert!(text.contains("route=\"(none)\",status=\"404\"} 1"), "{text}");
    assert!(text.contains("http_request_duration_seconds_bucket"), "{text}");
    assert!(!text.contains("made/up"), "strangers make up no counters");
}
