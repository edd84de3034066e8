//! Asked to stop under load: open requests are answered, nothing is lost, and the
//! process ends well.

use std::time::Duration;

use journeys::server::Server;
use serde_json::json;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::{
    store,
    work::{Ledger, Office, Person},
};

/// Requests of which half has arrived when the signal comes.
const HALF_SENT: usize = 8;
/// Longer than this, a supervisor would kill it.
const STOP_MAX: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_asked_to_stop_answers_what_is_open_and_ends_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = Ledger::default();
    let server = Server::start(folder.path()).await.expect("it starts");
    let office = Office::open(&server, &ledger).await;
    let mut people = JoinSet::new();
    for person in 0..16 {
        let connection = server.connect().await.expect("it listens");
        let (name, ledger) = (format!("stop-{person}"), ledger.clone());
        people.spawn(Person { connection, name, office: office.clone(), ledger }.work());
    }
    // One that says nothing must not hold it up.
    let mut idle = server.connect().await.expect("it listens");
    idle.get("/healthz").await.expect("it answers");
    let body = |number: usize| json!({ "description": format!("half sent {number}") }).to_string();
    let mut open = Vec::new();
    for number in 0..HALF_SENT {
        let mut connection = server.connect().await.expect("it listens");
        let begun = connection.begin("POST", "/v1/packages", body(number).as_bytes()).await;
        begun.expect("it listens");
        open.push(connection);
    }
    sleep(Duration::from_millis(400)).await;
    let (address, asked) = (server.address, Instant::now());
    server.ask_to_stop().expect("it can be asked");
    sleep(Duration::from_millis(300)).await;

    let mut answered = 0;
    for (number, mut connection) in open.into_iter().enumerate() {
        let answer = connection.finish(body(number).as_bytes()).await;
        let answer = answer.expect("what was open is answered");
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
        ledger.note("open request", &answer.json());
        answered += 1;
    }
    let ended = tokio::time::timeout(STOP_MAX, server.ended()).await;
    let ended = ended.expect("it ends in good time").expect("it is our child");
    assert_eq!(ended.code(), Some(0), "{ended}");
    let took = asked.elapsed();
    while let Some(ended) = people.join_next().await {
        ended.expect("what was answered was good");
    }
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "somebody still listens");
    assert!(!folder.path().join("server.json").exists(), "commands would look for it");

    let server = Server::start(folder.path()).await.expect("it starts again");
    ledger.check(&server, true, "after stopping").await;
    server.kill().await.expect("it can be killed");
    let events = store::check(folder.path(), &ledger).await;
    let acknowledged = ledger.events();
    println!("{answered} of {HALF_SENT} open requests answered, ended after {took:?}");
    println!("{acknowledged} events acknowledged, 0 lost; {events} in unbroken chains");
    // What was recorded without an answer, nobody was told of: at most what was under way.
    assert!(events - acknowledged <= 16 * 3, "{events} recorded, {acknowledged} acknowledged");
}
