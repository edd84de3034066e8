//! `whereabouts backup`: what is neither in the audit log nor follows from it, in one
//! file that only its owner can read.

use std::{
    fs::{self, File, OpenOptions},
    io::{BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::ExitCode,
};

use host::SystemClock;
use serde_json::json;
use service::{
    backup::{BackedUp, Piece, Writer},
    outside::Clock,
};

use crate::{
    cli::Backup,
    failure::{Failure, failed},
    log, store,
    terminal::{FAINT, GOOD, STRONG, progress, styled},
};

/// Backs a data folder up that no server runs on.
pub async fn backup(wish: Backup) -> Result<ExitCode, Failure> {
    let data = &wish.store.data;
    if !data.is_dir() {
        return Err(failed(format!("there is no data folder {}", data.display())));
    }
    let file = file_of(&wish.to);
    let shown = file.display().to_string();
    if file.exists() {
        return Err(failed(format!("{shown} is there already: a backup replaces nothing")));
    }
    let opened = store::open_whole(data).await.map_err(|it| {
        failed(format!("{it}\nA backup is made while no server runs: stop it first."))
    })?;
    let unfinished = file.with_extension("unfinished");
    let _ = fs::remove_file(&unfinished);
    let written = write(&opened, data, &unfinished).await;
    let done = match written {
        Ok(done) => done,
        Err(why) => {
            // Half a backup would be taken for one.
            let _ = fs::remove_file(&unfinished);
            return Err(failed(format!("{shown}: {why}")));
        }
    };
    fs::rename(&unfinished, &file)?;
    let folder = file.parent().filter(|it| !it.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    told(&wish, &shown, done);
    Ok(ExitCode::SUCCESS)
}

async fn write(opened: &store::Opened, data: &Path, to: &Path) -> Result<BackedUp, Failure> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
    let mut writer = Writer::new(BufWriter::new(file))?;
    if let Some(key) = log::kept_key(data)? {
        writer.put(&Piece::LogKey(key))?;
    }
    let bar = progress(None, "backing up");
    let done = opened.service.back_up(&mut writer, |events| bar.set_position(events)).await;
    bar.finish_and_clear();
    let done = done.map_err(failed)?;
    let mut file = writer.finish()?;
    file.flush()?;
    file.get_ref().sync_all()?;
    Ok(done)
}

/// In a folder it is named by when it was made.
fn file_of(to: &Path) -> PathBuf {
    if to.is_dir() {
        to.join(format!("whereabouts-{}.backup", SystemClock.now().millis()))
    } else {
        to.to_owned()
    }
}

fn told(wish: &Backup, shown: &str, done: BackedUp) {
    if wish.store.json {
        let answer = json!({
            "file": shown, "events": done.events, "rows": done.rows, "blobs": done.blobs,
        });
        println!("{answer}");
        return;
    }
    anstream::println!(
        "{} {}: {} events with what the log does not say, {} other rows, {} images",
        styled(GOOD, "backed up"),
        styled(STRONG, shown),
        done.events,
        done.rows,
        done.blobs
    );
    let words = "It holds personal text and the key that signs the log: keep it as secret as \
                 the store itself. With a copy of the log it is the whole store.";
    anstream::println!("{}", styled(FAINT, words));
}
