//! Watching: what is recorded and measured reaches those who watch it, in order,
//! once; who comes back misses nothing, and who is too slow holds up nobody.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    event::{Fact, Holder},
    fixes::Batch,
    id::{ContainerId, PackageId, Subject, TrackerId},
    motion::Fix,
    position::{LatLon, Position},
    record::{ExactPoint, PlaceKind, PlaceRecord, Record, TrackerRecord},
    time::{HOUR, MINUTE},
};
use futures::FutureExt;
use proptest::prelude::*;
use service::{
    Error,
    live::{
        Follower, Frame, Full, LINGER, News, Public, QUEUE_MAX, Start, Subscription, Topic, Wish,
    },
    record::Attribution,
};
use table::Memory;

use crate::world::{World, at, draft};

/// A world whose live feed is followed by hand.
struct Watching {
    world: World,
    followers: Vec<Follower>,
}

impl Watching {
    async fn on(world: World) -> Self {
        let followers = world.service.live_followers().await.unwrap();
        Self { world, followers }
    }

    async fn watch(&self, subjects: &[Subject]) -> Subscription {
        self.resume(subjects, None).await
    }

    async fn resume(&self, subjects: &[Subject], after: Option<String>) -> Subscription {
        let topics = subjects.iter().map(|it| Topic::Subject(*it)).collect();
        let wish = Wish { user: None, topics, after };
        self.world.service.watch(wish).await.unwrap().unwrap()
    }

    /// Lets everything that was recorded be told.
    async fn tell(&mut self) {
        loop {
            let mut seen = 0;
            for follower in &mut self.followers {
                seen += follower.follow_once().await.unwrap();
            }
            if seen == 0 {
                return;
            }
        }
    }

    async fn measured(&mut self, tracker: TrackerId, minute: i64, lat: f64) {
        let batch = Batch::of([(tracker, fix(minute, lat))]);
        let by = Attribution { actor: "usr_gateway".to_owned(), source: "api".to_owned() };
        self.world.it_is(1 + minute / 60);
        self.world.service.accept_fixes(&by, None, &batch).await.unwrap();
        self.tell().await;
    }

    async fn tracker(&self, name: &str, person: bool) -> TrackerId {
        let id = TrackerId::derive(&[name.as_bytes()]);
        let record = Record::Tracker(TrackerRecord { name: name.to_owned(), person });
        let fact = Fact::Registered(Box::new(record));
        self.world.record(vec![draft(name, Subject::Tracker(id), 0, fact)]).await.unwrap();
        id
    }

    async fn truck(&self, name: &str) -> (ContainerId, TrackerId) {
        let (truck, tag) = (self.world.truck(name).await, self.tracker(name, false).await);
        let on = Fact::TrackerAttached(tag);
        self.world.say(Subject::Container(truck), 0, on).await.unwrap();
        (truck, tag)
    }

    async fn unload(&self, package: PackageId, from: ContainerId, hours: i64) {
        let fact = Fact::Left(Holder::Container(from));
        self.world.say(Subject::Package(package), hours, fact).await.unwrap();
    }
}

fn fix(minute: i64, lat: f64) -> Fix {
    Fix {
        at: at(0).plus(minute * MINUTE),
        position: Position { at: LatLon::from_degrees(lat, 9.0).unwrap(), height: None },
        radius_95_mm: Some(8_000),
        vertical_95_mm: None,
        speed_mm_s: Some(20_000),
        course_cdeg: None,
    }
}

/// The next frame that waits already. A runtime would make whoever reads much
/// wait even for what is there.
fn waiting(stream: &mut Subscription) -> Option<Arc<Frame>> {
    tokio::task::unconstrained(stream.next()).now_or_never().flatten()
}

