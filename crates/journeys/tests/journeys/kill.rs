//! `kill -9` under load, again and again: nothing acknowledged is ever lost.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use journeys::{http::Connection, server::Server};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use tokio::{task::JoinSet, time::sleep};

/// Loops on every change, and in a soak.
const LOOPS: (usize, usize) = (10, 200);
/// People at work at the same time.
const PEOPLE: usize = 16;

/// What was acknowledged: the events of each package.
type Acknowledged = Arc<Mutex<BTreeMap<String, Vec<String>>>>;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_the_server_is_killed() {
    let soak = std::env::var_os("WHEREABOUTS_SOAK").is_some();
    let loops = if soak { LOOPS.1 } else { LOOPS.0 };
    let seed = rand::random();
    eprintln!("seed {seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let folder = tempfile::tempdir().expect("a folder");
    let acknowledged = Acknowledged::default();
    for round in 0..loops {
        let server = Server::start(folder.path()).await.expect("it starts");
        verify(&server, &acknowledged, round).await;
        let mut people = JoinSet::new();
        for person in 0..PEOPLE {
            let connection = server.connect().await.expect("it listens");
            let name = format!("{round}-{person}");
            people.spawn(work(connection, name, Arc::clone(&acknowledged)));
        }
        sleep(Duration::from_millis(rng.random_range(5..500))).await;
        server.kill().await.expect("it can be killed");
        while people.join_next().await.is_some() {}
    }
    let server = Server::start(folder.path()).await.expect("it starts");
    verify(&server, &acknowledged, loops).await;
    drop(server);
    let total: usize = acknowledged.lock().expect("nobody panicked").values().map(Vec::len).sum();
    println!("{loops} kills, {total} events acknowledged, 0 lost");
    assert!(total > loops * 10, "only {total} events in {loops} rounds: no load to speak of");
}

/// One person at work until the server is gone: registers a package, says things
/// of it, one at a time and several together.
async fn work(mut connection: Connection, name: String, acknowledged: Acknowledged) {
    for number in 0.. {
        let body = json!({
            "description": format!("monitor {name}-{number}"),
            "references": [{ "scheme": "order", "value": format!("PO {name} {number}") }],
        });
        let Some(answer) = said(&mut connection, "/v1/packages", &body).await else { return };
        let id = answer["id"].as_str().expect("a package has an id").to_owned();
        note(&acknowledged, &id, &answer);
        let path = format!("/v1/packages/{id}/events");
        for step in 0..4 {
            let event = |text: String| json!({ "kind": "note", "text": text, "happened_at": "2026-03-02T10:00:00Z" });
            let body = if step == 3 {
                json!([event("together 1".into()), event("together 2".into())])
            } else {
                event(format!("step {step}"))
            };
            let Some(answer) = said(&mut connection, &path, &body).await else { return };
            note(&acknowledged, &id, &answer);
        }
    }
}

/// The answer to something that was acknowledged; `None` once nobody answers.
async fn said(connection: &mut Connection, path: &str, body: &Value) -> Option<Value> {
    let answer = connection.post(path, body).await.ok()?;
    Some(answer.good().expect("what people say is right, so it is taken"))
}

/// Remembers every event that an answer acknowledges.
fn note(acknowledged: &Acknowledged, package: &str, answer: &Value) {
    let mut acknowledged = acknowledged.lock().expect("nobody panicked");
    let events = acknowledged.entry(package.to_owned()).or_default();
    let before = events.len();
    find_events(answer, events);
    assert!(events.len() > before, "no receipt in {answer}");
}

fn find_events(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.starts_with("evt_") => found.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|it| find_events(it, found)),
        Value::Object(values) => values.values().for_each(|it| find_events(it, found)),
        _ => (),
    }
}

/// Everything acknowledged so far must be in the histories.
async fn verify(server: &Server, acknowledged: &Acknowledged, round: usize) {
    let acknowledged = acknowledged.lock().expect("nobody panicked").clone();
    let mut connection = server.connect().await.expect("it listens");
    for (package, events) in &acknowledged {
        let path = format!("/v1/packages/{package}/history?limit=500");
        let answer = connection.get(&path).await.expect("it answers");
        let history = answer.good().expect("the package is there");
        let mut there = Vec::new();
        find_events(&history, &mut there);
        for event in events {
            assert!(there.contains(event), "before round {round}: {event} of {package} is lost");
        }
    }
}
