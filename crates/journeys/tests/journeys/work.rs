//! What people do all day, over HTTP, and what they were told.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use journeys::{
    http::{Answer, Connection},
    server::Server,
};
use serde_json::{Value, json};
use tokio::time::sleep;

/// The events of each subject that were acknowledged: number and hash of the leaf.
type Subjects = BTreeMap<String, BTreeMap<String, (u64, String)>>;

/// What was acknowledged, by everybody.
#[derive(Clone, Default)]
pub struct Ledger(Arc<Mutex<Book>>);

#[derive(Default)]
struct Book {
    subjects: Subjects,
    /// How often each kind of work was acknowledged.
    done: BTreeMap<&'static str, usize>,
    sessions: Vec<String>,
    /// Subjects that were spoken of since they were looked up last.
    unchecked: Vec<String>,
}

impl Ledger {
    /// Everything.
    pub fn all(&self) -> Subjects {
        self.book().subjects.clone()
    }

    /// How many events were acknowledged.
    pub fn events(&self) -> usize {
        self.book().subjects.values().map(BTreeMap::len).sum()
    }

    /// How often each kind of work was acknowledged.
    pub fn done(&self) -> BTreeMap<&'static str, usize> {
        self.book().done.clone()
    }

    /// Remembers what an answer acknowledges: every receipt in it.
    pub fn note(&self, kind: &'static str, answer: &Value) {
        let mut receipts = Vec::new();
        find_receipts(answer, &mut receipts);
        assert!(!receipts.is_empty(), "{kind}: no receipt in {answer}");
        let mut book = self.book();
        *book.done.entry(kind).or_default() += 1;
        for receipt in receipts {
            let text = |name: &str| receipt[name].as_str().unwrap_or_default().to_owned();
            let told = (receipt["seq"].as_u64().unwrap_or_default(), text("leaf"));
            let subject = text("subject");
            let events = book.subjects.entry(subject.clone()).or_default();
            let before = events.insert(text("event"), told.clone());
            assert!(before.is_none_or(|it| it == told), "{kind}: two receipts differ: {receipt}");
            book.unchecked.push(subject);
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().expect("nobody panicked")
    }

    /// Looks up what was acknowledged since the last time, or everything: same
    /// number, same leaf, and no gap in any chain. Sessions must still be open.
    pub async fn check(&self, server: &Server, everything: bool, when: &str) {
        let (subjects, unchecked, sessions) = {
            let mut book = self.book();
            let unchecked = std::mem::take(&mut book.unchecked);
            (book.subjects.clone(), unchecked, book.sessions.clone())
        };
        let mut connection = server.connect().await.expect("it listens");
        for (subject, events) in &subjects {
            let kind = match subject.split('_').next() {
                Some("pkg") => "packages",
                Some("ctr") => "containers",
                // Others have no history of their own to ask for.
                _ => continue,
            };
            if everything || unchecked.contains(subject) {
                let path = format!("/v1/{kind}/{subject}/history?limit=500");
                let answer = connection.get(&path).await.expect("it answers");
                let history =
                    answer.good().unwrap_or_else(|why| panic!("{when}: {subject}: {why}"));
                check_history(&history, events, &format!("{when}: {subject}"));
            }
        }
        // An account keeps its thirty newest sessions.
        for cookie in sessions.iter().rev().take(10) {
            let header = format!("Cookie: {cookie}\r\n");
            let mut browser = Connection::with(server.address, header).await.expect("it listens");
            let me = browser.get("/v1/me").await.expect("it answers");
            assert_eq!(me.status, 200, "{when}: a session is lost");
        }
    }
}

