//! Keys and notes, against an independent implementation, and what is refused.

use audit::{
    Checkpoint, LogKey, PublicKey,
    checkpoint::CheckpointError,
    note::{InvalidKey, NoteError},
};
use signed_note::{Note, Signer, StandardSigner, StandardVerifier, VerifierList};

use crate::world::{ORIGIN, key, public};

fn sample() -> Checkpoint {
    Checkpoint { origin: ORIGIN.to_owned(), size: 70_000, root: [9; 32] }
}

#[test]
fn another_implementation_reads_our_keys_and_checks_our_notes() {
    let note = sample().sign(&key());
    let read = Note::from_bytes(note.as_bytes()).unwrap();
    let verifier = StandardVerifier::new(&public().to_string()).unwrap();
    let (good, unknown) = read.verify(&VerifierList::new(vec![Box::new(verifier)])).unwrap();
    assert_eq!((good.len(), unknown.len()), (1, 0));
    assert_eq!(read.text(), sample().to_text().as_bytes());
}

#[test]
fn we_check_what_another_implementation_signed_with_our_key() {
    let signer = StandardSigner::new(&key().to_text()).unwrap();
    let mut note = Note::new(sample().to_text().as_bytes(), &[]).unwrap();
    note.add_sigs(&[&signer as &dyn Signer]).unwrap();
    assert_eq!(Checkpoint::open(&note.to_bytes(), &public()), Ok(sample()));
    assert_eq!(note.to_bytes(), sample().sign(&key()).into_bytes(), "Ed25519 is deterministic");
}

#[test]
fn keys_read_as_they_were_written() {
    assert_eq!(LogKey::of_text(&key().to_text()).unwrap().public(), &public());
    assert_eq!(PublicKey::of_text(&format!("{}\n", public())), Ok(public()));
    assert!(!format!("{:?}", key()).contains(&key().to_text()[40..]), "a secret is not shown");
}

#[test]
fn what_is_no_key_is_refused_with_a_reason() {
    let good = public().to_string();
    let private = key().to_text();
    let other = good.replace(&good[18..20], "zz");
    for text in ["", "a", "a+b", "a+1+b", &good[..good.len() - 4], &other, &private] {
        assert!(PublicKey::of_text(text).is_err(), "{text}");
    }
    assert!(LogKey::of_text(&good).is_err());
    let moved = private.replace(ORIGIN, "other.example/log");
    assert_eq!(LogKey::of_text(&moved).unwrap_err(), InvalidKey("its number does not fit the key"));
    assert!(LogKey::new("a b", &[1; 32]).is_err());
    assert!(LogKey::new("a+b", &[1; 32]).is_err());
    assert!(LogKey::new("", &[1; 32]).is_err());
}

#[test]
fn a_checkpoint_that_is_not_ours_says_whose_it_is() {
    let foreign = LogKey::new("other.example/log", &[8; 32]).unwrap();
    let theirs = Checkpoint { origin: "other.example/log".to_owned(), ..sample() };
    let opened = Checkpoint::open(theirs.sign(&foreign).as_bytes(), &public());
    let other = CheckpointError::OtherOrigin {
        wanted: ORIGIN.to_owned(),
        found: "other.example/log".to_owned(),
    };
    assert_eq!(opened, Err(other.clone()));
    // Our own key under the text of another log.
    assert_eq!(Checkpoint::open(theirs.sign(&key()).as_bytes(), &public()), Err(other));
    // Our name, another key.
    let wrong = LogKey::new(ORIGIN, &[8; 32]).unwrap();
    let opened = Checkpoint::open(sample().sign(&wrong).as_bytes(), &public());
    let unsigned = NoteError::Unsigned(vec![ORIGIN.to_owned()]);
    assert_eq!(opened, Err(CheckpointError::Note(unsigned)));
    // Another size under our signature.
    let altered = sample().sign(&key()).replace("70000", "70001");
    let opened = Checkpoint::open(altered.as_bytes(), &public());
    let forged = NoteError::Forged(ORIGIN.to_owned());
    assert_eq!(opened, Err(CheckpointError::Note(forged)));
}

#[test]
fn other_signatures_beside_ours_do_no_harm() {
    let witness = LogKey::new("witness.example", &[3; 32]).unwrap();
    let cosigned = witness.sign(&sample().to_text());
    let (_, line) = cosigned.split_once("\n\n").unwrap();
    let both = sample().sign(&key()) + line;
    assert_eq!(Checkpoint::open(both.as_bytes(), &public()), Ok(sample()));
}

#[test]
fn signed_texts_that_are_no_checkpoint_say_what_is_wrong() {
    for (text, wanted) in [
        ("\n", "fewer than three"),
        ("audit.example/log\n7\n", "its root"),
        ("audit.example/log\nseven\nAAAA\n", "its size is no number"),
        ("audit.example/log\n07\nAAAA\n", "its size is no plain number"),
        ("audit.example/log\n+7\nAAAA\n", "its size is no plain number"),
        ("audit.example/log\n7\nAAAA\n", "its root"),
        ("\n7\nAAAA\n", "its origin"),
    ] {
        let opened = Checkpoint::open(key().sign(text).as_bytes(), &public());
        let why = opened.unwrap_err().to_string();
        assert!(why.contains(wanted) || why.contains("no origin"), "{text:?}: {why}");
    }
}
