//! Finding packages by whatever people remember of them.

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    event::{Event, Fact, Holder, IncidentReason},
    id::{ClientId, PackageId, PlaceId, Subject, UserId},
    mode::Mode,
    private::Private,
    record::{ClientRecord, Item, PackageField, PackageRecord, Recipient, Record, Reference},
    state::Status,
};
use service::{
    packages::{After, Filter},
    search::{Ask, Field, Found},
};
use table::Memory;

use crate::world::{World, by, by_nobody, draft, reference};

fn ask<'a>(text: &'a str, filter: &'a Filter) -> Ask<'a> {
    Ask { text, filter, registered_by: None, personal: true, after: None, limit: 50 }
}

async fn found(world: &World, text: &str) -> Vec<PackageId> {
    ids(&world.service.search(ask(text, &Filter::default())).await.unwrap())
}

fn ids(found: &Found) -> Vec<PackageId> {
    found.hits.iter().map(|it| it.line.id).collect()
}

fn monitor() -> PackageRecord {
    PackageRecord {
        description: Some("27-inch monitor, for the front desk".to_owned()),
        items: Some(vec![Item {
            name: "UltraSharp U2723QE".to_owned(),
            quantity: 2,
            serials: vec!["CN-0K6H7D-TV200".to_owned()],
            value: None,
        }]),
        recipient: Some(Recipient {
            name: Some(Private::new("Ada Kouassi-Young")),
            email: Some(Private::new("Ada.Kouassi@company.example")),
            address: None,
        }),
        order: Some("PO-2026-0815".to_owned()),
        carrier: Some("ups".to_owned()),
        mode: Some(Mode::Air),
        ..PackageRecord::default()
    }
}

async fn client(world: &World, name: &str) -> ClientId {
    let id = ClientId::derive(&[name.as_bytes()]);
    let record = Record::Client(ClientRecord { name: name.to_owned() });
    world.say(Subject::Client(id), 0, Fact::Registered(Box::new(record))).await.unwrap();
    id
}

#[tokio::test]
async fn a_package_is_found_by_whatever_people_remember() {
    let world = World::new();
    let client = client(&world, "Aurora Clinics Ltd").await;
    let record = PackageRecord { client: Some(client), ..monitor() };
    let package = world.package_with("1Z 999 AA1 01 2345 6784", record).await;
    let keyboard = PackageRecord { description: Some("keyboard".to_owned()), ..Default::default() };
    world.package_with("1Z 999 AA1 01 2345 9999", keyboard).await;
    world.projector.catch_up().await.unwrap();

    for (text, field) in [
        ("1Z999AA10123456784", Field::Reference),
        ("1z 999 aa1 01 2345 6784", Field::Reference),
        ("6784", Field::Reference),
        ("2345 6784", Field::Reference),
        ("AA10123456784", Field::Reference),
        ("po 2026 0815", Field::Order),
        ("0815", Field::Order),
        ("CN-0K6H7D-TV200", Field::Serial),
        ("tv200", Field::Serial),
        ("Monitor", Field::Description),
        ("27-inch", Field::Description),
        ("moni", Field::Description),
        ("u2723qe", Field::Items),
        ("aurora", Field::Client),
        ("kouassi", Field::Recipient),
        ("ada.kouassi@COMPANY.example", Field::Recipient),
        ("monitor 27 desk", Field::Description),
        ("aurora monitor", Field::Client),
        ("monitor 6784", Field::Description),
        ("ups monitor", Field::Carrier),
        ("ups", Field::Carrier),
        ("the monitor", Field::Description),
    ] {
        let found = world.service.search(ask(text, &Filter::default())).await.unwrap();
        assert_eq!(ids(&found), [package], "{text}");
        assert_eq!(found.hits[0].by.first(), Some(&field), "{text}");
        assert!(found.after.is_none() && !found.partial, "{text}");
    }
    for text in ["784", "2345 678", "monitor keyboard", "the", "-", "dhl", "ups dhl"] {
        assert!(found(&world, text).await.is_empty(), "{text}");
    }
    assert_eq!(found(&world, &package.to_string()).await, [package]);
    assert_eq!(found(&world, "").await.len(), 2, "no text lists all");
}

#[tokio::test]
async fn only_who_may_see_recipients_finds_by_them() {
    let world = World::new();
    world.package_with("1Z1", monitor()).await;
    world.projector.catch_up().await.unwrap();
    let none = Filter::default();
    for text in ["kouassi", "ada.kouassi@company.example", "kou", "young monitor"] {
        let asked = |personal| world.service.search(Ask { personal, ..ask(text, &none) });
        assert_eq!(asked(true).await.unwrap().hits.len(), 1, "{text}");
        assert_eq!(asked(false).await.unwrap().hits.len(), 0, "{text}");
    }
}

