//! A great deal of nonsense, sent to the built binary: each answer is a problem that
//! says where, memory does not grow, and whoever is right is still answered.

use journeys::{http::Connection, server::Server};
use serde_json::json;
use tokio::task::JoinSet;

/// Bodies on every change, and in a soak.
const BODIES: (usize, usize) = (240, 2_400);
/// Who sends at the same time.
const SENDERS: usize = 4;
/// What may stay behind, of gigabytes that were sent.
const GROWTH_MAX: u64 = 128 << 20;

/// What is sent: where to, as what, and the statuses that are right.
type Nonsense = (&'static str, &'static str, &'static str, Vec<u8>, &'static [u16]);

fn nonsense() -> Vec<Nonsense> {
    let json = "application/json";
    let text = |len: usize| "x".repeat(len);
    let ten = json!({ "description": text(10_000_000) }).to_string().into_bytes();
    let list = json!([{ "description": text(7_900_000) }]).to_string().into_bytes();
    let mut broken = json!({ "description": text(1_000_000) }).to_string().into_bytes();
    broken[500_000] = 0xff;
    let keys: Vec<String> = (0..60_000).map(|it| format!("\"k{it}\":{it}")).collect();
    let keys = format!("{{{}}}", keys.join(",")).into_bytes();
    let lines = "{\"description\":7}\n".repeat(1_000).into_bytes();
    let packages = "/v1/packages";
    vec![
        ("a string of 10 MB", packages, json, ten.clone(), &[413]),
        ("an event of 10 MB", "/v1/events", json, ten, &[413]),
        ("a string of 7.9 MB in a list", packages, json, list, &[200, 422]),
        ("a million levels", packages, json, vec![b'['; 1_000_000], &[400]),
        ("objects in objects", packages, json, "{\"a\":".repeat(200_000).into_bytes(), &[400]),
        ("broken UTF-8", packages, json, broken, &[400]),
        ("60,000 unknown fields", packages, json, keys, &[422]),
        ("a thousand wrong lines", packages, "application/x-ndjson", lines, &[200, 422]),
        ("10 MB of no name", packages, "application/zip", vec![0; 10_000_000], &[415]),
        ("an empty body", packages, json, Vec::new(), &[400]),
        ("year 0", packages, json, b"{\"happened_at\":\"0000-01-01T00:00:00Z\"}".to_vec(), &[422]),
        (
            "year 9999",
            packages,
            json,
            b"{\"happened_at\":\"9999-12-31T23:59:59Z\"}".to_vec(),
            &[422],
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_is_answered_and_forgotten() {
    let soak = std::env::var_os("WHEREABOUTS_SOAK").is_some();
    let bodies = if soak { BODIES.1 } else { BODIES.0 };
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path()).await.expect("it starts");
    // What the first requests load, such as schemas, is no growth.
    let mut warm = server.connect().await.expect("it listens");
    for number in 0..50 {
        let body = json!({ "description": format!("lamp {number}") });
        warm.post("/v1/packages", &body).await.and_then(|it| it.good()).expect("it is right");
    }
    let before = server.memory_bytes().expect("it lives");
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        let (address, key) = (server.address, server.key.clone());
        senders.spawn(async move {
            let mut sent = 0;
            for (number, (what, path, media, body, right)) in
                nonsense().into_iter().cycle().take(bodies / SENDERS).enumerate()
            {
                // A server may close a connection on which more comes than it takes.
                let connection = Connection::open(address, &key).await;
                let mut connection = connection.expect("it listens");
                let media = format!("Content-Type: {media}\r\n");
                let answer = connection.send("POST", path, &media, Some(&body)).await;
                let answer = answer.unwrap_or_else(|why| {
                    panic!("sender {sender}, body {number}, {what}: no answer: {why}")
                });
                let problem = answer.json();
                let shown: String = problem.to_string().chars().take(300).collect();
                assert!(right.contains(&answer.status), "{what}: {} {shown}", answer.status);
                let pointed = find_pointer(&problem);
                assert!(pointed, "{what}: nothing says where: {shown}");
                sent += body.len();
            }
            sent
        });
    }
    let mut sent = 0;
    while let Some(done) = senders.join_next().await {
        sent += done.expect("every answer is right");
    }
    let after = server.memory_bytes().expect("it lives");
    let mib = |bytes: u64| bytes >> 20;
    println!(
        "{bodies} bodies, {} MB of nonsense: memory {} MiB before, {} MiB after",
        sent / 1_000_000,
        mib(before),
        mib(after)
    );
    assert!(after < before + GROWTH_MAX, "memory grew from {} to {} MiB", mib(before), mib(after));
    let still = warm.post("/v1/packages", &json!({ "description": "lamp" })).await;
    still.and_then(|it| it.good()).expect("who is right is still answered");
}

/// Whether an error with a pointer is in an answer, or in the answer to each item.
fn find_pointer(answer: &serde_json::Value) -> bool {
    match answer["results"].as_array() {
        Some(results) => results.iter().all(|it| find_pointer(&it["problem"])),
        None => answer["errors"][0]["pointer"].is_string(),
    }
}
