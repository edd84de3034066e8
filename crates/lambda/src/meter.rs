//! Figures in the embedded metric format: one line of JSON that CloudWatch makes metrics
//! of, at no request of ours.

use serde_json::{Map, Value, json};

const NAMESPACE: &str = "Whereabouts";

/// What one invocation came to.
#[derive(Debug)]
pub struct Figures {
    service: String,
    values: Vec<(&'static str, &'static str, f64)>,
}

impl Figures {
    /// Of the deployment of this name.
    #[must_use]
    pub fn of(service: &str) -> Self {
        Self { service: service.to_owned(), values: Vec::new() }
    }

    /// With one more, in a unit that CloudWatch knows: `Count`, `Milliseconds`, `Seconds`.
    #[must_use]
    pub fn with(mut self, name: &'static str, unit: &'static str, value: f64) -> Self {
        self.values.push((name, unit, value));
        self
    }

    /// As one line.
    #[must_use]
    pub fn line(&self, now_ms: i64) -> String {
        let metrics: Vec<Value> =
            self.values.iter().map(|(name, unit, _)| json!({"Name": name, "Unit": unit})).collect();
        let mut line = Map::new();
        let directive = json!({
            "Namespace": NAMESPACE,
            "Dimensions": [["service"]],
            "Metrics": metrics,
        });
        line.insert(
            "_aws".to_owned(),
            json!({"Timestamp": now_ms, "CloudWatchMetrics": [directive]}),
        );
        line.insert("service".to_owned(), json!(self.service));
        line.extend(self.values.iter().map(|(name, _, value)| ((*name).to_owned(), json!(value))));
        Value::Object(line).to_string()
    }
}

#[cfg(test)]
mod tests {
    //! The format's own fields.

    use super::*;

    #[test]
    fn a_line_is_what_cloudwatch_reads() {
        let figures = Figures::of("ship").with("records", "Count", 3.0);
        let line: Value = serde_json::from_str(&figures.line(1_700_000_000_000)).unwrap();
        assert_eq!(
            line,
            json!({
                "_aws": {
                    "Timestamp": 1_700_000_000_000_i64,
                    "CloudWatchMetrics": [{
                        "Namespace": "Whereabouts",
                        "Dimensions": [["service"]],
                        "Metrics": [{"Name": "records", "Unit": "Count"}],
                    }],
                },
                "service": "ship",
                "records": 3.0,
            })
        );
    }
}
