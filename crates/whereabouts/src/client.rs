//! How the command line asks the API: of the server that runs on the data
//! folder, or of the same router in this process.

use std::{
    fs,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, header},
};
use futures::StreamExt;
use serde_json::{Value, json};
use service::projector::Projector;
use tower::ServiceExt;

use crate::failure::{Failure, failed};

/// The file by which a running server is found.
const SERVER_FILE: &str = "server.json";
/// Longer answers than this are no answer to one question.
const ANSWER_LEN_MAX: usize = 64 << 20;

/// One way to reach the API with every permission.
pub enum Client {
    /// A server: the one that holds the data folder, or one at an address.
    Running {
        /// Where it listens.
        url: String,
        /// The key that only the folder's owner can read, or a token.
        key: String,
        /// Keeps the connection.
        agent: ureq::Agent,
    },
    /// The router in this process.
    Here {
        /// The same router that a server serves.
        router: Router,
        /// The key it was given.
        key: String,
    },
}

/// What the API answered.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Value,
}

impl Client {
    /// Reaches the server on this data folder, or opens the folder.
    pub async fn reach(data: &Path) -> Result<Self, Failure> {
        if let Some(client) = running(data) {
            return Ok(client);
        }
        if !data.is_dir() {
            return Err(failed(format!(
                "there is no data folder {}: `whereabouts import` or `whereabouts serve` makes one",
                data.display()
            )));
        }
        let opened = crate::store::open_whole(data).await.map_err(failed)?;
        // What a server that was killed had not derived yet would be missing.
        Projector::new(opened.service.clone()).catch_up().await.map_err(failed)?;
        let key = crate::serve::operator_key(&opened);
        let router = api::router(crate::store::api(&opened, Arc::new(api::NoGauges), false));
        Ok(Self::Here { router, key })
    }

    /// Reaches the server at an address, as whoever the token is of.
    pub fn at(url: &str, token: &str) -> Self {
        Self::Running { url: url.to_owned(), key: token.to_owned(), agent: agent() }
    }

    /// Asks for `path`.
    pub async fn get(&self, path: &str) -> Result<Answer, Failure> {
        self.ask(Method::GET, path, None).await
    }

    /// Asks, with a body where there is one.
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Answer, Failure> {
        match self {
            Self::Running { url, key, agent } => {
                let (url, key, agent) = (format!("{url}{path}"), key.clone(), agent.clone());
                let asked = move || over_http(&agent, &method, &url, &key, body);
                tokio::task::spawn_blocking(asked).await.map_err(failed)?
            }
            Self::Here { router, key } => in_process(router, method, path, key, body).await,
        }
    }
}

impl Client {
    /// What is answered to `path`, as text.
    pub async fn text(&self, path: &str) -> Result<String, Failure> {
        let mut bytes = Vec::new();
        self.copy(path, &mut bytes).await?;
        String::from_utf8(bytes).map_err(failed)
    }

    /// Writes what is answered to `path` as it comes, however much it is.
    pub async fn copy(&self, path: &str, out: &mut (impl Write + Send)) -> Result<(), Failure> {
        match self {
            Self::Running { url, key, agent } => {
                let request =
                    request(Method::GET, &format!("{url}{path}"), key).body(()).map_err(failed)?;
                let request = agent.configure_request(request).timeout_global(None).build();
                let copied = || {
                    let mut response = agent.run(request).map_err(failed)?;
                    let status = response.status().as_u16();
                    if status != 200 {
                        let text = response.body_mut().read_to_string().map_err(failed)?;
                        return Answer { status, body: parsed(&text) }.good().map(drop);
                    }
                    let mut body = response.body_mut().as_reader();
                    std::io::copy(&mut body, out).map(drop).map_err(Failure::from)
                };
                tokio::task::block_in_place(copied)
            }
            Self::Here { router, key } => {
                let request = request(Method::GET, path, key).body(Body::empty());
                let response = router.clone().oneshot(request.map_err(failed)?).await;
                let response = response.map_err(failed)?;
                let status = response.status().as_u16();
                if status != 200 {
                    let bytes = to_bytes(response.into_body(), ANSWER_LEN_MAX).await;
                    let body = parsed(&String::from_utf8_lossy(&bytes.map_err(failed)?));
                    return Answer { status, body }.good().map(drop);
                }
                let mut parts = response.into_body().into_data_stream();
                while let Some(part) = parts.next().await {
                    out.write_all(&part.map_err(failed)?)?;
                }
                Ok(())
            }
        }
    }
}

