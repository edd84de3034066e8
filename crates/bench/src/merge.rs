//! The merge delay of the audit log: from an acknowledged event until a checkpoint with
//! it can be read, while a real server is busy.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    io,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use audit::{Checkpoint, log::LogFiles};
use blobs::ObjectBlobs;
use domain::leaf::{hex, leaf_hash};
use journeys::{http::Connection, server::Server};
use serde_json::{Value, json};
use tokio::{
    task::LocalSet,
    time::{sleep, sleep_until},
};

use crate::{
    figures::{Aim, figure, heading, judged, spread},
    outside,
};

/// Packages that events are told of.
const PACKAGES: usize = 1_000;
/// Connections that tell them.
const CONNECTIONS: usize = 8;
/// How often the checkpoint is read.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How long is waited for the last event.
const PATIENCE: Duration = Duration::from_secs(60);
const MERGED_WITHIN_S: f64 = 10.0;

/// When a checkpoint of so many entries was seen.
type Seen = Rc<RefCell<Vec<(Instant, u64)>>>;
/// By the hash of an event's leaf, when it was acknowledged.
type Acknowledged = Rc<RefCell<BTreeMap<String, Instant>>>;

/// Records `rate` events a second for so long.
pub async fn measure(seconds: u64, rate: u64) -> io::Result<()> {
    heading(&format!("the audit log's merge delay, {rate} events/s for {seconds} s"));
    LocalSet::new().run_until(on_one_server(seconds, rate)).await
}

async fn on_one_server(seconds: u64, rate: u64) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(folder.path()).await?;
    let ids = packages(&server).await?;
    let (seen, acknowledged) = (Seen::default(), Acknowledged::default());
    let looking = tokio::task::spawn_local(look(server.connect().await?, Rc::clone(&seen)));
    let begun = Instant::now();
    let mut tellers = Vec::new();
    for number in 0..CONNECTIONS {
        let of = Teller { number, ids: ids.clone(), begun, rate, count: seconds * rate };
        tellers
            .push(tokio::task::spawn_local(of.tell(server.connect().await?, acknowledged.clone())));
    }
    for teller in tellers {
        teller.await??;
    }
    let took = begun.elapsed().as_secs_f64();
    let acknowledged = acknowledged.take();
    figure("events acknowledged", format_args!("{:.0}/s", acknowledged.len() as f64 / took));
    let blobs = ObjectBlobs::in_folder(&folder.path().join("blobs")).map_err(io::Error::other)?;
    let files = LogFiles::new(Arc::new(blobs));
    let until = Instant::now() + PATIENCE;
    loop {
        sleep(LOOK_EVERY * 10).await;
        let seen = seen.borrow().clone();
        let size = seen.last().map_or(0, |it| it.1);
        let delays = delays(&files, size, &seen, &acknowledged).await?;
        if delays.len() == acknowledged.len() {
            looking.abort();
            told(delays);
            return Ok(());
        }
        if until < Instant::now() {
            let lost = acknowledged.len() - delays.len();
            return Err(io::Error::other(format!("{lost} events are not in the log")));
        }
    }
}

fn told(mut delays: Vec<Duration>) {
    delays.sort_unstable();
    let at = delays.len() * 99 / 100;
    let p99 = delays.get(at).copied().unwrap_or_default();
    judged(
        "from acknowledged to published, p99",
        p99.as_secs_f64(),
        Aim::AtMost(MERGED_WITHIN_S, " s"),
    );
    spread("  of all", delays, None);
}

/// How long each event that is in the log took until somebody could read that.
async fn delays(
    files: &LogFiles,
    size: u64,
    seen: &[(Instant, u64)],
    acknowledged: &BTreeMap<String, Instant>,
) -> io::Result<Vec<Duration>> {
    let entries = files.entries(0..size, size).await.map_err(io::Error::other)?;
    let mut delays = Vec::new();
    for (index, leaf) in (0..).zip(entries) {
        let Some(said) = acknowledged.get(&hex(&leaf_hash(&leaf))) else { continue };
        let published = seen.partition_point(|it| it.1 <= index);
        let published = seen.get(published).map(|it| it.0);
        // One that was published before its answer was read took no time.
        delays.extend(published.map(|it| it.saturating_duration_since(*said)));
    }
    Ok(delays)
}

/// Reads the checkpoint again and again.
async fn look(mut connection: Connection, seen: Seen) -> io::Result<()> {
    loop {
        let answer = connection.get("/v1/log/checkpoint").await?;
        if answer.status == 200 {
            let checkpoint = Checkpoint::unsigned(&answer.body).map_err(io::Error::other)?;
            let mut seen = seen.borrow_mut();
            if seen.last().is_none_or(|it| it.1 < checkpoint.size) {
                seen.push((Instant::now(), checkpoint.size));
            }
        }
        sleep(LOOK_EVERY).await;
    }
}

async fn packages(server: &Server) -> io::Result<Rc<Vec<String>>> {
    let package = |number| json!({ "description": format!("27-inch monitor {number}") });
    let all: Vec<Value> = (0..PACKAGES).map(package).collect();
    let mut connection = server.connect().await?;
    let made = connection.post("/v1/packages", &Value::Array(all)).await?.good()?;
    let results = made["results"].as_array().cloned().unwrap_or_default();
    Ok(Rc::new(results.iter().filter_map(|it| it["id"].as_str()).map(ToOwned::to_owned).collect()))
}

/// Tells every eighth event.
struct Teller {
    number: usize,
    ids: Rc<Vec<String>>,
    begun: Instant,
    rate: u64,
    count: u64,
}

impl Teller {
    async fn tell(self, mut connection: Connection, acknowledged: Acknowledged) -> io::Result<()> {
        for number in (self.number as u64..self.count).step_by(CONNECTIONS) {
            let due = self.begun + Duration::from_secs_f64(number as f64 / self.rate as f64);
            sleep_until(due.into()).await;
            let id = &self.ids[number as usize % self.ids.len()];
            let note = json!({
                "kind": "note",
                "happened_at": outside::now_text(),
                "text": format!("seen {number}"),
            });
            let path = format!("/v1/packages/{id}/events");
            let receipt = connection.post(&path, &note).await?.good()?;
            let leaf = receipt["receipts"][0]["leaf"]
                .as_str()
                .ok_or_else(|| io::Error::other("no receipt"))?;
            acknowledged.borrow_mut().insert(leaf.to_owned(), Instant::now());
        }
        Ok(())
    }
}
