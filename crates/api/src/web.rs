//! The web app's files, as a main hands them over. They are built elsewhere; here they
//! have no folder and no build, only names and bytes.

/// One file as it was built and packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WebFile {
    /// Where it is asked for, without the first slash: `index.html`, `assets/index-4fK2.js`.
    pub path: &'static str,
    /// As it is.
    pub bytes: &'static [u8],
    /// Packed with Brotli, where that is smaller.
    pub brotli: Option<&'static [u8]>,
    /// Packed with gzip, where that is smaller.
    pub gzip: Option<&'static [u8]>,
}

/// Every file of the app; none where it was not built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WebApp(pub &'static [WebFile]);

impl WebApp {
    /// The file at a path.
    #[must_use]
    pub fn file(self, path: &str) -> Option<&'static WebFile> {
        self.0.iter().find(|it| it.path == path)
    }
}

impl WebFile {
    /// Whether its name changes with what it holds, so that it can be kept for ever.
    #[must_use]
    pub fn is_hashed(&self) -> bool {
        self.path.starts_with("assets/")
    }

    /// What browsers are told that it is.
    #[must_use]
    pub fn media(&self) -> &'static str {
        match self.path.rsplit_once('.').map(|(_, ending)| ending) {
            Some("html") => "text/html; charset=utf-8",
            Some("js" | "mjs") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            Some("json") => "application/json",
            Some("webmanifest") => "application/manifest+json",
            Some("wasm") => "application/wasm",
            Some("woff2") => "font/woff2",
            Some("txt") => "text/plain; charset=utf-8",
            _ => "application/octet-stream",
        }
    }

    /// The smallest form that an `Accept-Encoding` takes, and what it is packed with.
    #[must_use]
    pub fn packed_for(&self, accepts: &str) -> (&'static [u8], Option<&'static str>) {
        let forms = [("br", self.brotli), ("gzip", self.gzip)];
        forms
            .into_iter()
            .find_map(|(coding, bytes)| {
                accepts_coding(accepts, coding).then_some((bytes?, Some(coding)))
            })
            .unwrap_or((self.bytes, None))
    }
}

/// Whether a header names a coding, or all of them, and does not refuse it by `q=0`.
fn accepts_coding(accepts: &str, coding: &str) -> bool {
    let weight = |wanted: &str| {
        accepts.split(',').find_map(|it| {
            let (name, rest) = it.split_once(';').unwrap_or((it, ""));
            name.trim().eq_ignore_ascii_case(wanted).then(|| {
                let q = rest.trim().strip_prefix("q=").map(str::trim);
                q.and_then(|it| it.parse::<f32>().ok()).unwrap_or(1.0)
            })
        })
    };
    weight(coding).or_else(|| weight("*")).is_some_and(|it| it > 0.0)
}

#[cfg(test)]
mod tests;
