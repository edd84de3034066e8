//! Fixes through HTTP at full rate, as columns and as JSON: gateways with 50
//! trackers each, and batches of 500 trackers from all over a large fleet. What
//! follows from them must stand soon after the last is accepted, and none is lost.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    fmt::Write as _,
    io,
    net::{IpAddr, Ipv4Addr},
    path::Path,
    rc::Rc,
    time::{Duration, Instant},
};

use domain::{
    fixes::Batch,
    id::TrackerId,
    motion::Fix,
    position::{LatLon, Position},
    time::Timestamp,
};
use journeys::{http::Connection, server::Server};
use service::people::{Caller, Credential, NewToken, NewUser, Permission};
use tokio::{runtime::Runtime, task::LocalSet};

use crate::{
    events::{Work, behind, drained},
    figures::{Aim, figure, heading, judged, resident_mb, spread},
    fleet::{self, tracker},
    outside,
    peers::Taken,
};

/// Batches on their way at the same time.
const CLIENTS: usize = 4;
const GATEWAYS: usize = 64;
const TRACKERS_EACH: usize = 50;
/// Fixes of one batch.
const FIXES: usize = 500;
const CAUGHT_UP_S_MAX: f64 = 5.0;
const JSON_LEAST: f64 = 50_000.0;
const COLUMNS: &str = "Content-Type: application/vnd.whereabouts.fixes\r\n";
const JSON: &str = "Content-Type: application/json\r\n";
const PASSWORD: &str = "wombat ledger kettle harbour";

/// Clients hold back while more changes than this are not derived yet: so the
/// rate is one that can go on for ever.
const BEHIND_MAX: f64 = 3_000.0;

/// The answer to whoever is to send the same again later, and how much later that is.
const SHED: u16 = 503;
const PUT_OFF: Duration = Duration::from_millis(200);

/// One way to send fixes.
#[derive(Clone, Copy)]
struct Load {
    columns: bool,
    /// Each batch from one gateway, or from anywhere.
    gateways: bool,
}

/// Fixes a second that were accepted as columns.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rates {
    gateways: Option<f64>,
    random: Option<f64>,
}

impl Rates {
    /// Prints them beside what peers took in the same run.
    pub fn compare(self, peers: Taken) {
        for (name, ours, theirs) in [
            ("batches from 50 trackers, as columns, to Redis GEOADD", self.gateways, peers.redis),
            ("batches from random trackers, to PostGIS upserts", self.random, peers.postgis),
        ] {
            if let Some((ours, theirs)) = ours.zip(theirs) {
                judged(name, ours / theirs, Aim::AtLeast(1.0, " times"));
            }
        }
    }
}

/// Runs each load on a folder of its own.
pub fn measure(client: &Runtime, seconds: u64, trackers: usize) -> io::Result<Rates> {
    let mut rates = Rates::default();
    heading(&format!("fixes through HTTP, {CLIENTS} clients, batches of {FIXES}"));
    journeys::server::binary();
    for gateways in [true, false] {
        for columns in [true, false] {
            let load = Load { columns, gateways };
            let folder = tempfile::tempdir()?;
            let count = if gateways { GATEWAYS * TRACKERS_EACH } else { trackers };
            let filler = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            let token = filler.block_on(async {
                // Whatever a gateway's tracker is on holds a package; else a tenth is.
                let carried_each = if gateways { 1 } else { 10 };
                fleet::register(folder.path(), count, carried_each).await?;
                token(folder.path()).await
            })?;
            filler.shutdown_background();
            let (rate, latest) =
                client.block_on(run(folder.path(), &token, load, seconds, count))?;
            match (columns, gateways) {
                (true, true) => rates.gateways = Some(rate),
                (true, false) => rates.random = Some(rate),
                (false, _) => (),
            }
            let checker = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            checker.block_on(fleet::verify(folder.path(), &latest))?;
        }
    }
    Ok(rates)
}

