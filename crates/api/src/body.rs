//! Taking bodies in: bounded, of the media type that is announced, checked
//! against their schema.

use axum::{
    body::Body as RawBody,
    extract::{FromRequest, Request},
    http::{
        HeaderMap,
        header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE},
    },
};
use futures::StreamExt;
use serde_json::Value;
use service::FieldError;

use crate::{
    json,
    problem::{Kind, Problem, Result},
    schema::{self, Readable},
};

/// Most bytes of an ordinary body.
pub const BODY_LEN_MAX: usize = 1024 * 1024;
/// Most bytes of a batch.
pub const BATCH_LEN_MAX: usize = 8 * 1024 * 1024;
/// Most items of a batch.
pub const BATCH_ITEMS_MAX: usize = 1_000;
/// One JSON value in each line.
pub const NDJSON: &str = "application/x-ndjson";

/// A JSON body of one type.
#[derive(Clone, Debug)]
pub struct Body<T>(pub T);

impl<T: Readable, S: Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self> {
        let (_, value) = json_body(request, BODY_LEN_MAX).await?;
        schema::read(&value, "").map(Self).map_err(Problem::invalid)
    }
}

/// A JSON body of one type that may be as large as a batch.
#[derive(Clone, Debug)]
pub struct Large<T>(pub T);

impl<T: Readable, S: Sync> FromRequest<S> for Large<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self> {
        let (_, value) = json_body(request, BATCH_LEN_MAX).await?;
        schema::read(&value, "").map(Self).map_err(Problem::invalid)
    }
}

/// Changes to something (JSON Merge Patch, RFC 7396): what `set` has replaces,
/// what `cleared` names was `null`.
#[derive(Clone, Debug)]
pub struct Patch<T> {
    /// New values.
    pub set: T,
    /// Keys that were `null`, those of nested objects behind a slash.
    pub cleared: Vec<String>,
}

impl<T: Readable, S: Sync> FromRequest<S> for Patch<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self> {
        let (_, value) = json_body(request, BODY_LEN_MAX).await?;
        let mut cleared = Vec::new();
        nulls("", &value, &mut cleared);
        Ok(Self { set: schema::read(&value, "").map_err(Problem::invalid)?, cleared })
    }
}

fn nulls(base: &str, value: &Value, cleared: &mut Vec<String>) {
    for (key, value) in value.as_object().into_iter().flatten() {
        match value {
            Value::Null => cleared.push(format!("{base}{key}")),
            Value::Object(_) if base.is_empty() => nulls(&format!("{key}/"), value, cleared),
            _ => (),
        }
    }
}

/// One thing, or many: a JSON value, a JSON array, or a value in each line.
#[derive(Clone, Debug)]
pub struct Batch<T> {
    /// Whether one was sent, not a list.
    pub alone: bool,
    /// Each item, or what is wrong with it.
    pub items: Vec<std::result::Result<T, Vec<FieldError>>>,
}

impl<T: Readable, S: Sync> FromRequest<S> for Batch<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self> {
        if media_type(request.headers()).as_deref() == Some(NDJSON) {
            let bytes = read_all(request, BATCH_LEN_MAX).await?;
            let lines = bytes.split(|it| *it == b'\n').enumerate();
            let lines = lines.filter(|(_, line)| !line.trim_ascii().is_empty());
            let items: Vec<_> =
                lines.enumerate().map(|(index, line)| read_line(index, line)).collect();
            return Self { alone: false, items }.bounded();
        }
        match json_body(request, BATCH_LEN_MAX).await? {
            (_, Value::Array(all)) => {
                let item = |(index, it): (usize, &Value)| schema::read(it, &format!("/{index}"));
                // Counted first: reading is the expensive part.
                check_count(all.len())?;
                Ok(Self { alone: false, items: all.iter().enumerate().map(item).collect() })
            }
            (len, _) if BODY_LEN_MAX < len => Err(too_large(BODY_LEN_MAX)),
            (_, value) => {
                let item = schema::read(&value, "").map_err(Problem::invalid)?;
                Ok(Self { alone: true, items: vec![Ok(item)] })
            }
        }
    }
}

