//! The audit log over HTTP: its files, proofs, and what it says of a package.

use std::net::{IpAddr, Ipv4Addr};

use audit::{
    Checkpoint, LogKey, PublicKey,
    proof::TlogProof,
    verify::{Against, BoxFuture, Source, verify},
};
use axum::http::Method;
use serde_json::{Value, json};
use service::{
    log::sequencer::Sequencer,
    people::{
        Caller,
        Permission::{Admin, Audit, Enter, Track},
    },
    record::Attribution,
};

use crate::{
    data::facility,
    world::{Asker, World},
};

/// The log as somebody reads it who may.
struct OverHttp<'a>(&'a World, &'a Asker);

impl Source for OverHttp<'_> {
    fn read<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Option<bytes::Bytes>, String>> {
        Box::pin(async move {
            let answer = self.0.get(self.1, &format!("/v1/log/{path}")).await;
            match answer.status.as_u16() {
                200 => Ok(Some(answer.body.into())),
                404 => Ok(None),
                other => Err(format!("{path}: {other}")),
            }
        })
    }
}

#[tokio::test]
async fn who_may_audit_reads_and_checks_the_whole_log_over_http() {
    let world = World::new();
    let (clerk, auditor) = (world.person(&[Enter]).await, world.person(&[Audit]).await);
    world.get(&auditor, "/v1/log/checkpoint").await.expect(404);
    let mut packages = Vec::new();
    for number in 0..3 {
        let body = json!({ "description": format!("monitor {number}") });
        packages.push(world.package(&clerk, &body).await);
    }
    let path = format!("/v1/audit/packages/{}", packages[0]);
    let before = world.get(&auditor, &path).await.expect(200).json();
    assert_eq!(before["entries"][0]["index"], json!(null));
    let note = json!({ "kind": "note", "text": "hello", "happened_at": "2026-03-01T08:00:00Z" });
    for _ in 0..300 {
        let events = format!("/v1/packages/{}/events", packages[0]);
        world.post(&clerk, &events, &note).await.expect(201);
    }
    let key = LogKey::new("api.test/log", &[9; 32]).expect("a key");
    Sequencer::new(world.service.clone(), key).catch_up().await.expect("memory answers");

    let vkey = world.get(&auditor, "/v1/log/vkey").await.expect(200);
    let vkey = PublicKey::of_text(&String::from_utf8_lossy(&vkey.body)).expect("a key");
    let checkpoint = world.get(&auditor, "/v1/log/checkpoint").await.expect(200);
    assert!(checkpoint.header("content-type").starts_with("text/plain"));
    // 303 events; two accounts with a link and a token each; the look at the package.
    assert_eq!(Checkpoint::open(&checkpoint.body, &vkey).expect("signed").size, 310);
    let tile = world.get(&auditor, "/v1/log/tile/0/000").await.expect(200);
    assert_eq!(tile.body.len(), 8_192);
    assert!(tile.header("cache-control").contains("immutable"));
    let source = OverHttp(&world, &auditor);
    let against = Against { key: &vkey, since: None };
    let report = verify(&source, against, &mut |_, _| ()).await.expect("it answers");
    assert_eq!((report.faults, report.entries), (vec![], 310));

    // Each event with its bytes, its place and its proof.
    let mut entries = Vec::new();
    let mut part = format!("{path}?limit=200");
    loop {
        let audit = world.get(&auditor, &part).await.expect(200).json();
        entries.extend(audit["entries"].as_array().expect("a list").clone());
        let Some(next) = audit["next"].as_str() else { break };
        part = format!("{path}?limit=200&cursor={next}");
    }
    world.get(&auditor, &format!("{path}?cursor=elsewhere")).await.expect(400);
    assert_eq!(entries.len(), 301);
    for entry in [&entries[0], &entries[150], &entries[300]] {
        let proof = world.get(&auditor, &format!("/v1/log/proofs/{}", entry["index"])).await;
        let proof = String::from_utf8(proof.expect(200).body).expect("text");
        let leaf = entry["leaf"].as_str().expect("text").as_bytes();
        TlogProof::of_text(&proof).expect("a proof").check(leaf, &vkey).expect("it is in the log");
    }
    for gone in ["proofs/310", "proofs/x", "proofs/-1", "tile/0/001", "tile/9/x/y", "tile/0/0"] {
        world.get(&auditor, &format!("/v1/log/{gone}")).await.expect(404);
    }
    world.get(&auditor, "/v1/audit/packages/nothing").await.expect(404);
    world.get(&world.person(&[Track]).await, "/v1/log/checkpoint").await.expect(403);
}

