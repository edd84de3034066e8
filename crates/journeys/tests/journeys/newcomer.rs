//! What a newcomer does by the README: import, look, export, rebuild.

use std::{path::Path, process::Command};

use journeys::server::{Server, binary};
use serde_json::Value;

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples");
/// A package of the example that has been delivered.
const NUMBER: &str = "1Z7F3A9R0300041028";

/// Runs a command on a folder and gives what it printed, and whether it succeeded.
fn run(data: &Path, args: &[&str]) -> (String, String, bool) {
    let output = Command::new(binary())
        .args(args)
        .arg("--data")
        .arg(data)
        .output()
        .expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it prints UTF-8");
    (text(output.stdout), text(output.stderr), output.status.success())
}

fn import(data: &Path) -> Value {
    let (file, map) = (format!("{EXAMPLES}/shipments.csv"), format!("{EXAMPLES}/shipments.toml"));
    let (out, err, good) = run(data, &["import", &file, "--map", &map, "--json"]);
    assert!(good, "{out}{err}");
    serde_json::from_str(&out).expect("--json prints JSON")
}

#[test]
fn the_examples_are_imported_once_and_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = import(folder.path());
    assert_eq!(
        (&first["rows"], &first["recorded"], &first["failed"]),
        (&60.into(), &60.into(), &0.into())
    );
    let again = import(folder.path());
    assert_eq!((&again["recorded"], &again["known"]), (&0.into(), &60.into()));

    let (found, err, good) = run(folder.path(), &["where", NUMBER]);
    assert!(good, "{err}");
    assert!(found.contains("Boston") && found.contains("delivered"), "{found}");
    let (then, err, good) =
        run(folder.path(), &["where", NUMBER, "--at", "2026-11-07T02:00:00Z", "--json"]);
    assert!(good, "{err}");
    let then: Value = serde_json::from_str(&then).expect("--json prints JSON");
    assert!((then["lat"].as_f64().expect("a latitude") - 35.1).abs() < 1.0, "{then}");

    let (history, err, good) = run(folder.path(), &["history", NUMBER]);
    assert!(good, "{err}");
    for word in ["registered", "picked_up", "departed", "arrived", "delivered"] {
        assert!(history.contains(word), "{word} is missing:\n{history}");
    }
    let (table, err, good) = run(folder.path(), &["export", "--format", "csv"]);
    assert!(good, "{err}");
    assert_eq!(table.lines().count(), 61, "{table}");

    let (rebuilt, err, good) = run(folder.path(), &["rebuild"]);
    assert!(good && rebuilt.contains("all was in order"), "{rebuilt}{err}");
}

#[test]
fn a_mistake_is_answered_in_one_line_that_helps() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, err, good) = run(&folder.path().join("nothing"), &["where", "1Z1"]);
    assert!(!good && err.contains("no data folder"), "{err}");

    import(folder.path());
    let (_, err, good) = run(folder.path(), &["where", "1Z-NOBODY-KNOWS"]);
    assert!(!good && err.contains("no package has the number"), "{err}");
    let (_, err, good) = run(folder.path(), &["where", NUMBER, "--at", "yesterday"]);
    assert!(!good && err.contains("at"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_ask_the_server_that_holds_the_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    import(folder.path());
    let server = Server::start(folder.path()).await.expect("it starts");
    let data = folder.path().to_path_buf();
    let asked = tokio::task::spawn_blocking(move || {
        let found = run(&data, &["where", NUMBER]);
        let (_, err, good) = run(&data, &["rebuild"]);
        assert!(!good && err.contains("in use"), "{err}");
        found
    });
    let (found, err, good) = asked.await.expect("the command ran");
    assert!(good, "{err}");
    assert!(found.contains("Boston"), "{found}");
    drop(server);
}
