//! What is logged beside events: what happened to people's access, who read evidence
//! or took a list out, and chunks of fixes. Each is in the log once, whatever fails.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use blobs::ObjectBlobs;
use domain::{
    event::Fact,
    id::{Subject, TrackerId},
    leaf::entry::Entry,
    private::Private,
    time::MINUTE,
};
use history::Filter;
use service::{
    keys::{access_of_key, chunk_of_key, logged_shards},
    log::stored::LogRow,
    people::{Amendment, Caller, NewUser, Permissions, User},
    record::Attribution,
};
use table::{Guard, Memory, Scan, Write};

use crate::{
    fixes::{send, tracker},
    log::{forget_changes, log_row, put_row},
    logging::{in_good_order, sequencer},
    world::{Counting, World, at},
};

fn operator() -> Attribution {
    Attribution { actor: "operator".to_owned(), source: "cli".to_owned() }
}

/// Somebody becomes an administrator and signs in.
pub async fn administrator(world: &World, name: &str) -> User {
    let people = world.service.people();
    let new = NewUser { name: name.to_owned(), ..NewUser::default() };
    let user = people.create_user(&operator(), new).await.unwrap();
    let all = Amendment { permissions: Some(Permissions::ALL), ..Amendment::default() };
    let user = people.amend_user(&operator(), user.id, all, None).await.unwrap();
    let link = people.issue_link(&operator(), user.id).await.unwrap();
    let source = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let from = Caller { source, label: "Firefox", previous: None };
    people.follow_link(link.reveal(), from).await.unwrap();
    user
}

/// Fixes are taken in and become a chunk.
pub async fn a_chunk_is_sealed(world: &World, of: TrackerId, from: i64) {
    send(world, of, from..from + 20).await;
    world.projector.catch_up().await.unwrap();
    let later = service::outside::Clock::now(&*world.clock).plus(MINUTE);
    world.clock_at(later);
    while world.service.seal_fixes().await.unwrap().more {}
}

/// A little of everything that is logged and no event: 6 entries about access, a
/// chunk, and the event that registers its tracker.
pub async fn much_else_happens(world: &World, name: &str, hour: i64) {
    world.it_is(hour);
    let user = administrator(world, name).await;
    let by = Attribution { actor: user.id.to_string(), source: "api".to_owned() };
    world.service.note_evidence_read(&by, "log").await.unwrap();
    world.service.note_export(&by, "packages").await.unwrap();
    let tag = tracker(world, name).await;
    a_chunk_is_sealed(world, tag, 0).await;
}

fn world() -> World {
    let (table, blobs) = (Arc::new(Memory::default()), Arc::new(ObjectBlobs::in_memory()));
    World::over(table, blobs, Arc::new(Counting::default()))
}

#[tokio::test]
async fn everything_that_is_no_event_is_in_the_log_once_too() {
    let world = World::new();
    let mut sequencer = sequencer(&world);
    assert_eq!(sequencer.catch_up().await.unwrap(), 0);
    for (count, name) in ["ada", "grace", "mary"].into_iter().enumerate() {
        much_else_happens(&world, name, 24 * count as i64 + 1).await;
        assert_eq!(sequencer.catch_up().await.unwrap(), 8);
        assert_eq!(sequencer.catch_up().await.unwrap(), 0, "marks are no entries");
    }
    assert_eq!(in_good_order(&world, &[], "three days").await, 24);
}

#[tokio::test]
async fn what_an_administrator_changed_is_found_in_files_and_in_what_waits() {
    let world = world();
    let package = world.package("1Z1").await;
    let seen = Fact::Note(Private::new("seen"));
    world.say(Subject::Package(package), 1, seen).await.unwrap();
    let (ada, grace) = (administrator(&world, "ada").await, administrator(&world, "grace").await);
    let by = Attribution { actor: ada.id.to_string(), source: "api".to_owned() };
    let none = Amendment { permissions: Some(Permissions::NONE), ..Amendment::default() };
    world.service.people().amend_user(&by, grace.id, none, None).await.unwrap();
    world.service.note_evidence_read(&by, &package.to_string()).await.unwrap();
    world.service.note_evidence_read(&by, &grace.id.to_string()).await.unwrap();
    world.service.erase(&by, Subject::Package(package)).await.unwrap();
    let tag = tracker(&world, "tag").await;
    a_chunk_is_sealed(&world, tag, 0).await;
    sequencer(&world).catch_up().await.unwrap();
    in_good_order(&world, &[], "a day").await;
    for day in [1, 48] {
        world.it_is(day);
        assert_eq!(world.service.compact_history().await.unwrap().entries > 0, day == 48);
        let of_ada = Filter { actor: Some(ada.id.to_string()), ..Filter::default() };
        let found = world.service.find_logged(&of_ada, None, 100).await.unwrap().entries;
        let mut told: Vec<(&str, String)> =
            found.iter().map(|it| (it.entry.kind(), it.entry.about())).collect();
        told.sort();
        let (package, hers, theirs) =
            (package.to_string(), ada.id.to_string(), grace.id.to_string());
        let mut expected = vec![
            ("signed_in", hers),
            ("permissions_changed", theirs.clone()),
            ("evidence_read", package.clone()),
            ("evidence_read", theirs),
            ("personal_text_erased", package),
        ];
        expected.sort();
        assert_eq!(told, expected, "on day {day}");
        let changed = found.iter().find(|it| it.entry.kind() == "permissions_changed").unwrap();
        let Entry::Access(changed) = &changed.entry else { panic!("it is about access") };
        assert_eq!(changed.before.as_ref().map(Vec::len), Some(5));
        assert_eq!(changed.after.as_ref().map(Vec::len), Some(0));
        let chunks = Filter { kind: Some("chunk".to_owned()), ..Filter::default() };
        let chunks = world.service.find_logged(&chunks, None, 100).await.unwrap().entries;
        assert_eq!(chunks.len(), 1, "on day {day}");
        let proof = world.service.log_proof(chunks[0].log_index).await.unwrap();
        proof.check(&chunks[0].leaf, crate::logging::key().public()).unwrap();
    }
}

