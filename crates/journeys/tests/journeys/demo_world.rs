//! The demo as a newcomer sees it: a box of links, a world that moves, and the same
//! world after a stop.

use std::{collections::BTreeSet, path::Path, process::Command, time::Duration};

use demo::World;
use domain::{
    map::TileContent,
    mode::Mode,
    time::{HOUR, Timestamp},
};
use journeys::{
    http::Connection,
    server::{Server, binary},
};
use serde_json::Value;
use tokio::time::sleep;

/// How often it is looked whether something moved; half a second lies between.
const LOOKS_MAX: usize = 120;

async fn start(folder: &Path, data: &Path) -> (Server, String) {
    let printed = folder.join("printed");
    let output = std::fs::File::create(&printed).expect("a file");
    let options = ["--demo", "--packages", "300"];
    let server = Server::with_options(data, &options, output).await.expect("it starts");
    for _ in 0..200 {
        let text = std::fs::read_to_string(&printed).expect("UTF-8");
        if text.contains("Ctrl-C") {
            return (server, text);
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("it never said how to stop it");
}

/// The link of the box behind a label.
fn link(text: &str, label: &str) -> String {
    let line = text.lines().find(|it| it.contains(label)).expect("a line of the box");
    let link = line.split_whitespace().find(|it| it.contains("/login/")).expect("a link");
    let path = link.find("/login/").expect("just found");
    link[path..].to_owned()
}

/// Follows a link and comes back as whoever it signs in; none when it does not.
async fn follow(server: &Server, path: &str) -> Option<Connection> {
    let mut nobody = Connection::with(server.address, String::new()).await.expect("it listens");
    let answer = nobody.get(path).await.expect("it answers");
    let cookie = answer.header("set-cookie")?.split(';').next()?.to_owned();
    let header = format!("Cookie: {cookie}\r\n");
    Some(Connection::with(server.address, header).await.expect("it listens"))
}

async fn get(asker: &mut Connection, path: &str) -> Value {
    asker.get(path).await.and_then(|it| it.good()).expect(path)
}

/// The ids of every package.
async fn packages(asker: &mut Connection) -> BTreeSet<String> {
    let (mut ids, mut path) = (BTreeSet::new(), "/v1/packages?limit=200".to_owned());
    loop {
        let page = get(asker, &path).await;
        for package in page["packages"].as_array().expect("a list") {
            let id = package["id"].as_str().expect("an id").to_owned();
            assert!(ids.insert(id), "listed twice: {package}");
        }
        match page["next"].as_str() {
            Some(next) => path = format!("/v1/packages?limit=200&cursor={next}"),
            None => return ids,
        }
    }
}

/// The instant that the world in a folder is anchored at: about when it began.
fn anchored_at(data: &Path) -> Timestamp {
    let note = std::fs::read(data.join("demo.json")).expect("a note");
    let note: Value = serde_json::from_slice(&note).expect("JSON");
    let anchored_at = Timestamp::from_millis(note["anchored_at"].as_i64().expect("a number"));
    anchored_at.expect("one of our years")
}

/// The trucks of the world in a folder.
fn trucks(data: &Path) -> Vec<String> {
    let world = World::new(1, 300, anchored_at(data));
    let trucks = world.fleet().vehicles.iter().filter(|it| it.mode == Mode::Road);
    trucks.map(|it| it.container.to_string()).collect()
}

/// Waits until a vehicle is measured at two different points, and says that it was.
async fn something_moves(asker: &mut Connection, vehicles: &[String]) -> bool {
    let mut seen: Vec<Option<Value>> = vec![None; vehicles.len()];
    for _ in 0..LOOKS_MAX {
        for (id, seen) in vehicles.iter().zip(&mut seen) {
            let found = get(asker, &format!("/v1/containers/{id}/whereabouts")).await;
            if found["basis"] != "measured" {
                continue;
            }
            let here = serde_json::json!([found["lat"], found["lon"], found["as_of"]]);
            match seen {
                Some(before) if before[2] != here[2] && before[0] != here[0] => return true,
                Some(_) => (),
                None => *seen = Some(here),
            }
        }
        sleep(Duration::from_millis(500)).await;
    }
    false
}

/// The map of instants that are over holds every package that was somewhere then.
async fn the_past_adds_up(asker: &mut Connection, data: &Path, packages: &BTreeSet<String>) {
    let now = anchored_at(data);
    for hours in [5, 50, 24 * 120] {
        let at = jiff::Timestamp::from_millisecond(now.plus(-hours * HOUR).millis());
        let at = at.expect("our years");
        let (mut asked, mut names) = (0, BTreeSet::new());
        for package in packages {
            let path = format!("/v1/packages/{package}/whereabouts?at={at}");
            let answer = asker.get(&path).await.expect("it answers");
            asked += u32::from(answer.status == 200);
            names.insert(answer.status);
        }
        let tile = asker.get(&format!("/v1/map/0/0/0?all=true&at={at}")).await.expect("it answers");
        let content = TileContent::from_bytes(&tile.body).expect("columns");
        let shown = content.marks.iter().map(|it| it.packages).sum::<u32>()
            + content.clusters.iter().map(|it| it.packages).sum::<u32>();
        assert_eq!(shown, asked, "{hours} hours ago, {names:?}");
        assert!(30 < shown, "{shown} packages {hours} hours ago");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_lets_its_people_in_moves_and_goes_on_after_a_stop() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("demo");
    let (server, text) = start(folder.path(), &data).await;

    let as_admin = link(&text, "administrator");
    let mut admin = follow(&server, &as_admin).await.expect("the link signs in");
    assert!(follow(&server, &as_admin).await.is_none(), "a link signs in once");
    let me = get(&mut admin, "/v1/me").await;
    assert!(me["permissions"].as_array().is_some_and(|it| it.len() == 5), "{me}");
    let waiting = link(&text, "waiting for a package");
    let mut waiting = follow(&server, &waiting).await.expect("the link signs in");
    let me = get(&mut waiting, "/v1/me").await;
    assert!(me["permissions"] == serde_json::json!(["track"]), "{me}");

    let before = packages(&mut admin).await;
    assert!((280..340).contains(&before.len()), "{} packages", before.len());
    let troubled = get(&mut admin, "/v1/packages?status=problem&limit=100").await;
    assert_eq!(troubled["packages"].as_array().map(Vec::len), Some(6), "{troubled}");
    the_past_adds_up(&mut admin, &data, &before).await;
    let trucks = trucks(&data);
    assert!(trucks.len() >= 5, "{trucks:?}");
    assert!(something_moves(&mut admin, &trucks).await, "no truck moves");

    server.ask_to_stop().expect("it can be told");
    assert!(server.ended().await.expect("it ends").success());
    let (server, text) = start(folder.path(), &data).await;
    let again = link(&text, "administrator");
    assert_ne!(again, as_admin);
    let mut admin = follow(&server, &again).await.expect("the fresh link signs in");
    let after = packages(&mut admin).await;
    assert!(before.is_subset(&after), "nothing is lost");
    assert!(after.len() <= before.len() + 3, "{} and then {}", before.len(), after.len());
    drop(server);

    let refused = Command::new(binary())
        .args(["serve", "--demo", "--packages", "400", "--listen", "127.0.0.1:0", "--data"])
        .arg(&data)
        .output()
        .expect("the binary runs");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("a demo of 300 packages"), "{said}");
    assert_eq!(said.trim().lines().count(), 1, "{said}");
}
