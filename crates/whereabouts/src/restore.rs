//! `whereabouts rebuild --from`: a store made again from its audit log, and from a backup
//! if there is one, into an empty data folder. The log is checked before anything of it
//! counts.

use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use audit::{
    Checkpoint,
    log::{CHECKPOINT, Copying, LogFiles},
    verify::{Against, Report, Source, verify},
};
use blobs::{Blobs, ObjectBlobs};
use serde_json::json;
use service::{
    Service,
    backup::Reader,
    restoring::{Erasures, Restored, Sources},
};

use crate::{
    cli::Rebuild,
    failure::{Failure, failed},
    log, log_source,
    store::{self, Opened},
    terminal::{BAD, FAINT, GOOD, STRONG, progress, styled},
    verify::show_faults,
};

/// Makes the store of an empty data folder again.
pub async fn restore(wish: &Rebuild, log: &str) -> Result<ExitCode, Failure> {
    let found = log_source::find(log, wish.token.as_deref()).await?;
    let (key, _) = log_source::key(wish.key.as_deref(), &*found.source).await?;
    if let Some(file) = &wish.private {
        // Nothing of a backup that is not whole may be used.
        read(file)?.check().map_err(|it| shown(file, &it))?;
    }
    let opened = empty_store(&wish.store.data).await?;
    let begun = opened.service.unfinished_restoring().await.map_err(failed)?;
    let begun = begun.map(|it| Checkpoint::open(it.note.as_bytes(), &key).map_err(failed));
    let begun = begun.transpose().map_err(|it| {
        failed(format!(
            "this folder was begun from another log ({it}): remove it, and run this again"
        ))
    })?;
    let files = opened.service.log_files();
    let mut erasures = Erasures::default();
    let copying = Copying { from: &*found.source, to: &files };
    let against = Against { key: &key, since: begun.as_ref() };
    let bar = progress(None, "checking the log");
    let mut each = |index, entry: &[u8]| {
        if index % 4_096 == 0 {
            bar.set_position(index);
        }
        erasures.take(entry);
    };
    let report = verify(&copying, against, &mut each).await;
    bar.finish_and_clear();
    let report = report.map_err(failed)?;
    if !report.faults.is_empty() {
        return refuse(&report, begun.is_none(), &files).await;
    }
    let note = checked_note(&*found.source, &key, &report).await?;
    opened.service.begin_restoring(&note).await.map_err(failed)?;
    take_keys(wish, &opened.service, found.folder.as_deref()).await?;
    let blobs = found.folder.as_deref().and_then(blobs_beside).transpose()?;
    let sources = Sources { note: &note, key: &key, erasures: &erasures, blobs };
    let bar = progress(Some(report.entries), "rebuilding");
    let done = opened.service.restore(sources, |entries| bar.set_position(entries)).await;
    bar.finish_and_clear();
    let done = done.map_err(|it| {
        failed(format!("{it}\nIt goes on from where it is: run the same command again."))
    })?;
    told(wish, &key.to_string(), &done);
    Ok(ExitCode::SUCCESS)
}

/// Opens a folder in which nothing is, or in which this was begun.
async fn empty_store(data: &Path) -> Result<Opened, Failure> {
    let opened = store::open(data).map_err(failed)?;
    let begun = opened.service.unfinished_restoring().await.map_err(failed)?.is_some();
    if !begun && !opened.service.is_empty().await.map_err(failed)? {
        return Err(failed(format!(
            "{} is not empty: a store is made again in a new folder only, so that nothing is lost",
            data.display()
        )));
    }
    Ok(opened)
}

/// A log that is not in order is not taken over: nothing of it is kept.
async fn refuse(report: &Report, is_new: bool, files: &LogFiles) -> Result<ExitCode, Failure> {
    show_faults(report);
    if is_new {
        files.discard().await.map_err(failed)?;
    }
    anstream::println!("{} nothing was rebuilt from it", styled(BAD, "refused"));
    Ok(ExitCode::FAILURE)
}