impl<T> Batch<T> {
    fn bounded(self) -> Result<Self> {
        check_count(self.items.len())?;
        Ok(self)
    }

    /// All items, if nothing is wrong with any.
    pub fn whole(self, max: usize) -> Result<Vec<T>> {
        if self.items.is_empty() || max < self.items.len() {
            let detail = format!("between 1 and {max} items are taken at once");
            let error = FieldError { pointer: String::new(), code: "too_many", detail };
            return Err(Problem::invalid(vec![error]));
        }
        let mut all = Vec::with_capacity(self.items.len());
        let mut faults = Vec::new();
        for item in self.items {
            match item {
                Ok(item) => all.push(item),
                Err(mut found) => faults.append(&mut found),
            }
        }
        if faults.is_empty() { Ok(all) } else { Err(Problem::invalid(faults)) }
    }
}

fn check_count(count: usize) -> Result<()> {
    if (1..=BATCH_ITEMS_MAX).contains(&count) {
        return Ok(());
    }
    let detail = format!("between 1 and {BATCH_ITEMS_MAX} items are taken at once, not {count}");
    let code = if count == 0 { "too_few" } else { "too_many" };
    let error = FieldError { pointer: String::new(), code, detail };
    Err(Problem::invalid(vec![error]))
}

fn read_line<T: Readable>(
    index: usize,
    (line, bytes): (usize, &[u8]),
) -> std::result::Result<T, Vec<FieldError>> {
    let base = format!("/{index}");
    let value = json::parse(bytes).map_err(|problem| {
        let at = |it: FieldError| FieldError {
            pointer: format!("{base}{}", it.pointer),
            detail: format!("line {}: {}", line + 1, it.detail),
            ..it
        };
        problem.errors.into_iter().map(at).collect::<Vec<_>>()
    })?;
    schema::read(&value, &base)
}

/// A JSON body and how many bytes it had.
async fn json_body(request: Request, max: usize) -> Result<(usize, Value)> {
    let media = media_type(request.headers());
    let is_json = |it: &str| {
        it == "application/json" || it.starts_with("application/") && it.ends_with("+json")
    };
    if !media.as_deref().is_some_and(is_json) {
        return Err(unsupported("application/json", media.as_deref()));
    }
    let bytes = read_all(request, max).await?;
    Ok((bytes.len(), json::parse(&bytes)?))
}

/// The media type that is announced, without its parameters, in lower case.
#[must_use]
pub fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next()?.trim().to_ascii_lowercase())
}

/// Refuses a media type.
#[must_use]
pub fn unsupported(wanted: &str, given: Option<&str>) -> Problem {
    let given: String = given.unwrap_or("nothing").chars().take(60).collect();
    let detail = format!("Content-Type must be {wanted}; it is {given:?}.");
    Problem::at(Kind::UnsupportedMediaType, "header:Content-Type", "media_type", detail)
}

/// Reads a whole body that may have at most so many bytes.
pub async fn read_all(request: Request, max: usize) -> Result<Vec<u8>> {
    if let Some(coding) = request.headers().get(CONTENT_ENCODING) {
        if coding != "identity" {
            let detail = "Bodies are taken as they are, not compressed.";
            let kind = Kind::UnsupportedMediaType;
            return Err(Problem::at(kind, "header:Content-Encoding", "compressed", detail));
        }
    }
    let announced = request.headers().get(CONTENT_LENGTH);
    let announced = announced.and_then(|it| it.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|it| max < it) {
        return Err(too_large(max));
    }
    collect(request.into_body(), announced.unwrap_or(0), max).await
}

async fn collect(body: RawBody, announced: usize, max: usize) -> Result<Vec<u8>> {
    let mut all = Vec::with_capacity(announced.min(max));
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| {
            let detail = "The connection broke off within the body.";
            Problem::at(Kind::Malformed, "", "broken_off", detail)
        })?;
        if max < all.len() + chunk.len() {
            return Err(too_large(max));
        }
        all.extend_from_slice(&chunk);
    }
    Ok(all)
}

fn too_large(max: usize) -> Problem {
    let detail = format!("At most {max} bytes are taken here.");
    Problem::at(Kind::TooLarge, "", "too_large", detail)
}

#[cfg(test)]
mod tests;
