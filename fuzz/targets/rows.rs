//! Any bytes as a table, by each example mapping: reading ends, and every record
//! is a row or refused.

#![no_main]

use std::sync::{Arc, LazyLock};

use intake::{
    gazetteer::Gazetteer,
    mapping::{Mapping, parse_all},
};
use libfuzzer_sys::fuzz_target;

const MAPPINGS: [&str; 3] = [
    include_str!("../../examples/shipments.toml"),
    include_str!("../../examples/packages.toml"),
    include_str!("../../examples/scms.toml"),
];
const TABLES: [&str; 2] =
    [include_str!("../../examples/shipments.csv"), include_str!("../../examples/packages.csv")];

static COMPILED: LazyLock<Vec<Arc<Mapping>>> = LazyLock::new(|| {
    MAPPINGS.iter().map(|it| Arc::new(Mapping::from_toml(it).expect("an example"))).collect()
});

fuzz_target!(|bytes: &[u8]| {
    for (number, mapping) in COMPILED.iter().enumerate() {
        check(mapping, bytes);
        // Behind a header that is right, the cells are reached.
        if let Some(header) = TABLES.get(number).and_then(|it| it.lines().next()) {
            check(mapping, &[header.as_bytes(), b"\n", bytes].concat());
        }
    }
});

fn check(mapping: &Arc<Mapping>, bytes: &[u8]) {
    let summary = parse_all(mapping, Gazetteer::embedded(), bytes);
    if summary.refused.is_none() {
        assert_eq!(summary.records, summary.rows + summary.rows_refused);
    }
}