/// The checkpoint that was checked, and not one that came meanwhile.
async fn checked_note(
    source: &dyn Source,
    key: &audit::PublicKey,
    report: &Report,
) -> Result<String, Failure> {
    let note = source.read(CHECKPOINT).await.map_err(failed)?.unwrap_or_default();
    let is_it = Checkpoint::open(&note, key).ok() == report.checkpoint;
    if !is_it {
        return Err(failed("the log has grown while it was read: stop its server, and try again"));
    }
    String::from_utf8(note.into()).map_err(failed)
}

/// Takes over the backup, and the key that signs the log from there or from beside it.
async fn take_keys(
    wish: &Rebuild,
    service: &Service,
    folder: Option<&Path>,
) -> Result<(), Failure> {
    let mut key = None;
    if let Some(file) = &wish.private {
        key = service.restore_backup(&mut read(file)?).await.map_err(failed)?;
    }
    let in_data = folder.filter(|it| it.ends_with("blobs/log"));
    let beside = in_data.and_then(|it| it.ancestors().nth(2)).map(log::kept_key).transpose()?;
    match key.or(beside.flatten()) {
        Some(key) => log::keep_key(&wish.store.data, &key)?,
        None => {
            let words = "The key that signs the log is not in here: put log.key into the \
                         folder, or nothing can be logged.";
            anstream::eprintln!("{}", styled(FAINT, words));
        }
    }
    Ok(())
}

fn read(file: &Path) -> Result<Reader<BufReader<File>>, Failure> {
    let opened = File::open(file).map_err(|it| shown(file, &it))?;
    Reader::new(BufReader::new(opened)).map_err(|it| shown(file, &it))
}

fn shown(file: &Path, why: &dyn std::fmt::Display) -> Failure {
    failed(format!("{}: {why}", file.display()))
}

/// The blobs in whose folder the log lies, if it lies among blobs.
fn blobs_beside(folder: &Path) -> Option<Result<Arc<dyn Blobs>, Failure>> {
    let blobs: PathBuf = folder.parent()?.to_owned();
    if !blobs.join("fixes").is_dir() {
        return None;
    }
    let opened = ObjectBlobs::in_folder(&blobs).map_err(failed);
    Some(opened.map(|it| Arc::new(it) as Arc<dyn Blobs>))
}

fn told(wish: &Rebuild, key: &str, done: &Restored) {
    if wish.store.json {
        let answer = json!({
            "log": key, "entries": done.entries, "events": done.events,
            "texts": done.texts, "texts_missing": done.texts_missing,
            "unlogged": done.unlogged, "contradicting": done.contradicting,
            "events_missing": done.events_missing,
            "chunks": done.chunks, "chunks_missing": done.chunks_missing,
            "subjects": done.rebuilt.subjects, "rows_written": done.rebuilt.rows_written,
        });
        println!("{answer}");
        return;
    }
    anstream::println!(
        "{} {}: {} entries, {} events of {} things",
        styled(GOOD, "rebuilt"),
        styled(STRONG, key.split('+').next().unwrap_or(key)),
        done.entries,
        done.events,
        done.rebuilt.subjects
    );
    let lines = [
        (done.texts, "events with personal text from the backup", GOOD),
        (done.unlogged, "events of the backup that will be logged", GOOD),
        (done.chunks, "chunks of fixes found beside the log", GOOD),
        (done.texts_missing, "events whose personal text is not in the log", BAD),
        (done.chunks_missing, "chunks of fixes are nowhere: those ways are lost", BAD),
        (done.events_missing, "events are missing between others", BAD),
        (done.contradicting, "events of the backup contradict the log: left out", BAD),
    ];
    for (count, what, style) in lines.iter().filter(|it| it.0 != 0) {
        anstream::println!("  {} {what}", styled(*style, count));
    }
}