#[tokio::test]
async fn who_may_audit_asks_what_somebody_did() {
    let world = World::new();
    let (clerk, other) = (world.person(&[Enter]).await, world.person(&[Enter]).await);
    let auditor = world.person(&[Audit]).await;
    let package = world.package(&clerk, &json!({ "description": "monitor" })).await;
    for _ in 0..7 {
        world.package(&other, &json!({ "description": "dock" })).await;
    }
    let key = LogKey::new("api.test/log", &[9; 32]).expect("a key");
    Sequencer::new(world.service.clone(), key).catch_up().await.expect("memory answers");
    let get = |query: &str| {
        let path = format!("/v1/audit{query}");
        let (world, auditor) = (&world, &auditor);
        async move { world.get(auditor, &path).await }
    };
    let all = get("?kind=registered").await.expect(200).json();
    let all_entries = all["entries"].as_array().expect("a list");
    assert_eq!((all_entries.len(), &all["next"]), (8, &json!(null)));
    let first = all_entries.iter().find(|it| it["about"] == package).expect("the monitor");
    let leaf = first["leaf"].as_str().expect("text").as_bytes();
    assert_eq!(first["hash"], domain::leaf::hex(&domain::leaf::leaf_hash(leaf)));
    let theirs = all_entries.iter().find(|it| it["actor"] != first["actor"]).expect("a dock");
    let actor = theirs["actor"].as_str().expect("an id");
    let mut seen = Vec::new();
    let mut query = format!("?actor={actor}&kind=registered&limit=3");
    loop {
        let page = get(&query).await.expect(200).json();
        let entries = page["entries"].as_array().expect("a list").clone();
        assert!(entries.iter().all(|it| it["actor"] == actor));
        seen.extend(entries.iter().map(|it| it["index"].as_u64().expect("a number")));
        let Some(next) = page["next"].as_str() else { break };
        query = format!("?actor={actor}&kind=registered&limit=3&cursor={next}");
    }
    assert_eq!(seen.len(), 7);
    assert!(seen.is_sorted_by(|a, b| a > b), "{seen:?}");
    let none = get("?kind=delivered").await.expect(200).json();
    assert_eq!(none["entries"], json!([]));
    get("?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z").await.expect(400);
    get("?who=me").await.expect(400);
    get("?cursor=elsewhere").await.expect(400);
    world.get(&clerk, "/v1/audit").await.expect(403);
}

