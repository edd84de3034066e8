//! The basemap: one PMTiles archive, of which browsers ask for the parts they show.
//! It holds no data of the installation.

use std::{
    fmt,
    fs::File,
    io,
    ops::Range,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{
            ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
            IF_RANGE, RANGE,
        },
    },
    response::{IntoResponse, Response},
};
use domain::leaf::hex;
use futures::stream;
use sha2::{Digest, Sha256};

use crate::{
    Api, etag,
    problem::{Kind, Problem},
};

/// What a PMTiles archive is sent as.
pub const MEDIA: &str = "application/vnd.pmtiles";
/// Every archive of the version that is read begins with this.
const MAGIC: &[u8] = b"PMTiles\x03";
/// Its header and first directory lie in so many bytes.
const BEGINNING_LEN: usize = 16_384;
/// Where the header says what its tiles are, and what it says of vector tiles.
const TILE_TYPE_AT: usize = 99;
const VECTOR: u8 = 1;
/// What is sent is read in pieces of this many bytes.
const PIECE_LEN: u64 = 1 << 18;
/// A part stays good for an hour; its tag tells a changed archive.
const FRESH: &str = "public, max-age=3600";

/// A PMTiles archive of vector tiles, with the layers that docs/formats.md names.
#[derive(Clone, Debug)]
pub struct Basemap {
    source: Source,
    len: u64,
    tag: String,
}

#[derive(Clone, Debug)]
enum Source {
    Held(&'static [u8]),
    File(Arc<File>),
}

/// Why a file is no basemap.
#[derive(Debug)]
pub enum InvalidBasemap {
    /// It cannot be read.
    Unreadable(PathBuf, io::Error),
    /// It is something else than a PMTiles archive of version 3.
    NotPmtiles(PathBuf),
    /// Its tiles are pictures, which have no layers to be drawn in a theme's colours.
    NotVector(PathBuf),
}

impl fmt::Display for InvalidBasemap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(path, why) => {
                write!(f, "cannot read the basemap {}: {why}", path.display())
            }
            Self::NotPmtiles(path) => {
                write!(f, "{} is no PMTiles archive of version 3", path.display())
            }
            Self::NotVector(path) => {
                write!(f, "{} holds pictures; a basemap has vector tiles", path.display())
            }
        }
    }
}

impl std::error::Error for InvalidBasemap {}

impl Basemap {
    /// One that a program carries.
    #[must_use]
    pub fn of(bytes: &'static [u8]) -> Self {
        let len = bytes.len() as u64;
        Self { source: Source::Held(bytes), len, tag: tag(len, bytes) }
    }

    /// A file of the deployer's own. It stays open: replacing it shows at the next start.
    pub fn open(path: &Path) -> Result<Self, InvalidBasemap> {
        let unreadable = |why| InvalidBasemap::Unreadable(path.to_owned(), why);
        let file = File::open(path).map_err(unreadable)?;
        let len = file.metadata().map_err(unreadable)?.len();
        let mut beginning = vec![0; BEGINNING_LEN.min(usize::try_from(len).unwrap_or(usize::MAX))];
        file.read_exact_at(&mut beginning, 0).map_err(unreadable)?;
        if !beginning.starts_with(MAGIC) {
            return Err(InvalidBasemap::NotPmtiles(path.to_owned()));
        }
        if beginning.get(TILE_TYPE_AT) != Some(&VECTOR) {
            return Err(InvalidBasemap::NotVector(path.to_owned()));
        }
        Ok(Self { source: Source::File(Arc::new(file)), len, tag: tag(len, &beginning) })
    }

    fn body(&self, part: Range<u64>) -> Body {
        let source = self.source.clone();
        Body::from_stream(stream::unfold(part, move |rest| {
            let source = source.clone();
            async move {
                let piece = rest.start..rest.end.min(rest.start.saturating_add(PIECE_LEN));
                if piece.is_empty() {
                    return None;
                }
                let rest = piece.end..rest.end;
                Some((source.read(piece).await, rest))
            }
        }))
    }
}

