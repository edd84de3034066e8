//! What every route that records has in common: ids that make repeating safe,
//! places named by text, and mistakes that point at what was sent.

use std::collections::BTreeMap;

use axum::{
    extract::{FromRequestParts, MatchedPath},
    http::{HeaderMap, Uri, header::IF_MATCH, request::Parts},
    response::Json,
};
use domain::{
    admit::applies,
    draft::Draft,
    event::Fact,
    id::{EventId, PlaceId, Subject, SubjectKind},
};
use service::{
    Error, FieldError,
    places::Meant,
    record::{Attribution, Receipt},
    rows::Recorded,
};

use crate::{
    Api,
    auth::Signed,
    problem::{Kind, Problem, Result},
    wire::{reading::Reading, receipt, scalar::Time},
};

/// How often an amendment is thought up again when others change the same thing.
const AMENDMENTS_MAX: usize = 24;
/// Longest key a client may give.
const KEY_LEN_MAX: usize = 200;

/// What makes repeating a request safe: with `Idempotency-Key`, the ids of what
/// it records follow from the key; without one they are random.
#[derive(Clone, Debug)]
pub struct Keyed {
    key: Option<String>,
    route: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Keyed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let path = match MatchedPath::from_request_parts(parts, state).await {
            Ok(_) => Uri::path(&parts.uri).to_owned(),
            Err(_) => String::new(),
        };
        let route = format!("{} {path}", parts.method);
        let Some(value) = parts.headers.get("idempotency-key") else {
            return Ok(Self { key: None, route });
        };
        let key = value.to_str().ok().filter(|it| (1..=KEY_LEN_MAX).contains(&it.len()));
        let key = key.ok_or_else(|| {
            let detail = format!("1 to {KEY_LEN_MAX} plain characters are expected");
            Problem::parameter("header:Idempotency-Key", "key", detail)
        })?;
        Ok(Self { key: Some(key.to_owned()), route })
    }
}

impl Keyed {
    /// The client's key, if it gave one.
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// The id of what the request says at this index.
    #[must_use]
    pub fn event(&self, api: &Api, signed: &Signed, index: usize) -> EventId {
        match &self.key {
            Some(key) => {
                let index = (index as u64).to_be_bytes();
                let actor = signed.0.actor.as_bytes();
                EventId::derive(&[actor, self.route.as_bytes(), key.as_bytes(), &index])
            }
            None => EventId::from_bytes(api.random()),
        }
    }

    /// What the same request recorded when it was sent before. Neither its
    /// precondition nor what it has changed since counts for its repetition.
    pub async fn said_before(
        &self,
        api: &Api,
        signed: &Signed,
        subject: Subject,
    ) -> Result<Option<Recorded>> {
        if self.key.is_none() {
            return Ok(None);
        }
        Ok(api.service().recorded(subject, self.event(api, signed, 0)).await?)
    }
}

/// One fact that a request wants recorded.
#[derive(Debug)]
pub struct Saying {
    /// Its id, of [`Keyed::event`].
    pub id: EventId,
    /// What it is about.
    pub subject: Subject,
    /// When it happened, if the client said so; else now.
    pub given: Option<Time>,
    /// What happened.
    pub fact: Fact,
    /// The number of events its author knew of, where it counts.
    pub unchanged_since: Option<u64>,
    /// Things it speaks of by id, and where.
    pub mentions: Vec<(String, Subject)>,
    /// Where it stands in what was sent.
    pub base: String,
}

impl Saying {
    /// A fact that holds whatever happened meanwhile, sent as a whole body.
    pub fn new(id: EventId, subject: Subject, given: Option<Time>, fact: Fact) -> Self {
        let (unchanged_since, mentions, base) = (None, Vec::new(), String::new());
        Self { id, subject, given, fact, unchanged_since, mentions, base }
    }
}

/// What a body was read to, and what it speaks of.
#[derive(Debug)]
pub struct Read<T> {
    /// What it says.
    pub value: T,
    /// Things it speaks of by id, and where.
    pub mentions: Vec<(String, Subject)>,
}

/// Reads a body; resolves the places it names by text.
pub async fn read<T>(
    api: &Api,
    read: impl for<'a> Fn(&mut Reading<'a>) -> Option<T>,
) -> Result<Read<T>> {
    let mut first = Reading::new();
    let value = read(&mut first);
    if first.searches.is_empty() {
        return finished(value, first);
    }
    let mut faults = first.faults;
    let mut resolved = BTreeMap::new();
    for (text, pointer) in first.searches {
        if resolved.contains_key(&text) {
            continue;
        }
        match find_place(api, &text).await? {
            Ok(id) => {
                resolved.insert(text, id);
            }
            Err((code, detail)) => faults.push(FieldError { pointer, code, detail }),
        }
    }
    if !faults.is_empty() {
        return Err(Problem::invalid(faults));
    }
    let mut second = Reading::with(&resolved);
    let value = read(&mut second);
    finished(value, second)
}

fn finished<T>(value: Option<T>, reading: Reading) -> Result<Read<T>> {
    if !reading.faults.is_empty() {
        return Err(Problem::invalid(reading.faults));
    }
    let value = value.expect("reading without a fault gives a value");
    Ok(Read { value, mentions: reading.mentions })
}

/// The one place that a text means, or why there is none.
async fn find_place(
    api: &Api,
    text: &str,
) -> Result<std::result::Result<PlaceId, (&'static str, String)>> {
    match api.service().place_meant(text).await? {
        Meant::One(id) => Ok(Ok(id)),
        Meant::Several(candidates) => {
            let all = candidates.join("; ");
            Ok(Err(("ambiguous_place", format!("this may be any of: {all}"))))
        }
        Meant::None => find_named_place(api, text).await,
    }
}