fn check_history(history: &Value, told: &BTreeMap<String, (u64, String)>, what: &str) {
    let events = history["events"].as_array().expect("events");
    assert!(history["next"].is_null(), "{what}: a longer history than these stories make");
    let mut seqs: Vec<u64> = events.iter().filter_map(|it| it["seq"].as_u64()).collect();
    seqs.sort_unstable();
    assert!(seqs.iter().copied().eq(1..=events.len() as u64), "{what}: gaps in {seqs:?}");
    for (event, (seq, leaf)) in told {
        let found = events.iter().find(|it| it["id"] == event.as_str());
        let found = found.unwrap_or_else(|| panic!("{what}: {event} is lost"));
        assert_eq!((&found["seq"], &found["leaf"]), (&json!(seq), &json!(leaf)), "{what}: {event}");
    }
}

fn find_receipts<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(all) if all.contains_key("leaf") && all.contains_key("event") => {
            found.push(value);
        }
        Value::Object(all) => all.values().for_each(|it| find_receipts(it, found)),
        Value::Array(all) => all.iter().for_each(|it| find_receipts(it, found)),
        _ => (),
    }
}

/// What everybody works with: made once, before anything goes wrong.
#[derive(Clone)]
pub struct Office {
    /// A place where packages are seen.
    pub place: String,
}

pub const PASSWORD: &str = "seven grey horses in the rain";

impl Office {
    pub async fn open(server: &Server, ledger: &Ledger) -> Self {
        let mut connection = server.connect().await.expect("it listens");
        let place = json!({
            "kind": "facility", "name": "Memphis hub", "country": "US", "radius_m": 300,
            "position": { "lat": 35.05, "lon": -89.97 },
        });
        let made = connection.post("/v1/places", &place).await.and_then(|it| it.good());
        let made = made.expect("a place");
        ledger.note("place", &made);
        let clerk = json!({ "name": "clerk", "password": PASSWORD, "permissions": ["enter"] });
        let made = connection.post("/v1/users", &clerk).await.and_then(|it| it.good());
        made.expect("an account");
        Self { place: made_id(&ledger.all(), "plc_") }
    }
}

fn made_id(subjects: &Subjects, prefix: &str) -> String {
    subjects.keys().find(|it| it.starts_with(prefix)).expect("it was made").clone()
}

/// One person at work.
pub struct Person {
    pub connection: Connection,
    pub name: String,
    pub office: Office,
    pub ledger: Ledger,
}

impl Person {
    /// Works until nobody answers any more.
    pub async fn work(mut self) {
        let container = json!({ "kind": "pallet", "name": format!("Pallet {}", self.name) });
        let Ok(made) = self.post("container", "/v1/containers", &container).await else { return };
        let container = made["id"].as_str().expect("an id").to_owned();
        for number in 0.. {
            if self.one_package(number, &container).await.is_err() {
                return;
            }
        }
    }

