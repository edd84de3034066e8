//! Two places that are one: said so, they are one in every answer as if everything had been
//! recorded of one of them from the beginning; and two again once that is undone.

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    admit::Refusal,
    event::{Fact, Holder},
    holding::{HolderId, LaneId},
    id::{ContainerId, EventId, PackageId, PlaceId, Subject, SubjectKind},
    map::{Mark, TileId},
    record::{PackageRecord, PlaceKind, PlaceRecord, Record},
    whereabouts::Whereabouts,
};
use service::{
    Error, Result, Service,
    map::Narrow,
    packages::Filter,
    record::{Attribution, Receipt},
};
use table::Memory;

use crate::world::{World, at, draft};

fn boss() -> Attribution {
    Attribution { actor: "usr_boss".to_owned(), source: "api".to_owned() }
}

async fn merge(world: &World, place: PlaceId, into: Option<PlaceId>) -> Result<Option<Receipt>> {
    let name = format!("{place} {into:?} {:?}", world.service_now());
    world.service.merge(&boss(), EventId::derive(&[name.as_bytes()]), place, into).await
}

async fn separate(world: &World, place: PlaceId) {
    merge(world, place, None).await.unwrap().expect("it was merged");
}

fn code(result: &Result<Option<Receipt>>) -> (String, &'static str) {
    match result {
        Err(Error::Invalid(faults)) => (faults[0].pointer.clone(), faults[0].code),
        other => panic!("{other:?} is no mistake in what was sent"),
    }
}

async fn with(world: &World, name: &str, kind: PlaceKind, country: Option<&str>) -> PlaceId {
    let near = world.place(&format!("near {name}"), 50.0, 8.0).await;
    let record = world.service.place(near).await.unwrap();
    let record =
        PlaceRecord { kind, name: name.to_owned(), country: country.map(str::to_owned), ..record };
    let id = PlaceId::derive(&[b"with", name.as_bytes()]);
    let fact = Fact::Registered(Box::new(Record::Place(record)));
    world.say(Subject::Place(id), 0, fact).await.unwrap();
    id
}

#[tokio::test]
async fn a_place_is_merged_and_is_one_of_its_own_again() {
    let world = World::new();
    let hub = world.place("Hub", 50.1, 8.6).await;
    let depot = world.place("Depot", 50.2, 8.6).await;
    world.it_is(1);
    let receipt = merge(&world, depot, Some(hub)).await.unwrap().unwrap();
    assert_eq!(
        (receipt.subject, receipt.seq, receipt.duplicate),
        (Subject::Place(depot), 2, false)
    );
    assert_eq!(world.service.place_of(depot).await.unwrap(), hub);
    assert_eq!(world.service.place_of(hub).await.unwrap(), hub);
    assert_eq!(world.service.one_place(depot).await.unwrap(), [hub, depot], "at once");
    world.projector.catch_up().await.unwrap();
    assert_eq!(world.service.one_place(hub).await.unwrap(), [hub, depot]);
    assert_eq!(world.service.place(depot).await.unwrap().name, "Depot", "as it was registered");
    world.it_is(2);
    assert_eq!(merge(&world, depot, Some(hub)).await, Ok(None), "it is so already");
    assert_eq!(merge(&world, hub, None).await, Ok(None), "it was never merged");
    let (id, by) = (EventId::derive(&[b"undone"]), boss());
    let undone = world.service.merge(&by, id, depot, None).await.unwrap().unwrap();
    world.it_is(3);
    let again = world.service.merge(&by, id, depot, None).await.unwrap().unwrap();
    assert_eq!((undone.leaf, undone.duplicate, again.duplicate), (again.leaf, false, true));
    world.projector.catch_up().await.unwrap();
    assert_eq!(world.service.one_place(hub).await.unwrap(), [hub]);
    assert_eq!(world.service.one_place(depot).await.unwrap(), [depot]);
    let said = world.service.history(Subject::Place(depot)).await.unwrap();
    assert_eq!(said.len(), 3);
    assert!(said[1..].iter().all(|it| it.event.actor == "usr_boss"));
}

