//! Any text as the body of a request that records something, as a message of a bus, as a
//! cursor and as an instant, against a whole API in memory: it is never our mistake.

#![no_main]

use std::{cell::RefCell, net::IpAddr, sync::Arc};

use api::{Api, NoGauges, Outside, Settings, Source, router};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use blobs::ObjectBlobs;
use domain::time::Timestamp;
use libfuzzer_sys::fuzz_target;
use service::{
    Service,
    outside::{Clock, Entropy},
};
use table::Memory;
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// 2026-03-01T09:00:00Z.
const NOW: i64 = 1_772_355_600_000;
/// What is recorded stays in memory, so a world ends after so many requests.
const REQUESTS_MAX: u32 = 2_000;

const BODIES: [&str; 6] = [
    "/v1/packages",
    "/v1/containers",
    "/v1/places",
    "/v1/clients",
    "/v1/events",
    "/v1/packages/PACKAGE/events",
];
const QUERIES: [&str; 5] = [
    "/v1/packages?cursor=",
    "/v1/packages/PACKAGE/history?cursor=",
    "/v1/packages/PACKAGE/whereabouts?at=",
    "/v1/packages?q=",
    "/v1/packages/",
];

fuzz_target!(|text: &str| {
    thread_local!(static WORLD: RefCell<World> = RefCell::new(World::new()));
    WORLD.with_borrow_mut(|world| {
        if world.asked > REQUESTS_MAX {
            *world = World::new();
        }
        let Some((number, rest)) = text.split_at_checked(1) else { return };
        let number = usize::from(number.as_bytes()[0]);
        match BODIES.get(number % (BODIES.len() + 2)) {
            Some(path) => drop(world.ask("POST", path, rest)),
            None if number % (BODIES.len() + 2) == BODIES.len() => world.take_in(rest),
            None => {
                let (number, rest) = rest.split_at_checked(1).unwrap_or(("0", rest));
                let path = QUERIES[usize::from(number.as_bytes()[0]) % QUERIES.len()];
                drop(world.ask("GET", &format!("{path}{}", escaped(rest)), ""));
            }
        };
    });
});

struct World {
    runtime: Runtime,
    api: Api,
    router: Router,
    key: String,
    package: String,
    asked: u32,
}

impl World {
    fn new() -> Self {
        let (clock, entropy) = (Arc::new(Still), Arc::new(Plain));
        let blobs = Arc::new(ObjectBlobs::in_memory());
        let service = Service::new(Arc::new(Memory::new()), blobs, clock.clone(), entropy.clone());
        let key = service.people().operator_key(&[7; 32]);
        let outside = Outside { clock, entropy, gauges: Arc::new(NoGauges) };
        let api = Api::new(service, outside, Settings::default());
        let router = router(api.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let runtime = runtime.expect("a thread can run a runtime");
        let mut world = Self { runtime, api, router, key, package: String::new(), asked: 0 };
        let (status, made) = world.ask("POST", "/v1/packages", r#"{"description": "A box"}"#);
        assert_eq!(status, StatusCode::CREATED, "{made}");
        let made: serde_json::Value = serde_json::from_str(&made).expect("answers are JSON");
        world.package = made["id"].as_str().expect("it has an id").to_owned();
        world
    }

    /// As a message of a bus: it is taken, or says where it is wrong.
    fn take_in(&mut self, text: &str) {
        self.asked += 1;
        if let Err(why) = self.runtime.block_on(self.api.take_in_event(text.as_bytes())) {
            assert!(!why.again && !why.errors.is_empty(), "{why}");
        }
    }

    fn ask(&mut self, method: &str, path: &str, body: &str) -> (StatusCode, String) {
        self.asked += 1;
        let request = Request::builder()
            .method(method)
            .uri(path.replace("PACKAGE", &self.package))
            .header("authorization", format!("Bearer {}", self.key))
            .header("content-type", "application/json")
            .extension(Source(IpAddr::from([127, 0, 0, 1])))
            .body(Body::from(body.to_owned()))
            .expect("escaped paths are paths");
        let (status, body) = self.runtime.block_on(async {
            let answer = self.router.clone().oneshot(request).await.expect("it always answers");
            let status = answer.status();
            let body = to_bytes(answer.into_body(), usize::MAX).await.expect("a body in memory");
            (status, String::from_utf8_lossy(&body).into_owned())
        });
        assert!(!status.is_server_error(), "{status}: {body}");
        assert_ne!(status, StatusCode::UNAUTHORIZED, "nothing would be reached");
        (status, body)
    }
}

fn escaped(text: &str) -> String {
    text.bytes().map(|it| format!("%{it:02X}")).collect()
}

#[derive(Debug)]
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(NOW).expect("a year that is known")
    }
}

#[derive(Debug)]
struct Plain;

impl Entropy for Plain {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}
