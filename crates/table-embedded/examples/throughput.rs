//! Measures the engine on this machine: `cargo run --release --example throughput [FOLDER]`.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use table::{FeedId, Guard, Key, Scan, Seq, Table, Write};
use table_embedded::{Embedded, Options};

const CALLERS: u64 = 64;
const LOADED: u64 = 1_000_000;
const MEASURED: Duration = Duration::from_secs(5);

#[tokio::main]
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
async fn main() {
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let folder = std::env::args().nth(1).map_or(temporary.path().join("data"), PathBuf::from);
    let table = open(&folder);

    let start = Instant::now();
    load(&table).await;
    let cpu = cpu_seconds();
    println!("    the load took {cpu:.1} s of CPU");
    report("load, batches of 100", LOADED as f64 / start.elapsed().as_secs_f64(), "items/s");
    told(&table, "after the load");

    for callers in [1, CALLERS] {
        let done = measure(&table, callers, guarded_write).await;
        report(&format!("guarded writes of 3 items, {callers} callers"), done.rate, "/s");
        println!(
            "    latency: mean {:.2} ms, max {:.1} ms; {:.0} µs of CPU each",
            done.mean_ms, done.max_ms, done.cpu_micros
        );
    }
    told(&table, "after the writes");
    for (what, callers) in [("gets", 1), ("gets", 8)] {
        let done = measure(&table, callers, get).await;
        report(&format!("{what}, {callers} callers"), done.rate, "/s");
        println!("    {:.1} µs of CPU each", done.cpu_micros);
    }
    let done = measure(&table, 8, scan).await;
    report("scans of 50, 8 callers", done.rate, "/s");
    println!("    {:.1} µs of CPU each", done.cpu_micros);

    let start = Instant::now();
    let read = follow(&table).await;
    report("changes read", read as f64 / start.elapsed().as_secs_f64(), "/s");
    told(&table, "after reading and trimming the feeds");

    drop(Arc::into_inner(table).expect("nobody else holds the table"));
    let start = Instant::now();
    let table = open(&folder);
    report("reopened in", start.elapsed().as_secs_f64() * 1_000.0, "ms");
    told(&table, "after reopening");
}

fn open(folder: &Path) -> Arc<Embedded> {
    Arc::new(Embedded::open(folder, Options::default()).expect("the folder opens"))
}

