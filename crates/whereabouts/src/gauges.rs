//! What only a main can measure: memory, storage units, how far behind the
//! projector is, how the audit log does.

use std::{
    fs,
    future::Future,
    path::{Path, PathBuf},
    pin::Pin,
    sync::Arc,
};

use api::{Facts, Gauge, GaugeKind, Gauges};
use domain::time::SECOND;
use service::{Service, projector::Projector};
use table::Table;

/// The measures of a running server.
#[derive(Debug)]
pub struct Measures {
    /// The table, which counts what is used.
    pub table: Arc<dyn Table>,
    /// Whoever keeps the derived rows true.
    pub projector: Arc<Projector>,
    /// The use cases, which know how the audit log does.
    pub service: Service,
    /// The data folder.
    pub folder: PathBuf,
}

impl Gauges for Measures {
    fn read(&self) -> Pin<Box<dyn Future<Output = Vec<Gauge>> + Send + '_>> {
        Box::pin(async {
            let used = self.table.usage();
            let counted = [
                ("table_read_units", "Read units, as DynamoDB counts them", used.read_units),
                ("table_write_units", "Write units, as DynamoDB counts them", used.write_units),
                ("table_conflicts", "Writes that a guard stopped", used.conflicts),
            ];
            let counter = |(name, help, value): (&str, &str, u64)| {
                gauge(name, help, GaugeKind::Counter, value as f64)
            };
            let mut all: Vec<Gauge> = counted.into_iter().map(counter).collect();
            let help = "Changes that derived rows do not show yet, counted up to a bound";
            all.push(gauge("projector_behind", help, GaugeKind::Gauge, self.behind().await));
            let help = "Memory that the process holds, in bytes";
            let resident = resident_bytes().map_or(f64::NAN, |it| it as f64);
            all.push(gauge("process_resident_bytes", help, GaugeKind::Gauge, resident));
            let log = self.service.log_status();
            let told = [
                ("log_entries", "Entries of the audit log", log.size as f64),
                (
                    "log_merge_delay_seconds",
                    "From recorded to logged, of the oldest event of the last batch",
                    log.merge_delay_ms as f64 / 1e3,
                ),
                (
                    "log_in_trouble",
                    "1 while nothing can be appended to the audit log",
                    f64::from(u8::from(log.trouble.is_some())),
                ),
            ];
            let current = |(name, help, value)| gauge(name, help, GaugeKind::Gauge, value);
            all.extend(told.into_iter().map(current));
            all.extend(self.waiting().await.into_iter().map(current));
            all
        })
    }

    fn facts(&self) -> Pin<Box<dyn Future<Output = Facts> + Send + '_>> {
        Box::pin(async {
            let (used, folder) = (self.table.usage(), self.folder.clone());
            // There may be very many files.
            let store_bytes = tokio::task::spawn_blocking(move || bytes_below(&folder)).await.ok();
            Facts {
                store_bytes,
                resident_bytes: resident_bytes(),
                read_units: Some(used.read_units),
                write_units: Some(used.write_units),
            }
        })
    }
}

impl Measures {
    /// What waits for the log, and what had to be repaired; not a number when the
    /// table does not say.
    async fn waiting(&self) -> [(&'static str, &'static str, f64); 3] {
        let waiting = self.service.log_waiting().await.ok();
        let oldest_ms = |since| self.service.now().since(since).max(0);
        let seconds = waiting.map(|it| it.since.map_or(0, oldest_ms) as f64 / SECOND as f64);
        let repaired = self.service.reconciler().await.ok();
        let repaired = repaired.map(|it| it.found.unlogged + it.found.rows + it.found.batches);
        let or_nan = |it: Option<f64>| it.unwrap_or(f64::NAN);
        [
            (
                "log_waiting_entries",
                "What is recorded and not in the audit log, counted up to a bound",
                or_nan(waiting.map(|it| it.count as f64)),
            ),
            (
                "log_waiting_seconds",
                "For how long the oldest of that has waited: more than a minute is too long",
                or_nan(seconds),
            ),
            (
                "left_behind_total",
                "Entries, rows and batches that were left behind, found and repaired",
                or_nan(repaired.map(|it| it as f64)),
            ),
        ]
    }

    /// Not a number when the table does not say.
    async fn behind(&self) -> f64 {
        let Ok(feeds) = self.projector.feeds().await else { return f64::NAN };
        let mut behind = 0;
        for feed in feeds {
            match self.projector.behind(feed).await {
                Ok(count) => behind += count,
                Err(_) => return f64::NAN,
            }
        }
        behind as f64
    }
}

fn gauge(name: &str, help: &str, kind: GaugeKind, value: f64) -> Gauge {
    Gauge { name: format!("whereabouts_{name}"), help: help.to_owned(), kind, value }
}

fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kib * 1024)
}

/// Bytes of all files in a folder. Files that are gone meanwhile count nothing.
fn bytes_below(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let of = |entry: fs::DirEntry| match entry.metadata() {
        Ok(it) if it.is_dir() => bytes_below(&entry.path()),
        Ok(it) => it.len(),
        Err(_) => 0,
    };
    entries.flatten().map(of).sum()
}