impl Answer {
    /// The body of a good answer; a problem becomes a failure in its own words.
    pub fn good(self) -> Result<Value, Failure> {
        if (200..300).contains(&self.status) {
            return Ok(self.body);
        }
        let detail = self.body["detail"].as_str().or(self.body["title"].as_str());
        let mut words = detail.unwrap_or("the server gave no reason").to_owned();
        for error in self.body["errors"].as_array().into_iter().flatten() {
            let part = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
            words.push_str(&format!("\n  {} {}", part("pointer"), part("detail")));
        }
        Err(failed(words))
    }
}

fn over_http(
    agent: &ureq::Agent,
    method: &Method,
    url: &str,
    key: &str,
    body: Option<Value>,
) -> Result<Answer, Failure> {
    let mut request = request(method.clone(), url, key);
    if body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let bytes = body.map(|it| it.to_string()).unwrap_or_default();
    let request = request.body(bytes).map_err(failed)?;
    let mut response = agent.run(request).map_err(failed)?;
    let status = response.status().as_u16();
    let text = response.body_mut().with_config().limit(ANSWER_LEN_MAX as u64).read_to_string();
    Ok(Answer { status, body: parsed(&text.map_err(failed)?) })
}

async fn in_process(
    router: &Router,
    method: Method,
    path: &str,
    key: &str,
    body: Option<Value>,
) -> Result<Answer, Failure> {
    let mut request = request(method, path, key);
    if body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let body = body.map_or_else(Body::empty, |it| Body::from(it.to_string()));
    let request = request.body(body).map_err(failed)?;
    let response = router.clone().oneshot(request).await.map_err(failed)?;
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), ANSWER_LEN_MAX).await.map_err(failed)?;
    Ok(Answer { status, body: parsed(&String::from_utf8_lossy(&bytes)) })
}

fn request(method: Method, uri: &str, key: &str) -> axum::http::request::Builder {
    let bearer = format!("Bearer {key}");
    Request::builder().method(method).uri(uri).header(header::AUTHORIZATION, bearer)
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| json!({ "detail": text.trim() }))
}

fn running(data: &Path) -> Option<Client> {
    let text = fs::read_to_string(data.join(SERVER_FILE)).ok()?;
    let found: Value = serde_json::from_str(&text).ok()?;
    let (url, key) = (found["url"].as_str()?.to_owned(), found["key"].as_str()?.to_owned());
    let agent = agent();
    // A file left behind by a server that was killed answers nothing.
    agent.get(format!("{url}/healthz")).call().ok()?;
    Some(Client::Running { url, key, agent })
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .timeout_connect(Some(Duration::from_secs(2)))
        .timeout_global(Some(Duration::from_secs(120)))
        .http_status_as_error(false)
        .build();
    config.into()
}

/// Says where the server on a data folder listens, for as long as it lives.
pub struct Announced(PathBuf);

/// Writes the file by which commands find the running server. Only the folder's
/// owner can read the key in it.
pub fn announce(data: &Path, url: &str, key: &str) -> std::io::Result<Announced> {
    let path = data.join(SERVER_FILE);
    let _ = fs::remove_file(&path);
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    file.write_all(json!({ "url": url, "key": key }).to_string().as_bytes())?;
    Ok(Announced(path))
}

impl Drop for Announced {
    fn drop(&mut self) {
        // If it cannot be removed, the next command finds that nobody answers.
        let _ = fs::remove_file(&self.0);
    }
}
