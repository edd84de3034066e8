//! Ways between two points: through the air, over land, or along sea lanes.

use crate::{
    geodesy::{destination, distance_m, inverse},
    position::LatLon,
};

pub(crate) mod arc;
mod overland;
mod search;
mod seaway;
mod sight;

/// What a way leads through or over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Medium {
    /// Through the air: the shortest way there is.
    Air,
    /// Over land, by road or rail.
    Land,
    /// Over water.
    Water,
}

/// How far a way can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Certainty {
    /// The shortest way on the Earth, which is how such things move.
    Geodesic,
    /// A way that such things can take: along lanes, or over land that hangs
    /// together. Which road they take nobody told us.
    Network,
    /// Part of the way is over ground on which such things do not move; there
    /// the route rests at the near end, then at the far end.
    Unknown,
}

/// A way from one point to another. Building one costs milliseconds, asking it
/// microseconds: keep it.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    certainty: Certainty,
    /// At most `STEP_M` apart, but for the air and for parts that are held.
    points: Vec<LatLon>,
    /// Metres from the start to each point.
    reached_m: Vec<f64>,
    /// Numbers of the parts that are held, growing; part n ends at point n + 1.
    held: Vec<usize>,
    passages: Vec<&'static str>,
}

/// The way from one point to another.
pub fn route(from: LatLon, to: LatLon, medium: Medium) -> Route {
    match medium {
        Medium::Air => Route::geodesic(from, to),
        Medium::Land => overland::sketch(from, to).finished(),
        Medium::Water => seaway::sketch(from, to).finished(),
    }
}

impl Route {
    /// Its length in metres, held parts included.
    pub fn length_m(&self) -> f64 {
        self.reached_m.last().copied().unwrap_or(0.0)
    }

    /// The point so many metres after the start; before the start it is the
    /// start, after the end the end.
    pub fn at(&self, metres: f64) -> LatLon {
        let part = self.part(metres);
        let Some((from, to)) = self.points.get(part).zip(self.points.get(part + 1)) else {
            return self.points[0];
        };
        let (start_m, end_m) = (self.reached_m[part], self.reached_m[part + 1]);
        let fraction = ((metres - start_m) / (end_m - start_m)).clamp(0.0, 1.0);
        if fraction == 0.0 || fraction.is_nan() {
            *from
        } else if fraction == 1.0 {
            *to
        } else if self.held.binary_search(&part).is_ok() {
            if fraction < 0.5 { *from } else { *to }
        } else if self.certainty == Certainty::Geodesic {
            let (length_m, azimuth_deg) = inverse(*from, *to);
            destination(*from, azimuth_deg, length_m * fraction)
        } else {
            arc::Arc::new(*from, *to).at(fraction)
        }
    }

    /// The point at `fraction` (0 to 1) of the length.
    pub fn at_fraction(&self, fraction: f64) -> LatLon {
        self.at(self.length_m() * fraction)
    }

    /// The point of it that is nearest to a point; of a part that is held, an end.
    pub fn nearest(&self, to: LatLon) -> LatLon {
        let goal = arc::vector(to);
        let away = |at: &LatLon| arc::chord(arc::vector(*at), goal);
        let along = self.points.windows(2).enumerate().map(|(part, pair)| {
            let arc = arc::Arc::new(pair[0], pair[1]);
            let fraction = arc.nearest(to);
            let held = self.held.binary_search(&part).is_ok();
            match (held, fraction) {
                (_, 0.0) => pair[0],
                (_, 1.0) => pair[1],
                (true, _) => pair[usize::from(away(&pair[1]) < away(&pair[0]))],
                (false, _) => arc.at(fraction),
            }
        });
        along.min_by(|a, b| away(a).total_cmp(&away(b))).unwrap_or(self.points[0])
    }

    /// How far from [`Self::at`] the thing may truly be because this part of
    /// the way is held there; zero where the way is drawn.
    pub fn held_m(&self, metres: f64) -> f64 {
        let part = self.part(metres);
        if self.held.binary_search(&part).is_err() {
            return 0.0;
        }
        let (start_m, end_m) = (self.reached_m[part], self.reached_m[part + 1]);
        (metres - start_m).min(end_m - metres).max(0.0)
    }

    /// How far it can be believed.
    pub const fn certainty(&self) -> Certainty {
        self.certainty
    }

    /// Points to draw it by, both ends included. A held part is drawn as a
    /// straight line like any other; see [`Self::held_parts`].
    pub fn points(&self) -> &[LatLon] {
        &self.points
    }

    /// Both ends of each part that is held.
    pub fn held_parts(&self) -> impl Iterator<Item = (LatLon, LatLon)> {
        self.held.iter().map(|part| (self.points[*part], self.points[part + 1]))
    }

    /// The named canals, rivers and coasts a ship takes, in order.
    pub fn passages(&self) -> &[&'static str] {
        &self.passages
    }

    fn geodesic(from: LatLon, to: LatLon) -> Self {
        let mut sketch = Sketch::from(from);
        sketch.points.push(to);
        Self {
            certainty: Certainty::Geodesic,
            reached_m: vec![0.0, distance_m(from, to)],
            points: sketch.points,
            held: Vec::new(),
            passages: Vec::new(),
        }
    }

    fn part(&self, metres: f64) -> usize {
        let after = self.reached_m.partition_point(|reached_m| *reached_m <= metres);
        after.saturating_sub(1).min(self.points.len().saturating_sub(2))
    }
}

/// Ends of great circles are at most this far apart, so that a map may draw
/// straight lines between them.
const STEP_M: f64 = 100_000.0;
/// A crossing of the wrong ground up to this length is drawn: no point of it is
/// farther than half of that from where such things move.
const HOLD_ABOVE_M: f64 = 9_000.0;

/// A route in the making.
struct Sketch {
    points: Vec<LatLon>,
    held: Vec<usize>,
    passages: Vec<&'static str>,
}

impl Sketch {
    fn from(start: LatLon) -> Self {
        Self { points: vec![start], held: Vec::new(), passages: Vec::new() }
    }

    fn end(&self) -> LatLon {
        *self.points.last().expect("a sketch has a start")
    }

    fn draw_to(&mut self, to: LatLon) {
        if self.end() != to {
            let arc = arc::Arc::new(self.end(), to);
            let parts = (arc.length_m() / STEP_M).ceil() as u32;
            self.points.extend(arc.between(parts));
            self.points.push(to);
        }
    }

    fn hold_to(&mut self, to: LatLon) {
        if self.end() != to {
            self.held.push(self.points.len() - 1);
            self.points.push(to);
        }
    }

    fn finished(self) -> Route {
        let mut reached_m = vec![0.0];
        let mut total_m = 0.0;
        for pair in self.points.windows(2) {
            total_m += distance_m(pair[0], pair[1]);
            reached_m.push(total_m);
        }
        let certainty = if self.held.is_empty() { Certainty::Network } else { Certainty::Unknown };
        let Self { points, held, passages } = self;
        Route { certainty, points, reached_m, held, passages }
    }
}

#[cfg(test)]
mod tests;
