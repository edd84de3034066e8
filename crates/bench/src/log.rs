//! The audit log: hashing and files, sequencing through the table with marks, proofs,
//! and a walk through a whole log of many entries.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use audit::{
    Checkpoint, Edge, LogKey,
    log::CHECKPOINT,
    verify::{Against, BoxFuture, Source, verify},
};
use bytes::Bytes;
use domain::{
    draft::Draft,
    event::{Event, Fact},
    id::{EventId, PackageId, PlaceId, Subject},
    leaf::leaf,
    record::{PackageRecord, Record},
    time::{HOUR, Timestamp},
};
use futures::{StreamExt, stream};
use service::{Service, log::sequencer::Sequencer, record::Attribution};

use crate::{
    figures::{Aim, figure, heading, judged, resident_mb, spread},
    hub, outside,
};

/// Entries of one batch, as the sequencer takes them.
const BATCH: u64 = 8_192;
/// Entries hashed for the first figure.
const HASHED: u64 = 1_000_000;
/// Packages that are sequenced: so many that each event of a batch is of another.
const PACKAGES: u64 = 20_000;
/// Events of each.
const EVENTS_EACH: i64 = 8;
/// Proofs made.
const PROOFS: u64 = 1_000;
const NAME: &str = "bench/log";

/// Prints everything.
pub async fn measure(entries: u64) -> io::Result<()> {
    heading("the audit log");
    tree()?;
    sequencing().await?;
    walking(entries).await
}

/// The key that logs are signed with here.
pub fn key() -> LogKey {
    LogKey::new(NAME, &[1; 32]).expect("a key")
}

/// The leaf of a scan: as most are.
fn entry(number: u64) -> Vec<u8> {
    let at = Timestamp::from_millis(1_772_355_600_000 + number as i64).expect("our years");
    let event = Event {
        id: EventId::derive(&[&number.to_be_bytes()]),
        subject: Subject::Package(PackageId::derive(&[&(number / 12).to_be_bytes()])),
        happened_at: at,
        recorded_at: at.plus(900),
        actor: "usr_01J9Z3K8Q4W5E6R7T8Y9U0I1O2".to_owned(),
        source: "api".to_owned(),
        fact: Fact::Scanned { place: hub::id(), floor: None },
    };
    leaf(&event, number % 12 + 1, Some([7; 32]))
}

/// Only hashing and laying out: no files.
fn tree() -> io::Result<()> {
    let leaves: Vec<Vec<u8>> = (0..HASHED).map(entry).collect();
    let begun = Instant::now();
    let mut edge = Edge::default();
    for batch in leaves.chunks(BATCH as usize) {
        edge = edge.grown(batch).map_err(io::Error::other)?.edge;
    }
    let rate = HASHED as f64 / begun.elapsed().as_secs_f64();
    judged("tree and tiles, 1,000,000 leaves of scans", rate, Aim::AtLeast(50_000.0, "/s"));
    Ok(())
}

/// Events of many packages, recorded before, through the table into files, with marks.
async fn sequencing() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let (service, table) = outside::open(folder.path())?;
    let mut sequencer = Sequencer::new(service.clone(), key());
    // A log that is there reads the feed; a new one would compare every subject.
    sequencer.catch_up().await.map_err(io::Error::other)?;
    let place = record_all(&service).await?;
    let before = table.usage();
    let begun = Instant::now();
    let count = sequencer.catch_up().await.map_err(io::Error::other)?;
    let took = begun.elapsed().as_secs_f64();
    let used = table.usage() - before;
    let name = format!("sequenced through the table, durable, with marks, {count} events");
    judged(&name, count as f64 / took, Aim::AtLeast(8_000.0, "/s"));
    let per = |units: u64| units as f64 / count as f64;
    let units = format!("{:.2} write, {:.2} read", per(used.write_units), per(used.read_units));
    figure("  units for each", units);
    let mut each = Vec::new();
    for round in 0..200 {
        let package = Subject::Package(PackageId::derive(&[&(round as u64).to_be_bytes()]));
        let begun = Instant::now();
        say(&service, vec![scan(package, 1_000 + round, place)]).await?;
        sequencer.step().await.map_err(io::Error::other)?;
        each.push(begun.elapsed());
    }
    spread("  one event recorded, logged and published", each, None);
    let mut each = Vec::new();
    for number in 0..PROOFS {
        let begun = Instant::now();
        service.log_proof(number * 7_919 % count).await.map_err(io::Error::other)?;
        each.push(begun.elapsed());
    }
    spread("  a proof, from its files", each, None);
    let package = Subject::Package(PackageId::derive(&[&7u64.to_be_bytes()]));
    let drafts = (2_000..2_030).map(|it| scan(package, it, place)).collect();
    say(&service, drafts).await?;
    sequencer.catch_up().await.map_err(io::Error::other)?;
    let begun = Instant::now();
    let all = service.logged(package).await.map_err(io::Error::other)?;
    for logged in &all {
        let index = logged.index.expect("everything is logged");
        service.log_proof(index).await.map_err(io::Error::other)?;
    }
    let name = format!("  a package's {} events, all with proofs", all.len());
    judged(&name, begun.elapsed().as_secs_f64() * 1e3, Aim::AtMost(50.0, " ms"));
    Ok(())
}