    /// One package's day, until somebody does not answer.
    async fn one_package(&mut self, number: usize, container: &str) -> io::Result<()> {
        let name = format!("{}-{number}", self.name);
        let body = json!({
            "description": format!("monitor {name}"),
            "references": [{ "scheme": "order", "value": format!("PO {name}") }],
            "origin": self.office.place,
        });
        // With a key, saying it again is safe, and is answered with the same receipt.
        let key = format!("Idempotency-Key: {name}\r\n");
        let made = self.say("registration", "POST", "/v1/packages", &key, &body).await?;
        self.say("the same key again", "POST", "/v1/packages", &key, &body).await?;
        let id = made["id"].as_str().expect("an id").to_owned();
        let path = format!("/v1/packages/{id}");
        let events = format!("{path}/events");
        let at = |hour: u32| format!("2026-03-02T{hour:02}:00:00Z");
        let note =
            |hour, text: &str| json!({ "kind": "note", "text": text, "happened_at": at(hour) });
        let scan = |hour| json!({ "kind": "scanned", "place": self.office.place, "happened_at": at(hour) });
        let (scan, late) = (scan(10), scan(8));

        let seen = self.post("event", &events, &scan).await?;
        let seen = seen["receipts"][0]["event"].clone();
        let both = json!([note(11, "together 1"), note(12, "together 2")]);
        let both = self.post("several events", &events, &both).await?;
        self.post("late event", &events, &late).await?;
        let right = json!({
            "kind": "corrected", "happened_at": at(10), "target": seen,
            "event": { "kind": "arrived", "place": self.office.place, "happened_at": at(10) },
        });
        self.post("correction", &events, &right).await?;
        let void = json!({
            "kind": "voided", "happened_at": at(13), "target": both["receipts"][0]["event"],
        });
        self.post("void", &events, &void).await?;
        let change = json!({ "carrier": "ups", "pieces": number + 1 });
        self.say("amendment", "PATCH", &path, "", &change).await?;
        let member = format!("/v1/containers/{container}/members/{id}");
        self.say("into a container", "PUT", &member, "", &Value::Null).await?;
        if number.is_multiple_of(2) {
            self.say("out of a container", "DELETE", &member, "", &Value::Null).await?;
        }
        if number.is_multiple_of(3) {
            self.photo(&path).await?;
            let batch = json!([
                { "description": "batch 1" }, { "description": "batch 2" }, { "pieces": 3 },
            ]);
            self.post("batch of packages", "/v1/packages", &batch).await?;
            let batch = json!([
                { "subject": id, "event": note(14, "in a batch") },
                { "subject": container, "event": note(14, "in a batch") },
            ]);
            self.post("batch of events", "/v1/events", &batch).await?;
        }
        Ok(())
    }

    async fn post(&mut self, kind: &'static str, path: &str, body: &Value) -> io::Result<Value> {
        self.say(kind, "POST", path, "", body).await
    }

    async fn say(
        &mut self,
        kind: &'static str,
        method: &str,
        path: &str,
        headers: &str,
        body: &Value,
    ) -> io::Result<Value> {
        let headers = format!("Content-Type: application/json\r\n{headers}");
        let bytes = (!body.is_null()).then(|| body.to_string().into_bytes());
        let answer = self.connection.send(method, path, &headers, bytes.as_deref()).await?;
        Ok(self.taken(kind, &answer))
    }

    async fn photo(&mut self, package: &str) -> io::Result<()> {
        let (path, media) = (format!("{package}/photos"), "Content-Type: image/png\r\n");
        let answer = self.connection.send("POST", &path, media, Some(PIXEL)).await?;
        self.taken("photo", &answer);
        Ok(())
    }

    /// What people say is right, so it is taken.
    fn taken(&self, kind: &'static str, answer: &Answer) -> Value {
        let value = answer.good().unwrap_or_else(|why| panic!("{kind}: {why}"));
        self.ledger.note(kind, &value);
        value
    }
}

/// Somebody who signs in again and again, each time in another browser.
pub async fn sign_in_again_and_again(server: std::net::SocketAddr, ledger: Ledger) {
    let body = json!({ "name": "clerk", "password": PASSWORD }).to_string();
    loop {
        let Ok(mut browser) = Connection::with(server, String::new()).await else { return };
        let answer = browser.ask("POST", "/v1/session", Some(body.as_bytes())).await;
        let Ok(answer) = answer else { return };
        if answer.status == 429 {
            // An attempt counts before it is looked at, so that no crash gives one
            // more: whoever was cut off often enough has to wait a little.
            sleep(Duration::from_millis(200)).await;
            continue;
        }
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
        let cookie = answer.header("set-cookie").and_then(|it| it.split(';').next());
        let mut book = ledger.book();
        book.sessions.push(cookie.expect("a cookie").to_owned());
        *book.done.entry("sign-in").or_default() += 1;
    }
}

/// A picture of one pixel.
const PIXEL: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1f, 0x15, 0xc4,
    0x89, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x64, 0xf8, 0xcf, 0x50,
    0x0f, 0x00, 0x03, 0x86, 0x01, 0x80, 0x5a, 0x34, 0x7d, 0x6b, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45,
    0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];
