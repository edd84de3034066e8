//! How everything stood at an instant: what each holder counts, and which container
//! is in which. Reels move it on.

use std::collections::{BTreeMap, BTreeSet};

use super::{Entry, Reel, Standing};
use crate::{
    event::Order,
    holding::HolderId,
    id::{ContainerId, Subject},
    map::Counts,
    time::Timestamp,
    whereabouts::DEPTH_MAX,
};

/// What is held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// What it counts.
    pub counts: Counts,
    /// Of a container or a lane the package that came to it last, as far as is known:
    /// it may tell where a holder is of which nobody said anything.
    pub latest: Option<Subject>,
}

/// How everything stood at an instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// What holds packages directly; none counts nothing.
    pub(super) holders: BTreeMap<HolderId, Held>,
    /// Containers that something holds.
    pub(super) inside: BTreeMap<ContainerId, Standing>,
}

impl Frame {
    /// Moves on by the turns of a reel until an instant, that instant's included.
    pub fn move_on(&mut self, reel: &Reel, until: Timestamp) {
        let mut came: Vec<(Timestamp, Subject, HolderId)> = Vec::new();
        for (child, Entry { before, turns, .. }) in reel.entries() {
            let passed = turns.partition_point(|it| it.0 <= until);
            let Some((at, now)) = passed.checked_sub(1).map(|it| &turns[it]) else { continue };
            match child {
                Subject::Container(id) if now.holder.is_some() => {
                    self.inside.insert(id, now.clone());
                }
                Subject::Container(id) => {
                    self.inside.remove(&id);
                }
                _ => {
                    self.count(before, -1);
                    self.count(now, 1);
                    came.extend(now.holder.map(|it| (*at, child, it)));
                }
            }
        }
        self.holders.retain(|_, held| !held.counts.is_empty());
        came.sort_unstable();
        for (_, child, holder) in came {
            if let HolderId::Container(_) | HolderId::Lane(_) = holder
                && let Some(held) = self.holders.get_mut(&holder)
            {
                held.latest = Some(child);
            }
        }
    }

    fn count(&mut self, standing: &Standing, sign: i64) {
        let (Some(holder), Some(counted)) = (standing.holder, &standing.counted) else { return };
        let counts = &mut self.holders.entry(holder).or_default().counts;
        if sign < 0 { counts.subtract(&counted.counts()) } else { counts.add(&counted.counts()) }
    }

    /// What the outermost holders count: what stands on the map.
    #[must_use]
    pub fn outermost(&self) -> BTreeMap<HolderId, Held> {
        let mut all: BTreeMap<HolderId, Held> = BTreeMap::new();
        for (holder, held) in &self.holders {
            let outermost = all.entry(self.around(*holder)).or_default();
            outermost.counts.add(&held.counts);
            outermost.latest = outermost.latest.or(held.latest);
        }
        all
    }

    /// The holders other than places that may be outermost at some instant of an hour
    /// that begins so and in which that turns, with the package that came last.
    #[must_use]
    pub fn travelling(&self, reel: &Reel) -> BTreeMap<HolderId, Option<Subject>> {
        let mut after = self.clone();
        after.move_on(reel, Timestamp::MAX);
        let mut open: Vec<HolderId> = self.holders.keys().copied().collect();
        let mut edges: BTreeMap<ContainerId, Vec<HolderId>> = BTreeMap::new();
        for (child, entry) in reel.entries() {
            let holders = entry.turns.iter().filter_map(|it| it.1.holder);
            match child {
                Subject::Container(id) => edges.entry(id).or_default().extend(holders),
                _ => open.extend(holders),
            }
        }
        let mut seen = BTreeSet::new();
        let mut outer = BTreeSet::new();
        while let Some(holder) = open.pop() {
            if matches!(holder, HolderId::Place(_)) || !seen.insert(holder) {
                continue;
            }
            outer.insert(self.around(holder));
            if let HolderId::Container(id) = holder {
                open.push(self.around(holder));
                open.extend(self.inside.get(&id).and_then(|it| it.holder));
                open.extend(edges.get(&id).into_iter().flatten());
            }
        }
        // What stays inside something all the time needs no way of its own.
        let turned = |it: &HolderId| self.chain(*it).any(|it| edges.contains_key(&it));
        seen.retain(|it| outer.contains(it) || turned(it));
        let (first, last) = (self.outermost(), after.outermost());
        let latest = |it: &HolderId| {
            let held = [last.get(it), first.get(it), after.holders.get(it), self.holders.get(it)];
            held.into_iter().flatten().find_map(|it| it.latest)
        };
        seen.into_iter().map(|it| (it, latest(&it))).collect()
    }

    /// The outermost holder of what a holder holds. The same rules as in
    /// [`crate::whereabouts`]: of a cycle's joinings the last is ignored, and a chain
    /// has at most [`DEPTH_MAX`] links, the package among them.
    #[must_use]
    pub fn around(&self, holder: HolderId) -> HolderId {
        let HolderId::Container(first) = holder else { return holder };
        let mut links: Vec<(ContainerId, Option<Order>)> = Vec::new();
        let (mut next, mut cut) = (Some(first), false);
        while let Some(id) = next {
            if let Some(start) = links.iter().position(|it| it.0 == id) {
                let joined = |index: &usize| links[*index].1;
                let last = (start..links.len()).max_by_key(joined).expect("a cycle has a link");
                links.truncate(last + 1);
                cut = true;
                break;
            }
            if 2 * DEPTH_MAX < links.len() + 1 {
                break;
            }
            let standing = self.inside.get(&id);
            links.push((id, standing.and_then(|it| it.joined)));
            next = self.container_around(id);
        }
        if DEPTH_MAX < links.len() + 1 {
            links.truncate(DEPTH_MAX - 1);
            cut = true;
        }
        let last = links.last().expect("the first is one").0;
        match self.inside.get(&last).and_then(|it| it.holder) {
            Some(place @ HolderId::Place(_)) if !cut => place,
            _ => HolderId::Container(last),
        }
    }

    fn container_around(&self, id: ContainerId) -> Option<ContainerId> {
        match self.inside.get(&id)?.holder {
            Some(HolderId::Container(id)) => Some(id),
            _ => None,
        }
    }

    /// A container and those around it, as far as chains go.
    fn chain(&self, holder: HolderId) -> impl Iterator<Item = ContainerId> {
        let first = if let HolderId::Container(id) = holder { Some(id) } else { None };
        std::iter::successors(first, |it| self.container_around(*it)).take(2 * DEPTH_MAX)
    }
}
