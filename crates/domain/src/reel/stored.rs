//! Reels and frames as stored bytes: CBOR in which equal values stand once and are
//! spoken of by their number.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode, decode};

use super::{Entry, Frame, Held, Reel, Standing, begin_of, hour_of};
use crate::{
    holding::HolderId,
    id::{ContainerId, Subject},
    map::Counts,
};

#[derive(Encode, Decode)]
#[cbor(map)]
struct StoredReel {
    /// Which hour.
    #[n(0)]
    hour: u32,
    /// Each standing once.
    #[n(1)]
    standings: Vec<Standing>,
    /// By child.
    #[n(2)]
    entries: Vec<StoredEntry>,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct StoredEntry {
    #[n(0)]
    child: HolderId,
    #[n(1)]
    seq: u64,
    /// The number of the standing before.
    #[n(2)]
    before: u32,
    /// Milliseconds since the hour began, then the number of a standing.
    #[n(3)]
    turns: Vec<(u32, u32)>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct StoredFrame {
    /// What is counted, each once.
    #[n(0)]
    counts: Vec<Counts>,
    /// By holder.
    #[n(1)]
    holders: Vec<StoredHeld>,
    /// By container.
    #[n(2)]
    inside: Vec<(ContainerId, Standing)>,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct StoredHeld {
    #[n(0)]
    holder: HolderId,
    /// The number of what it counts.
    #[n(1)]
    counts: u32,
    #[n(2)]
    latest: Option<HolderId>,
}

/// Gives equal values the same number, from 0 in the order in which they came.
struct Numbers<T>(BTreeMap<T, u32>);

impl<T: Ord + Clone> Numbers<T> {
    fn of(&mut self, value: &T) -> u32 {
        if let Some(known) = self.0.get(value) {
            return *known;
        }
        let number = u32::try_from(self.0.len()).expect("memory holds fewer");
        self.0.insert(value.clone(), number);
        number
    }

    fn into_values(self) -> Vec<T> {
        let mut all: Vec<(T, u32)> = self.0.into_iter().collect();
        all.sort_unstable_by_key(|it| it.1);
        all.into_iter().map(|it| it.0).collect()
    }
}

impl Reel {
    /// Its stored bytes, as the turns of an hour.
    #[must_use]
    pub fn to_bytes(&self, hour: u32) -> Vec<u8> {
        let begin = begin_of(hour);
        let mut numbers = Numbers(BTreeMap::new());
        let entry = |(child, it): (Subject, &Entry)| StoredEntry {
            child: child_id(child),
            seq: it.seq,
            before: numbers.of(&it.before),
            turns: it
                .turns
                .iter()
                .map(|(at, standing)| (at.since(begin) as u32, numbers.of(standing)))
                .collect(),
        };
        let entries = self.entries().map(entry).collect();
        let stored = StoredReel { hour, standings: numbers.into_values(), entries };
        minicbor::to_vec(&stored).expect("writing to memory cannot fail")
    }

    /// Reads stored bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, decode::Error> {
        let StoredReel { hour, standings, entries } = decode(bytes)?;
        let standing = |number: u32| {
            let found = standings.get(number as usize).cloned();
            found.ok_or_else(|| decode::Error::message("no such standing"))
        };
        let mut reel = Self::default();
        for it in entries {
            let turn = |(after, number): (u32, u32)| {
                let at = begin_of(hour).plus(i64::from(after));
                if hour_of(at) != hour {
                    return Err(decode::Error::message("a turn outside its hour"));
                }
                Ok((at, standing(number)?))
            };
            let turns = it.turns.into_iter().map(turn).collect::<Result<_, _>>()?;
            let entry = Entry { seq: it.seq, before: standing(it.before)?, turns };
            reel.0.insert(child_of(it.child)?, entry);
        }
        Ok(reel)
    }
}

impl Frame {
    /// Its stored bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut numbers = Numbers(BTreeMap::new());
        let held = |(holder, it): (&HolderId, &Held)| StoredHeld {
            holder: *holder,
            counts: numbers.of(&it.counts),
            latest: it.latest.map(child_id),
        };
        let holders = self.holders.iter().map(held).collect();
        let inside = self.inside.iter().map(|(id, it)| (*id, it.clone())).collect();
        let stored = StoredFrame { counts: numbers.into_values(), holders, inside };
        minicbor::to_vec(&stored).expect("writing to memory cannot fail")
    }

    /// Reads stored bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, decode::Error> {
        let StoredFrame { counts, holders, inside } = decode(bytes)?;
        let held = |it: StoredHeld| {
            let counts = counts.get(it.counts as usize).cloned();
            let counts = counts.ok_or_else(|| decode::Error::message("no such counts"))?;
            let latest = it.latest.map(child_of).transpose()?;
            Ok((it.holder, Held { counts, latest }))
        };
        Ok(Self {
            holders: holders.into_iter().map(held).collect::<Result<_, _>>()?,
            inside: inside.into_iter().collect(),
        })
    }
}

/// Only packages and containers are held; both are holders as well.
fn child_id(child: Subject) -> HolderId {
    match child {
        Subject::Container(id) => HolderId::Container(id),
        Subject::Package(id) => HolderId::Package(id),
        other => unreachable!("nothing holds {other}"),
    }
}

fn child_of(id: HolderId) -> Result<Subject, decode::Error> {
    match id {
        HolderId::Package(id) => Ok(Subject::Package(id)),
        HolderId::Container(id) => Ok(Subject::Container(id)),
        _ => Err(decode::Error::message("neither a package nor a container")),
    }
}
