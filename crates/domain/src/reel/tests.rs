//! Reels and frames: whatever is told in whatever order, and back from bytes.

use proptest::prelude::*;

use super::*;
use crate::{
    id::{ContainerId, PackageId, PlaceId},
    map::Counts,
    state::Status,
    time::MINUTE,
};

const HOUR_OF_TEST: u32 = 492_336;

fn standing(number: u8) -> Standing {
    match number % 5 {
        0 => Standing::default(),
        1 | 2 => Standing {
            holder: Some(HolderId::Place(PlaceId::from_bytes([number % 3; 16]))),
            counted: Some(counted(number)),
            joined: None,
        },
        _ => Standing {
            holder: Some(HolderId::Container(ContainerId::from_bytes([number % 4; 16]))),
            counted: Some(counted(number)),
            joined: None,
        },
    }
}

fn counted(number: u8) -> Counted {
    let status = if number.is_multiple_of(2) { Status::InTransit } else { Status::Delivered };
    Counted { status, mode: None, carrier: None, client: None }
}

fn entry((seq, before, turns): (u8, u8, Vec<(u8, u8)>)) -> Entry {
    let mut turns: Vec<Turn> = turns
        .into_iter()
        .map(|(minute, number)| {
            let at = begin_of(HOUR_OF_TEST).plus(i64::from(minute % 60) * MINUTE);
            (at, standing(number))
        })
        .collect();
    turns.sort_by_key(|it| it.0);
    turns.dedup_by_key(|it| it.0);
    Entry { seq: seq.into(), before: standing(before), turns }
}

/// What is told of some packages; the same number of events always tells the same.
fn tellings() -> impl Strategy<Value = Vec<(Subject, Entry)>> {
    let turns = prop::collection::vec((any::<u8>(), any::<u8>()), 1..4);
    let told = (0u8..6, any::<u8>(), turns);
    prop::collection::vec((0u8..5, told), 0..20).prop_map(|all| {
        let mut by_seq = BTreeMap::new();
        let each = all.into_iter().map(|(child, told)| {
            let child = Subject::Package(PackageId::from_bytes([child; 16]));
            let entry = entry(told);
            let first: &mut Entry = by_seq.entry((child, entry.seq)).or_insert(entry);
            (child, first.clone())
        });
        each.collect()
    })
}

proptest! {
    #![proptest_config(depth::usual())]

    #[test]
    fn a_reel_says_the_same_whatever_the_order_in_which_it_was_told(
        told in tellings().prop_shuffle(), by in any::<prop::sample::Index>(),
    ) {
        let all = |told: &[(Subject, Entry)]| {
            let mut reel = Reel::default();
            told.iter().for_each(|(child, entry)| { reel.tell(*child, entry.clone()); });
            reel
        };
        let reel = all(&told);
        let mut turned = told.clone();
        turned.rotate_left(if told.is_empty() { 0 } else { by.index(told.len()) });
        turned.reverse();
        let says = |reel: &Reel| -> Vec<_> {
            reel.entries().map(|(child, it)| (child, it.before.clone(), it.turns.clone())).collect()
        };
        prop_assert_eq!(says(&all(&turned)), says(&reel));
        let read = Reel::from_bytes(&reel.to_bytes(HOUR_OF_TEST)).unwrap();
        prop_assert_eq!(read, reel);
    }

    #[test]
    fn a_frame_counts_what_turned_and_comes_back_from_its_bytes(told in tellings()) {
        let mut reel = Reel::default();
        // Before the hour there was nothing.
        for (child, entry) in told {
            reel.tell(child, Entry { before: Standing::default(), ..entry });
        }
        let mut frame = Frame::default();
        frame.move_on(&reel, Timestamp::MAX);
        let mut wanted = Counts::default();
        for (_, entry) in reel.entries() {
            if let Some(counted) = &entry.turns.last().unwrap().1.counted {
                wanted.add(&counted.counts());
            }
        }
        let mut sum = Counts::default();
        frame.outermost().values().for_each(|it| sum.add(&it.counts));
        prop_assert_eq!(sum, wanted);
        prop_assert_eq!(Frame::from_bytes(&frame.to_bytes()).unwrap(), frame);
    }

    #[test]
    fn bytes_that_make_no_sense_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let _ = Reel::from_bytes(&bytes);
        let _ = Frame::from_bytes(&bytes);
    }
}

#[test]
fn of_containers_put_into_each_other_the_last_joining_is_ignored() {
    let id = |number: u8| ContainerId::from_bytes([number; 16]);
    let put = |inner: u8, outer: u8, at: i64| {
        let joined = Some((Timestamp::MIN.plus(at), EventId::from_bytes([inner; 16])));
        (
            id(inner),
            Standing { holder: Some(HolderId::Container(id(outer))), counted: None, joined },
        )
    };
    let inside = [put(1, 2, 10), put(2, 3, 30), put(3, 1, 20)].into_iter().collect();
    let mut frame = Frame { inside, ..Frame::default() };
    // 2 was put into 3 last: so everything ends at 2.
    for number in 1..=3 {
        assert_eq!(frame.around(HolderId::Container(id(number))), HolderId::Container(id(2)));
    }
    let chain: Vec<_> = (1..12).map(|it| put(it, it + 1, 1)).collect();
    frame.inside = chain.into_iter().collect();
    // A package in the first is the first link of eight.
    assert_eq!(frame.around(HolderId::Container(id(1))), HolderId::Container(id(7)));
}
