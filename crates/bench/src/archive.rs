//! The archive: one package's whole history, with proofs, out of Parquet files that hold
//! millions of events of others.

use std::{
    collections::BTreeMap,
    fs, io,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use audit::{Checkpoint, Edge, LogKey, log::CHECKPOINT};
use blobs::{Blobs, Metered, ObjectBlobs};
use domain::{
    event::{Event, Fact},
    id::{EventId, PackageId, PlaceId, Subject},
    leaf::{Logged, entry::Entry, leaf},
    state::fold,
    time::{DAY, HOUR, Timestamp},
};
use history::{Row as Line, Written, write};
use service::{
    Service,
    filing::FiledRow,
    history::SegmentRow,
    keys::Row,
    log::stored::MarksRow,
    rows::{Head, to_bytes},
};
use sha2::{Digest, Sha256};
use table::{Guard, Table, Write};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::{
    figures::{Aim, figure, heading, judged, spread},
    outside,
};

/// Events of each package, a day after the other.
const EVENTS_EACH: u64 = 10;
/// Days on which packages begin.
const BEGUN_DAYS: u64 = 91;
/// The first of them, counted from 1970.
const FIRST_DAY: u64 = 20_500;
/// Packages that are read.
const READ: u64 = 200;
/// Of them, by somebody who has read nothing before.
const COLD: usize = 20;
const NAME: &str = "bench/archive";

/// Prints everything.
pub async fn measure(entries: u64) -> io::Result<()> {
    heading("the archive");
    let folder = tempfile::tempdir()?;
    let packages = (entries / EVENTS_EACH).max(READ);
    let (_, table) = outside::open(folder.path())?;
    let begun = Instant::now();
    let bytes = fill(folder.path(), &*table, packages).await?;
    let entries = packages * EVENTS_EACH;
    let name = format!("{entries} events of {packages} packages written into Parquet and a log");
    figure(&name, format_args!("{:.0} s", begun.elapsed().as_secs_f64()));
    figure("bytes of Parquet for each event", format_args!("{:.0}", bytes as f64 / entries as f64));
    let kept = ObjectBlobs::in_folder(&folder.path().join("blobs")).map_err(io::Error::other)?;
    let kept = Arc::new(Metered::new(kept));
    let (mut cold, mut warm) = (Vec::new(), Vec::new());
    let service = || outside::service(Arc::clone(&table), Arc::clone(&kept) as Arc<dyn Blobs>);
    let remembering = service();
    let mut read = [(0, 0); 2];
    for number in 0..READ as usize {
        let is_cold = number < COLD;
        let service = if is_cold { service() } else { remembering.clone() };
        let package = chosen(number as u64, packages);
        kept.taken();
        let took = one(&service, package).await?;
        let (reads, bytes) = kept.taken();
        let of = &mut read[usize::from(!is_cold)];
        *of = (of.0 + reads, of.1 + bytes);
        if is_cold { &mut cold } else { &mut warm }.push(took);
    }
    let slowest = cold.iter().max().map_or(0.0, Duration::as_secs_f64);
    let name = format!("a package's {EVENTS_EACH} events and their proofs, nothing remembered");
    judged(&name, slowest * 1e3, Aim::AtMost(1_000.0, " ms"));
    spread("  all of these", cold, Some(1_000.0));
    told(read[0], COLD as u64);
    spread("  with footers and filters remembered, as far as they were read", warm, None);
    told(read[1], READ - COLD as u64);
    Ok(())
}

fn told((reads, bytes): (u64, u64), count: u64) {
    let kb = bytes as f64 / count as f64 / 1e3;
    let reads = reads as f64 / count as f64;
    figure("    read of blobs for each", format_args!("{reads:.0} times, {kb:.0} kB"));
}

async fn one(service: &Service, package: u64) -> io::Result<Duration> {
    let begun = Instant::now();
    let all = service.logged(subject(package)).await.map_err(io::Error::other)?;
    for logged in &all {
        let index = logged.index.ok_or_else(|| io::Error::other("an event without its place"))?;
        service.log_proof(index).await.map_err(io::Error::other)?;
    }
    if all.len() as u64 == EVENTS_EACH {
        return Ok(begun.elapsed());
    }
    Err(io::Error::other(format!("{} events of package {package}", all.len())))
}

/// Packages that lie anywhere.
fn chosen(number: u64, packages: u64) -> u64 {
    number * (packages / READ) + number % (packages / READ).max(1)
}

fn subject(package: u64) -> Subject {
    Subject::Package(PackageId::derive(&[&package.to_be_bytes()]))
}

fn event(package: u64, nth: u64, day: u64) -> Event {
    let at = (day as i64) * DAY + (package % 20) as i64 * HOUR;
    let at = Timestamp::from_millis(at).expect("our years");
    Event {
        id: EventId::derive(&[&package.to_be_bytes(), &nth.to_be_bytes()]),
        subject: subject(package),
        happened_at: at,
        recorded_at: at.plus(900),
        actor: "usr_01J9Z3K8Q4W5E6R7T8Y9U0I1O2".to_owned(),
        source: "api".to_owned(),
        fact: Fact::Scanned {
            place: PlaceId::derive(&[&(package % 200).to_be_bytes()]),
            floor: None,
        },
    }
}

/// A file for each day, the log's tiles, and the rows of the packages that are read.
/// Without waiting for the disk, and without the log's entries: nobody reads them here.
async fn fill(folder: &Path, table: &dyn Table, packages: u64) -> io::Result<u64> {
    let blobs = folder.join("blobs");
    let wanted: Vec<u64> = (0..READ).map(|it| chosen(it, packages)).collect();
    let mut places: BTreeMap<u64, Vec<(Event, u32, u64)>> = BTreeMap::new();
    let (mut edge, mut bytes, mut writing) = (Edge::default(), 0, None);
    for day in 0..BEGUN_DAYS + EVENTS_EACH - 1 {
        let mut lines = Vec::new();
        for begun in day.saturating_sub(EVENTS_EACH - 1)..=day.min(BEGUN_DAYS - 1) {
            let nth = day - begun;
            for package in (begun..packages).step_by(BEGUN_DAYS as usize) {
                let event = event(package, nth, FIRST_DAY + day);
                let index = edge.size() + lines.len() as u64;
                let (seq, prev) = (nth + 1, (nth != 0).then_some([7; 32]));
                let leaf = leaf(&event, seq, prev);
                let entry = Entry::Event(Logged { event: event.clone(), seq, prev });
                lines.push(Line { log_index: index, leaf, entry });
                if wanted.binary_search(&package).is_ok() {
                    let place = (event, (FIRST_DAY + day) as u32, index);
                    places.entry(package).or_default().push(place);
                }
            }
        }
        let grown = edge.grown(lines.iter().map(|it| &it.leaf)).map_err(io::Error::other)?;
        for (tile, content) in grown.tiles {
            if !tile.path().starts_with("tile/entries") {
                keep(&blobs.join("log").join(tile.path()), &content)?;
            }
        }
        edge = grown.edge;
        // The day before is written while this one is thought up.
        let before =
            writing.replace(spawn_blocking(move || write((FIRST_DAY + day) as u32, lines)));
        bytes += keep_day(before, &blobs, table).await?;
    }
    bytes += keep_day(writing, &blobs, table).await?;
    let key = LogKey::new(NAME, &[1; 32]).expect("a key");
    let checkpoint = Checkpoint { origin: NAME.to_owned(), size: edge.size(), root: edge.root() };
    keep(&blobs.join("log").join(CHECKPOINT), checkpoint.sign(&key).as_bytes())?;
    for (package, places) in places {
        let subject = subject(package);
        let filed = FiledRow::of(places.iter().map(|(event, day, index)| (event, *day, *index)));
        let events: Vec<Event> = places.iter().map(|it| it.0.clone()).collect();
        let (seq, state) = (EVENTS_EACH, fold(&events));
        let head = Head { seq, prev: [7; 32], state, filed: Some(EVENTS_EACH) };
        let marks = MarksRow { indices: places.iter().map(|it| Some(it.2)).collect() };
        put(table, &Row::Head(subject), to_bytes(&head)).await?;
        put(table, &Row::Filed(subject, 1), to_bytes(&filed)).await?;
        put(table, &Row::Marks(subject, 0), to_bytes(&marks)).await?;
    }
    Ok(bytes)
}

type Writing = JoinHandle<history::Result<Option<Written>>>;

/// Keeps the file of a day and its row, and says how long it is.
async fn keep_day(writing: Option<Writing>, blobs: &Path, table: &dyn Table) -> io::Result<u64> {
    let Some(writing) = writing else { return Ok(0) };
    let written = writing.await.map_err(io::Error::other)?.map_err(io::Error::other)?;
    let Some(written) = written else { return Ok(0) };
    let (segment, len) = (written.segment, written.bytes.len() as u64);
    keep(&blobs.join(segment.name().as_str()), &written.bytes)?;
    let digest = Sha256::digest(&written.bytes).into();
    let row = SegmentRow { last: segment.last, rows: written.rows, len, digest };
    put(table, &Row::Segment(segment.day, segment.first), to_bytes(&row)).await?;
    Ok(len)
}

fn keep(file: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(file.parent().unwrap_or(file))?;
    fs::write(file, bytes)
}

async fn put(table: &dyn Table, row: &Row<'_>, value: Vec<u8>) -> io::Result<()> {
    let put = Write::put(row.key(), Guard::Any, value);
    table.write(vec![put]).await.map_err(io::Error::other)
}
