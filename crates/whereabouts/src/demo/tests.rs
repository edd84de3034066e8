//! A demo that is stopped, forgotten halfway and started again says nothing twice;
//! whoever opens it sees packages where their vehicles are.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::SeqCst},
    },
};

use blobs::ObjectBlobs;
use domain::{
    event::Holder,
    geodesy::distance_m,
    id::{PackageId, Subject},
    mode::Mode,
    state::Status,
    time::{DAY, HOUR, MINUTE, Timestamp},
    whereabouts::Basis,
};
use service::{
    Service,
    outside::{Clock, Entropy},
    packages::Filter,
    projector::Projector,
};
use table::Memory;

use super::{Demo, Note};

#[derive(Debug)]
struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(SeqCst)).expect("one of our years")
    }
}

#[derive(Debug)]
struct Zeros;

impl Entropy for Zeros {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

/// A store and its clock.
struct Store {
    service: Service,
    clock: Arc<SetClock>,
}

fn anchor() -> Timestamp {
    Timestamp::from_millis(1_772_446_620_000).expect("one of our years")
}

impl Store {
    fn new() -> Self {
        let clock = Arc::new(SetClock(AtomicI64::new(anchor().millis())));
        let blobs = Arc::new(ObjectBlobs::in_memory());
        let service =
            Service::new(Arc::new(Memory::default()), blobs, clock.clone(), Arc::new(Zeros));
        Self { service, clock }
    }

    /// A demo of this store goes on until then.
    async fn goes_on(&self, note: Note, until: Timestamp) -> Note {
        self.clock.0.store(until.millis(), SeqCst);
        let mut demo = Demo::new(self.service.clone(), note);
        demo.catch_up(until).await.expect("the store answers");
        Projector::new(self.service.clone()).catch_up().await.expect("it answers");
        demo.note
    }

    /// Every package with its status and how many events it has.
    async fn packages(&self) -> BTreeMap<PackageId, (Status, u64)> {
        let (mut all, mut after) = (BTreeMap::new(), None);
        loop {
            let page = self.service.list(&Filter::default(), after, 500).await.expect("a list");
            for line in page.lines {
                let known = self.service.known(Subject::Package(line.id)).await.expect("listed");
                let before = all.insert(line.id, (known.state.status, known.seq));
                assert!(before.is_none(), "{} is listed twice", line.id);
            }
            after = page.after;
            if after.is_none() {
                return all;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_that_was_stopped_catches_up_and_says_nothing_twice() {
    let (stopped, unbroken) = (Store::new(), Store::new());
    let first = stopped.goes_on(Note::begun(1, 300, anchor()), anchor().plus(5 * MINUTE)).await;
    let before = stopped.packages().await;
    assert!((280..330).contains(&before.len()), "{} packages", before.len());

    // The note of the second day is lost: the day is told again with the third.
    stopped.goes_on(first.clone(), anchor().plus(DAY)).await;
    stopped.goes_on(first, anchor().plus(2 * DAY)).await;
    unbroken.goes_on(Note::begun(1, 300, anchor()), anchor().plus(2 * DAY)).await;
    let (one, other) = (stopped.packages().await, unbroken.packages().await);
    assert_eq!(one, other);
    assert!(before.len() < one.len(), "new orders came in");
    let moved = before.iter().filter(|(id, (_, seq))| *seq < one[id].1).count();
    assert!(moved > 10, "{moved} packages went on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_that_is_cut_off_goes_on_where_it_was() {
    let (cut, whole) = (Store::new(), Store::new());
    let note = Note::begun(2, 200, anchor());
    let mut demo = Demo::new(cut.service.clone(), note.clone());
    let until = anchor().plus(-20 * DAY);
    let stories = demo.world.begun(note.begun_until, until, anchor());
    let standing = demo.world.standing();
    demo.teller.tell_standing(standing).await.expect("it answers");
    demo.teller.tell(stories).await.expect("it answers");
    demo.note.begun_until = until.plus(-100 * DAY);
    cut.goes_on(demo.note, anchor()).await;
    whole.goes_on(note, anchor()).await;
    assert_eq!(cut.packages().await, whole.packages().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_a_vehicle_is_where_its_tracker_is() {
    let store = Store::new();
    let now = anchor().plus(2 * HOUR);
    let note = store.goes_on(Note::begun(1, 1_000, anchor()), now).await;
    let demo = Demo::new(store.service.clone(), note);
    let fleet = demo.world.fleet();
    let vehicle_of = |id| fleet.vehicles.iter().position(|it| it.container == id);
    let mut looked_at = BTreeMap::new();
    for package in store.packages().await.into_keys() {
        let known = store.service.known(Subject::Package(package)).await.expect("listed");
        let Some((Holder::Container(holder), _)) = known.state.holder else { continue };
        let Some(vehicle) = vehicle_of(holder) else { continue };
        let moving = matches!(demo.world.doing(vehicle, now), ::demo::fleet::Doing::Moving(_));
        if !moving || demo.world.is_silent(vehicle, now) {
            continue;
        }
        let subject = Subject::Package(package);
        let answer = store.service.whereabouts(subject, now, false).await.expect("it answers");
        let found = answer.expect("it is somewhere");
        let apart_m = distance_m(found.position, demo.world.spot(vehicle, now).at);
        assert!(apart_m < 3_000.0, "{apart_m} m from {}", fleet.vehicles[vehicle].name);
        assert!(matches!(found.basis, Basis::Measured | Basis::Inherited | Basis::Predicted));
        *looked_at.entry(fleet.vehicles[vehicle].mode as u8).or_insert(0) += 1;
    }
    assert!(looked_at.contains_key(&(Mode::Air as u8)), "{looked_at:?}");
}

#[test]
fn a_folder_is_one_demos_or_refused() {
    let folder = std::env::temp_dir().join(format!("whereabouts-demo-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let find = |packages, seed| Note::find_or_begin(&folder, packages, seed, anchor().plus(DAY));
    let begun = Note::find_or_begin(&folder, Some(500), None, anchor()).expect("a new folder");
    assert_eq!(find(None, None).expect("the same"), begun);
    assert_eq!(find(Some(500), Some(1)).expect("the same"), begun);
    for (packages, seed) in [(Some(501), None), (None, Some(2))] {
        let refused = find(packages, seed).expect_err("another demo");
        assert!(refused.contains("500 packages from seed 1"), "{refused}");
    }
    std::fs::write(folder.join("demo.json"), "{}").expect("a file");
    assert!(find(None, None).expect_err("damaged").contains("no note of a demo"));
    std::fs::rename(folder.join("demo.json"), folder.join("taxes.json")).expect("a file");
    let refused = find(None, None).expect_err("something else");
    assert!(refused.contains("something other than a demo"), "{refused}");
    let _ = std::fs::remove_dir_all(&folder);
}
