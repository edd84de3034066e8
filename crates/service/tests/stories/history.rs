//! The history: everything that was logged, once, in files; and what somebody did.

use std::sync::Arc;

use blobs::{BlobName, Blobs, Fault as BlobFault, Faulty as FaultyBlobs, ObjectBlobs};
use domain::{event::Fact, id::Subject, private::Private};
use history::{Filter, Reader, Row, Segment};
use service::{history::Compacted, record::Attribution};
use table::{Memory, Table};

use crate::{
    logging::sequencer,
    world::{Counting, World, draft},
};

/// Three days, each with events of several packages, by two people.
async fn three_days(world: &World) -> u64 {
    let mut count = 0;
    for day in 0..3 {
        for number in 0..40 {
            let hour = 24 * day + 1 + number / 10;
            world.it_is(hour);
            let package = world.package(&format!("1Z{day}{number}")).await;
            let note = Fact::Note(Private::new("seen"));
            let said = draft(&format!("{day} {number}"), Subject::Package(package), hour, note);
            let actor = if number % 10 == 0 { "usr_ada" } else { "usr_grace" };
            let by = Attribution { actor: actor.to_owned(), source: "api".to_owned() };
            world.service.record(&by, vec![said]).await.unwrap();
            count += 2;
        }
        sequencer(world).catch_up().await.unwrap();
    }
    count
}

async fn everything(world: &World, blobs: &Arc<dyn Blobs>) -> Vec<Row> {
    let reader = Reader::new(Arc::clone(blobs));
    let mut all = Vec::new();
    for (segment, row) in world.service.segments().await.unwrap() {
        let lines = reader.all(segment, row.len).await.unwrap();
        let lines: Vec<Vec<Row>> = futures::TryStreamExt::try_collect(lines).await.unwrap();
        let lines = lines.concat();
        assert_eq!(lines.len() as u64, row.rows);
        let of_day = |it: &Row| Segment::day_of(it.entry.recorded_at()) == segment.day;
        assert!(lines.iter().all(of_day));
        all.extend(lines);
    }
    all.sort_by_key(|it| it.log_index);
    all
}

/// Every entry from the first on is there once, to the byte.
async fn is_the_log(world: &World, blobs: &Arc<dyn Blobs>, until: u64) {
    let all = everything(world, blobs).await;
    let size = world.service.log_status().size;
    let logged = world.service.log_files().entries(0..until, size).await.unwrap();
    let kept: Vec<(u64, Vec<u8>)> = all.into_iter().map(|it| (it.log_index, it.leaf)).collect();
    assert_eq!(kept, (0..).zip(logged).collect::<Vec<_>>());
}

fn world() -> (World, Arc<dyn Blobs>) {
    let blobs: Arc<dyn Blobs> = Arc::new(ObjectBlobs::in_memory());
    let table: Arc<dyn Table> = Arc::new(Memory::default());
    (World::over(table, Arc::clone(&blobs), Arc::new(Counting::default())), blobs)
}

#[tokio::test]
async fn whole_days_of_the_log_become_files_and_small_files_one() {
    let (world, blobs) = world();
    assert_eq!(world.service.compact_history().await.unwrap(), Compacted::default());
    let count = three_days(&world).await;
    let before_today = count / 3 * 2;
    let done = world.service.compact_history().await.unwrap();
    assert_eq!(done, Compacted { entries: before_today, merged: 0 });
    is_the_log(&world, &blobs, before_today).await;
    assert_eq!(world.service.compact_history().await.unwrap(), Compacted::default());
    // On the day after, more of the third day is recorded by a clock that was late.
    world.it_is(72);
    world.service.compact_history().await.unwrap();
    is_the_log(&world, &blobs, count).await;
    world.it_is(71);
    let late = world.package("1Zlate").await;
    world.it_is(100);
    sequencer(&world).catch_up().await.unwrap();
    world.service.compact_history().await.unwrap();
    is_the_log(&world, &blobs, count + 1).await;
    let files = world.service.segments().await.unwrap();
    assert_eq!(files.len(), 3, "the late one is in the file of its day: {files:?}");
    let about = late.to_string();
    let reader = Reader::new(Arc::clone(&blobs));
    let (segment, row) = files.last().unwrap();
    assert_eq!(reader.about(*segment, row.len, &about).await.unwrap().len(), 1);
    let listed = blobs.list(Some(&BlobName::new("history").unwrap()), None, 100).await.unwrap();
    assert_eq!(listed.len(), files.len(), "no file is left over: {listed:?}");
}

#[tokio::test]
async fn what_somebody_did_is_found_in_files_and_in_what_waits() {
    let (world, _) = world();
    let count = three_days(&world).await;
    let ada = Filter { actor: Some("usr_ada".to_owned()), ..Filter::default() };
    let mut answers = Vec::new();
    for compacted in [false, true] {
        if compacted {
            assert!(world.service.compact_history().await.unwrap().entries > 0);
        }
        let found = world.service.find_logged(&ada, None, 100).await.unwrap();
        assert!(!found.more && found.entries.iter().all(|it| it.entry.actor() == "usr_ada"));
        assert!(found.entries.is_sorted_by_key(|it| std::cmp::Reverse(it.log_index)));
        assert_eq!(found.entries.len(), 12);
        answers.push(found.entries);
        // Page by page it is the same.
        let (mut paged, mut before) = (Vec::new(), None);
        loop {
            let page = world.service.find_logged(&ada, before, 5).await.unwrap();
            paged.extend(page.entries);
            before = paged.last().map(|it: &Row| it.log_index);
            if !page.more {
                break;
            }
        }
        assert_eq!(&paged, answers.last().unwrap());
        let all = world.service.find_logged(&Filter::default(), None, 1_000).await.unwrap();
        assert_eq!(all.entries.len() as u64, count);
        let day = |hours| Some(crate::world::at(hours));
        let second = Filter { from: day(24), until: day(48), ..ada.clone() };
        let found = world.service.find_logged(&second, None, 100).await.unwrap();
        assert_eq!(found.entries.len(), 4);
        let noted = Filter { kind: Some("registered".to_owned()), ..ada.clone() };
        let found = world.service.find_logged(&noted, None, 100).await.unwrap();
        assert_eq!(found.entries, vec![], "Ada registered nothing");
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn whatever_fails_the_history_goes_on_and_says_nothing_twice() {
    for fault in [BlobFault::BeforeApply, BlobFault::AfterApply] {
        for site in 1..=3 {
            let plain: Arc<dyn Blobs> = Arc::new(ObjectBlobs::in_memory());
            let faulty = Arc::new(FaultyBlobs::new(Arc::clone(&plain)));
            let table: Arc<dyn Table> = Arc::new(Memory::default());
            let blobs = Arc::clone(&faulty) as Arc<dyn Blobs>;
            let world = World::over(table, blobs, Arc::new(Counting::default()));
            let count = three_days(&world).await;
            world.it_is(100);
            faulty.fail_change(site, fault);
            assert!(world.service.compact_history().await.is_err(), "{fault:?} at {site}");
            world.service.compact_history().await.unwrap();
            is_the_log(&world, &plain, count).await;
        }
    }
    // Two at once write the same.
    let (world, blobs) = world();
    let count = three_days(&world).await;
    world.it_is(100);
    let (one, two) = tokio::join!(world.service.compact_history(), world.service.compact_history());
    assert!(one.unwrap().entries + two.unwrap().entries >= count);
    is_the_log(&world, &blobs, count).await;
}
