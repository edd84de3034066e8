//! Filing: the events of packages that were closed long ago leave the table once the
//! history's files hold them and each was read back from there. What no leaf says,
//! personal text, is kept in a row beside the head. One guarded write says that some
//! events are filed and takes their rows away, so each is in one of both places
//! whatever fails, and two who file the same do it once. Nobody else deletes events.

mod row;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use domain::{
    id::{PackageId, Subject},
    time::{DAY, Millis, Timestamp},
};
use futures::{StreamExt, stream};
use table::{Entry, Guard, Key, Scan, Version, Write};
use tokio::sync::Mutex;

pub use row::{FiledDay, FiledRow, FiledText};

use crate::{
    Service,
    error::{Error, Result},
    history::{SegmentRow, day_of},
    keys::{CLOSED_SHARDS, Row, closed_package, closed_shard, oldest_first},
    rows::{Head, Recorded, to_bytes},
};
use ::history::Segment;

/// How long a package's events stay in the table after it was closed.
pub const FILED_AFTER: Millis = 90 * DAY;
/// Packages looked at in one step.
const STEP_MAX: usize = 500;
/// Packages looked at at the same time: each reads several files.
const AT_ONCE: usize = 8;
/// How often a package is read again that others change meanwhile.
const ATTEMPTS_MAX: usize = 8;

/// Goes round the packages that are due, some at a time.
#[derive(Debug)]
pub struct Filer {
    service: Service,
    /// Where it goes on.
    bucket: u8,
    from: Vec<u8>,
    /// Files that were found to be what was written.
    checked: Arc<Mutex<BTreeSet<Segment>>>,
}

/// What a step did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filed {
    /// Packages that were due.
    pub due: usize,
    /// Events that left the table.
    pub events: usize,
    /// Packages of which not everything is in the history yet.
    pub waiting: usize,
    /// Packages that stay as they are since something is wrong, which is logged.
    pub refused: usize,
    /// Whether there are more to look at.
    pub more: bool,
}

/// How far the history is, and its files by day.
struct Files {
    until: u64,
    by_day: BTreeMap<u32, Vec<(Segment, SegmentRow)>>,
    checked: Arc<Mutex<BTreeSet<Segment>>>,
}

/// An event in the table, and where the log and its history have it.
struct Placed {
    key: Key,
    recorded: Recorded,
    day: u32,
    line: ::history::Row,
}

/// What can be filed of a package.
enum Standing {
    /// Everything, in the order of the chain.
    All(Vec<Placed>),
    /// Nothing yet.
    Waiting,
    /// Somebody changed it while it was read.
    Changed,
}

impl Filer {
    /// Files what this service keeps.
    #[must_use]
    pub fn new(service: Service) -> Self {
        Self { service, bucket: 0, from: Vec::new(), checked: Arc::default() }
    }

    /// Files what is due, of a bounded number of packages; the next step goes on from
    /// there. Any number may do so at once, and stop anywhere.
    pub async fn step(&mut self) -> Result<Filed> {
        let mut done = Filed::default();
        let until = oldest_first(self.service.clock.now().plus(-FILED_AFTER), &[]);
        let mut files = None;
        while done.due < STEP_MAX {
            let mut scan = Scan::whole(closed_shard(self.bucket), STEP_MAX - done.due);
            scan.range = self.from.clone()..until.clone();
            let page = self.service.table.scan(scan).await?;
            if !page.entries.is_empty() {
                if files.is_none() {
                    let checked = Arc::clone(&self.checked);
                    files = Some(self.service.files_by_day(checked).await?);
                }
                let packages = page.entries.iter().filter_map(|it| closed_package(&it.key.sort));
                let files = files.as_ref().expect("it was just read");
                self.service.file_all(packages.collect(), files, &mut done).await?;
            }
            match page.rest {
                Some(rest) => self.from = rest.range.start,
                None => {
                    self.from.clear();
                    self.bucket = (self.bucket + 1) % CLOSED_SHARDS;
                    if self.bucket == 0 {
                        return Ok(done);
                    }
                }
            }
        }
        done.more = true;
        Ok(done)
    }
}

