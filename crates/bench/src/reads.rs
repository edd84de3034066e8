//! Reading among many packages: one package, its whereabouts, memory, reopening.

use std::{
    io,
    time::{Duration, Instant},
};

use domain::{
    draft::Draft,
    event::Fact,
    id::{EventId, PackageId, PlaceId, Subject},
    record::{PackageRecord, Record, Reference},
    time::{HOUR, Timestamp},
};
use futures::{StreamExt, stream};
use service::{Service, projector::Projector, record::Attribution};

use crate::{
    figures::{figure, resident_mb, spread},
    outside,
};

const CITIES: &[&str] =
    &["Memphis, TN, USA", "Boston, MA, USA", "Vienna, Austria", "Lisbon, Portugal"];
const READS: u64 = 20_000;
const AT_ONCE: usize = 256;

/// Fills a store with packages of three events each and reads from it.
pub fn measure(packages: u64) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(fill(folder.path(), packages))?;
    let start = Instant::now();
    let (service, _table) = outside::open(folder.path())?;
    let first = runtime.block_on(service.known(package(packages / 2)));
    first.map_err(io::Error::other)?;
    figure(
        &format!("reopening {packages} packages, to the first answer"),
        format!("{:.0} ms", start.elapsed().as_secs_f64() * 1e3),
    );
    runtime.block_on(read(&service, packages))?;
    figure("  memory after reading", format!("{:.0} MB", resident_mb("self")));
    Ok(())
}

async fn fill(data: &std::path::Path, packages: u64) -> io::Result<()> {
    let (service, _table) = outside::open(data)?;
    let mut places = Vec::new();
    for city in CITIES {
        match service.place_meant(city).await.map_err(io::Error::other)? {
            service::places::Meant::One(id) => places.push(id),
            other => return Err(io::Error::other(format!("{city}: {other:?}"))),
        }
    }
    let projector = Projector::new(service.clone());
    let start = Instant::now();
    let mut at = 0;
    while at < packages {
        let end = packages.min(at + 50_000);
        let each = stream::iter(at..end).map(|number| register(&service, &places, number));
        let mut done = each.buffer_unordered(AT_ONCE);
        while let Some(result) = done.next().await {
            result?;
        }
        projector.catch_up().await.map_err(io::Error::other)?;
        at = end;
    }
    let rate = packages as f64 / start.elapsed().as_secs_f64();
    figure(
        &format!("{packages} packages of 3 events, durable and derived"),
        format!("{rate:.0}/s"),
    );
    figure("  memory while filling", format!("{:.0} MB", resident_mb("self")));
    Ok(())
}

fn package(number: u64) -> Subject {
    Subject::Package(PackageId::derive(&[b"bench", &number.to_be_bytes()]))
}

fn at(hours: i64) -> Timestamp {
    Timestamp::from_millis(1_772_409_600_000 + hours * HOUR).expect("our years")
}

async fn register(service: &Service, places: &[PlaceId], number: u64) -> io::Result<()> {
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
    let facts = [
        Fact::Registered(Box::new(record)),
        Fact::PickedUp { place: Some(places[from]) },
        Fact::Departed {
            from: Some(places[from]),
            to: Some(places[to]),
            mode: None,
            expected_at: Some(at(100)),
        },
    ];
    let drafts = facts.into_iter().enumerate().map(|(index, fact)| Draft {
        id: EventId::derive(&[subject.id_bytes(), &[index as u8]]),
        subject,
        happened_at: at(index as i64),
        fact,
    });
    let by = Attribution { actor: "bench".to_owned(), source: "api".to_owned() };
    service.record(&by, drafts.collect()).await.map(|_| ()).map_err(io::Error::other)
}

async fn read(service: &Service, packages: u64) -> io::Result<()> {
    let (mut one, mut by_number, mut located) = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..READS {
        // A fixed walk that jumps all over the store.
        let number = turn.wrapping_mul(0x9e37_79b9_7f4a_7c15) % packages;
        one.push(timed(service.known(package(number))).await?);
        by_number.push(timed(service.find(&format!("PO {number}"))).await?);
        located.push(timed(service.whereabouts(package(number), at(50), true)).await?);
    }
    spread("  one package, by id", one);
    spread("  one package, by number", by_number);
    spread("  whereabouts, between two cities", located);
    Ok(())
}

async fn timed<T>(asked: impl Future<Output = service::Result<T>>) -> io::Result<Duration> {
    let start = Instant::now();
    asked.await.map_err(io::Error::other)?;
    Ok(start.elapsed())
}
