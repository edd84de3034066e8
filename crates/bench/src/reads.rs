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
use futures::future::try_join_all;
use journeys::server::Server;
use service::{Service, record::Attribution};
use tokio::runtime::Runtime;

use crate::{
    figures::{Aim, figure, heading, judged, resident_mb, spread},
    filled::{filled, record_all, timed},
    outside,
};

const CITIES: &[&str] =
    &["Memphis, TN, USA", "Boston, MA, USA", "Vienna, Austria", "Lisbon, Portugal"];
/// Reads of each kind.
const READS: u64 = 20_000;
/// Clients that read at the same time, after one alone.
const CLIENTS: u64 = 16;
const REOPENED_MS_MAX: f64 = 3_000.0;
const MEMORY_MB_MAX: f64 = 700.0;
const P99_MS_MAX: f64 = 3.0;

/// Fills a folder with packages of three events each, starts the server on it
/// and reads.
pub fn measure(client: &Runtime, packages: u64) -> io::Result<()> {
    heading(&format!("reading among {packages} packages"));
    let (folder, rate) = filled(async |service| fill(&service, packages).await)?;
    let name = format!("{packages} packages of 3 events, durable and derived");
    figure(&name, format_args!("{rate:.0}/s"));
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
    let all: [(&str, &dyn Fn(u64) -> String); 3] = [
        ("one package, by id", &by_id),
        ("one package, by number", &by_number),
        ("whereabouts, between two cities", &whereabouts),
    ];
    for (name, path) in all {
        let path = |turn| path(somewhere(turn, packages));
        spread(name, timed(&mut connection, 0..READS, path, |_| ()).await?, p99);
    }
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

/// Several clients read at the same time: how many reads a second, and how long each took.
async fn together(
    server: &Server,
    packages: u64,
    path: &dyn Fn(u64) -> String,
) -> io::Result<(f64, Vec<Duration>)> {
    let start = Instant::now();
    let clients = (0..CLIENTS).map(|client| async move {
        let mut connection = server.connect().await?;
        let turns = (client..READS).step_by(CLIENTS as usize);
        timed(&mut connection, turns, |it| path(somewhere(it, packages)), |_| ()).await
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

async fn fill(service: &Service, packages: u64) -> io::Result<f64> {
    let mut places = Vec::new();
    for city in CITIES {
        match service.place_meant(city).await.map_err(io::Error::other)? {
            service::places::Meant::One(id) => places.push(id),
            other => return Err(io::Error::other(format!("{city}: {other:?}"))),
        }
    }
    let departed_at = outside::now();
    record_all(service, packages, |number| register(service, &places, number, departed_at)).await
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
