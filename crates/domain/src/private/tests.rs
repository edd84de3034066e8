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

#[test]
fn what_only_the_log_is_left_of_is_no_text_and_can_still_be_erased() {
    let mut text = Private::new("Kim");
    text.set_salt([7; 16]);
    let digest = text.digest();
    text.lose();
    assert_eq!((text.text(), text.shown()), (None, Some("not in log")));
    assert_eq!(text.digest(), digest);
    let bytes = minicbor::to_vec(&text).unwrap();
    assert_eq!(bytes[..5], [0x82, 2, 0x81, 0x58, 32]);
    assert_eq!(minicbor::decode::<Private>(&bytes).unwrap(), text);
    text.erase();
    assert_eq!((text.shown(), text.digest()), (None, digest));
}