/// A gateway's token: it may enter data and nothing else.
async fn token(data: &Path) -> io::Result<String> {
    let (service, _table) = outside::open(data)?;
    let by = fleet::by();
    let permissions = [Permission::Enter].into_iter().collect();
    let password = Some(PASSWORD.to_owned());
    let new = NewUser { name: "gateway".to_owned(), permissions, password, ..NewUser::default() };
    service.people().create_user(&by, new).await.map_err(io::Error::other)?;
    let source = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let caller = Caller { source, label: "bench", previous: None };
    let session = service.people().sign_in("gateway", PASSWORD, caller).await;
    let session = session.map_err(io::Error::other)?;
    let credential = Credential::Session(session.secret.reveal());
    let who = service.people().authenticate(credential).await.map_err(io::Error::other)?;
    let who = who.ok_or_else(|| io::Error::other("the session is no good"))?;
    let token = NewToken { name: "bench".to_owned(), permissions, expires_at: None };
    let issued = service.people().issue_token(&who, token).await.map_err(io::Error::other)?;
    Ok(issued.0.reveal().to_owned())
}

/// Sends as fast as the server takes it and derives what follows: how many fixes a second that were, and
/// when each tracker was measured last.
async fn run(
    data: &Path,
    token: &str,
    load: Load,
    seconds: u64,
    trackers: usize,
) -> io::Result<(f64, Vec<Timestamp>)> {
    let server = Server::start(data).await?;
    let mut watching = server.connect().await?;
    let (all, latencies) = (LocalSet::new(), Rc::new(RefCell::new(Vec::new())));
    let latest = Rc::new(RefCell::new(vec![outside::now().plus(-1_000); trackers]));
    let work = Work::begin(&server)?;
    let stop = work.start + Duration::from_secs(seconds);
    let (hold, put_off) = (Rc::new(Cell::new(false)), Rc::new(Cell::new(0u64)));
    let (holding, mut looking) = (Rc::clone(&hold), server.connect().await?);
    all.spawn_local(async move {
        while Instant::now() < stop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let behind = behind(&mut looking).await.expect("the server answers");
            holding.set(BEHIND_MAX < behind);
        }
    });
    for number in 0..CLIENTS {
        let hold = Rc::clone(&hold);
        let mut connection = Connection::open(server.address, token).await?;
        let (latencies, latest) = (Rc::clone(&latencies), Rc::clone(&latest));
        let put_off = Rc::clone(&put_off);
        let mut random = number as u64;
        all.spawn_local(async move {
            let media = if load.columns { COLUMNS } else { JSON };
            while Instant::now() < stop {
                if hold.get() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    continue;
                }
                let batch = next_batch(&mut random, number, load, &mut latest.borrow_mut());
                let body = if load.columns { batch.to_bytes() } else { json_of(&batch) };
                let begun = Instant::now();
                let refused = sent(&mut connection, media, &body).await;
                put_off.set(put_off.get() + refused.expect("every batch is taken"));
                latencies.borrow_mut().push(begun.elapsed());
            }
        });
    }
    all.await;
    let (each, took) = (latencies.take(), work.start.elapsed().as_secs_f64());
    let count = (each.len() * FIXES) as f64;
    let form = if load.columns { "columns" } else { "JSON" };
    let from = if load.gateways { "50 trackers" } else { "500 random trackers" };
    let name = format!("batches from {from}, {form}, {seconds} s");
    if load.gateways && !load.columns {
        judged(&name, count / took, Aim::AtLeast(JSON_LEAST, "/s"));
    } else {
        figure(&name, format_args!("{:.0}/s", count / took));
    }
    spread("  time to accept a batch, until it was if it was put off", each, None);
    figure("  batches put off and sent again", put_off.get());
    figure(
        "  changes not derived yet at the end, counted up to a bound",
        behind(&mut watching).await?,
    );
    let drained = drained(&mut watching, work.start).await?;
    judged("  seconds until all is derived", drained - took, Aim::AtMost(CAUGHT_UP_S_MAX, " s"));
    work.spent(&server, count)?;
    figure("  server memory", format_args!("{:.0} MB", resident_mb(&server.id().to_string())));
    drop(watching);
    server.kill().await?;
    Ok((count / took, latest.take()))
}

