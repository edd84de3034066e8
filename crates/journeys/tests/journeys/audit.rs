//! An auditor with nothing but an address and a key; and a store that is lost and made
//! again from its log and a backup.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
    time::Duration,
};

use journeys::server::{Server, binary};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

/// Events are in the log within seconds; a machine under load takes longer.
const LOGGED_MAX: Duration = Duration::from_secs(60);

/// Runs a command; what it said, its errors, its status.
fn run(args: &[&str]) -> (String, String, Option<i32>) {
    let output = Command::new(binary()).args(args).output().expect("the binary runs");
    let Output { status, stdout, stderr } = output;
    let text = |it: Vec<u8>| String::from_utf8_lossy(&it).into_owned();
    let (said, error) = (text(stdout), text(stderr));
    assert!(!error.contains("panicked"), "{args:?}: {error}");
    (said, error, status.code())
}

async fn registered(server: &Server, number: usize) -> String {
    let mut connection = server.connect().await.expect("it listens");
    let body = json!({
        "description": format!("monitor {number}"), "recipient": { "name": "Ada Byron" },
    });
    let made = connection.post("/v1/packages", &body).await.expect("it answers");
    let id = made.good().expect("it is new")["id"].as_str().expect("an id").to_owned();
    let note =
        json!({ "kind": "note", "text": "call first", "happened_at": "2026-03-01T08:00:00Z" });
    let path = format!("/v1/packages/{id}/events");
    connection.post(&path, &note).await.expect("it answers").good().expect("it is noted");
    id
}

async fn logged(server: &Server, at_least: u64) -> Vec<u8> {
    let mut connection = server.connect().await.expect("it listens");
    let begun = Instant::now();
    loop {
        let answer = connection.get("/v1/log/checkpoint").await.expect("it answers");
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let size: u64 = text.lines().nth(1).and_then(|it| it.parse().ok()).unwrap_or(0);
        if at_least <= size {
            return answer.body;
        }
        assert!(begun.elapsed() < LOGGED_MAX, "{at_least} entries are not in the log:\n{text}");
        sleep(Duration::from_millis(100)).await;
    }
}

