//! One subject's chain of leaves, taken from a walk through the log: each names its
//! number and the hash of the one before, so none can be left out unseen.

use std::{collections::BTreeMap, fmt};

use serde_json::Value;

use crate::hash::{Hash, leaf_hash};

/// What a log holds of one subject.
#[derive(Clone, Debug)]
pub struct Chain {
    subject: String,
    needle: Vec<u8>,
    /// By number in the chain, in the order of the log.
    links: BTreeMap<u64, Vec<Link>>,
    unreadable: Vec<u64>,
}

/// One leaf of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its place in the log.
    pub index: u64,
    /// Its hash.
    pub leaf: Hash,
    /// The hash that it says the one before has.
    pub prev: Option<String>,
    /// What happened, as a word.
    pub kind: String,
    /// When, in milliseconds since 1970.
    pub happened_at: i64,
}

/// What is wrong with a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Break {
    /// These numbers are not in the log: they are not logged yet, or were left out.
    Missing {
        /// The first of them.
        first: u64,
        /// The last of them.
        last: u64,
    },
    /// The leaf names another hash than the leaf before it has.
    OtherPast {
        /// Its number.
        seq: u64,
        /// Its place in the log.
        index: u64,
    },
    /// The log has more than one leaf of this number.
    Twice {
        /// The number.
        seq: u64,
        /// Where, in the log.
        indices: Vec<u64>,
    },
    /// The leaf is of the subject, and cannot be read.
    Unreadable {
        /// Its place in the log.
        index: u64,
    },
}

/// Whose leaf an entry is, as in `pkg_…`, and its number in that chain; `None` for
/// whatever else is logged.
#[must_use]
pub fn named(entry: &[u8]) -> Option<(String, u64)> {
    let leaf: Value = serde_json::from_slice(entry).ok()?;
    Some((leaf["subject"].as_str()?.to_owned(), leaf["seq"].as_u64()?))
}

impl Chain {
    /// Looks for the leaves of a subject, as in `pkg_…`.
    #[must_use]
    pub fn of(subject: &str) -> Self {
        let needle = format!("\"subject\":\"{subject}\"").into_bytes();
        let subject = subject.to_owned();
        Self { subject, needle, links: BTreeMap::new(), unreadable: Vec::new() }
    }

    /// Takes an entry of the log, whatever it is about.
    pub fn take(&mut self, index: u64, entry: &[u8]) {
        // Reading every entry would take longer than hashing it.
        if !entry.windows(self.needle.len()).any(|it| it == self.needle) {
            return;
        }
        let Ok(leaf) = serde_json::from_slice::<Value>(entry) else {
            return self.unreadable.push(index);
        };
        if leaf["subject"] != self.subject.as_str() {
            return;
        }
        let Some(seq) = leaf["seq"].as_u64() else { return self.unreadable.push(index) };
        let text = |name: &str| leaf[name].as_str().map(str::to_owned);
        self.links.entry(seq).or_default().push(Link {
            index,
            leaf: leaf_hash(entry),
            prev: text("prev"),
            kind: text("kind").unwrap_or_default(),
            happened_at: leaf["happened_at"].as_i64().unwrap_or_default(),
        });
    }

    /// The leaves that were found, with their numbers in the chain.
    pub fn links(&self) -> impl Iterator<Item = (u64, &Link)> {
        self.links.iter().flat_map(|(seq, links)| links.iter().map(|it| (*seq, it)))
    }

    /// What is wrong with it. That its end is missing cannot be seen from the log
    /// alone: whoever knows how many events there are compares.
    #[must_use]
    pub fn breaks(&self) -> Vec<Break> {
        let mut breaks: Vec<Break> =
            self.unreadable.iter().map(|index| Break::Unreadable { index: *index }).collect();
        let mut before: Option<(u64, &Link)> = None;
        for (&seq, links) in &self.links {
            let expected = before.map_or(1, |it| it.0 + 1);
            if seq != expected {
                breaks.push(Break::Missing { first: expected, last: seq - 1 });
            }
            if 1 < links.len() {
                let indices = links.iter().map(|it| it.index).collect();
                breaks.push(Break::Twice { seq, indices });
            }
            let wanted = before.filter(|it| it.0 + 1 == seq).map(|it| hex(&it.1.leaf));
            for link in links {
                if (seq == 1 && link.prev.is_some())
                    || wanted.as_ref().is_some_and(|it| link.prev.as_ref() != Some(it))
                {
                    breaks.push(Break::OtherPast { seq, index: link.index });
                }
            }
            before = links.first().map(|it| (seq, it));
        }
        breaks
    }
}

fn hex(hash: &Hash) -> String {
    hash.iter().map(|it| format!("{it:02x}")).collect()
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { first, last } if first == last => {
                write!(f, "event {first} is not in the log: not logged yet, or left out")
            }
            Self::Missing { first, last } => {
                write!(
                    f,
                    "events {first} to {last} are not in the log: not logged yet, or left out"
                )
            }
            Self::OtherPast { seq, index } => {
                write!(f, "event {seq}, entry {index}: names another event before it than there is")
            }
            Self::Twice { seq, indices } => {
                write!(f, "event {seq} is in the log more than once: entries {indices:?}")
            }
            Self::Unreadable { index } => write!(f, "entry {index} cannot be read"),
        }
    }
}
