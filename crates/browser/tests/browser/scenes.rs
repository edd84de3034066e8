//! What a scene shows while tiles and news come in, as a browser drives it.

use browser::{Scene, vocabulary};
use domain::{
    leaf::hex,
    map::{Mark, MarkKind, TileContent, TileId},
    position::LatLon,
    time::MINUTE,
};

use crate::world::{NOON_MS, mark, point, tile};

fn key(mark: &Mark) -> String {
    hex(&mark.id.to_bytes())
}

fn put(scene: &mut Scene, tile: TileId, marks: Vec<Mark>, asked: u32) {
    let content = TileContent { clusters: Vec::new(), marks };
    scene.put_tile(tile.zoom(), tile.x(), tile.y(), &content.to_bytes(), asked).unwrap();
}

/// What is counted anywhere.
fn whole(scene: &Scene) -> Vec<f64> {
    scene.sums(-180.0, -90.0, 180.0, 90.0)
}

/// News of a holder, as a stream has them.
fn news(scene: &mut Scene, mark: &Mark, packages: u32) -> bool {
    let path: Vec<f64> = mark
        .path
        .iter()
        .flat_map(|it| [it.at.millis() as f64, it.position.lon(), it.position.lat(), f64::NAN])
        .collect();
    let (kind, mode) = (mark.kind.word(), mark.mode.map(|it| it.word().to_owned()));
    let basis = mark.basis.map(|it| it.word().to_owned());
    let as_of = mark.as_of.millis() as f64;
    let shown = scene.put_holder(
        &key(mark),
        kind,
        mode,
        basis,
        mark.carrier.clone(),
        packages,
        0,
        mark.radius_95_m,
        as_of,
        None,
        &path,
    );
    shown.unwrap()
}

#[test]
fn what_moves_comes_first_and_everything_has_a_slot() {
    let content = tile();
    let mut scene = Scene::new();
    let asked = scene.ask();
    scene.put_tile(0, 0, 0, &content.to_bytes(), asked).unwrap();
    assert!(scene.arrange() && !scene.arrange());
    assert_eq!((scene.count(), scene.moving(), scene.crowds()), (7, 5, 1));
    for mark in &content.marks {
        let slot = scene.slot_of(&key(mark)).unwrap();
        assert_eq!(scene.key_of(slot), Some(key(mark)));
        assert_eq!(scene.name_of(slot), mark.name);
        assert_eq!(scene.path_of(slot).len(), 4 * mark.path.len());
        let subject = scene.subject_of(slot);
        assert_eq!(subject.is_none(), mark.kind == MarkKind::Lane);
        assert!(subject.is_none_or(|it| scene.slot_of(&it) == Some(slot)));
    }
    assert_eq!((scene.slot_of("nobody"), scene.key_of(99)), (None, None));
    // A pallet is lifted on its place; the other four are on their way.
    assert_eq!(scene.place(NOON_MS as f64 + 30_000.0, 0.0, 0.0), 4);
    // Ten times the numbers 1 to 7, of which 2 to 5 move, and the cluster; 10 have problems.
    assert_eq!(whole(&scene), [680.0, 135.0, 535.0, 10.0, 0.0]);
    // Around the antimeridian there is the vessel alone.
    assert_eq!(scene.sums(170.0, 30.0, 190.0, 40.0), [30.0, 30.0, 0.0, 0.0, 0.0]);
    assert_eq!(scene.carriers(), ["dhl", "ups"]);
    assert_eq!(scene.place(NOON_MS as f64 + 9e9, 0.0, 0.0), 0);
    scene.age(NOON_MS as f64);
    assert_eq!(scene.addresses().len(), 18);
}

#[test]
fn news_are_newer_than_a_tile_that_was_asked_for_before_them() {
    let truck = mark(4, MarkKind::Truck, None, vec![point(0, 48.0, 11.0, None)]);
    let tile = TileId::of(LatLon::from_degrees(48.0, 11.0).unwrap(), 3);
    let mut scene = Scene::new();
    let first = scene.ask();
    put(&mut scene, tile, vec![truck.clone()], first);
    let second = scene.ask();
    assert!(news(&mut scene, &truck, 77));
    // The tile that was asked for before the news says 40, as before them.
    put(&mut scene, tile, vec![truck.clone()], second);
    scene.arrange();
    assert_eq!(whole(&scene)[0], 77.0);
    // One that was asked for after them counts.
    let third = scene.ask();
    put(&mut scene, tile, vec![truck.clone()], third);
    scene.arrange();
    assert_eq!(whole(&scene)[0], 40.0);
    assert!(scene.drop_holder(&key(&truck)));
    scene.arrange();
    assert_eq!(scene.count(), 0);
    // What is told of one that no tile has is shown as well.
    assert!(news(&mut scene, &truck, 5));
    scene.arrange();
    assert_eq!((scene.count(), whole(&scene)[0]), (1, 5.0));
    scene.clear();
    scene.arrange();
    assert_eq!(scene.count(), 0);
}

#[test]
fn one_that_crossed_into_the_next_tile_is_shown_once_where_the_newer_has_it() {
    let tiles = [10.0, 50.0].map(|it| TileId::of(LatLon::from_degrees(48.0, it).unwrap(), 3));
    let was = mark(4, MarkKind::Truck, None, vec![point(0, 48.0, 44.9, None)]);
    let is = mark(4, MarkKind::Truck, None, vec![point(0, 48.0, 45.1, None)]);
    for newer_last in [true, false] {
        let mut scene = Scene::new();
        let (older, newer) = (scene.ask(), scene.ask());
        let mut both = vec![(tiles[0], &was, older), (tiles[1], &is, newer)];
        if !newer_last {
            both.reverse();
        }
        for (tile, mark, asked) in both {
            put(&mut scene, tile, vec![mark.clone()], asked);
        }
        scene.arrange();
        assert_eq!(scene.count(), 1);
        assert_eq!(scene.path_of(0)[1], 45.1);
        scene.drop_tile(tiles[1].zoom(), tiles[1].x(), tiles[1].y());
        scene.arrange();
        assert_eq!(scene.path_of(0)[1], 44.9);
    }
}

#[test]
fn a_crowded_tile_is_fetched_anew_for_what_it_may_count() {
    let mut scene = Scene::new();
    let asked = scene.ask();
    scene.put_tile(0, 0, 0, &tile().to_bytes(), asked).unwrap();
    scene.arrange();
    let stranger = mark(99, MarkKind::Truck, None, vec![point(MINUTE, 1.0, 1.0, None)]);
    assert!(!news(&mut scene, &stranger, 1));
    let known = tile().marks[3].clone();
    assert!(news(&mut scene, &known, 1));
    scene.arrange();
    assert_eq!(scene.count(), 7);
}

#[test]
fn the_words_of_numbers_are_told() {
    let words = vocabulary();
    assert!(words.contains(&"kind:5:truck".to_owned()), "{words:?}");
    assert!(words.contains(&"mode:1:air".to_owned()));
    assert!(words.contains(&"basis:4:predicted".to_owned()));
}