#[tokio::test]
async fn what_was_remembered_before_there_was_a_log_is_in_it() {
    let world = world();
    for (day, name) in ["ada", "grace"].into_iter().enumerate() {
        much_else_happens(&world, name, 24 * day as i64 + 1).await;
    }
    world.projector.catch_up().await.unwrap();
    forget_changes(&world).await;
    assert_eq!(sequencer(&world).catch_up().await.unwrap(), 16);
    assert_eq!(in_good_order(&world, &[], "begun late").await, 16);
}

#[tokio::test]
async fn what_a_lost_feed_left_behind_of_it_is_found() {
    let world = world();
    let mut sequencer = sequencer(&world);
    much_else_happens(&world, "ada", 1).await;
    sequencer.catch_up().await.unwrap();
    much_else_happens(&world, "grace", 30).await;
    forget_changes(&world).await;
    much_else_happens(&world, "mary", 60).await;
    assert_eq!(sequencer.catch_up().await.unwrap(), 16);
    assert_eq!(in_good_order(&world, &[], "a lost feed").await, 24);
}

#[tokio::test]
async fn marks_of_it_that_were_never_written_are_written_again() {
    let world = world();
    sequencer(&world).catch_up().await.unwrap();
    much_else_happens(&world, "ada", 1).await;
    assert_eq!(sequencer(&world).catch_up().await.unwrap(), 8);
    // As if the process had ended right after the swap.
    let mut removed = 0;
    for shard in logged_shards(at(30)) {
        let marks = [shard.as_slice(), b"i"].concat();
        for mark in world.table.scan(Scan::whole(marks, 100)).await.unwrap().entries {
            world.table.write(vec![Write::delete(mark.key, Guard::Any)]).await.unwrap();
            removed += 1;
        }
    }
    assert_eq!(removed, 7);
    let (row, _) = log_row(&world).await;
    put_row(&world, &LogRow { cursors: Vec::new(), ..row }).await;
    assert_eq!(sequencer(&world).catch_up().await.unwrap(), 0);
    assert_eq!(in_good_order(&world, &[], "marked again").await, 8);
}

#[tokio::test]
async fn nothing_personal_is_in_what_is_logged_of_fixes() {
    let world = world();
    let tag = tracker(&world, "tag").await;
    world.it_is(1);
    a_chunk_is_sealed(&world, tag, 0).await;
    let row = world.service.chunks().await.unwrap().remove(0);
    sequencer(&world).catch_up().await.unwrap();
    let chunks = Filter { kind: Some("chunk".to_owned()), ..Filter::default() };
    let found = world.service.find_logged(&chunks, None, 10).await.unwrap().entries;
    let leaf = String::from_utf8(found[0].leaf.clone()).unwrap();
    let plain = row.name.rsplit('/').next().unwrap();
    assert!(leaf.contains(&domain::leaf::hex(&row.digest)) && !leaf.contains(&plain[..16]));
    assert!(!leaf.contains(&tag.to_string()), "{leaf}");
}

/// Everything that is logged beside events, as its rows have it: when, and its mark.
pub async fn rows_beside_events(world: &World) -> Vec<table::Entry> {
    let mut all = Vec::new();
    let until = service::outside::Clock::now(&*world.clock);
    for shard in logged_shards(until) {
        all.extend(world.table.scan(Scan::whole(shard, 1_000)).await.unwrap().entries);
    }
    let is_one =
        |it: &table::Entry| access_of_key(&it.key).is_some() || chunk_of_key(&it.key).is_some();
    assert!(all.iter().all(is_one));
    all
}
