//! `kill -9` under load, again and again: nothing acknowledged is ever lost.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use journeys::server::{Server, binary};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::Value;
use tokio::{task::JoinSet, time::sleep};

use crate::{
    store,
    work::{Ledger, Office, Person, sign_in_again_and_again},
};

/// Loops on every change, and in a soak.
const LOOPS: (usize, usize) = (10, 200);
/// People at work at the same time.
const PEOPLE: usize = 16;
/// Rows of the file that is imported in each round.
const ROWS: usize = 400;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_the_server_is_killed() {
    let soak = std::env::var_os("WHEREABOUTS_SOAK").is_some();
    let loops = if soak { LOOPS.1 } else { LOOPS.0 };
    let seed = rand::random();
    eprintln!("seed {seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let folder = tempfile::tempdir().expect("a folder");
    let (data, files) = (folder.path().join("data"), folder.path());
    let ledger = Ledger::default();
    let mut office = None;
    for round in 0..loops {
        let server = Server::start(&data).await.expect("it starts");
        // In a soak everything is looked up now and then, and at the end.
        let everything = !soak || round % 20 == 0;
        ledger.check(&server, everything, &format!("after kill {round}")).await;
        if everything {
            eprintln!("{round} kills, {} events acknowledged, 0 lost", ledger.events());
        }
        if office.is_none() {
            office = Some(Office::open(&server, &ledger).await);
        }
        let mut people = JoinSet::new();
        for person in 0..PEOPLE {
            let connection = server.connect().await.expect("it listens");
            let (name, ledger) = (format!("{round}-{person}"), ledger.clone());
            let office = office.clone().expect("it is open");
            people.spawn(Person { connection, name, office, ledger }.work());
        }
        people.spawn(sign_in_again_and_again(server.address, ledger.clone()));
        sleep(Duration::from_millis(rng.random_range(5..700))).await;
        server.kill().await.expect("it can be killed");
        while let Some(ended) = people.join_next().await {
            ended.expect("what people say is right");
        }
        import_and_kill(files, round, rng.random_range(5..400)).await;
    }
    let server = Server::start(&data).await.expect("it starts");
    ledger.check(&server, true, "at the end").await;
    server.kill().await.expect("it can be killed");
    imports_go_on(files, loops);

    let rebuilt = run(&data, &["rebuild", "--json"]);
    for repair in ["heads_repaired", "rows_written", "rows_removed"] {
        assert_eq!(rebuilt[repair], 0, "rebuilding found something to repair: {rebuilt}");
    }
    let events = store::check(&data, &ledger).await;
    println!("{loops} kills of the server and of imports, seed {seed}");
    for (kind, count) in ledger.done() {
        println!("{count:7} {kind}");
    }
    let acknowledged = ledger.events();
    println!("{acknowledged} events acknowledged, 0 lost; {events} in unbroken chains");
    assert_eq!(rebuilt["events"], events);
    assert!(acknowledged > loops * 10, "only {acknowledged} in {loops} rounds: no load");
    let kinds = ledger.done().len();
    assert!(kinds >= 14, "only {kinds} kinds of work were acknowledged");
}

/// The table of one round.
fn table(round: usize) -> String {
    let mut text = String::from("Number,Ordered,What,To,Delivered\n");
    for row in 0..ROWS {
        text.push_str(&format!(
            "I{round}-{row},2026-02-02,Lamp,\"Vienna, Austria\",2026-02-05T10:30\n"
        ));
    }
    text
}

const MAPPING: &str = r#"
name = "kill"
key = ["Number"]
time_zone = "UTC"
registered_at = [{ column = "Ordered", formats = ["iso"] }]
[package]
description = { column = "What" }
destination = { column = "To" }
[[reference]]
scheme = "client_ref"
column = "Number"
[[event]]
kind = "delivered"
at = { column = "Delivered" }
"#;

fn import(files: &Path, round: usize) -> Command {
    let mut import = Command::new(binary());
    import.arg("import").arg(files.join(format!("{round}.csv")));
    import.arg("--map").arg(files.join("map.toml"));
    import.arg("--data").arg(files.join("data")).arg("--json");
    import
}

/// Begins to import a file and kills the process in the middle of it.
async fn import_and_kill(files: &Path, round: usize, after_ms: u64) {
    std::fs::write(files.join(format!("{round}.csv")), table(round)).expect("a file");
    std::fs::write(files.join("map.toml"), MAPPING).expect("a file");
    let mut begun = import(files, round);
    let mut begun = begun.stdout(Stdio::null()).spawn().expect("the binary runs");
    sleep(Duration::from_millis(after_ms)).await;
    begun.kill().expect("it can be killed");
    begun.wait().expect("it was killed");
}

/// Every import is run again: each row is there once in the end.
fn imports_go_on(files: &Path, rounds: usize) {
    let mut already = 0;
    for round in 0..rounds {
        let output = import(files, round).output().expect("the binary runs");
        let report: Value = serde_json::from_slice(&output.stdout).expect("--json prints JSON");
        let count = |name: &str| report[name].as_u64().unwrap_or_default();
        let whole = count("recorded") + count("known") + count("skipped");
        assert_eq!((whole, count("failed")), (ROWS as u64, 0), "{report}");
        already += count("known") + count("skipped");
        let again = import(files, round).output().expect("the binary runs");
        let again: Value = serde_json::from_slice(&again.stdout).expect("--json prints JSON");
        assert_eq!((&again["known"], &again["events"]), (&ROWS.into(), &0.into()), "{again}");
    }
    println!("{rounds} imports of {ROWS} rows broken off, {already} rows were there already");
}

fn run(data: &Path, args: &[&str]) -> Value {
    let output = Command::new(binary()).args(args).arg("--data").arg(data).output();
    let output = output.expect("the binary runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("--json prints JSON")
}
