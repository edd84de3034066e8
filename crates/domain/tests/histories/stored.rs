//! The bytes of version 1 of events, states and leaves: written once, read for
//! ever. The files are never edited; another version gets files of its own.

use std::{fmt::Write, fs, path::PathBuf};

use domain::{
    event::{Event, Fact, FactKind},
    id::Subject,
    leaf::{Logged, hex, leaf, leaf_hash},
    position::LatLon,
    private::Private,
    record::{PlaceKind, Record},
    state::{State, fold},
};

use proptest::prelude::*;

use crate::samples::{container_history, one_of_each, package_history};

fn file(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/v1")).join(name)
}

fn lines(name: &str) -> Vec<(String, Vec<u8>)> {
    let text = fs::read_to_string(file(name)).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (label, hex) = line.rsplit_once(' ').expect("a label and bytes");
            (label.to_owned(), bytes(hex))
        })
        .collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<char> = hex.chars().collect();
    let pair = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap();
    digits.chunks(2).map(pair).collect()
}

/// What reading the leaf of an event can tell of it.
fn logged(mut event: Event) -> Event {
    event.fact.privates_mut().into_iter().for_each(Private::erase);
    if let Fact::Registered(record) | Fact::Amended { set: record, .. } = &mut event.fact
        && let Record::Place(place) = &mut **record
        && place.kind == PlaceKind::Home
    {
        place.name.clear();
    }
    event
}

fn label(event: &Event) -> String {
    format!("{} {}", event.subject.kind(), event.fact.kind())
}

/// The state after a registration and one other fact.
fn state_after(event: &Event) -> State {
    let mut registration = one_of_each().swap_remove(0);
    registration.subject = event.subject;
    match event.subject {
        Subject::Package(_) => fold(&[registration, event.clone()]),
        _ => fold(std::slice::from_ref(event)),
    }
}

#[test]
fn there_is_a_sample_of_every_kind_of_fact() {
    let events = one_of_each();
    for kind in FactKind::ALL {
        assert!(events.iter().any(|event| event.fact.kind() == *kind), "{kind}");
    }
}

#[test]
fn stored_events_read_as_they_were_written() {
    let stored = lines("events.txt");
    let events = one_of_each();
    assert_eq!(stored.len(), events.len());
    for (event, (stored_label, bytes)) in events.iter().zip(stored) {
        assert_eq!(label(event), stored_label);
        let read =
            Event::from_bytes(&bytes).unwrap_or_else(|error| panic!("{stored_label}: {error}"));
        assert_eq!(read, *event, "{stored_label}");
        assert_eq!(hex(&read.to_bytes()), hex(&bytes), "{stored_label}");
    }
}

#[test]
fn stored_states_read_as_they_were_written() {
    let stored = lines("states.txt");
    let events = one_of_each();
    assert_eq!(stored.len(), events.len());
    for (event, (stored_label, bytes)) in events.iter().zip(stored) {
        let read =
            State::from_bytes(&bytes).unwrap_or_else(|error| panic!("{stored_label}: {error}"));
        assert_eq!(read, state_after(event), "{stored_label}");
        assert_eq!(hex(&read.to_bytes()), hex(&bytes), "{stored_label}");
    }
}

#[test]
fn leaves_are_the_logged_bytes_even_after_erasing() {
    let text = fs::read_to_string(file("leaves.txt")).unwrap();
    let mut logged = text.lines();
    let mut prev = None;
    for (mut event, seq) in one_of_each().into_iter().zip(1..) {
        let (hash, json) = logged.next().unwrap().split_once(' ').unwrap();
        let now = leaf(&event, seq, prev);
        assert_eq!(String::from_utf8(now.clone()).unwrap(), json, "{}", label(&event));
        assert_eq!(hex(&leaf_hash(&now)), hash, "{}", label(&event));
        event.fact.privates_mut().into_iter().for_each(Private::erase);
        assert_eq!(leaf(&event, seq, prev), now, "{} after erasing", label(&event));
        let erased = Event::from_bytes(&event.to_bytes()).unwrap();
        assert_eq!(leaf(&erased, seq, prev), now, "{} read back", label(&event));
        prev = Some(leaf_hash(&now));
    }
    assert_eq!(logged.next(), None);
}

#[test]
fn broken_bytes_are_errors_and_never_panics() {
    for event in one_of_each() {
        let whole = event.to_bytes();
        for cut in 0..whole.len() {
            assert!(Event::from_bytes(&whole[..cut]).is_err(), "{} cut at {cut}", label(&event));
        }
        for index in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[index] ^= 0x55;
            if let Ok(read) = Event::from_bytes(&flipped) {
                let _ = leaf(&read, 1, None);
                let _ = fold(&[read]);
            }
        }
    }
}

