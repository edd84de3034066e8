//! What the map is made of, kept true by following the feed: how many packages
//! each holder holds, pushed up from child to holder, and where the outermost are.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use domain::{
    fixes::coarsened,
    holding::{HolderId, Holding},
    id::{ContainerId, Subject, TrackerId},
    map::Counts,
    motion::Fix,
    state::State,
    whereabouts::DEPTH_MAX,
};
use futures::{StreamExt, TryStreamExt, stream};
use table::{Changed, Entry, Guard, Key, Scan, Seq, Write};

use crate::{
    Service,
    derive::membership,
    error::{Error, Result},
    fixes::ring_of,
    keys::{
        Row, holder_of_member, subject_of_bytes, subject_of_shard, subject_shard,
        tracker_of_carried, tracker_of_ring,
    },
    rows::{Head, HolderRow, MemberRow, to_bytes},
    whereabouts::is_person,
};

mod recount;
pub(crate) mod shown;

/// Holders made true at the same time.
const AT_ONCE: usize = 64;
/// How often a row is read again that somebody else writes.
const ATTEMPTS_MAX: usize = 24;
/// Most things that one tracker is believed to travel with.
const CARRIED_MAX: usize = 64;

/// What a batch of changes says of one holder.
#[derive(Default)]
struct Turn {
    /// By how much each change of a member changes the counts, oldest first.
    counted: Vec<(Seq, Counts, Counts)>,
    /// Whether its own events, or what carries it, may have moved it.
    moved: bool,
}

/// Whether these changes matter to the map.
pub(crate) fn concerns(changed: &Changed) -> bool {
    holder_of_member(&changed.key).is_some() || tracker_of_ring(&changed.key).is_some()
}

impl Service {
    /// Makes the holders true that these changes speak of. Idempotent: a change
    /// of a member is counted once, by its place in the feed.
    pub(crate) async fn follow_holders(&self, batch: &[Changed]) -> Result<()> {
        let mut turns: BTreeMap<HolderId, Turn> = BTreeMap::new();
        let mut rings: BTreeMap<TrackerId, &[u8]> = BTreeMap::new();
        let mut reloaded: BTreeSet<ContainerId> = BTreeSet::new();
        let mut flagged: BTreeSet<TrackerId> = BTreeSet::new();
        for change in batch {
            if let Some(holder) = holder_of_member(&change.key) {
                let (old, new) =
                    (counts_of(change.old.as_deref())?, counts_of(change.new.as_deref())?);
                turns.entry(holder).or_default().counted.push((change.seq, old, new));
            } else if let Some(tracker) = tracker_of_ring(&change.key) {
                rings.extend(change.new.as_deref().map(|ring| (tracker, ring)));
            } else if let Some(tracker) = tracker_of_carried(&change.key) {
                self.carried.remove(&tracker);
            } else if change.key.sort == b"h"
                && let Some(subject) = subject_of_shard(&change.key.shard)
            {
                note_head(subject, change, &mut turns, &mut reloaded)?;
                flagged.extend(self.flag_changed(subject, change)?);
            }
        }
        // Who it follows now is shown to everybody in another way.
        for tracker in flagged {
            for holder in self.carried_by(tracker).await?.iter().filter_map(holder_id) {
                turns.entry(holder).or_default().moved = true;
            }
        }
        for (tracker, ring) in rings {
            for holder in self.moved_off(tracker, ring).await? {
                turns.entry(holder).or_default().moved = true;
            }
        }
        let each: Vec<_> = turns.into_iter().map(|(id, turn)| self.settle(id, turn)).collect();
        stream::iter(each).buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await?;
        for container in reloaded {
            self.settle_chain(container).await?;
        }
        Ok(())
    }

