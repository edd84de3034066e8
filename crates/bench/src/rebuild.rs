//! A whole store made again from its log: checked and copied, events and marks, then
//! everything that is derived.

use std::{
    io,
    time::{Duration, Instant},
};

use audit::{
    log::{CHECKPOINT, Copying},
    verify::{Against, Source, verify},
};
use domain::{
    event::{Event, Fact, Proof},
    id::{EventId, PackageId, Subject},
    leaf::{leaf, leaf_hash},
    private::Private,
    record::{PackageRecord, Recipient, Record, Reference},
    time::{HOUR, MINUTE, Timestamp},
};
use service::restoring::{Erasures, Sources};

use crate::{
    figures::{Aim, figure, heading, judged, resident_mb},
    hub,
    log::{Folder, key, written},
    outside,
};

/// Events of each package, as design numbers have it.
const EACH: u64 = 15;
/// Packages that are under way at the same time.
const TOGETHER: u64 = 1_000;
/// What one million events may take.
const AIM: Duration = Duration::from_secs(300);

/// Prints everything.
pub async fn measure(entries: u64) -> io::Result<()> {
    heading("a store made again from its log");
    let (from, to) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let mut history = History::default();
    written(from.path(), entries, &mut |number| history.entry(number))?;
    let (service, _) = outside::open(to.path())?;
    let (source, files, key) = (Folder(from.path().to_owned()), service.log_files(), key());
    let begun = Instant::now();
    let mut erasures = Erasures::default();
    let copying = Copying { from: &source, to: &files };
    let against = Against { key: key.public(), since: None };
    let report = verify(&copying, against, &mut |_, entry| erasures.take(entry)).await;
    let report = report.map_err(io::Error::other)?;
    if !report.faults.is_empty() {
        return Err(io::Error::other(format!("the log is wrong: {:?}", report.faults)));
    }
    figure("checked and copied", format_args!("{:.1} s", begun.elapsed().as_secs_f64()));
    let note = source.read(CHECKPOINT).await.map_err(io::Error::other)?.unwrap_or_default();
    let note = String::from_utf8(note.into()).map_err(io::Error::other)?;
    let sources = Sources { note: &note, key: key.public(), erasures: &erasures, blobs: None };
    let mut filled = begun.elapsed();
    let done = service.restore(sources, |_| filled = begun.elapsed()).await;
    let done = done.map_err(io::Error::other)?;
    let took = begun.elapsed();
    figure("  events and marks in, by then", format_args!("{:.1} s", filled.as_secs_f64()));
    let name = format!("{} events, {} things, all derived", done.events, done.rebuilt.subjects);
    let aim = AIM.as_secs_f64() * entries as f64 / 1e6;
    judged(&name, took.as_secs_f64(), Aim::AtMost(aim, " s"));
    figure("  memory of it all", format_args!("{:.0} MB", resident_mb("self")));
    Ok(())
}

/// Packages that are registered, scanned and delivered, a thousand at a time.
#[derive(Default)]
struct History {
    /// The last leaf of each that is under way.
    last: Vec<Option<[u8; 32]>>,
}

impl History {
    fn entry(&mut self, number: u64) -> Vec<u8> {
        let Some(number) = number.checked_sub(1) else { return place() };
        self.last.resize(TOGETHER as usize, None);
        let (group, within) = (number / (TOGETHER * EACH), number % (TOGETHER * EACH));
        let (round, place) = (within / TOGETHER, within % TOGETHER);
        let package = PackageId::derive(&[&(group * TOGETHER + place).to_be_bytes()]);
        let fact = match round {
            0 => registered(group * TOGETHER + place),
            14 => Fact::Delivered { place: Some(hub::id()), proof: Proof::default() },
            _ => Fact::Scanned { place: hub::id(), floor: None },
        };
        let hour = (group * 40 + round) as i64;
        let event = event(Subject::Package(package), hour, place as i64, fact);
        let before = self.last[place as usize].filter(|_| round != 0);
        let bytes = leaf(&event, round + 1, before);
        self.last[place as usize] = Some(leaf_hash(&bytes));
        bytes
    }
}

fn event(subject: Subject, hour: i64, second: i64, fact: Fact) -> Event {
    let at = Timestamp::MIN.plus(1_772_355_600_000 + hour * HOUR + second);
    let text = subject.to_string();
    Event {
        id: EventId::derive(&[text.as_bytes(), &hour.to_be_bytes()]),
        subject,
        happened_at: at,
        recorded_at: at.plus(MINUTE),
        actor: "usr_01J9Z3K8Q4W5E6R7T8Y9U0I1O2".to_owned(),
        source: "api".to_owned(),
        fact,
    }
}

fn registered(number: u64) -> Fact {
    let order = Reference { scheme: "order".to_owned(), value: format!("PO-{number:08}") };
    let record = PackageRecord {
        description: Some("27-inch monitor, boxed".to_owned()),
        recipient: Some(Recipient {
            name: Some(Private::new("Ada Kouassi-Young")),
            email: Some(Private::new("ada@company.example")),
            address: None,
        }),
        carrier: Some("ups".to_owned()),
        origin: Some(hub::id()),
        references: Some(vec![order]),
        ..PackageRecord::default()
    };
    Fact::Registered(Box::new(Record::Package(record)))
}

fn place() -> Vec<u8> {
    let record = hub::record();
    let fact = Fact::Registered(Box::new(record));
    leaf(&event(Subject::Place(hub::id()), 0, 0, fact), 1, None)
}