async fn load(table: &Arc<Embedded>) {
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let table = Arc::clone(table);
            tokio::spawn(async move {
                for batch in (task * LOADED / 8..(task + 1) * LOADED / 8).step_by(100) {
                    let put = |n| Write::put(item(n), Guard::Any, value(n, 243));
                    table.write((batch..batch + 100).map(put).collect()).await.expect("write");
                    if batch % 20_000 == 0 {
                        // A reader keeps up, as in the product.
                        trim(&table, 20_000).await;
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("a task panicked");
    }
}

#[derive(Clone, Copy)]
struct Measured {
    rate: f64,
    mean_ms: f64,
    cpu_micros: f64,
    max_ms: f64,
}

/// Runs an operation from many tasks for a while. `op` gets a number never
/// given before.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
async fn measure<F>(
    table: &Arc<Embedded>,
    callers: u64,
    op: impl Fn(Arc<Embedded>, u64) -> F + Copy + Send + Sync + 'static,
) -> Measured
where
    F: Future<Output = ()> + Send,
{
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let (count, micros, max) =
        (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let (table, count, micros, max) =
                (Arc::clone(table), Arc::clone(&count), Arc::clone(&micros), Arc::clone(&max));
            tokio::spawn(async move {
                while start.elapsed() < MEASURED {
                    let begun = Instant::now();
                    op(Arc::clone(&table), NEXT.fetch_add(1, Relaxed)).await;
                    let took = begun.elapsed().as_micros() as u64;
                    count.fetch_add(1, Relaxed);
                    micros.fetch_add(took, Relaxed);
                    max.fetch_max(took, Relaxed);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("a task panicked");
    }
    let count = count.load(Relaxed) as f64;
    Measured {
        rate: count / start.elapsed().as_secs_f64(),
        mean_ms: micros.load(Relaxed) as f64 / count / 1_000.0,
        cpu_micros: (cpu_seconds() - cpu) * 1_000_000.0 / count,
        max_ms: max.load(Relaxed) as f64 / 1_000.0,
    }
}

/// As recording an event does it: a new event, the head it follows, a new reference.
async fn guarded_write(table: Arc<Embedded>, n: u64) {
    let head = Key::new(format!("pkg_head_{n:012}"), "head");
    let batch = vec![
        Write::put(
            Key::new(head.shard.clone(), format!("event/{n:020}")),
            Guard::Absent,
            value(n, 300),
        ),
        Write::put(head, Guard::Absent, value(n, 500)),
        Write::put(
            Key::new(format!("ref/{:04}", n % 5_000), n.to_be_bytes()),
            Guard::Absent,
            value(n, 40),
        ),
    ];
    table.write(batch).await.expect("write");
    if n.is_multiple_of(20_000) {
        trim(&table, 20_000).await;
    }
}

async fn get(table: Arc<Embedded>, n: u64) {
    let found = table.get(&item(mixed(n) % LOADED)).await.expect("get");
    assert!(found.is_some());
    if n.is_multiple_of(64) {
        tokio::task::yield_now().await;
    }
}

async fn scan(table: Arc<Embedded>, n: u64) {
    let key = item(mixed(n) % LOADED);
    let page = table.scan(Scan::whole(key.shard, 50)).await.expect("scan");
    assert_eq!(page.entries.len(), 50);
}

async fn follow(table: &Arc<Embedded>) -> usize {
    let mut read = 0;
    for feed in table.feeds().await.expect("feeds") {
        let mut after: Seq = 0;
        loop {
            let changes = table.changes(feed, after, 500).await.expect("changes");
            let Some(last) = changes.last() else { break };
            after = last.seq;
            read += changes.len();
        }
        table.trim(feed, after).await.expect("trim");
    }
    read
}

async fn trim(table: &Arc<Embedded>, keep: Seq) {
    for feed in (0..4).map(FeedId) {
        let newest = table.newest(feed).await.expect("newest");
        table.trim(feed, newest.saturating_sub(keep)).await.expect("trim");
    }
}

/// 100 to a shard.
fn item(n: u64) -> Key {
    Key::new(format!("loaded/{:016x}", mixed(n / 100)), mixed(n).to_be_bytes())
}

/// Half of it compresses.
fn value(n: u64, len: usize) -> Vec<u8> {
    let random = (0..).flat_map(|at| mixed(n ^ (at << 40)).to_be_bytes());
    random.take(len / 2).chain(std::iter::repeat_n(b' ', len - len / 2)).collect()
}

fn mixed(n: u64) -> u64 {
    let n = (n ^ (n >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (n ^ (n >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

/// What this process used of all processors: other work on the machine does not
/// blur it. The kernel counts in hundredths of a second.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or("");
    let ticks = |at| after_name.split_whitespace().nth(at).and_then(|it| it.parse::<f64>().ok());
    (ticks(11).unwrap_or(0.0) + ticks(12).unwrap_or(0.0)) / 100.0
}

fn report(what: &str, number: f64, unit: &str) {
    println!("{what}: {number:.0} {unit}");
}

fn told(table: &Embedded, when: &str) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = |name: &str| {
        let line = status.lines().find(|it| it.starts_with(name)).unwrap_or("");
        line.split_whitespace().nth(1).and_then(|it| it.parse::<u64>().ok()).unwrap_or(0) / 1_024
    };
    let disk = table.disk_bytes().expect("disk space") / 1_000_000;
    println!(
        "    {when}: {} MB in memory (peak {}), {disk} MB on disk",
        memory("VmRSS"),
        memory("VmHWM")
    );
}
