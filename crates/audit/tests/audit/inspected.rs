//! Whoever has a few entries and the log's tiles finds every way to alter them.

use std::collections::BTreeMap;

use audit::{
    Checkpoint, Edge, TileId,
    hash::leaf_hash,
    inspect::{Findings, Inspection, Told, Why, Wrong},
};

use crate::world::{Folder, checkpoint, entry, key, public};

const PACKAGE: &str = "pkg_A";
const TRUCK: &str = "ctr_B";

fn hex(entry: &[u8]) -> String {
    leaf_hash(entry).iter().map(|it| format!("{it:02x}")).collect()
}

fn leaf(about: &str, seq: u64, prev: Option<&[u8]>) -> Vec<u8> {
    let prev = prev.map_or(String::new(), |it| format!(r#""prev":"{}","#, hex(it)));
    format!(r#"{{"kind":"scanned",{prev}"seq":{seq},"subject":"{about}","v":1}}"#).into_bytes()
}

/// Six events of the package among many others, three of a truck from its fourth on, and
/// one of the package that is not logged yet.
fn logged() -> (Folder, Vec<Told>) {
    let mut told = Vec::new();
    let mut all: Vec<Vec<u8>> = (0..700).map(entry).collect();
    let mut chain = |about: &str, seqs: std::ops::RangeInclusive<u64>, from: u64| {
        let mut prev = (1 < *seqs.start()).then(|| b"what was before".to_vec());
        for seq in seqs {
            let leaf = leaf(about, seq, prev.as_deref());
            let index = from + 83 * seq;
            all[index as usize].clone_from(&leaf);
            let (about, hash) = (about.to_owned(), hex(&leaf));
            told.push(Told { about, seq, index: Some(index), hash, leaf: leaf.clone() });
            prev = Some(leaf);
        }
    };
    chain(PACKAGE, 1..=6, 0);
    chain(TRUCK, 4..=6, 10);
    let last = leaf(PACKAGE, 7, Some(&told[5].leaf.clone()));
    let (about, hash) = (PACKAGE.to_owned(), hex(&last));
    told.push(Told { about, seq: 7, index: None, hash, leaf: last });
    (Folder::with(&Edge::default(), all.into_iter()).0, told)
}

fn inspected(folder: &Folder, told: &[Told], seen: Option<Checkpoint>) -> Findings {
    let mut all = Inspection::new(&public(), &folder.0["checkpoint"], PACKAGE).unwrap();
    seen.into_iter().for_each(|it| all.remember(it));
    told.iter().for_each(|it| all.tell(it.clone()));
    for tile in all.tiles() {
        // Like a browser: by path. What is not there is not put.
        let tile = TileId::of_path(&tile.path()).unwrap();
        folder.0.get(&tile.path()).into_iter().for_each(|it| all.put(tile, it.clone()));
    }
    all.findings()
}

fn why(found: &Findings) -> Vec<(Option<u64>, Why)> {
    found.wrong.iter().map(|it| (it.entry.as_ref().map(|it| it.1), it.why)).collect()
}

#[test]
fn entries_that_are_as_they_were_are_found_in_the_log() {
    let (folder, told) = logged();
    let good = Findings { checked: 9, waiting: 1, wrong: vec![] };
    assert_eq!(inspected(&folder, &told, None), good);
    // In any order, and told twice.
    let mut other: Vec<Told> = told.iter().rev().cloned().collect();
    other.push(told[2].clone());
    assert_eq!(inspected(&folder, &other, None).wrong, []);
    let mut none = Inspection::new(&public(), &folder.0["checkpoint"], PACKAGE).unwrap();
    assert!(none.tiles().is_empty() && none.findings() == Findings::default());
    assert_eq!(none.checkpoint().size, 700);
    none.tell(Told { index: Some(9_999), ..told[0].clone() });
    assert_eq!(none.findings().waiting, 1, "logged since the checkpoint was signed");
}

#[test]
fn whatever_is_altered_in_an_entry_is_told() {
    let (folder, told) = logged();
    let with = |change: &dyn Fn(&mut Vec<Told>)| {
        let mut told = told.clone();
        change(&mut told);
        why(&inspected(&folder, &told, None))
    };
    let altered = |told: &mut Told| {
        told.leaf = String::from_utf8_lossy(&told.leaf).replace("scanned", "missing").into_bytes();
    };
    // A text that is not what the receipt was for; the next one names the old text.
    let found = with(&|it| altered(&mut it[2]));
    assert_eq!(found, [(Some(3), Why::OtherHash), (Some(4), Why::OtherPast)]);
    // With a receipt to fit, the log still has the old one.
    let found = with(&|it| {
        altered(&mut it[2]);
        it[2].hash = hex(&it[2].leaf);
    });
    assert_eq!(found, [(Some(3), Why::OtherEntry), (Some(4), Why::OtherPast)]);
    assert_eq!(with(&|it| it[3].index = Some(5)), [(Some(4), Why::OtherEntry)]);
    assert_eq!(with(&|it| drop(it.remove(1))), [(Some(3), Why::Missing)]);
    // Of a truck only some events are told.
    assert_eq!(with(&|it| drop(it.remove(7))), []);
    let found = with(&|it| it[6].about = PACKAGE.to_owned());
    assert!(found.contains(&(Some(4), Why::OtherSubject)), "{found:?}");
    assert!(found.contains(&(Some(4), Why::Twice)), "{found:?}");
    let found = with(&|it| {
        it[0].leaf = b"no leaf".to_vec();
        it[0].hash = hex(b"no leaf");
    });
    assert!(found.contains(&(Some(1), Why::Unreadable)), "{found:?}");
}

#[test]
fn a_log_that_did_not_only_grow_is_told() {
    let (folder, told) = logged();
    let grown = |count: u64| {
        let mut all: Vec<Vec<u8>> = (0..700).map(entry).collect();
        told.iter().filter_map(|it| it.index.zip(Some(&it.leaf))).for_each(|(index, leaf)| {
            all[index as usize].clone_from(leaf);
        });
        checkpoint(&Edge::default().grown(all.into_iter().take(count as usize)).unwrap().edge)
    };
    for before in [0, 1, 255, 256, 500, 700] {
        assert_eq!(inspected(&folder, &told, Some(grown(before))).wrong, [], "{before}");
    }
    let wrong = |seen| why(&inspected(&folder, &told, Some(seen)));
    let before = grown(500);
    assert_eq!(wrong(Checkpoint { root: [9; 32], ..before.clone() }), [(None, Why::Rewritten)]);
    assert_eq!(wrong(Checkpoint { size: 701, ..before.clone() }), [(None, Why::SetBack)]);
    let other = Checkpoint { origin: "elsewhere".to_owned(), ..before };
    assert_eq!(wrong(other), [(None, Why::OtherLog)]);
}

#[test]
fn a_broken_or_missing_tile_proves_nothing() {
    let (folder, told) = logged();
    let mut tiles = folder.0.clone();
    let first = "tile/0/000".to_owned();
    tiles.get_mut(&first).unwrap()[40] ^= 1;
    let found = inspected(&Folder(tiles.clone()), &told, None);
    assert!(found.wrong.iter().any(|it| it.why == Why::OtherEntry), "{found:?}");
    tiles.remove(&first);
    let found = inspected(&Folder(tiles), &told, None);
    assert!(found.wrong.iter().any(|it| it.why == Why::NoTile), "{found:?}");
    let stranger = audit::LogKey::new("other.example/log", &[8; 32]).unwrap();
    let note = &folder.0["checkpoint"];
    assert!(Inspection::new(stranger.public(), note, PACKAGE).is_err());
    assert_eq!(key().public(), &public());
    let words: BTreeMap<&str, Why> =
        [Why::OtherLog, Why::SetBack, Why::Rewritten, Why::NoTile].map(|it| (it.word(), it)).into();
    assert_eq!(words.len(), 4);
    let one = Wrong { entry: None, why: Why::SetBack };
    assert!(one.why.to_string().contains("set back"));
}
