//! What Prometheus reads.

use axum::http::{Method, StatusCode};

use super::{Gauge, GaugeKind, Measured};

#[test]
fn counts_and_buckets_are_written_as_prometheus_reads_them() {
    let measured = Measured::default();
    for took_ms in [0, 3, 40, 60_000] {
        measured.count(&Method::GET, "/v1/packages/{package}", StatusCode::OK, took_ms);
    }
    measured.count(&Method::GET, "/v1/packages/{package}", StatusCode::NOT_FOUND, 1);
    let help = "Bytes\nof memory".to_owned();
    let kind = GaugeKind::Gauge;
    let gauge = Gauge { name: "process_resident_memory_bytes".to_owned(), help, kind, value: 12.5 };
    insta::assert_snapshot!(measured.text(&[gauge]));
}
