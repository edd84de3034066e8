//! What the bill of a deployment is made of is counted here: the crate `cost` says how much of
//! the table each thing takes, and these stories fail when it takes something else.

use std::sync::Arc;

use cost::counted::{self, Units};
use domain::{
    event::{Fact, Holder, Proof},
    fixes::Batch,
    id::{ClientId, PackageId, PlaceId, Subject, TrackerId},
    mode::Mode,
    motion::Fix,
    position::{LatLon, Position},
    private::Private,
    time::MINUTE,
};
use table::{Memory, Usage};

use crate::{
    fixes::{after, fix, gateway, tracker},
    logging::sequencer,
    units::{Places, TOGETHER, full_record, places, record_of, register, usual_record},
    world::{World, at, draft},
};

/// A count may differ from what is said by this part; checkpoints and dice make a little.
const TOLERANCE: f64 = 0.1;
/// Or by this much of a unit.
const TOLERANCE_UNITS: f64 = 0.1;

/// What was counted, held against what is said.
fn holds(what: &str, said: Units, counted: Usage, times: f64) -> Vec<String> {
    let parts = [
        ("write units", said.writes, counted.write_units as f64 / times),
        ("read units", said.reads, counted.read_units as f64 / times),
    ];
    let off = parts.into_iter().filter(|(unit, said, counted)| {
        println!("{what}: {counted:.3} {unit}, said {said}");
        let off = (said - counted).abs();
        said * TOLERANCE < off && TOLERANCE_UNITS < off
    });
    off.map(|(unit, said, counted)| format!("{what}: {counted:.3} {unit}, not {said}")).collect()
}

fn sum(all: &mut Usage, more: Usage) {
    all.write_units += more.write_units;
    all.read_units += more.read_units;
}

#[tokio::test]
async fn what_a_package_and_its_events_take() {
    let world = World::on(Arc::new(Memory::default()));
    let places = places(&world).await;
    let somewhere = PlaceId::derive(&[b"somewhere"]);
    let full = full_record(somewhere, somewhere, ClientId::derive(&[b"somebody"]));
    let usual = record_of(&places, &usual_record(&full));
    let ids: Vec<PackageId> = (0..TOGETHER).map(|it| PackageId::derive(&[&[it as u8]])).collect();
    let mut log = sequencer(&world);
    // What is first of its kind takes more: not counted.
    register(&world, PackageId::derive(&[b"first"]), usual.clone()).await;
    log.catch_up().await.unwrap();

    let before = world.table.usage();
    for id in &ids {
        register(&world, *id, usual.clone()).await;
    }
    let registered = world.table.usage() - before;
    log.catch_up().await.unwrap();

    let (mut recorded, mut logged, mut events) = (Usage::default(), Usage::default(), 0.0);
    for (hours, fact) in (2..).zip(custody(&places)) {
        let before = world.table.usage();
        for id in &ids {
            world.say(Subject::Package(*id), hours, fact.clone()).await.unwrap();
        }
        world.projector.catch_up().await.unwrap();
        let derived = world.table.usage();
        log.catch_up().await.unwrap();
        sum(&mut recorded, derived - before);
        sum(&mut logged, world.table.usage() - derived);
        events += TOGETHER as f64;
    }
    let mut off = holds("an event", counted::CUSTODY_EVENT, recorded, events);
    off.extend(holds("an event in the log", counted::LOGGED_EVENT, logged, events));
    off.extend(holds("a registration", counted::REGISTRATION, registered, TOGETHER as f64));

    let before = world.table.usage();
    for id in &ids {
        let (fresh, subject) = (world.another(), Subject::Package(*id));
        fresh.known(subject).await.unwrap();
        fresh.whereabouts(subject, at(5), false).await.unwrap();
    }
    let mut asked = world.table.usage() - before;
    // The session and whose it is.
    asked.read_units += 2 * TOGETHER;
    off.extend(holds("a question", counted::QUESTION, asked, TOGETHER as f64));
    assert!(off.is_empty(), "{off:#?}");
}

#[tokio::test]
async fn what_a_fix_takes() {
    for together in [1, 5] {
        let world = World::on(Arc::new(Memory::new()));
        let mut tags = Vec::new();
        for number in 0..100 {
            tags.push(tracker(&world, &format!("tag {number}")).await);
        }
        world.it_is(3);
        world.projector.catch_up().await.unwrap();
        let (mut derived, mut fixes) = (Usage::default(), 0.0);
        for turn in 0..64 {
            let of = |tag: TrackerId| {
                (0..together).map(move |it| (tag, fix((turn * together + it) * 10)))
            };
            let batch = Batch::of(tags.iter().flat_map(|tag| of(*tag)));
            world.service.accept_fixes(&gateway(), None, &batch).await.unwrap();
            let before = world.table.usage();
            world.projector.catch_up().await.unwrap();
            // Rings are full after half of it.
            if 32 <= turn {
                sum(&mut derived, world.table.usage() - before);
                fixes += batch.fixes.len() as f64;
            }
        }
        let part = 1.0 / together as f64;
        let said = Units {
            writes: counted::RING.writes * part + counted::FIX.writes,
            reads: counted::RING.reads * part + counted::FIX.reads,
        };
        let off = holds(&format!("a fix of {together} together"), said, derived, fixes);
        assert!(off.is_empty(), "{off:#?}");
    }
}

