//! Where what moves was over an hour: told as [`crate::whereabouts`] tells it, thinned,
//! and kept once the hour is over. Each way says how many events it follows from: one
//! that has more by now is told again, the others stay.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    holding::HolderId,
    id::{Subject, TrackerId},
    map::{Mark, MarkKind, Path, TileContent},
    mode::Mode,
    position::LatLon,
    record::Record,
    reel::begin_of,
    state::State,
    time::{HOUR, MINUTE, Millis, Timestamp},
    timeline::Timeline,
    whereabouts::TrackPoint,
};
use futures::{StreamExt, TryStreamExt, stream};
use minicbor::{Decode, Encode, bytes::ByteVec};

use super::{
    GRACE, Name,
    kept::{IN_ROW_MAX, Said},
};
use crate::{
    Service,
    error::{Error, Result},
    holders::shown::{RESTS_M, described, point},
    keys::{ReelPart, Row},
    rows::{LateRow, Shown, to_bytes},
};

/// Points of an hour's way, so that a city's tiles stay small.
const POINTS_MAX: usize = 16;
/// Ways told at the same time.
const AT_ONCE: usize = 64;
/// Ways in memory are good for so long.
const FRESH: Millis = MINUTE;
/// Ways that are written together.
const CHUNK: usize = 10_000;
/// What travels with a person is shown this coarsely, in 1e-7 degrees,
const COARSE_E7: i32 = 1_000_000;
/// within so many metres.
const COARSE_M: f64 = 15_000.0;

/// Where what moves was over an hour.
#[derive(Debug, Default)]
pub struct Ways {
    /// How often fixes of the hour had come late.
    late: u64,
    told: BTreeMap<HolderId, Way>,
}

/// Where one holder was.
#[derive(Debug)]
struct Way {
    /// The child that came to it last, which may have told where it was.
    latest: Option<Subject>,
    /// How many events the two have together.
    seq: u64,
    /// Whether its trackers were heard of since the hour: then only what comes late
    /// tells more of it.
    settled: bool,
    /// Nothing if nobody knows.
    shown: Option<Shown>,
}

/// What matters of what travelled along.
struct Along {
    /// How it had left, if it was on its way.
    mode: Option<Mode>,
    /// Whether a tracker that follows a person was there.
    person: bool,
    /// Whether its trackers were heard of since.
    settled: bool,
}

#[derive(Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
struct StoredWays {
    #[n(0)]
    late: u64,
    #[n(1)]
    told: Vec<StoredWay>,
    /// The ways that are known, in the same order: columns of tiles.
    #[n(2)]
    marks: Vec<ByteVec>,
}

#[derive(Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
struct StoredWay {
    #[n(0)]
    holder: HolderId,
    #[n(1)]
    latest: Option<HolderId>,
    #[n(2)]
    seq: u64,
    #[n(3)]
    settled: bool,
    #[n(4)]
    known: bool,
}

impl Service {
    /// Where holders are over an hour, each given with the child that came to it
    /// last. `name` names the turns that they follow from.
    pub(super) async fn ways(
        &self,
        hour: u32,
        name: Name,
        wanted: BTreeMap<HolderId, Option<Subject>>,
    ) -> Result<Arc<Ways>> {
        let now = self.clock.now();
        if let Some((at, known)) = self.past.ways.get(&name)
            && now.since(at).abs() < FRESH
        {
            return Ok(known);
        }
        let over = HOUR + GRACE <= now.since(begin_of(hour));
        let late = self.came_late(hour).await?;
        let key = Row::Reel(hour / 24, ReelPart::Ways, (hour % 24) as u8).key();
        let found = if over { self.read_part(&key).await? } else { None };
        let kept = found.as_ref().map(|it| Ways::from_bytes(&it.1)).transpose()?;
        let mut kept = kept.unwrap_or_default();
        let mut changed = kept.late != late || found.is_none() && !wanted.is_empty();
        if kept.late != late {
            kept.told.clear();
        }
        changed |= kept.told.keys().any(|it| !wanted.contains_key(it));
        let each: Vec<_> = wanted
            .into_iter()
            .map(|(holder, latest)| {
                let (before, service) = (kept.told.remove(&holder), self.clone());
                // Finding the way of a lorry takes processors: all of them may help.
                async move {
                    let way = async move { service.way(hour, holder, latest, before).await };
                    tokio::spawn(way).await.map_err(|it| Error::Unavailable(it.to_string()))?
                }
            })
            .collect();
        let mut each = stream::iter(each).buffer_unordered(AT_ONCE);
        let mut ways = Ways { late, told: BTreeMap::new() };
        while let Some((holder, way, new)) = each.try_next().await? {
            changed |= new;
            ways.told.insert(holder, way);
        }
        if over && changed {
            let (found, bytes) = (found.as_ref().map(|it| &it.0), to_bytes(&ways.stored()));
            // As whoever reads it: what is kept is rounded.
            ways = Ways::from_bytes(&bytes)?;
            // Whoever was faster told the same.
            let said = Said { in_row_max: IN_ROW_MAX, ..Said::default() };
            self.keep_part(&key, found, bytes, said).await?;
        }
        let ways = Arc::new(ways);
        self.past.ways.insert(name, (now, Arc::clone(&ways)));
        Ok(ways)
    }

