//! Logs as lines of JSON, under the names that AWS's own tools for functions use.

use std::{
    fmt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use domain::time::Timestamp;
use host::SystemClock;
use lambda_runtime::Context;
use serde_json::{Map, Value, json};
use service::outside::Clock;
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    EnvFilter,
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer},
    registry::LookupSpan,
};

/// Which invocation this process works on.
static REQUEST: Mutex<Option<Request>> = Mutex::new(None);
/// Whether it is its first one.
static COLD: AtomicBool = AtomicBool::new(true);

struct Request {
    id: String,
    trace: Option<String>,
    cold: bool,
}

/// Begins to write logs to standard output.
pub fn begin(service: String, level: Option<String>) {
    let level = level.unwrap_or_else(|| "info".to_owned()).to_lowercase();
    let filter = EnvFilter::new(format!("warn,{}={level}", OURS.join(&format!("={level},"))));
    let lines = Lines { service };
    // A second one in one process is a test's; the first one stays.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).event_format(lines).try_init();
}

/// Crates of ours, of which more is logged.
const OURS: [&str; 4] = ["api", "lambda", "service", "table_dynamodb"];

/// An invocation begins: what is logged from here on is of it.
pub fn invoked(context: &Context) {
    let cold = COLD.swap(false, Ordering::Relaxed);
    let request =
        Request { id: context.request_id.clone(), trace: context.xray_trace_id.clone(), cold };
    *REQUEST.lock().unwrap_or_else(PoisonError::into_inner) = Some(request);
}

struct Lines {
    service: String,
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let request = REQUEST.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(writer, "{}", line(&self.service, request.as_ref(), SystemClock.now(), event))
    }
}

fn line(service: &str, request: Option<&Request>, now: Timestamp, event: &Event<'_>) -> Value {
    let mut fields = Fields(Map::new());
    event.record(&mut fields);
    let meta = event.metadata();
    let mut line = Map::new();
    line.insert("level".to_owned(), json!(meta.level().as_str()));
    line.insert(
        "location".to_owned(),
        json!(format!("{}:{}", meta.target(), meta.line().unwrap_or(0))),
    );
    let message = fields.0.remove("message").unwrap_or_default();
    line.insert("message".to_owned(), message);
    line.insert("timestamp".to_owned(), json!(text(now)));
    line.insert("service".to_owned(), json!(service));
    if let Some(request) = request {
        line.insert("cold_start".to_owned(), json!(request.cold));
        line.insert("function_request_id".to_owned(), json!(request.id));
        line.insert("xray_trace_id".to_owned(), json!(request.trace));
    }
    line.extend(fields.0);
    Value::Object(line)
}

fn text(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.millis()).unwrap_or_default();
    format!("{at:.3}")
}

struct Fields(Map<String, Value>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), json!(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), json!(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().to_owned(), json!(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().to_owned(), json!(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0.insert(field.name().to_owned(), json!(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().to_owned(), json!(value));
    }
}

#[cfg(test)]
mod tests {
    //! What a line says.

    use std::sync::Arc;

    use tracing_subscriber::{Layer, layer::Context as LayerContext, prelude::*};

    use super::*;

    struct Kept(Arc<Mutex<Vec<Value>>>);

    impl<S: Subscriber> Layer<S> for Kept {
        fn on_event(&self, event: &Event<'_>, _: LayerContext<'_, S>) {
            let request = Request { id: "r-1".to_owned(), trace: None, cold: true };
            let at = Timestamp::from_millis(1_700_000_000_123).unwrap();
            self.0.lock().unwrap().push(line("ship", Some(&request), at, event));
        }
    }

    #[test]
    fn a_line_has_the_names_that_tools_look_for() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let subscriber = tracing_subscriber::registry().with(Kept(Arc::clone(&lines)));
        tracing::subscriber::with_default(subscriber, || {
            tracing::warn!(left = 3, why = "\"quoted\"\n", "it waits");
        });
        let lines = lines.lock().unwrap();
        let line = &lines[0];
        assert_eq!(line["level"], "WARN");
        assert_eq!(line["message"], "it waits");
        assert_eq!(line["timestamp"], "2023-11-14T22:13:20.123Z");
        assert_eq!(line["service"], "ship");
        assert_eq!(line["cold_start"], true);
        assert_eq!(line["function_request_id"], "r-1");
        assert_eq!(line["left"], 3);
        assert_eq!(line["why"], "\"quoted\"\n");
        assert!(line["location"].as_str().unwrap().starts_with("lambda::logs::tests:"));
        assert!(!line.to_string().contains('\n'), "a line is one line");
    }
}
