//! Ranges of prefixes, and where pages end.

use super::*;

fn entry(sort: &[u8], value_len: usize) -> Entry {
    Entry { key: Key::new("s", sort), value: vec![0; value_len], version: Version::from_raw(1) }
}

#[test]
fn a_prefix_ends_before_its_successor() {
    assert_eq!(Scan::prefix("s", b"ab", 1).range.end, b"ac");
    assert_eq!(Scan::prefix("s", b"a\xff", 1).range.end, b"b");
    let all = Scan::prefix("s", b"\xff", 1).range;
    assert!(all.contains(&vec![0xff; limits::SORT_LEN_MAX]));
    assert!(Scan::whole("s", 1).range.contains(&vec![0xff; limits::SORT_LEN_MAX]));
}

#[test]
fn a_page_ends_before_it_grows_past_its_limit_in_bytes() {
    let big = limits::PAGE_LEN_MAX / 2;
    let scan = Scan::whole("s", 10);
    let page =
        collect_page(scan, [entry(b"a", big), entry(b"b", big), entry(b"c", 1)].map(Ok)).unwrap();
    assert_eq!(page.entries.len(), 1);
    assert_eq!(page.rest.unwrap().range.start, b"a\0");
}

#[test]
fn one_entry_always_fits_a_page() {
    let page = collect_page(Scan::whole("s", 10), [Ok(entry(b"a", 2 * limits::PAGE_LEN_MAX))]);
    assert_eq!(page.unwrap().entries.len(), 1);
}

#[test]
fn a_full_page_goes_on_after_its_last_entry_both_ways() {
    let scan = Scan::whole("s", 1);
    let page = collect_page(scan.clone(), [entry(b"m", 0), entry(b"n", 0)].map(Ok)).unwrap();
    assert_eq!(page.rest.unwrap().range.start, b"m\0");
    let page = collect_page(scan.reversed(), [entry(b"m", 0), entry(b"a", 0)].map(Ok)).unwrap();
    assert_eq!(page.rest.unwrap().range.end, b"m");
}

#[test]
fn an_error_while_reading_is_the_answer() {
    let broken = crate::Error::Corrupt("x".to_owned());
    let page = collect_page(Scan::whole("s", 9), [Ok(entry(b"a", 0)), Err(broken.clone())]);
    assert_eq!(page, Err(broken));
}