#[tokio::test]
async fn what_was_said_last_counts_even_within_a_millisecond() {
    let world = World::new();
    let (hub, depot) = (world.place("Hub", 50.1, 8.6).await, world.place("Depot", 50.2, 8.6).await);
    for turn in 0..20u8 {
        for into in [Some(hub), None] {
            let id = EventId::derive(&[b"turn", &[turn, u8::from(into.is_none())]]);
            world.service.merge(&boss(), id, depot, into).await.unwrap().unwrap();
            let known = world.service.known(Subject::Place(depot)).await.unwrap();
            assert_eq!(known.state.merged.map(|it| it.0), into);
        }
    }
}

#[tokio::test]
async fn what_cannot_be_one_is_refused() {
    let world = World::new();
    let [hub, depot, third] = ["Hub", "Depot", "Third"].map(|it| PlaceId::derive(&[it.as_bytes()]));
    for name in ["Hub", "Depot", "Third"] {
        world.place(name, 50.1, 8.6).await;
    }
    let refused = |why| Err(Error::Refused(why));
    assert_eq!(merge(&world, hub, Some(hub)).await, refused(Refusal::OneWithItself(hub)));
    merge(&world, depot, Some(hub)).await.unwrap();
    let into = Refusal::IntoMerged { place: depot, is: hub };
    assert_eq!(merge(&world, third, Some(depot)).await, refused(into.clone()));
    assert_eq!(merge(&world, hub, Some(depot)).await, refused(into), "that would be a ring");
    let nowhere = PlaceId::derive(&[b"nowhere"]);
    assert_eq!(code(&merge(&world, third, Some(nowhere)).await).1, "unknown");
    assert!(matches!(merge(&world, nowhere, Some(hub)).await, Err(Error::NotFound(_))));

    let home = with(&world, "Home", PlaceKind::Home, None).await;
    assert_eq!(code(&merge(&world, home, Some(hub)).await), (String::new(), "home"));
    assert_eq!(code(&merge(&world, third, Some(home)).await), ("/into".to_owned(), "home"));
    let german = with(&world, "Köln", PlaceKind::Facility, Some("DE")).await;
    let french = with(&world, "Lille", PlaceKind::Facility, Some("FR")).await;
    assert_eq!(code(&merge(&world, german, Some(french)).await), ("/into".to_owned(), "country"));
    let memphis = world.service.register_gazetteer_place("city:4641239").await.unwrap();
    assert_eq!(code(&merge(&world, memphis, Some(hub)).await), (String::new(), "gazetteer"));
    assert!(merge(&world, third, Some(memphis)).await.unwrap().is_some(), "it stays");
    world.projector.catch_up().await.unwrap();
    let record = world.service.place(home).await.unwrap();
    for (count, place) in (1u8..).zip([hub, depot]) {
        let set = Box::new(Record::Place(record.clone()));
        let fact = Fact::Amended { set, clear: Vec::new() };
        let said = draft(&format!("home {count}"), Subject::Place(place), 1, fact);
        let refused = Err(Error::Refused(Refusal::MergedHome(Subject::Place(place))));
        assert_eq!(world.record(vec![said]).await, refused);
    }
}

#[tokio::test]
async fn a_merge_is_not_corrected_but_undone() {
    let world = World::new();
    let (hub, depot) = (world.place("Hub", 50.1, 8.6).await, world.place("Depot", 50.2, 8.6).await);
    let merged = merge(&world, depot, Some(hub)).await.unwrap().unwrap();
    let subject = Subject::Place(depot);
    let registered = world.service.history(subject).await.unwrap()[0].event.id;
    for (target, fact) in [
        (merged.event, Fact::Voided { target: merged.event, why: None }),
        (
            registered,
            Fact::Corrected { target: registered, fact: Box::new(Fact::Merged { into: None }) },
        ),
    ] {
        let said = draft(&format!("{fact:?}"), subject, 1, fact);
        let result = world.record(vec![said]).await;
        assert!(matches!(result, Err(Error::Invalid(_))), "{target} {result:?}");
    }
}

