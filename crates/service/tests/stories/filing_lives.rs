//! Random lives, told to two worlds of which one files what is due: every answer of both
//! is the same to the byte, whatever comes late, is erased, or is lost and made again.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::SeqCst},
};

use domain::{
    draft::Draft,
    event::{Fact, Holder, IncidentReason, Measurement},
    id::{EventId, Subject},
    money::{CostKind, CostLine, Money},
    position::{Datum, Height, LatLon, Position},
    private::Private,
    record::{PackageRecord, Promise, Recipient, Record},
};
use proptest::prelude::*;
use service::{
    keys::{CLOSED_SHARDS, LISTED_DAYS, Row, SEGMENTS, closed_shard, search_shards},
    record::Attribution,
    rows::Head,
};
use table::{Guard, Memory, Scan, Write};

use crate::{
    filing::{Scene, answers, delivered, file, head, into_files, scene},
    logging::in_good_order,
    world::{World, at, draft},
};

/// What happens in a random life.
#[derive(Clone, Debug)]
enum Step {
    /// Something is said of a package, as having happened in some hour.
    Say(usize, i64, u8),
    /// What was said before is said again.
    Again(usize),
    /// So many days pass.
    Days(i64),
    /// What is known is logged, goes into files, and leaves the table if it is due.
    File,
    /// Everything that can be made again is lost, and made again.
    Rebuild,
    Erase(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        12 => (0..2usize, 0..200i64, 0..16u8).prop_map(|(of, hour, what)| Step::Say(of, hour, what)),
        2 => any::<prop::sample::Index>().prop_map(|it| Step::Again(it.index(64))),
        3 => (1..100i64).prop_map(Step::Days),
        4 => Just(Step::File),
        1 => Just(Step::Rebuild),
        1 => (0..2usize).prop_map(Step::Erase),
    ];
    prop::collection::vec(step, 10..40)
}

fn fact(scene: &Scene, what: u8, target: Option<EventId>) -> Fact {
    let [from, to] = scene.places;
    let usd = |minor| Money { currency: "USD".parse().unwrap(), minor };
    let line = |kind, minor| CostLine {
        kind,
        amount: usd(minor),
        source: "carrier:ups".to_owned(),
        id: format!("L{minor}"),
    };
    let point = LatLon::from_degrees(33.1, -93.2).unwrap();
    let height = Height::from_metres(80.0, Datum::MeanSeaLevel, point).ok();
    let note = || Fact::Note(Private::new(format!("note {what}")));
    match (what, target) {
        (0, _) => Fact::PickedUp { place: Some(from) },
        (1, _) => Fact::Joined(Holder::Container(scene.truck)),
        (2, _) => Fact::Left(Holder::Container(scene.truck)),
        (3, _) => {
            Fact::Departed { from: Some(from), to: None, mode: None, expected_at: Some(at(90)) }
        }
        (4, _) => Fact::Arrived { place: to },
        (5, _) => Fact::Scanned { place: from, floor: Some("mezzanine".to_owned()) },
        (6, _) => Fact::Problem {
            reason: IncidentReason::CarrierDamagedParcel,
            detail: Some(Private::new("wet")),
        },
        (7, _) => Fact::CostAdded(line(CostKind::Freight, 12_345)),
        (8, _) => Fact::CostCredited(line(CostKind::Refund, 45)),
        (9, _) => Fact::Positioned(Measurement {
            position: Position { at: point, height },
            radius_95_mm: Some(12_000),
            vertical_95_mm: None,
            speed_mm_s: Some(22_000),
            course_cdeg: None,
        }),
        (10, _) => Fact::PromiseChanged(Promise { first: at(100), last: at(120) }),
        (11, Some(target)) => Fact::Voided { target, why: Some(Private::new("typed wrong")) },
        (12, Some(target)) => Fact::Corrected { target, fact: Box::new(note()) },
        (13, _) => {
            let name = Some(Private::new("Someone else"));
            let set = PackageRecord {
                recipient: Some(Recipient { name, email: None, address: None }),
                ..PackageRecord::default()
            };
            Fact::Amended { set: Box::new(Record::Package(set)), clear: Vec::new() }
        }
        (14, _) => delivered(to),
        _ => note(),
    }
}

