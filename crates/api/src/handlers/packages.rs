//! Packages: register, read, amend.

use axum::{
    extract::State,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{IF_MATCH, LOCATION},
    },
    response::{IntoResponse, Json, Response},
};
use domain::{
    event::Fact,
    id::{PackageId, Subject},
    record::{PackageField, PackageRecord, Record},
};
use futures::{StreamExt, stream};
use service::{FieldError, record::Receipt};

use crate::{
    Api,
    auth::Signed,
    body::{Batch, Patch},
    etag,
    handlers::{
        naming::Known,
        recording::{self, Keyed, Saying, say},
    },
    problem::{Kind, Problem, Result},
    query::Segment,
    wire::{
        package::{Package, PackageInput, clearable},
        receipt::{self, BatchResult, Created, Recorded},
        scalar::Id,
    },
};

/// Items of a batch recorded at the same time: enough to share each flush.
pub const AT_ONCE: usize = 32;

/// Registers one package, or each of a batch.
pub async fn create(
    State(api): State<Api>,
    signed: Signed,
    keyed: Keyed,
    batch: Batch<PackageInput>,
) -> Result<Response> {
    let alone = batch.alone;
    let items = batch.items.into_iter().enumerate().map(|(index, item)| {
        let (api, signed, keyed) = (&api, &signed, &keyed);
        async move {
            let input = item.map_err(Problem::invalid)?;
            let base = (!alone).then_some(index);
            register(api, signed, keyed, &input, index, base).await
        }
    });
    let results: Vec<Result<Receipt>> = stream::iter(items).buffered(AT_ONCE).collect().await;
    if !alone {
        return Ok(Json(BatchResult::of(results)).into_response());
    }
    let receipt = results.into_iter().next().expect("one was sent")?;
    Ok(created("/v1/packages", &receipt))
}

/// The answer to one registration.
pub fn created(under: &str, receipt: &Receipt) -> Response {
    let status = if receipt.duplicate { StatusCode::OK } else { StatusCode::CREATED };
    let body = Created { id: Id(receipt.subject), receipt: receipt::Receipt::of(receipt) };
    let location = format!("{under}/{}", receipt.subject);
    let location = HeaderValue::from_str(&location).expect("ids are letters and digits");
    (status, [(LOCATION, location)], Json(body)).into_response()
}

async fn register(
    api: &Api,
    signed: &Signed,
    keyed: &Keyed,
    input: &PackageInput,
    index: usize,
    base: Option<usize>,
) -> Result<Receipt> {
    let read = recording::read(api, |reading| {
        Some(match base {
            Some(index) => reading.within(index, |reading| input.read(None, &[], reading)),
            None => input.read(None, &[], reading),
        })
    })
    .await?;
    let id = keyed.event(api, signed, index);
    let subject = Subject::Package(PackageId::derive(&[id.as_bytes()]));
    let fact = Fact::Registered(Box::new(Record::Package(read.value)));
    let base = base.map_or(String::new(), |it| format!("/{it}"));
    let saying = Saying::new(id, subject, input.happened_at, fact);
    say(api, &signed.attribution(), Saying { mentions: read.mentions, base, ..saying }).await
}

/// The one package that an id or a number names.
pub async fn find(api: &Api, text: &str) -> Result<PackageId> {
    let found = api.service().find(text).await?;
    match found[..] {
        [id] => Ok(id),
        [] => Err(Problem::not_found(text)),
        _ => {
            let error = |id: &PackageId| FieldError {
                pointer: "{id}".to_owned(),
                code: "candidate",
                detail: id.to_string(),
            };
            let detail = "Several packages have this number: use the id of one of them.";
            let errors = found.iter().take(100).map(error).collect();
            Err(Problem { errors, ..Problem::new(Kind::Ambiguous, detail) })
        }
    }
}

/// One package as it stands.
pub async fn one(
    State(api): State<Api>,
    signed: Signed,
    Segment(text): Segment<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let id = find(&api, &text).await?;
    let known = api.service().known(Subject::Package(id)).await?;
    let own = signed.viewer_of(known.state.package());
    let mut package = Package::of(id, &known.state, own);
    let expected = api.service().expected(known.subject).await?;
    package.expected = expected.map(|it| crate::wire::package::Expected::of(&it));
    let lookup = Known::look_up(&api, Package::mentioned(&known.state)).await?;
    package.names = lookup.names(signed.viewer());
    Ok(etag::respond(&headers, known.seq, &package))
}

/// Changes what was registered of a package.
pub async fn amend(
    State(api): State<Api>,
    signed: Signed,
    keyed: Keyed,
    Segment(text): Segment<String>,
    headers: HeaderMap,
    patch: Patch<PackageInput>,
) -> Result<Json<Recorded>> {
    let id = find(&api, &text).await?;
    let subject = Subject::Package(id);
    let known = api.service().known(subject).await?;
    let said = keyed.said_before(&api, &signed, subject).await?;
    if said.is_none() {
        etag::check_match(&headers, known.seq)?;
    }
    let before = known.state.package().cloned().unwrap_or_default();
    let (clear, parts) = cleared(&patch.cleared)?;
    let set = &patch.set;
    let read =
        recording::read(&api, |reading| Some(set.read(before.recipient.as_ref(), &parts, reading)))
            .await?;
    let mut after = before.clone();
    after.amend(&read.value);
    clear.iter().for_each(|field| after.clear(*field));
    if said.is_none() && same(&before, &after) {
        return Ok(Json(Recorded { receipts: Vec::new() }));
    }
    let fact = Fact::Amended { set: Box::new(Record::Package(read.value)), clear };
    let id = keyed.event(&api, &signed, 0);
    let saying = Saying::new(id, subject, set.happened_at, fact);
    // Fields are said one by one: others may have changed others, unless it matters.
    let unchanged_since = headers.contains_key(IF_MATCH).then_some(known.seq);
    let receipt = say(
        &api,
        &signed.attribution(),
        Saying { unchanged_since, mentions: read.mentions, ..saying },
    )
    .await?;
    Ok(Json(Recorded { receipts: vec![receipt::Receipt::of(&receipt)] }))
}

/// Whether two records say the same; salts differ from one recording to the next.
fn same(before: &PackageRecord, after: &PackageRecord) -> bool {
    let plain = |record: &PackageRecord| {
        let mut record = Record::Package(record.clone());
        record.privates_mut().into_iter().for_each(|it| it.set_salt([0; 16]));
        record
    };
    plain(before) == plain(after)
}

/// The fields to empty, and the parts of the recipient to drop.
fn cleared(keys: &[String]) -> Result<(Vec<PackageField>, Vec<String>)> {
    let (mut fields, mut parts, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    for key in keys {
        if let Some(part) = key.strip_prefix("recipient/") {
            parts.push(part.to_owned());
        } else if key.contains('/') || key == "happened_at" {
            // An optional part of something that is set as a whole.
        } else if let Some(field) = clearable(key) {
            fields.push(field);
        } else {
            let detail = "this cannot be emptied: a number once given keeps finding the package";
            faults.push(FieldError {
                pointer: format!("/{key}"),
                code: "needed",
                detail: detail.to_owned(),
            });
        }
    }
    if faults.is_empty() { Ok((fields, parts)) } else { Err(Problem::invalid(faults)) }
}
