//! Custody events, each acknowledged by itself, through HTTP from 64 clients:
//! as many as the server takes, and a steady stream that everything derived
//! must keep up with.

use std::{
    cell::{Cell, RefCell},
    io,
    rc::Rc,
    time::{Duration, Instant},
};

use journeys::{http::Connection, server::Server};
use serde_json::{Value, json};
use tokio::task::LocalSet;

use crate::{
    figures::{Aim, cpu_seconds, figure, heading, judged, resident_mb, spread},
    outside,
};

const CLIENTS: usize = 64;
/// Packages that each client has in hand: enough that a burst gives each about
/// as many events as a package has in its life.
const PACKAGES_EACH: usize = 400;
/// What becomes of a package, again and again; each event happens when it is said.
const JOURNEY: [&str; 10] = [
    r#""kind":"picked_up","place":"FROM""#,
    r#""kind":"scanned","place":"FROM""#,
    r#""kind":"departed","from":"FROM","to":"HUB","mode":"road""#,
    r#""kind":"arrived","place":"HUB""#,
    r#""kind":"scanned","place":"HUB""#,
    r#""kind":"departed","from":"HUB","to":"TO","mode":"air""#,
    r#""kind":"arrived","place":"TO""#,
    r#""kind":"scanned","place":"TO""#,
    r#""kind":"out_for_delivery","from":"TO""#,
    r#""kind":"held","reason":"consignee_not_home","place":"TO""#,
];
/// How long the projector may need for what is left when a steady stream ends.
const DRAIN_MAX: Duration = Duration::from_secs(120);

/// A server with everything registered, and the clients that work on it.
struct Ready {
    server: Server,
    journey: Rc<Vec<String>>,
    clients: Vec<Client>,
}

/// One client: its connection and the packages it has in hand.
struct Client {
    connection: Connection,
    paths: Vec<String>,
    /// How many events it has said.
    said: usize,
}

/// Runs both loads, each on a folder of its own, and prints what came of them.
pub async fn measure(seconds: u64, rate: u64) -> io::Result<()> {
    heading(&format!("custody events through HTTP, {CLIENTS} clients"));
    burst(seconds).await?;
    steady(seconds, rate).await
}

/// Every client says the next event as soon as the last is acknowledged.
async fn burst(seconds: u64) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let Ready { server, journey, clients } = ready(folder.path()).await?;
    let mut watching = server.connect().await?;
    let all = LocalSet::new();
    let latencies = Rc::new(RefCell::new(Vec::new()));
    let work = Work::begin(&server)?;
    let stop = work.start + Duration::from_secs(seconds);
    for mut client in clients {
        let (journey, latencies) = (Rc::clone(&journey), Rc::clone(&latencies));
        all.spawn_local(async move {
            while Instant::now() < stop {
                let took = client.say_next(&journey).await.expect("every event is taken");
                latencies.borrow_mut().push(took);
            }
        });
    }
    all.await;
    let each = latencies.take();
    let (count, took) = (each.len() as f64, work.start.elapsed().as_secs_f64());
    judged(
        &format!("acknowledged singly, {seconds} s burst"),
        count / took,
        Aim::AtLeast(12_000.0, "/s"),
    );
    work.spent(&server, count)?;
    spread("  time to acknowledge", each, None);
    let left = behind(&mut watching).await?;
    let drained = drained(&mut watching, work.start).await?;
    figure("  the same until everything is derived", format_args!("{:.0}/s", count / drained));
    figure("  not derived yet when the burst ended, counted up to a bound", left);
    figure("  server memory", format_args!("{:.0} MB", resident_mb(&server.id().to_string())));
    Ok(())
}

/// Events come at a fixed rate, whatever the server does; what is derived must
/// not fall further and further behind.
async fn steady(seconds: u64, rate: u64) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let Ready { server, journey, clients } = ready(folder.path()).await?;
    let mut watching = server.connect().await?;
    let all = LocalSet::new();
    let (latencies, next) = (Rc::new(RefCell::new(Vec::new())), Rc::new(Cell::new(0)));
    let work = Work::begin(&server)?;
    let (start, count) = (work.start, rate * seconds);
    for mut client in clients {
        let (journey, latencies) = (Rc::clone(&journey), Rc::clone(&latencies));
        let next = Rc::clone(&next);
        all.spawn_local(async move {
            while next.get() < count {
                // Counted from when it was due: a server that lets clients wait
                // does not look faster for it.
                let due = start
                    + Duration::from_secs_f64(next.replace(next.get() + 1) as f64 / rate as f64);
                tokio::time::sleep_until(due.into()).await;
                client.say_next(&journey).await.expect("every event is taken");
                latencies.borrow_mut().push(due.elapsed());
            }
        });
    }
    let lags = Rc::new(RefCell::new(Vec::new()));
    let sampled = Rc::clone(&lags);
    let mut sampling = server.connect().await?;
    let end = start + Duration::from_secs(seconds);
    all.spawn_local(async move {
        while Instant::now() < end {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let lag = behind(&mut sampling).await.expect("the server answers");
            sampled.borrow_mut().push(lag);
        }
    });
    all.await;
    let taken = start.elapsed().as_secs_f64();
    let drained = drained(&mut watching, start).await?;
    judged(
        &format!("steady, {rate}/s asked for {seconds} s, everything derived"),
        count as f64 / drained,
        Aim::AtLeast(3_000.0, "/s"),
    );
    work.spent(&server, count as f64)?;
    spread("  time to acknowledge, from when it was due", latencies.take(), None);
    let lags = lags.take();
    let half = lags.len() / 2;
    let most = |all: &[f64]| all.iter().copied().fold(0.0, f64::max);
    let (first, second) = (most(&lags[..half]), most(&lags[half..]));
    figure(
        "  not derived yet, at most: first half, second half, seconds after",
        format_args!("{first:.0}, {second:.0}, {:.2} s", drained - taken),
    );
    Ok(())
}

