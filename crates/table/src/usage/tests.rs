//! Units as DynamoDB's price list defines them.

use super::*;
use crate::{Entry, Guard, Key, Version};

fn key() -> Key {
    Key::new("s", "k")
}

fn put(value_len: usize) -> Write {
    Write::put(key(), Guard::Any, vec![0; value_len])
}

fn charged(batch: &[Write], old_lens: &[Option<usize>]) -> u64 {
    let meter = Meter::default();
    meter.count_write(batch, old_lens, false);
    meter.usage().write_units
}

#[test]
fn a_write_costs_the_larger_of_before_and_after() {
    assert_eq!(charged(&[put(10)], &[None]), 1);
    assert_eq!(charged(&[put(1_024)], &[None]), 2);
    assert_eq!(charged(&[put(10)], &[Some(5_000)]), 5);
    assert_eq!(charged(&[Write::delete(key(), Guard::Any)], &[Some(5_000)]), 5);
    assert_eq!(charged(&[Write::delete(key(), Guard::Any)], &[None]), 1);
}

#[test]
fn a_transaction_costs_twice() {
    assert_eq!(charged(&[put(10), put(3_000)], &[None, None]), 2 * (1 + 3));
    assert_eq!(charged(&[Write::check(key(), Guard::Absent)], &[None]), 2);
}

#[test]
fn what_is_written_by_itself_costs_once() {
    let meter = Meter::default();
    meter.count_each(&[put(10), put(3_000)], &[None, None]);
    let usage = meter.usage();
    assert_eq!((usage.writes, usage.items_written, usage.write_units), (1, 2, 1 + 3));
}

#[test]
fn a_conflict_is_charged_and_counted() {
    let meter = Meter::default();
    meter.count_write(&[put(10)], &[Some(10)], true);
    let usage = meter.usage();
    assert_eq!((usage.writes, usage.conflicts, usage.write_units), (1, 1, 1));
}

#[test]
fn reads_round_up_to_four_kilobytes() {
    let meter = Meter::default();
    meter.count_get(None);
    meter.count_get(Some(4_097));
    let before = meter.usage();
    assert_eq!((before.gets, before.items_read, before.read_units), (2, 1, 3));

    let entry = Entry { key: key(), value: vec![0; 2_000], version: Version::from_raw(1) };
    meter.count_scan(&Page { entries: vec![entry; 4], rest: None });
    let scanned = meter.usage() - before;
    assert_eq!((scanned.scans, scanned.items_read, scanned.read_units), (1, 4, 2));
}
