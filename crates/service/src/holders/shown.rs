//! Where the map shows a holder: its place, or its way from now on.

use domain::{
    fixes::coarsened,
    geodesy::{destination, distance_m},
    holding::{HolderId, LaneId},
    id::{ContainerId, Subject, TrackerId},
    map::{MarkKind, Path, Waypoint},
    mode::Mode,
    motion::Fix,
    position::{Height, LatLon},
    record::{ContainerKind, PlaceKind, PlaceRecord, Record},
    state::State,
    time::{HOUR, MINUTE, Millis, SECOND, Timestamp},
    whereabouts::Basis,
};
use table::Scan;

use crate::{
    Service,
    error::Result,
    keys::{holder_shard, subject_of_bytes},
    rows::{Foretold, HolderRow, MemberRow, Shown},
};

/// How far ahead a way is shown that nobody said the end of.
const AHEAD: Millis = 12 * HOUR;
/// No way is shown further ahead than this.
const AHEAD_MAX: Millis = 24 * HOUR;
/// What was measured goes on as it went for this long,
const GOES_ON: Millis = MINUTE;
/// if it moves at all,
const MOVES_MM_S: u32 = 2_000;
/// and is on its foretold way only some time after that.
const LATER: Millis = 9 * MINUTE;
/// A way that was worked out from everything is believed for so long, while fixes move
/// only where it begins.
const FORETOLD_FOR: Millis = 10 * MINUTE;
/// What moves less than this is shown at rest.
pub const RESTS_M: f64 = 100.0;
/// Points of a way.
const POINTS_MAX: usize = 32;
/// A way that errs by less is left as it is.
const OFF_MIN_M: f64 = 200.0;
/// And so is one that errs by less than this part of the way since it was shown.
const OFF_PART: f64 = 0.05;

/// Whether a fix shows something to be elsewhere than on its path.
pub fn is_off(path: &Path, fix: &Fix) -> bool {
    let started_at = path.points()[0].at;
    let since_m = path.length_m(started_at, fix.at);
    let (position, height_dm) = path.at(fix.at);
    let off_m = distance_m(position, fix.position.at);
    let allowed_m = OFF_MIN_M.max(OFF_PART * since_m);
    let off_height_m = match (height_dm, fix.position.height) {
        (Some(dm), Some(height)) => (f64::from(dm) / 10.0 - height.ellipsoid_m()).abs(),
        _ => 0.0,
    };
    allowed_m < off_m || allowed_m < off_height_m
}

/// A holder drawn on from where it was just measured, if the rest of its way was worked out
/// not long ago; nothing if everything has to be looked at.
pub fn drawn_on(row: &HolderRow, fix: &Fix, by: TrackerId, now: Timestamp) -> Option<HolderRow> {
    let foretold = row.foretold.filter(|it| it.by == by && now.since(it.at) < FORETOLD_FOR)?;
    let before = row.shown.as_ref()?;
    let radius_mm = fix.radius_95_mm?;
    let points = goes_on(fix, now)?.into_iter().chain(later(before.path.points(), fix.at));
    let shown = Shown {
        path: Path::along(points.collect())?,
        radius_95_m: radius_mm.div_ceil(1_000),
        as_of: fix.at,
        basis: Some(Basis::Measured),
        ..before.clone()
    };
    Some(HolderRow { shown: Some(shown), foretold: Some(foretold), ..row.clone() })
}

impl Service {
    /// As of when the way of a holder was worked out, if its tracker may draw it on.
    pub(super) async fn foretold(
        &self,
        holder: HolderId,
        shown: &Shown,
    ) -> Result<Option<Foretold>> {
        if shown.path.is_resting() {
            return Ok(None);
        }
        let subject = match holder {
            HolderId::Container(id) => Subject::Container(id),
            HolderId::Package(id) => Subject::Package(id),
            HolderId::Place(_) | HolderId::Lane(_) => return Ok(None),
        };
        let tracker = self.head(subject).await?.and_then(|(head, _)| head.state.tracker);
        let at = shown.path.points()[0].at;
        Ok(tracker.map(|(by, _)| Foretold { at, by }))
    }

    /// Where the map shows a holder from now on; nothing if nobody knows.
    pub(crate) async fn shown(&self, holder: HolderId) -> Result<Option<Shown>> {
        match holder {
            HolderId::Place(id) => match self.known(Subject::Place(id)).await {
                Ok(known) => Ok(match known.state.record {
                    Some(Record::Place(place)) => Some(at_place(&place, known.state.known_since)),
                    _ => None,
                }),
                Err(crate::Error::NotFound(_)) => Ok(None),
                Err(other) => Err(other),
            },
            HolderId::Container(id) => self.container_shown(id).await,
            HolderId::Package(id) => self.on_its_way(Subject::Package(id)).await,
            HolderId::Lane(id) => self.on_lane(id).await,
        }
    }

