//! Custody events, each acknowledged by itself, through HTTP from 64 clients.

use std::{
    cell::Cell,
    io,
    rc::Rc,
    time::{Duration, Instant},
};

use journeys::{http::Connection, server::Server};
use serde_json::json;
use tokio::task::LocalSet;

use crate::figures::{figure, resident_mb, spread};

const CLIENTS: usize = 64;
/// Packages that each client has in hand.
const PACKAGES_EACH: usize = 20;

/// Runs the load and prints what came of it.
pub async fn measure(seconds: u64) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(folder.path()).await?;
    let mut connection = server.connect().await?;
    let place = connection
        .post(
            "/v1/places",
            &json!({
                "name": "Memphis hub", "kind": "facility", "radius_m": 500,
                "position": { "lat": 35.05, "lon": -89.98 },
            }),
        )
        .await?
        .good()?["id"]
        .as_str()
        .expect("a place has an id")
        .to_owned();
    let body = json!({ "kind": "scanned", "place": place, "happened_at": "2026-03-02T10:00:00Z" });
    let clients = LocalSet::new();
    let (taken, latencies) = (Rc::new(Cell::new(0u64)), Rc::new(Cell::new(Vec::new())));
    let ready = prepare(&server).await?;
    let start = Instant::now();
    let stop = start + Duration::from_secs(seconds);
    for (connection, packages) in ready {
        let work = work(connection, packages, body.to_string(), stop);
        let (taken, latencies) = (Rc::clone(&taken), Rc::clone(&latencies));
        clients.spawn_local(async move {
            let each = work.await.expect("every event is taken");
            taken.set(taken.get() + each.len() as u64);
            let mut all = latencies.take();
            all.extend(each);
            latencies.set(all);
        });
    }
    clients.await;
    let burst = start.elapsed().as_secs_f64();
    let derived = derived_after(&mut connection, start).await?;
    let (taken, clients) = (taken.get() as f64, CLIENTS);
    figure(
        &format!("events acknowledged singly, {clients} clients, {seconds} s"),
        format!("{:.0}/s", taken / burst),
    );
    figure("the same with everything derived", format!("{:.0}/s", taken / derived));
    spread("  time to acknowledge", latencies.take());
    figure("  server memory", format!("{:.0} MB", resident_mb(&server.id().to_string())));
    Ok(())
}

/// Registers every client's packages.
async fn prepare(server: &Server) -> io::Result<Vec<(Connection, Vec<String>)>> {
    let mut ready = Vec::new();
    for _ in 0..CLIENTS {
        let mut connection = server.connect().await?;
        let mut packages = Vec::new();
        for _ in 0..PACKAGES_EACH {
            let body = json!({ "description": "27-inch monitor" });
            let answer = connection.post("/v1/packages", &body).await?.good()?;
            packages.push(answer["id"].as_str().expect("a package has an id").to_owned());
        }
        ready.push((connection, packages));
    }
    Ok(ready)
}

async fn work(
    mut connection: Connection,
    packages: Vec<String>,
    body: String,
    stop: Instant,
) -> io::Result<Vec<Duration>> {
    let paths: Vec<String> =
        packages.iter().map(|it| format!("/v1/packages/{it}/events")).collect();
    let mut each = Vec::new();
    for path in paths.iter().cycle() {
        let start = Instant::now();
        if stop <= start {
            break;
        }
        connection.ask("POST", path, Some(body.as_bytes())).await?.good()?;
        each.push(start.elapsed());
    }
    Ok(each)
}

/// Seconds from `start` until no projector is behind.
async fn derived_after(connection: &mut Connection, start: Instant) -> io::Result<f64> {
    loop {
        let answer = connection.get("/metrics").await?;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let behind: f64 = text
            .lines()
            .filter(|it| it.starts_with("whereabouts_projector_behind"))
            .filter_map(|it| it.rsplit(' ').next()?.parse::<f64>().ok())
            .sum();
        if behind == 0.0 {
            return Ok(start.elapsed().as_secs_f64());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
