//! Where something was, is or will be; and the path it took.

use axum::{
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Json, Response},
};
use domain::{
    id::{ContainerId, PlaceId, Subject},
    record::{PlaceKind, Record},
    time::{DAY, Timestamp},
    whereabouts::TrackPoint,
};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::{
    IntoParams,
    openapi::{RefOr, Schema},
};

use crate::{
    Api,
    auth::Signed,
    handlers::{id, naming::Known, packages::find},
    problem::{Problem, Result},
    query::{Parameters, Query, Segment, with},
    wire::{
        scalar::{Id, Time},
        viewer::Viewer,
        whereabouts::Whereabouts,
        word::Word,
    },
};

/// The media type of a track.
pub const GEO_JSON: &str = "application/geo+json";
/// How far back a track begins when nobody says.
const TRACK_DEFAULT: i64 = 30 * DAY;
/// Points of a track nobody asked a number for.
const POINTS_DEFAULT: usize = 500;

/// The instant that is asked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Instant {
    /// Past, present or future; now when missing.
    at: Option<Time>,
}

impl Parameters for Instant {
    fn schemas() -> Vec<(String, RefOr<Schema>)> {
        with::<Time>(Vec::new())
    }
}

/// The time that a track covers.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// From when; 30 days before the end when missing.
    from: Option<Time>,
    /// Until when; now when missing.
    to: Option<Time>,
    /// Most points; 500 when missing.
    #[param(minimum = 2, maximum = 2000)]
    points: Option<usize>,
}

impl Parameters for Span {
    fn schemas() -> Vec<(String, RefOr<Schema>)> {
        with::<Time>(Vec::new())
    }
}

/// Where a package is.
pub async fn of_package(
    State(api): State<Api>,
    signed: Signed,
    Segment(text): Segment<String>,
    Query(instant): Query<Instant>,
) -> Result<Json<Whereabouts>> {
    let subject = Subject::Package(find(&api, &text).await?);
    let known = api.service().known(subject).await?;
    let own = known.state.package().filter(|it| signed.is_recipient(it));
    let own = own.and_then(|it| it.destination);
    whereabouts(&api, signed.viewer(), subject, instant, own).await
}

/// Where a container is.
pub async fn of_container(
    State(api): State<Api>,
    signed: Signed,
    Segment(text): Segment<String>,
    Query(instant): Query<Instant>,
) -> Result<Json<Whereabouts>> {
    let subject = Subject::Container(id::<ContainerId>(&text)?);
    whereabouts(&api, signed.viewer(), subject, instant, None).await
}

async fn whereabouts(
    api: &Api,
    viewer: Viewer,
    subject: Subject,
    instant: Instant,
    own: Option<PlaceId>,
) -> Result<Json<Whereabouts>> {
    let at = instant.at.map_or_else(|| api.now(), |it| it.0);
    let mut found = api.service().whereabouts(subject, at, viewer.personal).await?;
    // Who it is addressed to knows where they live; of other homes on its way
    // they see the town, like everybody.
    let delivered = own.is_some() && found.as_ref().is_some_and(|it| it.place == own);
    if delivered && !viewer.personal {
        found = api.service().whereabouts(subject, at, true).await?;
    }
    let found = found.ok_or_else(|| {
        let detail = format!("Nothing is known of {subject} by {}.", Time(at));
        Problem { detail, ..Problem::not_found("") }
    })?;
    let mut answer = Whereabouts::of(subject, Time(at), &found);
    let places = found.place.into_iter().chain(found.towards).map(Subject::Place);
    let known = Known::look_up(api, found.chain.iter().copied().chain(places)).await?;
    let home = |record: &Record| matches!(record, Record::Place(it) if it.kind == PlaceKind::Home);
    let at_home = found.place.is_some_and(|it| known.record(Subject::Place(it)).is_some_and(home));
    let person = |record: &Record| matches!(record, Record::Tracker(it) if it.person);
    let with_person = found.chain.iter().any(|it| known.record(*it).is_some_and(person));
    answer.coarse = (at_home || with_person) && !viewer.personal && !delivered;
    answer.names = known.names(viewer);
    Ok(Json(answer))
}

