//! The clock and randomness of a benchmark, and a service on a folder.

use std::{io, path::Path, sync::Arc};

use blobs::Blobs;
use domain::time::Timestamp;
use host::{SystemClock, SystemEntropy};
use service::{Service, outside::Clock};
use table::Table;

/// Now, by the system's clock.
pub fn now() -> Timestamp {
    SystemClock.now()
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
    Service::new(table, blobs, Arc::new(SystemClock), Arc::new(SystemEntropy))
}
