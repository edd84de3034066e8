//! The map through HTTP: the tiles of one screen, of the world, a region and a
//! city, made anew and as they are remembered, with ever more packages.

use std::{
    collections::BTreeSet,
    io,
    path::Path,
    time::{Duration, Instant},
};

use domain::{
    holding::HolderId,
    id::{ClientId, ContainerId, PlaceId},
    map::{Counts, MarkKind, Path as Way, TileId, Waypoint},
    mode::Mode,
    position::LatLon,
    record::{PackageRecord, Record},
    state::{State, Status},
    time::{MINUTE, Timestamp},
    whereabouts::Basis,
};
use futures::{StreamExt, future::try_join_all, stream};
use journeys::{http::Connection, server::Server};
use service::{
    keys::Row,
    rows::{HolderRow, Shown, to_bytes},
};
use table::{Guard, Table, Write, limits::BATCH_WRITES_MAX};
use tokio::runtime::Runtime;

use crate::{
    figures::{Aim, cpu_seconds, figure, heading, judged, spread},
    outside, peers,
};

/// Most places that hold packages.
const PLACES_MAX: u64 = 150_000;
/// Containers on their way, whatever the number of packages.
const MOVING: u64 = 4_000;
pub const CITIES: u64 = 300;
/// Points of a way: one for every five minutes, two hours back and two ahead.
const WAYPOINTS: i64 = 48;
/// Connections of a browser.
pub const CONNECTIONS: usize = 6;
/// A tile is remembered for a second.
const COLD_AFTER: Duration = Duration::from_millis(1_050);
const SCREEN: (f64, f64) = (1_280.0, 800.0);
const TILE_PX: f64 = 512.0;
const P99_MS_MAX: f64 = 50.0;
const AT_ONCE: usize = 64;
pub const VIEWS: [(&str, u8, f64); 3] =
    [("world", 1, 150.0), ("region", 5, 150.0), ("city", 10, 300.0)];

/// Looks at the map with each number of packages.
pub fn measure(client: &Runtime, seconds: u64) -> io::Result<()> {
    let rounds = seconds.clamp(3, 100);
    let mut all = Vec::new();
    for packages in [10_000, 100_000, 1_000_000] {
        heading(&format!("the map of {packages} packages"));
        let folder = tempfile::tempdir()?;
        all = fill_folder(folder.path(), packages)?;
        client.block_on(look(folder.path(), rounds))?;
    }
    let views = VIEWS.map(|(name, zoom, _)| (name, tiles(zoom)));
    peers::map(&all, &views)
}

async fn look(data: &Path, rounds: u64) -> io::Result<()> {
    journeys::server::binary();
    let server = Server::start(data).await?;
    let process = server.id().to_string();
    let mut browser = Vec::new();
    for _ in 0..CONNECTIONS {
        browser.push(server.connect().await?);
    }
    let start = Instant::now();
    view(&mut browser, &tiles(1), "").await?;
    figure("the first view after a start, rows read", format_args!("{:.2?}", start.elapsed()));
    let idle_cpu = cpu_seconds(&process)?;
    tokio::time::sleep(5 * COLD_AFTER).await;
    let idle_cpu = (cpu_seconds(&process)? - idle_cpu) / 5.0;
    for (name, zoom, kb_max) in VIEWS {
        let tiles = tiles(zoom);
        let (mut each, mut bytes) = (Vec::new(), 0);
        let cpu_s = cpu_seconds(&process)?;
        for _ in 0..rounds {
            tokio::time::sleep(COLD_AFTER).await;
            let start = Instant::now();
            bytes = view(&mut browser, &tiles, "").await?.max(bytes);
            each.push(start.elapsed());
        }
        let cpu_ms = ((cpu_seconds(&process)? - cpu_s) / rounds as f64 - idle_cpu).max(0.0) * 1e3;
        spread(&format!("{name}, {} tiles, made anew", tiles.len()), each, Some(P99_MS_MAX));
        figure("  the server's processors, each view", format_args!("{cpu_ms:.1} ms"));
        judged("  at most sent for a view", bytes as f64 / 1e3, Aim::AtMost(kb_max, " kB"));
        let (mut each, all) = (Vec::new(), Instant::now());
        while all.elapsed() < Duration::from_secs(1) {
            let start = Instant::now();
            view(&mut browser, &tiles, "").await?;
            each.push(start.elapsed());
        }
        spread("  remembered", each, Some(P99_MS_MAX));
    }
    Ok(())
}

