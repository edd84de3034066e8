//! Channels: where news are published for those who watch, when that is done by
//! somebody else than this process. Whoever may subscribe is said by a ticket.

use std::{fmt, str::FromStr};

use domain::{
    id::{Subject, SubjectKind},
    map::TileId,
};

use super::Topic;

/// The zooms of tiles whose news are published: the world in some 200 parts, and regions
/// of some 150 km. Who looks at more, or at less, watches several, or the one around it.
pub const ZOOMS: [u8; 2] = [4, 8];

/// Who news are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sight {
    /// Everybody: all see the same.
    All,
    /// Whoever sees towns in place of homes, and regions in place of people.
    Town,
    /// Whoever sees homes and people exactly.
    Exact,
}

impl Sight {
    /// Every sight there is.
    pub const ALL: [Self; 3] = [Self::All, Self::Town, Self::Exact];

    /// As it stands in channels.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Town => "town",
            Self::Exact => "exact",
        }
    }
}

/// A topic and who its news are for. As text `/live/town/package/0H24…`, the id without
/// its prefix, or `/live/all/tile/4-8-5`: a segment has letters, digits and dashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Channel {
    /// Who they are for.
    pub sight: Sight,
    /// What they are about.
    pub topic: Topic,
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sight = self.sight.word();
        match self.topic {
            Topic::Tile { z, x, y } => write!(f, "/live/{sight}/tile/{z}-{x}-{y}"),
            Topic::Subject(subject) => {
                let id = subject.to_string();
                let id = id.split_once('_').map_or(id.as_str(), |it| it.1);
                write!(f, "/live/{sight}/{}/{id}", subject.kind())
            }
        }
    }
}

/// Text that names no channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoChannel;

impl FromStr for Channel {
    type Err = NoChannel;

    fn from_str(text: &str) -> Result<Self, NoChannel> {
        let mut parts = text.strip_prefix("/live/").ok_or(NoChannel)?.split('/');
        let mut next = || parts.next().ok_or(NoChannel);
        let (sight, kind, id) = (next()?, next()?, next()?);
        let sight = Sight::ALL.into_iter().find(|it| it.word() == sight).ok_or(NoChannel)?;
        let topic = if kind == "tile" { tile(id) } else { subject(kind, id) };
        let channel = Self { sight, topic: topic.ok_or(NoChannel)? };
        // Of several spellings one is meant: whoever publishes knows no other.
        if channel.to_string() == text { Ok(channel) } else { Err(NoChannel) }
    }
}

fn tile(text: &str) -> Option<Topic> {
    let mut parts = text.split('-').map(|it| it.parse::<u32>().ok());
    let (z, x, y) = (u8::try_from(parts.next()??).ok()?, parts.next()??, parts.next()??);
    let inside = parts.next().is_none() && TileId::new(z, x, y).is_ok();
    inside.then_some(Topic::Tile { z, x, y })
}

fn subject(kind: &str, id: &str) -> Option<Topic> {
    let kind: SubjectKind = kind.parse().ok()?;
    let any = Subject::from_parts(kind, [0; 16]).to_string();
    let prefix = any.split_once('_')?.0;
    let subject: Subject = format!("{prefix}_{id}").parse().ok()?;
    (subject.kind() == kind).then_some(Topic::Subject(subject))
}