#[tokio::test]
async fn who_may_audit_asks_what_an_administrator_changed_and_is_remembered() {
    let world = World::new();
    let (admin, auditor) = (world.person(&[Admin]).await, world.person(&[Audit]).await);
    let clerk = world.person(&[Enter]).await;
    let id = async |who: &Asker| {
        let me = world.get(who, "/v1/me").await.expect(200).json();
        me["user"].as_str().expect("an account").to_owned()
    };
    let (admin_id, auditor_id, clerk_id) = (id(&admin).await, id(&auditor).await, id(&clerk).await);
    let change = json!({ "permissions": ["track", "enter"] });
    let path = format!("/v1/users/{clerk_id}");
    world.json(Method::PATCH, &admin, &path, &change, &[]).await.expect(200);
    let key = LogKey::new("api.test/log", &[9; 32]).expect("a key");
    let mut sequencer = Sequencer::new(world.service.clone(), key);
    let mut did = async |who: &str| {
        sequencer.catch_up().await.expect("memory answers");
        let path = format!("/v1/audit?actor={who}");
        let page = world.get(&auditor, &path).await.expect(200).json();
        let line = |it: &Value| {
            let text = |name: &str| it[name].as_str().expect("text").to_owned();
            let leaf: Value = serde_json::from_str(&text("leaf")).expect("JSON");
            (text("kind"), text("about"), leaf)
        };
        page["entries"].as_array().expect("a list").iter().map(line).collect::<Vec<_>>()
    };
    let done = did(&admin_id).await;
    let changed = done.iter().find(|it| it.0 == "permissions_changed").expect("it is logged");
    assert_eq!(changed.1, clerk_id);
    assert_eq!(changed.2["before"], json!(["enter"]));
    assert_eq!(changed.2["after"], json!(["track", "enter"]));
    assert_eq!(done.iter().filter(|it| it.0 == "signed_in").count(), 1);
    // The question itself is evidence from then on.
    let asked = did(&auditor_id).await;
    let asked: Vec<_> = asked.iter().filter(|it| it.0 == "evidence_read").collect();
    assert_eq!((asked.len(), &asked[0].1), (1, &admin_id));
    // What is no id is not kept for ever: it may be somebody's name.
    did("Ada%20Byron").await;
    let asked = did(&auditor_id).await;
    assert!(asked.iter().all(|it| !it.2.to_string().contains("Byron")));
    assert!(asked.iter().any(|it| it.1 == "log"));
}

#[tokio::test]
async fn who_may_audit_is_told_what_things_and_people_are_called_and_no_more_of_people() {
    let world = World::new();
    let admin = world.person(&[Admin]).await;
    let body = json!({
        "name": "edda.wren", "display_name": "Edda Wren", "email": "edda@wren.example",
        "password": "a long enough password", "permissions": ["track", "enter"],
    });
    let edda = world.made(&admin, "/v1/users", &body).await;
    let by = Attribution { actor: "test".to_owned(), source: "test".to_owned() };
    let link = world.service.people().issue_link(&by, edda.parse().expect("an id")).await;
    let caller = Caller { source: IpAddr::V4(Ipv4Addr::LOCALHOST), label: "test", previous: None };
    let link = link.expect("a link");
    let session = world.service.people().follow_link(link.reveal(), caller).await;
    let clerk = Asker::Session(session.expect("a session").secret.reveal().to_owned());
    let hub = world.made(&clerk, "/v1/places", &facility("Hub", 35.0, -90.0)).await;
    let package = world.package(&clerk, &json!({ "description": "monitor" })).await;
    let truck = json!({ "kind": "truck", "name": "Truck 7" });
    let truck = world.made(&clerk, "/v1/containers", &truck).await;
    for event in [
        json!({ "kind": "scanned", "happened_at": "2026-03-01T08:00:00Z", "place": hub }),
        json!({ "kind": "joined", "happened_at": "2026-03-01T08:01:00Z",
            "holder": { "container": truck } }),
    ] {
        world.post(&clerk, &format!("/v1/packages/{package}/events"), &event).await.expect(201);
    }
    world.settle().await;
    let key = LogKey::new("api.test/log", &[9; 32]).expect("a key");
    Sequencer::new(world.service.clone(), key).catch_up().await.expect("memory answers");
    let auditor = world.person(&[Audit]).await;
    let whole = world.get(&auditor, "/v1/audit?limit=200").await.expect(200);
    let one = world.get(&auditor, &format!("/v1/audit/packages/{package}")).await.expect(200);
    for answer in [whole, one] {
        let names = answer.json()["names"].clone();
        assert_eq!(names[&edda], "Edda Wren");
        assert_eq!(names[&package], "monitor");
        assert_eq!(names[&hub], "Hub");
        assert_eq!(names[&truck], "Truck 7");
        let text = String::from_utf8(answer.body).expect("text");
        assert!(!text.contains("edda.wren") && !text.contains("wren.example"), "{text}");
    }
}
