//! Events: about one thing, or a batch about many.

use std::collections::BTreeMap;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Json, Response},
};
use domain::{
    draft::Draft,
    id::{ContainerId, Subject, SubjectKind},
};
use futures::{StreamExt, stream};
use serde::Deserialize;
use service::record::{Receipt, TOGETHER_MAX};
use utoipa::ToSchema;

use crate::{
    Api,
    auth::Signed,
    body::Batch,
    handlers::{
        id,
        packages::{AT_ONCE, find},
        recording::{self, Keyed, Read, Saying, check_applies, say},
    },
    problem::{Kind, Problem, Result},
    query::Segment,
    wire::{
        event::Event,
        receipt::{self, BatchResult, Recorded},
        scalar::{Line, Time},
    },
};

/// An event and what it is about.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventAbout {
    /// An id, or a number that names exactly one package.
    subject: Line<200>,
    /// What is said of it.
    event: Event,
}

/// Says something of a package.
pub async fn add_to_package(
    State(api): State<Api>,
    signed: Signed,
    keyed: Keyed,
    Segment(text): Segment<String>,
    batch: Batch<Event>,
) -> Result<Response> {
    let subject = Subject::Package(find(&api, &text).await?);
    add(&api, &signed, &keyed, subject, batch).await
}

/// Says something of a container.
pub async fn add_to_container(
    State(api): State<Api>,
    signed: Signed,
    keyed: Keyed,
    Segment(text): Segment<String>,
    batch: Batch<Event>,
) -> Result<Response> {
    let subject = Subject::Container(id::<ContainerId>(&text)?);
    add(&api, &signed, &keyed, subject, batch).await
}

/// All events are recorded in one write, or none.
async fn add(
    api: &Api,
    signed: &Signed,
    keyed: &Keyed,
    subject: Subject,
    batch: Batch<Event>,
) -> Result<Response> {
    let alone = batch.alone;
    let events = batch.whole(TOGETHER_MAX)?;
    let read = recording::read(api, |reading| {
        let mut facts = Vec::with_capacity(events.len());
        for (index, event) in events.iter().enumerate() {
            let one = |reading: &mut _| event_fact(event, subject.kind(), reading);
            facts.push(if alone { one(reading) } else { reading.within(index, one) });
        }
        facts.into_iter().collect::<Option<Vec<_>>>()
    })
    .await?;
    let draft = |(index, (event, fact)): (usize, (&Event, _))| Draft {
        id: keyed.event(api, signed, index),
        subject,
        happened_at: event.happened_at(),
        fact,
    };
    let mut drafts = std::iter::zip(&events, read.value).enumerate().map(draft);
    let receipts = if alone {
        let draft = drafts.next().expect("a body that is no list is one event");
        vec![
            say(api, &signed.attribution(), Saying { mentions: read.mentions, ..said(draft) })
                .await?,
        ]
    } else {
        recording::record(api, &signed.attribution(), drafts.collect(), &read.mentions).await?
    };
    let known = receipts.iter().all(|it| it.duplicate);
    let status = if known { StatusCode::OK } else { StatusCode::CREATED };
    let body = Recorded { receipts: receipts.iter().map(receipt::Receipt::of).collect() };
    Ok((status, Json(body)).into_response())
}

fn said(draft: Draft) -> Saying {
    Saying::new(draft.id, draft.subject, Some(Time(draft.happened_at)), draft.fact)
}

/// What an event says, if that can be said of this kind of thing.
pub fn event_fact(
    event: &Event,
    kind: SubjectKind,
    reading: &mut crate::wire::reading::Reading,
) -> Option<domain::event::Fact> {
    let fact = event.read(reading)?;
    check_applies(&fact, kind, reading);
    Some(fact)
}

/// One item of a batch, ready to be recorded.
struct Ready {
    index: usize,
    draft: Draft,
    mentions: Vec<(String, Subject)>,
}

/// Records each item of a batch, whatever it is about. What is about the same
/// thing is recorded together, in the order in which it was sent.
pub async fn add_batch(
    State(api): State<Api>,
    signed: Signed,
    keyed: Keyed,
    batch: Batch<EventAbout>,
) -> Result<Json<BatchResult>> {
    let count = batch.items.len();
    let prepared: Vec<Result<Ready>> =
        stream::iter(batch.items.into_iter().enumerate().map(|(index, item)| {
            let (api, signed, keyed) = (&api, &signed, &keyed);
            async move { prepare(api, signed, keyed, index, item.map_err(Problem::invalid)?).await }
        }))
        .buffered(AT_ONCE)
        .collect()
        .await;
    let mut results: Vec<Option<Result<Receipt>>> = (0..count).map(|_| None).collect();
    let mut by_subject: BTreeMap<Subject, Vec<Ready>> = BTreeMap::new();
    for (index, item) in prepared.into_iter().enumerate() {
        match item {
            Ok(ready) => by_subject.entry(ready.draft.subject).or_default().push(ready),
            Err(problem) => results[index] = Some(Err(problem)),
        }
    }
    let recorded: Vec<Vec<(usize, Result<Receipt>)>> = stream::iter(by_subject.into_values())
        .map(|items| record_items(&api, &signed, items))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    for (index, result) in recorded.into_iter().flatten() {
        results[index] = Some(result);
    }
    let all = results.into_iter().map(|it| it.expect("every item was prepared or refused"));
    Ok(Json(BatchResult::of(all.collect())))
}

async fn prepare(
    api: &Api,
    signed: &Signed,
    keyed: &Keyed,
    index: usize,
    item: EventAbout,
) -> Result<Ready> {
    let subject = subject_of(api, index, &item.subject.0).await?;
    let Read { value, mentions } = recording::read(api, |reading| {
        reading.within(index, |reading| {
            reading.within("event", |reading| event_fact(&item.event, subject.kind(), reading))
        })
    })
    .await?;
    let draft = Draft {
        id: keyed.event(api, signed, index),
        subject,
        happened_at: item.event.happened_at(),
        fact: value,
    };
    Ok(Ready { index, draft, mentions })
}

async fn subject_of(api: &Api, index: usize, text: &str) -> Result<Subject> {
    if let Ok(subject) = text.parse::<Subject>() {
        return Ok(subject);
    }
    let package = find(api, text).await.map_err(|problem| match problem.kind {
        Kind::NotFound | Kind::Ambiguous => {
            let error = service::FieldError {
                pointer: format!("/{index}/subject"),
                code: "unknown",
                detail: problem.detail.clone(),
            };
            Problem { errors: vec![error], ..problem }
        }
        _ => problem,
    })?;
    Ok(Subject::Package(package))
}

/// Records what is about one subject: together where that works, otherwise one
/// by one, so that one bad item refuses no other.
async fn record_items(
    api: &Api,
    signed: &Signed,
    items: Vec<Ready>,
) -> Vec<(usize, Result<Receipt>)> {
    let by = signed.attribution();
    let mut results = Vec::with_capacity(items.len());
    for chunk in items.chunks(TOGETHER_MAX) {
        if 1 < chunk.len() {
            let drafts: Vec<Draft> = chunk.iter().map(|it| it.draft.clone()).collect();
            if let Ok(receipts) = api.service().record(&by, drafts).await {
                let indices = chunk.iter().map(|it| it.index);
                results.extend(indices.zip(receipts.into_iter().map(Ok)));
                continue;
            }
        }
        for item in chunk {
            let (mentions, base) = (item.mentions.clone(), format!("/{}/event", item.index));
            let saying = Saying { mentions, base, ..said(item.draft.clone()) };
            results.push((item.index, say(api, &signed.attribution(), saying).await));
        }
    }
    results
}
