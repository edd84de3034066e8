//! Secrets survive being written down, and nothing else passes for one.

use super::*;

/// Every byte the same: enough where only the shape matters.
#[derive(Debug)]
struct Sevens;

impl Entropy for Sevens {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn user() -> UserId {
    UserId::derive(&[b"somebody"])
}

#[test]
fn what_was_made_is_read_back_for_its_purpose_alone() {
    let all = [Purpose::Session, Purpose::Token, Purpose::Link, Purpose::Setup];
    for made in all {
        let (secret, proof) = make(made, user(), &Sevens);
        for read_as in all {
            let read = read(read_as, secret.reveal());
            assert_eq!(read.is_some_and(|it| it.is(&proof.digest)), made == read_as);
        }
    }
}

#[test]
fn a_token_has_a_shape_that_scanners_find() {
    let (secret, _) = make(Purpose::Token, user(), &Sevens);
    let (prefix, rest) = secret.reveal().split_at(4);
    assert_eq!((prefix, rest.len()), ("wab_", 68));
    assert!(rest.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_".contains(&it)));
}

#[test]
fn a_token_with_one_character_changed_is_none() {
    let (secret, proof) = make(Purpose::Token, user(), &Sevens);
    for at in 0..secret.reveal().len() {
        let mut text = secret.reveal().as_bytes().to_vec();
        text[at] = if text[at] == b'x' { b'y' } else { b'x' };
        let text = String::from_utf8(text).unwrap();
        assert!(read(Purpose::Token, &text).is_none_or(|it| !it.is(&proof.digest)), "at {at}");
    }
}

#[test]
fn nonsense_is_no_secret() {
    let long = "A".repeat(101);
    for text in ["", "wab_", "wab_AAAA", "A", "ä", "AAAA AAAA", &long, &"A".repeat(63)] {
        for purpose in [Purpose::Session, Purpose::Token] {
            assert_eq!(read(purpose, text), None, "{text}");
        }
    }
}

#[test]
fn printing_shows_nothing() {
    let (secret, _) = make(Purpose::Session, user(), &Sevens);
    assert_eq!(format!("{secret:?}"), "Secret(…)");
}

#[test]
fn handles_are_read_back() {
    let id = SessionId::from_bytes([0xab; 16]);
    assert_eq!(id.to_string().parse::<SessionId>().unwrap(), id);
    let wrong = [
        "",
        "ses_",
        "tok_abababababababababababababababab",
        "ses_+babababababababababababababababa",
    ];
    assert!(wrong.iter().all(|it| it.parse::<SessionId>().is_err()));
}
