//! Reading among many packages through HTTP: one package, its whereabouts, the
//! server's memory, and how soon it answers after a start.

use std::{
    io,
    path::Path,
    time::{Duration, Instant},
};

use domain::{
    draft::Draft,
    event::Fact,
    id::{EventId, PackageId, PlaceId, Subject},
    mode::Mode,
    record::{PackageRecord, Record, Reference},
    time::{HOUR, Timestamp},
};
use futures::{StreamExt, future::try_join_all, stream};
use journeys::{http::Connection, server::Server};
use service::{Service, projector::Projector, record::Attribution};
use tokio::runtime::Runtime;

use crate::{
    figures::{Aim, figure, heading, judged, resident_mb, spread},
    outside,
};

const CITIES: &[&str] =
    &["Memphis, TN, USA", "Boston, MA, USA", "Vienna, Austria", "Lisbon, Portugal"];
/// Reads of each kind.
const READS: u64 = 20_000;
/// Clients that read at the same time, after one alone.
const CLIENTS: u64 = 16;
/// Packages registered at the same time: enough to share each flush to disk.
const AT_ONCE: usize = 1_024;
/// Packages between two looks at the feed.
const PER_STEP: u64 = 20_000;
const REOPENED_MS_MAX: f64 = 3_000.0;
const MEMORY_MB_MAX: f64 = 700.0;
const P99_MS_MAX: f64 = 3.0;

/// Fills a folder with packages of three events each, starts the server on it
/// and reads.
pub fn measure(client: &Runtime, packages: u64) -> io::Result<()> {
    heading(&format!("reading among {packages} packages"));
    let folder = tempfile::tempdir()?;
    let filler = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    filler.block_on(fill(folder.path(), packages))?;
    filler.shutdown_background();
    client.block_on(read(folder.path(), packages))
}

async fn read(data: &Path, packages: u64) -> io::Result<()> {
    // Built before the clock starts.
    journeys::server::binary();
    let start = Instant::now();
    let server = Server::start(data).await?;
    let mut connection = server.connect().await?;
    connection.get(&by_id(packages / 2)).await?.good()?;
    let reopened_ms = start.elapsed().as_secs_f64() * 1e3;
    judged(
        "from process start to the first package",
        reopened_ms,
        Aim::AtMost(REOPENED_MS_MAX, " ms"),
    );
    let whereabouts = |number| format!("{}/whereabouts", by_id(number));
    let by_number = |number| format!("/v1/packages/PO{number}");
    let p99 = Some(P99_MS_MAX);
    spread("one package, by id", timed(&mut connection, packages, by_id).await?, p99);
    spread("one package, by number", timed(&mut connection, packages, by_number).await?, p99);
    let located = timed(&mut connection, packages, whereabouts).await?;
    spread("whereabouts, between two cities", located, p99);
    for (name, path) in
        [("one package", &by_id as &dyn Fn(u64) -> String), ("whereabouts", &whereabouts)]
    {
        let (rate, each) = together(&server, packages, path).await?;
        spread(&format!("  {name}, {CLIENTS} clients at once ({rate:.0}/s)"), each, None);
    }
    let memory = resident_mb(&server.id().to_string());
    judged("the server's memory after all reads", memory, Aim::AtMost(MEMORY_MB_MAX, " MB"));
    Ok(())
}

/// One client reads one thing after the other.
async fn timed(
    connection: &mut Connection,
    packages: u64,
    path: impl Fn(u64) -> String,
) -> io::Result<Vec<Duration>> {
    let mut each = Vec::new();
    for turn in 0..READS {
        let path = path(somewhere(turn, packages));
        let start = Instant::now();
        connection.get(&path).await?.good()?;
        each.push(start.elapsed());
    }
    Ok(each)
}

