//! Whatever goes wrong on the way, a write that was answered with yes applied once,
//! one that was refused did not, and "unavailable" is the only "perhaps".

use std::{collections::BTreeSet, time::Duration};

use table::{Error, Guard, Key, Result, Scan, Table, Version, Write};
use table_dynamodb::{
    Dynamo, Patience, create,
    emulated::{Emulator, properties},
};

use crate::trouble::{Road, Trouble, Trouble::*};

const PATIENCE: Patience = Patience {
    attempts: 4,
    lost: 4,
    connect: Duration::from_secs(5),
    attempt: Duration::from_secs(5),
    first_wait: Duration::from_micros(50),
    longest_wait: Duration::from_millis(1),
};

/// A table at the end of a bad road, and the same one at the end of a good one.
struct Place {
    road: Road,
    far: Dynamo,
    near: Dynamo,
    /// Where the feed stood when the last check ended.
    seen: table::Seq,
}

impl Place {
    async fn new(name: &str) -> Self {
        let (emulator, road) = (Emulator::dynoxide(), Road::new());
        let client = emulator.client();
        create(&client, name, &properties()).await.unwrap();
        let far = Dynamo::new(emulator.client_over(road.client()), name).patient(PATIENCE);
        let near = Dynamo::new(client, name).following(emulator.streams());
        Self { road, far, near, seen: 0 }
    }

    /// Writes with trouble, and says how often it applied.
    async fn write(
        &mut self,
        operation: &'static str,
        troubles: &[Trouble],
        batch: Vec<Write>,
    ) -> (Result<()>, usize) {
        self.skip().await;
        self.road.plan(operation, troubles);
        let answer = self.far.write(batch).await;
        assert!(self.road.is_clear(), "{troubles:?} did not all happen");
        (answer, self.skip().await)
    }

    /// How many changes there are since the last time.
    async fn skip(&mut self) -> usize {
        let feed = self.near.feeds().await.unwrap()[0];
        let changes = self.near.changes(feed, self.seen, 1_000).await.unwrap();
        self.seen = changes.last().map_or(self.seen, |it| it.seq);
        changes.len()
    }

    /// An entry that stands, with a value nobody else has.
    async fn stands(&self, key: &Key) -> Version {
        self.near.write(vec![Write::put(key.clone(), Guard::Any, "stands")]).await.unwrap();
        self.near.get(key).await.unwrap().unwrap().version
    }
}

fn key() -> Key {
    Key::new("s", "k")
}

fn unavailable(answer: &Result<()>) -> bool {
    matches!(answer, Err(Error::Unavailable(_)))
}

