//! Erasing what is said of people: it is gone everywhere, and every proof stays valid.

use std::sync::Arc;

use domain::{
    event::{Fact, Proof},
    id::{PackageId, PlaceId, Subject},
    leaf::LeafHash,
    position::LatLon,
    private::Private,
    record::{ExactPoint, PackageRecord, PlaceKind, PlaceRecord, Recipient, Record},
    state::fold,
};
use service::{
    Error, erasing::Erased, packages::Filter, people::AccessKind, record::Attribution,
    rows::Recorded, search::Ask,
};
use table::{Fault, Faulty, Memory, Table};

use crate::world::{MONDAY, World, draft};

fn admin() -> Attribution {
    Attribution { actor: "usr_admin".to_owned(), source: "api".to_owned() }
}

fn to(name: &str, email: &str) -> PackageRecord {
    PackageRecord {
        description: Some("monitor".to_owned()),
        recipient: Some(Recipient {
            name: Some(Private::new(name)),
            email: Some(Private::new(email)),
            address: Some(Private::new("7 Rose Lane")),
        }),
        ..PackageRecord::default()
    }
}

/// A package to Ada, with all that people write about her.
async fn scene(world: &World) -> PackageId {
    let package = world.package_with("1Z0001", to("Ada Byron", "ada@example.com")).await;
    let subject = Subject::Package(package);
    for hours in 1..100 {
        let fact = Fact::Note(Private::new(format!("Ada rang, call {hours}")));
        world.say(subject, hours, fact).await.unwrap();
    }
    let proof = Proof { received_by: Some(Private::new("A. Byron")), ..Proof::default() };
    world.say(subject, 100, Fact::Delivered { place: None, proof }).await.unwrap();
    world.projector.catch_up().await.unwrap();
    package
}

async fn leaves(world: &World, package: PackageId) -> Vec<(u64, LeafHash)> {
    let history = world.service.history(Subject::Package(package)).await.unwrap();
    history.iter().map(|it| (it.seq, it.leaf_hash())).collect()
}

fn is_bare(history: &[Recorded]) -> bool {
    let mut events = history.iter().map(|it| it.event.clone());
    events.all(|mut it| it.fact.privates_mut().iter().all(|text| text.text().is_none()))
}

#[tokio::test]
async fn the_text_goes_and_every_leaf_stays() {
    let world = World::new();
    let package = scene(&world).await;
    let other = world.package_with("1Z0002", to("Grace", "grace@example.com")).await;
    world.projector.catch_up().await.unwrap();
    let before = leaves(&world, package).await;
    let erased = world.service.erase_recipient(&admin(), "ADA@example.com").await.unwrap();
    assert_eq!(erased, Erased { packages: vec![package], texts: 103, homes: vec![] });
    world.projector.catch_up().await.unwrap();

    assert_eq!(leaves(&world, package).await, before);
    let history = world.service.history(Subject::Package(package)).await.unwrap();
    assert!(is_bare(&history));
    let events: Vec<_> = history.into_iter().map(|it| it.event).collect();
    assert_eq!(world.service.known(Subject::Package(package)).await.unwrap().state, fold(&events));
    for text in ["Byron", "ada@example.com"] {
        let filter = Filter::default();
        let ask = Ask {
            text,
            filter: &filter,
            registered_by: None,
            personal: true,
            after: None,
            limit: 50,
        };
        assert_eq!(world.service.search(ask).await.unwrap().hits, vec![], "{text}");
    }
    let theirs = world.service.history(Subject::Package(other)).await.unwrap();
    assert!(!is_bare(&theirs), "nobody asked for Grace's");
    let day = (MONDAY / domain::time::DAY) as u32 + 4;
    let access = world.service.people().access_on(day).await.unwrap();
    let remembered = access.iter().filter(|it| it.kind == AccessKind::Erased);
    assert!(remembered.clone().count() >= 1);
    assert!(remembered.into_iter().all(|it| it.about == Some(package.to_string())));
    let again = world.service.erase_recipient(&admin(), "ada@example.com").await.unwrap();
    assert_eq!(again, Erased::default());
    assert!(world.service.rebuild(|_| ()).await.is_ok());
}