/// Processor time spent on a load.
pub struct Work {
    pub start: Instant,
    server: f64,
    client: f64,
}

impl Work {
    pub fn begin(server: &Server) -> io::Result<Self> {
        let (server, client) = (cpu_seconds(&server.id().to_string())?, cpu_seconds("self")?);
        Ok(Self { start: Instant::now(), server, client })
    }

    pub fn spent(&self, server: &Server, count: f64) -> io::Result<()> {
        let server = cpu_seconds(&server.id().to_string())? - self.server;
        let client = cpu_seconds("self")? - self.client;
        let micros = |seconds: f64| seconds * 1e6 / count;
        let (server, client) = (micros(server), micros(client));
        let whole = 2e6 / (server + client);
        let text =
            format!("server {server:.0} µs, client {client:.0} µs: {whole:.0}/s use 2 cores up");
        figure("  processor time for each", text);
        Ok(())
    }
}

impl Client {
    async fn say_next(&mut self, journey: &[String]) -> io::Result<Duration> {
        let path = &self.paths[self.said % self.paths.len()];
        let step = &journey[self.said / self.paths.len() % journey.len()];
        let body = format!(r#"{{{step},"happened_at":"{}"}}"#, outside::now_text());
        self.said += 1;
        let begun = Instant::now();
        self.connection.ask("POST", path, Some(body.as_bytes())).await?.good()?;
        Ok(begun.elapsed())
    }
}

/// Starts a server and registers places and every client's packages.
async fn ready(folder: &std::path::Path) -> io::Result<Ready> {
    let server = Server::start(folder).await?;
    let mut connection = server.connect().await?;
    let mut places = Vec::new();
    for (name, lat, lon) in [
        ("Memphis hub", 35.05, -89.98),
        ("Louisville hub", 38.17, -85.74),
        ("Boston", 42.36, -71.01),
    ] {
        let place = json!({
            "name": name, "kind": "facility", "radius_m": 500,
            "position": { "lat": lat, "lon": lon },
        });
        places.push(text_of(&connection.post("/v1/places", &place).await?.good()?["id"]));
    }
    let named = |step: &&str| {
        step.replace("FROM", &places[0]).replace("HUB", &places[1]).replace("TO", &places[2])
    };
    let journey = Rc::new(JOURNEY.iter().map(named).collect());
    let mut clients = Vec::new();
    for client in 0..CLIENTS {
        let packages: Vec<Value> =
            (0..PACKAGES_EACH).map(|it| package(client * PACKAGES_EACH + it, &places)).collect();
        let mut connection = server.connect().await?;
        let answer = connection.post("/v1/packages", &Value::Array(packages)).await?.good()?;
        let results = answer["results"].as_array().cloned().unwrap_or_default();
        let path = |it: &Value| format!("/v1/packages/{}/events", text_of(&it["id"]));
        clients.push(Client { connection, paths: results.iter().map(path).collect(), said: 0 });
    }
    let begun = Instant::now();
    drained(&mut connection, begun).await?;
    Ok(Ready { server, journey, clients })
}

fn package(number: usize, places: &[String]) -> Value {
    json!({
        "description": "27-inch monitor, 2 of 3",
        "carrier": "ups", "service": "Express Saver", "mode": "air",
        "cost_centre": "4711", "order": format!("PO-2026-{number:06}"),
        "origin": places[0], "destination": places[2],
        "pieces": 1, "weight_kg": 7.4, "dimensions_mm": { "length": 720, "width": 480, "height": 210 },
        "recipient": { "name": "Ada Young", "email": "ada.young@company.example" },
        "references": [
            { "scheme": "carrier:ups", "value": format!("1Z999AA1{number:010}") },
            { "scheme": "order", "value": format!("PO-2026-{number:06}") },
        ],
    })
}

fn text_of(value: &Value) -> String {
    value.as_str().expect("an id is text").to_owned()
}

/// How many changes the derived rows do not show yet.
pub async fn behind(connection: &mut Connection) -> io::Result<f64> {
    let answer = connection.get("/metrics").await?;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let behind = text
        .lines()
        .filter(|it| it.starts_with("whereabouts_projector_behind"))
        .find_map(|it| it.rsplit(' ').next()?.parse::<f64>().ok());
    behind.ok_or_else(|| io::Error::other("the server does not say how far it is behind"))
}

/// Seconds from `start` until the derived rows show everything.
pub async fn drained(connection: &mut Connection, start: Instant) -> io::Result<f64> {
    let begun = Instant::now();
    while behind(connection).await? != 0.0 {
        if DRAIN_MAX < begun.elapsed() {
            return Err(io::Error::other("the derived rows do not catch up"));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(start.elapsed().as_secs_f64())
}
