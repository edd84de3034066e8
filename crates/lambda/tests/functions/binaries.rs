//! The built functions, each a process as Lambda runs it, around emulators made from the
//! template: a request comes by the API's gateway, streams and queues hand over what
//! follows, and the log is good.

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    time::Duration,
};

use audit::{
    log::LogFiles,
    verify::{Against, verify},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use blobs::ObjectBlobs;
use host::{SystemClock, SystemEntropy};
use lambda::{BatchFailures, Routed};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::SliceRandom};
use serde_json::{Value, json};
use service::{
    Service,
    outside::Clock,
    people::{Caller, NewToken, NewUser, Permissions},
    record::Attribution,
};
use stack::unavailable;
use table::Table;

use crate::{
    cloud::{Cloud, ORIGIN},
    company::key,
    runtime::Function,
    sources::StreamSource,
};

/// An answer of the API's function.
struct Answer {
    status: u64,
    cookies: Vec<String>,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    fn expect(self, status: u64) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }
}

/// What a request of somebody brings.
fn headers_of(token: &str) -> Value {
    json!({
        "authorization": format!("Bearer {token}"),
        "content-type": "application/json",
        "host": "example.execute-api.us-east-1.amazonaws.com",
        "x-whereabouts-origin": ORIGIN,
        "x-forwarded-for": "198.51.100.7, 130.176.0.1",
    })
}

async fn ask(api: &Function, token: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
    ask_by(api, headers_of(token), method, path, body).await
}

/// A request as the API's gateway hands it over.
async fn ask_by(
    api: &Function,
    headers: Value,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> Answer {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "example",
            "domainName": "example.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": "example",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "130.176.0.1",
                "userAgent": "test",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": "$default",
            "time": "02/Mar/2026:00:00:00 +0000",
            "timeEpoch": 1_772_409_600_000_i64,
        },
        "body": body.map(|it| it.to_string()),
        "isBase64Encoded": false,
    });
    let answer = api.invoke(event).await.expect("an answer, not an error");
    let text = answer["body"].as_str().unwrap_or_default();
    let body = match answer["isBase64Encoded"].as_bool() {
        Some(true) => BASE64_STANDARD.decode(text).unwrap(),
        _ => text.as_bytes().to_vec(),
    };
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let cookies = answer["cookies"].as_array().into_iter().flatten().map(text).collect();
    Answer { status: answer["statusCode"].as_u64().unwrap(), cookies, body }
}

/// The functions of one deployment, and what hands over to them.
struct Deployed {
    cloud: Cloud,
    api: Function,
    fixes: Function,
    projector: Function,
    sequencer: Function,
    stream: [StreamSource; 2],
    token: String,
}

impl Deployed {
    async fn start() -> Option<Self> {
        let cloud = match Cloud::start().await {
            Ok(cloud) => cloud,
            Err(why) => {
                unavailable("the built functions", &why);
                return None;
            }
        };
        let table: Arc<dyn Table> = Arc::new(cloud.table());
        let admin = administrator(Arc::clone(&table)).await;
        let (subject, token) = cloud.person("ada").await;
        let (api, fixes, projector, sequencer) = tokio::join!(
            cloud.function(env!("CARGO_BIN_EXE_api"), "ApiFunction"),
            cloud.function(env!("CARGO_BIN_EXE_fixes"), "FixesFunction"),
            cloud.function(env!("CARGO_BIN_EXE_projector"), "ProjectorFunction"),
            cloud.function(env!("CARGO_BIN_EXE_sequencer"), "SequencerFunction"),
        );
        // Everybody of the company may look; she may do more.
        let all = json!(["track", "enter", "manage", "audit", "admin"]);
        let user = json!({"name": "ada", "subject": subject, "permissions": all});
        let (_, other) = cloud.person("bob").await;
        ask(&api, &other, "GET", "/v1/packages", None).await.expect(200);
        ask(&api, &other, "POST", "/v1/packages", Some(json!({}))).await.expect(403);
        ask(&api, &admin, "POST", "/v1/users", Some(user)).await.expect(201);
        let stream = [StreamSource::new(Arc::clone(&table)), StreamSource::new(Arc::clone(&table))];
        Some(Self { cloud, api, fixes, projector, sequencer, stream, token })
    }