    /// Where holders are over an hour, told now.
    pub(super) async fn tell_ways(
        &self,
        hour: u32,
        wanted: BTreeMap<HolderId, Option<Subject>>,
    ) -> Result<Ways> {
        let mut ways = Ways::default();
        for (holder, latest) in wanted {
            let (_, way, _) = self.way(hour, holder, latest, None).await?;
            ways.told.insert(holder, way);
        }
        Ok(ways)
    }

    /// A holder's way, and whether it was told anew.
    async fn way(
        &self,
        hour: u32,
        holder: HolderId,
        latest: Option<Subject>,
        before: Option<Way>,
    ) -> Result<(HolderId, Way, bool)> {
        let own = match holder {
            HolderId::Package(id) => Some(Subject::Package(id)),
            HolderId::Container(id) => Some(Subject::Container(id)),
            HolderId::Place(_) | HolderId::Lane(_) => None,
        };
        let (mut states, mut seq) = (Vec::new(), 0);
        for subject in own.into_iter().chain(latest) {
            if let Some((head, _)) = self.head(subject).await? {
                seq += head.seq;
                states.push((subject, head.state));
            }
        }
        if let Some(before) = before.filter(|it| it.settled && (it.latest, it.seq) == (latest, seq))
        {
            return Ok((holder, before, false));
        }
        let (mut shown, mut settled) = (None::<Shown>, true);
        for (subject, state) in &states {
            if shown.as_ref().is_some_and(|it| it.path.points()[0].at <= begin_of(hour)) {
                break;
            }
            let along = self.along(*subject, hour).await?;
            settled &= along.settled;
            let told = self.told_by(*subject, state, hour, &along).await?;
            shown = match (shown, told) {
                (Some(own), Some(before)) => Some(begun_as(own, &before)),
                (own, told) => own.or(told),
            };
        }
        // A container of which nobody said anything is where what it holds is.
        if let (Some(shown), Some((subject, state))) = (&mut shown, states.first())
            && own == Some(*subject)
        {
            let (kind, name, mode) = described(state);
            (shown.kind, shown.name, shown.mode) = (kind, name, shown.mode.or(mode));
        }
        if let (Some(shown), HolderId::Lane(_)) = (&mut shown, holder) {
            (shown.kind, shown.name) = (MarkKind::Lane, None);
        }
        Ok((holder, Way { latest, seq, settled, shown }, true))
    }

    /// Where something was over an hour, as far as it is over.
    async fn told_by(
        &self,
        subject: Subject,
        state: &State,
        hour: u32,
        along: &Along,
    ) -> Result<Option<Shown>> {
        if state.record.is_none() {
            return Ok(None);
        }
        let from = begin_of(hour);
        let to = from.plus(HOUR).min(self.clock.now()).max(from);
        let (track, end) = self.track_to(subject, (from, to), POINTS_MAX).await?;
        let (Some(first), Some(last)) = (track.first(), track.last()) else { return Ok(None) };
        let (kind, name, mode) = described(state);
        let radius_m = track.iter().map(|it| it.radius_95_m).fold(1.0, f64::max);
        let follows_person = along.person;
        let points = if follows_person {
            vec![point(first.at, coarse(last.position), None)]
        } else {
            track.iter().map(|it: &TrackPoint| point(it.at, it.position, it.height_m)).collect()
        };
        let radius_m = if follows_person { radius_m.max(COARSE_M) } else { radius_m };
        let path = Path::along(points).expect("there are points");
        let resting = || Path::along(vec![point(first.at, last.position, last.height_m)]);
        let moves = follows_person || RESTS_M <= path.length_m(from, to);
        let path = if moves { path } else { resting().expect("one point is a path") };
        Ok(Some(Shown {
            kind,
            mode: along.mode.or(mode),
            name,
            path,
            radius_95_m: radius_m.min(40_000_000.0) as u32,
            as_of: end.as_ref().map_or(first.at, |it| it.as_of),
            basis: end.map(|it| it.basis),
        }))
    }

    /// What matters of what travelled along with something in an hour.
    async fn along(&self, subject: Subject, hour: u32) -> Result<Along> {
        let (from, to) = (begin_of(hour), begin_of(hour).plus(HOUR));
        let timeline = Timeline::of(&self.all_events(subject).await?);
        let mode = timeline.departure_by(to).and_then(|it| it.mode);
        let mut along = Along { mode, person: false, settled: true };
        let lasts = |from_at: Timestamp, until: Option<Timestamp>| {
            from_at <= to && until.is_none_or(|it| from <= it)
        };
        let trackers = timeline.trackers.iter().filter(|it| lasts(it.from, it.until));
        for tracker in trackers.map(|it| it.tracker).collect::<Vec<TrackerId>>() {
            let head = self.head(Subject::Tracker(tracker)).await?;
            if let Some(Record::Tracker(record)) = head.and_then(|it| it.0.state.record) {
                along.person |= record.person;
            }
            let latest = self.heard_of(tracker).await?.and_then(|it| it.latest);
            along.settled &= latest.is_some_and(|it| to < it.at);
        }
        Ok(along)
    }

