//! A bucket of S3: what is new is put only if nothing is there, and browsers may
//! upload past this process by a form that is signed for one name and size.

use std::{fmt, sync::Arc, time::Duration};

use object_store::{
    BackoffConfig, ClientOptions, RetryConfig,
    aws::{AmazonS3Builder, Checksum},
};

use crate::{BlobName, Error, ObjectBlobs, Result, UploadTicket};

mod form;

/// How long one request may take.
const REQUEST_MAX: Duration = Duration::from_secs(20);
/// How long a request is repeated that fails for no fault of ours.
const RETRY_MAX: Duration = Duration::from_secs(25);
/// How often.
const RETRIES_MAX: usize = 4;

/// A bucket, and how it is reached.
#[derive(Clone)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Its region, such as `eu-central-1`.
    pub region: String,
    /// Where to reach it, if that is not where AWS has it.
    pub endpoint: Option<String>,
    /// Who asks.
    pub credentials: Credentials,
    /// The present, in seconds since 1970.
    pub now: fn() -> i64,
}

/// Who asks.
#[derive(Clone)]
pub struct Credentials {
    /// Which key.
    pub key_id: String,
    /// The key.
    pub secret: String,
    /// What proves that it was lent for a time.
    pub token: Option<String>,
}

impl ObjectBlobs {
    /// Keeps blobs in a bucket.
    pub fn in_bucket(bucket: Bucket) -> Result<Self> {
        let retry = RetryConfig {
            backoff: BackoffConfig {
                init_backoff: Duration::from_millis(50),
                max_backoff: Duration::from_secs(5),
                base: 2.0,
            },
            max_retries: RETRIES_MAX,
            retry_timeout: RETRY_MAX,
        };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&bucket.name)
            .with_region(&bucket.region)
            .with_access_key_id(&bucket.credentials.key_id)
            .with_secret_access_key(&bucket.credentials.secret)
            // A locked bucket takes nothing without one.
            .with_checksum_algorithm(Checksum::SHA256)
            .with_client_options(ClientOptions::new().with_timeout(REQUEST_MAX))
            .with_retry(retry);
        if let Some(token) = &bucket.credentials.token {
            builder = builder.with_token(token);
        }
        if let Some(endpoint) = &bucket.endpoint {
            builder =
                builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http:"));
        }
        let store = builder.build().map_err(|why| Error::Invalid(why.to_string()))?;
        let mut blobs = Self::over(Arc::new(store));
        blobs.bucket = Some(bucket);
        Ok(blobs)
    }
}

impl Bucket {
    /// Leave to upload one blob.
    pub(crate) fn ticket(&self, name: &BlobName, len_max: u64) -> UploadTicket {
        let url = match &self.endpoint {
            Some(endpoint) => format!("{}/{}", endpoint.trim_end_matches('/'), self.name),
            None => format!("https://{}.s3.{}.amazonaws.com", self.name, self.region),
        };
        UploadTicket { url, fields: form::signed(self, name, len_max) }
    }
}

/// No secret is shown.
impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, region, endpoint, .. } = self;
        f.debug_struct("Bucket")
            .field("name", name)
            .field("region", region)
            .field("endpoint", endpoint)
            .finish_non_exhaustive()
    }
}
