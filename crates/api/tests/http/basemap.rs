//! The basemap, in parts as maps ask for them.

use std::{fs, path::Path};

use api::{Basemap, InvalidBasemap};
use axum::http::Method;
use serde_json::json;

use crate::world::{Asker, World};

const PATH: &str = "/basemap.pmtiles";
/// The one that the binary carries.
const CARRIED: &[u8] = include_bytes!("../../../../web/basemap/basemap.pmtiles");

fn carrying() -> World {
    let mut world = World::new();
    world.shows(Basemap::of(CARRIED));
    world
}

#[tokio::test]
async fn where_there_is_no_basemap_that_is_said() {
    World::new().get(&Asker::Nobody, PATH).await.expect(404);
}

#[tokio::test]
async fn maps_get_the_parts_they_ask_for() {
    let world = carrying();
    let whole = world.get(&Asker::Nobody, PATH).await.expect(200);
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert_eq!(whole.header("content-type"), "application/vnd.pmtiles");
    assert!(whole.body.starts_with(b"PMTiles\x03"));
    let len = whole.body.len();
    let parts = [("bytes=0-16383", 0..16_384), ("bytes=-700000", len - 700_000..len)];
    for (range, wanted) in parts {
        let asked = [("range", range), ("accept-encoding", "gzip, br")];
        let part = world.get_with(&Asker::Nobody, PATH, &asked).await.expect(206);
        assert!(part.body == whole.body[wanted.clone()], "{range}");
        let said = format!("bytes {}-{}/{len}", wanted.start, wanted.end - 1);
        assert_eq!(part.header("content-range"), said);
        assert_eq!(part.header("content-encoding"), "", "tiles are compressed already");
    }
    let beyond = [("range", "bytes=999999999-")];
    let refused = world.get_with(&Asker::Nobody, PATH, &beyond).await.expect(416);
    assert_eq!(refused.header("content-range"), format!("bytes */{len}"));
    assert_eq!(refused.header("content-type"), "application/problem+json");
}

#[tokio::test]
async fn parts_of_two_versions_never_meet() {
    let world = carrying();
    let first = [("range", "bytes=0-7")];
    let tag =
        world.get_with(&Asker::Nobody, PATH, &first).await.expect(206).header("etag").to_owned();
    let same = [("range", "bytes=8-15"), ("if-range", tag.as_str())];
    world.get_with(&Asker::Nobody, PATH, &same).await.expect(206);
    let older = [("range", "bytes=8-15"), ("if-range", "\"older\"")];
    world.get_with(&Asker::Nobody, PATH, &older).await.expect(200);
    let known = [("if-none-match", tag.as_str())];
    world.json(Method::GET, &Asker::Nobody, PATH, &json!(null), &known).await.expect(304);
}

#[tokio::test]
async fn a_deployer_brings_a_basemap_of_their_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("own.pmtiles");
    let mut bytes = vec![7; 600_000];
    bytes[..8].copy_from_slice(b"PMTiles\x03");
    bytes[99] = 1;
    fs::write(&path, &bytes).expect("written");
    let mut world = World::new();
    world.shows(Basemap::open(&path).expect("a basemap"));
    let whole = world.get(&Asker::Nobody, PATH).await.expect(200);
    assert!(whole.body == bytes);
    let part = [("range", "bytes=299990-500000")];
    let part = world.get_with(&Asker::Nobody, PATH, &part).await.expect(206);
    assert!(part.body == bytes[299_990..500_001]);

    let refused = |path: &Path| Basemap::open(path).expect_err("no basemap");
    assert!(matches!(refused(&folder.path().join("none")), InvalidBasemap::Unreadable(..)));
    bytes[99] = 2;
    fs::write(&path, &bytes).expect("written");
    assert!(matches!(refused(&path), InvalidBasemap::NotVector(_)));
    fs::write(&path, "PMTiles, but of another kind").expect("written");
    assert!(matches!(refused(&path), InvalidBasemap::NotPmtiles(_)));
}
