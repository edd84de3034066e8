//! News of what is recorded reach whoever listens, at least once and under the same id,
//! or are given up after a day and counted; nothing else waits for them.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

use audit::LogKey;
use domain::{
    event::{Fact, IncidentReason, Proof},
    id::Subject,
    time::{DAY, HOUR, MINUTE},
};
use service::{
    log::sequencer::Sequencer,
    outgoing::{AlarmKind, NewsKind, Outbox, Outgoing, detail_type},
    outside::Publisher,
};
use table::{BoxFuture, Changed, Faulty, Memory, Table};

use crate::{
    fault::Mishap,
    world::{Counting, World, at},
};

/// A bus that may be down, and may lose every answer it gives.
#[derive(Debug, Default)]
struct Bus {
    taken: Mutex<Vec<Outgoing>>,
    down: AtomicBool,
    deaf: AtomicBool,
}

impl Publisher for Bus {
    fn publish(&self, all: Vec<Outgoing>) -> BoxFuture<'_, Vec<bool>> {
        Box::pin(async move {
            if self.down.load(SeqCst) {
                return vec![false; all.len()];
            }
            let count = all.len();
            self.taken.lock().unwrap().extend(all);
            if self.deaf.load(SeqCst) { Vec::new() } else { vec![true; count] }
        })
    }
}

impl Bus {
    fn ids(&self) -> Vec<String> {
        self.taken.lock().unwrap().iter().map(Outgoing::id).collect()
    }

    fn names(&self) -> Vec<String> {
        let name = |it: &Outgoing| match it {
            Outgoing::Event(it) => detail_type(it),
            Outgoing::Alarm(it) => format!("{} {}", it.kind.word(), it.over),
            Outgoing::Live { channel, .. } => channel.clone(),
        };
        self.taken.lock().unwrap().iter().map(name).collect()
    }
}

fn told(mut world: World) -> (World, Arc<Bus>) {
    let bus = Arc::new(Bus::default());
    world.service = world.service.with_publisher(bus.clone());
    (world, bus)
}

/// Everything that ever changed, as the feeds tell it.
async fn changes(world: &World) -> Vec<Changed> {
    let mut all = Vec::new();
    for feed in world.table.feeds().await.unwrap() {
        all.extend(world.table.changes(feed, 0, 10_000).await.unwrap());
    }
    all
}

/// A package is registered, loaded, has a problem, and is delivered.
async fn a_life(world: &World) -> BTreeSet<String> {
    let truck = world.truck("Truck 7").await;
    let package = world.package("1Z1").await;
    let subject = Subject::Package(package);
    world.load(package, truck, 1).await.unwrap();
    let reason = IncidentReason::WeatherDelay;
    world.say(subject, 2, Fact::Problem { reason, detail: None }).await.unwrap();
    let delivered = Fact::Delivered { place: None, proof: Proof::default() };
    world.say(subject, 3, delivered).await.unwrap();
    let mut ids = BTreeSet::new();
    for subject in [subject, Subject::Container(truck)] {
        let history = world.service.history(subject).await.unwrap();
        ids.extend(history.iter().map(|it| it.event.id.to_string()));
    }
    ids
}

#[tokio::test]
async fn every_event_is_told_once_and_nothing_else_is() {
    let (world, bus) = told(World::new());
    let ids = a_life(&world).await;
    // With them what is derived, which comes round in the feed as well.
    let mut all = changes(&world).await;
    world.projector.catch_up().await.unwrap();
    all.extend(changes(&world).await);
    let before = world.table.usage().write_units;
    assert_eq!(world.service.send_outgoing(&all).await.unwrap(), ids.len());
    assert_eq!(bus.ids().into_iter().collect::<BTreeSet<_>>(), ids);
    assert_eq!(bus.ids().len(), ids.len());
    let names: BTreeSet<String> = bus.names().into_iter().collect();
    let wanted = ["created", "moved", "problem", "delivered"];
    let wanted = wanted.map(|it| format!("whereabouts.package.{it}.v1"));
    assert!(wanted.iter().all(|it| names.contains(it)), "{names:?}");
    assert!(names.contains("whereabouts.container.created.v1"));
    assert_eq!(world.table.usage().write_units, before, "what was sent costs no write");
    assert_eq!(world.service.sweep_outbox().await.unwrap().sent, 0);
}