    async fn came_late(&self, hour: u32) -> Result<u64> {
        let key = Row::Reel(hour / 24, ReelPart::Late, (hour % 24) as u8).key();
        let entry = self.table.get(&key).await?;
        let row: Option<LateRow> = entry.map(|it| minicbor::decode(&it.value)).transpose()?;
        Ok(row.unwrap_or_default().count)
    }
}

impl Ways {
    /// Whether it was asked where a holder is.
    pub fn knows(&self, holder: HolderId) -> bool {
        self.told.contains_key(&holder)
    }

    /// Where the map shows a holder at an instant of the hour; nothing if nobody knows.
    pub fn shown(&self, holder: HolderId, at: Timestamp) -> Option<&Shown> {
        let shown = self.told.get(&holder)?.shown.as_ref()?;
        // Before its first point nothing was known of it; but a lane is where any of
        // its packages is.
        let told = shown.kind == MarkKind::Lane || shown.path.points()[0].at <= at;
        told.then_some(shown)
    }

    fn stored(&self) -> StoredWays {
        let told = |(holder, way): (&HolderId, &Way)| StoredWay {
            holder: *holder,
            latest: way.latest.and_then(holder_of),
            seq: way.seq,
            settled: way.settled,
            known: way.shown.is_some(),
        };
        let shown = self.told.iter().filter_map(|(id, it)| Some((*id, it.shown.as_ref()?)));
        let marks: Vec<Mark> = shown.map(|(id, it)| mark(id, it)).collect();
        let chunk = |it: &[Mark]| {
            let content = TileContent { clusters: Vec::new(), marks: it.to_vec() };
            ByteVec::from(content.to_bytes())
        };
        StoredWays {
            late: self.late,
            told: self.told.iter().map(told).collect(),
            marks: marks.chunks(CHUNK).map(chunk).collect(),
        }
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let StoredWays { late, told, marks } = minicbor::decode(bytes)?;
        let mut known = Vec::new();
        for chunk in marks {
            let content = TileContent::from_bytes(&chunk);
            let content = content.map_err(|it| Error::Corrupt(format!("ways of an hour: {it}")))?;
            known.extend(content.marks);
        }
        let mut known = known.into_iter();
        let mut way = |it: StoredWay| {
            let shown = if it.known { known.next().and_then(shown) } else { None };
            let latest = it.latest.and_then(child_of);
            (it.holder, Way { latest, seq: it.seq, settled: it.settled, shown })
        };
        Ok(Self { late, told: told.into_iter().map(&mut way).collect() })
    }
}

const fn holder_of(child: Subject) -> Option<HolderId> {
    match child {
        Subject::Package(id) => Some(HolderId::Package(id)),
        Subject::Container(id) => Some(HolderId::Container(id)),
        _ => None,
    }
}

const fn child_of(holder: HolderId) -> Option<Subject> {
    match holder {
        HolderId::Package(id) => Some(Subject::Package(id)),
        HolderId::Container(id) => Some(Subject::Container(id)),
        _ => None,
    }
}

/// A way that begins as another until something is told of itself.
fn begun_as(own: Shown, before: &Shown) -> Shown {
    let first = own.path.points()[0];
    let begun = before.path.points().iter().filter(|it| it.at < first.at);
    let points = begun.chain(own.path.points()).copied().collect();
    Shown { path: Path::along(points).expect("there are points"), ..own }
}

fn mark(id: HolderId, shown: &Shown) -> Mark {
    let Shown { kind, mode, name, path, radius_95_m, as_of, basis } = shown.clone();
    let path = path.points().to_vec();
    let (carrier, packages, problems) = (None, 0, 0);
    Mark { id, kind, mode, basis, carrier, packages, problems, radius_95_m, as_of, name, path }
}

fn shown(mark: Mark) -> Option<Shown> {
    let Mark { kind, mode, basis, name, path, radius_95_m, as_of, .. } = mark;
    Some(Shown { kind, mode, name, path: Path::along(path)?, radius_95_m, as_of, basis })
}

/// The middle of a coarse cell that a point lies in.
fn coarse(at: LatLon) -> LatLon {
    let middle = |it: i32| it - it.rem_euclid(COARSE_E7) + COARSE_E7 / 2;
    LatLon::wrapped(f64::from(middle(at.lat_e7())) / 1e7, f64::from(middle(at.lon_e7())) / 1e7)
}

#[cfg(test)]
mod tests;
