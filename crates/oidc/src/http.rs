//! Asking the issuer: a blocking client in threads of its own, so that it is the same in
//! the binary and in a function. It follows no redirection, waits no longer than a few
//! seconds and reads no longer answer than the largest that makes sense.

use std::{fmt, sync::Arc, time::Duration};

use rustls::crypto::aws_lc_rs;
use tokio::task::spawn_blocking;
use ureq::{
    Agent,
    tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem},
};

use crate::settings::{Checked, InvalidSettings, Wrong};

/// How long one answer may take. A browser waits for it.
const PATIENCE: Duration = Duration::from_secs(5);
/// Most bytes of an answer: key sets have a few thousand.
const ANSWER_LEN_MAX: u64 = 1 << 20;

/// Asks over HTTP.
#[derive(Clone)]
pub struct Http(Agent);

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Http")
    }
}

/// What was answered.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Http {
    /// Trusts what the settings say.
    pub fn new(settings: &Checked) -> Result<Self, InvalidSettings> {
        let roots = match &settings.ca_pem {
            Some(pem) => RootCerts::new_with_certs(&certificates(pem)?),
            None => RootCerts::WebPki,
        };
        let tls = TlsConfig::builder()
            .root_certs(roots)
            .unversioned_rustls_crypto_provider(Arc::new(aws_lc_rs::default_provider()))
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent("whereabouts")
            .build();
        Ok(Self(config.new_agent()))
    }

    /// Gets a body; what is no success is an error.
    pub async fn get(&self, url: String, bearer: Option<String>) -> Result<Vec<u8>, String> {
        let agent = self.0.clone();
        let asked = move || {
            let mut request = agent.get(&url).header("accept", "application/json");
            if let Some(token) = bearer {
                request = request.header("authorization", format!("Bearer {token}"));
            }
            read(request.call()).map_err(|why| format!("{url}: {why}"))
        };
        let answer = spawn_blocking(asked).await.map_err(|it| it.to_string())??;
        if answer.status != 200 {
            return Err(format!("it answered {}", answer.status));
        }
        Ok(answer.body)
    }

    /// Sends a form.
    pub async fn post_form(
        &self,
        url: String,
        form: String,
        authorization: Option<String>,
    ) -> Result<Answer, String> {
        let agent = self.0.clone();
        let asked = move || {
            let mut request = agent
                .post(&url)
                .header("content-type", "application/x-www-form-urlencoded")
                .header("accept", "application/json");
            if let Some(value) = authorization {
                request = request.header("authorization", value);
            }
            read(request.send(form)).map_err(|why| format!("{url}: {why}"))
        };
        spawn_blocking(asked).await.map_err(|it| it.to_string())?
    }
}

fn read(
    answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<Answer, ureq::Error> {
    let mut answer = answer?;
    let status = answer.status().as_u16();
    let body = answer.body_mut().with_config().limit(ANSWER_LEN_MAX).read_to_vec()?;
    Ok(Answer { status, body })
}

fn certificates(pem: &[u8]) -> Result<Vec<Certificate<'static>>, InvalidSettings> {
    let wrong =
        |detail: String| InvalidSettings(vec![Wrong { setting: "ca_file".to_owned(), detail }]);
    let mut all = Vec::new();
    for item in parse_pem(pem) {
        if let PemItem::Certificate(one) = item.map_err(|why| wrong(why.to_string()))? {
            all.push(one);
        }
    }
    if all.is_empty() {
        return Err(wrong("there is no certificate in it".to_owned()));
    }
    Ok(all)
}
