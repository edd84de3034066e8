//! The audit log of a running server: whole after a stop and after a kill, grown from
//! what it was, checked by our command and by plain Python, and whoever alters a byte
//! is named.

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

fn verify(args: &[&str]) -> (Value, Option<i32>) {
    let output = Command::new(binary()).arg("verify").args(args).arg("--json").output();
    let Output { status, stdout, stderr } = output.expect("the binary runs");
    let text = String::from_utf8_lossy(&stdout).into_owned();
    let error = String::from_utf8_lossy(&stderr).into_owned();
    (serde_json::from_str(&text).unwrap_or_else(|_| json!({ "error": error })), status.code())
}

/// Registers packages to which something happens; gives their ids.
async fn work(server: &Server, from: usize, count: usize) -> Vec<String> {
    let mut connection = server.connect().await.expect("it listens");
    let mut ids = Vec::new();
    for number in from..from + count {
        let body = json!({ "description": format!("monitor {number}") });
        let made = connection.post("/v1/packages", &body).await.expect("it answers");
        let id = made.good().expect("it is new")["id"].as_str().expect("an id").to_owned();
        for text in ["put on the shelf", "taken off the shelf"] {
            let note =
                json!({ "kind": "note", "text": text, "happened_at": "2026-03-01T08:00:00Z" });
            let path = format!("/v1/packages/{id}/events");
            connection.post(&path, &note).await.expect("it answers").good().expect("it is noted");
        }
        ids.push(id);
    }
    ids
}

/// Waits until so many entries are in the log, and gives the checkpoint.
async fn logged(server: &Server, size: u64) -> Vec<u8> {
    let mut connection = server.connect().await.expect("it listens");
    let begun = Instant::now();
    loop {
        let answer = connection.get("/v1/log/checkpoint").await.expect("it answers");
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        if text.lines().nth(1) == Some(&size.to_string()) {
            println!("{size} entries were in the log {:?} after the last event", begun.elapsed());
            return answer.body;
        }
        assert!(begun.elapsed() < LOGGED_MAX, "{size} entries are not in the log:\n{text}");
        sleep(Duration::from_millis(100)).await;
    }
}

fn python(log: &Path) -> Option<i32> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../audit/verify.py");
    let run = Command::new("python3").arg(script).arg(log).arg(log.join("vkey")).output();
    run.inspect_err(|why| eprintln!("NOT CHECKED: no python3: {why}")).ok()?.status.code()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_a_server_is_whole_and_whoever_alters_it_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().to_str().expect("UTF-8");
    let server = Server::start(folder.path()).await.expect("it starts");
    let packages = work(&server, 0, 100).await;
    let early = folder.path().join("early");
    fs::write(&early, logged(&server, 300).await).expect("it can be kept");
    let early = early.to_str().expect("UTF-8");
    // What the last events of all leave behind, a power cut leaves to the next start.
    work(&server, 100, 20).await;
    server.kill().await.expect("it can be killed");
    let (after_kill, status) = verify(&[data, "--since", early]);
    assert_eq!(status, Some(0), "{after_kill}");

    let server = Server::start(folder.path()).await.expect("it starts again");
    logged(&server, 360).await;
    work(&server, 120, 1).await;
    server.ask_to_stop().expect("it can be asked");
    let ended = server.ended().await.expect("it is our child");
    assert_eq!(ended.code(), Some(0), "{ended}");
    // Asked to stop, it logs what is there before it ends.
    let (told, status) = verify(&[data, "--since", early, "--package", &packages[7]]);
    assert_eq!(status, Some(0), "{told}");
    assert_eq!((&told["size"], &told["entries"]), (&json!(363), &json!(363)));
    assert_eq!(told["package"], json!({ "events": 3, "wrong": [] }));
    let log = folder.path().join("blobs/log");
    assert!(python(&log).is_none_or(|it| it == 0));
    let key = fs::read_to_string(log.join("vkey")).expect("a key");
    let (told, status) = verify(&[data, "--key", key.trim()]);
    assert_eq!((status, &told["key_is_from_elsewhere"]), (Some(0), &json!(true)));
    let mode = fs::metadata(folder.path().join("log.key")).expect("the key").permissions();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600);

    alter(data, &log, "tile/entries/000", 300);
    alter(data, &log, "tile/0/000", 40);
    alter(data, &log, "tile/1/000.p/1", 4);
    alter(data, &log, "checkpoint", 30);
    let (_, status) = verify(&[data, "--key", "not/a+key"]);
    assert_eq!(status, Some(1));
    let (_, status) = verify(&[early]);
    assert_eq!(status, Some(1));
    // Without its key the log cannot go on, and says so at once.
    fs::remove_file(folder.path().join("log.key")).expect("it was there");
    let mut serve = Command::new(binary());
    serve.args(["serve", "--listen", "127.0.0.1:0", "--data", data]);
    let output = serve.output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains("log.key") && error.contains("put it back"), "{error}");
}

/// One bit of a file is another: it is found, and the file named.
fn alter(data: &str, log: &Path, path: &str, at: usize) {
    let file = log.join(path);
    let good = fs::read(&file).expect("the file is there");
    let mut bad = good.clone();
    bad[at] ^= 1;
    fs::write(&file, bad).expect("it can be written");
    let (told, status) = verify(&[data]);
    assert_eq!(status, Some(1), "{path}: {told}");
    assert_eq!(told["wrong"][0]["object"], json!(path), "{told}");
    assert!(python(log).is_none_or(|it| it == 1), "{path}");
    fs::write(&file, good).expect("it can be written");
}
