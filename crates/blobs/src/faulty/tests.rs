//! Faults come when planned, do what they say, and end.

use super::*;
use crate::{ObjectBlobs, conformance};

fn name(it: &str) -> BlobName {
    BlobName::new(it).unwrap()
}

fn faulty() -> Faulty {
    Faulty::new(Arc::new(ObjectBlobs::in_memory()))
}

#[tokio::test]
async fn a_healthy_one_conforms() {
    conformance::all(&faulty()).await;
}

#[tokio::test]
async fn a_lost_answer_is_repeated_safely() {
    for fault in [Fault::BeforeApply, Fault::AfterApply] {
        let blobs = faulty();
        blobs.fail_change(1, fault);
        conformance::lost_answer(&blobs, &name("a")).await;
    }
}

#[tokio::test]
async fn only_the_planned_change_fails() {
    let blobs = faulty();
    blobs.fail_change(2, Fault::BeforeApply);
    blobs.put(&name("a"), "1".into()).await.unwrap();
    blobs.delete(&name("a")).await.unwrap_err();
    assert_eq!(blobs.get(&name("a")).await, Ok("1".into()));
    blobs.delete(&name("a")).await.unwrap();
    assert_eq!(blobs.changes(), 3);
}

#[tokio::test]
async fn after_a_crash_everything_fails_until_revived() {
    let blobs = faulty();
    blobs.crash_at_change(1, Fault::AfterApply);
    blobs.put_new(&name("a"), "1".into()).await.unwrap_err();
    blobs.put(&name("b"), "2".into()).await.unwrap_err();
    blobs.get(&name("a")).await.unwrap_err();
    blobs.get_range(&name("a"), 0..1).await.unwrap_err();
    blobs.list(None, None, 1).await.unwrap_err();
    blobs.upload_ticket(&name("a"), 1).await.unwrap_err();
    blobs.revive();
    assert_eq!(blobs.get(&name("a")).await, Ok("1".into()));
    assert_eq!(blobs.get(&name("b")).await, Err(Error::Missing(name("b"))));
}
