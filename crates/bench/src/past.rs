//! The past of the map through HTTP: the tiles of one screen at hours that are over,
//! the first time somebody asks for an hour, at another instant of it, and again.

use std::{
    io,
    path::Path,
    time::{Duration, Instant},
};

use domain::{
    draft::Draft,
    event::{Fact, Holder, Proof},
    geodesy::distance_m,
    id::{ContainerId, EventId, PackageId, PlaceId, Subject},
    mode::Mode,
    position::LatLon,
    record::{ContainerKind, ContainerRecord, PackageRecord, Record},
    time::{HOUR, MINUTE, Timestamp},
};
use futures::{StreamExt, stream};
use journeys::server::Server;
use service::{Service, projector::Projector, record::Attribution};
use tokio::runtime::Runtime;

use crate::{
    figures::{Aim, figure, heading, judged, spread},
    hub,
    map::{CITIES, CONNECTIONS, VIEWS, city, mixed, near, tiles, view},
    outside,
};

/// Packages for each place, and for each lorry.
const PER_PLACE: u64 = 3;
const PER_LORRY: u64 = 100;
/// Hours that the past has.
const HOURS: u64 = 72;
/// So often is swept: six hours are got ready each time, the newest first.
const SWEEPS: u64 = 8;
/// Hours that are looked at of those that are got ready and of the others, and
/// instants of each.
const LOOKED_AT: u64 = 6;
const UNREADY: u64 = 3;
const INSTANTS: u64 = 4;
/// A lorry's next stop is the first place tried that is so far away, else the nearest.
const LEG_KM: std::ops::Range<f64> = 100.0..400.0;
const TRIES: u64 = 200;
const AT_ONCE: usize = 256;
const PER_STEP: u64 = 10_000;
const FIRST_MS_MAX: f64 = 1_000.0;
const KB_MAX: f64 = 300.0;

/// Tells a past, seals it, and looks at it.
pub fn measure(client: &Runtime, packages: u64) -> io::Result<()> {
    heading(&format!("the past of {packages} packages"));
    let folder = tempfile::tempdir()?;
    let now = outside::now();
    let filler = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    filler.block_on(fill(folder.path(), packages, now))?;
    filler.shutdown_background();
    client.block_on(look(folder.path(), now))
}

async fn look(data: &Path, now: Timestamp) -> io::Result<()> {
    journeys::server::binary();
    let server = Server::start(data).await?;
    let mut browser = Vec::new();
    for _ in 0..CONNECTIONS {
        browser.push(server.connect().await?);
    }
    // The live map knows its places, as it does wherever somebody looks at it.
    view(&mut browser, &tiles(1), "").await?;
    tokio::time::sleep(Duration::from_secs(5)).await;
    for (index, (name, zoom, _)) in VIEWS.into_iter().enumerate() {
        let tiles = tiles(zoom);
        let (mut first, mut next, mut again, mut bytes) = (vec![], vec![], vec![], 0);
        let mut unready = Vec::new();
        for turn in 0..LOOKED_AT + UNREADY {
            // Each time an hour that nobody has looked at; first those that are not ready.
            let turns = (turn * 3 + index as u64) * 2;
            let is_ready = UNREADY <= turn;
            let hours =
                if is_ready { turns.saturating_sub(UNREADY * 6) + 3 } else { HOURS - 2 - turns };
            let hour = now.plus(-(hours as i64) * HOUR);
            for instant in 0..INSTANTS {
                let at = hour.plus(instant as i64 * 7 * MINUTE);
                let at = jiff::Timestamp::from_millisecond(at.millis()).expect("our years");
                let query = format!("?at={at}");
                let start = Instant::now();
                bytes = view(&mut browser, &tiles, &query).await?.max(bytes);
                let spent = if instant != 0 {
                    &mut next
                } else if is_ready {
                    &mut first
                } else {
                    &mut unready
                };
                spent.push(start.elapsed());
                let start = Instant::now();
                view(&mut browser, &tiles, &query).await?;
                again.push(start.elapsed());
            }
        }
        spread(&format!("{name}, first answer of an hour"), first, Some(FIRST_MS_MAX));
        spread("  of an hour that nobody got ready", unready, Some(FIRST_MS_MAX));
        spread("  another instant of it", next, Some(FIRST_MS_MAX));
        spread("  the same again", again, None);
        judged("  at most sent for a view", bytes as f64 / 1e3, Aim::AtMost(KB_MAX, " kB"));
    }
    Ok(())
}

async fn fill(data: &Path, packages: u64, now: Timestamp) -> io::Result<()> {
    let (service, _table) = outside::open(data)?;
    let projector = Projector::new(service.clone());
    let (places, lorries) = (packages / PER_PLACE, packages / PER_LORRY);
    let start = Instant::now();
    say_all(&service, &projector, (0..places).map(|it| place(it, now)).collect()).await?;
    say_all(&service, &projector, (0..lorries).map(|it| lorry(it, places, now)).collect()).await?;
    let mut at = 0;
    while at < packages {
        let end = packages.min(at + PER_STEP);
        let told = (at..end).map(|it| package(it, places, lorries, now)).collect();
        say_all(&service, &projector, told).await?;
        at = end;
    }
    let name = format!("{places} places, {lorries} lorries, packages of 3 or 4 events, derived");
    figure(&name, format_args!("{:.1?}", start.elapsed()));
    let start = Instant::now();
    let sealed = service.seal_reels().await.map_err(io::Error::other)?;
    let name =
        format!("sealed for the first time: {} things, {} hours", sealed.children, sealed.hours);
    figure(&name, format_args!("{:.1?}", start.elapsed()));
    let start = Instant::now();
    for _ in 0..SWEEPS {
        service.sweep_past().await.map_err(io::Error::other)?;
    }
    let name = format!("frames, and the ways of {} hours, got ready", 6 * SWEEPS);
    figure(&name, format_args!("{:.1?}", start.elapsed()));
    Ok(())
}