    /// Counts a holder's changes and shows it where it is; then tells whatever
    /// holds it what it counts now.
    async fn settle(&self, holder: HolderId, turn: Turn) -> Result<()> {
        let key = Row::Holder(holder).key();
        for _ in 0..ATTEMPTS_MAX {
            let entry = self.table.get(&key).await?;
            let before = match &entry {
                Some(entry) => minicbor::decode(&entry.value)?,
                None => HolderRow::default(),
            };
            let mut row = before.clone();
            for (seq, old, new) in &turn.counted {
                if row.seq() < *seq {
                    row.counts.subtract(old);
                    row.counts.add(new);
                    row.set_seq(*seq);
                }
            }
            // A place that is shown is merged into no other until its head says so.
            let free = !turn.moved && row.shown.is_some() && matches!(holder, HolderId::Place(_));
            let held = !free && self.is_held(holder, &row).await?;
            self.place_on_map(holder, &mut row, (turn.moved, held)).await?;
            if row != before {
                let guard = entry.map_or(Guard::Absent, |it| Guard::Unchanged(it.version));
                match self.table.write(vec![Write::put(key.clone(), guard, to_bytes(&row))]).await {
                    Err(table::Error::Conflict(_)) => continue,
                    other => other?,
                }
            }
            if held || matches!(holder, HolderId::Container(_)) {
                self.push_up(holder).await?;
            }
            return Ok(());
        }
        Err(too_busy(holder))
    }

    async fn place_on_map(
        &self,
        holder: HolderId,
        row: &mut HolderRow,
        (moved, held): (bool, bool),
    ) -> Result<()> {
        if row.counts.is_empty() || held {
            (row.shown, row.foretold) = (None, None);
        } else if moved || row.shown.is_none() {
            row.shown = self.shown(holder).await?;
            row.foretold = match &row.shown {
                Some(shown) => self.foretold(holder, shown).await?,
                None => None,
            };
        }
        Ok(())
    }

    /// Writes what a container, or a place that was merged into another, counts into its
    /// row at what holds it; says whether anything was written.
    pub(crate) async fn push_up(&self, holder: HolderId) -> Result<bool> {
        let Some(subject) = pushes_up(holder) else { return Ok(false) };
        let (mut wrote, mut last): (bool, Option<Key>) = (false, None);
        for _ in 0..ATTEMPTS_MAX {
            let Some((head, version)) = self.head(subject).await? else { return Ok(wrote) };
            let said = membership(subject, &head.state);
            let key = said.as_ref().map(|(at, _)| Row::Member(*at, subject).key());
            // What was written a moment ago, and whoever moved it meanwhile did not see.
            if let Some(gone) = last.take().filter(|it| key.as_ref() != Some(it)) {
                self.table.write(vec![Write::delete(gone, Guard::Any)]).await?;
            }
            let (Some((said, mut row)), Some(key)) = (said, key) else { return Ok(wrote) };
            let found = self.table.get(&key).await?;
            let guard = found.as_ref().map_or(Guard::Absent, |it| Guard::Unchanged(it.version));
            let write = if self.holder_of(holder).await? == Some(said) {
                row.counts = Some(self.holder(holder).await?.counts);
                let value = to_bytes(&row);
                let same = found.is_some_and(|it| it.value == value);
                (!same).then(|| Write::put(key.clone(), guard, value))
            } else {
                found.map(|_| Write::delete(key.clone(), guard))
            };
            if let Some(write) = write {
                match self.table.write(vec![write]).await {
                    Err(table::Error::Conflict(_)) => continue,
                    other => other?,
                }
                (wrote, last) = (true, Some(key));
            }
            // Whoever moved it meanwhile may have been overtaken by this row.
            if self.head(subject).await?.is_some_and(|(_, now)| now == version) {
                return Ok(wrote);
            }
        }
        Err(too_busy(holder))
    }

    /// Settles a container and what holds it, outwards: where one was put in or
    /// taken out, another's joining may close a cycle, or close none any more.
    async fn settle_chain(&self, container: ContainerId) -> Result<()> {
        let mut seen = BTreeSet::new();
        let mut next = Some(container);
        while let Some(link) = next.filter(|it| seen.len() < 2 * DEPTH_MAX && seen.insert(*it)) {
            self.settle(HolderId::Container(link), Turn { moved: true, ..Turn::default() }).await?;
            next = match self.head(Subject::Container(link)).await? {
                Some((head, _)) => container_around(&head.state),
                None => None,
            };
        }
        Ok(())
    }

    /// What holds a holder, if anything does; a place that was merged into another is
    /// held by that.
    pub(crate) async fn holder_of(&self, holder: HolderId) -> Result<Option<HolderId>> {
        match holder {
            HolderId::Container(id) => self.holder_of_container(id).await,
            HolderId::Place(id) => {
                let head = self.head(Subject::Place(id)).await?;
                let merged = head.and_then(|(head, _)| head.state.merged);
                Ok(merged.map(|(into, _)| HolderId::Place(into)))
            }
            HolderId::Package(_) | HolderId::Lane(_) => Ok(None),
        }
    }

