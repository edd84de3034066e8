//! The web app, as the build script found it.

use api::{WebApp, WebFile};

const FILES: &[WebFile] = include!(concat!(env!("OUT_DIR"), "/web_files.rs"));

/// Land, waters, borders and towns, as web/basemap/build.sh makes them.
pub const BASEMAP: &[u8] = include_bytes!("../../../web/basemap/basemap.pmtiles");

/// Its files; none where it was not built.
pub const APP: WebApp = WebApp(FILES);
