//! The engine against the port's contract, across reopening, kills and full disks.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod conforms;
mod kill;
mod lifetime;

use std::path::Path;

use table_embedded::{Embedded, Options};

fn open(folder: &Path) -> Embedded {
    Embedded::open(folder, Options::default()).unwrap_or_else(|why| panic!("open: {why}"))
}