    async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        ask(&self.api, &self.token, method, path, body).await
    }

    /// Registers something, and gives its id.
    async fn made(&self, path: &str, body: Value) -> String {
        let answer = self.ask("POST", path, Some(body)).await.expect(201).json();
        answer["id"].as_str().unwrap().to_owned()
    }

    /// What waits in the queue of fixes, as its event source hands it over.
    async fn deliver_fixes(&mut self, random: &mut StdRng, trouble: bool) -> bool {
        let client = aws_sdk_sqs::Client::new(self.cloud.config());
        let url = self.cloud.name("FixQueue").to_owned();
        // Nothing is hidden from the next one who asks, so that much comes twice.
        let received = client.receive_message().queue_url(&url).max_number_of_messages(10);
        let received = received.visibility_timeout(0).send().await.unwrap();
        let mut messages = received.messages.unwrap_or_default();
        if messages.is_empty() {
            return false;
        }
        messages.shuffle(random);
        let records: Vec<Value> = messages
            .iter()
            .map(|it| json!({"messageId": it.message_id(), "body": it.body()}))
            .collect();
        let dies = trouble && random.random_bool(0.3);
        let answer = self.invoke(Which::Fixes, json!({"Records": records}), dies, random).await;
        let Some(answer) = answer else { return true };
        assert_eq!(answer["batchItemFailures"], json!([]));
        if trouble && random.random_bool(0.2) {
            return true;
        }
        for message in messages {
            let handle = message.receipt_handle().unwrap();
            client.delete_message().queue_url(&url).receipt_handle(handle).send().await.unwrap();
        }
        true
    }

    /// What the stream says, as its event source hands it over to one of its readers.
    async fn deliver_stream(&mut self, which: Which, random: &mut StdRng, trouble: bool) -> bool {
        let source = usize::from(which == Which::Sequencer);
        let Some(batch) = self.stream[source].next(random).await else { return false };
        let dies = trouble && random.random_bool(0.3);
        let event = json!({"Records": batch.event.records});
        let answer = self.invoke(which, event, dies, random).await;
        let Some(answer) = answer else { return true };
        assert_eq!(answer["batchItemFailures"], json!([]));
        if !(trouble && random.random_bool(0.2)) {
            self.stream[source].answered(&batch, &BatchFailures::default());
        }
        true
    }

    /// Hands an event over; nothing if the process is killed meanwhile, and another one
    /// begins in its place.
    async fn invoke(
        &mut self,
        which: Which,
        event: Value,
        dies: bool,
        random: &mut StdRng,
    ) -> Option<Value> {
        let function = match which {
            Which::Fixes => &mut self.fixes,
            Which::Projector => &mut self.projector,
            Which::Sequencer => &mut self.sequencer,
        };
        if !dies {
            return Some(function.invoke(event).await.unwrap());
        }
        let soon = Duration::from_millis(random.random_range(1..60));
        let answer = tokio::time::timeout(soon, function.invoke(event)).await;
        function.kill();
        let (binary, id) = match which {
            Which::Fixes => (env!("CARGO_BIN_EXE_fixes"), "FixesFunction"),
            Which::Projector => (env!("CARGO_BIN_EXE_projector"), "ProjectorFunction"),
            Which::Sequencer => (env!("CARGO_BIN_EXE_sequencer"), "SequencerFunction"),
        };
        *function = self.cloud.function(binary, id).await;
        answer.ok().map(Result::unwrap)
    }

    /// Hands over everything there is.
    async fn settle(&mut self, random: &mut StdRng) {
        let mut quiet = false;
        while !quiet {
            quiet = !self.deliver_fixes(random, false).await;
            for which in [Which::Projector, Which::Sequencer] {
                quiet &= !self.deliver_stream(which, random, false).await;
            }
        }
    }

    fn blobs(&self) -> Arc<Routed> {
        let bucket = |id: &str| ObjectBlobs::in_bucket(self.cloud.bucket(id)).unwrap();
        Arc::new(Routed { blobs: bucket("Blobs"), log: bucket("AuditLog") })
    }

    /// A process of another kind on the same store, which may read the stream.
    fn local(&self) -> Service {
        let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
        Service::new(Arc::new(self.cloud.table()), self.blobs(), clock, entropy)
    }

    /// How many chunks there are, and how many batches they keep.
    async fn chunks(&self) -> (usize, usize) {
        let service = self.local();
        let (chunks, mut batches) = (service.chunks().await.unwrap(), 0);
        for row in &chunks {
            batches += service.chunk(row).await.unwrap().len();
        }
        (chunks.len(), batches)
    }

    /// The log as it lies in its buckets: how many entries it has, and all is good.
    async fn good_log(&self) -> u64 {
        let (files, key) = (LogFiles::new(self.blobs()), key());
        let against = Against { key: key.public(), since: None };
        let report = verify(&files, against, &mut |_, _| ()).await.unwrap();
        assert_eq!(report.faults, []);
        report.entries
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Fixes,
    Projector,
    Sequencer,
}

