//! Writes the answers down (`BLESS=1`), or finds that they are still the same.

use browser::{Proofs, Trail, overhead, recognise};
use domain::{
    leaf::hex,
    map::Stretch,
    time::{HOUR, MINUTE},
};
use serde_json::{Value, json};

use crate::world::{Log, NOON_MS, PACKAGE, at, log, point, tile};

#[test]
fn the_answers_that_the_web_app_compares_are_these() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors.json");
    let all = json!({
        "map": map(), "trail": trail(), "numbers": numbers(), "sky": sky(), "log": logged(),
    });
    let text = serde_json::to_string_pretty(&all).unwrap() + "\n";
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(kept == text, "the answers changed: read them, then run with BLESS=1");
}

fn map() -> Value {
    let content = tile();
    let mut places = Vec::new();
    for offset in [-MINUTE, 0, 12_345, MINUTE, 19 * MINUTE, HOUR, 5 * HOUR, 9 * HOUR] {
        for mark in &content.marks {
            let millis = at(offset).millis() as f64;
            let place = Stretch::on(&mark.path, millis).unwrap().at(millis);
            places.push(json!({
                "at": millis, "key": hex(&mark.id.to_bytes()), "lon": place.lon, "lat": place.lat,
                "height": place.height_m, "course": place.course_deg,
            }));
        }
    }
    json!({ "zoom": 0, "x": 0, "y": 0, "tile": hex(&content.to_bytes()), "places": places })
}

fn trail() -> Value {
    let rows: Vec<f64> =
        [(0, 48.1, 11.5, 20.0), (30 * MINUTE, 48.4, 11.9, 400.0), (HOUR, 48.9, 12.1, 30.0)]
            .into_iter()
            .flat_map(|(millis, lat, lon, radius_m)| {
                let it = point(millis, lat, lon, Some(500.0));
                [it.at.millis() as f64, it.position.lon(), it.position.lat(), 500.0, radius_m]
            })
            .collect();
    let bases = [1, 3, 0];
    let mut trail = Trail::new("road", &rows, &bases).unwrap();
    let heard = [
        (HOUR + 60_000, 12.11, 48.905, 480.0, 8.0, 13.0, 40.0),
        (HOUR + 90_000, 12.113, 48.907, 481.0, 8.0, 14.0, 41.0),
    ];
    for (millis, lon, lat, height_m, radius_m, speed_m_s, course_deg) in heard {
        let millis = at(millis).millis() as f64;
        trail.heard(millis, lon, lat, height_m, radius_m, speed_m_s, course_deg).unwrap();
    }
    let asked =
        [-MINUTE, 0, 10 * MINUTE, HOUR, HOUR + 30_000, HOUR + 75_000, HOUR + 100_000, 2 * HOUR];
    let spots: Vec<Value> = asked
        .iter()
        .map(|millis| {
            let millis = at(*millis).millis() as f64;
            let told: Vec<Option<f64>> =
                trail.at(millis).into_iter().map(|it| it.is_finite().then_some(it)).collect();
            json!({ "at": millis, "told": told })
        })
        .collect();
    let heard: Vec<Value> = heard
        .iter()
        .map(|it| json!([at(it.0).millis(), it.1, it.2, it.3, it.4, it.5, it.6]))
        .collect();
    json!({ "mode": "road", "rows": rows, "bases": bases, "heard": heard, "spots": spots })
}

fn numbers() -> Value {
    let asked = [
        "1Z 999 AA1 01 2345 6784",
        "1Z999AA10123456785",
        "1Z9",
        "RB123456785GB",
        "986578788855",
        "(00)106141411234567897",
        "hello",
        "",
    ];
    let told = |text: &&str| {
        let all: Vec<Value> = recognise(text)
            .into_iter()
            .map(|it| json!([it.scheme, it.name, it.fit, it.missing]))
            .collect();
        json!({ "text": text, "candidates": all })
    };
    asked.iter().map(told).collect()
}

fn sky() -> Value {
    let millis = NOON_MS as f64;
    json!({ "at": millis, "overhead": overhead(millis) })
}

fn logged() -> Value {
    let Log { key, checkpoint, before, tiles, entries } = log();
    let mut proofs = Proofs::new(&key, &checkpoint, PACKAGE).unwrap();
    proofs.remember(&key, &before).unwrap();
    for (seq, index, hash, leaf) in &entries {
        proofs.tell(PACKAGE, *seq as f64, Some(*index as f64), hash, leaf);
    }
    for path in proofs.tiles() {
        let bytes = tiles.iter().find(|it| it.0 == path).unwrap().1.clone();
        proofs.put(&path, bytes).unwrap();
    }
    assert!(proofs.tiles().is_empty());
    assert_eq!((proofs.check(), proofs.waiting(), proofs.wrong()), (5.0, 0.0, vec![]));
    let tiles: serde_json::Map<String, Value> =
        tiles.into_iter().map(|(path, bytes)| (path, hex(&bytes).into())).collect();
    let entries: Vec<Value> = entries
        .into_iter()
        .map(|(seq, index, hash, leaf)| {
            json!({ "about": PACKAGE, "seq": seq, "index": index, "hash": hash, "leaf": leaf })
        })
        .collect();
    json!({
        "key": key, "checkpoint": checkpoint, "before": before, "whole": PACKAGE,
        "tiles": tiles, "entries": entries,
    })
}