#[tokio::test]
async fn amending_and_voiding_take_old_words_away() {
    let world = World::new();
    let package = world.package_with("1Z1", monitor()).await;
    let subject = Subject::Package(package);
    world.projector.catch_up().await.unwrap();
    let set =
        PackageRecord { description: Some("docking station".to_owned()), ..Default::default() };
    let amended = Fact::Amended {
        set: Box::new(Record::Package(set)),
        clear: vec![PackageField::Items, PackageField::Recipient, PackageField::Order],
    };
    let receipt = world.say(subject, 1, amended).await.unwrap();
    // What is recorded counts at once, also where its rows lag behind.
    assert!(found(&world, "monitor").await.is_empty());
    world.projector.catch_up().await.unwrap();
    assert_eq!(found(&world, "docking").await, [package]);
    for text in ["monitor", "u2723qe", "kouassi", "0815", "tv200"] {
        assert!(found(&world, text).await.is_empty(), "{text}");
    }
    let voided = Fact::Voided { target: receipt.event, why: None };
    world.say(subject, 2, voided).await.unwrap();
    world.projector.catch_up().await.unwrap();
    assert!(found(&world, "docking").await.is_empty());
    assert_eq!(found(&world, "tv200").await, [package]);
}

#[tokio::test]
async fn renaming_a_client_moves_only_its_own_words() {
    let world = World::on(Arc::new(Memory::default()));
    let client = client(&world, "Aurora Clinics").await;
    for number in 0..20 {
        let record = PackageRecord { client: Some(client), ..PackageRecord::default() };
        world.package_with(&format!("1Z{number}"), record).await;
    }
    world.projector.catch_up().await.unwrap();
    assert_eq!(found(&world, "clinics").await.len(), 20);

    let before = world.table.usage();
    let set = Record::Client(ClientRecord { name: "Aurora Hospitals".to_owned() });
    let renamed = Fact::Amended { set: Box::new(set), clear: vec![] };
    world.say(Subject::Client(client), 1, renamed).await.unwrap();
    world.projector.catch_up().await.unwrap();
    let units = (world.table.usage() - before).write_units;
    assert!(units <= 12, "{units} units");
    assert_eq!(found(&world, "clinics").await.len(), 0);
    assert_eq!(found(&world, "hospitals").await.len(), 20);
    assert_eq!(found(&world, "aurora").await.len(), 20);
}

/// Packages `0..count`, every one a monitor, registered minute by minute.
async fn many(world: &World, count: u32) -> Vec<PackageId> {
    let (mut all, mut places) = (Vec::new(), Vec::new());
    for place in 0..7 {
        places.push(world.place(&format!("Place {place}"), f64::from(place), 8.0).await);
    }
    for number in 0..count {
        let record = PackageRecord {
            description: Some(format!("monitor lot{}", number % 10)),
            carrier: Some(if number % 3 == 0 { "ups" } else { "dhl" }.to_owned()),
            destination: Some(places[number as usize % 7]),
            ..PackageRecord::default()
        };
        world.it_is(i64::from(number));
        all.push(world.package_with(&format!("PKG{number:05}X"), record).await);
    }
    world.projector.catch_up().await.unwrap();
    all
}

async fn pages(world: &World, text: &str, filter: &Filter, limit: usize) -> Vec<PackageId> {
    let (mut all, mut after): (Vec<PackageId>, Option<After>) = (Vec::new(), None);
    for _ in 0..1_000 {
        let ask = Ask { after, limit, ..ask(text, filter) };
        let page = world.service.search(ask).await.unwrap();
        assert!(page.hits.len() <= limit);
        all.extend(ids(&page));
        after = page.after;
        if after.is_none() {
            return all;
        }
    }
    panic!("pages without an end");
}