async fn record_all(service: &Service) -> io::Result<PlaceId> {
    let id = hub::id();
    let record = hub::record();
    let place = Subject::Place(id);
    let registered = |subject, record| Draft {
        id: EventId::derive(&[b"registered", subject_text(subject).as_bytes()]),
        subject,
        happened_at: hour(0),
        fact: Fact::Registered(Box::new(record)),
    };
    say(service, vec![registered(place, record)]).await?;
    for round in 0..EVENTS_EACH {
        let each: Vec<_> = (0..PACKAGES)
            .map(|number| async move {
                let package = Subject::Package(PackageId::derive(&[&number.to_be_bytes()]));
                let record = Record::Package(PackageRecord::default());
                let draft = match round {
                    0 => registered(package, record),
                    round => scan(package, round, id),
                };
                say(service, vec![draft]).await
            })
            .collect();
        let mut each = stream::iter(each).buffer_unordered(256);
        while let Some(done) = each.next().await {
            done?;
        }
    }
    Ok(id)
}

fn subject_text(subject: Subject) -> String {
    subject.to_string()
}

fn hour(hours: i64) -> Timestamp {
    Timestamp::from_millis(1_772_355_600_000 + hours * HOUR).expect("our years")
}

fn scan(package: Subject, hours: i64, place: PlaceId) -> Draft {
    Draft {
        id: EventId::derive(&[subject_text(package).as_bytes(), &hours.to_be_bytes()]),
        subject: package,
        happened_at: hour(hours),
        fact: Fact::Scanned { place, floor: None },
    }
}

async fn say(service: &Service, drafts: Vec<Draft>) -> io::Result<()> {
    let by = Attribution { actor: "usr_bench".to_owned(), source: "api".to_owned() };
    service.record(&by, drafts).await.map(drop).map_err(io::Error::other)
}

/// A log of many entries in a folder, then all of it checked.
async fn walking(entries: u64) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let (checkpoint, bytes) = written(folder.path(), entries, &mut entry)?;
    figure("bytes of the log for each event", format_args!("{:.0}", bytes as f64 / entries as f64));
    let key = key();
    let against = Against { key: key.public(), since: Some(&checkpoint) };
    let source = Folder(folder.path().to_owned());
    let before = resident_mb("self");
    let mut most = before;
    let begun = Instant::now();
    let mut each = |index, _: &[u8]| {
        if index % 1_000_000 == 0 {
            most = resident_mb("self").max(most);
        }
    };
    let report = verify(&source, against, &mut each).await.map_err(io::Error::other)?;
    let took = begun.elapsed();
    if report.entries != entries || !report.faults.is_empty() {
        return Err(io::Error::other(format!("the log is wrong: {:?}", report.faults)));
    }
    told(entries, took, most - before);
    Ok(())
}

fn told(entries: u64, took: Duration, grown_mb: f64) {
    let name = format!("{entries} entries checked, every byte");
    judged(&name, took.as_secs_f64(), Aim::AtMost(60.0, " s"));
    judged("  memory that took", grown_mb, Aim::AtMost(50.0, " MB"));
}

/// Without waiting for the disk: only what is read is measured here.
pub fn written(
    folder: &Path,
    entries: u64,
    entry: &mut dyn FnMut(u64) -> Vec<u8>,
) -> io::Result<(Checkpoint, u64)> {
    let (mut edge, mut bytes) = (Edge::default(), 0);
    while edge.size() < entries {
        let end = (edge.size() + BATCH * 16).min(entries);
        let grown = edge.grown((edge.size()..end).map(&mut *entry)).map_err(io::Error::other)?;
        for (tile, content) in grown.tiles {
            let file = folder.join(tile.path());
            fs::create_dir_all(file.parent().unwrap_or(folder))?;
            // Partial tiles are removed once there are full ones.
            bytes += if tile.is_full() { content.len() as u64 } else { 0 };
            fs::write(file, content)?;
        }
        edge = grown.edge;
    }
    let origin = NAME.to_owned();
    let checkpoint = Checkpoint { origin, size: edge.size(), root: edge.root() };
    fs::write(folder.join(CHECKPOINT), checkpoint.sign(&key()))?;
    Ok((checkpoint, bytes))
}

/// A log in a folder.
pub struct Folder(pub PathBuf);

impl Source for Folder {
    fn read<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Option<Bytes>, String>> {
        let file = self.0.join(path);
        Box::pin(async move {
            let read = tokio::task::spawn_blocking(move || fs::read(file)).await;
            match read.map_err(|it| it.to_string())? {
                Ok(bytes) => Ok(Some(bytes.into())),
                Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(why) => Err(why.to_string()),
            }
        })
    }
}
