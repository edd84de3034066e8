//! Files that were staged, published in part, or stand where others belong.

use std::sync::Arc;

use audit::log::LogError;
use blobs::{BlobName, Fault, Faulty, ObjectBlobs};
use bytes::Bytes;

use crate::world::{Kept, checkpoint, entries, key};

fn name(path: &str) -> BlobName {
    BlobName::new(format!("log/{path}")).unwrap()
}

fn object(error: LogError) -> String {
    match error {
        LogError::Wrong { object, .. } => object,
        LogError::Unavailable(why) => panic!("unavailable: {why}"),
    }
}

/// Every change of the blobs while a log grows fails once, in each way; whoever
/// looks next finds the log as it counts, with all of its files.
#[tokio::test]
async fn whatever_was_published_in_part_is_brought_to_what_counts() {
    let mut sites = 0;
    for nth in 1.. {
        let mut reached = false;
        for fault in [Fault::BeforeApply, Fault::AfterApply] {
            let faulty = Arc::new(Faulty::new(Arc::new(ObjectBlobs::in_memory())));
            let mut kept = Kept::among(faulty.clone()).await;
            kept.grow(300).await;
            let edge = kept.edge().await.unwrap();
            let grown = edge.grown(entries(300, 600)).unwrap();
            let counts = checkpoint(&grown.edge);
            kept.files.stage(&counts, &grown.tiles, 300).await.unwrap();
            // It counts from here on.
            kept.before = 300;
            kept.note = counts.sign(&key());
            kept.counts = counts;
            faulty.crash_at_change(nth, fault);
            let published = kept.files.publish(&kept.counts, &kept.note, &grown.tiles, 300).await;
            reached |= published.is_err();
            faulty.revive();
            let edge = kept.edge().await.unwrap();
            assert_eq!(edge, grown.edge, "change {nth} {fault:?}");
            kept.grow(300).await;
            let names = kept.names().await;
            assert!(names.iter().all(|it| !it.starts_with("log-staging")), "{names:?}");
            let read = kept.files.entries(0..900, 900).await.unwrap();
            assert_eq!(read, entries(0, 900).collect::<Vec<_>>(), "change {nth} {fault:?}");
        }
        if !reached {
            break;
        }
        sites += 1;
    }
    println!("{sites} changes of files while publishing, each failed before and after it applied");
    assert!(sites >= 9, "{sites}");
}

#[tokio::test]
async fn what_was_staged_and_never_counted_is_forgotten_once_another_counts() {
    let mut kept = Kept::empty().await;
    let edge = kept.edge().await.unwrap();
    let never = edge.grown(entries(5_000, 5_010)).unwrap();
    kept.files.stage(&checkpoint(&never.edge), &never.tiles, 0).await.unwrap();
    // As long as nothing else counts, it may be about to.
    kept.edge().await.unwrap();
    assert_eq!(kept.names().await.iter().filter(|it| it.starts_with("log-staging")).count(), 1);
    kept.grow(10).await;
    kept.edge().await.unwrap();
    assert_eq!(kept.names().await.iter().filter(|it| it.starts_with("log-staging")).count(), 0);
    assert_eq!(kept.files.entries(0..10, 10).await.unwrap(), entries(0, 10).collect::<Vec<_>>());
}

#[tokio::test]
async fn files_that_are_ahead_or_say_something_else_stop_everything() {
    let mut kept = Kept::empty().await;
    kept.grow(300).await;
    let (counts, note, before) = (kept.counts.clone(), kept.note.clone(), kept.before);
    kept.grow(300).await;
    // The table was set back to before.
    let (later, later_note) = (kept.counts.clone(), kept.note.clone());
    (kept.counts, kept.note, kept.before) = (counts, note, before);
    let error = kept.edge().await.unwrap_err();
    assert!(error.to_string().contains("set back"), "{error}");
    assert_eq!(object(error), "checkpoint");
    (kept.counts, kept.note, kept.before) = (later, later_note, 300);
    kept.edge().await.unwrap();
    // Another root for as many entries.
    let mut other = kept.counts.clone();
    other.root = [1; 32];
    let was = std::mem::replace(&mut kept.counts, other);
    assert_eq!(object(kept.edge().await.unwrap_err()), "checkpoint");
    kept.counts = was;
    // A tile at the edge, altered or gone.
    for (path, bytes) in [
        ("tile/0/002.p/88", Some(vec![0; 88 * 32])),
        ("tile/0/002.p/88", Some(vec![0; 31])),
        ("tile/entries/002.p/88", Some(vec![0, 9, 1])),
        ("tile/entries/002.p/88", Some(vec![])),
        ("tile/1/000.p/2", Some(vec![0; 64])),
        ("tile/1/000.p/2", None),
    ] {
        let good = kept.blobs.get(&name(path)).await.unwrap();
        match bytes {
            Some(bytes) => kept.blobs.put(&name(path), Bytes::from(bytes)).await.unwrap(),
            None => kept.blobs.delete(&name(path)).await.unwrap(),
        }
        let found = object(kept.edge().await.unwrap_err());
        let of_edge = found.starts_with("tile/");
        assert!(of_edge, "{path}: {found}");
        kept.blobs.put(&name(path), good).await.unwrap();
    }
    // A place that is taken by something else.
    let edge = kept.edge().await.unwrap();
    let grown = edge.grown(entries(600, 601)).unwrap();
    kept.blobs.put(&name("tile/0/002.p/89"), Bytes::from_static(b"?")).await.unwrap();
    let next = checkpoint(&grown.edge);
    let published = kept.files.publish(&next, &next.sign(&key()), &grown.tiles, 600).await;
    assert_eq!(object(published.unwrap_err()), "tile/0/002.p/89");
}

#[tokio::test]
async fn an_entry_that_is_too_long_is_refused_before_anything_is_written() {
    let edge = audit::Edge::default();
    assert!(edge.grown([vec![b'x'; 65_535]]).is_ok());
    assert_eq!(edge.grown([vec![b'x'; 65_536]]), Err(audit::bundle::TooLong(65_536)));
}