#[tokio::test]
async fn pages_go_on_newest_first_and_miss_nothing() {
    let world = World::on(Arc::new(Memory::default()));
    let mut all = many(&world, 300).await;
    all.reverse();
    let every = |keep: &dyn Fn(usize) -> bool| -> Vec<PackageId> {
        // Reversed: the first is number 299.
        all.iter().enumerate().filter(|(at, _)| keep(299 - at)).map(|(_, id)| *id).collect()
    };
    let none = Filter::default();
    for limit in [1, 7, 50, 500] {
        assert_eq!(pages(&world, "monitor", &none, limit).await, all, "{limit}");
        assert_eq!(pages(&world, "monitor lot3", &none, limit).await, every(&|it| it % 10 == 3));
    }
    let ups = Filter { carrier: Some("ups".to_owned()), ..Filter::default() };
    assert_eq!(pages(&world, "monitor", &ups, 9).await, every(&|it| it % 3 == 0));
    assert_eq!(pages(&world, "ups", &none, 9).await, every(&|it| it % 3 == 0));
    let place = Filter { places: vec![PlaceId::derive(&[b"Place 4"])], ..Filter::default() };
    assert_eq!(pages(&world, "monitor", &place, 9).await, every(&|it| it % 7 == 4));
    assert_eq!(pages(&world, "", &place, 9).await, every(&|it| it % 7 == 4));
    let (from, to) = (crate::world::at(100), crate::world::at(120));
    let span = Filter { from: Some(from), to: Some(to), ..Filter::default() };
    for text in ["monitor", ""] {
        let right = every(&|it| (100..=120).contains(&it));
        assert_eq!(pages(&world, text, &span, 4).await, right, "{text}");
    }
    let lost = Filter { status: Some(Status::Lost), ..Filter::default() };
    world.say(Subject::Package(all[200]), 400, Fact::Lost).await.unwrap();
    world.projector.catch_up().await.unwrap();
    assert_eq!(pages(&world, "monitor", &lost, 9).await, [all[200]]);
    assert_eq!(pages(&world, "moni", &none, 9).await, all, "by its beginning");
}

#[tokio::test]
async fn a_common_word_is_read_no_further_than_a_page_needs() {
    let world = World::on(Arc::new(Memory::default()));
    many(&world, 2_500).await;
    let read = async |text: &str, filter: &Filter| {
        let before = world.table.usage();
        let found = world.service.search(ask(text, filter)).await.unwrap();
        (found, (world.table.usage() - before).items_read)
    };
    let (found, rows) = read("monitor", &Filter::default()).await;
    assert_eq!(found.hits.len(), 50);
    assert!(rows < 500, "{rows} rows");
    let nobody = Filter { carrier: Some("nobody".to_owned()), ..Filter::default() };
    let (found, rows) = read("monitor", &nobody).await;
    assert!(found.hits.is_empty() && found.after.is_some(), "{found:?}");
    assert!(rows < 2_500, "{rows} rows");
}

#[tokio::test]
async fn what_goes_wrong_is_found_at_once_among_all_the_others() {
    let world = World::on(Arc::new(Memory::default()));
    let all = many(&world, 5_000).await;
    let (old, young) = (Subject::Package(all[9]), Subject::Package(all[39]));
    let problem = Fact::Problem { reason: IncidentReason::ConsigneeNotHome, detail: None };
    for subject in [old, young] {
        world.say(subject, 6_000, problem.clone()).await.unwrap();
    }
    world.projector.catch_up().await.unwrap();
    let of = |status, carrier: Option<&str>| Filter {
        status: Some(status),
        carrier: carrier.map(str::to_owned),
        ..Filter::default()
    };
    let first_page = async |text: &str, filter: &Filter| {
        let before = world.table.usage();
        let found = world.service.search(ask(text, filter)).await.unwrap();
        let rows = (world.table.usage() - before).items_read;
        assert!(found.after.is_none() && rows < 100, "{rows} rows, {found:?}");
        ids(&found)
    };
    let both = [all[39], all[9]];
    assert_eq!(first_page("", &of(Status::Problem, None)).await, both, "newest first");
    assert_eq!(first_page("", &of(Status::Problem, Some("ups"))).await, both);
    assert_eq!(first_page("ups", &of(Status::Problem, None)).await, both);
    assert_eq!(first_page("monitor", &of(Status::Problem, None)).await, both);
    assert_eq!(first_page("lot9", &of(Status::Problem, None)).await, both);
    let none: [PackageId; 0] = [];
    assert_eq!(first_page("", &of(Status::Problem, Some("dhl"))).await, none);
    assert_eq!(first_page("dhl", &of(Status::Problem, Some("ups"))).await, none);
    assert_eq!(first_page("", &of(Status::Lost, None)).await, none);
    assert_eq!(pages(&world, "", &of(Status::Problem, None), 1).await, both);

    world.say(young, 6_001, Fact::Lost).await.unwrap();
    // What is recorded counts at once, also where its rows lag behind.
    assert_eq!(first_page("", &of(Status::Problem, None)).await, [all[9]]);
    world.projector.catch_up().await.unwrap();
    assert_eq!(first_page("", &of(Status::Lost, None)).await, [all[39]]);
    assert_eq!(world.service.rebuild(|_| ()).await.unwrap().rows_removed, 0);
    assert_eq!(first_page("", &of(Status::Problem, None)).await, [all[9]]);
}

