//! Erasing what is said of a person: the text goes, its digest stays, so every leaf,
//! chain and proof remains what it was. That it was erased, and by whom, is remembered.

use std::collections::BTreeSet;

use domain::{
    event::Event,
    id::{PackageId, PlaceId, Subject},
    record::{PlaceKind, Record},
    state::fold,
};
use table::{Entry, Guard, Scan, Write};

use crate::{
    Service,
    error::{Error, Result},
    keys::{QUARANTINE, Row},
    outside::random,
    packages::PAGE_MAX,
    people::{AccessKind, Happened},
    record::Attribution,
    recorded::filed_rows,
    rows::{Head, Recorded, to_bytes},
};

/// Most rows, and bytes of rows, that are written at once.
const TOGETHER_MAX: usize = 80;
const TOGETHER_LEN_MAX: usize = 2_000_000;
/// How often a subject is read again that others change meanwhile.
const ATTEMPTS_MAX: usize = 24;
/// Rows read at once.
const PAGE: usize = 1_000;

/// What was erased of a recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// The packages that were addressed to them.
    pub packages: Vec<PackageId>,
    /// How many texts and photos are gone.
    pub texts: usize,
    /// Homes that these packages started from or went to. They may be other
    /// people's as well, so they are erased only on their own.
    pub homes: Vec<PlaceId>,
}

impl Service {
    /// Erases the personal text and the photos of every package that is addressed to
    /// an e-mail address. Safe to repeat; a package that was addressed to somebody
    /// else since is erased by its own id.
    pub async fn erase_recipient(&self, by: &Attribution, email: &str) -> Result<Erased> {
        let mut erased = Erased::default();
        let mut homes = BTreeSet::new();
        let mut after = None;
        loop {
            let found = self.addressed_to(email, after, PAGE_MAX).await?;
            for hit in &found.hits {
                let package = hit.line.id;
                for place in [hit.line.row.origin, hit.line.row.destination].into_iter().flatten() {
                    let record = self.known(Subject::Place(place)).await?.state.record;
                    if matches!(record, Some(Record::Place(it)) if it.kind == PlaceKind::Home) {
                        homes.insert(place);
                    }
                }
                erased.texts += self.erase(by, Subject::Package(package)).await?;
                erased.packages.push(package);
            }
            after = found.after;
            if after.is_none() {
                erased.homes = homes.into_iter().collect();
                return Ok(erased);
            }
        }
    }

    /// Erases all personal text and the photos of one subject; says how many that
    /// were. Safe to repeat.
    pub async fn erase(&self, by: &Attribution, subject: Subject) -> Result<usize> {
        let mut erased = self.erase_photos(subject).await?;
        erased += self.erase_quarantined(subject).await?;
        for _ in 0..ATTEMPTS_MAX {
            let Some((head, version)) = self.head(subject).await? else {
                return Err(Error::NotFound(subject.to_string()));
            };
            let Erasure { mut writes, texts, events, more, .. } = self.erasure(subject).await?;
            if writes.is_empty() && erased == 0 {
                return Ok(0);
            }
            let head = Head { state: fold(&events), ..head };
            writes.push(Write::put(
                Row::Head(subject).key(),
                Guard::Unchanged(version),
                to_bytes(&head),
            ));
            let happened = Happened::with(subject, AccessKind::Erased);
            writes.push(happened.write(by, self.clock.now(), random(&*self.entropy)));
            match self.table.write(writes).await {
                // What an unknown outcome left behind shows on reading again.
                Err(table::Error::Conflict(_)) => (),
                Err(other) => return Err(other.into()),
                Ok(()) => {
                    erased += texts;
                    if !more {
                        return Ok(erased);
                    }
                }
            }
        }
        Err(Error::Unavailable(format!("{subject} is being changed by too many at once")))
    }

    /// The rows of a subject's events that hold personal text, without it.
    async fn erasure(&self, subject: Subject) -> Result<Erasure> {
        let mut erasure = Erasure::default();
        let rows = self.event_rows(subject).await?;
        for entry in rows.events {
            let mut recorded: Recorded = minicbor::decode(&entry.value)?;
            let texts = if erasure.has_room() { recorded.event.fact.erase() } else { 0 };
            if texts != 0 {
                erasure.put(&entry, to_bytes(&recorded), texts);
            }
            erasure.events.push(recorded.event);
        }
        let mut filed = filed_rows(&rows.filed)?;
        for (entry, (_, row)) in rows.filed.iter().zip(&mut filed) {
            let texts = if erasure.has_room() { row.texts.len() } else { 0 };
            if texts != 0 {
                row.texts.clear();
                erasure.put(entry, to_bytes(row), texts);
            }
        }
        if !filed.is_empty() {
            let recorded = self.out_of_files(subject, &filed).await?;
            erasure.events.extend(recorded.into_iter().map(|it| it.event));
        }
        Ok(erasure)
    }

    /// Messages that were refused hold what was said as well.
    async fn erase_quarantined(&self, subject: Subject) -> Result<usize> {
        let mut erased = 0;
        let mut next = Some(Scan::whole(QUARANTINE, PAGE));
        while let Some(scan) = next {
            let page = self.table.scan(scan).await?;
            for entry in page.entries {
                let mut event = Event::from_bytes(&entry.value)?;
                if event.subject != subject {
                    continue;
                }
                let texts = event.fact.erase();
                if texts != 0 {
                    let put = Write::put(entry.key, Guard::Any, event.to_bytes());
                    self.table.write(vec![put]).await?;
                    erased += texts;
                }
            }
            next = page.rest;
        }
        Ok(erased)
    }
}

/// What is to be written so that a subject's events hold no personal text, or less.
#[derive(Default)]
struct Erasure {
    writes: Vec<Write>,
    texts: usize,
    /// All of them, as they will be.
    events: Vec<Event>,
    /// Whether some may be left for another write.
    more: bool,
    /// Bytes of the rows.
    len: usize,
}

impl Erasure {
    /// Whether another row may be written.
    fn has_room(&mut self) -> bool {
        self.more |= TOGETHER_MAX <= self.writes.len() || TOGETHER_LEN_MAX <= self.len;
        !self.more
    }

    fn put(&mut self, entry: &Entry, row: Vec<u8>, texts: usize) {
        self.len += row.len();
        self.texts += texts;
        self.writes.push(Write::put(entry.key.clone(), Guard::Unchanged(entry.version), row));
    }
}
