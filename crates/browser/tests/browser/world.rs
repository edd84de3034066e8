//! A tile with all sorts of holders, a track, and a log with one package's entries.

use audit::{Checkpoint, Edge, LogKey, TileId, hash::leaf_hash};
use domain::{
    holding::{HolderId, LaneId},
    id::{ContainerId, PackageId, PlaceId},
    leaf::hex,
    map::{Cluster, Mark, MarkKind, TileContent, Waypoint},
    mode::Mode,
    position::LatLon,
    time::{HOUR, MINUTE, Timestamp},
    whereabouts::Basis,
};

/// Noon of a summer day.
pub const NOON_MS: i64 = 1_782_043_200_000;

pub fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(NOON_MS + millis).unwrap()
}

pub fn point(millis: i64, lat: f64, lon: f64, height_m: Option<f64>) -> Waypoint {
    let height_dm = height_m.map(|it| (it * 10.0) as i32);
    Waypoint { at: at(millis), position: LatLon::from_degrees(lat, lon).unwrap(), height_dm }
}

pub fn mark(number: u8, kind: MarkKind, mode: Option<Mode>, path: Vec<Waypoint>) -> Mark {
    let bytes = [number; 16];
    let id = match kind {
        MarkKind::Package => HolderId::Package(PackageId::from_bytes(bytes)),
        MarkKind::Lane => HolderId::Lane(LaneId::from_bytes(bytes)),
        it if it.is_place() => HolderId::Place(PlaceId::from_bytes(bytes)),
        _ => HolderId::Container(ContainerId::from_bytes(bytes)),
    };
    Mark {
        id,
        kind,
        mode,
        basis: Basis::ALL.get(usize::from(number) % 6).copied(),
        carrier: [None, Some("ups"), Some("dhl")][usize::from(number) % 3].map(str::to_owned),
        packages: u32::from(number) * 10,
        problems: u32::from(number) % 3,
        radius_95_m: 50,
        as_of: at(-i64::from(number) * 20_000),
        name: (number % 2 == 1).then(|| format!("Thing {number}")),
        path,
    }
}

/// Over poles and the antimeridian, at sea and in the air, fast and at rest.
pub fn tile() -> TileContent {
    let marks = vec![
        mark(1, MarkKind::Facility, None, vec![point(0, 48.1372, 11.5756, Some(560.3))]),
        mark(
            2,
            MarkKind::Aircraft,
            Some(Mode::Air),
            vec![
                point(0, 50.0379, 8.5622, Some(110.0)),
                point(20 * MINUTE, 51.2, 6.0, Some(10_900.0)),
                point(8 * HOUR, 40.6413, -73.7781, Some(10_900.0)),
            ],
        ),
        mark(
            3,
            MarkKind::Vessel,
            Some(Mode::Sea),
            vec![point(-HOUR, 35.0, 179.9, None), point(2 * HOUR, 35.4, -179.8, None)],
        ),
        mark(
            4,
            MarkKind::Truck,
            Some(Mode::Road),
            vec![
                point(0, 48.0, 11.0, Some(500.0)),
                point(MINUTE, 48.01, 11.01, Some(505.5)),
                point(2 * MINUTE, 48.01, 11.03, None),
            ],
        ),
        mark(
            5,
            MarkKind::Lane,
            Some(Mode::Air),
            vec![point(0, 84.0, 20.0, None), point(HOUR, 84.0, -160.0, None)],
        ),
        mark(6, MarkKind::Package, None, vec![point(0, -33.9, 18.4, None)]),
        mark(
            7,
            MarkKind::Pallet,
            None,
            vec![point(0, 0.0, 0.0, Some(1.0)), point(MINUTE, 0.0, 0.0, Some(9.0))],
        ),
    ];
    let at = LatLon::from_degrees(52.5, 13.4).unwrap();
    TileContent { clusters: vec![Cluster { at, holders: 9, packages: 400, problems: 3 }], marks }
}

/// A log of 600 entries, five of which are of one package.
pub struct Log {
    pub key: String,
    pub checkpoint: String,
    /// What it was when it had 300 entries.
    pub before: String,
    pub tiles: Vec<(String, Vec<u8>)>,
    /// Number, place in the log, hash and leaf.
    pub entries: Vec<(u64, u64, String, String)>,
}

pub const PACKAGE: &str = "pkg_00000000000000000000000001";

pub fn log() -> Log {
    let key = LogKey::new("audit.example/log", &[7; 32]).unwrap();
    let mut all: Vec<Vec<u8>> =
        (0..600).map(|it| format!(r#"{{"seq":{it},"v":1}}"#).into_bytes()).collect();
    let (mut entries, mut prev) = (Vec::new(), String::new());
    for seq in 1..=5u64 {
        let leaf = format!(
            r#"{{"id":"evt_{seq}","kind":"scanned",{prev}"seq":{seq},"subject":"{PACKAGE}","v":1}}"#
        );
        let (index, hash) = (seq * 111, hex(&leaf_hash(leaf.as_bytes())));
        all[index as usize] = leaf.clone().into_bytes();
        prev = format!(r#""prev":"{hash}","#);
        entries.push((seq, index, hash, leaf));
    }
    let signed = |edge: &Edge| {
        let (size, root) = (edge.size(), edge.root());
        Checkpoint { origin: "audit.example/log".to_owned(), size, root }.sign(&key)
    };
    let before = Edge::default().grown(all[..300].iter().cloned()).unwrap().edge;
    let grown = Edge::default().grown(all).unwrap();
    let tiles = grown.tiles.into_iter().map(|(tile, bytes): (TileId, _)| (tile.path(), bytes));
    Log {
        key: key.public().to_string(),
        checkpoint: signed(&grown.edge),
        before: signed(&before),
        tiles: tiles.filter(|it| !it.0.contains("entries")).collect(),
        entries,
    }
}