    /// A container of which nobody said anything is where what it holds is.
    async fn container_shown(&self, id: ContainerId) -> Result<Option<Shown>> {
        let subject = Subject::Container(id);
        if let Some(shown) = self.on_its_way(subject).await? {
            return Ok(Some(shown));
        }
        let Some((child, _)) = self.first_member(HolderId::Container(id)).await? else {
            return Ok(None);
        };
        let Some(shown) = self.on_its_way(child).await? else { return Ok(None) };
        let Some(Record::Container(record)) = self.known(subject).await?.state.record else {
            return Ok(None);
        };
        let (kind, name) = (container_kind(record.kind), Some(record.name));
        Ok(Some(Shown { kind, name, mode: record.kind.mode(), ..shown }))
    }

    /// Packages on a lane are on the way that any of them is on.
    async fn on_lane(&self, lane: LaneId) -> Result<Option<Shown>> {
        let Some((package, member)) = self.first_member(HolderId::Lane(lane)).await? else {
            return Ok(None);
        };
        let shown = self.on_its_way(package).await?;
        let mode = member.lane.and_then(|it| it.mode);
        Ok(shown.map(|it| Shown { kind: MarkKind::Lane, mode, name: None, ..it }))
    }

    async fn first_member(&self, holder: HolderId) -> Result<Option<(Subject, MemberRow)>> {
        let page = self.table.scan(Scan::prefix(holder_shard(holder), b"m", 1)).await?;
        let Some(entry) = page.entries.first() else { return Ok(None) };
        let Some(child) = subject_of_bytes(&entry.key.sort[1..]) else { return Ok(None) };
        Ok(Some((child, minicbor::decode(&entry.value)?)))
    }

    /// A container that was measured a moment ago, and of which nobody said that it
    /// left for somewhere, is where it was measured: nothing else need be read. One
    /// that was seen at a home is not told so plainly.
    async fn just_measured(&self, state: &State, now: Timestamp) -> Result<Option<Shown>> {
        let (Some((tracker, _)), Some(Record::Container(_)), None) =
            (state.tracker, &state.record, state.leg)
        else {
            return Ok(None);
        };
        if let Some((place, seen_at)) = state.last_place {
            let sees_home = self.place(place).await?.kind == PlaceKind::Home;
            // A sighting since may be better than any fix.
            if sees_home || now.since(seen_at) < GOES_ON {
                return Ok(None);
            }
        }
        let Some(fix) = self.latest_for_all(tracker).await? else { return Ok(None) };
        let measured = (0..GOES_ON).contains(&now.since(fix.at));
        let Some(radius_mm) = fix.radius_95_mm.filter(|_| measured) else { return Ok(None) };
        let here = point(fix.at, fix.position.at, fix.position.height.map(Height::ellipsoid_m));
        let points = on_course(&fix, now, vec![here], false);
        let (kind, name, mode) = described(state);
        Ok(Path::along(points).map(|path| Shown {
            kind,
            mode,
            name,
            path,
            radius_95_m: radius_mm.div_ceil(1_000),
            as_of: fix.at,
            basis: Some(Basis::Measured),
        }))
    }

    /// The latest fix of a tracker as everybody may know it: the map is for all.
    async fn latest_for_all(&self, tracker: TrackerId) -> Result<Option<Fix>> {
        let Some(fix) = self.heard_of(tracker).await?.and_then(|it| it.latest) else {
            return Ok(None);
        };
        Ok(Some(if self.follows_person(tracker).await? { coarsened(&fix) } else { fix }))
    }

    async fn on_its_way(&self, subject: Subject) -> Result<Option<Shown>> {
        let now = self.clock.now();
        let Some((head, _)) = self.head(subject).await? else { return Ok(None) };
        let state = head.state;
        if let Some(measured) = self.just_measured(&state, now).await? {
            return Ok(Some(measured));
        }
        let Some(here) = self.whereabouts(subject, now, false).await? else { return Ok(None) };
        let start = point(now, here.position, here.height_m);
        let until = state.leg.and_then(|it| it.expected_at).unwrap_or(now.plus(AHEAD));
        let until = until.clamp(now.plus(10 * MINUTE), now.plus(AHEAD_MAX));
        let track = self.track(subject, (now, until), POINTS_MAX, false).await?;
        let mut points: Vec<Waypoint> =
            track.into_iter().map(|it| point(it.at, it.position, it.height_m)).collect();
        if let Some((tracker, _)) = state.tracker
            && let Some(fix) = self.latest_for_all(tracker).await?
        {
            points = on_course(&fix, now, points, state.leg.is_some());
        }
        let path = Path::along(points).filter(|it| RESTS_M <= it.length_m(now, until));
        let (kind, name, mode) = described(&state);
        Ok(Some(Shown {
            kind,
            mode: state.leg.and_then(|it| it.mode).or(mode),
            name,
            path: path.or_else(|| Path::along(vec![start])).expect("one point is a path"),
            radius_95_m: here.radius_95_m.clamp(1.0, 40_000_000.0) as u32,
            as_of: here.as_of,
            basis: Some(here.basis),
        }))
    }
}

