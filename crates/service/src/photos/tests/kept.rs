//! Photos of a package: stored before they are said to exist, once each.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::SeqCst},
};

use blobs::{Blobs, ObjectBlobs};
use bytes::Bytes;
use domain::{
    draft::Draft,
    event::Fact,
    id::{EventId, PackageId, PlaceId, Subject},
    record::{PackageRecord, Record},
    time::{HOUR, Timestamp},
};
use table::{Faulty, Memory};

use super::pictures::*;
use crate::{
    Service,
    error::{Error, Result},
    outside::{Clock, Entropy},
    photos::{Image, NewPhoto},
    record::{Attribution, Receipt},
    rows::PhotoRow,
};

#[derive(Debug)]
struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_772_452_800_000).unwrap()
    }
}

#[derive(Debug, Default)]
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0.fetch_add(1, SeqCst) as u8);
    }
}

struct World {
    service: Service,
    table: Arc<Faulty>,
    blobs: Arc<blobs::Faulty>,
    package: Subject,
}

impl World {
    async fn new() -> Self {
        let table = Arc::new(Faulty::new(Arc::new(Memory::new())));
        let blobs = Arc::new(blobs::Faulty::new(Arc::new(ObjectBlobs::in_memory())));
        let entropy = Arc::new(Counting::default());
        let service = Service::new(table.clone(), blobs.clone(), Arc::new(Noon), entropy);
        let package = Subject::Package(PackageId::derive(&[b"package"]));
        let record = Record::Package(PackageRecord::default());
        let world = Self { service, table, blobs, package };
        world.say("registered", Fact::Registered(Box::new(record))).await;
        world
    }

    async fn say(&self, id: &str, fact: Fact) {
        let id = EventId::derive(&[id.as_bytes()]);
        let draft = Draft { id, subject: self.package, happened_at: Noon.now(), fact };
        self.service.record(&by(), vec![draft]).await.unwrap();
    }

    async fn add(&self, bytes: &[u8]) -> Result<(PhotoRow, Receipt)> {
        self.add_at(bytes, Noon.now()).await
    }

    async fn add_at(&self, bytes: &[u8], happened_at: Timestamp) -> Result<(PhotoRow, Receipt)> {
        let bytes = Bytes::copy_from_slice(bytes);
        let photo = NewPhoto { bytes, media_type: "image/jpeg", happened_at };
        self.service.add_photo(&by(), self.package, photo).await
    }

    async fn blob_names(&self) -> Vec<String> {
        let all = self.blobs.list(None, None, 100).await.unwrap();
        all.into_iter().map(|it| it.name.as_str().to_owned()).collect()
    }
}

fn by() -> Attribution {
    Attribution { actor: "usr_clerk".to_owned(), source: "api".to_owned() }
}

fn photo(place: &[u8]) -> Vec<u8> {
    with_segments(&jpeg(&quarters(400, 200)), &[(0xfe, place)])
}

#[tokio::test]
async fn a_photo_is_kept_listed_and_shown() {
    let world = World::new().await;
    let (row, receipt) = world.add(&photo(SECRET)).await.unwrap();
    assert!(!receipt.duplicate);
    assert_eq!((row.width, row.height, row.media_type.as_str()), (400, 200, "image/jpeg"));
    assert_eq!(world.service.photos(world.package).await.unwrap(), std::slice::from_ref(&row));

    let whole = world.service.photo(world.package, row.id, Image::Whole).await.unwrap();
    assert_eq!((whole.bytes.len() as u64, whole.media_type.as_str()), (row.len, "image/jpeg"));
    assert!(!holds(&whole.bytes, SECRET));
    let small = world.service.photo(world.package, row.id, Image::Thumbnail).await.unwrap();
    assert_eq!(colours(&small.bytes), [RED, GREEN, BLUE, WHITE]);
    assert!(small.bytes.len() < whole.bytes.len());
    let folder = format!("photos/{}/{}", world.package, row.id);
    assert_eq!(
        world.blob_names().await,
        [format!("{folder}/image"), format!("{folder}/thumbnail")]
    );
}

