//! The live feed: how long from an acknowledged event to everybody who watches,
//! and what an idle stream costs in memory, with as many open as there may be.

use std::{
    fs, io,
    rc::Rc,
    time::{Duration, Instant},
};

use journeys::server::Server;
use serde_json::{Value, json};
use tokio::task::LocalSet;

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
    let mut connection = server.connect().await?;
    let package = |number| json!({ "description": format!("27-inch monitor {number}") });
    let packages: Vec<Value> = (0..PACKAGES).map(package).collect();
    let made = connection.post("/v1/packages", &Value::Array(packages)).await?.good()?;
    let results = made["results"].as_array().cloned().unwrap_or_default();
    let ids: Vec<String> =
        results.iter().filter_map(|it| it["id"].as_str()).map(ToOwned::to_owned).collect();
    let paths = ids.iter().map(|it| format!("/v1/live?package={it}")).collect();
    tokio::time::sleep(SETTLE).await;

    let process = server.id().to_string();
    let before_mb = resident_mb(&process);
    let begun = Instant::now();
    let seen = streams::open(server.address, &server.key, Rc::new(paths), count).await?;
    figure("streams opened", format_args!("{:.0}/s", count as f64 / begun.elapsed().as_secs_f64()));
    tokio::time::sleep(SETTLE).await;
    let each_kb = (resident_mb(&process) - before_mb) * 1024.0 / count as f64;
    judged("server memory per idle stream", each_kb, Aim::AtMost(20.0, " kB"));

    let cpu_s = cpu_seconds(&process)?;
    let (mut sent, start) = (Vec::new(), Instant::now());
    for number in 0..rate * seconds {
        let due = start + Duration::from_secs_f64(number as f64 / rate as f64);
        tokio::time::sleep_until(due.into()).await;
        let subject = number as usize % ids.len();
        let path = format!("/v1/packages/{}/events", ids[subject]);
        let event = json!({ "kind": "note", "happened_at": outside::now_text(), "text": "seen" });
        let said = Instant::now();
        connection.post(&path, &event).await?.good()?;
        // Registering was the first event of each.
        let seq = 2 + number / ids.len() as u64;
        sent.push(((subject, seq), said, Instant::now()));
    }
    let busy = (cpu_seconds(&process)? - cpu_s) / start.elapsed().as_secs_f64();
    tokio::time::sleep(SETTLE).await;
    report(count, ids.len(), &sent, &seen.borrow());
    figure("  server processors busy meanwhile", format_args!("{busy:.2}"));
    let each_kb = (resident_mb(&process) - before_mb) * 1024.0 / count as f64;
    judged("  server memory per stream afterwards", each_kb, Aim::AtMost(20.0, " kB"));
    Ok(())
}

/// What was said, when it was said, and when that was acknowledged.
type Sent = ((usize, u64), Instant, Instant);

fn report(count: usize, packages: usize, sent: &[Sent], seen: &streams::Seen) {
    let (mut after, mut whole, mut expected) = (Vec::new(), Vec::new(), 0);
    for (key, said, acknowledged) in sent {
        expected += (count + packages - 1 - key.0) / packages;
        for at in seen.changes.get(key).into_iter().flatten() {
            after.push(at.saturating_duration_since(*acknowledged));
            whole.push(at.duration_since(*said));
        }
    }
    let missing = expected.abs_diff(after.len()) as f64;
    judged("changes that did not arrive, or twice", missing, Aim::AtMost(0.0, ""));
    judged("streams that ended", seen.ended as f64, Aim::AtMost(0.0, ""));
    after.sort();
    let p95_ms = after.get(after.len() * 95 / 100).map_or(f64::NAN, |it| it.as_secs_f64() * 1e3);
    judged("from acknowledged to seen, p95", p95_ms, Aim::AtMost(300.0, " ms"));
    spread("  from acknowledged to seen", after, None);
    spread("  from sent to seen", whole, None);
}

/// How many files a process may hold here.
fn files_max() -> io::Result<usize> {
    let limits = fs::read_to_string("/proc/self/limits")?;
    let line = limits.lines().find_map(|it| it.strip_prefix("Max open files"));
    let soft = line.and_then(|it| it.split_whitespace().next()).and_then(|it| it.parse().ok());
    soft.ok_or_else(|| io::Error::other("the kernel does not say how many files may be open"))
}