impl Source {
    async fn read(&self, part: Range<u64>) -> io::Result<Bytes> {
        let place = |at: u64| usize::try_from(at).map_err(io::Error::other);
        match self {
            Self::Held(bytes) => {
                let bytes = bytes.get(place(part.start)?..place(part.end)?);
                Ok(Bytes::from_static(bytes.unwrap_or_default()))
            }
            Self::File(file) => {
                let (file, len) = (Arc::clone(file), place(part.end - part.start)?);
                let read = move || {
                    let mut bytes = vec![0; len];
                    file.read_exact_at(&mut bytes, part.start).map(|()| Bytes::from(bytes))
                };
                tokio::task::spawn_blocking(read).await.map_err(io::Error::other)?
            }
        }
    }
}

/// The archive or a part of it (RFC 9110, sections 13 and 14). Of several parts at
/// once the whole is sent instead, as it is allowed to be.
pub async fn archive(State(api): State<Api>, headers: HeaderMap) -> Response {
    let Some(basemap) = api.basemap() else {
        let detail = "There is no basemap here: maps are drawn without one.";
        return Problem::new(Kind::NotFound, detail).into_response();
    };
    if etag::is_known(&headers, &basemap.tag) {
        return with_tag(StatusCode::NOT_MODIFIED.into_response(), basemap);
    }
    let text = |name| headers.get(name).and_then(|it: &HeaderValue| it.to_str().ok());
    // Parts of two versions must never be put together.
    let same = text(IF_RANGE).is_none_or(|it| it == basemap.tag);
    let wanted = text(RANGE).filter(|_| same).map_or(Wanted::Whole, |it| part(it, basemap.len));
    let (status, sent) = match wanted {
        Wanted::Whole => (StatusCode::OK, 0..basemap.len),
        Wanted::Part(sent) => (StatusCode::PARTIAL_CONTENT, sent),
        Wanted::Nothing => {
            let detail = format!("The archive has {} bytes.", basemap.len);
            let mut response = Problem::new(Kind::NoSuchPart, detail).into_response();
            let range = format!("bytes */{}", basemap.len);
            response.headers_mut().insert(CONTENT_RANGE, ascii(&range));
            return response;
        }
    };
    let mut response = (status, basemap.body(sent.clone())).into_response();
    let told = response.headers_mut();
    told.insert(CONTENT_LENGTH, HeaderValue::from(sent.end - sent.start));
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {}-{}/{}", sent.start, sent.end - 1, basemap.len);
        told.insert(CONTENT_RANGE, ascii(&range));
    }
    with_tag(response, basemap)
}

fn with_tag(mut response: Response, basemap: &Basemap) -> Response {
    let told = response.headers_mut();
    told.insert(ETAG, ascii(&basemap.tag));
    told.insert(CACHE_CONTROL, HeaderValue::from_static(FRESH));
    told.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA));
    told.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    response
}

/// What a `Range` asks for.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    /// Everything, also where it cannot be understood.
    Whole,
    /// These bytes.
    Part(Range<u64>),
    /// What is not there.
    Nothing,
}

fn part(range: &str, len: u64) -> Wanted {
    let asked = || {
        let (first, last) = range.trim().strip_prefix("bytes=")?.split_once('-')?;
        let number = |it: &str| it.is_empty().then_some(None).or_else(|| it.parse().ok().map(Some));
        Some((number(first.trim())?, number(last.trim())?))
    };
    let part = match asked() {
        Some((Some(first), None)) => first..len,
        Some((Some(first), Some(last))) if first <= last => first..last.saturating_add(1).min(len),
        Some((None, Some(last))) => len.saturating_sub(last)..len,
        _ => return Wanted::Whole,
    };
    if part.is_empty() { Wanted::Nothing } else { Wanted::Part(part) }
}

fn tag(len: u64, bytes: &[u8]) -> String {
    let digest = Sha256::new().chain_update(len.to_be_bytes()).chain_update(bytes).finalize();
    format!("\"{}\"", hex(&digest[..8]))
}

fn ascii(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("digits, letters and signs")
}

#[cfg(test)]
mod tests;