/// Several clients read at the same time: how many reads a second, and how long each took.
async fn together(
    server: &Server,
    packages: u64,
    path: &dyn Fn(u64) -> String,
) -> io::Result<(f64, Vec<Duration>)> {
    let start = Instant::now();
    let clients = (0..CLIENTS).map(|client| async move {
        let mut connection = server.connect().await?;
        let mut each = Vec::new();
        for turn in (client..READS).step_by(CLIENTS as usize) {
            let path = path(somewhere(turn, packages));
            let start = Instant::now();
            connection.get(&path).await?.good()?;
            each.push(start.elapsed());
        }
        io::Result::Ok(each)
    });
    let each = try_join_all(clients).await?.concat();
    Ok((READS as f64 / start.elapsed().as_secs_f64(), each))
}

/// A fixed walk that jumps all over the store.
fn somewhere(turn: u64, packages: u64) -> u64 {
    turn.wrapping_mul(0x9e37_79b9_7f4a_7c15) % packages
}

fn by_id(number: u64) -> String {
    format!("/v1/packages/{}", package(number))
}

async fn fill(data: &Path, packages: u64) -> io::Result<()> {
    let (service, _table) = outside::open(data)?;
    let mut places = Vec::new();
    for city in CITIES {
        match service.place_meant(city).await.map_err(io::Error::other)? {
            service::places::Meant::One(id) => places.push(id),
            other => return Err(io::Error::other(format!("{city}: {other:?}"))),
        }
    }
    let projector = Projector::new(service.clone());
    let (start, departed_at) = (Instant::now(), outside::now());
    let mut at = 0;
    while at < packages {
        let end = packages.min(at + PER_STEP);
        let recorded = async {
            let each = stream::iter(at..end)
                .map(|number| register(&service, &places, number, departed_at));
            let mut done = each.buffer_unordered(AT_ONCE);
            while let Some(result) = done.next().await {
                result?;
            }
            io::Result::Ok(())
        };
        let derived = async { projector.catch_up().await.map_err(io::Error::other) };
        tokio::try_join!(recorded, derived)?;
        at = end;
    }
    projector.catch_up().await.map_err(io::Error::other)?;
    let rate = packages as f64 / start.elapsed().as_secs_f64();
    let name = format!("{packages} packages of 3 events, durable and derived");
    figure(&name, format_args!("{rate:.0}/s"));
    Ok(())
}

fn package(number: u64) -> Subject {
    Subject::Package(PackageId::derive(&[b"bench", &number.to_be_bytes()]))
}

async fn register(
    service: &Service,
    places: &[PlaceId],
    number: u64,
    departed_at: Timestamp,
) -> io::Result<()> {
    let subject = package(number);
    let (from, to) = (number as usize % places.len(), (number as usize + 1) % places.len());
    let record = Record::Package(PackageRecord {
        description: Some("27-inch monitor".to_owned()),
        origin: Some(places[from]),
        destination: Some(places[to]),
        references: Some(vec![Reference {
            scheme: "order".to_owned(),
            value: format!("PO {number}"),
        }]),
        ..PackageRecord::default()
    });
    // Under way while it is read: where it is has to be worked out.
    let facts = [
        (-2 * HOUR, Fact::Registered(Box::new(record))),
        (-HOUR, Fact::PickedUp { place: Some(places[from]) }),
        (
            0,
            Fact::Departed {
                from: Some(places[from]),
                to: Some(places[to]),
                mode: Some(Mode::Air),
                expected_at: Some(departed_at.plus(100 * HOUR)),
            },
        ),
    ];
    let drafts = facts.into_iter().enumerate().map(|(index, (after, fact))| Draft {
        id: EventId::derive(&[subject.id_bytes(), &[index as u8]]),
        subject,
        happened_at: departed_at.plus(after),
        fact,
    });
    let by = Attribution { actor: "bench".to_owned(), source: "api".to_owned() };
    service.record(&by, drafts.collect()).await.map(|_| ()).map_err(io::Error::other)
}