#[tokio::test]
async fn what_is_a_day_old_is_no_news_any_more() {
    let (world, bus) = told(World::new());
    let ids = a_life(&world).await;
    let all = changes(&world).await;
    // The truck and the package were registered three hours before the delivery.
    world.clock_at(at(3).plus(DAY - HOUR));
    assert!(world.service.send_outgoing(&all).await.unwrap() < ids.len());
    world.clock_at(at(3).plus(DAY));
    assert_eq!(world.service.send_outgoing(&all).await.unwrap(), 0);
    assert!(!bus.ids().is_empty());
}

#[tokio::test]
async fn without_anybody_to_tell_nothing_is_kept() {
    let world = World::new();
    a_life(&world).await;
    let before = world.table.usage();
    assert_eq!(world.service.send_outgoing(&changes(&world).await).await.unwrap(), 0);
    world.service.sweep_outbox().await.unwrap();
    world.service.raise_alarms().await.unwrap();
    assert_eq!(world.table.usage().write_units, before.write_units);
}

#[tokio::test]
async fn what_cannot_be_sent_is_sent_later_and_holds_up_nothing() {
    let (world, bus) = told(World::new());
    let ids = a_life(&world).await;
    bus.down.store(true, SeqCst);
    world.service.send_outgoing(&changes(&world).await).await.unwrap();
    world.projector.catch_up().await.unwrap();
    assert_eq!(bus.ids(), Vec::<String>::new());
    let outbox = world.service.system().await.unwrap().outbox;
    assert_eq!((outbox.waiting, outbox.since), (ids.len() as u64, Some(at(3))));
    // Not before its time, and then with growing pauses.
    assert_eq!(world.service.sweep_outbox().await.unwrap().put_off, 0);
    let mut tries = 0;
    for minutes in 1..=120 {
        world.clock_at(at(3).plus(minutes * MINUTE));
        tries += world.service.sweep_outbox().await.unwrap().put_off / ids.len();
    }
    assert!((6..=8).contains(&tries), "{tries} tries in two hours");
    bus.down.store(false, SeqCst);
    world.clock_at(at(3).plus(4 * HOUR));
    assert_eq!(world.service.sweep_outbox().await.unwrap().sent, ids.len());
    assert_eq!(bus.ids().into_iter().collect::<BTreeSet<_>>(), ids);
    assert_eq!(world.service.system().await.unwrap().outbox, Outbox::default());
}

#[tokio::test]
async fn what_cannot_be_sent_for_a_day_is_given_up_and_counted() {
    let (world, bus) = told(World::new());
    let ids = a_life(&world).await;
    bus.down.store(true, SeqCst);
    world.service.send_outgoing(&changes(&world).await).await.unwrap();
    for hours in 1..=26 {
        world.clock_at(at(3).plus(hours * HOUR));
        while world.service.sweep_outbox().await.unwrap().more {}
    }
    let outbox = world.service.system().await.unwrap().outbox;
    assert_eq!((outbox.waiting, outbox.given_up.count), (0, ids.len() as u64));
    bus.down.store(false, SeqCst);
    let raised = world.service.raise_alarms().await.unwrap();
    assert_eq!(raised.iter().map(|it| it.kind).collect::<Vec<_>>(), [AlarmKind::GivenUp]);
}