async fn say_all(
    service: &Service,
    projector: &Projector,
    told: Vec<Vec<Draft>>,
) -> io::Result<()> {
    let by = Attribution { actor: "bench".to_owned(), source: "api".to_owned() };
    let recorded = async {
        let each: Vec<_> = told.into_iter().map(|it| service.record(&by, it)).collect();
        let mut done = stream::iter(each).buffer_unordered(AT_ONCE);
        while let Some(result) = done.next().await {
            result.map_err(io::Error::other)?;
        }
        io::Result::Ok(())
    };
    let derived = async { projector.catch_up().await.map_err(io::Error::other) };
    tokio::try_join!(recorded, derived)?;
    projector.catch_up().await.map_err(io::Error::other)
}

fn drafts(subject: Subject, facts: Vec<(Timestamp, Fact)>) -> Vec<Draft> {
    let draft = |(index, (happened_at, fact)): (usize, (Timestamp, Fact))| {
        let id = EventId::derive(&[subject.id_bytes(), &[index as u8]]);
        Draft { id, subject, happened_at, fact }
    };
    facts.into_iter().enumerate().map(draft).collect()
}

fn place_id(number: u64) -> PlaceId {
    PlaceId::derive(&[b"past", &number.to_be_bytes()])
}

/// As for the live map few cities are large and many small.
fn place_at(number: u64) -> LatLon {
    let unit = (mixed(number) % 65_536) as f64 / 65_536.0;
    near(city((unit.powi(3) * CITIES as f64) as u64), number, 0.15)
}

fn place(number: u64, now: Timestamp) -> Vec<Draft> {
    let record = hub::facility(&format!("Shop {number}"), place_at(number), 100);
    let at = now.plus(-(HOURS as i64 + 1) * HOUR);
    drafts(Subject::Place(place_id(number)), vec![(at, Fact::Registered(Box::new(record)))])
}

fn lorry_id(number: u64) -> ContainerId {
    ContainerId::derive(&[b"past", &number.to_be_bytes()])
}

/// A lorry goes from place to place, five hours each.
fn lorry(number: u64, places: u64, now: Timestamp) -> Vec<Draft> {
    let at = |hours: u64| now.plus((hours as i64 - HOURS as i64) * HOUR);
    let mut stops = vec![mixed(number << 8) % places];
    for leg in 0..10 {
        stops.push(next_stop(stops[leg], number << 8 | leg as u64, places));
    }
    let stop = |leg: u64| place_id(stops[leg as usize]);
    let record = ContainerRecord {
        kind: ContainerKind::Truck,
        name: format!("Lorry {number}"),
        references: Vec::new(),
    };
    let mut facts = vec![
        (at(0), Fact::Registered(Box::new(Record::Container(record)))),
        (at(0), Fact::Arrived { place: stop(0) }),
    ];
    for leg in 0..10 {
        let leaves = at(leg * 7 + number % 5 + 1);
        let (from, to, mode) = (Some(stop(leg)), Some(stop(leg + 1)), Some(Mode::Road));
        let expected_at = Some(leaves.plus(5 * HOUR));
        facts.push((leaves, Fact::Departed { from, to, mode, expected_at }));
        facts.push((leaves.plus(5 * HOUR), Fact::Arrived { place: stop(leg + 1) }));
    }
    drafts(Subject::Container(lorry_id(number)), facts)
}

fn next_stop(from: u64, seed: u64, places: u64) -> u64 {
    let km = |to: &u64| distance_m(place_at(from), place_at(*to)) / 1e3;
    let all = || (0..TRIES).map(|it| mixed(seed << 16 | it) % places);
    let within = all().find(|it| LEG_KM.contains(&km(it)));
    within.or_else(|| all().min_by(|a, b| km(a).total_cmp(&km(b)))).expect("it tries some")
}

fn package(number: u64, places: u64, lorries: u64, now: Timestamp) -> Vec<Draft> {
    let mix = mixed(number);
    let hours = (mix >> 8) % (HOURS - 6);
    let at = |after: u64| now.plus((hours as i64 + after as i64 - HOURS as i64) * HOUR);
    let (from, to) = (place_id(mix % places), place_id((mix >> 20) % places));
    let record = PackageRecord {
        origin: Some(from),
        destination: Some(to),
        carrier: Some(["ups", "dhl", "fedex"][(mix >> 16) as usize % 3].to_owned()),
        mode: Some(Mode::Road),
        ..PackageRecord::default()
    };
    let mut facts = vec![(at(0), Fact::Registered(Box::new(Record::Package(record))))];
    if number.is_multiple_of(10) {
        let lorry = Holder::Container(lorry_id(number / 10 % lorries));
        facts.push((at(1), Fact::Joined(lorry)));
        facts.push((at(4), Fact::Left(lorry)));
    } else {
        facts.push((at(2), Fact::Scanned { place: place_id((mix >> 30) % places), floor: None }));
    }
    facts.push((at(5), Fact::Delivered { place: Some(to), proof: Proof::default() }));
    drafts(Subject::Package(PackageId::derive(&[b"past", &number.to_be_bytes()])), facts)
}