#[tokio::test]
async fn the_same_photo_again_is_the_same_photo_whatever_was_said_with_it() {
    let world = World::new().await;
    let (first, said) = world.add(&photo(b"at the gate")).await.unwrap();
    let later = Noon.now().plus(-HOUR);
    let (again, same) = world.add_at(&photo(b"at the desk"), later).await.unwrap();
    assert_eq!((&again, same.leaf, same.duplicate), (&first, said.leaf, true));
    assert_eq!(world.service.photos(world.package).await.unwrap().len(), 1);

    let both = [jpeg(&quarters(20, 20)), jpeg(&quarters(30, 20))];
    let (a, b) =
        futures::future::join(world.add_at(&both[0], later), world.add_at(&both[0], Noon.now()))
            .await;
    assert_eq!(a.unwrap().0, b.unwrap().0);
    world.add(&both[1]).await.unwrap();
    assert_eq!(world.service.photos(world.package).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_voided_photo_is_listed_no_more() {
    let world = World::new().await;
    let (_, receipt) = world.add(&photo(b"")).await.unwrap();
    world.say("void", Fact::Voided { target: receipt.event, why: None }).await;
    assert_eq!(world.service.photos(world.package).await.unwrap(), []);
}

#[tokio::test]
async fn a_photo_is_of_something_that_is_known_and_can_have_photos() {
    let world = World::new().await;
    let bytes = Bytes::from(photo(b""));
    let add = |subject| {
        let photo =
            NewPhoto { bytes: bytes.clone(), media_type: "image/jpeg", happened_at: Noon.now() };
        let service = world.service.clone();
        async move { service.add_photo(&by(), subject, photo).await.unwrap_err() }
    };
    let unknown = add(Subject::Package(PackageId::derive(&[b"another"]))).await;
    assert!(matches!(unknown, Error::NotFound(_)));
    let place = add(Subject::Place(PlaceId::derive(&[b"place"]))).await;
    assert!(matches!(place, Error::Refused(_)));
    assert_eq!(world.blob_names().await, Vec::<String>::new());
    let id = domain::id::PhotoId::derive(&[b"none"]);
    let none = world.service.photo(world.package, id, Image::Whole).await;
    assert!(matches!(none, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn no_photo_is_said_to_exist_before_it_does_wherever_the_machine_stops() {
    for lost in [false, true] {
        for nth in 1..=4 {
            let world = World::new().await;
            // Two images, then two writes: the photo's row and the event.
            if nth <= 2 {
                let fault = if lost { blobs::Fault::AfterApply } else { blobs::Fault::BeforeApply };
                world.blobs.crash_at_change(nth, fault);
            } else {
                let fault = if lost { table::Fault::AfterApply } else { table::Fault::BeforeApply };
                world.table.crash_at_write(nth - 2, fault);
            }
            let stopped = world.add(&photo(b"")).await;
            assert!(matches!(stopped, Err(Error::Unavailable(_))), "{nth} {lost}: {stopped:?}");
            world.blobs.revive();
            world.table.revive();
            for row in world.service.photos(world.package).await.unwrap() {
                for image in [Image::Whole, Image::Thumbnail] {
                    world.service.photo(world.package, row.id, image).await.unwrap();
                }
            }
            let (row, _) = world.add(&photo(b"")).await.unwrap();
            assert_eq!(world.service.photos(world.package).await.unwrap(), [row]);
        }
    }
}

#[tokio::test]
async fn a_photo_that_was_changed_where_it_is_stored_is_not_shown() {
    let world = World::new().await;
    let (row, _) = world.add(&photo(b"")).await.unwrap();
    let name = format!("photos/{}/{}/image", world.package, row.id).parse().unwrap();
    world.blobs.put(&name, Bytes::from(jpeg(&quarters(200, 400)))).await.unwrap();
    let shown = world.service.photo(world.package, row.id, Image::Whole).await;
    assert!(matches!(shown, Err(Error::Corrupt(_))));
}
