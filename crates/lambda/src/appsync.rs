//! AppSync Events: frames for the browsers that watch a channel, five in a request that
//! is signed like every other of AWS's.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_config::SdkConfig;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use axum::http::{Request, header::CONTENT_TYPE};
use futures::{StreamExt, stream};
use host::SystemClock;
use serde_json::json;
use service::outside::Clock;

/// Most frames that a request may carry.
const FRAMES_MAX: usize = 5;
/// Requests at the same time.
const AT_ONCE: usize = 16;
/// Whoever watches would rather have the next frame than a late one.
const PATIENCE: Duration = Duration::from_secs(2);

/// An API of AppSync Events.
#[derive(Debug)]
pub struct AppSync {
    client: reqwest::Client,
    url: String,
    region: String,
    credentials: SharedCredentialsProvider,
}

impl AppSync {
    /// The one at this host, or at an address with `http://` in a test.
    pub fn new(config: &SdkConfig, host: &str) -> Result<Self, lambda_runtime::Error> {
        let base = if host.contains("://") { host.to_owned() } else { format!("https://{host}") };
        Ok(Self {
            client: reqwest::Client::builder().timeout(PATIENCE).build()?,
            url: format!("{}/event", base.trim_end_matches('/')),
            region: config.region().ok_or("no region is known")?.to_string(),
            credentials: config.credentials_provider().ok_or("no credentials are known")?,
        })
    }

    /// Publishes frames, each on its channel, those of one channel in their order. What
    /// is not published is not tried again: whoever watches sees the gap.
    pub async fn publish(&self, frames: &[(&str, &str)]) {
        let mut channels: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (channel, frame) in frames {
            channels.entry(channel).or_default().push(frame);
        }
        let each: Vec<_> = channels
            .into_iter()
            .map(|(channel, frames)| async move {
                for some in frames.chunks(FRAMES_MAX) {
                    if let Err(error) = self.publish_some(channel, some).await {
                        tracing::warn!(%error, channel, "who watches will fetch it");
                    }
                }
            })
            .collect();
        stream::iter(each).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
    }

    async fn publish_some(
        &self,
        channel: &str,
        frames: &[&str],
    ) -> Result<(), lambda_runtime::Error> {
        let body = json!({"channel": channel, "events": frames}).to_string();
        let mut request =
            Request::post(&self.url).header(CONTENT_TYPE, "application/json").body(body)?;
        self.sign(&mut request).await?;
        let answer = self.client.execute(request.try_into()?).await?;
        let status = answer.status();
        if !status.is_success() {
            return Err(format!("{status}: {}", answer.text().await.unwrap_or_default()).into());
        }
        let told: serde_json::Value = serde_json::from_str(&answer.text().await?)?;
        match told["failed"].as_array().filter(|it| !it.is_empty()) {
            None => Ok(()),
            Some(failed) => Err(format!("refused: {failed:?}").into()),
        }
    }

    async fn sign(&self, request: &mut Request<String>) -> Result<(), lambda_runtime::Error> {
        let identity = self.credentials.provide_credentials().await?.into();
        let now = Duration::from_millis(SystemClock.now().millis().unsigned_abs());
        let time: SystemTime = UNIX_EPOCH + now;
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("appsync")
            .time(time)
            .settings(SigningSettings::default())
            .build()?
            .into();
        let headers = request
            .headers()
            .iter()
            .filter_map(|(name, it)| Some((name.as_str(), it.to_str().ok()?)));
        let (method, uri) = (request.method().as_str(), request.uri().to_string());
        let body = SignableBody::Bytes(request.body().as_bytes());
        let signable = SignableRequest::new(method, &uri, headers, body)?;
        let (signing, _) = sign(signable, &parameters)?.into_parts();
        signing.apply_to_request_http1x(request);
        Ok(())
    }
}