/// Everything that waits, in short words.
fn told(stream: &mut Subscription) -> Vec<String> {
    let mut all = Vec::new();
    while let Some(frame) = waiting(stream) {
        all.push(match &frame.news {
            News::Changed(it) => format!("{} {}", it.seq, it.status),
            News::Carried(it) => {
                format!("{} links, {} trackers", it.chain.len(), it.trackers.len())
            }
            News::Measured(it) => format!("fix {}", it.fix.at.since(at(0)) / MINUTE),
            News::Shown(it) => format!("{:?}", it.id),
        });
    }
    all
}

#[tokio::test]
async fn a_package_is_followed_onto_a_truck_and_off_again() {
    let mut it = Watching::on(World::new()).await;
    let package = it.world.package("1Z1").await;
    let (truck, tag) = it.truck("Truck 7").await;
    let pallet = it.world.truck("Pallet 12").await;
    it.world.load(package, pallet, 0).await.unwrap();
    it.tell().await;
    let mut stream = it.watch(&[Subject::Package(package)]).await;
    assert_eq!((stream.start, stream.carried[0].chain.len()), (Start::Fresh, 2));

    it.measured(tag, 1, 48.0).await;
    assert_eq!(told(&mut stream), [""; 0], "the truck is nothing to it yet");
    // Its pallet is loaded: the package itself has no event of that.
    let onto = Fact::Joined(Holder::Container(truck));
    it.world.say(Subject::Container(pallet), 1, onto).await.unwrap();
    it.tell().await;
    assert_eq!(told(&mut stream), ["3 links, 1 trackers"]);
    it.measured(tag, 2, 48.01).await;
    it.measured(tag, 3, 48.02).await;
    assert_eq!(told(&mut stream), ["fix 2", "fix 3"]);
    // A late fix is not the latest; one that nothing gets to is none.
    it.measured(tag, 1, 48.005).await;
    it.measured(tag, 4, -33.0).await;
    assert_eq!(told(&mut stream), [""; 0]);

    it.unload(package, pallet, 2).await;
    it.tell().await;
    assert_eq!(told(&mut stream), ["3 registered", "1 links, 0 trackers"]);
    it.measured(tag, 5, 48.04).await;
    assert_eq!(told(&mut stream), [""; 0], "what carried it is nothing to it any more");
    it.world.say(Subject::Package(package), 3, Fact::Lost).await.unwrap();
    it.tell().await;
    assert_eq!(told(&mut stream), ["4 lost"]);
}

#[tokio::test]
async fn who_comes_back_gets_exactly_what_they_missed() {
    let mut it = Watching::on(World::new()).await;
    let (truck, tag) = it.truck("Truck 7").await;
    let (other, elsewhere) = it.truck("Truck 8").await;
    it.tell().await;
    let watched = [Subject::Container(truck)];
    let stream = it.watch(&watched).await;
    let begun = stream.id_of(stream.number);
    let mut aside = it.watch(&[Subject::Container(other)]).await;
    drop(stream);
    it.measured(tag, 1, 48.0).await;
    it.measured(elsewhere, 1, 48.0).await;
    it.measured(tag, 2, 48.01).await;
    let mut back = it.resume(&watched, Some(begun.clone())).await;
    assert_eq!(
        (back.start, told(&mut back)),
        (Start::Resumed, vec!["fix 1".into(), "fix 2".into()])
    );
    assert_eq!(told(&mut aside), ["fix 1"]);
    it.measured(tag, 3, 48.02).await;
    assert_eq!(told(&mut back), ["fix 3"]);

    // Of another run, made up, or of a topic that was not followed since.
    for id in ["ffffffffffff-1", "nonsense", ""] {
        let mut new = it.resume(&watched, Some(id.to_owned())).await;
        assert_eq!((new.start, told(&mut new)), (Start::Reset, vec![]), "{id:?}");
    }
    let place = it.world.place("Hub", 48.0, 9.0).await;
    let more = [watched[0], Subject::Place(place)];
    assert_eq!(it.resume(&more, Some(begun.clone())).await.start, Start::Reset);

    // Nobody watches for long: what was said meanwhile was said to nobody.
    drop((back, aside));
    for hours in [10, 20, 30] {
        it.world.it_is(hours);
        it.world.say(Subject::Place(place), hours, note(hours)).await.unwrap();
        it.tell().await;
    }
    assert!(HOUR > LINGER && !it.world.service.live().is_watched(Topic::Subject(watched[0])));
    assert_eq!(it.resume(&watched, Some(begun)).await.start, Start::Reset);
}

