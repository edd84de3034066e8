//! The live feed: how long from an acknowledged event to everybody who watches,
//! and what an idle stream costs in memory, with as many open as there may be.

use std::{
    cell::{Cell, RefCell},
    fs, io,
    rc::Rc,
    time::{Duration, Instant},
};

use journeys::{http::Connection, server::Server};
use serde_json::{Value, json};
use tokio::{task::LocalSet, time::sleep};

use crate::{
    figures::{Aim, cpu_seconds, figure, heading, judged, resident_mb, spread},
    outside, streams,
};

/// Packages that are watched, each by as many.
const PACKAGES: usize = 1_000;
/// Files that the server and this client hold besides streams.
const OTHER_FILES: usize = 600;
/// Time for memory to settle and for what is on its way to arrive.
const SETTLE: Duration = Duration::from_secs(3);
const KB_MAX: f64 = 20.0;

/// Opens the streams, then records `rate` events a second for so long.
pub async fn measure(wanted: usize, seconds: u64, rate: u64) -> io::Result<()> {
    let count = wanted.min(files_max()?.saturating_sub(OTHER_FILES));
    heading(&format!("the live feed, {count} streams of {wanted} wished for"));
    if count < wanted {
        figure("  open files allowed, which bounds the streams", files_max()?);
    }
    LocalSet::new().run_until(on_one_server(count, seconds, rate)).await
}

async fn on_one_server(count: usize, seconds: u64, rate: u64) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(folder.path()).await?;
    let process = server.id().to_string();
    let watched = Watched::open(&server, count).await?;
    let cpu_s = cpu_seconds(&process)?;
    let start = Instant::now();
    let sent = watched.tell(&server, rate, start + Duration::from_secs(seconds)).await?;
    let busy = (cpu_seconds(&process)? - cpu_s) / start.elapsed().as_secs_f64();
    watched.report(&sent).await;
    figure("  server processors busy meanwhile", format_args!("{busy:.2}"));
    watched.judge_memory("  server memory per stream afterwards");
    Ok(())
}

/// Packages, and streams that watch them.
pub struct Watched {
    ids: Vec<String>,
    streams: usize,
    seen: Rc<RefCell<streams::Seen>>,
    said: Cell<u64>,
    process: String,
    before_mb: f64,
}

/// What was said, when it was said, and when that was acknowledged.
pub type Sent = ((usize, u64), Instant, Instant);

impl Watched {
    /// Registers the packages and opens the streams, which stay until the local
    /// set is dropped; prints how quickly, and what each costs while it is idle.
    pub async fn open(server: &Server, streams: usize) -> io::Result<Self> {
        let mut connection = server.connect().await?;
        let package = |number| json!({ "description": format!("27-inch monitor {number}") });
        let packages: Vec<Value> = (0..PACKAGES).map(package).collect();
        let made = connection.post("/v1/packages", &Value::Array(packages)).await?.good()?;
        let results = made["results"].as_array().cloned().unwrap_or_default();
        let ids: Vec<String> =
            results.iter().filter_map(|it| it["id"].as_str()).map(ToOwned::to_owned).collect();
        let paths = ids.iter().map(|it| format!("/v1/live?package={it}")).collect();
        sleep(SETTLE).await;
        let process = server.id().to_string();
        let (before_mb, begun) = (resident_mb(&process), Instant::now());
        let seen = streams::open(server.address, &server.key, Rc::new(paths), streams).await?;
        let rate = streams as f64 / begun.elapsed().as_secs_f64();
        figure("streams opened", format_args!("{rate:.0}/s"));
        sleep(SETTLE).await;
        let watched = Self { ids, streams, seen, said: Cell::new(0), process, before_mb };
        watched.judge_memory("server memory per idle stream");
        Ok(watched)
    }

    /// Records `rate` events a second, of one package after the other.
    pub async fn tell(&self, server: &Server, rate: u64, stop: Instant) -> io::Result<Vec<Sent>> {
        let mut connection = server.connect().await?;
        let (mut sent, start) = (Vec::new(), Instant::now());
        while Instant::now() < stop {
            let due = start + Duration::from_secs_f64(sent.len() as f64 / rate as f64);
            tokio::time::sleep_until(due.into()).await;
            let number = self.said.replace(self.said.get() + 1);
            let subject = number as usize % self.ids.len();
            let path = format!("/v1/packages/{}/events", self.ids[subject]);
            let happened_at = outside::now_text();
            let event = json!({ "kind": "note", "happened_at": happened_at, "text": "seen" });
            let said = Instant::now();
            post(&mut connection, &path, &event).await?;
            // Registering was the first event of each.
            let seq = 2 + number / self.ids.len() as u64;
            sent.push(((subject, seq), said, Instant::now()));
        }
        Ok(sent)
    }

    /// Waits for what is on its way; then prints what did not arrive, what came
    /// twice, and how long it took.
    pub async fn report(&self, sent: &[Sent]) {
        sleep(SETTLE).await;
        let seen = self.seen.borrow();
        let (mut after, mut whole, mut lost) = (Vec::new(), Vec::new(), 0);
        for (key, said, acknowledged) in sent {
            let watch = (self.streams + self.ids.len() - 1 - key.0) / self.ids.len();
            let came = seen.changes.get(key).map_or(&[][..], Vec::as_slice);
            lost += watch.saturating_sub(came.len());
            after.extend(came.iter().map(|it| it.saturating_duration_since(*acknowledged)));
            whole.extend(came.iter().map(|it| it.duration_since(*said)));
        }
        figure("changes that arrived", format_args!("{} of {} events", after.len(), sent.len()));
        judged("  did not arrive", lost as f64, Aim::AtMost(0.0, ""));
        judged("  arrived twice", seen.twice as f64, Aim::AtMost(0.0, ""));
        judged("streams that ended", seen.ended as f64, Aim::AtMost(0.0, ""));
        after.sort();
        let p95_ms =
            after.get(after.len() * 95 / 100).map_or(f64::NAN, |it| it.as_secs_f64() * 1e3);
        judged("from acknowledged to seen, p95", p95_ms, Aim::AtMost(300.0, " ms"));
        spread("  from acknowledged to seen", after, None);
        spread("  from sent to seen", whole, None);
    }

    /// What each stream has added to the server's memory.
    pub fn judge_memory(&self, name: &str) {
        let more_mb = resident_mb(&self.process) - self.before_mb;
        judged(name, more_mb * 1024.0 / self.streams as f64, Aim::AtMost(KB_MAX, " kB"));
    }
}

/// Posts until it is taken: a herd at the same door may be told to wait.
async fn post(connection: &mut Connection, path: &str, event: &Value) -> io::Result<()> {
    loop {
        let answer = connection.post(path, event).await?;
        if answer.status != 503 {
            return answer.good().map(|_| ());
        }
        sleep(Duration::from_secs(1)).await;
    }
}

/// How many files a process may hold here.
fn files_max() -> io::Result<usize> {
    let limits = fs::read_to_string("/proc/self/limits")?;
    let line = limits.lines().find_map(|it| it.strip_prefix("Max open files"));
    let soft = line.and_then(|it| it.split_whitespace().next()).and_then(|it| it.parse().ok());
    soft.ok_or_else(|| io::Error::other("the kernel does not say how many files may be open"))
}
