//! Which names are allowed, and which are the same.

use super::*;

#[test]
fn names_differ_in_more_than_case_and_blanks() {
    let same = ["Mary.Jones", " mary.jones ", "MARY.JONES"];
    for name in same {
        assert_eq!(LoginName::new(name).unwrap().as_str(), "mary.jones");
    }
    assert_eq!(LoginName::new("ÅSA+42@example.com").unwrap().as_str(), "åsa+42@example.com");
}

#[test]
fn names_that_could_be_mistaken_or_abused_are_refused() {
    let long = "x".repeat(NAME_CHARS_MAX + 1);
    for name in ["", " ", "a", "a b", "a\0b", "a\u{301}b", "a\u{202e}b", "a/b", "a\nb", &long] {
        assert!(LoginName::new(name).is_err(), "{name:?}");
    }
    assert!(LoginName::new(&"ß".repeat(NAME_CHARS_MAX)).is_ok());
}
