//! The clock and randomness of a benchmark, and a service on a folder.

use std::{
    io,
    path::Path,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use blobs::Blobs;
use domain::time::Timestamp;
use service::{
    Service,
    outside::{Clock, Entropy},
};
use table::Table;

#[derive(Debug)]
struct System;

impl Clock for System {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::MIN.plus(since.as_millis() as i64)
    }
}

impl Entropy for System {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the system has a source of randomness");
    }
}

/// Now, by the system's clock.
pub fn now() -> Timestamp {
    System.now()
}

/// Now as the API takes it.
pub fn now_text() -> String {
    let now = jiff::Timestamp::from_millisecond(now().millis()).expect("our years");
    format!("{now:.3}")
}

/// The day a figure was read on.
pub fn today() -> String {
    now_text().chars().take(10).collect()
}

/// Opens the store of a data folder as the binary does.
pub fn open(data: &Path) -> io::Result<(Service, Arc<dyn Table>)> {
    let table =
        table_embedded::Embedded::open(&data.join("table"), table_embedded::Options::default())
            .map_err(io::Error::other)?;
    let table: Arc<dyn Table> = Arc::new(table);
    let blobs = blobs::ObjectBlobs::in_folder(&data.join("blobs")).map_err(io::Error::other)?;
    Ok((service(Arc::clone(&table), Arc::new(blobs)), table))
}

/// A service on its ports.
pub fn service(table: Arc<dyn Table>, blobs: Arc<dyn Blobs>) -> Service {
    Service::new(table, blobs, Arc::new(System), Arc::new(System))
}
