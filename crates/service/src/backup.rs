//! Backup: everything that is neither in the audit log nor follows from it. Personal
//! texts with their salts, events that are not logged yet, photos, fixes that no chunk
//! keeps, the salts of chunks, accounts with their sessions and tokens, devices' keys.
//! With the log it is the whole store again: `restoring.rs`.

mod format;

use std::io::Write;

use domain::{id::Subject, leaf::Logged};
use table::Scan;

pub use format::{Damaged, Piece, Reader, Writer};

use crate::{
    Service,
    error::{Error, Result},
    fixes::chunks::from_blobs,
    keys::{
        ACCESS_SHARDS, BATCH_SHARDS, FAILURE_SHARDS, FIRST_DAY, QUARANTINE, Row, SUBJECT_SHARDS,
        UNSEALED_SHARDS, access_shard, batch_shard, chunk_shard, day, failure_shard,
        login_name_shards, person_shard, subject_of_bytes, subject_shard, subjects_shard,
        trail_span, unsealed_shard,
    },
    people::user_of_login_name,
    photos::photo_blobs,
    rows::{PhotoRow, Recorded},
};

/// Rows read at once.
const PAGE: usize = 1_000;
/// Rows of batches read at once: they may be large.
const BATCHES: usize = 100;

/// What a backup holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BackedUp {
    /// Events of which the log does not have everything.
    pub events: u64,
    /// Other rows.
    pub rows: u64,
    /// Blobs: photos.
    pub blobs: u64,
}

impl Service {
    /// Writes everything that is neither in the log nor follows from it. Nothing may
    /// be recorded meanwhile.
    pub async fn back_up<W: Write + Send>(
        &self,
        to: &mut Writer<W>,
        mut progress: impl FnMut(u64),
    ) -> Result<BackedUp> {
        let mut done = BackedUp::default();
        for bucket in 0..SUBJECT_SHARDS {
            let mut next = Some(Scan::whole(subjects_shard(bucket), PAGE));
            while let Some(scan) = next {
                let page = self.table.scan(scan).await?;
                for subject in page.entries.iter().filter_map(|it| subject_of_bytes(&it.key.sort)) {
                    self.back_up_subject(subject, to, &mut done).await?;
                }
                progress(done.events);
                next = page.rest;
            }
        }
        for shard in self.shards_beside().await? {
            let page = if shard.first() == Some(&b'b') { BATCHES } else { PAGE };
            self.back_up_rows(Scan::whole(shard, page), to, &mut done).await?;
        }
        Ok(done)
    }

    /// A subject's events of which the log does not have everything, its photos and
    /// its device's key.
    async fn back_up_subject<W: Write + Send>(
        &self,
        subject: Subject,
        to: &mut Writer<W>,
        done: &mut BackedUp,
    ) -> Result<()> {
        let logged = self.log_indices(subject).await?;
        let mut all = self.all_recorded(subject).await?;
        all.sort_by_key(|it| it.seq);
        for recorded in all {
            if logged.contains_key(&recorded.seq) && is_whole_in_log(&recorded)? {
                continue;
            }
            to.put(&Piece::Event(Box::new(recorded)))?;
            done.events += 1;
        }
        self.back_up_rows(Scan::prefix(subject_shard(subject), b"d", PAGE), to, done).await?;
        let mut next = Some(Scan::prefix(subject_shard(subject), b"p", PAGE));
        while let Some(scan) = next {
            let page = self.table.scan(scan).await?;
            for entry in page.entries {
                let row: PhotoRow = minicbor::decode(&entry.value)?;
                for name in photo_blobs(subject, row.id) {
                    let bytes = self.blobs.get(&name).await.map_err(from_blobs)?;
                    to.put(&Piece::Blob(name, bytes))?;
                    done.blobs += 1;
                }
                to.put(&Piece::Row(entry.key, entry.value))?;
                done.rows += 1;
            }
            next = page.rest;
        }
        Ok(())
    }

    async fn back_up_rows<W: Write + Send>(
        &self,
        scan: Scan,
        to: &mut Writer<W>,
        done: &mut BackedUp,
    ) -> Result<()> {
        let mut next = Some(scan);
        while let Some(scan) = next {
            let page = self.table.scan(scan).await?;
            for entry in page.entries {
                to.put(&Piece::Row(entry.key, entry.value))?;
                done.rows += 1;
            }
            next = page.rest;
        }
        Ok(())
    }

    /// Every shard of rows that no event says and that are in no log.
    async fn shards_beside(&self) -> Result<Vec<Vec<u8>>> {
        let mut all: Vec<Vec<u8>> = vec![
            QUARANTINE.to_vec(),
            Row::DeviceMaster.key().shard,
            Row::Import([0; 16]).key().shard,
        ];
        all.extend((0..BATCH_SHARDS).map(batch_shard));
        all.extend((0..UNSEALED_SHARDS).map(unsealed_shard));
        all.push(Row::Sealing.key().shard);
        all.extend((0..=trail_span(self.clock.now())).map(chunk_shard));
        all.extend(login_name_shards());
        all.push(Row::Admins.key().shard);
        all.extend((0..FAILURE_SHARDS).map(failure_shard));
        let days = FIRST_DAY..=day(self.clock.now());
        all.extend(days.flat_map(|day| (0..ACCESS_SHARDS).map(move |it| access_shard(day, it))));
        for shard in login_name_shards() {
            let mut next = Some(Scan::whole(shard, PAGE));
            while let Some(scan) = next {
                let page = self.table.scan(scan).await?;
                for entry in page.entries {
                    all.push(person_shard(user_of_login_name(&entry.value)?));
                }
                next = page.rest;
            }
        }
        Ok(all)
    }
}

/// Whether everything of an event can be read back from its leaf. Of personal text that
/// is not so, also when it was erased: that it was may be in no log.
fn is_whole_in_log(recorded: &Recorded) -> Result<bool> {
    if recorded.event.fact.clone().lose() != 0 {
        return Ok(false);
    }
    let leaf = Logged::from_bytes(&recorded.leaf());
    let leaf = leaf.map_err(|it| Error::Corrupt(format!("{}: {it}", recorded.event.id)))?;
    Ok(leaf.event == recorded.event)
}