#[tokio::test]
async fn a_custody_event_writes_no_posting() {
    let world = World::on(Arc::new(Memory::default()));
    let package = world.package_with("1Z1", monitor()).await;
    let truck = world.truck("Truck 7").await;
    world.projector.catch_up().await.unwrap();
    let before = world.table.usage();
    world.say(Subject::Package(package), 1, Fact::PickedUp { place: None }).await.unwrap();
    let joined = Fact::Joined(Holder::Container(truck));
    world.say(Subject::Package(package), 2, joined).await.unwrap();
    world.projector.catch_up().await.unwrap();
    let items = (world.table.usage() - before).items_written;
    // Two events, two heads, the list row, the membership, the truck's count, what
    // it is known to hold, checkpoints: a posting for each word would be eight more.
    assert!(items <= 10, "{items} items");
}

#[tokio::test]
async fn my_packages_are_those_addressed_to_me() {
    let world = World::new();
    let package = world.package_with("1Z1", monitor()).await;
    world.package_with("1Z2", PackageRecord::default()).await;
    world.projector.catch_up().await.unwrap();
    let mine = async |email: &str| ids(&world.service.addressed_to(email, None, 50).await.unwrap());
    assert_eq!(mine("ada.kouassi@company.example").await, [package]);
    assert!(mine("kouassi").await.is_empty());
    assert!(mine("bob@company.example").await.is_empty());
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ mixed >> 31) % end as u64) as usize
    }
}

const WORDS: &[&str] = &["monitor", "dock", "cable", "blue", "large", "27"];

fn random_record(random: &mut Random, clients: &[ClientId]) -> PackageRecord {
    let text = |random: &mut Random| {
        let count = 1 + random.below(3);
        let each = (0..count).map(|_| WORDS[random.below(WORDS.len())]);
        each.collect::<Vec<_>>().join(" ")
    };
    PackageRecord {
        description: (random.below(2) == 0).then(|| text(random)),
        client: (random.below(2) == 0).then(|| clients[random.below(clients.len())]),
        order: (random.below(2) == 0).then(|| format!("PO-{:05}", random.below(20))),
        carrier: (random.below(2) == 0).then(|| ["ups", "dhl"][random.below(2)].to_owned()),
        recipient: (random.below(2) == 0).then(|| Recipient {
            name: Some(Private::new(text(random))),
            email: None,
            address: None,
        }),
        references: (random.below(2) == 0)
            .then(|| vec![reference("po", &format!("R{:05}", random.below(20)))]),
        ..PackageRecord::default()
    }
}

/// Whether a package has a word, said as plainly as possible.
fn has(record: &PackageRecord, names: &[(ClientId, String)], word: &str) -> bool {
    let mut texts: Vec<String> = record.description.clone().into_iter().collect();
    texts.extend(
        record.recipient.iter().filter_map(|it| Some(it.name.as_ref()?.text()?.to_owned())),
    );
    texts.extend(names.iter().filter(|it| Some(it.0) == record.client).map(|it| it.1.clone()));
    let numbers = record.references.iter().flatten().map(|it: &Reference| it.normalised());
    let order = record.order.iter().map(|it| domain::record::normalise_reference(it));
    texts.iter().any(|it| it.split_whitespace().any(|it| it == word))
        || 4 <= word.len() && numbers.chain(order).any(|it| it.ends_with(&word.to_uppercase()))
        || record.carrier.as_deref() == Some(word)
}