    /// What holds a container, unless that would put it inside itself: of the
    /// joinings of a cycle the last one is ignored.
    async fn holder_of_container(&self, container: ContainerId) -> Result<Option<HolderId>> {
        let Some((head, _)) = self.head(Subject::Container(container)).await? else {
            return Ok(None);
        };
        let Some((holder, _)) = membership(Subject::Container(container), &head.state) else {
            return Ok(None);
        };
        let mut joined = vec![(head.state.holder.map(|it| it.1), container)];
        let mut next = container_around(&head.state);
        while let Some(link) = next.filter(|_| joined.len() <= 2 * DEPTH_MAX) {
            if link == container {
                let last = joined.iter().max().expect("it holds at least one");
                return Ok((last.1 != container).then_some(holder));
            }
            let Some((head, _)) = self.head(Subject::Container(link)).await? else { break };
            joined.push((head.state.holder.map(|it| it.1), link));
            next = container_around(&head.state);
        }
        Ok(Some(holder))
    }

    /// What is kept of a holder.
    pub async fn holder(&self, holder: HolderId) -> Result<HolderRow> {
        let entry = self.table.get(&Row::Holder(holder).key()).await?;
        Ok(entry.map(|it| minicbor::decode(&it.value)).transpose()?.unwrap_or_default())
    }

    /// The outermost holders that the newest fix of a tracker's ring shows to be
    /// elsewhere than the map says.
    async fn moved_off(&self, tracker: TrackerId, ring: &[u8]) -> Result<Vec<HolderId>> {
        let mut moved = Vec::new();
        let carried = self.carried_by(tracker).await?;
        if carried.is_empty() {
            return Ok(moved);
        }
        let (_, ring) = ring_of(ring)?;
        let Some(mut fix) = ring.latest().copied() else { return Ok(moved) };
        if self.is_known_person(tracker).await? {
            fix = coarsened(&fix);
        }
        for holder in carried.iter().filter_map(holder_id) {
            let Some(entry) = self.table.get(&Row::Holder(holder).key()).await? else { continue };
            let row: HolderRow = minicbor::decode(&entry.value)?;
            let off = match &row.shown {
                Some(shown) => shown::is_off(&shown.path, &fix),
                // Nobody knew where it was until now, or something else holds it.
                None => !row.counts.is_empty() && !self.is_held(holder, &row).await?,
            };
            if off && !self.draw_on(entry, &row, &fix, tracker).await? {
                moved.push(holder);
            }
        }
        Ok(moved)
    }

    /// Draws a holder on from a fix, where nothing else need be looked at; whether it did.
    async fn draw_on(
        &self,
        entry: Entry,
        row: &HolderRow,
        fix: &Fix,
        by: TrackerId,
    ) -> Result<bool> {
        let Some(row) = shown::drawn_on(row, fix, by, self.clock.now()) else { return Ok(false) };
        let put = Write::put(entry.key, Guard::Unchanged(entry.version), to_bytes(&row));
        match self.table.write(vec![put]).await {
            Err(table::Error::Conflict(_)) => Ok(false),
            other => Ok(other.map(|()| true)?),
        }
    }

    /// Whether something else holds a holder, which then is not on the map itself; of a
    /// container that holds nothing it does not matter.
    async fn is_held(&self, holder: HolderId, row: &HolderRow) -> Result<bool> {
        if matches!(holder, HolderId::Container(_)) && row.counts.is_empty() {
            return Ok(false);
        }
        Ok(self.holder_of(holder).await?.is_some())
    }

    /// Forgets what is remembered as long as the whole feed is followed here.
    pub(crate) fn forget_followed(&self) {
        self.carried.clear();
        self.persons.clear();
    }

    /// Whether a tracker follows a person, as far as the feed was followed.
    async fn is_known_person(&self, tracker: TrackerId) -> Result<bool> {
        if let Some(known) = self.persons.get(&tracker) {
            return Ok(known);
        }
        let person = self.follows_person(tracker).await?;
        self.persons.insert(tracker, person);
        Ok(person)
    }

