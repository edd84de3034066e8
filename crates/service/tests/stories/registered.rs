//! Which packages are from somebody: those that they registered.

use domain::{
    event::Fact,
    id::{PackageId, Subject, UserId},
    mode::Mode,
    record::{PackageRecord, Record},
};
use service::{
    keys::{Posted, Row},
    packages::{After, Filter},
    record::Attribution,
    rows::to_bytes,
    search::Ask,
};
use table::{Guard, Write};

use crate::{
    filing::head,
    world::{World, at, by, by_nobody, draft},
};

fn person(name: &str) -> UserId {
    UserId::derive(&[name.as_bytes()])
}

fn record(description: &str) -> PackageRecord {
    let (description, mode) = (Some(description.to_owned()), Some(Mode::Air));
    PackageRecord { description, mode, ..PackageRecord::default() }
}

fn registered() -> Fact {
    Fact::Registered(Box::new(Record::Package(record("monitor"))))
}

async fn package(world: &World, by: &Attribution, name: &str, hours: i64) -> PackageId {
    let id = PackageId::derive(&[name.as_bytes()]);
    world.say_as(by, Subject::Package(id), hours, registered()).await.unwrap();
    id
}

async fn from(world: &World, person: UserId) -> Vec<PackageId> {
    let found = world.service.registered_by(person, None, 50).await.unwrap();
    assert!(
        found.after.is_none() && !found.partial && found.hits.iter().all(|it| it.by.is_empty())
    );
    found.hits.iter().map(|it| it.line.id).collect()
}

async fn nothing_to_repair(world: &World) {
    let rebuilt = world.service.rebuild(|_| ()).await.unwrap();
    let repairs = (rebuilt.heads_repaired, rebuilt.rows_written, rebuilt.rows_removed);
    assert_eq!(repairs, (0, 0, 0), "rebuilding found something to repair");
}

#[tokio::test]
async fn everybody_has_the_packages_they_registered() {
    let world = World::new();
    let (ada, ben, una) = (person("ada"), person("ben"), person("una"));
    let one = package(&world, &by(ada), "1", 1).await;
    let two = package(&world, &by(ben), "2", 2).await;
    package(&world, &by_nobody("operator"), "3", 3).await;
    package(&world, &by_nobody("demo"), "4", 4).await;
    package(&world, &by_nobody("bus:erp"), "5", 5).await;
    let six = package(&world, &by(ada), "6", 6).await;
    // What others say of a package leaves it to whoever registered it.
    let picked_up = Fact::PickedUp { place: None };
    world.say_as(&by(una), Subject::Package(one), 7, picked_up).await.unwrap();
    let set = Box::new(Record::Package(record("dock")));
    let amended = Fact::Amended { set, clear: Vec::new() };
    world.say_as(&by(ben), Subject::Package(one), 8, amended).await.unwrap();
    world.projector.catch_up().await.unwrap();

    assert_eq!(from(&world, ada).await, [six, one], "those we learned of last first");
    assert_eq!(from(&world, ben).await, [two]);
    assert_eq!(from(&world, una).await, []);
    nothing_to_repair(&world).await;
    assert_eq!(from(&world, ada).await, [six, one]);
}

#[tokio::test]
async fn pages_hold_while_more_are_registered() {
    let world = World::new();
    let ada = person("ada");
    let mut all = Vec::new();
    for number in 0..7 {
        all.push(package(&world, &by(ada), &format!("{number}"), number).await);
        package(&world, &by(person("ben")), &format!("of ben {number}"), number).await;
    }
    all.reverse();
    world.projector.catch_up().await.unwrap();
    let (mut seen, mut after): (Vec<PackageId>, Option<After>) = (Vec::new(), None);
    for page in 0.. {
        let found = world.service.registered_by(ada, after, 3).await.unwrap();
        assert!(found.hits.len() <= 3);
        seen.extend(found.hits.iter().map(|it| it.line.id));
        package(&world, &by(ada), &format!("meanwhile {page}"), 10 + page).await;
        world.projector.catch_up().await.unwrap();
        after = found.after;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, all);
}