fn note(number: i64) -> Fact {
    Fact::Note(domain::private::Private::new(format!("note {number}")))
}

#[tokio::test]
async fn a_slow_reader_is_cut_off_and_everybody_else_hears_everything() {
    let mut it = Watching::on(World::on(Arc::new(Memory::new()))).await;
    let (truck, tag) = it.truck("Truck 7").await;
    it.tell().await;
    let watched = [Subject::Container(truck)];
    let (mut slow, mut quick) = (it.watch(&watched).await, it.watch(&watched).await);
    let mut heard = Vec::new();
    let count = QUEUE_MAX as i64 + 10;
    for minute in 1..=count {
        it.measured(tag, minute, 48.0 + minute as f64 / 100.0).await;
        heard.extend(told(&mut quick));
    }
    let all: Vec<String> = (1..=count).map(|it| format!("fix {it}")).collect();
    assert_eq!(heard, all);
    let mut last = slow.number;
    let mut waited = 0;
    while let Some(frame) = slow.next().await {
        (last, waited) = (frame.number, waited + 1);
    }
    assert!(waited == QUEUE_MAX && slow.is_behind());
    let mut back = it.resume(&watched, Some(slow.id_of(last))).await;
    assert_eq!(told(&mut back), all[QUEUE_MAX..]);
    it.world.service.live().close();
    assert!(quick.next().await.is_none() && !quick.is_behind());
    let wish = Wish { user: None, topics: vec![Topic::Subject(watched[0])], after: None };
    let refused = it.world.service.watch(wish).await.unwrap();
    assert_eq!(refused.err(), Some(Full::Stopping));
}

#[tokio::test]
async fn what_is_near_a_home_is_its_town_and_a_person_is_in_a_region() {
    let mut it = Watching::on(World::on(Arc::new(Memory::new()))).await;
    let home = domain::id::PlaceId::derive(&[b"home"]);
    let place = PlaceRecord {
        kind: PlaceKind::Home,
        name: "Home".to_owned(),
        at: LatLon::from_degrees(48.2, 9.0).unwrap(),
        radius_m: 12_000,
        ground: None,
        time_zone: None,
        country: None,
        code: None,
        floors: Vec::new(),
        address: None,
        exact: Some(ExactPoint::new(LatLon::from_degrees(48.15, 9.0).unwrap(), 30)),
    };
    let fact = Fact::Registered(Box::new(Record::Place(place)));
    it.world.say(Subject::Place(home), 0, fact).await.unwrap();
    let record = domain::record::PackageRecord { destination: Some(home), ..Default::default() };
    let package = it.world.package_with("1Z1", record).await;
    let (truck, tag) = it.truck("Truck 7").await;
    it.world.load(package, truck, 0).await.unwrap();
    let person = it.tracker("Ada", true).await;
    it.tell().await;
    let mut stream = it.watch(&[Subject::Package(package), Subject::Tracker(person)]).await;
    let mut seen = BTreeMap::new();
    for (tracker, minute, lat) in [(tag, 10, 48.0), (tag, 20, 48.149), (person, 25, 48.0)] {
        it.measured(tracker, minute, lat).await;
        let frame = stream.next().await.unwrap();
        let News::Measured(measured) = &frame.news else { panic!("{frame:?}") };
        assert_eq!(measured.fix, fix(minute, lat));
        seen.insert(minute, measured.public);
    }
    let town = Public::Around(LatLon::from_degrees(48.2, 9.0).unwrap(), 12_000);
    let coarse = domain::fixes::coarsened(&fix(25, 48.0));
    let region = Public::Around(coarse.position.at, coarse.radius_95_mm.unwrap() / 1_000);
    assert_eq!(seen, BTreeMap::from([(10, Public::Exact), (20, town), (25, region)]));
}

