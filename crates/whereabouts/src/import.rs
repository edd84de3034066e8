//! `whereabouts import`: a table of shipments, by a mapping file.

use std::{
    fs::{self, File},
    io::BufReader,
    process::ExitCode,
    sync::Arc,
};

use intake::{mapping::Mapping, rows::RowError};
use serde_json::{Value, json};
use service::{
    import::{Imported, Wish, import_id},
    projector::Projector,
    record::Attribution,
};

use crate::{
    cli::Import,
    failure::{Failure, failed},
    store,
    terminal::{BAD, FAINT, GOOD, STRONG, progress, styled},
};

/// Errors that are shown in words; `--json` has more.
const ERRORS_SHOWN_MAX: usize = 20;

/// Imports a file into the store of a data folder.
pub async fn import(wish: Import) -> Result<ExitCode, Failure> {
    let mapping = fs::read_to_string(&wish.map)
        .map_err(|it| failed(format!("cannot read {}: {it}", wish.map.display())))?;
    // Read it here in any case, so that a mistake in the mapping is told at once.
    let parsed = Mapping::from_toml(&mapping).map_err(|errors| {
        let each: Vec<String> = errors.iter().map(ToString::to_string).collect();
        failed(format!("{}: {}", wish.map.display(), each.join("\n  ")))
    })?;
    let report = here(&wish, &mapping, Arc::new(parsed)).await?;
    if wish.store.json {
        println!("{report}");
    } else {
        show(&report, wish.dry_run);
    }
    let clean = report["failed"].as_u64() == Some(0);
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Imports in this process, straight into the store.
async fn here(wish: &Import, text: &str, mapping: Arc<Mapping>) -> Result<Value, Failure> {
    let content = fs::read(&wish.file)
        .map_err(|it| failed(format!("cannot read {}: {it}", wish.file.display())))?;
    let id = import_id(text, &content);
    drop(content);
    let opened = if wish.dry_run && !wish.store.data.is_dir() {
        // Asking what would happen makes no folder.
        store::in_memory()
    } else {
        store::open_whole(&wish.store.data).await.map_err(failed)?
    };
    let by = Attribution { actor: "operator".to_owned(), source: "import".to_owned() };
    let bar = progress(None, if wish.dry_run { "checking" } else { "importing" });
    let open = || File::open(&wish.file).map(BufReader::new);
    let how = Wish { dry_run: wish.dry_run, all_or_nothing: wish.all_or_nothing };
    let done = opened.service.import(&by, &mapping, id, open, how, |rows| bar.set_position(rows));
    let done = done.await;
    bar.finish_and_clear();
    let done = done.map_err(failed)?;
    if !wish.dry_run {
        Projector::new(opened.service).catch_up().await.map_err(failed)?;
    }
    Ok(as_json(&done))
}

fn as_json(done: &Imported) -> Value {
    let error =
        |it: &RowError| json!({ "line": it.line, "column": it.column, "reason": it.reason });
    json!({
        "rows": done.rows, "recorded": done.recorded, "known": done.known,
        "skipped": done.skipped, "events": done.events, "failed": done.failed,
        "errors": done.errors.iter().map(error).collect::<Vec<_>>(),
    })
}

fn show(report: &Value, dry_run: bool) {
    let count = |name: &str| report[name].as_u64().unwrap_or_default();
    let errors: Vec<&Value> = report["errors"].as_array().into_iter().flatten().collect();
    for error in errors.iter().take(ERRORS_SHOWN_MAX) {
        let column = error["column"].as_str().map(|it| format!(", {it}")).unwrap_or_default();
        let reason = error["reason"].as_str().unwrap_or_default();
        anstream::println!("{} {reason}", styled(BAD, format!("line {}{column}:", error["line"])));
    }
    if errors.len() > ERRORS_SHOWN_MAX {
        let more = errors.len() - ERRORS_SHOWN_MAX;
        anstream::println!("{}", styled(FAINT, format!("… and {more} more; --json lists them")));
    }
    let verb = if dry_run { "would be recorded" } else { "recorded" };
    anstream::println!(
        "{} rows: {} {verb}, {} known already, {} passed over, {}",
        styled(STRONG, count("rows")),
        styled(GOOD, count("recorded")),
        count("known"),
        count("skipped"),
        styled(
            if count("failed") == 0 { FAINT } else { BAD },
            format!("{} refused", count("failed"))
        ),
    );
}
