//! Prints random instants of random legs, for judging by true shores:
//! `route_points MEDIUM COUNT SEED`, one line per point, ten points per leg.

use domain::{
    position::LatLon,
    route::{Certainty, Medium, route},
};

#[path = "../src/route/tests/places.rs"]
mod places;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let word = arguments.first().map_or("land", String::as_str);
    let (medium, places) = match word {
        "water" => (Medium::Water, places::PORTS),
        _ => (Medium::Land, places::CITIES),
    };
    let number = |at: usize, otherwise| arguments.get(at).map_or(Ok(otherwise), |it| it.parse());
    let (Ok(count), Ok(mut seed)) = (number(1, 10_000_u64), number(2, 1_u64)) else {
        eprintln!("usage: route_points land|water COUNT SEED");
        std::process::exit(2);
    };
    println!("medium,from,to,lat,lon,held,end_m,certainty,passages");
    for _ in 0..count / 10 {
        let from = places[pick(&mut seed, places.len())];
        let to = places[pick(&mut seed, places.len())];
        let way = route(at(from), at(to), medium);
        let certainty = match way.certainty() {
            Certainty::Geodesic => "geodesic",
            Certainty::Network => "network",
            Certainty::Unknown => "unknown",
        };
        for _ in 0..10 {
            let metres = way.length_m() * pick(&mut seed, 1_000_001) as f64 / 1e6;
            let point = way.at(metres);
            println!(
                "{word},{},{},{:.6},{:.6},{:.0},{:.0},{certainty},{}",
                from.0,
                to.0,
                point.lat(),
                point.lon(),
                way.held_m(metres),
                metres.min(way.length_m() - metres),
                way.passages().join("+")
            );
        }
    }
}

fn at((_, lat, lon): (&str, f64, f64)) -> LatLon {
    LatLon::from_degrees(lat, lon).expect("places lie on the Earth")
}

/// A number below `below` (SplitMix64).
fn pick(seed: &mut u64, below: usize) -> usize {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *seed;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) % below as u64) as usize
}
