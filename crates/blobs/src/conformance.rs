//! The suite every store of blobs must pass.

use bytes::Bytes;

use crate::{BlobName, Blobs, Error};

/// Runs every check on an empty store.
pub async fn all(blobs: &dyn Blobs) {
    put_get_delete(blobs).await;
    put_new_creates_once(blobs).await;
    race(blobs).await;
    ranges(blobs).await;
    lists(blobs).await;
    names_that_are_folders_too(blobs).await;
}

/// For a [`Faulty`](crate::Faulty) store armed by the caller: after an unanswered
/// `put_new`, repeating it succeeds, whether it had applied or not.
pub async fn lost_answer(blobs: &dyn Blobs, blob: &BlobName) {
    let bytes = Bytes::from_static(b"once");
    let answer = blobs.put_new(blob, bytes.clone()).await;
    assert!(matches!(answer, Err(Error::Unavailable(_))), "{answer:?}");
    blobs.put_new(blob, bytes.clone()).await.expect("repeating is safe");
    assert_eq!(blobs.get(blob).await, Ok(bytes));
}

async fn put_get_delete(blobs: &dyn Blobs) {
    let a = name("put/a");
    assert_eq!(blobs.get(&a).await, Err(Error::Missing(a.clone())));
    for bytes in ["", "one", "two, longer", "3"] {
        blobs.put(&a, bytes.into()).await.expect("put");
        assert_eq!(blobs.get(&a).await, Ok(bytes.into()), "the last put is whole");
    }
    let large: Bytes = (0..3_000_000u32).map(|it| (it % 251) as u8).collect();
    blobs.put(&a, large.clone()).await.expect("put");
    assert!(blobs.get(&a).await.expect("get") == large);
    blobs.delete(&a).await.expect("delete");
    assert_eq!(blobs.get(&a).await, Err(Error::Missing(a.clone())));
    blobs.delete(&a).await.expect("deleting nothing is fine");
    blobs.delete(&name("put/nowhere/at/all")).await.expect("deleting nothing is fine");
}

async fn put_new_creates_once(blobs: &dyn Blobs) {
    let a = name("new/a");
    blobs.put_new(&a, "one".into()).await.expect("create");
    assert_eq!(blobs.put_new(&a, "two".into()).await, Err(Error::Exists(a.clone())));
    assert_eq!(blobs.put_new(&a, "on".into()).await, Err(Error::Exists(a.clone())));
    blobs.put_new(&a, "one".into()).await.expect("the same bytes again");
    assert_eq!(blobs.get(&a).await, Ok("one".into()));
    blobs.delete(&a).await.expect("delete");
    blobs.put_new(&a, "two".into()).await.expect("create again");
    blobs.put(&a, "three".into()).await.expect("replace");
    assert_eq!(blobs.put_new(&a, "two".into()).await, Err(Error::Exists(a)));
}

/// Of many who create one blob at once, one succeeds.
async fn race(blobs: &dyn Blobs) {
    for round in 0..10u8 {
        let blob = name(&format!("race/{round}"));
        let racers = (0..16u8).map(|racer| {
            let blob = &blob;
            async move { (racer, blobs.put_new(blob, vec![racer; 1_000].into()).await) }
        });
        let mut won = Vec::new();
        for (racer, answer) in futures::future::join_all(racers).await {
            match answer {
                Ok(()) => won.push(racer),
                Err(Error::Exists(_)) => (),
                Err(other) => panic!("racer {racer}: {other}"),
            }
        }
        let [winner] = won[..] else { panic!("winners {won:?}") };
        assert_eq!(blobs.get(&blob).await, Ok(vec![winner; 1_000].into()));
    }
}

async fn ranges(blobs: &dyn Blobs) {
    let a = name("ranges/a");
    blobs.put(&a, "0123456789".into()).await.expect("put");
    for (range, want) in [(0..10, "0123456789"), (3..5, "34"), (9..10, "9"), (8..99, "89")] {
        assert_eq!(blobs.get_range(&a, range.clone()).await, Ok(want.into()), "{range:?}");
    }
    #[expect(clippy::reversed_empty_ranges, reason = "such a range is what must be refused")]
    for range in [10..11, 99..100, 3..3, 5..4] {
        let answer = blobs.get_range(&a, range.clone()).await;
        assert!(matches!(answer, Err(Error::Invalid(_))), "{range:?}: {answer:?}");
    }
    let missing = name("ranges/b");
    assert_eq!(blobs.get_range(&missing, 0..1).await, Err(Error::Missing(missing)));
}

async fn lists(blobs: &dyn Blobs) {
    let all = ["list/a-b/x", "list/a/b=1/c", "list/a/c", "list/b+c"];
    for it in all.iter().rev().chain(&["lister", "list/a/gone"]) {
        blobs.put(&name(it), (*it).into()).await.expect("put");
    }
    blobs.delete(&name("list/a/gone")).await.expect("delete");

    let folder = name("list");
    for limit in 1..=all.len() + 1 {
        let mut found: Vec<String> = Vec::new();
        loop {
            let after = found.last().map(|it| name(it));
            let page = blobs.list(Some(&folder), after.as_ref(), limit).await.expect("list");
            assert!(page.len() <= limit);
            assert!(page.iter().all(|it| it.len == it.name.as_str().len() as u64));
            found.extend(page.iter().map(|it| it.name.as_str().to_owned()));
            if page.len() < limit {
                break;
            }
        }
        assert_eq!(found, all, "by {limit}");
    }
    let inner = blobs.list(Some(&name("list/a")), None, 9).await.expect("list");
    assert_eq!(inner.len(), 2, "{inner:?}");
    let nowhere = blobs.list(Some(&name("nowhere")), None, 9).await;
    assert_eq!(nowhere, Ok(Vec::new()));
    let everything = blobs.list(None, None, usize::MAX).await.expect("list");
    assert!(everything.iter().any(|it| it.name.as_str() == "lister"));
    assert!(everything.is_sorted_by_key(|it| it.name.clone()));
}

/// An object store can hold `a` and `a/b`, a folder cannot. Either is allowed,
/// but what was there first stays whole.
async fn names_that_are_folders_too(blobs: &dyn Blobs) {
    let (outer, inner) = (name("both/a"), name("both/a/b"));
    blobs.put(&outer, "outer".into()).await.expect("put");
    let answer = blobs.put_new(&inner, "inner".into()).await;
    assert!(matches!(answer, Ok(()) | Err(Error::Unavailable(_))), "{answer:?}");
    assert_eq!(blobs.get(&outer).await, Ok("outer".into()));
}

fn name(it: &str) -> BlobName {
    BlobName::new(it).expect("a valid name")
}
