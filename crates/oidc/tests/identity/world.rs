//! A whole API in memory that trusts an issuer of ours.

use std::{
    net::{IpAddr, Ipv4Addr},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering::SeqCst},
    },
};

use api::{Api, NoGauges, Outside, Source, front::Front, router};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode},
};
use blobs::ObjectBlobs;
use domain::time::{Millis, Timestamp};
use oidc::{Oidc, Settings};
use serde_json::{Value, json};
use service::{
    Service,
    outside::{Clock, Entropy},
    people::Company,
};
use sha2::{Digest, Sha256};
use table::Memory;
use tower::ServiceExt;

use crate::issuer::{CLIENT, TestIssuer, overlay};

/// A clock that moves when it is told to.
#[derive(Debug)]
pub struct FakeClock(AtomicI64);

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(SeqCst)).expect("a test's time")
    }
}

/// Bytes that nobody guesses, the same in every run.
#[derive(Debug, Default)]
struct FakeEntropy(AtomicU64);

impl Entropy for FakeEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let digest = Sha256::digest(self.0.fetch_add(1, SeqCst).to_be_bytes());
            chunk.copy_from_slice(&digest[..chunk.len()]);
        }
    }
}

pub struct World {
    pub issuer: TestIssuer,
    pub oidc: Oidc,
    pub router: Router,
    pub service: Service,
    pub clock: Arc<FakeClock>,
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        let body = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status.as_u16(), status, "{body}");
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().expect("text"))
    }

    /// What the browser keeps under this name, if it was told anything.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let all = self.headers.get_all("set-cookie").into_iter();
        let mut all = all.map(|it| it.to_str().expect("text"));
        let found = all.find_map(|it| it.strip_prefix(&format!("{name}=")))?;
        for part in ["; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax", "; Max-Age="] {
            assert!(found.contains(part), "{found}");
        }
        found.split(';').next().map(ToOwned::to_owned)
    }
}

impl World {
    pub async fn new() -> Self {
        Self::with("").await
    }

    /// A world with these settings besides.
    pub async fn with(more: &str) -> Self {
        let issuer = TestIssuer::start().await;
        let url = &issuer.0.url;
        let text = format!(
            "issuer = \"{url}\"\nclient_id = \"{CLIENT}\"\nclient_secret = \"p:s s%\"\n\
             public_url = \"https://where.test/\"\nname = \"Example\"\n{more}\n\
             [groups]\nclerks = [\"enter\"]\nbosses = [\"admin\", \"audit\"]\n"
        );
        let settings = Settings::parse(&text).and_then(|it| it.checked(Path::new("")));
        Self::on(issuer, settings.expect("good settings"))
    }

    pub fn on(issuer: TestIssuer, settings: oidc::Checked) -> Self {
        let clock = Arc::new(FakeClock(AtomicI64::new(1_772_355_600_000)));
        let (entropy, blobs) = (Arc::<FakeEntropy>::default(), Arc::new(ObjectBlobs::in_memory()));
        let service = Service::new(Arc::new(Memory::new()), blobs, clock.clone(), entropy.clone());
        let policy = settings.policy.clone();
        let oidc = Oidc::new(settings, clock.clone()).expect("a client");
        service.people().trust(Company { issuer: Arc::new(oidc.clone()), policy });
        let outside = Outside {
            clock: clock.clone(),
            entropy,
            gauges: Arc::new(NoGauges),
            front: Front::default(),
        };
        let router = router(Api::new(service.clone(), outside, api::Settings::default()));
        Self { issuer, oidc, router, service, clock }
    }

    pub fn pass(&self, time: Millis) {
        self.clock.0.fetch_add(time, SeqCst);
    }

    pub fn now_s(&self) -> i64 {
        self.clock.now().millis() / 1000
    }

    /// What a good access token of somebody says.
    pub fn claims(&self, subject: &str, more: &Value) -> Value {
        let now = self.now_s();
        let mut claims = json!({
            "iss": self.issuer.0.url, "sub": subject, "aud": CLIENT, "scope": "openid",
            "iat": now, "nbf": now, "exp": now + 600,
        });
        overlay(&mut claims, more);
        claims
    }

    /// A good access token of somebody.
    pub fn token(&self, subject: &str, more: &Value) -> String {
        self.issuer.token("one", &json!({}), &self.claims(subject, more))
    }

    /// What a good ID token of somebody says, but for the nonce.
    pub fn id_claims(&self, subject: &str, more: &Value) -> Value {
        let id = json!({ "scope": null, "email": format!("{subject}@example.com"), "email_verified": true });
        let mut claims = self.claims(subject, &id);
        overlay(&mut claims, more);
        claims
    }

    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        request.extensions_mut().insert(Source(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7))));
        let response = self.router.clone().oneshot(request).await.expect("it always answers");
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a body in memory").to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Value,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "where.test");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.header("content-type", "application/json");
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.send(request.body(body).expect("a request")).await
    }

    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask(Method::GET, path, headers, Value::Null).await
    }

    pub async fn as_bearer(&self, token: &str, path: &str) -> Answer {
        self.get(path, &[("authorization", &format!("Bearer {token}"))]).await
    }
}
