//! A small company on functions: packages, lorries, places and trackers to which things
//! happen, and every function twice, as two processes.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, AtomicU64, Ordering::SeqCst},
};

use audit::LogKey;
use blobs::{Blobs, ObjectBlobs};
use domain::{
    draft::Draft,
    event::{Fact, Holder, Proof},
    fixes::Batch,
    id::{ContainerId, EventId, PackageId, PlaceId, Subject, TrackerId},
    motion::Fix,
    position::{LatLon, Position},
    record::{
        ContainerKind, ContainerRecord, PackageRecord, PlaceKind, PlaceRecord, Record, Reference,
        TrackerRecord,
    },
    time::{MINUTE, SECOND, Timestamp},
};
use lambda::{Fixes, Scheduler, StreamProjector, StreamSequencer};
use rand::{Rng, RngExt, rngs::StdRng};
use service::{
    Service,
    outgoing::Outgoing,
    outside::{Clock, Entropy, Publisher},
    record::Attribution,
};
use table::{BoxFuture, Faulty, Memory, Table};
use table_dynamodb::Relayed;

use crate::{feedless::Feedless, sources::QueueSource};

/// 2026-03-02, a Monday.
pub const MONDAY: i64 = 1_772_409_600_000;

#[derive(Debug)]
pub struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(SeqCst)).unwrap()
    }
}

#[derive(Debug)]
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let count = self.0.fetch_add(1, SeqCst).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            chunk.copy_from_slice(&count.to_le_bytes()[..chunk.len()]);
        }
    }
}

/// The world, which is told, and now and then does not listen.
#[derive(Debug, Default)]
pub struct Told {
    pub events: Mutex<Vec<EventId>>,
    count: AtomicU64,
}

impl Publisher for Told {
    fn publish(&self, all: Vec<Outgoing>) -> BoxFuture<'_, Vec<bool>> {
        let told = |outgoing| {
            let listens = self.count.fetch_add(1, SeqCst) % 7 != 3;
            if let (Outgoing::Event(it), true) = (outgoing, listens) {
                self.events.lock().unwrap().push(it.event.id);
            }
            listens
        };
        let told = all.into_iter().map(told).collect();
        Box::pin(async { told })
    }
}

/// One process of every function. Its writes fail when they are told to.
pub struct Process {
    pub faults: Arc<Faulty>,
    pub projector: StreamProjector,
    pub sequencer: StreamSequencer,
    pub fixes: Fixes,
    pub scheduler: Scheduler,
}

pub struct Company {
    pub table: Arc<Memory>,
    pub blobs: Arc<dyn Blobs>,
    pub clock: Arc<SetClock>,
    pub queue: Arc<QueueSource>,
    /// Who is told.
    pub world: Arc<Told>,
    /// Where people say what happened.
    pub service: Service,
    pub subjects: Vec<Subject>,
    pub accepted: Vec<(Subject, EventId)>,
    pub measured: Vec<(TrackerId, Fix)>,
    packages: Vec<PackageId>,
    lorries: Vec<ContainerId>,
    places: Vec<PlaceId>,
    trackers: Vec<TrackerId>,
    count: u64,
}

impl Company {
    pub async fn new() -> Self {
        let table = Arc::new(Memory::default());
        let blobs: Arc<dyn Blobs> = Arc::new(ObjectBlobs::in_memory());
        let clock = Arc::new(SetClock(AtomicI64::new(MONDAY)));
        let queue = Arc::new(QueueSource::default());
        let port = Arc::new(Feedless(table.clone()));
        let entropy = Arc::new(Counting(AtomicU64::new(1)));
        let service = Service::new(port, Arc::clone(&blobs), clock.clone(), entropy);
        let service = service.with_fix_queue(queue.clone());
        let mut company = Self {
            table,
            blobs,
            clock,
            queue,
            world: Arc::default(),
            service,
            subjects: Vec::new(),
            accepted: Vec::new(),
            measured: Vec::new(),
            packages: Vec::new(),
            lorries: Vec::new(),
            places: Vec::new(),
            trackers: Vec::new(),
            count: 0,
        };
        company.settle_down().await;
        company
    }

    /// A process of its own on the same store.
    pub fn process(&self, number: u64) -> Process {
        let faults = Arc::new(Faulty::new(self.table.clone()));
        let port: Arc<dyn Table> = Arc::new(Feedless(faults.clone()));
        let entropy = Arc::new(Counting(AtomicU64::new((number + 1) << 40)));
        let (blobs, clock) = (Arc::clone(&self.blobs), self.clock.clone());
        let service = Service::new(Arc::clone(&port), blobs, clock, entropy);
        let relay = Relayed::new(port, 4, std::time::Duration::from_secs(1));
        Process {
            faults,
            projector: StreamProjector::new(
                service.clone(),
                Arc::new(relay),
                Arc::clone(&self.world) as _,
            ),
            sequencer: StreamSequencer::new(service.clone(), key()),
            fixes: Fixes::new(service.clone()),
            scheduler: Scheduler::new(service.with_publisher(Arc::clone(&self.world) as _)),
        }
    }

    pub fn pass(&self, millis: i64) {
        self.clock.0.fetch_add(millis, SeqCst);
    }

