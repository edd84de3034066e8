//! A date format on the first line and a cell on the rest, and the cell by the
//! formats that everybody uses.

#![no_main]

use std::sync::LazyLock;

use intake::dates::{DateFormat, parse_any};
use libfuzzer_sys::fuzz_target;

static USUAL: LazyLock<Vec<DateFormat>> = LazyLock::new(|| {
    ["iso", "%d/%m/%y", "%Y-%m-%d %H:%M", "%d.%m.%Y"]
        .iter()
        .map(|it| DateFormat::compile(it).expect("a format of the examples"))
        .collect()
});

fuzz_target!(|text: &str| {
    let (format, cell) = text.split_once('\n').unwrap_or(("", text));
    let _ = parse_any(&USUAL, cell);
    if let Ok(format) = DateFormat::compile(format) {
        let _ = format.parse(cell);
    }
});
