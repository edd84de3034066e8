//! A whole API in memory, and people who use it.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};

use api::{Api, Basemap, NoGauges, Outside, Settings, Source, front::Front, router};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header::CONTENT_TYPE},
};
use blobs::ObjectBlobs;
use domain::time::Timestamp;
use serde_json::Value;
use service::{
    Service,
    live::ticket::TicketKey,
    outside::{Clock, Entropy},
    people::{Caller, NewToken, NewUser, Permission, Permissions},
    projector::Projector,
    record::Attribution,
};
use sha2::{Digest, Sha256};
use table::{Memory, Table};
use tower::ServiceExt;

/// 2026-03-01T09:00:00Z.
pub const START: i64 = 1_772_355_600_000;

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
pub struct FakeEntropy(AtomicU64);

impl Entropy for FakeEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let number = self.0.fetch_add(1, SeqCst);
            let digest = Sha256::digest(number.to_be_bytes());
            chunk.copy_from_slice(&digest[..chunk.len()]);
        }
    }
}

/// A whole API.
pub struct World {
    pub router: Router,
    pub service: Service,
    pub table: Arc<dyn Table>,
    pub clock: Arc<FakeClock>,
}

/// What tickets to watch are signed with, where they are.
pub fn ticket_key() -> TicketKey {
    TicketKey::new([3; 32])
}

/// Somebody, by what they send.
#[derive(Clone, Debug)]
pub enum Asker {
    Nobody,
    Token(String),
    Session(String),
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&self.body)))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().expect("text"))
    }

    /// The pointers and codes of a problem.
    pub fn faults(&self) -> Vec<(String, String)> {
        let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
        let errors = self.json()["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|it| (text(&it["pointer"]), text(&it["code"]))).collect()
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        let body = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status.as_u16(), status, "{}", body.chars().take(1500).collect::<String>());
        self
    }
}

impl World {
    pub fn new() -> Self {
        Self::with(Arc::new(Memory::new()), Settings::default())
    }

    pub fn with(table: Arc<dyn Table>, settings: Settings) -> Self {
        let clock = Arc::new(FakeClock(AtomicI64::new(START)));
        let entropy = Arc::new(FakeEntropy::default());
        let blobs = Arc::new(ObjectBlobs::in_memory());
        let service = Service::new(table.clone(), blobs, clock.clone(), entropy.clone());
        let (clock_too, gauges, front) = (clock.clone(), Arc::new(NoGauges), Front::default());
        let outside = Outside { clock: clock_too, entropy, gauges, front };
        let router = router(Api::new(service.clone(), outside, settings));
        Self { router, service, table, clock }
    }

    /// Somebody else publishes news from now on, and lets in who shows a ticket.
    pub fn publishes_news(&mut self) {
        self.has(|it| it.with_ticket_key(ticket_key()));
    }

    /// The installation has something more from now on.
    pub fn has(&mut self, with: impl FnOnce(Service) -> Service) {
        self.service = with(self.service.clone());
        self.stands_behind(Front::default());
    }

    /// Others answer in its place from now on.
    pub fn stands_behind(&mut self, front: Front) {
        let service = self.service.clone();
        let (clock, entropy) = (self.clock.clone(), Arc::new(FakeEntropy::default()));
        let outside = Outside { clock, entropy, gauges: Arc::new(NoGauges), front };
        self.router = router(Api::new(service, outside, Settings::default()));
    }

    /// Maps show another basemap from now on.
    pub fn shows(&mut self, basemap: Basemap) {
        let (clock, entropy) = (self.clock.clone(), Arc::new(FakeEntropy::default()));
        let front = Front::default();
        let outside = Outside { clock, entropy, gauges: Arc::new(NoGauges), front };
        let api = Api::new(self.service.clone(), outside, Settings::default());
        self.router = router(api.with_basemap(basemap));
    }

    pub fn pass(&self, time: Duration) {
        self.clock.0.fetch_add(i64::try_from(time.as_millis()).expect("a short time"), SeqCst);
    }

