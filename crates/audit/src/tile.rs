//! Which tiles a log has, and where they lie (C2SP tlog-tiles).

use std::fmt;

/// Hashes of a full tile, and entries of a full bundle.
pub const WIDTH: u64 = 256;
/// The highest level a tile can have.
const LEVEL_MAX: u8 = 63;

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Content {
    /// Entries themselves: a bundle.
    Entries,
    /// Hashes of one level: each of 256 times as many entries as one of the level
    /// below. Those of level 0 are of entries.
    Hashes(u8),
}

/// Names one tile or bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// What it holds.
    pub content: Content,
    /// Its place among those of its kind.
    pub index: u64,
    /// How many entries or hashes it holds, 1 to 256.
    pub width: u16,
}

/// A path that names no tile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidPath(pub String);

impl TileId {
    /// The tile of a log of so many entries; `None` if the log does not reach it.
    #[must_use]
    pub fn of(content: Content, index: u64, size: u64) -> Option<Self> {
        let count = count(content, size);
        let begin = index.checked_mul(WIDTH)?;
        let width = count.checked_sub(begin).filter(|it| *it != 0)?.min(WIDTH) as u16;
        Some(Self { content, index, width })
    }

    /// Whether nothing can be added to it.
    #[must_use]
    pub fn is_full(&self) -> bool {
        u64::from(self.width) == WIDTH
    }

    /// The same place, filled up.
    #[must_use]
    pub fn filled(self) -> Self {
        Self { width: WIDTH as u16, ..self }
    }

    /// Where it lies below the log's address: `tile/0/x001/234.p/17`.
    #[must_use]
    pub fn path(&self) -> String {
        let content = match self.content {
            Content::Entries => "entries".to_owned(),
            Content::Hashes(level) => level.to_string(),
        };
        let mut number = format!("{:03}", self.index % 1_000);
        let mut rest = self.index / 1_000;
        while 0 < rest {
            number = format!("x{:03}/{number}", rest % 1_000);
            rest /= 1_000;
        }
        let partial = if self.is_full() { String::new() } else { format!(".p/{}", self.width) };
        format!("tile/{content}/{number}{partial}")
    }

    /// Reads what [`Self::path`] wrote, and nothing else.
    pub fn of_path(path: &str) -> Result<Self, InvalidPath> {
        let read = || {
            let (content, number) = path.strip_prefix("tile/")?.split_once('/')?;
            let content = match content {
                "entries" => Content::Entries,
                level => Content::Hashes(level.parse().ok().filter(|it| *it <= LEVEL_MAX)?),
            };
            let (number, width) = match number.split_once(".p/") {
                Some((number, width)) => (number, width.parse().ok()?),
                None => (number, WIDTH as u16),
            };
            let digits = number.split('/').map(|it| it.trim_start_matches('x')).collect::<String>();
            Some(Self { content, index: digits.parse().ok()?, width })
        };
        let has_width = |it: &Self| (1..=WIDTH).contains(&u64::from(it.width));
        let tile = read().filter(|it| has_width(it) && it.path() == path);
        tile.ok_or_else(|| InvalidPath(path.to_owned()))
    }
}

/// How many levels of tiles a log of so many entries has.
#[must_use]
pub fn levels(size: u64) -> u8 {
    (0..=7).take_while(|level| 0 < count(Content::Hashes(*level), size)).count() as u8
}

/// The tiles that are not full in a log of so many entries, lowest level first.
pub fn partial(size: u64) -> impl Iterator<Item = TileId> {
    let last = move |level| {
        let content = Content::Hashes(level);
        TileId::of(content, count(content, size) / WIDTH, size)
    };
    (0..levels(size)).filter_map(last)
}

/// How many hashes a level has, or how many entries there are.
fn count(content: Content, size: u64) -> u64 {
    match content {
        Content::Entries => size,
        Content::Hashes(level) => size.checked_shr(8 * u32::from(level)).unwrap_or(0),
    }
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}

impl fmt::Display for InvalidPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} names no tile", self.0)
    }
}

impl std::error::Error for InvalidPath {}
