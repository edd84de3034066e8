//! The archive: the trails of a tracker's span of days that is long over, merged
//! into one blob. Rows go only after the row stands that names the blob, and what
//! comes late becomes rows again, which the next sweep merges.

use blobs::BlobName;
use domain::{
    fixes::{Point, archive},
    id::TrackerId,
    leaf::hex,
};
use futures::{StreamExt, stream};
use sha2::{Digest, Sha256};
use table::{Entry, Guard, Key, Scan, Write};

use super::{
    chunks::from_blobs,
    trails::{ARCHIVED_AFTER, TRAILS_AT_ONCE, is_trail, points_of},
};
use crate::{
    Service,
    error::{Error, Result},
    keys::{ARCHIVING_SHARDS, Row, archiving_of, archiving_shard, trail_shard, trail_span},
    outside::random,
    rows::{ArchiveRow, ArchivingRow, to_bytes},
};

/// Spans of trackers that one sweep archives of each shard.
const SWEEP_MAX: usize = 16;
/// Rows of a trail read at once.
const PAGE: usize = 1_000;
/// How often a blob is looked for that is being replaced.
const ATTEMPTS_MAX: usize = 8;

/// What a sweep has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Archived {
    /// Spans of trackers that were looked at.
    pub spans: usize,
    /// Rows that are in a blob now.
    pub rows: usize,
    /// Whether there may be more to do.
    pub more: bool,
}

/// What a span of a tracker is archived as.
struct Pointer {
    row: Option<ArchiveRow>,
    guard: Guard,
}

impl Service {
    /// Archives what has become old enough, at most so much. Repeated, broken off
    /// or done by several at once, it loses nothing and answers stay the same.
    pub async fn archive_trails(&self) -> Result<Archived> {
        let mut done = Archived::default();
        let open = trail_span(self.clock.now().plus(-ARCHIVED_AFTER));
        for bucket in 0..ARCHIVING_SHARDS {
            let mut scan = Scan::whole(archiving_shard(bucket), SWEEP_MAX);
            scan.range.end = open.to_be_bytes().to_vec();
            let page = self.table.scan(scan).await?;
            done.more |= page.rest.is_some();
            for note in page.entries {
                let Some((span, tracker)) = archiving_of(&note.key.sort) else { continue };
                done.spans += 1;
                match self.archive_span(tracker, span, note).await? {
                    Some(rows) => done.rows += rows,
                    None => done.more = true,
                }
            }
        }
        Ok(done)
    }

    /// The points of a tracker's span that are in the archive.
    pub(super) async fn archived(&self, tracker: TrackerId, span: u16) -> Result<Vec<Point>> {
        if !self.may_be_archived(span) {
            return Ok(Vec::new());
        }
        for _ in 0..ATTEMPTS_MAX {
            let Some(row) = self.pointer(tracker, span).await?.row else { return Ok(Vec::new()) };
            match self.blobs.get(&name_of(&row.name)?).await {
                Ok(bytes) => return archive::from_bytes(&bytes).map_err(corrupt),
                // Another one has replaced it since the row was read.
                Err(blobs::Error::Missing(_)) => (),
                Err(other) => return Err(from_blobs(other)),
            }
        }
        Err(Error::Corrupt(format!("the archive of {tracker} is gone")))
    }

    /// Merges the rows of a span with its archive; says how many there were, or
    /// nothing when somebody else is at it.
    async fn archive_span(
        &self,
        tracker: TrackerId,
        span: u16,
        note: Entry,
    ) -> Result<Option<usize>> {
        let Pointer { row: before, guard } = self.pointer(tracker, span).await?;
        let (keys, mut points) = self.rows_of(tracker, span).await?;
        if let Some(name) = before.as_ref().and_then(|it| it.replaced.as_deref()) {
            self.blobs.delete(&name_of(name)?).await.map_err(from_blobs)?;
        }
        let (mut note, mut replaced) = (note, None);
        if !keys.is_empty() {
            if let Some(row) = &before {
                match self.blobs.get(&name_of(&row.name)?).await {
                    Ok(bytes) => points.extend(archive::from_bytes(&bytes).map_err(corrupt)?),
                    Err(blobs::Error::Missing(_)) => return Ok(None),
                    Err(other) => return Err(from_blobs(other)),
                }
            }
            let bytes = archive::to_bytes(&points);
            let content = format!("fixes/trails/{tracker}/{span}/{}", hex(&Sha256::digest(&bytes)));
            if before.as_ref().is_none_or(|it| !it.name.starts_with(&content)) {
                // Whoever writes a blob may remove it: nobody else's is called so.
                let name = format!("{content}.{}", hex(&random::<4>(&*self.entropy)));
                let Some(claimed) = self.claim(&note, &name, (tracker, span), &guard).await? else {
                    return Ok(None);
                };
                note = claimed;
                replaced = before.map(|it| it.name);
                let row = ArchiveRow { name, replaced: replaced.clone() };
                let name = name_of(&row.name)?;
                self.blobs.put_new(&name, bytes.into()).await.map_err(from_blobs)?;
                let put = Write::put(Row::Archive(tracker, span).key(), guard, to_bytes(&row));
                let ours = Write::check(note.key.clone(), Guard::Unchanged(note.version));
                match self.table.write(vec![put, ours]).await {
                    // Somebody claimed it after us, perhaps before our blob was there.
                    Err(table::Error::Conflict(_)) => {
                        self.blobs.delete(&name).await.map_err(from_blobs)?;
                        return Ok(None);
                    }
                    other => other?,
                }
            }
        }
        let count = keys.len();
        self.remove_trails(keys).await?;
        if let Some(name) = replaced {
            self.blobs.delete(&name_of(&name)?).await.map_err(from_blobs)?;
        }
        self.forget_note(tracker, span, note).await?;
        Ok(Some(count))
    }

