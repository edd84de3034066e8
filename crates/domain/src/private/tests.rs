//! Personal text is hidden, salted, and provable after it is gone.

use super::*;

#[test]
fn the_digest_outlives_the_text() {
    let mut text = Private::new("Kim, 1 Main Street");
    text.set_salt([7; 16]);
    let digest = text.digest();
    text.erase();
    assert_eq!(text.text(), None);
    assert_eq!(text.digest(), digest);
    text.erase();
    text.set_salt([8; 16]);
    assert_eq!(text.digest(), digest, "erasing again or salting changes nothing");
}

#[test]
fn the_same_text_has_another_digest_under_another_salt() {
    let mut text = Private::new("Kim");
    let unsalted = text.digest();
    text.set_salt([1; 16]);
    assert_ne!(text.digest(), unsalted);
    assert_eq!(text.text(), Some("Kim"));
}

#[test]
fn debugging_shows_no_personal_text() {
    let mut text = Private::new("Kim");
    assert_eq!(format!("{text:?}"), "Private(kept)");
    text.erase();
    assert_eq!(format!("{text:?}"), "Private(erased)");
}
