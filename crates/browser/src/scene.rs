//! Every holder on the screen: what tiles and news say of each, in which order they are
//! drawn, and where they are at an instant.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use domain::{
    holding::HolderId,
    leaf::hex,
    map::{Cluster, MOVING_TOLD_MAX, Mark, MarkKind, TileContent, TileId},
    mode::Mode,
    whereabouts::Basis,
};
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

use crate::{instant, scene::buffers::Buffers, thrown, trail::waypoint};

mod buffers;

/// Numbers of a point of a path: instant, longitude, latitude, height.
const POINT: usize = 4;

/// Every holder on the screen. Put tiles and news into it; after a change have it
/// arranged; then place everything as often as the screen is drawn. A holder's number in
/// the buffers is its slot: those that move come first.
#[derive(Debug, Default)]
#[wasm_bindgen]
pub struct Scene {
    tiles: BTreeMap<TileId, Tile>,
    /// What news said of a holder, and when; nothing if it is no longer shown.
    news: BTreeMap<HolderId, (u32, Option<Mark>)>,
    /// Counts what was asked for and what was told.
    clock: u32,
    changed: bool,
    marks: Vec<Mark>,
    slots: BTreeMap<HolderId, u32>,
    /// With each whether some in it may move.
    clusters: Vec<(Cluster, bool)>,
    /// Whose packages are shown, each once.
    carriers: Vec<String>,
    buffers: Buffers,
}

/// A tile and when it was asked for.
#[derive(Debug)]
struct Tile {
    asked: u32,
    content: TileContent,
}

#[wasm_bindgen]
impl Scene {
    /// An empty one.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Call this when a tile is asked for, and put the number with the tile: what news
    /// said in between is newer than the tile.
    pub fn ask(&mut self) -> u32 {
        self.clock += 1;
        self.clock
    }

    /// Puts a tile in its place. Throws if the bytes are no tile; the old one stays.
    #[wasm_bindgen(js_name = putTile)]
    pub fn put_tile(
        &mut self,
        zoom: u8,
        x: u32,
        y: u32,
        bytes: &[u8],
        asked: u32,
    ) -> Result<(), JsError> {
        let id = TileId::new(zoom, x, y).map_err(thrown)?;
        let content = TileContent::from_bytes(bytes).map_err(thrown)?;
        self.tiles.insert(id, Tile { asked, content });
        self.changed = true;
        Ok(())
    }

    /// Takes a tile away.
    #[wasm_bindgen(js_name = dropTile)]
    pub fn drop_tile(&mut self, zoom: u8, x: u32, y: u32) {
        let gone = TileId::new(zoom, x, y).ok().and_then(|it| self.tiles.remove(&it));
        self.changed |= gone.is_some();
    }

    /// Takes everything away, as when the map is narrowed in another way.
    pub fn clear(&mut self) {
        self.tiles.clear();
        self.news.clear();
        self.changed = true;
    }

    /// Shows a holder as news say. `path` has instant, longitude, latitude and height of
    /// each point. False if it belongs to a tile that is too crowded to tell: fetch that
    /// anew. Throws if it says nothing that can be shown.
    #[wasm_bindgen(js_name = putHolder)]
    #[expect(clippy::too_many_arguments, reason = "a browser hands over plain values")]
    pub fn put_holder(
        &mut self,
        key: &str,
        kind: &str,
        mode: Option<String>,
        basis: Option<String>,
        carrier: Option<String>,
        packages: u32,
        problems: u32,
        radius_95_m: u32,
        as_of: f64,
        name: Option<String>,
        path: &[f64],
    ) -> Result<bool, JsError> {
        let points = path.chunks_exact(POINT).map(|it| waypoint(it[0], it[1], it[2], it[3]));
        let path: Vec<_> = points.collect::<Result<_, _>>().map_err(thrown)?;
        let Some(first) = path.first() else { return Err(thrown("a path has points")) };
        let id = holder(key).ok_or_else(|| thrown("this names no holder"))?;
        let stands = first.position;
        let crowded =
            |(id, it): (&TileId, &Tile)| id.contains(stands) && !it.content.clusters.is_empty();
        if !self.slots.contains_key(&id) && self.tiles.iter().any(crowded) {
            return Ok(false);
        }
        let kind: MarkKind = kind.parse().map_err(thrown)?;
        let mode: Option<Mode> = mode.map(|it| it.parse()).transpose().map_err(thrown)?;
        let basis: Option<Basis> = basis.map(|it| it.parse()).transpose().map_err(thrown)?;
        let as_of = instant(as_of);
        self.tell(
            id,
            Some(Mark {
                id,
                kind,
                mode,
                basis,
                carrier,
                packages,
                problems,
                radius_95_m,
                as_of,
                name,
                path,
            }),
        );
        Ok(true)
    }