/// Sends a batch until it is taken: how often it was put off.
async fn sent(connection: &mut Connection, media: &str, body: &[u8]) -> io::Result<u64> {
    let mut put_off = 0;
    loop {
        let answer = connection.send("POST", "/v1/fixes", media, Some(body)).await?;
        if answer.status != SHED {
            return answer.good().map(|_| put_off);
        }
        put_off += 1;
        tokio::time::sleep(PUT_OFF).await;
    }
}

/// What was measured since each of its trackers spoke last, up to now.
fn next_batch(random: &mut u64, client: usize, load: Load, latest: &mut [Timestamp]) -> Batch {
    let now = outside::now();
    let mut chosen = BTreeSet::new();
    if load.gateways {
        let own = fleet::next(random) as usize % (GATEWAYS / CLIENTS);
        let first = (own * CLIENTS + client) * TRACKERS_EACH;
        chosen.extend(first..first + TRACKERS_EACH);
    }
    while chosen.len() < if load.gateways { TRACKERS_EACH } else { FIXES } {
        let own = fleet::next(random) as usize % (latest.len() / CLIENTS);
        chosen.insert(own * CLIENTS + client);
    }
    let each = (FIXES / chosen.len()) as i64;
    let mut fixes: Vec<(TrackerId, Fix)> = Vec::with_capacity(FIXES);
    for number in chosen {
        let before = latest[number];
        // Each instant once: a fleet that is asked too often runs ahead a little.
        let step = (now.since(before) / each).max(1);
        for turn in 1..=each {
            fixes.push((tracker(number), fix(number, before.plus(step * turn))));
        }
        latest[number] = before.plus(step * each);
    }
    Batch::of(fixes)
}

/// A lorry that goes about 20 m/s, never quite straight.
fn fix(number: usize, at: Timestamp) -> Fix {
    let seconds = at.millis() as f64 / 1e3;
    let swing = (seconds / 300.0 + number as f64).sin();
    let (lat, lon) = fleet::home(number);
    // Degrees a second; nobody gets further than 60 km from home.
    let north = ((seconds * 0.000_18) % 0.5 - 0.25).abs();
    let turns_back = (seconds * 0.000_18) % 0.5 < 0.25;
    let (to_north, swings) = (if turns_back { -20.0 } else { 20.0 }, seconds / 300.0);
    let to_east = 7.4 * (swings + number as f64).cos() * (lat + north).to_radians().cos();
    let course_deg = f64::atan2(to_east, to_north).to_degrees().rem_euclid(360.0);
    let at_e7 = |degrees: f64| (degrees * 1e7) as i32;
    Fix {
        at,
        position: Position {
            at: LatLon::from_e7(at_e7(lat + north), at_e7(swing.mul_add(0.02, lon)))
                .expect("a fleet is on Earth"),
            height: None,
        },
        radius_95_mm: Some(8_000),
        vertical_95_mm: None,
        speed_mm_s: Some((f64::hypot(to_east, to_north) * 1e3) as u32),
        course_cdeg: Some((course_deg * 100.0) as u16 % 36_000),
    }
}

fn json_of(batch: &Batch) -> Vec<u8> {
    let mut text = String::with_capacity(FIXES * 200);
    text.push_str(r#"{"fixes":["#);
    for (index, (of, fix)) in batch.fixes.iter().enumerate() {
        let at = jiff::Timestamp::from_millisecond(fix.at.millis()).expect("our years");
        let (place, comma) = (fix.position.at, if index == 0 { "" } else { "," });
        let radius = f64::from(fix.radius_95_mm.unwrap_or_default()) / 1e3;
        let speed = f64::from(fix.speed_mm_s.unwrap_or_default()) / 1e3;
        let course = f64::from(fix.course_cdeg.unwrap_or_default()) / 1e2;
        let (tracker, lat, lon) = (batch.trackers[*of as usize], place.lat(), place.lon());
        write!(
            text,
            r#"{comma}{{"tracker":"{tracker}","at":"{at:.3}","position":{{"lat":{lat},"lon":{lon}}},"radius_95_m":{radius},"speed_m_s":{speed},"course_deg":{course}}}"#
        )
        .expect("text has no end");
    }
    text.push_str("]}");
    text.into_bytes()
}