#[tokio::test]
async fn what_was_never_registered_cannot_be_watched() {
    let it = Watching::on(World::on(Arc::new(Memory::new()))).await;
    let subject = Subject::Package(PackageId::derive(&[b"nobody"]));
    let wish = Wish { user: None, topics: vec![Topic::Subject(subject)], after: None };
    let answer = it.world.service.watch(wish).await;
    assert!(matches!(answer, Err(Error::NotFound(_))));
    assert!(!it.world.service.live().is_watched(Topic::Subject(subject)));
}

/// One step of a random day.
#[derive(Clone, Debug)]
enum Step {
    Load(usize),
    Unload,
    Fix(usize),
    Lose,
    Back(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..2_usize).prop_map(Step::Load),
        Just(Step::Unload),
        (0..2_usize).prop_map(Step::Fix),
        Just(Step::Lose),
        (0..4_usize).prop_map(Step::Back),
    ];
    proptest::collection::vec(step, 1..60)
}

/// Readers that go and come back at random, beside one that stays.
async fn random_day(seed: u64, steps: Vec<Step>) {
    let mut it = Watching::on(World::on(Arc::new(Memory::shuffled(seed)))).await;
    let package = it.world.package("1Z1").await;
    let trucks = [it.truck("Truck 7").await, it.truck("Truck 8").await];
    it.tell().await;
    let watched = [Subject::Package(package), Subject::Container(trucks[0].0)];
    let mut stays = it.watch(&watched).await;
    let first = stays.number;
    let mut goes: Vec<(Option<Subscription>, u64, Vec<u64>)> = Vec::new();
    for _ in 0..4 {
        let stream = it.watch(&watched).await;
        goes.push((Some(stream), first, Vec::new()));
    }
    let (mut all, mut on) = (Vec::new(), None);
    for (minute, step) in steps.into_iter().enumerate() {
        let minute = minute as i64 + 1;
        match step {
            Step::Load(truck) => {
                on = Some(trucks[truck].0);
                it.world.load(package, trucks[truck].0, minute).await.unwrap();
            }
            Step::Unload => {
                if let Some(truck) = on.take() {
                    it.unload(package, truck, minute).await;
                }
            }
            Step::Fix(truck) => {
                it.measured(trucks[truck].1, minute, 48.0 + minute as f64 / 1000.0).await;
            }
            Step::Lose => {
                it.world.say(Subject::Package(package), minute, note(minute)).await.unwrap();
            }
            Step::Back(reader) => {
                let (stream, last, seen) = &mut goes[reader];
                match stream.take() {
                    // It reads some of what waits, and goes.
                    Some(mut open) => {
                        for _ in 0..minute % 3 {
                            if let Some(frame) = waiting(&mut open) {
                                *last = frame.number;
                                seen.push(frame.number);
                            }
                        }
                    }
                    None => {
                        let id = stays.id_of(*last);
                        let back = it.resume(&watched, Some(id)).await;
                        assert_eq!(back.start, Start::Resumed);
                        *stream = Some(back);
                    }
                }
            }
        }
        it.tell().await;
        while let Some(frame) = waiting(&mut stays) {
            all.push(frame.number);
        }
    }
    for (stream, last, mut seen) in goes {
        let mut stream = match stream {
            Some(stream) => stream,
            None => it.resume(&watched, Some(stays.id_of(last))).await,
        };
        while let Some(frame) = waiting(&mut stream) {
            seen.push(frame.number);
        }
        assert_eq!(seen, all);
    }
}

proptest! {
    // Each case is a day of a whole service: dear.
    #![proptest_config(depth::of(100, 5_000))]
    #[test]
    fn whoever_goes_and_comes_back_sees_each_frame_once_and_in_order(
        seed: u64,
        steps in steps(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(random_day(seed, steps));
    }
}
