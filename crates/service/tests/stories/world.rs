//! A small world to tell stories in: a service, a clock that is set by hand,
//! and short words for what people do.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering::SeqCst},
};

use blobs::Blobs;
use domain::{
    draft::Draft,
    event::{Fact, Holder},
    id::{ContainerId, EventId, PackageId, PlaceId, Subject, UserId},
    position::LatLon,
    record::{
        ContainerKind, ContainerRecord, PackageRecord, PlaceKind, PlaceRecord, Record, Reference,
    },
    time::{HOUR, Timestamp},
};
use service::{
    Result, Service,
    outside::{Clock, Entropy},
    projector::Projector,
    record::{Attribution, Receipt},
};
use table::{Memory, Mirror, Table};
use table_dynamodb::emulated::Emulator;
use table_embedded::{Embedded, Options};
use tempfile::TempDir;

/// A clock that stands still until it is set.
#[derive(Debug)]
pub struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(SeqCst)).expect("stories happen in our years")
    }
}

/// Counts instead of guessing: a story goes the same way every time.
#[derive(Debug, Default)]
pub struct Counting(AtomicU64);

impl Counting {
    /// Goes on as somebody who was given so many bytes before.
    pub const fn from(count: u64) -> Self {
        Self(AtomicU64::new(count))
    }
}

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let count = self.0.fetch_add(1, SeqCst).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            chunk.copy_from_slice(&count.to_le_bytes()[..chunk.len()]);
        }
    }
}

/// Gives the same bytes for ever: what is recorded twice is the same to the byte.
#[derive(Debug)]
pub struct Still;

impl Entropy for Still {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

/// Midnight before the stories begin: 2026-03-02, a Monday.
pub const MONDAY: i64 = 1_772_409_600_000;

pub struct World {
    pub table: Arc<dyn Table>,
    pub service: Service,
    pub projector: Projector,
    pub clock: Arc<SetClock>,
    pub blobs: Arc<dyn Blobs>,
    /// Goes with the world.
    _folder: Option<TempDir>,
}

impl World {
    /// On both engines at once: what one answers, the other must.
    pub fn new() -> Self {
        if crate::on_dynamodb() {
            // The first is the one that is seen: its versions, feeds and units.
            let dynamo = Emulator::dynoxide().table_now();
            return Self::on(Arc::new(Mirror::new(Arc::new(dynamo), Arc::new(Memory::default()))));
        }
        let folder = tempfile::tempdir().expect("a folder");
        let embedded = Embedded::open(folder.path(), Options::default()).expect("a new folder");
        let both = Mirror::new(Arc::new(Memory::default()), Arc::new(embedded));
        Self { _folder: Some(folder), ..Self::on(Arc::new(both)) }
    }

    pub fn on(table: Arc<dyn Table>) -> Self {
        Self::with(table, Arc::new(Counting::default()))
    }

    pub fn with(table: Arc<dyn Table>, entropy: Arc<dyn Entropy>) -> Self {
        Self::over(table, Arc::new(blobs::ObjectBlobs::in_memory()), entropy)
    }

    /// With blobs of one's own.
    pub fn over(table: Arc<dyn Table>, blobs: Arc<dyn Blobs>, entropy: Arc<dyn Entropy>) -> Self {
        let clock = Arc::new(SetClock(AtomicI64::new(MONDAY)));
        let kept = Arc::clone(&blobs);
        let service = Service::new(Arc::clone(&table), kept, clock.clone(), entropy);
        let projector = Projector::new(service.clone());
        Self { table, service, projector, clock, blobs, _folder: None }
    }

    /// Another process on the same store, which remembers nothing.
    pub fn another(&self) -> Service {
        let (table, blobs) = (Arc::clone(&self.table), Arc::clone(&self.blobs));
        Service::new(table, blobs, self.clock.clone(), Arc::new(Counting::from(1 << 40)))
    }

    /// It is this many hours after Monday midnight.
    pub fn it_is(&self, hours: i64) {
        self.clock.0.store(MONDAY + hours * HOUR, SeqCst);
    }

