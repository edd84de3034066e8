//! `whereabouts verify`: a whole audit log, in a folder or behind an address.

use std::{fs, path::Path, process::ExitCode};

use audit::{
    Checkpoint, PublicKey,
    chain::Chain,
    verify::{Against, Report},
};
use serde_json::json;

use crate::{
    cli::Verify,
    failure::{Failure, failed},
    log_source,
    terminal::{BAD, FAINT, GOOD, STRONG, progress, styled},
};

/// Says whether the log is in order; exit status 1 if it is not.
pub async fn verify(wish: Verify) -> Result<ExitCode, Failure> {
    let source = log_source::find(&wish.log, wish.token.as_deref()).await?.source;
    let (key, trusted) = log_source::key(wish.key.as_deref(), &*source).await?;
    let since = wish.since.as_deref().map(|file| earlier(file, &key)).transpose()?;
    let bar = progress(None, "checking");
    let mut chain = wish.package.map(|it| Chain::of(&it.to_string()));
    let against = Against { key: &key, since: since.as_ref() };
    let mut each = |index, entry: &[u8]| {
        if index % 4_096 == 0 {
            bar.set_position(index);
        }
        if let Some(chain) = &mut chain {
            chain.take(index, entry);
        }
    };
    let report = audit::verify::verify(&*source, against, &mut each).await;
    bar.finish_and_clear();
    let report = report.map_err(failed)?;
    let breaks = chain.as_ref().map(Chain::breaks).unwrap_or_default();
    let is_good = report.faults.is_empty() && breaks.is_empty();
    if wish.json {
        println!("{}", told(&report, chain.as_ref(), trusted));
    } else {
        show(&report, chain.as_ref(), trusted);
    }
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What is wrong with a log, each thing a line.
pub fn show_faults(report: &Report) {
    for fault in &report.faults {
        anstream::println!("{} {fault}", styled(BAD, "wrong"));
    }
    if 0 < report.more_faults {
        anstream::println!("{} and {} more", styled(BAD, "wrong"), report.more_faults);
    }
}

/// Everything that was found, for programs.
fn told(report: &Report, chain: Option<&Chain>, trusted: bool) -> serde_json::Value {
    let faults = report.faults.iter();
    let faults: Vec<_> =
        faults.map(|it| json!({ "object": it.object, "entry": it.leaf, "why": it.why })).collect();
    let chain = chain.map(|it| {
        let breaks: Vec<String> = it.breaks().iter().map(ToString::to_string).collect();
        json!({ "events": it.links().count(), "wrong": breaks })
    });
    json!({
        "origin": report.checkpoint.as_ref().map(|it| &it.origin),
        "size": report.checkpoint.as_ref().map(|it| it.size),
        "entries": report.entries, "bytes": report.bytes,
        "wrong": faults, "more_wrong": report.more_faults,
        "package": chain, "key_is_from_elsewhere": trusted,
    })
}

fn show(report: &Report, chain: Option<&Chain>, trusted: bool) {
    show_faults(report);
    if let Some(chain) = chain {
        for it in chain.breaks() {
            anstream::println!("{} {it}", styled(BAD, "wrong"));
        }
        if chain.breaks().is_empty() {
            let count = chain.links().count();
            anstream::println!(
                "{} {count} events of the package, none left out between them",
                styled(GOOD, "good")
            );
        }
    }
    if let Some(checkpoint) = report.checkpoint.as_ref().filter(|_| report.faults.is_empty()) {
        anstream::println!(
            "{} {}: {} entries, {} bytes, all as they were logged",
            styled(GOOD, "good"),
            styled(STRONG, &checkpoint.origin),
            checkpoint.size,
            report.bytes
        );
    }
    if !trusted {
        let words = "The key lay beside the log: whoever made up one could make up both. \
                     Keep it elsewhere and give it with --key.";
        anstream::println!("{}", styled(FAINT, words));
    }
}

fn earlier(file: &Path, key: &PublicKey) -> Result<Checkpoint, Failure> {
    let read = |why: &dyn std::fmt::Display| failed(format!("{}: {why}", file.display()));
    let note = fs::read(file).map_err(|it| read(&it))?;
    Checkpoint::open(&note, key).map_err(|it| read(&it))
}
