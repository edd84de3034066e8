//! What an operator asks after a deployment, here of the server on this machine.

use std::{fs, process::Command};

use journeys::server::{Server, binary};
use serde_json::Value;

fn check(url: &str, token: &str) -> (Value, Option<i32>) {
    let output = Command::new(binary()).args(["check", url, "--token", token, "--json"]).output();
    let output = output.expect("the binary runs");
    (serde_json::from_slice(&output.stdout).unwrap_or_default(), output.status.code())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_is_checked_from_outside() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path()).await.expect("it starts");
    let (url, token) = (format!("http://{}", server.address), folder.path().join("token"));
    let token = token.to_str().expect("UTF-8");
    fs::write(token, &server.key).expect("a file");
    let (told, status) = check(&url, token);
    assert_eq!(status, Some(0), "{told}");
    assert_eq!(told["steps"].as_array().map(Vec::len), Some(8), "{told}");
    // The test package is no package in motion, and the next check is another one.
    let mut connection = server.connect().await.expect("it listens");
    let listed = connection.get("/v1/packages?status=cancelled").await.expect("it answers");
    let listed = listed.good().expect("a list");
    assert_eq!(listed["packages"].as_array().map(Vec::len), Some(1), "{listed}");

    fs::write(token, "wab_nobody").expect("a file");
    let (told, status) = check(&url, token);
    assert_eq!((status, &told["good"]), (Some(1), &Value::Bool(false)), "{told}");
    // That it answers is all that could be found.
    assert_eq!(told["steps"].as_array().map(Vec::len), Some(1), "{told}");
    let (told, status) = check("http://127.0.0.1:9", token);
    assert_ne!(status, Some(0), "{told}");
}
