//! Parameters of the address, checked against the schemas that the OpenAPI
//! document publishes for them.

use std::any::TypeId;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use service::FieldError;
use utoipa::{
    IntoParams, ToSchema,
    openapi::path::{Parameter, ParameterIn},
};

use crate::{
    problem::{Kind, Problem, Result},
    schema::{check, refined, remembered},
};

/// What stands behind the question mark.
#[derive(Clone, Debug)]
pub struct Query<T>(pub T);

/// What a query type needs: its parameters, and the schemas they speak of.
pub trait Parameters: IntoParams + DeserializeOwned + 'static {
    /// The schemas that its parameters refer to.
    fn schemas() -> Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>;

    /// The parameters, in their order.
    fn all() -> Vec<Parameter> {
        Self::into_params(|| Some(ParameterIn::Query))
    }
}

/// The components of one more type.
pub fn with<T: ToSchema>(
    mut all: Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>,
) -> Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)> {
    all.extend(crate::schema::components::<T>());
    all
}

impl<T: Parameters, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        read(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

fn read<T: Parameters>(query: &str) -> Result<T> {
    let mut faults = Vec::new();
    let schema = schema::<T>();
    let value = values(query, &schema, &mut faults);
    let validator = remembered(TypeId::of::<Query<T>>(), || schema);
    if let Err(found) = check(&validator, &value, "") {
        faults.extend(found.into_iter().map(|it| FieldError {
            pointer: format!("?{}", it.pointer.trim_start_matches('/')),
            ..it
        }));
    }
    if !faults.is_empty() {
        let detail = "See errors for the parameters that are not right.";
        return Err(Problem { errors: faults, ..Problem::new(Kind::Parameters, detail) });
    }
    T::deserialize(value).map_err(|why| Problem::parameter("?", "invalid", why.to_string()))
}

/// The parameters as one object.
fn schema<T: Parameters>() -> Value {
    let mut properties = Map::new();
    for parameter in T::all() {
        let schema = serde_json::to_value(parameter.schema).expect("a schema is JSON");
        properties.insert(parameter.name, schema);
    }
    json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "components": { "schemas": refined(T::schemas()) },
    })
}

/// What was given, numbers as numbers where numbers are wanted.
fn values(query: &str, schema: &Value, faults: &mut Vec<FieldError>) -> Value {
    let mut all = Map::new();
    for pair in query.split('&').filter(|it| !it.is_empty()) {
        let (name, text) = pair.split_once('=').unwrap_or((pair, ""));
        let mut fault = |name: &str, code, detail: &str| {
            let name: String = name.chars().take(60).collect();
            let detail = detail.to_owned();
            faults.push(FieldError { pointer: format!("?{name}"), code, detail });
        };
        let (Some(name), Some(text)) = (decoded(name), decoded(text)) else {
            fault(name, "not_utf8", "this is not UTF-8 with percent signs");
            continue;
        };
        let mut types = &schema["properties"][&name]["type"];
        let is_list =
            *types == "array" || types.as_array().is_some_and(|all| all.contains(&json!("array")));
        if is_list {
            types = &schema["properties"][&name]["items"]["type"];
        }
        let wants = |it: &str| {
            types == it || types.as_array().is_some_and(|all| all.iter().any(|one| one == it))
        };
        let value = match text.parse::<i64>() {
            Ok(number) if wants("integer") => json!(number),
            _ => match text.as_str() {
                "true" if wants("boolean") => json!(true),
                "false" if wants("boolean") => json!(false),
                _ => json!(text),
            },
        };
        // A parameter without a value is one that a form left empty.
        if text.is_empty() {
            continue;
        }
        if is_list {
            // Given once for each of the list.
            let list = all.entry(name).or_insert_with(|| json!([]));
            list.as_array_mut().expect("it was made as a list").push(value);
        } else if all.insert(name.clone(), value).is_some() {
            fault(&name, "twice", "this is given twice");
        }
    }
    Value::Object(all)
}

/// Every pair of a query that strangers write, as far as it can be read.
pub fn pairs(query: &str) -> impl Iterator<Item = (String, String)> {
    query.split('&').filter_map(|pair| {
        let (name, text) = pair.split_once('=').unwrap_or((pair, ""));
        Some((decoded(name)?, decoded(text)?))
    })
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |it: Option<u8>| char::from(it?).to_digit(16);
                (digit(rest.next())? << 4 | digit(rest.next())?) as u8
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

/// A part of the path, as text.
#[derive(Clone, Debug)]
pub struct Segment<T>(pub T);

impl<T: for<'de> Deserialize<'de> + Send, S: Send + Sync> FromRequestParts<S> for Segment<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            // Only text is read from paths, so only its encoding can be wrong.
            Err(_) => Err(Problem::parameter("{path}", "not_utf8", "The address is not UTF-8.")),
        }
    }
}

#[cfg(test)]
mod tests;
