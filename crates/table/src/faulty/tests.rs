//! Faults come when planned, do what they say, and end.

use super::*;
use crate::{
    Guard, Memory,
    conformance::{self, block_on},
};

fn put(table: &Faulty, sort: u8) -> Result<()> {
    block_on(table.write(vec![Write::put(Key::new("s", [sort]), Guard::Any, "v")]))
}

fn has(table: &Memory, sort: u8) -> bool {
    block_on(table.get(&Key::new("s", [sort]))).unwrap().is_some()
}

#[test]
fn a_healthy_one_conforms() {
    block_on(conformance::all(&Faulty::new(Arc::new(Memory::new()))));
}

#[test]
fn a_lost_answer_tells_nothing_and_a_read_tells() {
    let table = Faulty::new(Arc::new(Memory::new()));
    for (fault, applied) in [(Fault::AfterApply, true), (Fault::BeforeApply, false)] {
        table.fail_write(1, fault);
        block_on(conformance::lost_answer(&table, applied));
    }
}

#[test]
fn only_the_planned_write_fails() {
    let inner = Arc::new(Memory::new());
    let table = Faulty::new(inner.clone());
    put(&table, 0).unwrap();
    table.fail_write(3, Fault::BeforeApply);
    for sort in 1..=5 {
        assert_eq!(put(&table, sort).is_ok(), sort != 3);
        assert_eq!(has(&inner, sort), sort != 3);
    }
    assert_eq!(table.writes(), 6);
}

#[test]
fn of_writes_by_themselves_one_fails_or_all_from_there() {
    let each = || (0..5).map(|it| Write::put(Key::new("s", [it]), Guard::Any, "v")).collect();
    for (fault, fails_at_2) in [(Fault::BeforeApply, false), (Fault::AfterApply, true)] {
        let inner = Arc::new(Memory::new());
        let table = Faulty::new(inner.clone());
        table.fail_write(3, fault);
        block_on(table.write_each(each())).unwrap_err();
        let found: Vec<bool> = (0..5).map(|it| has(&inner, it)).collect();
        assert_eq!(found, [true, true, fails_at_2, true, true]);

        let inner = Arc::new(Memory::new());
        let table = Faulty::new(inner.clone());
        table.crash_at_write(3, fault);
        block_on(table.write_each(each())).unwrap_err();
        let found: Vec<bool> = (0..5).map(|it| has(&inner, it)).collect();
        assert_eq!(found, [true, true, fails_at_2, false, false]);
        block_on(table.write_each(each())).unwrap_err();
    }
}

#[test]
fn after_a_crash_everything_fails_until_revived() {
    let inner = Arc::new(Memory::new());
    let table = Faulty::new(inner.clone());
    let feed = FeedId(0);
    table.crash_at_write(2, Fault::AfterApply);
    put(&table, 1).unwrap();
    put(&table, 2).unwrap_err();
    assert!(table.is_crashed());
    put(&table, 3).unwrap_err();
    block_on(table.get(&Key::new("s", [1]))).unwrap_err();
    block_on(table.scan(Scan::whole("s", 1))).unwrap_err();
    block_on(table.feeds()).unwrap_err();
    block_on(table.changes(feed, 0, 1)).unwrap_err();
    block_on(table.newest(feed)).unwrap_err();
    block_on(table.trim(feed, 1)).unwrap_err();
    block_on(table.changed(feed, 99));
    assert_eq!([has(&inner, 1), has(&inner, 2), has(&inner, 3)], [true, true, false]);
    table.revive();
    put(&table, 3).unwrap();
}