async fn stopped(server: Server) {
    server.ask_to_stop().expect("it can be asked");
    let ended = server.ended().await.expect("it is our child");
    assert_eq!(ended.code(), Some(0), "{ended}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_checks_the_log_of_a_running_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path()).await.expect("it starts");
    let mut packages = Vec::new();
    for number in 0..150 {
        packages.push(registered(&server, number).await);
    }
    let file = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    fs::write(file("early"), logged(&server, 300).await).expect("it can be kept");
    fs::write(file("token"), format!("{}\n", server.key)).expect("it can be written");
    registered(&server, 150).await;
    logged(&server, 302).await;
    let url = format!("http://{}", server.address);
    let (token, early) = (file("token"), file("early"));
    let verify = |args: &[&str]| run(&[&["verify"], args].concat());

    let (said, error, status) = verify(&[&url, "--token", &token, "--json"]);
    assert_eq!(status, Some(0), "{said}{error}");
    let told: Value = serde_json::from_str(&said).expect("JSON");
    assert!(302 <= told["entries"].as_u64().expect("a number"), "{told}");
    let log = format!("{url}/v1/log/");
    let all = [&log, "--token", &token, "--since", &early, "--package", &packages[7]];
    let (said, error, status) = verify(&all);
    assert_eq!(status, Some(0), "{said}{error}");
    assert!(said.contains("2 events of the package"), "{said}");

    // Whatever is not right is named, with status 1.
    let other = "whereabouts/other+b517d9a3+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";
    let wrong_key = fs::read_to_string(folder.path().join("blobs/log/vkey")).expect("a key");
    let wrong_key = wrong_key.trim().replacen("whereabouts/", "elsewhere/", 1);
    let (root, signature) = ("A".repeat(43) + "=", "A".repeat(91) + "=");
    let note = format!("elsewhere/log\n5\n{root}\n\n\u{2014} elsewhere/log {signature}\n");
    fs::write(file("foreign"), note).expect("it can be written");
    let foreign = file("foreign");
    for (args, words) in [
        (vec![url.as_str()], "give --token"),
        (vec![&url, "--token", &token, "--key", other], "not of whereabouts/other"),
        (vec![&url, "--token", &token, "--key", &wrong_key], "number does not fit the key"),
        (vec![&url, "--token", &token, "--since", &foreign], "it is of the log elsewhere/log"),
        (vec![&url, "--token", &token, "--since", "/nowhere"], "/nowhere: "),
        (vec![&url, "--token", "/nowhere"], "/nowhere: "),
        (vec!["http://127.0.0.1:1"], "http://127.0.0.1:1/checkpoint: "),
        (vec!["/nowhere"], "there is no log in /nowhere"),
    ] {
        let (said, error, status) = verify(&args);
        assert_eq!(status, Some(1), "{args:?}: {said}{error}");
        assert!(format!("{said}{error}").contains(words), "{args:?}: {said}{error}");
    }
    let not_a_log = format!("{url}/v1/packages");
    let (_, error, status) = verify(&[&not_a_log, "--token", &token]);
    assert!(status == Some(1) && !error.is_empty(), "{error}");
    // A tile that ends too early.
    let tile = folder.path().join("blobs/log/tile/0/000");
    let good = fs::read(&tile).expect("a full tile");
    fs::write(&tile, &good[..good.len() - 7]).expect("it can be written");
    let (said, _, status) = verify(&[&url, "--token", &token]);
    assert!(status == Some(1) && said.contains("tile/0/000"), "{said}");
    fs::write(&tile, &good).expect("it can be written");
    assert_eq!(verify(&[&url, "--token", &token]).2, Some(0));
}

async fn history(server: &Server, package: &str) -> Value {
    let mut connection = server.connect().await.expect("it listens");
    let path = format!("/v1/packages/{package}/history");
    connection.get(&path).await.expect("it answers").good().expect("it is known")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_store_is_made_again_from_its_log_and_a_backup() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let (data, kept) = (path("data"), path("kept"));
    let server = Server::start(Path::new(&data)).await.expect("it starts");
    let mut packages = Vec::new();
    for number in 0..40 {
        packages.push(registered(&server, number).await);
    }
    let before = history(&server, &packages[7]).await;
    let (_, error, status) = run(&["backup", &kept, "--data", &data]);
    assert!(status == Some(1) && error.contains("stop it first"), "{error}");
    stopped(server).await;
    let (said, error, status) = run(&["backup", &kept, "--data", &data]);
    assert_eq!(status, Some(0), "{said}{error}");
    let mode = fs::metadata(&kept).expect("a backup").permissions();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600);
    let (_, error, status) = run(&["backup", &kept, "--data", &data]);
    assert!(status == Some(1) && error.contains("replaces nothing"), "{error}");

    // Only a copy of the log is left.
    let log = path("log");
    let copied = Command::new("cp").args(["-r", &path("data/blobs/log"), &log]).status();
    assert!(copied.expect("cp runs").success());
    fs::rename(&data, path("lost")).expect("it can be moved");

    // A log that somebody altered is not taken, nor half a backup.
    let bundle = format!("{log}/tile/entries/000.p/80");
    let good = fs::read(&bundle).expect("80 entries");
    let mut bad = good.clone();
    bad[300] ^= 1;
    fs::write(&bundle, bad).expect("it can be written");
    let (said, _, status) = run(&["rebuild", "--from", &log, "--private", &kept, "--data", &data]);
    assert!(status == Some(1) && said.contains("tile/entries/000.p/80"), "{said}");
    assert!(!Path::new(&data).join("blobs/log/checkpoint").exists());
    fs::write(&bundle, &good).expect("it can be written");
    let whole = fs::read(&kept).expect("a backup");
    fs::write(path("half"), &whole[..whole.len() / 2]).expect("it can be written");
    let (_, error, status) =
        run(&["rebuild", "--from", &log, "--private", &path("half"), "--data", &data]);
    assert!(status == Some(1) && error.contains("the backup cannot be used"), "{error}");

    let (said, error, status) =
        run(&["rebuild", "--from", &log, "--private", &kept, "--data", &data, "--json"]);
    assert_eq!(status, Some(0), "{said}{error}");
    let told: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((&told["events"], &told["texts_missing"]), (&json!(80), &json!(0)), "{told}");
    let (_, error, status) = run(&["rebuild", "--from", &log, "--private", &kept, "--data", &data]);
    assert!(status == Some(1) && error.contains("is not empty"), "{error}");
    let server = Server::start(Path::new(&data)).await.expect("it starts on what was made");
    assert_eq!(history(&server, &packages[7]).await, before);
    // The log goes on where it was.
    registered(&server, 40).await;
    logged(&server, 82).await;
    stopped(server).await;
    let early = format!("{log}/checkpoint");
    let (said, error, status) = run(&["verify", &data, "--since", &early]);
    assert_eq!(status, Some(0), "{said}{error}");

    // Without the backup: the same, but for what is nobody's business.
    let bare = path("bare");
    let (said, error, status) = run(&["rebuild", "--from", &log, "--data", &bare, "--json"]);
    assert_eq!(status, Some(0), "{said}{error}");
    let told: Value = serde_json::from_str(said.lines().last().expect("a line")).expect("JSON");
    assert_eq!((&told["texts"], &told["texts_missing"]), (&json!(0), &json!(80)), "{told}");
    let (_, error, status) = run(&["serve", "--data", &bare, "--listen", "127.0.0.1:0"]);
    assert!(status == Some(1) && error.contains("put it back"), "{error}");
    let (said, _, status) = run(&["history", &packages[7], "--data", &bare, "--json"]);
    assert!(status == Some(0) && said.contains("not in log"), "{said}");
}