    /// Shows a holder no longer, as news say. False if it may be in a crowded tile.
    #[wasm_bindgen(js_name = dropHolder)]
    pub fn drop_holder(&mut self, key: &str) -> bool {
        let Some(id) = holder(key) else { return true };
        let known = self.slots.contains_key(&id);
        self.tell(id, None);
        known || self.tiles.values().all(|it| it.content.clusters.is_empty())
    }

    /// Gives every holder a slot, if anything changed; true if so. Columns that do not
    /// depend on the instant are filled, and every buffer may have moved.
    pub fn arrange(&mut self) -> bool {
        if !std::mem::take(&mut self.changed) {
            return false;
        }
        let oldest = self.tiles.values().map(|it| it.asked).min().unwrap_or_default();
        // What every tile knows is no news.
        self.news.retain(|_, it| oldest <= it.0);
        let mut newest: BTreeMap<HolderId, (u32, Option<&Mark>)> = BTreeMap::new();
        let tiles = self.tiles.values();
        let tiled = tiles.flat_map(|it| it.content.marks.iter().map(|mark| (it.asked, Some(mark))));
        let news = self.news.iter().map(|(id, (at, mark))| (*id, (*at, mark.as_ref())));
        for (id, told) in tiled.map(|it| (it.1.expect("a mark").id, it)).chain(news) {
            match newest.entry(id) {
                Entry::Vacant(free) => {
                    free.insert(told);
                }
                Entry::Occupied(mut taken) if taken.get().0 <= told.0 => {
                    taken.insert(told);
                }
                Entry::Occupied(_) => {}
            }
        }
        let shown = newest.into_values().filter_map(|it| it.1).cloned();
        let (mut marks, resting): (Vec<Mark>, Vec<Mark>) = shown.partition(moves);
        let moving = marks.len();
        marks.extend(resting);
        self.slots = (0..).zip(&marks).map(|(slot, it)| (it.id, slot)).collect();
        self.clusters = self.tiles.values().flat_map(Tile::crowds).collect();
        self.buffers.arrange(&marks, moving, &self.clusters);
        self.marks = marks;
        self.tell_carriers_apart();
        true
    }

    /// Places everything at an instant: positions, offsets from the origin, courses. Says
    /// how many move at it. Takes no memory.
    pub fn place(&mut self, millis: f64, origin_lon: f64, origin_lat: f64) -> u32 {
        self.buffers.place(&self.marks, millis, [origin_lon, origin_lat])
    }

    /// Says of each how old its latest fact is at an instant, what its place rests on,
    /// and how far off it may be: once a second will do.
    pub fn age(&mut self, millis: f64) {
        self.buffers.age(&self.marks, millis);
    }

    /// How many holders have slots.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn count(&self) -> u32 {
        self.marks.len() as u32
    }

    /// How many of them have a way to go: the first ones.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn moving(&self) -> u32 {
        self.buffers.moving() as u32
    }

    /// How many clusters there are.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn crowds(&self) -> u32 {
        self.clusters.len() as u32
    }

    /// Packages in a view as everything was placed last: all; moving, at rest and with a
    /// problem, each once; and those in crowds of which a tile does not tell who moves. A
    /// view that is wider than the Earth has all of it.
    #[must_use]
    pub fn sums(&self, west: f64, south: f64, east: f64, north: f64) -> Vec<f64> {
        let inside = |[lon, lat]: [f64; 2]| {
            let turned = (lon - west).rem_euclid(360.0);
            south <= lat && lat <= north && (360.0 <= east - west || turned <= east - west)
        };
        let [mut all, mut moving, mut resting, mut problems, mut mixed] = [0; 5];
        let mut count = |packages: u32, troubled: u32, of: &mut u64| {
            all += u64::from(packages);
            problems += u64::from(troubled);
            *of += u64::from(packages.saturating_sub(troubled));
        };
        for (mark, (place, moves)) in self.marks.iter().zip(self.buffers.places()) {
            if inside(place) {
                let of = if moves { &mut moving } else { &mut resting };
                count(mark.packages, mark.problems, of);
            }
        }
        for (it, may_move) in &self.clusters {
            if inside([it.at.lon(), it.at.lat()]) {
                let of = if *may_move { &mut mixed } else { &mut resting };
                count(it.packages, it.problems, of);
            }
        }
        [all, moving, resting, problems, mixed].map(|it| it as f64).to_vec()
    }

    /// Whose packages are shown, in the order of the numbers that buffers have.
    #[must_use]
    pub fn carriers(&self) -> Vec<String> {
        self.carriers.clone()
    }

    /// Where the buffers are, in the order in which `web/src/browser/scene.ts` reads them.
    #[must_use]
    pub fn addresses(&self) -> Vec<u32> {
        self.buffers.addresses()
    }

    /// A holder's name on the map, as news have it; nothing if the slot is empty.
    #[must_use]
    #[wasm_bindgen(js_name = keyOf)]
    pub fn key_of(&self, slot: u32) -> Option<String> {
        self.marks.get(slot as usize).map(|it| hex(&it.id.to_bytes()))
    }

    /// The subject with a page of its own, as in `pkg_…`; nothing for a lane.
    #[must_use]
    #[wasm_bindgen(js_name = subjectOf)]
    pub fn subject_of(&self, slot: u32) -> Option<String> {
        match self.marks.get(slot as usize)?.id {
            HolderId::Package(id) => Some(id.to_string()),
            HolderId::Container(id) => Some(id.to_string()),
            HolderId::Place(id) => Some(id.to_string()),
            HolderId::Lane(_) => None,
        }
    }

    /// What people call it, where few are shown.
    #[must_use]
    #[wasm_bindgen(js_name = nameOf)]
    pub fn name_of(&self, slot: u32) -> Option<String> {
        self.marks.get(slot as usize)?.name.clone()
    }

    /// The slot of a holder by its key or subject.
    #[must_use]
    #[wasm_bindgen(js_name = slotOf)]
    pub fn slot_of(&self, key: &str) -> Option<u32> {
        let id = holder(key).or_else(|| subject(key))?;
        self.slots.get(&id).copied()
    }

    /// Its path: instant, longitude, latitude and height of each point.
    #[must_use]
    #[wasm_bindgen(js_name = pathOf)]
    pub fn path_of(&self, slot: u32) -> Vec<f64> {
        let path = self.marks.get(slot as usize).map_or(&[][..], |it| &it.path);
        let point = |it: &domain::map::Waypoint| {
            let height_m = it.height_dm.map_or(f64::NAN, |it| f64::from(it) / 10.0);
            [it.at.millis() as f64, it.position.lon(), it.position.lat(), height_m]
        };
        path.iter().flat_map(point).collect()
    }
}

