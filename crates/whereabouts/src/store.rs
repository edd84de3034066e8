//! The data folder: table and blobs, and the service on top of them.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use api::{Api, Gauges, Outside, Settings, front::Front};
use blobs::ObjectBlobs;
use host::{SystemClock, SystemEntropy};
use service::Service;
use table::{Memory, Table};
use table_embedded::{Embedded, Options};

use crate::web;

/// Everything opened from one folder.
pub struct Opened {
    /// The use cases.
    pub service: Service,
    /// The table below them, for what only a main does.
    pub table: Arc<dyn Table>,
}

/// Opens a data folder and makes it if it is missing. Only one process can.
pub fn open(data: &Path) -> Result<Opened, OpenError> {
    let failed = |why: String| OpenError { data: data.to_path_buf(), why };
    let table = Embedded::open(&data.join("table"), Options::default())
        .map_err(|it| failed(it.to_string()))?;
    let table: Arc<dyn Table> = Arc::new(table);
    let folder = data.join("blobs");
    let blobs = ObjectBlobs::in_folder(&folder).map_err(|it| failed(it.to_string()))?;
    // The table's lock says that nobody else writes there.
    blobs::remove_unfinished(&folder).map_err(|it| failed(it.to_string()))?;
    Ok(Opened::on(table, blobs))
}

/// The same, unless somebody began to make the store again and did not end.
pub async fn open_whole(data: &Path) -> Result<Opened, OpenError> {
    let opened = open(data)?;
    let failed = |why: String| OpenError { data: data.to_path_buf(), why };
    let begun = opened.service.unfinished_restoring().await;
    match begun.map_err(|it| failed(it.to_string()))? {
        None => Ok(opened),
        Some(_) => Err(failed(
            "it is being made again from a log, and that did not end: run the same \
             `whereabouts rebuild --from` again"
                .to_owned(),
        )),
    }
}

/// A store that is gone with the process.
pub fn in_memory() -> Opened {
    Opened::on(Arc::new(Memory::default()), ObjectBlobs::in_memory())
}

impl Opened {
    fn on(table: Arc<dyn Table>, blobs: ObjectBlobs) -> Self {
        let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
        let service = Service::new(Arc::clone(&table), Arc::new(blobs), clock, entropy);
        Self { service, table }
    }
}

/// The API over an opened folder. `tls` says that browsers reach it so.
pub fn api(opened: &Opened, gauges: Arc<dyn Gauges>, tls: bool) -> Api {
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    let outside = Outside { clock, entropy, gauges, front: Front::default() };
    let settings = Settings { tls, web: web::APP, ..Settings::default() };
    Api::new(opened.service.clone(), outside, settings)
}

/// Why a data folder cannot be opened.
#[derive(Debug)]
pub struct OpenError {
    data: PathBuf,
    why: String,
}

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "cannot open the data folder {}: {}", self.data.display(), self.why)
    }
}

impl std::error::Error for OpenError {}

impl From<OpenError> for io::Error {
    fn from(error: OpenError) -> Self {
        Self::other(error)
    }
}