#[tokio::test]
async fn whoever_says_what_is_true_instead_registered_it() {
    let world = World::new();
    let (ada, ben) = (person("ada"), person("ben"));
    let subject = Subject::Package(package(&world, &by(ada), "1", 1).await);
    let Subject::Package(id) = subject else { unreachable!("it is a package") };
    let target = world.service.history(subject).await.unwrap()[0].event.id;
    world.projector.catch_up().await.unwrap();
    assert_eq!(from(&world, ada).await, [id]);

    let corrected = Fact::Corrected { target, fact: Box::new(registered()) };
    let target = world.say_as(&by(ben), subject, 2, corrected).await.unwrap().event;
    // The row is from before: nothing is answered that is not so any more.
    assert_eq!(from(&world, ada).await, []);
    world.projector.catch_up().await.unwrap();
    assert_eq!((from(&world, ada).await, from(&world, ben).await), (vec![], vec![id]));
    nothing_to_repair(&world).await;

    // It is taken back by nobody, but may turn out to be nobody's.
    let voided = Fact::Voided { target, why: None };
    world.say_as(&by(ada), subject, 3, voided).await.unwrap_err();
    let corrected = Fact::Corrected { target, fact: Box::new(registered()) };
    world.say_as(&by_nobody("bus:erp"), subject, 4, corrected).await.unwrap();
    world.projector.catch_up().await.unwrap();
    assert_eq!((from(&world, ada).await, from(&world, ben).await), (vec![], vec![]));
    nothing_to_repair(&world).await;
}

#[tokio::test]
async fn a_rebuild_writes_what_was_lost_and_removes_what_was_forged() {
    let world = World::new();
    let (ada, una) = (person("ada"), person("una"));
    let one = package(&world, &by(ada), "1", 1).await;
    world.projector.catch_up().await.unwrap();
    let row =
        |person: UserId| Row::Posting(Posted::RegisteredBy, person.as_bytes(), at(1), one).key();
    let value = world.table.get(&row(ada)).await.unwrap().expect("its posting").value;
    let forged = Write::put(row(una), Guard::Any, value);
    world.table.write(vec![Write::delete(row(ada), Guard::Any), forged]).await.unwrap();
    assert_eq!((from(&world, ada).await, from(&world, una).await), (vec![], vec![]));

    let rebuilt = world.service.rebuild(|_| ()).await.unwrap();
    assert_eq!((rebuilt.heads_repaired, rebuilt.rows_written, rebuilt.rows_removed), (0, 1, 1));
    assert_eq!((from(&world, ada).await, from(&world, una).await), (vec![one], vec![]));
    nothing_to_repair(&world).await;
}

#[tokio::test]
async fn a_search_is_narrowed_to_who_registered_it() {
    let world = World::new();
    let (ada, ben) = (person("ada"), person("ben"));
    let one = package(&world, &by(ada), "1", 1).await;
    package(&world, &by(ben), "2", 2).await;
    world.projector.catch_up().await.unwrap();
    let (all, sea) = (Filter::default(), Filter { mode: Some(Mode::Sea), ..Filter::default() });
    for (text, filter, right) in [
        ("", &all, vec![one]),
        ("monitor", &all, vec![one]),
        ("dock", &all, vec![]),
        ("", &sea, vec![]),
    ] {
        let registered_by = Some(ada);
        let ask = Ask { text, filter, registered_by, personal: false, after: None, limit: 9 };
        let found = world.service.search(ask).await.unwrap();
        let found: Vec<_> = found.hits.iter().map(|it| it.line.id).collect();
        assert_eq!(found, right, "{text} {filter:?}");
    }
}

#[tokio::test]
async fn a_state_of_before_knows_it_once_all_its_events_are_folded() {
    let world = World::new();
    let ada = person("ada");
    let id = package(&world, &by(ada), "1", 1).await;
    let late = package(&world, &by(ada), "2", 1).await;
    world.projector.catch_up().await.unwrap();
    // As a version left them that did not ask who registers; the projector takes the rows away.
    for package in [id, late] {
        let mut before = head(&world, Subject::Package(package)).await;
        assert_eq!(before.state.registered_by.take(), Some(ada));
        let key = Row::Head(Subject::Package(package)).key();
        let put = Write::put(key, Guard::Any, to_bytes(&before));
        world.table.write(vec![put]).await.unwrap();
    }
    world.projector.catch_up().await.unwrap();
    assert_eq!(from(&world, ada).await, []);

    for package in [id, late] {
        let fact = Fact::PickedUp { place: None };
        world.say(Subject::Package(package), 5, fact).await.unwrap();
    }
    world.projector.catch_up().await.unwrap();
    assert_eq!(from(&world, ada).await, [], "a further event folds nothing anew");
    let scanned = Fact::Note(domain::private::Private::new("it was seen before"));
    world.record(vec![draft("late", Subject::Package(late), 3, scanned)]).await.unwrap();
    world.projector.catch_up().await.unwrap();
    assert_eq!(from(&world, ada).await, [late], "something late folds all of it");

    let rebuilt = world.service.rebuild(|_| ()).await.unwrap();
    assert_eq!((rebuilt.heads_repaired, rebuilt.rows_written, rebuilt.rows_removed), (1, 1, 0));
    let mut found = from(&world, ada).await;
    found.sort();
    let mut both = vec![id, late];
    both.sort();
    assert_eq!(found, both);
    nothing_to_repair(&world).await;
}