    async fn settle_down(&mut self) {
        for (index, (lat, lon)) in [(50.0, 8.5), (51.5, 0.1)].into_iter().enumerate() {
            let id = PlaceId::derive(&[b"place", &[index as u8]]);
            let record = PlaceRecord {
                kind: PlaceKind::Facility,
                name: format!("Hub {index}"),
                at: LatLon::from_degrees(lat, lon).unwrap(),
                radius_m: 500,
                ground: None,
                time_zone: None,
                country: None,
                code: None,
                floors: Vec::new(),
                address: None,
                exact: None,
            };
            self.places.push(id);
            self.register(Subject::Place(id), Record::Place(record)).await;
        }
        for index in 0..2u8 {
            let id = ContainerId::derive(&[b"lorry", &[index]]);
            let (kind, name) = (ContainerKind::Truck, format!("Lorry {index}"));
            self.lorries.push(id);
            let record = ContainerRecord { kind, name, references: Vec::new() };
            self.register(Subject::Container(id), Record::Container(record)).await;
            let tracker = TrackerId::derive(&[b"tracker", &[index]]);
            let record = TrackerRecord { name: format!("Tag {index}"), person: false };
            self.trackers.push(tracker);
            self.register(Subject::Tracker(tracker), Record::Tracker(record)).await;
            self.say(Subject::Container(id), Fact::TrackerAttached(tracker)).await;
        }
    }

    async fn register(&mut self, subject: Subject, record: Record) {
        self.subjects.push(subject);
        self.say(subject, Fact::Registered(Box::new(record))).await;
    }

    async fn say(&mut self, subject: Subject, fact: Fact) {
        self.count += 1;
        let id = EventId::derive(&[b"event", &self.count.to_be_bytes()]);
        let draft = Draft { id, subject, happened_at: self.service.now(), fact };
        let by = Attribution { actor: "usr_clerk".to_owned(), source: "api".to_owned() };
        // What is refused did not happen.
        if self.service.record(&by, vec![draft]).await.is_ok() {
            self.accepted.push((subject, id));
        }
    }

    /// Something happens.
    pub async fn step(&mut self, random: &mut StdRng) {
        self.pass(random.random_range(0..20 * MINUTE));
        let place = self.places[random.random_range(0..self.places.len())];
        let lorry = self.lorries[random.random_range(0..self.lorries.len())];
        let Some(package) = self.packages.get(random.random_range(0..8)).copied() else {
            return self.new_package(place).await;
        };
        let (package, carrier) = (Subject::Package(package), Subject::Container(lorry));
        match random.random_range(0..9) {
            0 => self.say(package, Fact::Joined(Holder::Container(lorry))).await,
            1 => self.say(package, Fact::Left(Holder::Container(lorry))).await,
            2 => self.say(package, Fact::Scanned { place, floor: None }).await,
            3 => {
                let delivered = Fact::Delivered { place: Some(place), proof: Proof::default() };
                self.say(package, delivered).await;
            }
            4 => self.say(carrier, Fact::Arrived { place }).await,
            5 => {
                let to = Some(place);
                let left = Fact::Departed { from: None, to, mode: None, expected_at: None };
                self.say(carrier, left).await;
            }
            6 if random.random_bool(0.2) => self.queue.put("no base64 at all!".to_owned()),
            _ => self.measure(random).await,
        }
    }

    async fn new_package(&mut self, origin: PlaceId) {
        let number = format!("1Z{}", self.packages.len());
        let id = PackageId::derive(&[number.as_bytes()]);
        let reference = Reference { scheme: "carrier:ups".to_owned(), value: number };
        let record = PackageRecord {
            references: Some(vec![reference]),
            origin: Some(origin),
            description: Some("27-inch monitor".to_owned()),
            ..PackageRecord::default()
        };
        self.packages.push(id);
        self.register(Subject::Package(id), Record::Package(record)).await;
    }

    async fn measure(&mut self, random: &mut StdRng) {
        let tracker = self.trackers[random.random_range(0..self.trackers.len())];
        let now = self.service.now();
        let fixes: Vec<(TrackerId, Fix)> = (0..random.random_range(1..6))
            .map(|it| (tracker, fix(now.plus(-it * 10 * SECOND), random)))
            .collect();
        let by = Attribution { actor: "usr_gateway".to_owned(), source: "api".to_owned() };
        let batch = Batch::of(fixes.iter().copied());
        self.service.accept_fixes(&by, None, &batch).await.unwrap();
        self.measured.extend(fixes);
    }
}

fn fix(at: Timestamp, random: &mut impl Rng) -> Fix {
    let minutes = at.millis() as f64 / 60_000.0;
    let north = (minutes % 10_000.0) * 0.0005 + random.random_range(0.0..0.000_1);
    Fix {
        at,
        position: Position { at: LatLon::from_degrees(45.0 + north, 9.0).unwrap(), height: None },
        radius_95_mm: Some(8_000),
        vertical_95_mm: None,
        speed_mm_s: None,
        course_cdeg: None,
    }
}

pub fn key() -> LogKey {
    LogKey::new("functions/log", &[5; 32]).unwrap()
}