#[tokio::test]
async fn of_two_who_merge_crosswise_one_is_told() {
    let world = World::on(Arc::new(Memory::default()));
    for turn in 0..30u32 {
        let name = |it: &str| format!("{it} {turn}");
        let (one, two) =
            (world.place(&name("A"), 50.1, 8.6).await, world.place(&name("B"), 50.1, 8.6).await);
        let other = world.another();
        let (id, di) = (EventId::derive(&[b"ab", &turn.to_be_bytes()]), turn.to_le_bytes());
        let (by, there) = (boss(), EventId::derive(&[b"ba", &di]));
        let both = futures::future::join(
            Box::pin(world.service.merge(&by, id, one, Some(two))),
            Box::pin(other.merge(&by, there, two, Some(one))),
        );
        let (first, second) = both.await;
        assert_ne!(first.is_ok(), second.is_ok(), "{first:?} {second:?}");
        let why = first.err().or(second.err()).unwrap();
        assert!(matches!(why, Error::Refused(Refusal::IntoMerged { .. })), "{why:?}");
    }
}

#[tokio::test]
async fn one_place_has_few_others_and_none_far_away() {
    let world = World::on(Arc::new(Memory::default()));
    let hub = world.place("Hub", 50.1, 8.6).await;
    for count in 0..32 {
        let place = world.place(&format!("Depot {count}"), 50.1, 8.6).await;
        merge(&world, place, Some(hub)).await.unwrap();
        world.projector.catch_up().await.unwrap();
    }
    let more = world.place("One more", 50.1, 8.6).await;
    assert_eq!(code(&merge(&world, more, Some(hub)).await), ("/into".to_owned(), "too_many"));

    let mut last = world.place("Link 0", 50.1, 8.6).await;
    for count in 1..=8 {
        let next = world.place(&format!("Link {count}"), 50.1, 8.6).await;
        merge(&world, last, Some(next)).await.unwrap();
        world.projector.catch_up().await.unwrap();
        last = next;
    }
    assert_eq!(world.service.place_of(PlaceId::derive(&[b"Link 0"])).await.unwrap(), last);
    let far = world.place("Too far", 50.1, 8.6).await;
    assert_eq!(code(&merge(&world, last, Some(far)).await), ("/into".to_owned(), "too_deep"));
}

async fn named(service: &Service, prefix: &str) -> Vec<(String, Subject)> {
    let page = service.named(SubjectKind::Place, prefix, None, 50).await.unwrap();
    page.names.into_iter().map(|it| (it.name, it.subject)).collect()
}

#[tokio::test]
async fn every_name_of_a_place_finds_it_once() {
    let world = World::new();
    let hub = world.place("Hamburg", 53.5, 10.0).await;
    for name in ["Hafen", "Hafen 2", "Kai", "Hamburg"] {
        let other = with(&world, name, PlaceKind::Facility, None).await;
        merge(&world, other, Some(hub)).await.unwrap();
    }
    world.projector.catch_up().await.unwrap();
    let all = |prefix: &'static str| {
        let service = world.service.clone();
        async move {
            let mut names = named(&service, prefix).await;
            names.retain(|it| !it.0.starts_with("near"));
            names
        }
    };
    let line = |name: &str| vec![(name.to_owned(), Subject::Place(hub))];
    assert_eq!(all("").await, line("Hamburg"));
    assert_eq!(all("ham").await, line("Hamburg"));
    assert_eq!(all("ha").await, line("Hamburg"));
    assert_eq!(all("haf").await, line("Hafen"), "by the first of its other names");
    assert_eq!(all("hafen 2").await, line("Hafen 2"));
    assert_eq!(all("kai").await, line("Kai"));
    separate(&world, PlaceId::derive(&[b"with", b"Kai"])).await;
    world.projector.catch_up().await.unwrap();
    let own = Subject::Place(PlaceId::derive(&[b"with", b"Kai"]));
    assert_eq!(all("kai").await, [("Kai".to_owned(), own)]);
    assert_eq!(all("").await.len(), 2);
}

