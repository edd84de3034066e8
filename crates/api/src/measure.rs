//! What the API counts of itself, as Prometheus reads it.

use std::{
    collections::BTreeMap,
    fmt::{self, Write},
    future::Future,
    pin::Pin,
    sync::{Mutex, PoisonError},
};

use axum::http::{Method, StatusCode};

/// Upper bounds of the latency buckets, in milliseconds.
const BUCKETS_MS: &[i64] =
    &[1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000];

/// Whether a number only ever grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GaugeKind {
    /// It goes up and down.
    Gauge,
    /// It only grows while the process runs.
    Counter,
}

/// One number that a main measures: memory, table units, how far behind the
/// projector is.
#[derive(Clone, Debug, PartialEq)]
pub struct Gauge {
    /// Its name: letters, digits and underscores, the unit last.
    pub name: String,
    /// What it is, in one line.
    pub help: String,
    /// Whether it only grows.
    pub kind: GaugeKind,
    /// What it is now.
    pub value: f64,
}

/// What only a main knows of where it runs, as far as it does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Bytes on disk.
    pub store_bytes: Option<u64>,
    /// Bytes of memory that the process holds.
    pub resident_bytes: Option<u64>,
    /// Read units since the start, as DynamoDB counts them.
    pub read_units: Option<u64>,
    /// Write units.
    pub write_units: Option<u64>,
}

/// What only a main can measure.
pub trait Gauges: fmt::Debug + Send + Sync + 'static {
    /// The numbers as they are now. Asked each time somebody reads `/metrics`.
    fn read(&self) -> Pin<Box<dyn Future<Output = Vec<Gauge>> + Send + '_>>;

    /// The facts as they are now. Asked each time somebody reads `/v1/system`.
    fn facts(&self) -> Pin<Box<dyn Future<Output = Facts> + Send + '_>>;
}

/// A main that measures nothing.
#[derive(Clone, Copy, Debug)]
pub struct NoGauges;

impl Gauges for NoGauges {
    fn read(&self) -> Pin<Box<dyn Future<Output = Vec<Gauge>> + Send + '_>> {
        Box::pin(async { Vec::new() })
    }

    fn facts(&self) -> Pin<Box<dyn Future<Output = Facts> + Send + '_>> {
        Box::pin(async { Facts::default() })
    }
}

/// Requests by route, counted.
#[derive(Debug, Default)]
pub struct Measured {
    routes: Mutex<BTreeMap<(String, String), Answered>>,
}

#[derive(Debug, Default)]
struct Answered {
    by_status: BTreeMap<u16, u64>,
    by_bucket: [u64; BUCKETS_MS.len()],
    count: u64,
    sum_ms: i64,
}

impl Measured {
    /// Counts one answer. `path` is the route's, not the request's: there are
    /// only so many of those.
    pub fn count(&self, method: &Method, path: &str, status: StatusCode, took_ms: i64) {
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        let answered = routes.entry((path.to_owned(), method.to_string())).or_default();
        *answered.by_status.entry(status.as_u16()).or_default() += 1;
        answered.count += 1;
        answered.sum_ms += took_ms;
        for (count, bound_ms) in answered.by_bucket.iter_mut().zip(BUCKETS_MS) {
            *count += u64::from(took_ms <= *bound_ms);
        }
    }

    /// Everything as text (Prometheus exposition format 0.0.4).
    #[must_use]
    pub fn text(&self, gauges: &[Gauge]) -> String {
        let mut text = String::new();
        self.write(&mut text, gauges).expect("writing to a string cannot fail");
        text
    }

    fn write(&self, out: &mut String, gauges: &[Gauge]) -> fmt::Result {
        let routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(out, "# HELP http_requests_total Requests answered, by route and status.")?;
        writeln!(out, "# TYPE http_requests_total counter")?;
        for ((path, method), answered) in &*routes {
            for (status, count) in &answered.by_status {
                writeln!(
                    out,
                    "http_requests_total{{method=\"{method}\",route=\"{path}\",status=\"{status}\"}} {count}"
                )?;
            }
        }
        writeln!(out, "# HELP http_request_duration_seconds Time until the answer began.")?;
        writeln!(out, "# TYPE http_request_duration_seconds histogram")?;
        for ((path, method), answered) in &*routes {
            let labels = format!("method=\"{method}\",route=\"{path}\"");
            answered.write(out, &labels)?;
        }
        for Gauge { name, help, kind, value } in gauges {
            let kind = match kind {
                GaugeKind::Gauge => "gauge",
                GaugeKind::Counter => "counter",
            };
            let name: String =
                name.chars().filter(|it| it.is_ascii_alphanumeric() || *it == '_').collect();
            let help = help.replace(['\n', '\\'], " ");
            writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}")?;
        }
        Ok(())
    }
}

impl Answered {
    fn write(&self, out: &mut String, labels: &str) -> fmt::Result {
        let name = "http_request_duration_seconds";
        for (count, bound_ms) in self.by_bucket.iter().zip(BUCKETS_MS) {
            let bound_s = *bound_ms as f64 / 1000.0;
            writeln!(out, "{name}_bucket{{{labels},le=\"{bound_s}\"}} {count}")?;
        }
        let (count, sum_s) = (self.count, self.sum_ms as f64 / 1000.0);
        writeln!(out, "{name}_bucket{{{labels},le=\"+Inf\"}} {count}")?;
        writeln!(out, "{name}_sum{{{labels}}} {sum_s}\n{name}_count{{{labels}}} {count}")
    }
}

#[cfg(test)]
mod tests;
