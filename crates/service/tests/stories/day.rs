//! A whole day at a company, step by step, and what everybody was told.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    event::{Fact, Holder, Proof},
    id::{ClientId, ContainerId, EventId, PackageId, PlaceId, Subject},
    leaf::LeafHash,
    money::{CostKind, CostLine, Money},
    position::LatLon,
    private::Private,
    record::{
        ClientRecord, ContainerKind, ContainerRecord, PackageRecord, PlaceKind, PlaceRecord, Record,
    },
};
use service::{
    Error, Result,
    import::{Wish, import_id},
    photos::NewPhoto,
    record::Receipt,
};

use crate::{
    import::{MAPPING, SMALL, mapping},
    world::{World, at, by, clerk, draft, reference},
};

/// What was acknowledged: which event, its number and the hash of its leaf.
pub type Acknowledged = BTreeMap<(Subject, EventId), (u64, LeafHash)>;

/// How a day went.
#[derive(Default)]
pub struct Day {
    /// What people were told is recorded.
    pub acknowledged: Acknowledged,
    /// What did not work, by the name of the step.
    pub failed: Vec<(&'static str, String)>,
    /// The steps, and how often had been written by the end of each.
    pub steps: Vec<(&'static str, u64)>,
}

impl Day {
    fn said(&mut self, step: &'static str, answer: Result<Vec<Receipt>>, writes: u64) -> bool {
        let good = answer.is_ok();
        match answer {
            Ok(receipts) => {
                for it in receipts {
                    let told = (it.seq, it.leaf);
                    let before = self.acknowledged.insert((it.subject, it.event), told);
                    assert!(before.is_none_or(|it| it == told), "{step}: two receipts differ");
                }
            }
            Err(error) => self.failed.push((step, error.to_string())),
        }
        self.steps.push((step, writes));
        good
    }

    fn done<T>(&mut self, step: &'static str, answer: Result<T>, writes: u64) -> Option<T> {
        let answer = answer.map_err(|error| self.failed.push((step, error.to_string())));
        self.steps.push((step, writes));
        answer.ok()
    }
}

fn client(name: &str) -> Record {
    Record::Client(ClientRecord { name: name.to_owned() })
}

fn container(kind: ContainerKind, name: &str) -> Record {
    Record::Container(ContainerRecord { kind, name: name.to_owned(), references: Vec::new() })
}

fn facility(name: &str, lat: f64, lon: f64) -> Record {
    Record::Place(PlaceRecord {
        kind: PlaceKind::Facility,
        name: name.to_owned(),
        at: LatLon::from_degrees(lat, lon).unwrap(),
        radius_m: 500,
        ground: None,
        time_zone: None,
        country: None,
        code: None,
        floors: Vec::new(),
        address: None,
        exact: None,
    })
}

fn note(text: &str) -> Fact {
    Fact::Note(Private::new(text))
}

fn pixel() -> Vec<u8> {
    let text = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    STANDARD.decode(text).unwrap()
}

/// The day. Whoever is refused goes on with the next thing they have to do; what
/// depends on something that was not acknowledged is left for another day.
pub async fn a_whole_day(world: &World, writes: impl Fn() -> u64) -> Day {
    let mut day = Day::default();
    let acme = Subject::Client(ClientId::derive(&[b"acme"]));
    let (memphis, austin) = (PlaceId::derive(&[b"memphis"]), PlaceId::derive(&[b"austin"]));
    let (truck, pallet) = (ContainerId::derive(&[b"truck"]), ContainerId::derive(&[b"pallet"]));
    let (a, b) = (PackageId::derive(&[b"a"]), PackageId::derive(&[b"b"]));
    let (pa, pb) = (Subject::Package(a), Subject::Package(b));

    let parties = [
        ("a client", acme, client("Acme")),
        ("a place", Subject::Place(memphis), facility("Memphis hub", 35.05, -89.98)),
        ("another place", Subject::Place(austin), facility("Austin", 30.27, -97.74)),
        ("a truck", Subject::Container(truck), container(ContainerKind::Truck, "Truck 7")),
        ("a pallet", Subject::Container(pallet), container(ContainerKind::Pallet, "Pallet 1")),
    ];
    for (step, subject, record) in parties {
        let fact = Fact::Registered(Box::new(record));
        let answer = world.record(vec![draft(step, subject, 0, fact)]).await;
        day.said(step, answer, writes());
    }
    for (step, package, serial) in [("a package, packed", pa, "0"), ("another package", pb, "1")] {
        let record = Record::Package(PackageRecord {
            client: Some(ClientId::derive(&[b"acme"])),
            origin: Some(memphis),
            destination: Some(austin),
            references: Some(vec![reference("order", "PO 7"), reference("serial", serial)]),
            ..PackageRecord::default()
        });
        let together = vec![
            draft(&format!("r{serial}"), package, 0, Fact::Registered(Box::new(record))),
            draft(&format!("n{serial}"), package, 1, note("packed")),
        ];
        world.it_is(1);
        let answer = world.record(together).await;
        day.said(step, answer, writes());
    }
    let answer = world.projector.catch_up().await;
    day.done("rows follow the registrations", answer, writes());

    let scan = |place| Fact::Scanned { place, floor: None };
    let departed =
        Fact::Departed { from: Some(memphis), to: Some(austin), mode: None, expected_at: None };
    let freight = |minor: &str| CostLine {
        kind: CostKind::Freight,
        amount: Money::parse(minor, "USD".parse().unwrap()).unwrap(),
        source: "invoice".to_owned(),
        id: "INV-1/1".to_owned(),
    };
    let more = Record::Package(PackageRecord {
        description: Some("Monitors".to_owned()),
        references: Some(vec![reference("carrier:ups", "1Z999AA1")]),
        ..PackageRecord::default()
    });
    let amended = Fact::Amended { set: Box::new(more), clear: Vec::new() };
    let first_scan = EventId::derive(&[b"scan"]);
    let corrected = Fact::Corrected { target: first_scan, fact: Box::new(scan(austin)) };
    let voided = Fact::Voided { target: EventId::derive(&[b"gate"]), why: None };
    let into = |it| Fact::Joined(Holder::Container(it));
    // What is done, when it is said, when it happened.
    let moves = [
        ("scan", pa, 2, 2, scan(memphis)),
        ("departure", pa, 3, 3, departed),
        ("arrival", pa, 5, 5, Fact::Arrived { place: austin }),
        ("late scan, folded anew", pa, 6, 2, scan(memphis)),
        ("pallet onto the truck", Subject::Container(pallet), 6, 6, into(truck)),
        ("package onto the pallet", pb, 6, 6, into(pallet)),
        ("package onto the truck", pa, 6, 6, into(truck)),
        ("gate", pb, 7, 7, note("seen at the gate")),
        ("package off the pallet", pb, 8, 8, Fact::Left(Holder::Container(pallet))),
        ("amendment with a new number", pa, 8, 8, amended),
        ("cost", pa, 8, 8, Fact::CostAdded(freight("52.10"))),
        ("shared cost", pb, 8, 8, Fact::CostShared { kind: CostKind::Freight, with: a }),
        ("correction", pa, 9, 2, corrected),
        ("void", pb, 9, 9, voided),
    ];
    for (step, subject, said, happened, fact) in moves {
        world.it_is(said);
        let answer = world.record(vec![draft(step, subject, happened, fact)]).await;
        day.said(step, answer, writes());
        if step.ends_with("truck") {
            let answer = world.projector.catch_up().await;
            day.done("rows follow the loading", answer, writes());
        }
    }
    the_rest(world, &mut day, writes).await;
    day
}

/// Other ways in: the gazetteer, a photo, a file, and a message that is refused.
async fn the_rest(world: &World, day: &mut Day, writes: impl Fn() -> u64) {
    let pa = Subject::Package(PackageId::derive(&[b"a"]));
    let by = by(clerk());
    world.it_is(10);
    let meant = world.service.place_meant("Vienna, Austria").await;
    day.done("a place of the gazetteer", meant, writes());

    let photo = NewPhoto { bytes: pixel().into(), media_type: "image/png", happened_at: at(10) };
    let answer = world.service.add_photo(&by, pa, photo).await;
    day.said("photo", answer.map(|(_, receipt)| vec![receipt]), writes());

    let quarantined = draft("gate", Subject::Package(PackageId::derive(&[b"b"])), 7, note("other"));
    let gate = (quarantined.subject, quarantined.id);
    if day.acknowledged.contains_key(&gate) {
        match world.record(vec![quarantined]).await {
            Err(Error::Differs { .. }) => day.steps.push(("other content, set aside", writes())),
            other => {
                day.said("other content, set aside", other, writes());
            }
        }
    }

    let (id, mapping, open) = (import_id(MAPPING, SMALL), mapping(MAPPING), || Ok(SMALL));
    let done = world.service.import(&by, &mapping, id, open, Wish::default(), |_| ());
    match done.await {
        Ok(report) => {
            assert_eq!((report.rows, report.failed), (3, 0), "{:?}", report.errors);
            for number in ["1001", "1002", "1003"] {
                let found = world.service.find(number).await.unwrap_or_default();
                assert_eq!(found.len(), 1, "{number} is imported");
                let package = Subject::Package(found[0]);
                for it in world.service.history(package).await.unwrap() {
                    let told = (it.seq, it.leaf_hash());
                    day.acknowledged.insert((package, it.event.id), told);
                }
            }
        }
        Err(why) => day.failed.push(("import", why.to_string())),
    }
    day.steps.push(("import", writes()));
    let delivered = Fact::Delivered { place: None, proof: Proof::default() };
    world.it_is(11);
    let answer = world.record(vec![draft("delivery", pa, 11, delivered)]).await;
    day.said("delivery", answer, writes());
    let answer = world.projector.catch_up().await;
    day.done("rows follow the rest", answer, writes());
}