/// Writes the files of a new version. It refuses to touch those that exist.
#[test]
fn write_a_version() {
    if std::env::var_os("WHEREABOUTS_WRITE_FIXTURES").is_none() {
        return;
    }
    let mut events = String::new();
    let mut states = String::new();
    let mut leaves = String::new();
    let mut prev = None;
    for (event, seq) in one_of_each().iter().zip(1..) {
        writeln!(events, "{} {}", label(event), hex(&event.to_bytes())).unwrap();
        let state = state_after(event).to_bytes();
        writeln!(states, "{} {}", label(event), hex(&state)).unwrap();
        let leaf = leaf(event, seq, prev);
        let hash = leaf_hash(&leaf);
        writeln!(leaves, "{} {}", hex(&hash), String::from_utf8(leaf).unwrap()).unwrap();
        prev = Some(hash);
    }
    for (name, text) in [("events.txt", events), ("states.txt", states), ("leaves.txt", leaves)] {
        let file = file(name);
        assert!(!file.exists(), "{} is never edited", file.display());
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
}

#[test]
fn values_that_cannot_be_are_refused_where_they_are_read() {
    let bad: [(&str, &str, &str); 4] = [
        // A currency that is no text: met when a damaged event was told in an error.
        ("cost_added", "43555344", "43ff5344"),
        ("cost_added", "43555344", "43757364"),
        // 1e15 ms and -1 ms since 1970.
        ("scanned", "1b", "1b0003"),
        ("scanned", "1b", "3b0000"),
    ];
    for (kind, from, to) in bad {
        let events = one_of_each();
        let event = events.iter().find(|it| it.fact.kind().to_string() == kind).unwrap();
        let whole = hex(&event.to_bytes());
        let at = whole.find(from).expect("such a value");
        let changed = format!("{}{to}{}", &whole[..at], &whole[at + to.len()..]);
        assert!(Event::from_bytes(&bytes(&changed)).is_err(), "{kind} with {to} for {from}");
    }
    for point in
        [[0x82, 0x1a, 0x35, 0xa4, 0xe9, 0x01, 0x00], [0x82, 0x00, 0x1a, 0x7f, 0xff, 0xff, 0xff]]
    {
        assert!(minicbor::decode::<LatLon>(&point).is_err(), "beyond a pole, beyond 180 degrees");
    }
}

#[test]
fn a_leaf_tells_everything_but_personal_text() {
    for (number, event) in (1..).zip(one_of_each()) {
        let prev = (number != 1).then_some([number as u8; 32]);
        let bytes = leaf(&event, number, prev);
        let read =
            Logged::from_bytes(&bytes).unwrap_or_else(|it| panic!("{}: {it}", label(&event)));
        assert_eq!(read, Logged { event: logged(event), seq: number, prev });
    }
}

proptest! {
    #![proptest_config(depth::of(500, 20_000))]

    #[test]
    fn whatever_was_logged_reads_as_it_was(
        package in package_history(),
        container in container_history(3),
    ) {
        for (number, event) in (1..).zip(package.into_iter().chain(container)) {
            let read = Logged::from_bytes(&leaf(&event, number, None));
            prop_assert_eq!(read.map(|it| it.event), Ok(logged(event)));
        }
    }
}

#[test]
fn a_leaf_that_nobody_wrote_so_is_refused() {
    let event = one_of_each().swap_remove(0);
    let bytes = leaf(&event, 1, None);
    let text = std::str::from_utf8(&bytes).unwrap();
    let refused = |text: &str| Logged::from_bytes(text.as_bytes()).unwrap_err().to_string();
    for (was, is, why) in [
        (r#""v":1"#, r#""v":2"#, r#""v": version 1 is expected"#),
        (r#""seq":1"#, r#""seq":-1"#, r#""seq": an integer"#),
        (r#""seq":1"#, r#""seq":1.0"#, r#""seq": an integer"#),
        (r#""seq":1"#, r#""seq":"1""#, "not written so"),
        (r#""seq":1"#, r#""seq": 1"#, "not written so"),
        (r#""kind":"registered""#, r#""kind":"regista""#, "is no event kind"),
        (r#""pieces":1"#, r#""pieces":4294967296"#, r#""pieces": an integer"#),
        (r#""source":"api""#, r#""source":"api","zebra":1"#, "not written so"),
    ] {
        assert!(text.contains(was), "{was}");
        let error = refused(&text.replacen(was, is, 1));
        assert!(error.contains(why), "{is}: {error}");
    }
    for cut in 0..text.len() {
        assert!(Logged::from_bytes(&bytes[..cut]).is_err(), "cut at {cut}");
    }
}