impl Service {
    async fn files_by_day(&self, checked: Arc<Mutex<BTreeSet<Segment>>>) -> Result<Files> {
        // How far first: what is in files by then is in those that are listed next.
        let until = self.history_until().await?;
        let mut by_day: BTreeMap<u32, Vec<(Segment, SegmentRow)>> = BTreeMap::new();
        for file in self.segments().await? {
            by_day.entry(file.0.day).or_default().push(file);
        }
        Ok(Files { until, by_day, checked })
    }

    async fn file_all(
        &self,
        packages: Vec<PackageId>,
        files: &Files,
        done: &mut Filed,
    ) -> Result<()> {
        done.due += packages.len();
        let each: Vec<_> = packages.iter().map(|it| self.file(*it, files)).collect();
        let mut each = stream::iter(each).buffer_unordered(AT_ONCE);
        while let Some(filed) = each.next().await {
            match filed {
                Ok(Some(events)) => done.events += events,
                Ok(None) => done.waiting += 1,
                // The others are none the worse for it.
                Err(Error::Corrupt(why)) => {
                    tracing::error!(why, "a package's events stay in the table");
                    done.refused += 1;
                }
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }

    /// Files all events of a package that is due, and says how many there were;
    /// nothing if not all of them are in the history.
    async fn file(&self, package: PackageId, files: &Files) -> Result<Option<usize>> {
        let subject = Subject::Package(package);
        let mut count = 0;
        for _ in 0..ATTEMPTS_MAX {
            let Some((head, version)) = self.head(subject).await? else { return Ok(Some(count)) };
            if !is_due(&head, self.clock.now()) {
                return Ok(Some(count));
            }
            match self.standing(subject, &head, files).await {
                Ok(Standing::All(placed)) => {
                    let (events, all) = self.file_parts(subject, head, version, &placed).await?;
                    count += events;
                    if all {
                        return Ok(Some(count));
                    }
                }
                // A file became part of another one.
                Ok(Standing::Waiting) | Err(Error::NotFound(_)) => return Ok(None),
                Ok(Standing::Changed) => (),
                Err(error) => return Err(error),
            }
        }
        Err(Error::Unavailable(format!("{subject} is being changed by too many at once")))
    }

    /// The events of a package that are in the table, each read back from its file.
    async fn standing(&self, subject: Subject, head: &Head, files: &Files) -> Result<Standing> {
        let indices = self.log_indices(subject).await?;
        let mut rows: Vec<(Key, Recorded)> = Vec::new();
        for Entry { key, value, .. } in self.event_rows(subject).await?.events {
            rows.push((key, minicbor::decode(&value)?));
        }
        rows.sort_unstable_by_key(|it| it.1.seq);
        if !rows.iter().map(|it| it.1.seq).eq(head.filed.unwrap_or(0) + 1..=head.seq) {
            let unchanged = self.head(subject).await?.is_some_and(|(it, _)| it == *head);
            let why = format!("{subject} has not the events that its head counts");
            return if unchanged { Err(Error::Corrupt(why)) } else { Ok(Standing::Changed) };
        }
        let mut of = BTreeSet::new();
        for (_, it) in &rows {
            let index = indices.get(&it.seq).filter(|index| **index < files.until);
            let Some(index) = index else { return Ok(Standing::Waiting) };
            of.extend(files.of(day_of(&it.event), *index));
        }
        let mut lines: BTreeMap<u64, ::history::Row> = BTreeMap::new();
        for segment in of {
            let len = self.checked_len(segment, files).await?;
            let about = self.history.about(segment, len, &subject.to_string()).await?;
            lines.extend(about.into_iter().map(|it| (it.log_index, it)));
        }
        let mut placed = Vec::with_capacity(rows.len());
        for (key, recorded) in rows {
            let index = indices[&recorded.seq];
            let line = lines.remove(&index).filter(|it| it.leaf == recorded.leaf());
            let Some(line) = line else {
                let why = format!("the history has entry {index} not as event {}", recorded.seq);
                return Err(Error::Corrupt(format!("{why} of {subject}")));
            };
            placed.push(Placed { key, day: day_of(&recorded.event), recorded, line });
        }
        Ok(Standing::All(placed))
    }

    /// The length of a file that is what was written, every byte: it is read whole once.
    async fn checked_len(&self, segment: Segment, files: &Files) -> Result<u64> {
        let of_day = files.by_day.get(&segment.day).into_iter().flatten();
        let row = of_day.filter(|it| it.0 == segment).map(|it| it.1).next();
        let row = row.ok_or_else(|| Error::NotFound(segment.to_string()))?;
        let mut checked = files.checked.lock().await;
        if !checked.contains(&segment) {
            self.check_segment(segment, &row).await?;
            checked.insert(segment);
        }
        Ok(row.len)
    }

    /// Files these events, a row full in each write; how many, and whether it was all
    /// of them: not if somebody else changes the package meanwhile.
    async fn file_parts(
        &self,
        subject: Subject,
        mut head: Head,
        mut version: Version,
        placed: &[Placed],
    ) -> Result<(usize, bool)> {
        let (mut rest, head_key) = (placed, Row::Head(subject).key());
        while let Some(first) = rest.first() {
            let events = rest.iter().map(|it| (&it.recorded.event, it.day, it.line.log_index));
            let row = FiledRow::of(events);
            let (part, left) = rest.split_at(row.count());
            for (at, it) in part.iter().enumerate() {
                if to_bytes(&row.restored(at, &it.line)?) != to_bytes(&it.recorded) {
                    let why = format!("{} would not be what was recorded", it.recorded.event.id);
                    return Err(Error::Corrupt(format!("{why}, filed and read back")));
                }
            }
            head.filed = Some(part.last().unwrap_or(first).recorded.seq);
            let bytes = to_bytes(&head);
            let filed = Row::Filed(subject, first.recorded.seq).key();
            let mut writes = vec![
                Write::put(head_key.clone(), Guard::Unchanged(version), bytes.clone()),
                Write::put(filed, Guard::Absent, to_bytes(&row)),
            ];
            // Whoever changes an event's row changes the head, which is guarded.
            writes.extend(part.iter().map(|it| Write::delete(it.key.clone(), Guard::Any)));
            match self.table.write(writes).await {
                Ok(()) => rest = left,
                Err(table::Error::Conflict(_)) => return Ok((placed.len() - rest.len(), false)),
                Err(other) => return Err(other.into()),
            }
            if !rest.is_empty() {
                let now = self.table.get(&head_key).await?.filter(|it| it.value == bytes);
                let Some(now) = now else { return Ok((placed.len() - rest.len(), false)) };
                version = now.version;
            }
        }
        Ok((placed.len(), true))
    }
}

impl Files {
    /// The file that has an entry of the log that was recorded on a day.
    fn of(&self, day: u32, index: u64) -> Option<Segment> {
        let mut of_day = self.by_day.get(&day)?.iter().map(|it| it.0);
        of_day.find(|it| (it.first..=it.last).contains(&index))
    }
}

/// The row by which a package is found whose events are to be filed: from when it was
/// closed on, as long as the table has any.
#[must_use]
pub fn closed_row(subject: Subject, head: &Head) -> Option<Key> {
    let Subject::Package(package) = subject else { return None };
    is_closed(head).then(|| Row::Closed(head.state.status_at, package).key())
}

fn is_closed(head: &Head) -> bool {
    head.state.record.is_some()
        && head.state.status.is_final()
        && head.filed.unwrap_or(0) < head.seq
}

fn is_due(head: &Head, now: Timestamp) -> bool {
    is_closed(head) && FILED_AFTER <= now.since(head.state.status_at)
}