pub fn described(state: &State) -> (MarkKind, Option<String>, Option<Mode>) {
    match &state.record {
        Some(Record::Container(record)) => {
            (container_kind(record.kind), Some(record.name.clone()), record.kind.mode())
        }
        Some(Record::Package(record)) => (MarkKind::Package, None, record.mode),
        _ => (MarkKind::Other, None, None),
    }
}

/// What was measured a moment ago goes on as it went for a while; where it goes
/// afterwards is known only if somebody said that it left for somewhere.
fn on_course(fix: &Fix, now: Timestamp, points: Vec<Waypoint>, left: bool) -> Vec<Waypoint> {
    let Some(beginning) = goes_on(fix, now) else { return points };
    let later: Vec<_> = later(&points, fix.at).filter(|_| left).collect();
    beginning.into_iter().chain(later).collect()
}

/// Where something is for a while that was measured a moment ago and moves.
fn goes_on(fix: &Fix, now: Timestamp) -> Option<[Waypoint; 2]> {
    let (speed_mm_s, course_cdeg) = (fix.speed_mm_s?, fix.course_cdeg?);
    let fresh = (0..GOES_ON).contains(&now.since(fix.at));
    if !fresh || speed_mm_s < MOVES_MM_S {
        return None;
    }
    let way_m = f64::from(speed_mm_s) / 1000.0 * (GOES_ON / SECOND) as f64;
    let then = destination(fix.position.at, f64::from(course_cdeg) / 100.0, way_m);
    let height_m = fix.position.height.map(Height::ellipsoid_m);
    let here = point(fix.at, fix.position.at, height_m);
    Some([here, point(fix.at.plus(GOES_ON), then, height_m)])
}

/// The points of a way that what was measured then does not outdate.
fn later(points: &[Waypoint], measured_at: Timestamp) -> impl Iterator<Item = Waypoint> + '_ {
    let from = measured_at.plus(GOES_ON + LATER);
    points.iter().filter(move |it| from <= it.at).copied()
}

fn at_place(place: &PlaceRecord, since: Timestamp) -> Shown {
    // Of a home this is its town: the map is for everybody.
    let height_m = place.ground.map(Height::ellipsoid_m);
    let path = Path::along(vec![point(since, place.at, height_m)]).expect("one point is a path");
    let kind = match place.kind {
        PlaceKind::Facility => MarkKind::Facility,
        PlaceKind::Airport => MarkKind::Airport,
        PlaceKind::Port => MarkKind::Port,
        PlaceKind::City => MarkKind::City,
        PlaceKind::Country => MarkKind::Country,
        PlaceKind::Home => MarkKind::Home,
    };
    Shown {
        kind,
        mode: None,
        name: None,
        path,
        radius_95_m: place.radius_m,
        as_of: since,
        basis: Some(Basis::Scanned),
    }
}

pub fn point(at: Timestamp, position: LatLon, height_m: Option<f64>) -> Waypoint {
    let dm = |it: f64| (it * 10.0).clamp(-100_000.0, 10_000_000.0) as i32;
    Waypoint { at, position, height_dm: height_m.map(dm) }
}

const fn container_kind(kind: ContainerKind) -> MarkKind {
    match kind {
        ContainerKind::Pallet => MarkKind::Pallet,
        ContainerKind::Cage => MarkKind::Cage,
        ContainerKind::Box => MarkKind::Box,
        ContainerKind::Truck => MarkKind::Truck,
        ContainerKind::Aircraft => MarkKind::Aircraft,
        ContainerKind::Vessel => MarkKind::Vessel,
        ContainerKind::Train => MarkKind::Train,
        ContainerKind::Room => MarkKind::Room,
        ContainerKind::Shelf => MarkKind::Shelf,
        ContainerKind::Other => MarkKind::Other,
    }
}

#[cfg(test)]
mod tests;
