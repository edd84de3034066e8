//! Any text as a mapping file: it is a mapping or a list of mistakes, and what
//! is a mapping reads a table.

#![no_main]

use std::sync::Arc;

use intake::{
    gazetteer::Gazetteer,
    mapping::{Mapping, parse_all},
};
use libfuzzer_sys::fuzz_target;

const TABLE: &[u8] = include_bytes!("../../examples/packages.csv");

fuzz_target!(|text: &str| {
    match Mapping::from_toml(text) {
        Ok(mapping) => drop(parse_all(&Arc::new(mapping), Gazetteer::embedded(), TABLE)),
        Err(mistakes) => {
            assert!(!mistakes.is_empty(), "refused without a reason");
            mistakes.iter().for_each(|it| assert!(!it.to_string().is_empty()));
        }
    }
});