/// Somebody who may do everything, and their token.
async fn administrator(table: Arc<dyn Table>) -> String {
    let blobs = Arc::new(ObjectBlobs::in_memory());
    let service = Service::new(table, blobs, Arc::new(SystemClock), Arc::new(SystemEntropy));
    let people = service.people();
    let by = Attribution { actor: "test".to_owned(), source: "test".to_owned() };
    let new = NewUser {
        id: None,
        name: "ana".to_owned(),
        display_name: String::new(),
        email: None,
        email_verified: false,
        permissions: Permissions::ALL,
        password: None,
        subject: None,
    };
    let user = people.create_user(&by, new).await.unwrap();
    let link = people.issue_link(&by, user.id).await.unwrap();
    let source = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let caller = Caller { source, label: "test", previous: None };
    let session = people.follow_link(link.reveal(), caller).await.unwrap();
    let permissions = Permissions::ALL;
    let token = NewToken { name: "test".to_owned(), permissions, expires_at: None };
    people.issue_token(&session.principal, token).await.unwrap().0.reveal().to_owned()
}

fn facility(name: &str, lat: f64, lon: f64) -> Value {
    let position = json!({"lat": lat, "lon": lon});
    json!({"kind": "facility", "name": name, "position": position, "radius_m": 300})
}