/// Gets some tiles as a browser does: how many bytes came.
pub async fn view(browser: &mut [Connection], tiles: &[TileId], query: &str) -> io::Result<usize> {
    let width = browser.len();
    let each = browser.iter_mut().enumerate().map(|(at, connection)| async move {
        let mut bytes = 0;
        for tile in tiles.iter().skip(at).step_by(width) {
            let path = format!("/v1/map/{}/{}/{}{query}", tile.zoom(), tile.x(), tile.y());
            let answer = connection.get(&path).await?;
            if answer.status != 200 {
                return Err(io::Error::other(format!("status {}", answer.status)));
            }
            bytes += answer.body.len();
        }
        Ok(bytes)
    });
    Ok(try_join_all(each).await?.into_iter().sum())
}

/// The tiles that a screen shows around the largest city.
pub fn tiles(zoom: u8) -> Vec<TileId> {
    let tiles = f64::from(1u32 << zoom);
    let tile = TileId::of(city(0), 22);
    let scale = f64::from(1u32 << 22) / tiles;
    let (x, y) = (f64::from(tile.x()) / scale, f64::from(tile.y()) / scale);
    let (half_x, half_y) = (SCREEN.0 / TILE_PX / 2.0, SCREEN.1 / TILE_PX / 2.0);
    let mut shown = BTreeSet::new();
    for row in ((y - half_y).max(0.0) as u32)..=((y + half_y).min(tiles - 1.0) as u32) {
        for column in (x - half_x).floor() as i64..=(x + half_x).floor() as i64 {
            let column = column.rem_euclid(tiles as i64) as u32;
            shown.extend(TileId::new(zoom, column, row).ok());
        }
    }
    shown.into_iter().collect()
}

/// Fills a folder's map; says where everything is.
pub fn fill_folder(data: &Path, packages: u64) -> io::Result<Vec<LatLon>> {
    let filler = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let all = filler.block_on(fill(data, packages));
    filler.shutdown_background();
    all
}

/// Writes the rows of the map themselves: recording a million packages would
/// take minutes, and the map reads nothing else.
async fn fill(data: &Path, packages: u64) -> io::Result<Vec<LatLon>> {
    let (_service, table) = outside::open(data)?;
    let places = (packages * 3 / 5).min(PLACES_MAX);
    let (start, now) = (Instant::now(), outside::now());
    let on_the_way = packages / 10;
    let resting =
        (0..places).map(|number| place(number, share(packages - on_the_way, places, number)));
    let moving = (0..MOVING).map(|number| truck(number, share(on_the_way, MOVING, number), now));
    let rows: Vec<(HolderId, HolderRow)> = resting.chain(moving).collect();
    let points = rows.iter().filter_map(|(_, row)| Some(row.shown.as_ref()?.path.at(now).0));
    let points = points.collect();
    let batches: Vec<_> = rows.chunks(BATCH_WRITES_MAX).map(|rows| write(&*table, rows)).collect();
    let mut done = stream::iter(batches).buffer_unordered(AT_ONCE);
    while let Some(result) = done.next().await {
        result?;
    }
    let name = format!("rows of {places} places and {MOVING} moving containers, written directly");
    figure(&name, format_args!("{:.1?}", start.elapsed()));
    Ok(points)
}

async fn write(table: &dyn Table, rows: &[(HolderId, HolderRow)]) -> io::Result<()> {
    let put = |(id, row): &(HolderId, HolderRow)| {
        Write::put(Row::Holder(*id).key(), Guard::Absent, to_bytes(row))
    };
    table.write(rows.iter().map(put).collect()).await.map_err(io::Error::other)
}

/// A fair share of so many for one of several.
const fn share(all: u64, among: u64, number: u64) -> u64 {
    all / among + (number < all % among) as u64
}

