//! The web app, as the build script found it.

use api::{WebApp, WebFile};

const FILES: &[WebFile] = include!(concat!(env!("OUT_DIR"), "/web_files.rs"));

/// Its files; none where it was not built.
pub const APP: WebApp = WebApp(FILES);
