//! How figures are gathered and printed.

use std::{fs, time::Duration};

/// Prints one figure.
pub fn figure(name: &str, value: impl std::fmt::Display) {
    println!("{name:<66} {value}");
}

/// Prints the spread of durations.
pub fn spread(name: &str, mut each: Vec<Duration>) {
    each.sort();
    let at = |part: f64| each[((each.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
    figure(name, format!("p50 {:.3} ms  p99 {:.3} ms  max {:.3} ms", at(0.5), at(0.99), at(1.0)));
}

/// A process's resident memory in MB.
pub fn resident_mb(process: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or_default() / 1024.0
}
