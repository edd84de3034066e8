//! A fleet for benchmarks: trackers, some of them on lorries that hold a package.

use std::{io, path::Path};

use domain::{
    draft::Draft,
    event::{Fact, Holder},
    geodesy::distance_m,
    holding::HolderId,
    id::{ContainerId, EventId, PackageId, Subject, TrackerId},
    record::{ContainerKind, ContainerRecord, PackageRecord, Record, TrackerRecord},
    time::{HOUR, Timestamp},
};
use service::{Service, record::Attribution};

use crate::{figures::figure, filled::record_all, outside};

/// Lorries whose place on the map is looked at afterwards.
const LOOKED_AT: usize = 2_000;
/// The map shows a lorry at most this far from its latest fix.
const OFF_M_MAX: f64 = 1_000.0;

/// A tracker by its number.
pub fn tracker(number: usize) -> TrackerId {
    TrackerId::derive(&[b"bench", &(number as u64).to_be_bytes()])
}

/// Where a tracker is at home, in degrees.
pub fn home(number: usize) -> (f64, f64) {
    let mut random = number as u64;
    let within = |value: u64| (value >> 11) as f64 / (1_u64 << 53) as f64;
    let lat = within(next(&mut random)).mul_add(100.0, -50.0);
    (lat, within(next(&mut random)).mul_add(340.0, -170.0))
}

/// The next of a row of random numbers (splitmix64).
pub fn next(random: &mut u64) -> u64 {
    *random = random.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut it = *random;
    it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    it ^ (it >> 31)
}

/// Who does this.
pub fn by() -> Attribution {
    Attribution { actor: "bench".to_owned(), source: "api".to_owned() }
}

/// Registers a fleet; each `carried_each`th tracker is on a lorry with a package.
pub async fn register(data: &Path, trackers: usize, carried_each: usize) -> io::Result<()> {
    let (service, _table) = outside::open(data)?;
    let since = outside::now().plus(-HOUR);
    let register =
        |it: u64| one(&service, it as usize, it.is_multiple_of(carried_each as u64), since);
    record_all(&service, trackers as u64, register).await.map(|_| ())
}

async fn one(service: &Service, number: usize, carried: bool, since: Timestamp) -> io::Result<()> {
    let tag = Subject::Tracker(tracker(number));
    let name = format!("Tag {number}");
    let record = TrackerRecord { name: name.clone(), person: false };
    let mut facts = vec![(tag, Fact::Registered(Box::new(Record::Tracker(record))))];
    if carried {
        let (lorry, package) = (lorry(number), PackageId::derive(&[name.as_bytes()]));
        let (inside, package) = (Subject::Container(lorry), Subject::Package(package));
        let kind = ContainerKind::Truck;
        let record = ContainerRecord { kind, name, references: Vec::new() };
        facts.push((inside, Fact::Registered(Box::new(Record::Container(record)))));
        facts.push((inside, Fact::TrackerAttached(tracker(number))));
        let record = Record::Package(PackageRecord::default());
        facts.push((package, Fact::Registered(Box::new(record))));
        facts.push((package, Fact::Joined(Holder::Container(lorry))));
    }
    for (index, (subject, fact)) in facts.into_iter().enumerate() {
        let id = EventId::derive(&[subject.id_bytes(), &[index as u8]]);
        let draft = Draft { id, subject, happened_at: since, fact };
        service.record(&by(), vec![draft]).await.map_err(io::Error::other)?;
    }
    Ok(())
}

fn lorry(number: usize) -> ContainerId {
    ContainerId::derive(&[b"lorry", &(number as u64).to_be_bytes()])
}

/// Opens what a killed server left: every tracker's latest fix must be the last
/// that was accepted, and the map must show lorries there.
pub async fn verify(data: &Path, latest: &[Timestamp]) -> io::Result<()> {
    let (service, _table) = outside::open(data)?;
    let (mut silent, mut lost, mut looked_at, mut off) = (0, 0, 0, 0);
    for (number, expected) in latest.iter().enumerate() {
        let heard = service.heard_of(tracker(number)).await.map_err(io::Error::other)?;
        let Some(fix) = heard.and_then(|it| it.latest) else {
            silent += 1;
            continue;
        };
        lost += usize::from(fix.at != *expected);
        if looked_at == LOOKED_AT {
            continue;
        }
        let row = service.holder(HolderId::Container(lorry(number))).await;
        if let Some(shown) = row.map_err(io::Error::other)?.shown {
            looked_at += 1;
            off += usize::from(OFF_M_MAX < distance_m(shown.path.at(fix.at).0, fix.position.at));
        }
    }
    let heard = latest.len() - silent;
    figure(
        "  trackers heard of; their latest fix not the last sent",
        format_args!("{heard}; {lost}"),
    );
    figure("  lorries looked at on the map; over 1 km off", format_args!("{looked_at}; {off}"));
    if lost == 0 { Ok(()) } else { Err(io::Error::other(format!("{lost} trackers lag behind"))) }
}