/// A place of our own by its whole name.
async fn find_named_place(
    api: &Api,
    text: &str,
) -> Result<std::result::Result<PlaceId, (&'static str, String)>> {
    let page = api.service().named(SubjectKind::Place, text, None, 50).await?;
    let wanted = text.trim().to_lowercase();
    let mut same: Vec<PlaceId> = Vec::new();
    for found in page.names {
        if let (true, Subject::Place(id)) =
            (found.name.trim().to_lowercase() == wanted, found.subject)
        {
            same.push(id);
        }
    }
    Ok(match same[..] {
        [id] => Ok(id),
        [] => {
            let detail = "no place of this name is known: register it, or write city and country";
            Err(("unknown_place", detail.to_owned()))
        }
        _ => {
            let all: Vec<String> = same.iter().map(ToString::to_string).collect();
            Err(("ambiguous_place", format!("several places have this name: {}", all.join(", "))))
        }
    })
}

/// Refuses a fact that makes no sense for this kind of subject.
pub fn check_applies(fact: &Fact, kind: SubjectKind, reading: &mut Reading) {
    let said = fact.asserted().unwrap_or(fact);
    if !applies(fact.kind(), kind) {
        let detail = format!("a {kind} cannot be {}", fact.kind());
        reading.fault("kind", "wrong_subject", detail);
    } else if !applies(said.kind(), kind) {
        let detail = format!("a {kind} cannot be {}", said.kind());
        reading.within("event", |it| it.fault("kind", "wrong_subject", detail));
    } else if matches!(fact, Fact::Corrected { .. }) {
        reading.within("event", |it| check_record(said, kind, it));
    } else {
        check_record(fact, kind, reading);
    }
}

/// Refuses what describes another kind of subject.
fn check_record(fact: &Fact, kind: SubjectKind, reading: &mut Reading) {
    let (field, record) = match fact {
        Fact::Registered(record) => ("record", record),
        Fact::Amended { set, .. } => ("set", set),
        _ => return,
    };
    if record.kind() != kind {
        let detail = format!("a {} record cannot describe a {kind}", record.kind());
        reading.fault(field, "wrong_record", detail);
    }
}

/// Records facts about one subject, sent as a list; mistakes point into it.
pub async fn record(
    api: &Api,
    by: &Attribution,
    drafts: Vec<Draft>,
    mentions: &[(String, Subject)],
) -> Result<Vec<Receipt>> {
    match api.service().record(by, drafts).await {
        Ok(receipts) => Ok(receipts),
        Err(why) => Err(explained(api, why, mentions, |counted| counted).await?),
    }
}

/// Records one fact by somebody; mistakes point to where it stands in what was sent.
pub async fn say(api: &Api, by: &Attribution, saying: Saying) -> Result<Receipt> {
    let Saying { id, subject, given, fact, unchanged_since, mentions, base } = saying;
    let happened_at = given.map_or_else(|| api.now(), |Time(at)| at);
    let mut draft = Draft { id, subject, happened_at, fact };
    let mut recorded = api.service().record_if(by, vec![draft.clone()], unchanged_since).await;
    if let (Err(Error::Differs { .. }), None) = (&recorded, given) {
        // Sent before without a time: what was taken as now then is meant again.
        if let Some(before) = api.service().recorded(subject, id).await? {
            draft.happened_at = before.event.happened_at;
            recorded = api.service().record_if(by, vec![draft], unchanged_since).await;
        }
    }
    // The service counts events, and this is its first and only one.
    let place = |counted: String| match counted.strip_prefix("/0") {
        Some(inside) => format!("{base}{inside}"),
        None => format!("{base}{counted}"),
    };
    match recorded {
        Ok(receipts) => Ok(receipts.into_iter().next().expect("one event, one receipt")),
        Err(why) => Err(explained(api, why, &mentions, place).await?),
    }
}

/// Why recording failed, with mistakes where the client finds them.
async fn explained(
    api: &Api,
    why: Error,
    mentions: &[(String, Subject)],
    place: impl Fn(String) -> String,
) -> Result<Problem> {
    let Error::Invalid(mut faults) = why else { return Ok(why.into()) };
    let unknown = unknown(api, mentions).await?;
    if !unknown.is_empty() {
        return Ok(Problem::invalid(unknown));
    }
    for fault in &mut faults {
        fault.pointer = place(std::mem::take(&mut fault.pointer));
    }
    Ok(Problem::invalid(faults))
}

/// Answers an amendment that was thought up from what a thing is. Without
/// `If-Match` it is thought up again when somebody else was faster.
pub async fn amended<F: Future<Output = Result<Option<Receipt>>>>(
    headers: &HeaderMap,
    attempt: impl Fn() -> F,
) -> Result<Json<receipt::Recorded>> {
    let attempts = if headers.contains_key(IF_MATCH) { 1 } else { AMENDMENTS_MAX };
    for turn in 1.. {
        match attempt().await {
            Err(problem) if problem.kind == Kind::Changed && turn < attempts => (),
            done => {
                let receipts = done?.iter().map(receipt::Receipt::of).collect();
                return Ok(Json(receipt::Recorded { receipts }));
            }
        }
    }
    unreachable!("the last attempt is answered")
}

/// Which of the things spoken of by id do not exist.
async fn unknown(api: &Api, mentions: &[(String, Subject)]) -> Result<Vec<FieldError>> {
    let mut faults = Vec::new();
    for (pointer, subject) in mentions {
        match api.service().known(*subject).await {
            Ok(_) => (),
            Err(Error::NotFound(_)) => {
                let kind = subject.kind();
                let detail = format!("{subject} is no {kind} that is registered here");
                faults.push(FieldError { pointer: pointer.clone(), code: "unknown", detail });
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(faults)
}
