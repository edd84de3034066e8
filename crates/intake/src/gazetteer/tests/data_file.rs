//! The embedded file: whole, consistent, and refused when it is not.

use std::collections::HashSet;

use super::super::store::{Damaged, Run};
use super::super::{Gazetteer, Kind};

const FILE: &[u8] = include_bytes!("../../../data/gazetteer.bin");

#[test]
fn every_entry_can_be_read_and_found_by_its_key() {
    let gazetteer = Gazetteer::embedded();
    let end = gazetteer.store.run(Run::LocodePorts).end;
    let mut seen = HashSet::new();
    for id in 0..end {
        let entry = gazetteer.entry(id);
        assert!(!entry.name.is_empty(), "{}", entry.key);
        assert!(
            (3_000..=12_000_000).contains(&entry.radius_m),
            "{}: {}",
            entry.key,
            entry.radius_m
        );
        assert_eq!(gazetteer.get(&entry.key).as_ref(), Some(&entry), "{}", entry.key);
        if entry.kind == Kind::City {
            assert!(entry.time_zone.is_some(), "{}", entry.key);
        }
        assert!(seen.insert(entry.key));
    }
    assert!(end > 85_000);
}

#[test]
fn every_entry_is_found_under_its_name() {
    let gazetteer = Gazetteer::embedded();
    let mut missing = Vec::new();
    let end = gazetteer.store.run(Run::Cities).end;
    for id in 0..end {
        let key = gazetteer.store.key(gazetteer.store.name(id));
        let found = gazetteer.store.keys.find(&key);
        if !key.is_empty() && key.len() <= 60 && found.iter().all(|posting| posting.id != id) {
            missing.push((gazetteer.store.name(id), key));
        }
    }
    // The script and this program must fold alike, for every name there is.
    assert_eq!(missing, []);
}

#[test]
fn every_key_is_found_and_names_an_entry() {
    let store = &Gazetteer::embedded().store;
    let end = store.run(Run::LocodePorts).end;
    let mut previous = String::new();
    for (key, postings) in store.keys.all() {
        assert!(previous < key, "{previous} before {key}");
        assert_eq!(store.keys.find(&key), postings, "{key}");
        assert_eq!(store.key(&key), key, "folding a key changes nothing");
        assert!(postings.iter().all(|posting| posting.id < end));
        previous = key;
    }
    for (key, postings) in store.region_keys.all() {
        assert_eq!(store.region_keys.find(&key), postings, "{key}");
        for posting in postings {
            let number = posting.id as u16;
            assert!(!store.admin1_code(number).is_empty() || !store.admin1_name(number).is_empty());
        }
    }
    assert!(store.keys.find("").is_empty());
    assert!(store.keys.find("\u{10FFFF}").is_empty());
}

#[test]
fn damaged_files_are_refused() {
    let leak = |bytes: Vec<u8>| -> &'static [u8] { bytes.leak() };
    let refused = |bytes: &'static [u8]| Gazetteer::open(bytes).err();
    assert_eq!(refused(FILE), None);
    assert_eq!(refused(b""), Some(Damaged("another version, or another kind of file")));
    assert_eq!(refused(&FILE[..8]), Some(Damaged("another number of sections")));
    assert_eq!(refused(&FILE[..FILE.len() - 1]), Some(Damaged("it is cut off")));
    let mut version = FILE.to_vec();
    version[7] = 2;
    assert_eq!(refused(leak(version)), Some(Damaged("another version, or another kind of file")));
    let mut shorter = FILE.to_vec();
    // The length of the records' section.
    shorter[16 + 8 * 8] ^= 1;
    assert_eq!(refused(leak(shorter)), Some(Damaged("its columns differ in length")));
}

#[test]
fn names_fold_as_people_type_them() {
    let store = &Gazetteer::embedded().store;
    for (name, key) in [
        ("Côte d'Ivoire", "cote divoire"),
        ("Cote d’Ivoire", "cote divoire"),
        ("U.S.A.", "usa"),
        ("St.Louis", "st louis"),
        ("Saint-Étienne", "st etienne"),
        ("Łódź", "lodz"),
        ("Washington, D.C.", "washington dc"),
        ("Trinidad & Tobago", "trinidad and tobago"),
        ("The Gambia", "gambia"),
        ("The", "the"),
        ("Đà Nẵng", "da nang"),
        ("İzmir", "izmir"),
        ("E\u{301}vian", "evian"),
        ("Straße", "strasse"),
        ("МОСКВА", "москва"),
        ("Ａｂｃ", "abc"),
        ("  a\u{a0}b\u{2003}c ", "a b c"),
        ("上海", "上海"),
        ("¿?", ""),
    ] {
        assert_eq!(store.key(name), key, "{name}");
    }
}