/// What happened in a small company: all of it recorded of `hub`, or some of `depot`.
struct Company {
    world: World,
    hub: PlaceId,
    depot: PlaceId,
    packages: Vec<PackageId>,
    trucks: Vec<ContainerId>,
}

impl Company {
    async fn new(of_hub_alone: bool) -> Self {
        let world = World::new();
        let hub = world.place("Hub", 50.1, 8.6).await;
        let depot = world.place("Depot", 50.102, 8.604).await;
        let away = world.place("Away", 48.9, 2.3).await;
        let or_hub = if of_hub_alone { hub } else { depot };
        let (mut packages, mut trucks) = (Vec::new(), Vec::new());
        for (name, origin, destination) in [
            ("1Z0", hub, away),
            ("1Z1", or_hub, away),
            ("1Z2", away, or_hub),
            ("1Z3", away, hub),
            ("1Z4", or_hub, or_hub),
            ("1Z5", or_hub, away),
        ] {
            let order = Some("PO-7".to_owned());
            let (origin, destination) = (Some(origin), Some(destination));
            let record = PackageRecord { origin, destination, order, ..PackageRecord::default() };
            packages.push(world.package_with(name, record).await);
        }
        for name in ["Lorry 1", "Lorry 2"] {
            trucks.push(world.truck(name).await);
        }
        let of = |index: usize| Subject::Package(packages[index]);
        let lorry = |index: usize| Subject::Container(trucks[index]);
        let seen = |place| Fact::Scanned { place, floor: None };
        let leaves = |from, to| Fact::Departed { from, to, mode: None, expected_at: Some(at(20)) };
        for (subject, hours, fact) in [
            (of(0), 2, seen(hub)),
            (of(1), 3, seen(or_hub)),
            (of(0), 4, leaves(Some(hub), None)),
            (lorry(0), 5, Fact::Arrived { place: or_hub }),
            (lorry(1), 5, Fact::Joined(Holder::Place(or_hub))),
            (of(5), 6, Fact::Joined(Holder::Container(trucks[1]))),
            (of(4), 7, Fact::Joined(Holder::Place(or_hub))),
            (of(1), 8, leaves(Some(or_hub), None)),
            (of(3), 9, leaves(None, None)),
            (of(3), 15, Fact::Arrived { place: hub }),
            (of(2), 16, Fact::Arrived { place: or_hub }),
            (of(1), 17, Fact::Arrived { place: away }),
            (lorry(1), 28, Fact::Left(Holder::Place(or_hub))),
            (lorry(1), 28, leaves(Some(or_hub), Some(away))),
            (lorry(0), 29, Fact::Joined(Holder::Place(or_hub))),
        ] {
            world.say(subject, hours, fact).await.unwrap();
        }
        world.it_is(30);
        let company = Self { world, hub, depot, packages, trucks };
        company.settle().await;
        company
    }

    async fn settle(&self) {
        self.world.projector.catch_up().await.unwrap();
        self.world.service.sweep_past().await.unwrap();
    }

    /// Everything that answers tell of where things are.
    async fn told(&self, service: &Service) -> Told {
        let is = service.place_of(self.depot).await.unwrap();
        let one = |id: PlaceId| if id == self.depot { is } else { id };
        let mut told = Told::default();
        for place in [self.hub, self.depot] {
            told.contents.push(contents(service, place).await);
            let places = service.one_place(place).await.unwrap();
            let filter = Filter { places, ..Filter::default() };
            let page = service.list(&filter, None, 100).await.unwrap();
            told.listed.push(page.lines.into_iter().map(|it| it.id).collect());
        }
        let everywhere = TileId::new(0, 0, 0).unwrap();
        let tile = service.tile(everywhere, &Narrow::All).await.unwrap();
        told.marks.push(marks(&tile.content.marks));
        for hours in [1, 2, 3, 5, 6, 7, 10, 16, 18, 27, 28, 29] {
            let then = at(hours).plus(1);
            let tile = service.tile_at(everywhere, &Narrow::All, then).await.unwrap();
            told.marks.push(marks(&tile.tile.content.marks));
        }
        let subjects = self.packages.iter().map(|it| Subject::Package(*it));
        let subjects = subjects.chain(self.trucks.iter().map(|it| Subject::Container(*it)));
        for (subject, hours) in subjects.flat_map(|it| [2, 8, 12, 24, 30].map(|at| (it, at))) {
            let found = service.whereabouts(subject, at(hours), false).await.unwrap();
            told.whereabouts.push(found.map(|it| Whereabouts {
                place: it.place.map(one),
                towards: it.towards.map(one),
                ..it
            }));
        }
        let order = service.order("PO-7").await.unwrap();
        told.order = format!("{:?} {:?}", order.groups, order.expected);
        told
    }
}

