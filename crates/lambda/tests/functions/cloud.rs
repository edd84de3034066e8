//! What functions find around them, made from the template's own properties: a table in
//! an emulator of this process; buckets, queues, a bus, a topic and secrets in moto.

use std::collections::HashMap;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair},
};
use aws_sdk_sqs::types::QueueAttributeName;
use aws_sdk_ssm::types::ParameterType;
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD},
};
use blobs::s3::Bucket;
use host::SystemClock;
use serde_json::{Value, json};
use service::outside::Clock;
use stack::{Moto, Stack};
use table_dynamodb::{Dynamo, create, emulated::Emulator};

use crate::{company::key, runtime::Function};

const REGION: &str = "us-east-1";
/// Everything of a deployment is named by this.
const STACK: &str = "whereabouts";
/// What the distribution would tell the API.
pub const ORIGIN: &str = "from the distribution";

/// All of it. It goes with this value.
pub struct Cloud {
    _moto: Moto,
    moto_at: String,
    emulator: Emulator,
    stack: Stack,
    config: SdkConfig,
    /// What stands for each resource, by its logical id.
    names: HashMap<&'static str, String>,
}

impl Cloud {
    /// Starts it; an error if the tools cannot be had.
    pub async fn start() -> Result<Self, String> {
        let moto = tokio::task::spawn_blocking(Moto::start).await.expect("it ends")?;
        let (moto_at, port) = (moto.url(), moto.port());
        let config = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .credentials_provider(Credentials::new("key", "secret", None, None, "test"))
            .endpoint_url(&moto_at)
            .load()
            .await;
        let (emulator, stack) = (Emulator::dynoxide(), Stack::deployed());
        let mut cloud =
            Self { _moto: moto, moto_at, emulator, stack, config, names: HashMap::new() };
        cloud.make_table(port).await;
        cloud.make_buckets().await;
        cloud.make_queues().await;
        cloud.make_bus_and_topic().await;
        cloud.keep_secrets().await;
        cloud.make_people().await;
        Ok(cloud)
    }

    async fn make_table(&mut self, port: u16) {
        let name = format!("whereabouts-{port}");
        create(&self.emulator.client(), &name, self.stack.properties("Table")).await.unwrap();
        self.names.insert("Table", name);
    }

    /// The table as an engine that reads its stream as well.
    pub fn table(&self) -> Dynamo {
        let name = self.names["Table"].clone();
        Dynamo::new(self.emulator.client(), name).following(self.emulator.streams())
    }

    async fn make_buckets(&mut self) {
        let client = reqwest::Client::new();
        for id in ["Blobs", "AuditLog"] {
            let name = Stack::physical_name(id);
            let properties = self.stack.properties(id);
            let lock = properties["ObjectLockEnabled"] == true;
            let url = format!("{}/{name}", self.moto_at);
            let put = client.put(&url).header("x-amz-bucket-object-lock-enabled", lock.to_string());
            assert!(put.send().await.unwrap().status().is_success(), "{name}");
            if properties["VersioningConfiguration"]["Status"] == "Enabled" {
                let body =
                    "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
                let put = client.put(format!("{url}?versioning")).body(body);
                assert!(put.send().await.unwrap().status().is_success(), "{name}");
            }
            self.names.insert(id, name);
        }
    }

    async fn make_queues(&mut self) {
        let client = aws_sdk_sqs::Client::new(&self.config);
        for (dead, id) in [("FixDeadQueue", "FixQueue"), ("IntakeDeadQueue", "IntakeQueue")] {
            for id in [dead, id] {
                let mut making = client.create_queue().queue_name(Stack::physical_name(id));
                let properties = self.stack.properties(id);
                for name in [
                    QueueAttributeName::VisibilityTimeout,
                    QueueAttributeName::MessageRetentionPeriod,
                ] {
                    let value = &properties[name.as_str()];
                    making = making.attributes(name, value.to_string());
                }
                if let Some(times) = properties["RedrivePolicy"]["maxReceiveCount"].as_u64() {
                    let target =
                        format!("arn:aws:sqs:{REGION}:123456789012:{}", Stack::physical_name(dead));
                    let policy = json!({"deadLetterTargetArn": target, "maxReceiveCount": times});
                    making =
                        making.attributes(QueueAttributeName::RedrivePolicy, policy.to_string());
                }
                let made = making.send().await.unwrap();
                self.names.insert(id, made.queue_url().unwrap().to_owned());
            }
        }
    }

    async fn make_bus_and_topic(&mut self) {
        let events = aws_sdk_eventbridge::Client::new(&self.config);
        let bus = Stack::physical_name("Bus");
        events.create_event_bus().name(&bus).send().await.unwrap();
        let topics = aws_sdk_sns::Client::new(&self.config);
        let topic =
            topics.create_topic().name(Stack::physical_name("Alarms")).send().await.unwrap();
        self.names.insert("Bus", bus);
        self.names.insert("Alarms", topic.topic_arn().unwrap().to_owned());
    }

    async fn keep_secrets(&self) {
        let client = aws_sdk_ssm::Client::new(&self.config);
        let secrets = [
            ("origin", ORIGIN.to_owned()),
            ("log-key", key().to_text()),
            ("cookie-key", cookie_key()),
        ];
        for (name, value) in secrets {
            let put = client.put_parameter().name(format!("/{STACK}/{name}")).value(value);
            put.r#type(ParameterType::SecureString).send().await.unwrap();
        }
    }