#[tokio::test]
async fn whatever_was_said_in_whatever_order_the_words_are_those_of_now() {
    // A case is a whole world with its rebuilding: fewer do.
    let cases = if depth::is_soak() { 1_000 } else { 20 };
    let mut random = Random(depth::seed());
    for _ in 0..cases {
        let world = World::on(Arc::new(Memory::default()));
        let clients = [client(&world, "north dock").await, client(&world, "south").await];
        let mut names =
            vec![(clients[0], "north dock".to_owned()), (clients[1], "south".to_owned())];
        let packages: Vec<_> = (0..12u8).map(|it| PackageId::derive(&[&[it]])).collect();
        let mut said = Vec::new();
        for step in 0..60 {
            let subject = Subject::Package(packages[random.below(packages.len())]);
            let record = Box::new(Record::Package(random_record(&mut random, &clients)));
            let known = world.service.known(subject).await.is_ok();
            let fact = match random.below(8) {
                _ if !known => Fact::Registered(record),
                0..3 => Fact::Amended { set: record, clear: vec![PackageField::Client] },
                3 => Fact::Lost,
                4 if !said.is_empty() => {
                    let (_, target) = said.swap_remove(random.below(said.len()));
                    Fact::Voided { target, why: None }
                }
                5 => {
                    let name = ["north dock", "west"][random.below(2)].to_owned();
                    names[0].1.clone_from(&name);
                    let set = Box::new(Record::Client(ClientRecord { name }));
                    let renamed = Fact::Amended { set, clear: vec![] };
                    world.say(Subject::Client(clients[0]), step, renamed).await.unwrap();
                    continue;
                }
                _ => Fact::PickedUp { place: None },
            };
            let voids = matches!(fact, Fact::Voided { .. });
            let about = said_about(&fact, &world, subject).await;
            let one = draft(&format!("{step}"), about, step, fact);
            let actor = [by_nobody("demo"), by(person(1)), by(person(2))][random.below(3)].clone();
            if let Ok(receipts) = world.service.record(&actor, vec![one]).await
                && !voids
            {
                said.push((about, receipts[0].event));
            }
            if random.below(4) == 0 {
                world.projector.catch_up().await.unwrap();
            }
        }
        world.projector.catch_up().await.unwrap();
        check(&world, &packages, &names).await;
        let rebuilt = world.service.rebuild(|_| ()).await.unwrap();
        let repairs = (rebuilt.heads_repaired, rebuilt.rows_written, rebuilt.rows_removed);
        assert_eq!(repairs, (0, 0, 0), "rebuilding found something to repair");
    }
}

/// A void speaks about whichever package said its target.
async fn said_about(fact: &Fact, world: &World, subject: Subject) -> Subject {
    let Fact::Voided { target, .. } = fact else { return subject };
    for number in 0..12u8 {
        let subject = Subject::Package(PackageId::derive(&[&[number]]));
        let history = world.service.history(subject).await.unwrap_or_default();
        if history.iter().any(|it| it.event.id == *target) {
            return subject;
        }
    }
    subject
}

fn person(number: u8) -> UserId {
    UserId::from_bytes([number; 16])
}

/// Said as plainly as possible: by the first registration that nobody took back.
async fn who_registered(world: &World, package: PackageId) -> Option<String> {
    let history = world.service.history(Subject::Package(package)).await.unwrap();
    let taken_back =
        |event: &Event| history.iter().any(|it| it.event.fact.target() == Some(event.id));
    let mut registrations = history
        .iter()
        .map(|it| &it.event)
        .filter(|it| matches!(it.fact, Fact::Registered(_)) && !taken_back(it));
    registrations.next().map(|it| it.actor.clone())
}

async fn check(world: &World, packages: &[PackageId], names: &[(ClientId, String)]) {
    let (mut records, mut registered) = (Vec::new(), Vec::new());
    for id in packages {
        if let Ok(known) = world.service.known(Subject::Package(*id)).await
            && let Some(record) = known.state.package()
        {
            records.push((*id, record.clone()));
            registered.push((*id, who_registered(world, *id).await));
        }
    }
    for one in [person(1), person(2)] {
        let right = registered.iter().filter(|it| it.1.as_ref() == Some(&one.to_string()));
        let right: BTreeSet<_> = right.map(|it| it.0).collect();
        let found = world.service.registered_by(one, None, 50).await.unwrap();
        assert_eq!(ids(&found).into_iter().collect::<BTreeSet<_>>(), right, "{one}");
    }
    let words = ["monitor", "dock", "27", "north", "west", "south", "ups", "00007", "po00003"];
    for one in words {
        for two in [None, Some("blue"), Some("dhl"), Some("dock")] {
            let all: Vec<_> = std::iter::once(one).chain(two).collect();
            let text = all.join(" ");
            let right: BTreeSet<_> = records
                .iter()
                .filter(|(_, record)| all.iter().all(|it| has(record, names, it)))
                .map(|it| it.0)
                .collect();
            let found: BTreeSet<_> =
                pages(world, &text, &Filter::default(), 3).await.into_iter().collect();
            assert_eq!(found, right, "{text}");
        }
    }
}
