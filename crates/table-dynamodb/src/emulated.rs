//! Test machinery: an emulator of DynamoDB in this process, asked over loopback as
//! the real one is, and tables in it. dynoxide knows no throttling, no conflicts
//! between transactions and no second shard of a stream; the tests inject those.

use std::{
    net::TcpListener,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    thread,
};

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, SharedHttpClient};
use dynoxide::Database;
use serde_json::Value;

use crate::{Dynamo, create};

/// What the deployment's template says of the table.
pub fn properties() -> Value {
    stack::Stack::deployed().properties("Table").clone()
}

/// A server that speaks like DynamoDB.
#[derive(Clone, Debug)]
pub struct Emulator {
    endpoint: String,
}

impl Emulator {
    /// The one in this process, started when it is first asked for. It lives on a
    /// thread of its own, because every test has its own runtime.
    #[must_use]
    pub fn dynoxide() -> Self {
        static ENDPOINT: OnceLock<String> = OnceLock::new();
        let endpoint = ENDPOINT.get_or_init(|| {
            let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on loopback");
            let port = listener.local_addr().expect("it is bound").port();
            listener.set_nonblocking(true).expect("loopback can be polled");
            thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.expect("a runtime").block_on(async {
                    let listener = tokio::net::TcpListener::from_std(listener);
                    let database = Database::memory().expect("memory for a database");
                    dynoxide::server::serve_on(listener.expect("a listener"), database).await;
                });
            });
            format!("http://127.0.0.1:{port}")
        });
        Self::at(endpoint)
    }

    /// One that runs already.
    #[must_use]
    pub fn at(endpoint: &str) -> Self {
        Self { endpoint: endpoint.to_owned() }
    }

    /// Where it is.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// A client of its own for one test: connections belong to its runtime.
    #[must_use]
    pub fn client(&self) -> aws_sdk_dynamodb::Client {
        self.client_over(plain())
    }

    /// A client that goes through somebody else's connections.
    #[must_use]
    pub fn client_over(&self, http: SharedHttpClient) -> aws_sdk_dynamodb::Client {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(credentials())
            .endpoint_url(&self.endpoint)
            .http_client(http)
            .build();
        aws_sdk_dynamodb::Client::from_conf(config)
    }

    /// A client of its streams.
    #[must_use]
    pub fn streams(&self) -> aws_sdk_dynamodbstreams::Client {
        self.streams_over(plain())
    }

    /// The same through somebody else's connections.
    #[must_use]
    pub fn streams_over(&self, http: SharedHttpClient) -> aws_sdk_dynamodbstreams::Client {
        let config = aws_sdk_dynamodbstreams::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(credentials())
            .endpoint_url(&self.endpoint)
            .http_client(http)
            .build();
        aws_sdk_dynamodbstreams::Client::from_conf(config)
    }

    /// A new table that nobody else knows, with its stream as its feeds.
    pub async fn table(&self) -> Dynamo {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("table-{}-{}", std::process::id(), COUNT.fetch_add(1, Relaxed));
        create(&self.client(), &name, &properties()).await.expect("a new table");
        Dynamo::new(self.client(), name).following(self.streams())
    }

    /// The same for whoever cannot wait: another thread does.
    #[must_use]
    pub fn table_now(&self) -> Dynamo {
        let emulator = self.clone();
        let making = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(emulator.table())
        });
        making.join().expect("a new table")
    }
}

/// Connections without encryption, which need no certificates.
#[must_use]
pub fn plain() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().build_http()
}

fn credentials() -> Credentials {
    Credentials::new("nobody", "nothing", None, None, "an emulator")
}