    /// Lets what follows from recorded events become true.
    pub async fn settle(&self) {
        Projector::new(self.service.clone()).catch_up().await.expect("memory answers");
    }

    /// A person in a browser who may do these things.
    pub async fn person(&self, permissions: &[Permission]) -> Asker {
        let (session, _) = self.employee(permissions).await;
        Asker::Session(session)
    }

    /// A program of a person who may do these things.
    pub async fn program(&self, permissions: &[Permission]) -> Asker {
        let (_, token) = self.employee(permissions).await;
        Asker::Token(token)
    }

    async fn employee(&self, permissions: &[Permission]) -> (String, String) {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let by = Attribution { actor: "test".to_owned(), source: "test".to_owned() };
        let people = self.service.people();
        let permissions: Permissions = permissions.iter().copied().collect();
        let new = NewUser {
            id: None,
            name: format!("person{}", COUNT.fetch_add(1, SeqCst)),
            display_name: String::new(),
            email: None,
            email_verified: false,
            permissions,
            password: None,
            subject: None,
        };
        let user = people.create_user(&by, new).await.expect("a new account");
        let link = people.issue_link(&by, user.id).await.expect("a link");
        let source = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let caller = Caller { source, label: "test", previous: None };
        let session = people.follow_link(link.reveal(), caller).await.expect("a session");
        let token = NewToken { name: "test".to_owned(), permissions, expires_at: None };
        let (token, _) = people.issue_token(&session.principal, token).await.expect("a token");
        (session.secret.reveal().to_owned(), token.reveal().to_owned())
    }

    /// Sends a request as it stands.
    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        request.extensions_mut().insert(Source(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7))));
        let response = self.router.clone().oneshot(request).await.expect("it always answers");
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a body in memory").to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn get(&self, who: &Asker, path: &str) -> Answer {
        self.get_with(who, path, &[]).await
    }

    pub async fn get_with(&self, who: &Asker, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = request(Method::GET, path, who, headers);
        self.send(request.body(Body::empty()).expect("a request")).await
    }

    pub async fn post(&self, who: &Asker, path: &str, body: &Value) -> Answer {
        self.json(Method::POST, who, path, body, &[]).await
    }

    pub async fn json(
        &self,
        method: Method,
        who: &Asker,
        path: &str,
        body: &Value,
        headers: &[(&str, &str)],
    ) -> Answer {
        self.raw(method, who, path, body.to_string(), "application/json", headers).await
    }

    pub async fn raw(
        &self,
        method: Method,
        who: &Asker,
        path: &str,
        body: impl Into<Body>,
        media: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let request = request(method, path, who, headers).header(CONTENT_TYPE, media);
        self.send(request.body(body.into()).expect("a request")).await
    }

    /// Registers a package and gives its id.
    pub async fn package(&self, who: &Asker, body: &Value) -> String {
        let answer = self.post(who, "/v1/packages", body).await.expect(201);
        answer.json()["id"].as_str().expect("an id").to_owned()
    }

    /// Registers something and gives its id.
    pub async fn made(&self, who: &Asker, path: &str, body: &Value) -> String {
        self.post(who, path, body).await.expect(201).json()["id"]
            .as_str()
            .expect("an id")
            .to_owned()
    }
}

/// A request with what proves who asks, as a browser or a program sends it.
pub fn request(
    method: Method,
    path: &str,
    who: &Asker,
    headers: &[(&str, &str)],
) -> axum::http::request::Builder {
    let mut request = Request::builder().method(method).uri(path).header("host", "where.test");
    match who {
        Asker::Nobody => (),
        Asker::Token(token) => request = request.header("authorization", format!("Bearer {token}")),
        Asker::Session(session) => {
            request = request
                .header("cookie", format!("theme=dark; __Host-session={session}"))
                .header("sec-fetch-site", "same-origin");
        }
    }
    headers.iter().fold(request, |it, (name, value)| it.header(*name, *value))
}