    /// Says in a note which blob is about to be written, and removes those that others
    /// were about to write and did not come to name. They stay in the note: whoever is
    /// stopped before they are removed leaves them to the next.
    async fn claim(
        &self,
        note: &Entry,
        name: &str,
        (tracker, span): (TrackerId, u16),
        guard: &Guard,
    ) -> Result<Option<Entry>> {
        let before: ArchivingRow = minicbor::decode(&note.value)?;
        let mut meant = before.clone();
        meant.names.push(name.to_owned());
        let row = to_bytes(&meant);
        let claim = Write::put(note.key.clone(), Guard::Unchanged(note.version), row.clone());
        match self.table.write(vec![claim]).await {
            Err(table::Error::Conflict(_)) => return Ok(None),
            other => other?,
        }
        let Some(claimed) = self.table.get(&note.key).await?.filter(|it| it.value == row) else {
            return Ok(None);
        };
        // From here on nobody else comes to name their blob: was one named before?
        let now = self.pointer(tracker, span).await?;
        if now.guard != *guard {
            return Ok(None);
        }
        let named = now.row.map(|it| it.name);
        for left in before.names.iter().filter(|it| named.as_ref() != Some(it)) {
            self.blobs.delete(&name_of(left)?).await.map_err(from_blobs)?;
        }
        Ok(Some(claimed))
    }

    async fn pointer(&self, tracker: TrackerId, span: u16) -> Result<Pointer> {
        let entry = self.table.get(&Row::Archive(tracker, span).key()).await?;
        let row = entry.as_ref().map(|it| minicbor::decode(&it.value)).transpose()?;
        let guard = entry.map_or(Guard::Absent, |it| Guard::Unchanged(it.version));
        Ok(Pointer { row, guard })
    }

    /// The rows of a span and all their points.
    async fn rows_of(&self, tracker: TrackerId, span: u16) -> Result<(Vec<Key>, Vec<Point>)> {
        let (mut keys, mut points) = (Vec::new(), Vec::new());
        let mut next = Some(Scan::whole(trail_shard(tracker, span), PAGE));
        while let Some(scan) = next {
            let page = self.table.scan(scan).await?;
            next = page.rest;
            for entry in page.entries.into_iter().filter(is_trail) {
                points.extend(points_of(&entry.value)?);
                keys.push(entry.key);
            }
        }
        Ok((keys, points))
    }

    /// Rows are named by what they hold: one that was written again meanwhile
    /// holds nothing else.
    async fn remove_trails(&self, keys: Vec<Key>) -> Result<()> {
        let each: Vec<_> = keys
            .into_iter()
            .map(|it| self.table.write(vec![Write::delete(it, Guard::Any)]))
            .collect();
        let mut each = stream::iter(each).buffer_unordered(TRAILS_AT_ONCE);
        while let Some(removed) = each.next().await {
            removed?;
        }
        Ok(())
    }

    /// Removes a note, and notes anew what came late meanwhile.
    async fn forget_note(&self, tracker: TrackerId, span: u16, note: Entry) -> Result<()> {
        let delete = Write::delete(note.key, Guard::Unchanged(note.version));
        match self.table.write(vec![delete]).await {
            Ok(()) | Err(table::Error::Conflict(_)) => (),
            Err(other) => return Err(other.into()),
        }
        let left = self.table.scan(Scan::whole(trail_shard(tracker, span), 1)).await?;
        if left.entries.first().is_some_and(is_trail) {
            self.note_for_archive(tracker, span).await?;
        }
        Ok(())
    }
}

fn name_of(name: &str) -> Result<BlobName> {
    BlobName::new(name).map_err(|it| Error::Corrupt(it.name))
}

fn corrupt(why: domain::fixes::InvalidColumns) -> Error {
    Error::Corrupt(format!("an archive of trails: {why}"))
}
