//! `whereabouts rebuild`: make every state and list what the recorded events say; from
//! a log it is `restore.rs`.

use std::process::ExitCode;

use serde_json::json;

use crate::{
    cli::Rebuild,
    failure::{Failure, failed},
    restore, store,
    terminal::{GOOD, progress, styled},
};

/// Rebuilds the store of a data folder that no server runs on.
pub async fn rebuild(wish: Rebuild) -> Result<ExitCode, Failure> {
    if let Some(log) = &wish.from {
        return restore::restore(&wish, log).await;
    }
    let opened = store::open_whole(&wish.store.data).await.map_err(failed)?;
    let bar = progress(None, "rebuilding");
    let done = opened.service.rebuild(|subjects| bar.set_position(subjects)).await;
    bar.finish_and_clear();
    let done = done.map_err(failed)?;
    if wish.store.json {
        let answer = json!({
            "subjects": done.subjects, "events": done.events,
            "heads_repaired": done.heads_repaired,
            "rows_written": done.rows_written, "rows_removed": done.rows_removed,
        });
        println!("{answer}");
    } else {
        let repairs = done.heads_repaired + done.rows_written + done.rows_removed;
        let verdict = if repairs == 0 { "all was in order" } else { "repaired" };
        anstream::println!(
            "{} {} things, {} events: {} states, {} rows written, {} rows removed",
            styled(GOOD, verdict),
            done.subjects,
            done.events,
            done.heads_repaired,
            done.rows_written,
            done.rows_removed
        );
    }
    Ok(ExitCode::SUCCESS)
}