    /// The company's people, as Cognito has them.
    async fn make_people(&mut self) {
        let pool = self.cognito("CreateUserPool", json!({"PoolName": "people"})).await;
        let pool = text(&pool["UserPool"]["Id"]);
        let client = json!({"UserPoolId": pool, "ClientName": "whereabouts",
            "ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]});
        let client = self.cognito("CreateUserPoolClient", client).await;
        self.names.insert("PeopleClient", text(&client["UserPoolClient"]["ClientId"]));
        self.names.insert("People", pool);
    }

    /// Somebody who signs in at Cognito: what that calls them, and their access token.
    pub async fn person(&self, name: &str) -> (String, String) {
        let (pool, client) = (&self.names["People"], &self.names["PeopleClient"]);
        let email = json!([{"Name": "email", "Value": format!("{name}@example.com")}]);
        let user = json!({"UserPoolId": pool, "Username": name, "UserAttributes": email});
        self.cognito("AdminCreateUser", user).await;
        let password = "Four-unrelated-w0rds";
        self.cognito(
            "AdminSetUserPassword",
            json!({"UserPoolId": pool, "Username": name, "Password": password, "Permanent": true}),
        )
        .await;
        let sign_in = json!({"UserPoolId": pool, "ClientId": client,
            "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": name, "PASSWORD": password}});
        let signed_in = self.cognito("AdminInitiateAuth", sign_in).await;
        let token = text(&signed_in["AuthenticationResult"]["AccessToken"]);
        let claims = token.split('.').nth(1).and_then(|it| URL_SAFE_NO_PAD.decode(it).ok());
        let claims: Value = serde_json::from_slice(&claims.unwrap()).unwrap();
        (text(&claims["sub"]), token)
    }

    async fn cognito(&self, action: &str, body: Value) -> Value {
        let scope = format!("key/20260101/{REGION}/cognito-idp/aws4_request");
        let signed =
            format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0");
        let asked = reqwest::Client::new()
            .post(&self.moto_at)
            .header("x-amz-target", format!("AWSCognitoIdentityProviderService.{action}"))
            .header("content-type", "application/x-amz-json-1.1")
            .header("authorization", signed)
            .body(body.to_string());
        let answer = asked.send().await.unwrap();
        assert!(answer.status().is_success(), "{action}: {}", answer.text().await.unwrap());
        serde_json::from_str(&answer.text().await.unwrap()).unwrap_or(Value::Null)
    }

    /// Starts a function with what the template tells it, and no more.
    pub async fn function(&self, binary: &str, id: &str) -> Function {
        Function::start(binary, &self.environment(id)).await
    }

    fn environment(&self, id: &str) -> Vec<(String, String)> {
        let of = |name: &str| self.names.get(name).cloned();
        let told = self.stack.properties(id)["Environment"]["Variables"].as_object();
        let mut all: Vec<(String, String)> = Vec::new();
        for (name, said) in told.unwrap_or_else(|| panic!("{id} is told nothing")) {
            let value = match name.as_str() {
                "WHEREABOUTS_TABLE" => of("Table"),
                "WHEREABOUTS_BLOBS" => of("Blobs"),
                "WHEREABOUTS_LOG_BUCKET" => of("AuditLog"),
                "WHEREABOUTS_FIX_QUEUE" => of("FixQueue"),
                "WHEREABOUTS_BUS" => of("Bus"),
                "WHEREABOUTS_ALARMS" => of("Alarms"),
                "WHEREABOUTS_SECRETS" => Some(format!("/{STACK}")),
                "WHEREABOUTS_OIDC_ISSUER" => {
                    let pool = of("People");
                    pool.map(|it| format!("https://cognito-idp.{REGION}.amazonaws.com/{it}"))
                }
                "WHEREABOUTS_OIDC_CLIENT" => of("PeopleClient"),
                "WHEREABOUTS_OIDC_JWKS" => {
                    let pool = of("People");
                    pool.map(|it| format!("{}/{it}/.well-known/jwks.json", self.moto_at))
                }
                // What CloudFront would call the key.
                "WHEREABOUTS_MAP_KEY" => Some("K2JCJMDEHXQW5F".to_owned()),
                // moto has no AppSync Events: appsync.rs has a server of its own.
                "WHEREABOUTS_APPSYNC" => Some(String::new()),
                _ => None,
            };
            let said = match said {
                Value::String(said) => said.clone(),
                other => other.to_string(),
            };
            all.push((name.clone(), value.unwrap_or(said)));
        }
        // What Lambda itself tells every function, and where the emulators are.
        for (name, value) in [
            ("AWS_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", "key"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_ENDPOINT_URL", &self.moto_at),
            ("AWS_ENDPOINT_URL_DYNAMODB", self.emulator.endpoint()),
            // Nobody outside this machine is asked.
            ("HTTPS_PROXY", "http://127.0.0.1:1"),
            ("NO_PROXY", "127.0.0.1"),
        ] {
            all.push((name.to_owned(), value.to_owned()));
        }
        all
    }

    /// The clients' configuration, as a function has it.
    pub const fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// A bucket as a function reaches it.
    pub fn bucket(&self, id: &str) -> Bucket {
        Bucket {
            name: self.name(id).to_owned(),
            region: REGION.to_owned(),
            endpoint: Some(self.moto_at.clone()),
            credentials: blobs::s3::Credentials {
                key_id: "key".to_owned(),
                secret: "secret".to_owned(),
                token: None,
            },
            now: || SystemClock.now().millis() / 1_000,
        }
    }

    /// The name or address of what stands for a resource.
    pub fn name(&self, id: &str) -> &str {
        &self.names[id]
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// A key of P-256 as PEM.
fn cookie_key() -> String {
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new());
    let text = BASE64_STANDARD.encode(made.unwrap());
    format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n")
}
