//! A subject's chain, taken out of a log: whoever leaves out, doubles or alters one of
//! its events is found by the events around it.

use audit::{
    chain::{Break, Chain, named},
    hash::leaf_hash,
};

const SUBJECT: &str = "pkg_0000000000000000000000000A";

fn hex(entry: &[u8]) -> String {
    leaf_hash(entry).iter().map(|it| format!("{it:02x}")).collect()
}

/// As leaves are: names in order, no blanks.
fn leaf(seq: u64, prev: Option<&[u8]>, kind: &str) -> Vec<u8> {
    let prev = prev.map_or(String::new(), |it| format!(r#""prev":"{}","#, hex(it)));
    format!(
        r#"{{"fact":{{}},"happened_at":{seq}000,"kind":"{kind}",{prev}"seq":{seq},"subject":"{SUBJECT}","v":1}}"#
    )
    .into_bytes()
}

fn life() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = Vec::new();
    for seq in 1..=6 {
        all.push(leaf(seq, all.last().map(Vec::as_slice), "scanned"));
    }
    all
}

fn breaks(entries: &[Vec<u8>]) -> Vec<Break> {
    let mut chain = Chain::of(SUBJECT);
    for (index, entry) in (100..).zip(entries) {
        chain.take(index, entry);
        let other = String::from_utf8_lossy(entry).replace(SUBJECT, "pkg_B");
        chain.take(index + 1_000, other.as_bytes());
    }
    chain.take(5_000, b"no leaf at all");
    chain.breaks()
}

#[test]
fn a_whole_chain_is_good_in_whatever_order_it_was_logged() {
    let mut life = life();
    assert_eq!(breaks(&life), []);
    life.swap(1, 4);
    life.reverse();
    assert_eq!(breaks(&life), []);
    assert_eq!(named(&life[0]).map(|it| it.0).as_deref(), Some(SUBJECT));
    assert_eq!(named(b"{}"), None);
}

#[test]
fn an_event_that_is_left_out_is_shown_by_its_chain() {
    for gone in 0..5 {
        let mut life = life();
        life.remove(gone);
        let seq = gone as u64 + 1;
        assert_eq!(breaks(&life), [Break::Missing { first: seq, last: seq }]);
    }
    let life = life();
    let some = [life[0].clone(), life[4].clone(), life[5].clone()];
    assert_eq!(breaks(&some), [Break::Missing { first: 2, last: 4 }]);
    // What is not logged yet is at the end, and no break.
    assert_eq!(breaks(&life[..4]), []);
}

#[test]
fn an_event_in_the_place_of_another_is_shown_by_the_next_one() {
    let mut life = life();
    life[2] = leaf(3, Some(&life[1].clone()), "delivered");
    assert_eq!(breaks(&life), [Break::OtherPast { seq: 4, index: 103 }]);
    let mut first = self::life();
    first[0] = leaf(1, Some(b"something before"), "registered");
    let all = breaks(&first);
    assert_eq!(all[0], Break::OtherPast { seq: 1, index: 100 });
}

#[test]
fn an_event_that_is_logged_twice_and_one_that_cannot_be_read_are_told() {
    let mut life = life();
    life.push(life[3].clone());
    assert_eq!(breaks(&life), [Break::Twice { seq: 4, indices: vec![103, 106] }]);
    life.pop();
    life.push(format!(r#"{{"subject":"{SUBJECT}""#).into_bytes());
    assert_eq!(breaks(&life), [Break::Unreadable { index: 106 }]);
}
