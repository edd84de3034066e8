//! How the installation does, over HTTP.

use audit::LogKey;
use serde_json::{Value, json};
use service::{
    log::sequencer::Sequencer,
    people::Permission::{Admin, Audit, Enter},
};

use crate::world::World;

fn check(system: &Value, name: &str) -> (String, String) {
    let all = system["checks"].as_array().expect("a list");
    let it = all.iter().find(|it| it["name"] == name).expect("it is checked");
    let text = |name: &str| it[name].as_str().expect("text").to_owned();
    (text("state"), text("says"))
}

#[tokio::test]
async fn who_runs_it_sees_what_is_behind_and_what_was_repaired() {
    let world = World::new();
    let (clerk, admin) = (world.person(&[Enter]).await, world.person(&[Admin]).await);
    let auditor = world.person(&[Audit]).await;
    world.package(&clerk, &json!({ "description": "monitor" })).await;
    let key = LogKey::new("api.test/log", &[9; 32]).expect("a key");
    let mut sequencer = Sequencer::new(world.service.clone(), key);
    sequencer.catch_up().await.expect("memory answers");
    world.package(&clerk, &json!({ "description": "dock" })).await;
    let system = world.get(&admin, "/v1/system").await.expect(200).json();
    assert_eq!(system["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(system["log"]["waiting"]["count"], 1);
    assert_eq!(check(&system, "reconciler"), ("ok".into(), "Nothing was compared yet".into()));
    assert!(check(&system, "log").1.contains("wait for the log"), "{system}");
    sequencer.catch_up().await.expect("memory answers");
    world.service.reconcile().await.expect("memory answers");
    let system = world.get(&auditor, "/v1/system").await.expect(200).json();
    assert_eq!(system["log"]["waiting"], json!({ "count": 0, "since": null, "waits_ms": 0 }));
    assert_eq!(system["log"]["entries"], world.service.log_status().size);
    assert_eq!(check(&system, "log"), ("ok".into(), "Everything is in the log".into()));
    assert_eq!(check(&system, "reconciler"), ("ok".into(), "Nothing was left behind".into()));
    assert_eq!(system["reconciler"]["rounds"], 1);
    assert_eq!(system["store"]["bytes"], json!(null), "nobody here knows");
    // Somebody put another key in the place of the log's: nothing can be appended, and
    // it is told.
    let other = LogKey::new("api.test/log", &[8; 32]).expect("a key");
    assert!(Sequencer::new(world.service.clone(), other).catch_up().await.is_err());
    let system = world.get(&admin, "/v1/system").await.expect(200).json();
    let (state, says) = check(&system, "log");
    assert!(state == "warn" && says.starts_with("Nothing can be added"), "{state}: {says}");
    assert!(system["log"]["trouble"].is_string() && system["log"]["trouble_since"].is_string());
    world.get(&clerk, "/v1/system").await.expect(403);
}
