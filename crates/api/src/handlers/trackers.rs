//! Trackers: register, find, give their devices keys, take their fixes.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header::LOCATION},
    response::{IntoResponse, Json, Response},
};
use domain::{
    event::Fact,
    fixes::Batch,
    id::{Subject, SubjectKind, TrackerId},
    leaf::hex,
    record::{Record, TrackerRecord},
    time::Timestamp,
};
use service::{FieldError, backlog::BEHIND_MAX, fixes::FIXES_MAX, people::SignedIn};

use crate::{
    Api,
    auth::Signed,
    body::{Body, media_type, read_all, unsupported},
    cursor,
    handlers::{
        Part,
        clients::Search,
        id,
        recording::{Keyed, Saying, say},
    },
    json,
    problem::{Kind, Problem, Result},
    query::{Query, Segment},
    schema,
    wire::{
        event::Measurement,
        fixes::{
            FixesAccepted, FixesInput, Latest, Tracker, TrackerInput, TrackerMade, TrackerName,
            Trackers,
        },
        reading::Reading,
        scalar::{Id, Time},
    },
};

/// The media type of fixes as columns; docs/formats.md says how they look.
pub const COLUMNS: &str = "application/vnd.whereabouts.fixes";
/// Most bytes of a batch of fixes.
const LEN_MAX: usize = 2 * 1024 * 1024;
/// Whoever is put off may send again after so many seconds, and up to twice as many.
const RETRY_AFTER_S: i64 = 5;
const LIST: &str = "trackers";

/// Registers a tracker and gives its device a key.
pub async fn create(
    State(api): State<Api>,
    signed: Signed,
    keyed: Keyed,
    Body(input): Body<TrackerInput>,
) -> Result<Response> {
    let event = keyed.event(&api, &signed, 0);
    let tracker = TrackerId::derive(&[event.as_bytes()]);
    let record = TrackerRecord { name: input.name.0, person: input.person };
    let fact = Fact::Registered(Box::new(Record::Tracker(record)));
    // A tracker was there before anybody wrote it down.
    let given = Some(Time(Timestamp::MIN));
    let said = Saying::new(event, Subject::Tracker(tracker), given, fact);
    let receipt = say(&api, &signed.attribution(), said).await?;
    let key = api.service().issue_device_key(tracker).await?;
    let status = if receipt.duplicate { StatusCode::OK } else { StatusCode::CREATED };
    let location = HeaderValue::from_str(&format!("/v1/trackers/{tracker}"));
    let location = [(LOCATION, location.expect("ids are letters and digits"))];
    Ok((status, location, Json(TrackerMade { id: Id(tracker), key })).into_response())
}

/// Lists trackers by name.
pub async fn list(
    State(api): State<Api>,
    Query(Part { of: search, paging }): Query<Part<Search>>,
) -> Result<Json<Trackers>> {
    let after = paging.after(LIST)?;
    let page =
        api.service().named(SubjectKind::Tracker, search.text(), after, paging.limit()).await?;
    let trackers = page.names.into_iter().filter_map(|it| match it.subject {
        Subject::Tracker(id) => Some(TrackerName { id: Id(id), name: it.name }),
        _ => None,
    });
    let trackers = trackers.collect();
    Ok(Json(Trackers { trackers, next: page.after.map(|it| cursor::write(LIST, &it)) }))
}

/// One tracker.
pub async fn one(
    State(api): State<Api>,
    signed: Signed,
    Segment(text): Segment<String>,
) -> Result<Json<Tracker>> {
    let tracker: TrackerId = id(&text)?;
    let known = api.service().known(Subject::Tracker(tracker)).await?;
    let Some(Record::Tracker(record)) = known.state.record else {
        return Err(Problem::not_found(&text));
    };
    let heard = api.service().heard_of(tracker).await?;
    let shown = !record.person || signed.viewer().personal;
    let latest = heard.as_ref().and_then(|it| it.latest).filter(|_| shown);
    Ok(Json(Tracker {
        id: Id(tracker),
        name: record.name,
        person: record.person,
        key_since: api.service().device_since(tracker).await?.map(Time),
        heard_at: heard.map(|it| Time(it.heard_at)),
        latest: latest
            .map(|fix| Latest { at: Time(fix.at), measured: Measurement::of(&fix.into()) }),
    }))
}

