//! How figures are gathered and printed, each beside its aim.

use std::{fmt, fs, io, time::Duration};

use crate::outside;

/// The kernel counts a process's work in hundredths of a second.
const TICKS_PER_SECOND: f64 = 100.0;

/// What a figure is meant to reach.
#[derive(Clone, Copy, Debug)]
pub enum Aim {
    /// Enough is this much, in this unit.
    AtLeast(f64, &'static str),
    /// No more than this, in this unit.
    AtMost(f64, &'static str),
}

impl Aim {
    fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least, _) => least <= value,
            Self::AtMost(most, _) => value <= most,
        }
    }
}

impl fmt::Display for Aim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (words, value, unit) = match *self {
            Self::AtLeast(value, unit) => ("at least", value, unit),
            Self::AtMost(value, unit) => ("at most", value, unit),
        };
        write!(f, "aim: {words} {}{unit}", number(value))
    }
}

/// Prints one figure.
pub fn figure(name: &str, value: impl fmt::Display) {
    println!("{name:<66} {value}");
}

/// Prints one figure, its aim, and whether it is reached.
pub fn judged(name: &str, value: f64, aim: Aim) {
    let (Aim::AtLeast(_, unit) | Aim::AtMost(_, unit)) = aim;
    let verdict = if aim.is_met(value) { "met" } else { "MISSED" };
    figure(name, format_args!("{}{unit}  ({aim}: {verdict})", number(value)));
}

/// Prints the spread of durations, and judges its 99th percentile.
pub fn spread(name: &str, mut each: Vec<Duration>, p99_ms_max: Option<f64>) {
    each.sort();
    let Some(last) = each.len().checked_sub(1) else { return figure(name, "nothing measured") };
    let at = |part: f64| each[(last as f64 * part) as usize].as_secs_f64() * 1e3;
    let text = format!("p50 {:.3} ms  p99 {:.3} ms  max {:.3} ms", at(0.5), at(0.99), at(1.0));
    match p99_ms_max {
        None => figure(name, text),
        Some(most) => {
            let aim = Aim::AtMost(most, " ms");
            let verdict = if aim.is_met(at(0.99)) { "met" } else { "MISSED" };
            figure(name, format_args!("{text}  (p99 {aim}: {verdict})"));
        }
    }
}

/// Says what is measured next, and how busy the machine is with other work.
pub fn heading(what: &str) {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').take(3).collect::<Vec<_>>().join(" ");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!("\n{what}  [{cores} cores, load before: {load}, {}]", outside::today());
}

/// A process's resident memory in MB.
pub fn resident_mb(process: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or_default() / 1024.0
}

/// Processor seconds that a process has used: unlike time on a clock, other
/// work on the machine hardly blurs them.
pub fn cpu_seconds(process: &str) -> io::Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |at| after_name.split_whitespace().nth(at).and_then(|it| it.parse::<f64>().ok());
    Ok((ticks(11).unwrap_or(0.0) + ticks(12).unwrap_or(0.0)) / TICKS_PER_SECOND)
}

/// A number as people read it: thousands apart, decimals only where small.
fn number(value: f64) -> String {
    if value < 10.0 {
        let text = format!("{value:.2}");
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if 0 < index && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
