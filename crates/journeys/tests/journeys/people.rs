//! People by the command line: added, shown, changed and disabled, whether a server
//! holds the folder or none does.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use journeys::{
    http::Connection,
    server::{Server, binary},
};
use serde_json::{Value, json};

use crate::work::PASSWORD;

/// `whereabouts user …`, with a line on its standard input.
fn user(data: &Path, args: &[&str], input: &str) -> (String, String, bool) {
    let mut command = Command::new(binary());
    command.arg("user").args(args).arg("--data").arg(data);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary runs");
    // Whoever does not ask for a password may have ended already.
    let _ = child.stdin.take().expect("it is piped").write_all(input.as_bytes());
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it prints UTF-8");
    (text(output.stdout), text(output.stderr), output.status.success())
}

fn good(data: &Path, args: &[&str], input: &str) -> String {
    let (out, err, good) = user(data, args, input);
    assert!(good, "{args:?}: {out}{err}");
    out
}

fn list(data: &Path) -> Vec<(String, bool, Vec<String>)> {
    let users: Value = serde_json::from_str(&good(data, &["list", "--json"], "")).expect("JSON");
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let line = |it: &Value| {
        let may = it["permissions"].as_array().into_iter().flatten().map(text).collect();
        (text(&it["name"]), it["disabled"] == true, may)
    };
    users["users"].as_array().expect("users").iter().map(line).collect()
}

async fn on_the_side<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("it works")
}

#[test]
fn people_are_added_shown_changed_and_disabled() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path();
    let (_, err, worked) = user(&data.join("nothing"), &["list"], "");
    assert!(!worked && err.contains("no data folder"), "{err}");

    good(data, &["add", "bob", "--may", "track,enter"], &format!("{PASSWORD}\n"));
    let words = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    assert_eq!(list(data), [("bob".to_owned(), false, words(&["track", "enter"]))]);
    let shown = good(data, &["list"], "");
    assert!(shown.contains("bob") && shown.contains("enter"), "{shown}");

    for (args, input, word) in [
        (&["add", "bob"][..], PASSWORD, "login name"),
        (&["add", "carol"], "short", "password"),
        (&["add", "carol", "--may", "fly"], PASSWORD, "permission"),
        (&["may", "carol", "track"], "", "nobody named carol"),
        (&["disable", "carol"], "", "nobody named carol"),
    ] {
        let (out, err, worked) = user(data, args, &format!("{input}\n"));
        assert!(!worked && err.to_lowercase().contains(word), "{args:?}: {out}{err}");
        assert!(!err.contains(PASSWORD), "{args:?} repeats the password");
    }
    assert_eq!(list(data).len(), 1, "nothing half-done is left");

    good(data, &["may", "BOB", "track,manage"], "");
    assert_eq!(list(data)[0].2, words(&["track", "manage"]));
    good(data, &["disable", "bob"], "");
    assert!(list(data)[0].1, "he is disabled");
    assert!(good(data, &["list"], "").contains("disabled"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_disabled_while_the_server_runs_is_out_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let data: PathBuf = folder.path().to_owned();
    let server = Server::start(&data).await.expect("it starts");
    let at = data.clone();
    on_the_side(move || good(&at, &["add", "bob", "--may", "track"], &format!("{PASSWORD}\n")))
        .await;
    let body = json!({ "name": "bob", "password": PASSWORD }).to_string();
    let sign_in = async || {
        let mut browser =
            Connection::with(server.address, String::new()).await.expect("it listens");
        browser.ask("POST", "/v1/session", Some(body.as_bytes())).await.expect("it answers")
    };
    let signed = sign_in().await;
    assert_eq!(signed.status, 201);
    let cookie = signed.header("set-cookie").and_then(|it| it.split(';').next());
    let header = format!("Cookie: {}\r\n", cookie.expect("a cookie"));
    let mut bob = Connection::with(server.address, header).await.expect("it listens");
    assert_eq!(bob.get("/v1/packages").await.expect("it answers").status, 200);

    on_the_side(move || good(&data, &["disable", "bob"], "")).await;
    assert_eq!(bob.get("/v1/packages").await.expect("it answers").status, 401);
    assert_eq!(sign_in().await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_of_many_is_shown_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let data: PathBuf = folder.path().to_owned();
    let server = Server::start(&data).await.expect("it starts");
    let mut connection = server.connect().await.expect("it listens");
    for number in 0..60 {
        let body = json!({ "name": format!("person{number:03}"), "password": PASSWORD,
            "permissions": ["track"] });
        connection.post("/v1/users", &body).await.and_then(|it| it.good()).expect("an account");
    }
    let everybody = on_the_side(move || {
        good(&data, &["disable", "person059"], "");
        list(&data)
    });
    let everybody = everybody.await;
    assert_eq!(everybody.len(), 60);
    assert!(everybody[59].1, "the last one is disabled");
}
