//! Where a log is that a command reads: in a folder, in a data folder, or behind an
//! address; and the key that it is checked with.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use audit::{
    PublicKey,
    log::{CHECKPOINT, PUBLIC_KEY},
    verify::{BoxFuture, Source},
};
use bytes::Bytes;

use crate::failure::{Failure, failed};

/// The largest file of a log: 256 of the longest entries.
const FILE_LEN_MAX: u64 = 256 * (2 + 65_535);
/// Where a server of ours has its log.
const OF_SERVER: &str = "/v1/log";

/// A log that was found.
pub struct Found {
    /// Its files.
    pub source: Box<dyn Source>,
    /// The folder they are in, if it is one.
    pub folder: Option<PathBuf>,
}

/// Finds the log in a folder, or behind an address, with a file that holds a token.
pub async fn find(log: &str, token: Option<&Path>) -> Result<Found, Failure> {
    if log.starts_with("http://") || log.starts_with("https://") {
        let read = |it: &Path| {
            fs::read_to_string(it).map_err(|why| failed(format!("{}: {why}", it.display())))
        };
        let token = token.map(read).transpose()?.map(|it| it.trim().to_owned());
        let config = ureq::Agent::config_builder()
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_global(Some(Duration::from_secs(120)))
            .http_status_as_error(false)
            .build();
        let url = log.trim_end_matches('/').to_owned();
        let mut source = Address { url, token, agent: config.into() };
        // The address of a server is as good as that of its log.
        if source.read(CHECKPOINT).await.map_err(failed)?.is_none() {
            let address = source.url.clone();
            source.url += OF_SERVER;
            if source.read(CHECKPOINT).await.map_err(failed)?.is_none() {
                return Err(failed(format!("there is no log behind {address}: no `checkpoint`")));
            }
        }
        return Ok(Found { source: Box::new(source), folder: None });
    }
    let given = PathBuf::from(log);
    let inside = [given.clone(), given.join("log"), given.join("blobs/log")];
    let found = inside.into_iter().find(|it| it.join(CHECKPOINT).is_file());
    let found = found.ok_or_else(|| {
        failed(format!("there is no log in {}: no file `checkpoint`", given.display()))
    })?;
    Ok(Found { source: Box::new(Folder(Arc::from(found.as_path()))), folder: Some(found) })
}

/// The key to check with, as text or in a file, and whether it is from elsewhere than
/// the log.
pub async fn key(given: Option<&str>, source: &dyn Source) -> Result<(PublicKey, bool), Failure> {
    if let Some(given) = given {
        let text = fs::read_to_string(given).unwrap_or_else(|_| given.to_owned());
        return Ok((PublicKey::of_text(&text).map_err(failed)?, true));
    }
    let beside = source.read(PUBLIC_KEY).await.map_err(failed)?;
    let beside = beside.ok_or_else(|| failed("no key lies beside the log: give it with --key"))?;
    let key = PublicKey::of_text(&String::from_utf8_lossy(&beside)).map_err(failed)?;
    Ok((key, false))
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
    // A server shows its app at every address that is nothing else: a page is no file of a log.
    let page = response.body().mime_type() == Some("text/html");
    match response.status().as_u16() {
        200 if page => Ok(None),
        200 => {
            let bytes = response.body_mut().with_config().limit(FILE_LEN_MAX).read_to_vec();
            Ok(Some(bytes.map_err(|it| format!("{url}: {it}"))?.into()))
        }
        404 => Ok(None),
        401 | 403 => Err(format!("{url}: give --token with a token of somebody who may audit")),
        other => Err(format!("{url}: answered {other}")),
    }
}
