//! Where places are, and what of homes may be shown.

use super::{
    Search, Whereabouts,
    disc::{Disc, Level},
};
use crate::{
    id::{PlaceId, Subject},
    record::{ExactPoint, PlaceKind, PlaceRecord},
    time::Timestamp,
    timeline::Timeline,
};

/// How well the height of a storey is known, in metres.
const FLOOR_VERTICAL_M: f64 = 3.0;
/// How well the height of the ground is known, in metres.
const GROUND_VERTICAL_M: f64 = 10.0;
/// By how much ground rises or falls across a place, per metre of its radius.
const SLOPE: f64 = 0.02;
/// Whatever comes this near to a home is shown in its town; in metres.
pub const HOME_NEAR_M: f64 = 1_000.0;

/// The disc of a place. Its height is that of a known floor, else of its ground.
pub fn site(place: &PlaceRecord, floor: Option<&str>, exact: bool) -> Disc {
    let exact = place.exact.as_ref().filter(|_| exact).and_then(ExactPoint::get);
    let (centre, radius_m) = exact.unwrap_or((place.at, place.radius_m));
    let storey = floor.and_then(|name| place.floors.iter().find(|it| it.name == name));
    let level = place.ground.map(|ground| match storey {
        Some(storey) => Level {
            height_m: ground.ellipsoid_m() + f64::from(storey.above_ground_mm) / 1000.0,
            vertical_95_m: FLOOR_VERTICAL_M,
        },
        None => Level {
            height_m: ground.ellipsoid_m(),
            vertical_95_m: GROUND_VERTICAL_M + SLOPE * f64::from(radius_m),
        },
    });
    Disc::new(centre, f64::from(radius_m).max(1.0), level)
}

/// Hides a home that not everybody may see: an answer that comes near to one of
/// the homes a thing goes to, comes from or was seen at becomes its town.
pub fn veiled(
    search: &Search,
    subject: Subject,
    at: Timestamp,
    answer: Option<Whereabouts>,
) -> Option<Whereabouts> {
    let answer = answer?;
    if search.world().is_exact() {
        return Some(answer);
    }
    let here = Disc::new(answer.position, answer.radius_95_m, None);
    for id in known_places(search, subject, at, &answer) {
        let Some(Some(place)) = search.found(search.world().place(id)) else { continue };
        let (PlaceKind::Home, Some((point, radius_m))) =
            (place.kind, place.exact.as_ref().and_then(ExactPoint::get))
        else {
            continue;
        };
        let town = site(place, None, false);
        let home = Disc::new(point, f64::from(radius_m) + HOME_NEAR_M, None);
        if here.gap_m(&home) == 0.0 && here.radius_m < town.radius_m {
            return Some(Whereabouts {
                position: town.centre,
                height_m: town.level.map(|it| it.height_m),
                radius_95_m: town.radius_m,
                vertical_95_m: town.level.map(|it| it.vertical_95_m),
                ..answer
            });
        }
    }
    Some(answer)
}

/// The places that a thing is known to have to do with around an instant.
fn known_places(
    search: &Search,
    subject: Subject,
    at: Timestamp,
    answer: &Whereabouts,
) -> Vec<PlaceId> {
    let mut places: Vec<PlaceId> = answer.place.into_iter().chain(answer.towards).collect();
    if let Some(timeline) = search.timeline(subject, at) {
        places.extend(timeline.origin());
        places.extend(timeline.destination());
        places.extend(stops_around(timeline, at));
    }
    places.sort_unstable();
    places.dedup();
    places
}

fn stops_around(timeline: &Timeline, at: Timestamp) -> impl Iterator<Item = PlaceId> {
    let next = timeline.stops.partition_point(|stop| stop.first_seen <= at);
    timeline.stops.iter().skip(next.saturating_sub(1)).take(2).map(|stop| stop.place)
}
