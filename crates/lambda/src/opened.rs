//! What a function opens at its start: the clients, and the service on top of them. The
//! first read of the table is made here, where a processor is lent for free.

use std::{sync::Arc, time::Duration};

use aws_config::{BehaviorVersion, SdkConfig};
use blobs::{
    Blobs, ObjectBlobs,
    s3::{Bucket, Credentials},
};
use host::{SystemClock, SystemEntropy};
use service::{Service, expiry, outside::Clock};
use table::{Key, Table};
use table_dynamodb::{Dynamo, Relayed};

use crate::{environment::Environment, routed::Routed};

/// How many feeds changes are relayed by: as many may be written at the same time. All
/// functions must say the same.
const RELAYS: u8 = 4;
/// How often is looked whether there is something new.
const LOOKED_AT_EACH: Duration = Duration::from_secs(1);

/// What functions are made of.
#[derive(Debug)]
pub struct Opened {
    /// What the SDK's clients are made from.
    pub config: SdkConfig,
    /// The table.
    pub table: Arc<Dynamo>,
    /// The use cases.
    pub service: Service,
}

/// Opens what the environment names.
pub async fn open(environment: &Environment) -> Result<Opened, lambda_runtime::Error> {
    let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let client = aws_sdk_dynamodb::Client::new(&config);
    let table = Dynamo::new(client, environment.need("WHEREABOUTS_TABLE")?);
    let table = Arc::new(table.expiring(expiry::expires));
    let blobs = blobs(environment)?;
    let port: Arc<dyn Table> = Arc::clone(&table) as _;
    let service = Service::new(port, blobs, Arc::new(SystemClock), Arc::new(SystemEntropy));
    // Whether it answers is found out by whoever asks next.
    let _ = table.get(&Key::new(*b"probe", *b"probe")).await;
    Ok(Opened { config, table, service })
}

/// What functions that may not read the stream know of changes.
#[must_use]
pub fn relay(table: &Arc<Dynamo>) -> Relayed {
    Relayed::new(Arc::clone(table) as _, RELAYS, LOOKED_AT_EACH)
}

fn blobs(environment: &Environment) -> Result<Arc<dyn Blobs>, lambda_runtime::Error> {
    let bucket = |name: String| -> Result<ObjectBlobs, lambda_runtime::Error> {
        let endpoint = environment.get("AWS_ENDPOINT_URL_S3");
        Ok(ObjectBlobs::in_bucket(Bucket {
            name,
            region: environment.need("AWS_REGION")?,
            endpoint: endpoint.or_else(|| environment.get("AWS_ENDPOINT_URL")),
            // Lent to this process for as long as it lives.
            credentials: Credentials {
                key_id: environment.need("AWS_ACCESS_KEY_ID")?,
                secret: environment.need("AWS_SECRET_ACCESS_KEY")?,
                token: environment.get("AWS_SESSION_TOKEN"),
            },
            now: || SystemClock.now().millis() / 1_000,
        })?)
    };
    let blobs = bucket(environment.need("WHEREABOUTS_BLOBS")?)?;
    let log = bucket(environment.need("WHEREABOUTS_LOG_BUCKET")?)?;
    Ok(Arc::new(Routed { blobs, log }))
}
