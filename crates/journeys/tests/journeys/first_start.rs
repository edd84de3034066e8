//! What is printed at the first start is true: the address, the way in, and three
//! commands to try.

use std::{path::Path, process::Command, process::Stdio};

use journeys::{
    http::Connection,
    server::{Server, binary},
};
use serde_json::json;

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples");
const LOGIN: &str = "Content-Type: application/json\r\n";

/// A first start with data of one's own: the examples, then the server.
fn load_examples(data: &Path) {
    let mut import = Command::new(binary());
    import.args(["import", &format!("{EXAMPLES}/shipments.csv")]);
    import.args(["--map", &format!("{EXAMPLES}/shipments.toml"), "--data"]).arg(data);
    assert!(import.stdout(Stdio::null()).status().expect("the binary runs").success());
}

async fn greeting(folder: &Path, data: &Path) -> (Server, String) {
    let printed = folder.join("printed");
    let output = std::fs::File::create(&printed).expect("a file");
    let server = Server::with_output(data, output).await.expect("it starts");
    for _ in 0..100 {
        let text = std::fs::read_to_string(&printed).expect("UTF-8");
        if text.contains("Ctrl-C") {
            return (server, text);
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("it never said how to stop it");
}

/// The three commands, as printed.
fn commands(text: &str) -> Vec<&str> {
    let tail = text.split("To try").nth(1).expect("commands to try");
    tail.lines().filter_map(|it| it.strip_prefix("  ")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_start_says_the_address_a_way_in_and_three_commands_that_work() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    load_examples(&data);
    let (server, text) = greeting(folder.path(), &data).await;
    assert!(text.contains(&format!("http://{}", server.address)), "{text}");

    let commands = commands(&text);
    assert_eq!(commands.len(), 3, "{text}");
    for command in &commands {
        let command = (*command).to_owned();
        let ran = tokio::task::spawn_blocking(move || {
            let output = Command::new("sh").args(["-c", &command]).output().expect("a shell");
            (command, output)
        });
        let (command, output) = ran.await.expect("it ran");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(said.len() > 40, "{command} says nothing: {said}");
    }

    // The way in works once, and leads to the page as its administrator.
    let token = text.split("/#setup=").nth(1).and_then(|it| it.split_whitespace().next());
    let token = token.expect("a way in");
    let body = json!({ "token": token, "name": "ada", "password": crate::work::PASSWORD });
    let body = body.to_string();
    let mut browser = Connection::with(server.address, String::new()).await.expect("it listens");
    let page = browser.get("/").await.expect("it answers");
    assert_eq!(page.status, 200);
    let in_ = browser.send("POST", "/v1/setup", LOGIN, Some(body.as_bytes())).await;
    let in_ = in_.expect("it answers");
    assert_eq!(in_.status, 201, "{}", String::from_utf8_lossy(&in_.body));
    let cookie = in_.header("set-cookie").and_then(|it| it.split(';').next()).expect("a cookie");
    let header = format!("Cookie: {cookie}\r\n");
    let mut ada = Connection::with(server.address, header).await.expect("it listens");
    assert_eq!(ada.get("/v1/users").await.expect("it answers").status, 200);
    let again = browser.send("POST", "/v1/setup", LOGIN, Some(body.as_bytes())).await;
    assert!(again.expect("it answers").status >= 400, "the way in works twice");

    // The next start knows that somebody administers it.
    server.ask_to_stop().expect("it can be asked");
    server.ended().await.expect("it ends");
    let (_server, text) = greeting(folder.path(), &data).await;
    assert!(!text.contains("setup=") && text.contains("Sign in"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_nothing_in_the_folder_no_command_is_shown_that_cannot_work() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let (_server, text) = greeting(folder.path(), &data).await;
    assert!(!text.contains(" NUMBER"), "{text}");
    for command in commands(&text) {
        let command = command.to_owned();
        let ran = tokio::task::spawn_blocking(move || {
            let output = Command::new("sh").args(["-c", &command]).output().expect("a shell");
            assert!(output.status.success(), "{command}: {output:?}");
        });
        ran.await.expect("it works");
    }
}