#[tokio::test]
async fn what_a_fix_takes_of_what_carries_packages() {
    let world = World::on(Arc::new(Memory::new()));
    let from = world.place("From", 48.0, 9.0).await;
    let to = world.place("To", 51.0, 9.0).await;
    let mut tags = Vec::new();
    for number in 0..10 {
        let tag = tracker(&world, &format!("tag {number}")).await;
        let lorry = world.truck(&format!("Truck {number}")).await;
        let package = world.package(&format!("1Z{number}")).await;
        let departed = Fact::Departed {
            from: Some(from),
            to: Some(to),
            mode: Some(Mode::Road),
            expected_at: Some(at(4)),
        };
        let facts = [
            (Subject::Container(lorry), Fact::TrackerAttached(tag)),
            (Subject::Package(package), Fact::Joined(Holder::Container(lorry))),
            (Subject::Container(lorry), departed),
        ];
        for (place, (subject, fact)) in facts.into_iter().enumerate() {
            let name = format!("{number} {place}");
            world.record(vec![draft(&name, subject, 0, fact)]).await.unwrap();
        }
        tags.push(tag);
    }
    world.projector.catch_up().await.unwrap();
    let (mut derived, mut fixes) = (Usage::default(), 0.0);
    // An hour on a road that winds, one fix in ten seconds.
    for seconds in (1..360).map(|it| it * 10) {
        world.clock_at(after(seconds));
        let north = 48.0 + 3.0 * seconds as f64 / 14_400.0;
        let side = (seconds as f64 / 400.0).sin() * 0.005;
        let position =
            Position { at: LatLon::from_degrees(north, 9.0 + side).unwrap(), height: None };
        // As trackers of vehicles say it: 23 m/s, to the north.
        let (speed_mm_s, course_cdeg) = (Some(23_100), Some(0));
        let measured = Fix { position, speed_mm_s, course_cdeg, ..fix(seconds) };
        let batch = Batch::of(tags.iter().map(|tag| (*tag, measured)));
        world.service.accept_fixes(&gateway(), None, &batch).await.unwrap();
        let before = world.table.usage();
        world.projector.catch_up().await.unwrap();
        sum(&mut derived, world.table.usage() - before);
        fixes += tags.len() as f64;
    }
    let said = Units {
        writes: counted::CARRYING.writes + counted::RING.writes + counted::FIX.writes,
        reads: counted::CARRYING.reads + counted::RING.reads + counted::FIX.reads,
    };
    let off = holds("a fix of what carries packages", said, derived, fixes);
    assert!(off.is_empty(), "{off:#?}");
}

#[tokio::test]
async fn what_it_takes_to_look_when_nothing_happens() {
    let world = World::on(Arc::new(Memory::default()));
    let package = world.package("1Z1").await;
    world.load(package, world.truck("Truck 1").await, 1).await.unwrap();
    world.projector.catch_up().await.unwrap();
    let (mut due, mut look) = (Usage::default(), Usage::default());
    for turn in 0..62 {
        world.clock_at(at(50).plus(turn * MINUTE));
        let before = world.table.usage();
        world.service.sweep_due().await.unwrap();
        let looked_at = world.table.usage();
        world.service.sweep_past().await.unwrap();
        world.service.reconcile().await.unwrap();
        // The first two find what has just happened.
        if 2 <= turn {
            sum(&mut due, looked_at - before);
            sum(&mut look, world.table.usage() - looked_at);
        }
    }
    let mut off = holds("a look at what is due", counted::IDLE_DUE, due, 60.0);
    off.extend(holds("a look at the rest", counted::IDLE_LOOK, look, 60.0));
    assert!(off.is_empty(), "{off:#?}");
}

/// The fifteen things that happen to most packages.
fn custody(places: &Places) -> Vec<Fact> {
    let Places { from, hub, to, trucks: [one, two], .. } = *places;
    let departed = |from, to| Fact::Departed {
        from: Some(from),
        to: Some(to),
        mode: Some(Mode::Road),
        expected_at: Some(at(40)),
    };
    vec![
        Fact::PickedUp { place: Some(from) },
        Fact::Scanned { place: from, floor: None },
        Fact::Joined(Holder::Container(one)),
        departed(from, hub),
        Fact::Arrived { place: hub },
        Fact::Left(Holder::Container(one)),
        Fact::Scanned { place: hub, floor: Some("mezzanine".to_owned()) },
        Fact::Joined(Holder::Container(two)),
        departed(hub, to),
        Fact::Arrived { place: to },
        Fact::Left(Holder::Container(two)),
        Fact::Scanned { place: to, floor: None },
        Fact::Note(Private::new("Please call before you come.")),
        Fact::OutForDelivery { from: Some(to) },
        Fact::Delivered { place: Some(to), proof: Proof::default() },
    ]
}