impl Tile {
    /// Its clusters. A tile tells so many that move one by one; more are in its clusters.
    fn crowds(&self) -> impl Iterator<Item = (Cluster, bool)> {
        let moving = self.content.marks.iter().filter(|it| moves(it)).count();
        self.content.clusters.iter().map(move |it| (*it, MOVING_TOLD_MAX <= moving))
    }
}

impl Scene {
    fn tell_carriers_apart(&mut self) {
        let carriers: BTreeSet<&str> =
            self.marks.iter().filter_map(|it| it.carrier.as_deref()).collect();
        let numbers: BTreeMap<&str, u16> = carriers.into_iter().zip(1..).collect();
        let number = |it: &Mark| it.carrier.as_deref().map_or(0, |it| numbers[it]);
        self.buffers.carry(self.marks.iter().map(number).collect());
        self.carriers = numbers.into_keys().map(str::to_owned).collect();
    }

    fn tell(&mut self, id: HolderId, mark: Option<Mark>) {
        self.clock += 1;
        self.news.insert(id, (self.clock, mark));
        self.changed = true;
    }
}

/// The words of kinds, modes and bases, in the order of the numbers that buffers have:
/// each kind's number, a colon and its word; then the others' words in order.
#[must_use]
#[wasm_bindgen]
pub fn vocabulary() -> Vec<String> {
    let kinds = MarkKind::ALL.iter().map(|it| format!("kind:{}:{}", *it as u8, it.word()));
    let modes = Mode::ALL.iter().map(|it| format!("mode:{}:{}", *it as u8 + 1, it.word()));
    let bases = Basis::ALL.iter().map(|it| format!("basis:{}:{}", *it as u8, it.word()));
    kinds.chain(modes).chain(bases).collect()
}

fn moves(mark: &Mark) -> bool {
    let first = mark.path.first().map(|it| (it.position, it.height_dm));
    mark.path.iter().any(|it| Some((it.position, it.height_dm)) != first)
}

/// The holder with this key: 34 hexadecimal digits.
fn holder(key: &str) -> Option<HolderId> {
    let digits = key.as_bytes();
    let byte = |pair: &[u8]| {
        let [high, low] = [pair[0], pair[1]].map(|it| (it as char).to_digit(16));
        Some((high? * 16 + low?) as u8)
    };
    let bytes: Option<Vec<u8>> = digits.chunks_exact(2).map(byte).collect();
    bytes.filter(|_| digits.len() == 34).and_then(|it| HolderId::from_bytes(&it))
}

fn subject(id: &str) -> Option<HolderId> {
    let package = id.parse().ok().map(HolderId::Package);
    let container = || id.parse().ok().map(HolderId::Container);
    package.or_else(container).or_else(|| id.parse().ok().map(HolderId::Place))
}