/// Gives a tracker's device a new key; the one before is worthless from now on.
pub async fn new_key(
    State(api): State<Api>,
    Segment(text): Segment<String>,
) -> Result<Json<TrackerMade>> {
    let tracker: TrackerId = id(&text)?;
    let key = api.service().issue_device_key(tracker).await?;
    Ok(Json(TrackerMade { id: Id(tracker), key }))
}

/// Takes a tracker's device its key away.
pub async fn no_key(State(api): State<Api>, Segment(text): Segment<String>) -> Result<StatusCode> {
    let tracker: TrackerId = id(&text)?;
    api.service().known(Subject::Tracker(tracker)).await?;
    api.service().disable_device(tracker).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Accepts a batch of fixes, unless what follows from earlier ones is too far behind:
/// then they are put off before they are read, and not all for the same time.
pub async fn add_fixes(
    State(api): State<Api>,
    signed: Signed,
    keyed: Keyed,
    request: Request,
) -> Result<Response> {
    if BEHIND_MAX < api.service().fixes_behind() {
        let [jitter] = api.random::<1>();
        let detail = "Fixes come faster than they are taken in. Sending the same again is safe.";
        let seconds = RETRY_AFTER_S + i64::from(jitter) % RETRY_AFTER_S;
        return Err(Problem::new(Kind::Unavailable, detail).retry_after(seconds));
    }
    let own = match signed.0.how {
        SignedIn::Device { tracker } => Some(tracker),
        _ => None,
    };
    let media = media_type(request.headers());
    let batch = match media.as_deref() {
        Some(COLUMNS) => of_columns(&read_all(request, LEN_MAX).await?, own)?,
        Some("application/json") => of_json(&read_all(request, LEN_MAX).await?, own)?,
        other => return Err(unsupported(&format!("application/json or {COLUMNS}"), other)),
    };
    let accepted = api.service().accept_fixes(&signed.attribution(), keyed.key(), &batch).await?;
    let status = match (accepted.duplicate, accepted.queued) {
        (true, _) => StatusCode::OK,
        (false, true) => StatusCode::ACCEPTED,
        (false, false) => StatusCode::CREATED,
    };
    let body = FixesAccepted {
        batch: hex(&accepted.batch),
        fixes: accepted.fixes,
        duplicate: accepted.duplicate,
    };
    Ok((status, Json(body)).into_response())
}

fn of_columns(bytes: &[u8], own: Option<TrackerId>) -> Result<Batch> {
    let wrong = |code, detail: String| {
        let error = FieldError { pointer: String::new(), code, detail: detail.clone() };
        Problem { errors: vec![error], ..Problem::new(Kind::Malformed, detail) }
    };
    let batch = Batch::from_bytes(bytes).map_err(|it| wrong("columns", format!("{it}.")))?;
    match own {
        Some(own) if batch.trackers.iter().any(|it| *it != own) => {
            Err(wrong("another", format!("This device reports for {own} alone.")))
        }
        _ => Ok(batch),
    }
}

fn of_json(bytes: &[u8], own: Option<TrackerId>) -> Result<Batch> {
    let input = match FixesInput::fast(bytes) {
        Some(input) if input.fixes.len() <= FIXES_MAX => input,
        _ => schema::read(&json::parse(bytes)?, "").map_err(Problem::invalid)?,
    };
    let mut reading = Reading::new();
    let fixes = input.read(own, &mut reading);
    if !reading.faults.is_empty() {
        return Err(Problem::invalid(reading.faults));
    }
    Ok(Batch::of(fixes))
}