#[tokio::test]
async fn whoever_says_the_same_again_says_nothing_new() {
    let world = World::new();
    let package = world.package_with("1Z0001", to("Ada", "ada@example.com")).await;
    let subject = Subject::Package(package);
    let note = |text: &str| draft("note", subject, 1, Fact::Note(Private::new(text)));
    world.record(vec![note("gate 7")]).await.unwrap();
    world.service.erase(&admin(), subject).await.unwrap();
    let again = world.record(vec![note("gate 7")]).await.unwrap();
    assert!(again[0].duplicate);
    let history = world.service.history(subject).await.unwrap();
    assert!(is_bare(&history), "and what was erased does not come back");
    let other = draft("note", subject, 2, Fact::Note(Private::new("gate 7")));
    assert!(matches!(world.record(vec![other]).await, Err(Error::Differs { .. })));
    // What is refused is kept aside, and erased like all else.
    assert_eq!(world.service.erase(&admin(), subject).await.unwrap(), 1);
    assert_eq!(world.service.erase(&admin(), subject).await.unwrap(), 0);
    let nobody = Subject::Package(PackageId::derive(&[b"nobody"]));
    assert!(matches!(world.service.erase(&admin(), nobody).await, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn whatever_fails_erasing_again_finishes_it() {
    for fault in [Fault::BeforeApply, Fault::AfterApply] {
        // The texts of a hundred events take two writes.
        for site in 1..=2 {
            let faulty = Arc::new(Faulty::new(Arc::new(Memory::default())));
            let world = World::on(Arc::clone(&faulty) as Arc<dyn Table>);
            let package = scene(&world).await;
            let before = leaves(&world, package).await;
            faulty.fail_write(site, fault);
            let subject = Subject::Package(package);
            assert!(world.service.erase(&admin(), subject).await.is_err(), "{fault:?} at {site}");
            world.service.erase(&admin(), subject).await.unwrap();
            world.projector.catch_up().await.unwrap();
            assert_eq!(leaves(&world, package).await, before);
            assert!(is_bare(&world.service.history(subject).await.unwrap()), "{fault:?} at {site}");
        }
    }
}

async fn home(world: &World) -> PlaceId {
    let id = PlaceId::derive(&[b"home"]);
    let at = LatLon::from_degrees(51.51, -0.1).unwrap();
    let place = PlaceRecord {
        kind: PlaceKind::Home,
        name: "Ada Byron".to_owned(),
        at,
        radius_m: 8_000,
        ground: None,
        time_zone: None,
        country: None,
        code: None,
        floors: Vec::new(),
        address: Some(Private::new("7 Rose Lane")),
        exact: Some(ExactPoint::new(at, 20)),
    };
    let registered = Fact::Registered(Box::new(Record::Place(place)));
    world.say(Subject::Place(id), 0, registered).await.unwrap();
    id
}

#[tokio::test]
async fn a_home_is_told_apart_and_erased_by_itself() {
    let world = World::new();
    let home = home(&world).await;
    let record = PackageRecord { destination: Some(home), ..to("Ada", "ada@example.com") };
    world.package_with("1Z0001", record).await;
    world.projector.catch_up().await.unwrap();
    let erased = world.service.erase_recipient(&admin(), "ada@example.com").await.unwrap();
    assert_eq!(erased.homes, vec![home]);
    let texts = world.service.erase(&admin(), Subject::Place(home)).await.unwrap();
    assert_eq!(texts, 3, "name, address and exact point");
    world.projector.catch_up().await.unwrap();
    let Some(Record::Place(place)) =
        world.service.known(Subject::Place(home)).await.unwrap().state.record
    else {
        panic!("the home is gone")
    };
    assert_eq!((place.name.as_str(), place.exact.and_then(|it| it.get())), ("", None));
}