fn place(number: u64, packages: u64) -> (HolderId, HolderRow) {
    let id = PlaceId::derive(&[b"map", &number.to_be_bytes()]);
    let kind = if number.is_multiple_of(8) { MarkKind::Facility } else { MarkKind::Home };
    // The cube makes few cities large and many small: the largest has one in seven.
    let unit = (mixed(number) % 65_536) as f64 / 65_536.0;
    let at = near(city((unit.powi(3) * CITIES as f64) as u64), number, 0.15);
    let point = Waypoint { at: outside::now(), position: at, height_dm: None };
    (HolderId::Place(id), row(kind, None, None, vec![point], packages, number))
}

fn truck(number: u64, packages: u64, now: Timestamp) -> (HolderId, HolderRow) {
    let id = ContainerId::derive(&[b"map", &number.to_be_bytes()]);
    let (from, to) = (city(mixed(number) % CITIES), city(mixed(number ^ 7) % CITIES));
    let step = |at: i64| {
        let part = at as f64 / WAYPOINTS as f64;
        let between = |from: f64, to: f64| (to - from).mul_add(part, from);
        let position =
            LatLon::wrapped(between(from.lat(), to.lat()), between(from.lon(), to.lon()));
        Waypoint {
            at: now.plus((at - WAYPOINTS / 2) * 5 * MINUTE),
            position,
            height_dm: Some(100_000),
        }
    };
    let name = Some(format!("UPS {number}"));
    let points = (0..WAYPOINTS).map(step).collect();
    (
        HolderId::Container(id),
        row(MarkKind::Aircraft, Some(Mode::Air), name, points, packages, number),
    )
}

fn row(
    kind: MarkKind,
    mode: Option<Mode>,
    name: Option<String>,
    points: Vec<Waypoint>,
    packages: u64,
    seed: u64,
) -> HolderRow {
    let mut counts = Counts::default();
    for number in 0..packages {
        let mix = mixed(seed << 20 | number);
        let record = PackageRecord {
            carrier: Some(["ups", "dhl", "fedex"][mix as usize % 3].to_owned()),
            client: Some(ClientId::derive(&[b"map", &(mix >> 8 & 0xff).to_be_bytes()])),
            mode: Some(mode.unwrap_or(Mode::Road)),
            ..PackageRecord::default()
        };
        let status = match mix >> 16 & 0xff {
            0 => Status::Problem,
            1..=100 => Status::Delivered,
            _ => Status::InTransit,
        };
        let record = Some(Record::Package(record));
        counts.add(&Counts::of_package(&State { record, status, ..State::default() }));
    }
    let (as_of, basis) = (points[0].at, Some(Basis::Measured));
    let path = Way::along(points).expect("there are points");
    let shown = Some(Shown { kind, mode, name, path, radius_95_m: 30, as_of, basis });
    HolderRow { counts, shown, ..HolderRow::default() }
}

/// A city of the made-up world; the first is the largest.
pub fn city(number: u64) -> LatLon {
    if number == 0 {
        return LatLon::wrapped(51.5, -0.12);
    }
    let mix = mixed(number ^ 0x0c17);
    let unit = |bits: u64| (bits & 0xffff) as f64 / 65_536.0;
    // Half of all lie in one densely settled part of the Earth.
    if number.is_multiple_of(2) {
        return LatLon::wrapped(unit(mix).mul_add(15.0, 42.0), unit(mix >> 16).mul_add(28.0, -5.0));
    }
    LatLon::wrapped(unit(mix).mul_add(95.0, -35.0), unit(mix >> 16).mul_add(360.0, -180.0))
}

/// Somewhere near, most of all in the middle.
pub fn near(at: LatLon, number: u64, degrees: f64) -> LatLon {
    let part = |bits: u64| (bits & 0xffff) as f64 / 32_768.0 - 1.0;
    let mix = mixed(number ^ 0x4ea2);
    let off = |bits: u64| part(bits) * part(bits >> 16).abs() * degrees;
    LatLon::wrapped(at.lat() + off(mix), at.lon() + off(mix >> 32) * 1.6)
}

/// SplitMix64: a number that looks random, and always the same one.
pub fn mixed(number: u64) -> u64 {
    let seed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mix = (seed ^ seed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mix = (mix ^ mix >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mix ^ mix >> 31
}
