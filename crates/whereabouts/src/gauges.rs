//! What only a main can measure: memory, storage units, how far behind the
//! projector is, how the audit log does.

use std::{fs, future::Future, pin::Pin, sync::Arc};

use api::{Gauge, GaugeKind, Gauges};
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
            all.push(gauge("process_resident_bytes", help, GaugeKind::Gauge, resident_bytes()));
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
            all
        })
    }
}

impl Measures {
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

fn resident_bytes() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(f64::NAN) * 1024.0
}