/// Loses the rows that are derived, as far as anything here reads them.
async fn lose_what_is_derived(world: &World) {
    let mut shards = vec![SEGMENTS.to_vec(), LISTED_DAYS.to_vec()];
    shards.extend((0..CLOSED_SHARDS).map(closed_shard));
    let (postings, words) = search_shards();
    shards.extend(postings.into_iter().chain(words));
    let mut gone = vec![Row::History.key()];
    for shard in shards {
        let page = world.table.scan(Scan::whole(shard, 1_000)).await.unwrap();
        gone.extend(page.entries.into_iter().map(|it| it.key));
    }
    for key in gone {
        world.table.write(vec![Write::delete(key, Guard::Any)]).await.unwrap();
    }
}

proptest! {
    // Each case asks some hundred questions a dozen times.
    #![proptest_config(depth::of(40, 3_000))]

    #[test]
    fn no_answer_changes_when_events_are_filed(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(a_life(steps));
    }
}

/// Events that were filed in random lives.
static FILED: AtomicU64 = AtomicU64::new(0);

#[tokio::test]
async fn in_such_lives_events_are_filed() {
    let said = (0..10).map(|it| Step::Say(0, 10 * it, 15));
    let closed =
        [Step::Say(0, 150, 14), Step::Days(100), Step::File, Step::Again(3), Step::Erase(0)];
    a_life(said.chain(closed).collect()).await;
    assert!(12 <= FILED.load(SeqCst));
}

/// The same is told to two worlds, of which one files.
async fn a_life(steps: Vec<Step>) {
    let worlds = [0; 2].map(|_| World::on(Arc::new(Memory::default())));
    let [filing, plain] = &worlds;
    let scenes = [scene(filing, 2).await, scene(plain, 2).await];
    let by = Attribution { actor: "usr_admin".to_owned(), source: "api".to_owned() };
    let (mut now, mut said) = (200, Vec::new());
    for world in &worlds {
        world.it_is(now);
    }
    let packages = &scenes[0].packages;
    for step in steps.into_iter().chain([Step::Days(100), Step::File, Step::Rebuild]) {
        match step {
            Step::Days(days) => now += 24 * days,
            Step::Say(of, hours, what) => {
                let subject = Subject::Package(packages[of]);
                let target = said.iter().rev().find(|it: &&Draft| it.subject == subject);
                let fact = fact(&scenes[0], what, target.map(|it| it.id));
                let name = format!("{subject} {hours} {what} {}", said.len());
                said.push(draft(&name, subject, now - 200 + hours, fact));
                tell(&worlds, said.last().unwrap()).await;
            }
            Step::Again(of) => match said.get(of) {
                Some(draft) => tell(&worlds, draft).await,
                None => continue,
            },
            Step::Erase(of) => {
                for world in &worlds {
                    world.service.erase(&by, Subject::Package(packages[of])).await.unwrap();
                }
            }
            Step::File => {
                for world in &worlds {
                    world.projector.catch_up().await.unwrap();
                    into_files(world).await;
                }
                let done = file(&filing.service).await;
                assert_eq!(done.refused, 0);
                FILED.fetch_add(done.events as u64, SeqCst);
            }
            Step::Rebuild => {
                filing.projector.catch_up().await.unwrap();
                lose_what_is_derived(filing).await;
                filing.service.rebuild(|_| ()).await.unwrap();
            }
        }
        for world in &worlds {
            world.it_is(now);
            world.projector.catch_up().await.unwrap();
        }
        let asked = [1, 50, 150, now - 60];
        let [one, other] =
            [answers(filing, packages, &asked).await, answers(plain, packages, &asked).await];
        assert_eq!(one, other);
        for package in packages {
            let subject = Subject::Package(*package);
            let one = Head { filed: None, ..head(filing, subject).await };
            assert_eq!(one, head(plain, subject).await);
        }
    }
    assert_eq!(
        in_good_order(filing, &[], "in the end").await,
        in_good_order(plain, &[], "plain").await
    );
}

async fn tell(worlds: &[World; 2], draft: &Draft) {
    let [one, other] = worlds;
    let (one, other) =
        (one.record(vec![draft.clone()]).await, other.record(vec![draft.clone()]).await);
    assert_eq!(format!("{one:?}"), format!("{other:?}"));
}