    /// What time it is.
    pub fn service_now(&self) -> Timestamp {
        self.clock.now()
    }

    /// It is this instant.
    pub fn clock_at(&self, at: Timestamp) {
        self.clock.0.store(at.millis(), SeqCst);
    }

    /// Somebody says something as it happens, or later if it is later already.
    pub async fn say(&self, subject: Subject, hours: i64, fact: Fact) -> Result<Receipt> {
        self.say_as(&by(clerk()), subject, hours, fact).await
    }

    /// The same, said by whom it matters.
    pub async fn say_as(
        &self,
        by: &Attribution,
        subject: Subject,
        hours: i64,
        fact: Fact,
    ) -> Result<Receipt> {
        self.clock.0.fetch_max(MONDAY + hours * HOUR, SeqCst);
        let name = format!("{subject} {hours} {fact:?}");
        let drafts = vec![draft(&name, subject, hours, fact)];
        self.service.record(by, drafts).await.map(|it| it[0])
    }

    pub async fn record(&self, drafts: Vec<Draft>) -> Result<Vec<Receipt>> {
        self.service.record(&by(clerk()), drafts).await
    }

    pub async fn place(&self, name: &str, lat: f64, lon: f64) -> PlaceId {
        let id = PlaceId::derive(&[name.as_bytes()]);
        let record = Record::Place(PlaceRecord {
            kind: PlaceKind::Facility,
            name: name.to_owned(),
            at: LatLon::from_degrees(lat, lon).expect("on Earth"),
            radius_m: 500,
            ground: None,
            time_zone: None,
            country: None,
            code: None,
            floors: Vec::new(),
            address: None,
            exact: None,
        });
        self.register(Subject::Place(id), record).await;
        id
    }

    pub async fn truck(&self, name: &str) -> ContainerId {
        let id = ContainerId::derive(&[name.as_bytes()]);
        let kind = ContainerKind::Truck;
        let record = ContainerRecord { kind, name: name.to_owned(), references: Vec::new() };
        self.register(Subject::Container(id), Record::Container(record)).await;
        id
    }

    pub async fn package(&self, number: &str) -> PackageId {
        self.package_with(number, PackageRecord::default()).await
    }

    pub async fn package_with(&self, number: &str, record: PackageRecord) -> PackageId {
        let id = PackageId::derive(&[number.as_bytes()]);
        let references = Some(vec![reference("carrier:ups", number)]);
        let record = PackageRecord { references, ..record };
        self.register(Subject::Package(id), Record::Package(record)).await;
        id
    }

    async fn register(&self, subject: Subject, record: Record) {
        self.say(subject, 0, Fact::Registered(Box::new(record))).await.expect("registered");
    }

    pub async fn load(&self, package: PackageId, into: ContainerId, hours: i64) -> Result<Receipt> {
        let fact = Fact::Joined(Holder::Container(into));
        self.say(Subject::Package(package), hours, fact).await
    }
}

/// Who says whatever nobody else does: a person with an account, as most who register are.
pub fn clerk() -> UserId {
    UserId::derive(&[b"clerk"])
}

/// What a person says at a desk.
pub fn by(person: UserId) -> Attribution {
    Attribution { actor: person.to_string(), source: "api".to_owned() }
}

/// What nobody says who has an account.
pub fn by_nobody(actor: &str) -> Attribution {
    Attribution { actor: actor.to_owned(), source: "import".to_owned() }
}

pub fn draft(name: &str, subject: Subject, hours: i64, fact: Fact) -> Draft {
    let happened_at = at(hours);
    Draft { id: EventId::derive(&[name.as_bytes()]), subject, happened_at, fact }
}

pub fn at(hours: i64) -> Timestamp {
    Timestamp::from_millis(MONDAY + hours * HOUR).expect("stories happen in our years")
}

pub fn reference(scheme: &str, value: &str) -> Reference {
    Reference { scheme: scheme.to_owned(), value: value.to_owned() }
}