#[tokio::test]
async fn what_was_refused_is_tried_again_and_then_given_up() {
    let mut place = Place::new("refused").await;
    for guard in [Guard::Absent, Guard::Any] {
        let put = |value: &str| vec![Write::put(key(), guard, value)];
        let (answer, applied) = place.write("PutItem", &[Throttled; 4], put("no")).await;
        assert!(unavailable(&answer) && applied == 0, "{answer:?}, applied {applied} times");
        let done = place.write("PutItem", &[Throttled; 3], put("yes")).await;
        assert_eq!(done, (Ok(()), 1));
    }
    let both =
        || vec![Write::put(key(), Guard::Any, "a"), Write::delete(Key::new("t", "t"), Guard::Any)];
    for trouble in [Throttled, Contended] {
        let (answer, applied) = place.write("TransactWriteItems", &[trouble; 4], both()).await;
        assert!(unavailable(&answer) && applied == 0, "{answer:?}, applied {applied} times");
        let done = place.write("TransactWriteItems", &[trouble; 3], both()).await;
        assert_eq!(done, (Ok(()), 1));
    }
    place.road.plan("GetItem", &[Throttled, LostBefore, BrokenAfter]);
    assert!(place.far.get(&key()).await.unwrap().is_some());
    place.road.plan("Query", &[BrokenBefore, LostAfter, Throttled, Throttled]);
    assert!(matches!(place.far.scan(Scan::whole("s", 9)).await, Err(Error::Unavailable(_))));
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_and_nothing_is_done_twice() {
    let mut place = Place::new("lost").await;
    for lost in [LostBefore, LostAfter, BrokenBefore, BrokenAfter] {
        let after = matches!(lost, LostAfter | BrokenAfter);
        let version = place.stands(&key()).await;
        let put = |guard| vec![Write::put(key(), guard, "new")];
        let done = place.write("PutItem", &[lost], put(Guard::Unchanged(version))).await;
        assert_eq!(done, (Ok(()), 1), "{lost:?}");
        let new = Key::new("new", format!("{lost:?}"));
        let done = place.write("PutItem", &[lost], vec![Write::put(new, Guard::Absent, "v")]).await;
        assert_eq!(done, (Ok(()), 1), "{lost:?}");

        // Without a guard, a second attempt might overwrite what others wrote since.
        let (answer, applied) = place.write("PutItem", &[lost], put(Guard::Any)).await;
        assert_eq!((answer.is_ok(), applied), (after, usize::from(after)), "{lost:?}: {answer:?}");
        assert!(answer.is_ok() || unavailable(&answer));

        let version = place.stands(&key()).await;
        let delete = |guard| vec![Write::delete(key(), guard)];
        let (answer, applied) =
            place.write("DeleteItem", &[lost], delete(Guard::Unchanged(version))).await;
        // It is gone, and a deleted entry does not say who deleted it.
        assert_eq!((unavailable(&answer), applied), (after, 1), "{lost:?}: {answer:?}");
        place.stands(&key()).await;
        let (answer, applied) = place.write("DeleteItem", &[lost], delete(Guard::Any)).await;
        assert_eq!((answer.is_ok(), applied), (after, usize::from(after)), "{lost:?}: {answer:?}");
    }
}

#[tokio::test]
async fn a_lost_transaction_applies_once_under_its_token() {
    let mut place = Place::new("transactions").await;
    for lost in [LostBefore, LostAfter, BrokenBefore, BrokenAfter] {
        for troubles in [&[lost][..], &[lost, lost], &[Contended, lost, Throttled]] {
            let version = place.stands(&key()).await;
            let gone = Key::new("s", "gone");
            place.stands(&gone).await;
            let both = vec![
                Write::put(key(), Guard::Unchanged(version), "new"),
                Write::delete(gone.clone(), Guard::Any),
            ];
            let done = place.write("TransactWriteItems", troubles, both).await;
            assert_eq!(done, (Ok(()), 2), "{troubles:?}");
            // Nothing of it is left that a read could find.
            place.stands(&gone).await;
            let check = Write::check(key(), Guard::Any);
            let only = vec![Write::delete(gone, Guard::Any), check];
            let done = place.write("TransactWriteItems", troubles, only).await;
            assert_eq!(done, (Ok(()), 1), "{troubles:?}");
        }
        // A guard that fails is told as that, however often it was asked.
        place.stands(&key()).await;
        let fails = vec![
            Write::put(Key::new("s", "x"), Guard::Any, ""),
            Write::check(key(), Guard::Absent),
        ];
        let done = place.write("TransactWriteItems", &[lost], fails).await;
        assert_eq!(done, (Err(Error::Conflict(key())), 0));
        // At the very end a read can still tell that it applied.
        let version = place.stands(&key()).await;
        let puts = vec![
            Write::put(key(), Guard::Unchanged(version), "new"),
            Write::put(Key::new("s", "y"), Guard::Any, "new"),
        ];
        let (answer, applied) = place.write("TransactWriteItems", &[lost; 4], puts).await;
        let after = matches!(lost, LostAfter | BrokenAfter);
        assert_eq!((answer.is_ok(), applied), (after, if after { 2 } else { 0 }), "{answer:?}");
    }
}

#[tokio::test]
async fn an_attempt_that_arrives_late_is_known_as_ours() {
    let mut place = Place::new("late").await;
    let version = place.stands(&key()).await;
    // The read between the attempts finds nothing, and the second is stopped by us.
    let put = vec![Write::put(key(), Guard::Unchanged(version), "new")];
    assert_eq!(place.write("PutItem", &[Late], put).await, (Ok(()), 1));
    let new = vec![Write::put(Key::new("s", "new"), Guard::Absent, "new")];
    assert_eq!(place.write("PutItem", &[Late, Throttled], new).await, (Ok(()), 1));
    let both = vec![
        Write::put(Key::new("s", "one"), Guard::Absent, ""),
        Write::put(Key::new("s", "two"), Guard::Absent, ""),
    ];
    assert_eq!(place.write("TransactWriteItems", &[Late, Contended], both).await, (Ok(()), 2));
    let version = place.stands(&key()).await;
    let delete = vec![Write::delete(key(), Guard::Unchanged(version))];
    let (answer, applied) = place.write("DeleteItem", &[Late], delete).await;
    assert!(unavailable(&answer) && applied == 1, "gone, but by whom? {answer:?}");
}

#[tokio::test]
async fn who_is_never_answered_does_not_wait_for_ever() {
    let mut place = Place::new("silent").await;
    place.far = place.far.patient(Patience { attempt: Duration::from_millis(30), ..PATIENCE });
    let put = vec![Write::put(key(), Guard::Absent, "v")];
    assert_eq!(place.write("PutItem", &[Silent, Silent], put).await, (Ok(()), 1));
    place.road.plan("GetItem", &[Silent; 4]);
    assert!(matches!(place.far.get(&key()).await, Err(Error::Unavailable(_))));
}

#[tokio::test]
async fn whether_others_were_first_is_not_guessed() {
    let mut place = Place::new("others").await;
    place.stands(&key()).await;
    let put = || vec![Write::put(key(), Guard::Absent, "v")];
    let (answer, applied) = place.write("PutItem", &[LostBefore], put()).await;
    assert!(unavailable(&answer) && applied == 0, "{answer:?}");
    let done = place.write("PutItem", &[Throttled], put()).await;
    assert_eq!(done, (Err(Error::Conflict(key())), 0), "a refusal leaves no doubt");
}

#[tokio::test]
async fn rows_that_were_not_processed_are_sent_again() {
    let place = Place::new("rows").await;
    let key_of = |n: usize| Key::new("each", n.to_string());
    let rows = |count: usize, value: &str| -> Vec<Write> {
        (0..count).map(|n| Write::put(key_of(n), Guard::Any, value)).collect()
    };
    for (value, troubles) in [
        ("half", &[HalfDone, HalfDone, NoneDone][..]),
        ("lost", &[LostAfter, BrokenBefore, Throttled]),
        ("mixed", &[HalfDone, LostBefore, HalfDone]),
    ] {
        place.road.plan("BatchWriteItem", troubles);
        place.far.write_each(rows(60, value)).await.unwrap();
        assert!(place.road.is_clear());
        let found = place.near.scan(Scan::whole("each", 100)).await.unwrap().entries;
        assert_eq!(found.len(), 60);
        assert!(found.iter().all(|it| it.value == value.as_bytes()), "{value}");
    }
    place.road.plan("BatchWriteItem", &[NoneDone; 4]);
    assert!(unavailable(&place.far.write_each(rows(20, "never")).await));
    assert_eq!(place.road.seen(), ["BatchWriteItem"; 4]);
    place.road.plan("BatchWriteItem", &[Throttled; 4]);
    assert!(unavailable(&place.far.write_each(rows(20, "never")).await));
    let found = place.near.scan(Scan::whole("each", 100)).await.unwrap().entries;
    assert!(found.iter().all(|it| it.value == b"mixed"));
}

#[tokio::test]
async fn a_table_that_is_not_there_is_away_at_once() {
    let emulator = Emulator::dynoxide();
    let table = Dynamo::new(emulator.client(), "nowhere");
    assert!(matches!(table.get(&key()).await, Err(Error::Unavailable(_))));
    assert_eq!(table.requests().all(), 1);
}

/// Many writers add to lists that stand in two entries, in one transaction or in
/// one write, and everything that can go wrong does, by chance. Whoever was told
/// yes is in the list once, whoever was told no is not in it.
#[tokio::test]
async fn nothing_is_lost_or_doubled_whatever_happens() {
    let first = depth::seed();
    let seeds = if depth::is_soak() { 100 } else { 8 };
    for seed in (0..seeds).map(|it| first.wrapping_add(it)) {
        eprintln!("this history: WHEREABOUTS_SEED={seed}");
        let place = Place::new(&format!("chance-{seed}")).await;
        place.road.chance(Some(seed));
        let writers = (0..4u8).map(|writer| adds(&place.far, writer));
        let told = futures::future::join_all(writers).await;
        place.road.chance(None);
        let lists = [list(&place.near, 0).await, list(&place.near, 1).await];
        let distinct: BTreeSet<_> = lists[0].iter().collect();
        assert_eq!(distinct.len(), lists[0].len(), "something was added twice");
        for (id, answer) in told.into_iter().flatten() {
            let stands = lists[0].contains(&id);
            match answer {
                Ok(()) => assert!(stands, "{id:?} was told yes and is lost"),
                Err(Error::Conflict(_)) => assert!(!stands, "{id:?} was told no and is there"),
                Err(Error::Unavailable(_)) => (),
                Err(other) => panic!("{other}"),
            }
        }
        let together = |it: &[u8; 2]| it[1].is_multiple_of(2);
        let both = lists[0].iter().filter(|it| together(it));
        assert_eq!(both.collect::<BTreeSet<_>>(), lists[1].iter().collect(), "all or nothing");
    }
}

async fn adds(table: &Dynamo, writer: u8) -> Vec<([u8; 2], Result<()>)> {
    let mut told = Vec::new();
    for n in 0..12u8 {
        let id = [writer, n];
        let add = async |list: u8| -> Result<Write> {
            let key = Key::new("list", [list]);
            let found = table.get(&key).await?;
            let guard = found.as_ref().map_or(Guard::Absent, |it| Guard::Unchanged(it.version));
            let mut value = found.map(|it| it.value).unwrap_or_default();
            value.extend(id);
            Ok(Write::put(key, guard, value))
        };
        let Ok(one) = add(0).await else { continue };
        let mut batch = vec![one];
        if n % 2 == 0 {
            let Ok(two) = add(1).await else { continue };
            batch.push(two);
        }
        told.push((id, table.write(batch).await));
    }
    told
}

async fn list(table: &Dynamo, list: u8) -> Vec<[u8; 2]> {
    let found = table.get(&Key::new("list", [list])).await.unwrap();
    let value = found.map(|it| it.value).unwrap_or_default();
    value.as_chunks().0.to_vec()
}