/// The path of a package.
pub async fn track_of_package(
    State(api): State<Api>,
    signed: Signed,
    Segment(text): Segment<String>,
    Query(span): Query<Span>,
) -> Result<Response> {
    let subject = Subject::Package(find(&api, &text).await?);
    track(&api, signed.viewer(), subject, span).await
}

/// The path of a container.
pub async fn track_of_container(
    State(api): State<Api>,
    signed: Signed,
    Segment(text): Segment<String>,
    Query(span): Query<Span>,
) -> Result<Response> {
    let subject = Subject::Container(id::<ContainerId>(&text)?);
    track(&api, signed.viewer(), subject, span).await
}

async fn track(api: &Api, viewer: Viewer, subject: Subject, span: Span) -> Result<Response> {
    let to = span.to.map_or_else(|| api.now(), |it| it.0);
    let from = span.from.map_or_else(|| to.plus(-TRACK_DEFAULT), |it| it.0);
    if to < from {
        return Err(Problem::parameter("?from", "order", "from lies after to."));
    }
    let points_max = span.points.unwrap_or(POINTS_DEFAULT);
    let points = api.service().track(subject, (from, to), points_max, viewer.personal).await?;
    let body = feature_collection(subject, (from, to), &points).to_string();
    Ok(([(CONTENT_TYPE, GEO_JSON)], body).into_response())
}

/// A line and its points (RFC 7946): heights are metres above the ellipsoid.
/// The line is cut where it crosses the 180th meridian, as the RFC asks.
fn feature_collection(
    subject: Subject,
    (from, to): (Timestamp, Timestamp),
    points: &[TrackPoint],
) -> Value {
    let mut features = Vec::with_capacity(points.len() + 1);
    if 2 <= points.len() {
        let lines = lines(points);
        features.push(json!({
            "type": "Feature",
            "geometry": { "type": "MultiLineString", "coordinates": lines },
            "properties": {
                "subject": Id(subject),
                "from": Time(from),
                "to": Time(to),
            },
        }));
    }
    features.extend(points.iter().map(|it| {
        json!({
            "type": "Feature",
            "geometry": { "type": "Point", "coordinates": coordinates(it) },
            "properties": {
                "at": Time(it.at),
                "radius_95_m": (it.radius_95_m * 10.0).round() / 10.0,
                "basis": Word(it.basis),
            },
        })
    }));
    json!({ "type": "FeatureCollection", "features": features })
}

fn coordinates(point: &TrackPoint) -> Vec<f64> {
    let mut all = vec![point.position.lon(), point.position.lat()];
    all.extend(point.height_m.map(|it| (it * 10.0).round() / 10.0));
    all
}

/// The parts of the line on each side of the 180th meridian.
fn lines(points: &[TrackPoint]) -> Vec<Vec<Vec<f64>>> {
    let mut all: Vec<Vec<Vec<f64>>> = vec![vec![coordinates(&points[0])]];
    for pair in points.windows(2) {
        let (a, b) = (&pair[0], &pair[1]);
        let (lon_a, lon_b) = (a.position.lon(), b.position.lon());
        if 180.0 < (lon_b - lon_a).abs() {
            let edge = if lon_a < 0.0 { -180.0 } else { 180.0 };
            // How far along the way the meridian lies, going the short way round.
            let beyond = lon_b + 360.0_f64.copysign(lon_a);
            let part = if beyond == lon_a { 0.5 } else { (edge - lon_a) / (beyond - lon_a) };
            let lat = a.position.lat() + part * (b.position.lat() - a.position.lat());
            let height_m = a.height_m.zip(b.height_m).map(|(a, b)| (b - a).mul_add(part, a));
            let at = |lon: f64| {
                let mut all = vec![lon, lat];
                all.extend(height_m.map(|it| (it * 10.0).round() / 10.0));
                all
            };
            all.last_mut().expect("there is always a part").push(at(edge));
            all.push(vec![at(-edge)]);
        }
        let line = all.last_mut().expect("there is always a part");
        // What rests is one point of a line, however long it rests.
        if line.last() != Some(&coordinates(b)) {
            line.push(coordinates(b));
        }
    }
    for line in all.iter_mut().filter(|it| it.len() == 1) {
        line.push(line[0].clone());
    }
    all
}

#[cfg(test)]
mod tests;