fn now() -> String {
    let now = jiff::Timestamp::from_millisecond(SystemClock.now().millis()).unwrap();
    format!("{now:.3}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_goes_through_the_built_functions() {
    let Some(mut deployed) = Deployed::start().await else { return };
    let mut random = StdRng::seed_from_u64(depth::seed());
    let hub = deployed.made("/v1/places", facility("Hub", 50.03, 8.57)).await;
    let lorry = deployed.made("/v1/containers", json!({"kind": "truck", "name": "Lorry 7"})).await;
    let references = json!([{"scheme": "carrier:ups", "value": "1Z 999 AA1 01 2345 6784"}]);
    let body = json!({"origin": hub, "references": references, "description": "27-inch monitor"});
    let package = deployed.made("/v1/packages", body).await;
    let events = format!("/v1/packages/{package}/events");
    let scanned = json!({"kind": "scanned", "happened_at": now(), "place": hub});
    deployed.ask("POST", &events, Some(scanned)).await.expect(201);
    let at = format!("/v1/packages/{package}/whereabouts");
    let here = deployed.ask("GET", &at, None).await.expect(200).json();
    assert!((here["lat"].as_f64().unwrap() - 50.03).abs() < 0.01, "{here}");

    // On a lorry with a tracker, it is where that is measured.
    let tracker = deployed.made("/v1/trackers", json!({"name": "Tag 1"})).await;
    let attached = json!({"kind": "tracker_attached", "happened_at": now(), "tracker": tracker});
    let of_lorry = format!("/v1/containers/{lorry}/events");
    deployed.ask("POST", &of_lorry, Some(attached)).await.expect(201);
    let holder = json!({"container": lorry});
    let joined = json!({"kind": "joined", "happened_at": now(), "holder": holder});
    deployed.ask("POST", &events, Some(joined)).await.expect(201);
    let position = json!({"lat": 49.5, "lon": 8.4, "height_m": 100, "datum": "ellipsoid"});
    let fix = json!({"tracker": tracker, "at": now(), "radius_95_m": 8, "position": position});
    deployed.ask("POST", "/v1/fixes", Some(json!({"fixes": [fix]}))).await.expect(202);
    deployed.settle(&mut random).await;
    let here = deployed.ask("GET", &at, None).await.expect(200).json();
    assert!((here["lat"].as_f64().unwrap() - 49.5).abs() < 0.01, "{here}");

    // What follows from it, and the log.
    let found = deployed.ask("GET", "/v1/packages?q=6784", None).await.expect(200).json();
    assert_eq!(found["packages"][0]["id"], json!(package), "{found}");
    let map = deployed.ask("GET", "/v1/map/0/0/0", None).await.expect(200);
    assert!(!map.body.is_empty());
    let audited = deployed.ask("GET", &format!("/v1/audit/packages/{package}"), None).await;
    let audited = audited.expect(200).json();
    assert!(!audited["entries"].as_array().unwrap().is_empty(), "{audited}");
    deployed.settle(&mut random).await;
    let entries = deployed.good_log().await;
    assert!(8 <= entries, "{entries}");

    // What another system says on the bus is recorded, once; what makes no sense fails alone.
    let intake = deployed.cloud.function(env!("CARGO_BIN_EXE_intake"), "IntakeFunction").await;
    let said = json!({"subject": package, "event": {"kind": "delivered", "happened_at": now(), "place": hub}});
    let detail = json!({"source": "wms", "id": "m-1", "drafts": [said]});
    let event = json!({"version": "0", "id": "e-1", "detail-type": "whereabouts.intake.v1",
        "source": "wms", "time": now(), "region": "us-east-1", "detail": detail});
    let good = json!({"messageId": "1", "body": event.to_string()});
    let bad = json!({"messageId": "2", "body": "{\"detail\": {\"source\": 7}}"});
    for _ in 0..2 {
        let failed = intake.invoke(json!({"Records": [bad, good]})).await.unwrap();
        assert_eq!(failed, json!({"batchItemFailures": [{"itemIdentifier": "2"}]}));
    }
    let read = deployed.ask("GET", &format!("/v1/packages/{package}"), None).await;
    assert_eq!(read.expect(200).json()["status"], "delivered");
    deployed.settle(&mut random).await;
    let system = deployed.ask("GET", "/v1/system", None).await.expect(200).json();
    assert_eq!(system["outgoing"]["waiting"]["count"], 0, "the bus took all: {system}");
    deployed.ask("GET", "/v1/live", None).await.expect(501);

    // Who goes around the distribution, or is nobody, is not let in.
    let nobody = ask(&deployed.api, "nobody", "GET", "/v1/packages", None).await;
    assert_eq!(nobody.status, 401);
    let around = json!({"version": "2.0", "rawPath": "/v1/packages", "rawQueryString": "",
        "headers": {"authorization": format!("Bearer {}", deployed.token)},
        "requestContext": {"http": {"method": "GET", "path": "/v1/packages"}}});
    assert_eq!(deployed.api.invoke(around).await.unwrap()["statusCode"], 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_stands_in_front_of_the_built_api_answers_in_its_place() {
    let Some(deployed) = Deployed::start().await else { return };
    // A pass for tiles, which the distribution checks; it says so behind its secret.
    let given = deployed.ask("POST", "/v1/live/ticket", None).await.expect(200);
    assert_eq!(given.json()["tiles"], true);
    let names: Vec<_> = given.cookies.iter().filter_map(|it| it.split('=').next()).collect();
    let all = ["Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm"];
    assert_eq!(names, all.map(|it| format!("CloudFront-{it}")));
    let passed = async |path: &str| {
        let headers = json!({"x-whereabouts-origin": format!("{ORIGIN}/passed")});
        ask_by(&deployed.api, headers, "GET", path, None).await.status
    };
    assert_eq!(passed("/v1/map/0/0/0").await, 200);
    assert_eq!(passed("/v1/packages").await, 401);
    let forged = json!({"x-whereabouts-origin": "made up/passed"});
    ask_by(&deployed.api, forged, "GET", "/v1/map/0/0/0", None).await.expect(403);

    // A photo is posted to where photos are kept, and taken from there.
    let package = deployed.made("/v1/packages", json!({})).await;
    let offered = deployed.ask("POST", "/v1/photos/uploads", None).await.expect(200).json();
    let upload = offered["upload"].as_str().unwrap();
    let mut headers = headers_of(&deployed.token);
    headers["content-type"] = json!("image/png");
    let path = format!("/v1/packages/{package}/photos?uploaded={upload}");
    let take = async || ask_by(&deployed.api, headers.clone(), "POST", &path, None).await;
    take().await.expect(404);
    post_form(&offered, &pixel()).await;
    let photo = take().await.expect(201).json();
    assert_eq!(
        (photo["photo"]["width"].as_u64(), photo["photo"]["height"].as_u64()),
        (Some(1), Some(1))
    );
    take().await.expect(404);
    let shown = format!("/v1/packages/{package}/photos/{}", photo["photo"]["id"].as_str().unwrap());
    deployed.ask("GET", &shown, None).await.expect(200);
}

/// A picture of one pixel.
fn pixel() -> Vec<u8> {
    let text = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    BASE64_STANDARD.decode(text).unwrap()
}

/// Posts a file as a browser does.
async fn post_form(offered: &Value, file: &[u8]) {
    let mut body = Vec::new();
    for field in offered["fields"].as_array().unwrap() {
        let (name, value) = (field["name"].as_str().unwrap(), field["value"].as_str().unwrap());
        let part =
            format!("--part\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    body.extend(
        b"--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n",
    );
    body.extend([file, b"\r\n--part--\r\n"].concat());
    let asked = reqwest::Client::new()
        .post(offered["url"].as_str().unwrap())
        .header("content-type", "multipart/form-data; boundary=part")
        .body(body);
    let answer = asked.send().await.unwrap();
    assert!(answer.status().is_success(), "{}: {:?}", answer.status(), answer.text().await);
}

/// Processes are killed in the middle of what they do, answers get lost, messages come
/// twice and in any order: what was accepted is logged and derived, once.
#[tokio::test(flavor = "multi_thread")]
async fn built_functions_that_are_killed_lose_nothing_and_do_nothing_twice() {
    let Some(mut deployed) = Deployed::start().await else { return };
    let seeds = if depth::is_soak() { 100 } else { 10 };
    let (mut accepted, mut measured) = (0, 0);
    let hub = deployed.made("/v1/places", facility("Hub", 50.03, 8.57)).await;
    let tracker = deployed.made("/v1/trackers", json!({"name": "Tag 1"})).await;
    for seed in (0..seeds).map(|it| depth::seed().wrapping_add(it)) {
        let mut random = StdRng::seed_from_u64(seed);
        let package = deployed.made("/v1/packages", json!({"origin": hub})).await;
        let events = format!("/v1/packages/{package}/events");
        let mut said = 1;
        for _ in 0..12 {
            if random.random_bool(0.6) {
                let scanned = json!({"kind": "scanned", "happened_at": now(), "place": hub});
                deployed.ask("POST", &events, Some(scanned)).await.expect(201);
                said += 1;
            } else {
                let lat = 49.0 + random.random_range(0.0..0.01);
                let position = json!({"lat": lat, "lon": 8.4});
                let fix = json!({"tracker": tracker, "at": now(), "radius_95_m": 8, "position": position});
                deployed.ask("POST", "/v1/fixes", Some(json!({"fixes": [fix]}))).await.expect(202);
                measured += 1;
            }
            match random.random_range(0..3) {
                0 => deployed.deliver_fixes(&mut random, true).await,
                1 => deployed.deliver_stream(Which::Projector, &mut random, true).await,
                _ => deployed.deliver_stream(Which::Sequencer, &mut random, true).await,
            };
        }
        deployed.settle(&mut random).await;
        let history = format!("/v1/packages/{package}/history?order=oldest&limit=500");
        let history = deployed.ask("GET", &history, None).await.expect(200).json();
        assert_eq!(history["events"].as_array().unwrap().len(), said, "seed {seed}");
        let audited = format!("/v1/audit/packages/{package}");
        let audited = deployed.ask("GET", &audited, None).await.expect(200).json();
        let logged = audited["entries"].as_array().unwrap();
        let indices: BTreeSet<u64> = logged.iter().filter_map(|it| it["index"].as_u64()).collect();
        assert_eq!(indices.len(), said, "seed {seed}: {audited}");
        accepted += said;
    }
    deployed.settle(&mut StdRng::seed_from_u64(0)).await;
    let (chunks, kept) = deployed.chunks().await;
    assert_eq!(kept, measured, "every batch of fixes is kept once");
    let entries = deployed.good_log().await;
    println!(
        "{seeds} seeds: {accepted} events, {measured} batches in {chunks} chunks, {entries} entries"
    );
    let rebuilt = deployed.local().rebuild(|_| ()).await.unwrap();
    let repairs = (rebuilt.heads_repaired, rebuilt.rows_written, rebuilt.rows_removed);
    assert_eq!(repairs, (0, 0, 0), "making everything anew found something to repair");
}

/// How long a function takes from the start of its process until it asks for its first
/// event: printed, not judged.
#[tokio::test(flavor = "multi_thread")]
async fn how_long_functions_take_to_start() {
    let cloud = match Cloud::start().await {
        Ok(cloud) => cloud,
        Err(why) => return unavailable("how long functions take to start", &why),
    };
    let times = if depth::is_soak() { 20 } else { 3 };
    for (binary, id) in [
        (env!("CARGO_BIN_EXE_api"), "ApiFunction"),
        (env!("CARGO_BIN_EXE_fixes"), "FixesFunction"),
        (env!("CARGO_BIN_EXE_intake"), "IntakeFunction"),
        (env!("CARGO_BIN_EXE_projector"), "ProjectorFunction"),
        (env!("CARGO_BIN_EXE_sequencer"), "SequencerFunction"),
        (env!("CARGO_BIN_EXE_compactor"), "CompactorFunction"),
        (env!("CARGO_BIN_EXE_scheduler"), "SchedulerFunction"),
        (env!("CARGO_BIN_EXE_pre-sign-up"), "PreSignUpFunction"),
    ] {
        let mut took = Vec::new();
        for _ in 0..times {
            took.push(cloud.function(binary, id).await.started_in);
        }
        took.sort();
        println!("{id}: median of {times} {:?}", took[times / 2]);
    }
}