    /// A tracker of which a change says that it follows a person from now on, or
    /// no longer.
    fn flag_changed(&self, subject: Subject, change: &Changed) -> Result<Option<TrackerId>> {
        let Subject::Tracker(tracker) = subject else { return Ok(None) };
        self.persons.remove(&tracker);
        let person = |head: Option<&[u8]>| -> Result<bool> {
            let head: Option<Head> = head.map(minicbor::decode).transpose()?;
            Ok(head.is_some_and(|it| is_person(&it.state)))
        };
        let differs = person(change.old.as_deref())? != person(change.new.as_deref())?;
        Ok(differs.then_some(tracker))
    }

    /// What a tracker travels with.
    pub(crate) async fn carried_by(&self, tracker: TrackerId) -> Result<Arc<[Subject]>> {
        if let Some(known) = self.carried.get(&tracker) {
            return Ok(known);
        }
        let shard = subject_shard(Subject::Tracker(tracker));
        let page = self.table.scan(Scan::prefix(shard, b"a", CARRIED_MAX)).await?;
        let subjects = page.entries.iter();
        let carried: Arc<[Subject]> =
            subjects.filter_map(|it| subject_of_bytes(&it.key.sort[1..])).collect();
        self.carried.insert(tracker, Arc::clone(&carried));
        Ok(carried)
    }
}

impl HolderRow {
    pub(crate) fn seq(&self) -> Seq {
        Seq::from(self.seq_high) << 64 | Seq::from(self.seq_low)
    }

    pub(crate) const fn set_seq(&mut self, seq: Seq) {
        (self.seq_high, self.seq_low) = ((seq >> 64) as u64, seq as u64);
    }
}

/// Notes what a changed head means for the map.
fn note_head(
    subject: Subject,
    change: &Changed,
    turns: &mut BTreeMap<HolderId, Turn>,
    reloaded: &mut BTreeSet<ContainerId>,
) -> Result<()> {
    match subject {
        Subject::Place(id) => turns.entry(HolderId::Place(id)).or_default().moved = true,
        Subject::Container(id) => {
            turns.entry(HolderId::Container(id)).or_default().moved = true;
            let around = |head: Option<&[u8]>| -> Result<Option<ContainerId>> {
                let head: Option<Head> = head.map(minicbor::decode).transpose()?;
                Ok(head.and_then(|it| container_around(&it.state)))
            };
            let (old, new) = (around(change.old.as_deref())?, around(change.new.as_deref())?);
            if old != new {
                reloaded.extend(old.into_iter().chain(new));
            }
        }
        Subject::Package(id) => {
            let head: Option<Head> = change.new.as_deref().map(minicbor::decode).transpose()?;
            if head.is_some_and(|it| Holding::of_package(&it.state) == Holding::Itself) {
                turns.entry(HolderId::Package(id)).or_default().moved = true;
            }
        }
        Subject::Tracker(_) | Subject::Client(_) => (),
    }
    Ok(())
}

/// The holder that something is whose counts stand at what holds it.
pub(crate) const fn holder_of_subject(subject: Subject) -> Option<HolderId> {
    match subject {
        Subject::Container(id) => Some(HolderId::Container(id)),
        Subject::Place(id) => Some(HolderId::Place(id)),
        _ => None,
    }
}

const fn pushes_up(holder: HolderId) -> Option<Subject> {
    match holder {
        HolderId::Container(id) => Some(Subject::Container(id)),
        HolderId::Place(id) => Some(Subject::Place(id)),
        HolderId::Package(_) | HolderId::Lane(_) => None,
    }
}

/// What may be on the map by itself and move.
fn holder_id(subject: &Subject) -> Option<HolderId> {
    match subject {
        Subject::Container(id) => Some(HolderId::Container(*id)),
        Subject::Package(id) => Some(HolderId::Package(*id)),
        _ => None,
    }
}

fn container_around(state: &State) -> Option<ContainerId> {
    match Holding::of_container(state) {
        Holding::Container(id) => Some(id),
        _ => None,
    }
}

fn counts_of(member: Option<&[u8]>) -> Result<Counts> {
    let row: Option<MemberRow> = member.map(minicbor::decode).transpose()?;
    Ok(row.and_then(|it| it.counts).unwrap_or_default())
}

fn too_busy(holder: HolderId) -> Error {
    Error::Unavailable(format!("{holder:?} is being changed by too many at once"))
}
