//! `whereabouts verify`: a whole audit log, in a folder or behind an address.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use audit::{
    Checkpoint, PublicKey,
    chain::Chain,
    log::{CHECKPOINT, PUBLIC_KEY},
    verify::{Against, BoxFuture, Report, Source},
};
use bytes::Bytes;
use serde_json::json;

use crate::{
    cli::Verify,
    failure::{Failure, failed},
    terminal::{BAD, FAINT, GOOD, STRONG, progress, styled},
};

/// The largest file of a log: 256 of the longest entries.
const FILE_LEN_MAX: u64 = 256 * (2 + 65_535);

/// Says whether the log is in order; exit status 1 if it is not.
pub async fn verify(wish: Verify) -> Result<ExitCode, Failure> {
    let source = source_of(&wish)?;
    let (key, trusted) = key_of(&wish, &*source).await?;
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
    for fault in &report.faults {
        anstream::println!("{} {fault}", styled(BAD, "wrong"));
    }
    if 0 < report.more_faults {
        anstream::println!("{} and {} more", styled(BAD, "wrong"), report.more_faults);
    }
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

fn source_of(wish: &Verify) -> Result<Box<dyn Source>, Failure> {
    if wish.log.starts_with("http://") || wish.log.starts_with("https://") {
        let token = wish.token.as_ref().map(fs::read_to_string).transpose()?;
        let config = ureq::Agent::config_builder()
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_global(Some(Duration::from_secs(120)))
            .http_status_as_error(false)
            .build();
        let url = wish.log.trim_end_matches('/').to_owned();
        let token = token.map(|it| it.trim().to_owned());
        return Ok(Box::new(Address { url, token, agent: config.into() }));
    }
    let given = PathBuf::from(&wish.log);
    let inside = [given.clone(), given.join("log"), given.join("blobs/log")];
    let found = inside.into_iter().find(|it| it.join(CHECKPOINT).is_file());
    let found = found.ok_or_else(|| {
        failed(format!("there is no log in {}: no file `checkpoint`", given.display()))
    })?;
    Ok(Box::new(Folder(Arc::from(found))))
}

/// The key to check with, and whether it is from elsewhere than the log.
async fn key_of(wish: &Verify, source: &dyn Source) -> Result<(PublicKey, bool), Failure> {
    if let Some(given) = &wish.key {
        let text = match fs::read_to_string(given) {
            Ok(text) => text,
            Err(_) => given.clone(),
        };
        return Ok((PublicKey::of_text(&text).map_err(failed)?, true));
    }
    let beside = source.read(PUBLIC_KEY).await.map_err(failed)?;
    let beside = beside.ok_or_else(|| failed("no key lies beside the log: give it with --key"))?;
    let key = PublicKey::of_text(&String::from_utf8_lossy(&beside)).map_err(failed)?;
    Ok((key, false))
}

fn earlier(file: &Path, key: &PublicKey) -> Result<Checkpoint, Failure> {
    let read = |why: &dyn std::fmt::Display| failed(format!("{}: {why}", file.display()));
    let note = fs::read(file).map_err(|it| read(&it))?;
    Checkpoint::open(&note, key).map_err(|it| read(&it))
}

/// A log in a folder.
struct Folder(Arc<Path>);

impl Source for Folder {
    fn read<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Option<Bytes>, String>> {
        let file = self.0.join(path);
        Box::pin(async move {
            let shown = file.display().to_string();
            // The next files are read while this one is hashed.
            let read = tokio::task::spawn_blocking(move || fs::read(file)).await;
            match read.map_err(|it| it.to_string())? {
                Ok(bytes) => Ok(Some(bytes.into())),
                Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(why) => Err(format!("{shown}: {why}")),
            }
        })
    }
}

/// A log behind an address.
struct Address {
    url: String,
    token: Option<String>,
    agent: ureq::Agent,
}

impl Source for Address {
    fn read<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Option<Bytes>, String>> {
        let (url, agent) = (format!("{}/{path}", self.url), self.agent.clone());
        let token = self.token.clone();
        Box::pin(async move {
            let read = tokio::task::spawn_blocking(move || ask(&agent, &url, token.as_deref()));
            read.await.map_err(|it| it.to_string())?
        })
    }
}

fn ask(agent: &ureq::Agent, url: &str, token: Option<&str>) -> Result<Option<Bytes>, String> {
    let mut request = agent.get(url);
    if let Some(token) = token {
        request = request.header("Authorization", format!("Bearer {token}"));
    }
    let mut response = request.call().map_err(|it| format!("{url}: {it}"))?;
    match response.status().as_u16() {
        200 => {
            let bytes = response.body_mut().with_config().limit(FILE_LEN_MAX).read_to_vec();
            Ok(Some(bytes.map_err(|it| format!("{url}: {it}"))?.into()))
        }
        404 => Ok(None),
        401 | 403 => Err(format!("{url}: give --token with a token of somebody who may audit")),
        other => Err(format!("{url}: answered {other}")),
    }
}
