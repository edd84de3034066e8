//! Parameters of the address.

use super::read;
use crate::handlers::{Paging, Part, finding};

#[test]
fn parameters_are_decoded() {
    assert!(read::<Part<finding::Search>>("q=1Z%20999+AA&status=in_transit&limit=10").is_ok());
    assert!(read::<Part<finding::Search>>("q=&status=&&").is_ok(), "a form leaves fields empty");
    assert!(read::<Part<finding::Search>>("q=123").is_ok(), "a number may be text");
    assert!(read::<Paging>("").is_ok());
}

#[test]
fn every_wrong_parameter_is_named() {
    let problem = read::<Part<finding::Search>>("limit=0&status=gone&colour=red&q=%f0%28")
        .expect_err("wrong");
    let mut pointers: Vec<&str> = problem.errors.iter().map(|it| it.pointer.as_str()).collect();
    pointers.sort_unstable();
    assert_eq!(pointers, ["?colour", "?limit", "?q", "?status"]);
    for wrong in ["limit=-1", "limit=1.5", "limit=0x10", "limit=%", "limit=1&limit=1", "%ff=1"] {
        assert!(read::<Paging>(wrong).is_err(), "{wrong}");
    }
}