#[derive(Debug, Default, PartialEq)]
struct Told {
    contents: Vec<BTreeSet<Subject>>,
    listed: Vec<Vec<PackageId>>,
    marks: Vec<Vec<Mark>>,
    whereabouts: Vec<Option<Whereabouts>>,
    order: String,
}

/// Page by page, whatever the size of a page; nothing stands there twice.
async fn contents(service: &Service, place: PlaceId) -> BTreeSet<Subject> {
    let mut sizes = Vec::new();
    for limit in [1, 2, 100] {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = service.contents(place, after, limit).await.unwrap();
            assert!(page.members.len() <= limit);
            all.extend(page.members.into_iter().map(|it| it.child));
            after = page.after;
            if after.is_none() {
                break;
            }
        }
        let once: BTreeSet<Subject> = all.iter().copied().collect();
        assert_eq!(once.len(), all.len(), "nothing twice");
        sizes.push(once);
    }
    assert!(sizes.iter().all(|it| *it == sizes[0]));
    sizes.swap_remove(0)
}

/// A lane is named by the places that were said, and what is on its way is drawn from
/// there until more is known of it; else all is alike.
fn marks(all: &[Mark]) -> Vec<Mark> {
    let mut all = all.to_vec();
    for mark in &mut all {
        if let HolderId::Lane(_) = mark.id {
            mark.id = HolderId::Lane(LaneId::from_bytes([0; 16]));
        }
        if !matches!(mark.id, HolderId::Place(_)) {
            assert!(!mark.path.is_empty());
            (mark.path, mark.radius_95_m) = (Vec::new(), 0);
        }
    }
    all.sort_by_key(|it| format!("{it:?}"));
    all
}

#[tokio::test]
async fn merged_places_are_as_one_from_the_beginning_and_two_again_afterwards() {
    let wanted = Company::new(true).await;
    let one = wanted.told(&wanted.world.service).await;
    assert_eq!(one.contents[0].len(), 4, "{:?}", one.contents);
    let company = Company::new(false).await;
    let two = company.told(&company.world.service).await;
    assert_ne!(two, one);

    merge(&company.world, company.depot, Some(company.hub)).await.unwrap();
    company.settle().await;
    let now = company.told(&company.world.another()).await;
    // Nothing is at the depot where everything was recorded of the hub.
    let of_depot = |it: Told| Told {
        contents: vec![it.contents[0].clone(); 2],
        listed: vec![it.listed[0].clone(); 2],
        ..it
    };
    let one = of_depot(one);
    assert_eq!(now, one);
    company.world.service.rebuild(|_| ()).await.unwrap();
    assert_eq!(company.told(&company.world.another()).await, one, "rebuilt");
    let rebuilt = company.world.service.rebuild(|_| ()).await.unwrap();
    assert_eq!((rebuilt.rows_written, rebuilt.rows_removed, rebuilt.heads_repaired), (0, 0, 0));

    separate(&company.world, company.depot).await;
    company.settle().await;
    assert_eq!(company.told(&company.world.another()).await, two, "separated");
    company.world.service.rebuild(|_| ()).await.unwrap();
    assert_eq!(company.told(&company.world.another()).await, two, "and rebuilt");
}