/// Every write fails once, in every way; then whoever delivers delivers again.
#[tokio::test]
async fn no_failure_loses_news() {
    let mut tried = 0;
    for mishap in Mishap::ALL {
        for nth in 1.. {
            let faulty = Arc::new(Faulty::new(Arc::new(Memory::new())));
            let (table, entropy) = (faulty.clone() as Arc<dyn Table>, Arc::new(Counting::from(1)));
            let (world, bus) = told(World::with(table, entropy));
            let ids = a_life(&world).await;
            let all = changes(&world).await;
            bus.down.store(true, SeqCst);
            let writes = faulty.writes();
            mishap.plan(&faulty, nth);
            let sent = world.service.send_outgoing(&all).await;
            world.clock_at(at(3).plus(2 * MINUTE));
            let _ = world.service.sweep_outbox().await;
            bus.down.store(false, SeqCst);
            bus.deaf.store(true, SeqCst);
            world.clock_at(at(3).plus(20 * MINUTE));
            let _ = world.service.sweep_outbox().await;
            let reached = faulty.writes() - writes;
            faulty.revive();
            bus.deaf.store(false, SeqCst);
            if sent.is_err() {
                world.service.send_outgoing(&all).await.unwrap();
            }
            world.clock_at(at(3).plus(10 * HOUR));
            while world.service.sweep_outbox().await.unwrap().more {}
            let heard: BTreeSet<String> = bus.ids().into_iter().collect();
            assert_eq!(heard, ids, "{mishap:?} at {nth}");
            assert_eq!(world.service.outbox().await.unwrap().waiting, 0, "{mishap:?} at {nth}");
            if reached < nth {
                break;
            }
            tried += 1;
        }
    }
    println!("{tried} failures while news are sent");
    assert!(tried > 40, "{tried} failures: hardly anything is tested");
}

#[tokio::test]
async fn an_alarm_is_raised_once_and_its_end_is_told() {
    let (world, bus) = told(World::new());
    let key = || LogKey::new("stories.test/log", &[7; 32]).unwrap();
    let mut sequencer = Sequencer::new(world.service.clone(), key());
    sequencer.catch_up().await.unwrap();
    world.package("1Z1").await;
    world.it_is(1);
    bus.down.store(true, SeqCst);
    assert_eq!(world.service.raise_alarms().await.unwrap(), []);
    bus.down.store(false, SeqCst);
    let raised = world.service.raise_alarms().await.unwrap();
    assert_eq!(raised.iter().map(|it| it.kind).collect::<Vec<_>>(), [AlarmKind::Unlogged]);
    assert!(raised[0].says.contains("60 min"), "{}", raised[0].says);
    assert_eq!(world.service.raise_alarms().await.unwrap(), []);
    sequencer.catch_up().await.unwrap();
    let over = world.service.raise_alarms().await.unwrap();
    assert!(over[0].over && over.len() == 1);
    assert_eq!(bus.names(), ["unlogged false", "unlogged true"]);
    assert_ne!(bus.ids()[0], bus.ids()[1]);

    // Somebody else's key: nothing can be appended.
    let other = LogKey::new("stories.test/log", &[8; 32]).unwrap();
    world.package("1Z2").await;
    assert!(Sequencer::new(world.service.clone(), other).catch_up().await.is_err());
    world.clock_at(world.service_now().plus(6 * MINUTE));
    let raised = world.service.raise_alarms().await.unwrap();
    assert_eq!(raised.iter().map(|it| it.kind).collect::<Vec<_>>(), [AlarmKind::LogTrouble]);
    // Who does not append knows of no trouble, and sees that it waits.
    let elsewhere = world.another().with_publisher(bus.clone());
    assert_eq!(elsewhere.raise_alarms().await.unwrap(), []);
    world.clock_at(world.service_now().plus(DAY));
    assert_eq!(elsewhere.raise_alarms().await.unwrap().len(), 1, "it waits for long now");
}

#[test]
fn every_sort_of_news_has_a_word_of_its_own() {
    let words: BTreeSet<&str> = NewsKind::ALL.iter().map(|it| it.word()).collect();
    assert_eq!(words.len(), NewsKind::ALL.len());
}
