//! Checking what is sent against the very schemas that the OpenAPI document
//! publishes: whatever breaks one is refused, with every mistake at once.

use std::{
    any::TypeId,
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use jsonschema::{ValidationError, Validator, error::ValidationErrorKind};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use service::FieldError;
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};

use crate::wire::{reading::pointer, scalar::Time};

/// Most mistakes that are reported of one body.
pub const FAULTS_MAX: usize = 100;

/// Something with a schema that can be read from JSON.
pub trait Readable: ToSchema + DeserializeOwned + 'static {}

impl<T: ToSchema + DeserializeOwned + 'static> Readable for T {}

/// Reads a value of this type, or says everything that is wrong with it. `base`
/// is where the value stands in what was sent.
pub fn read<T: Readable>(value: &Value, base: &str) -> Result<T, Vec<FieldError>> {
    check(&validator::<T>(), value, base)?;
    T::deserialize(value).map_err(|why| {
        // The schema takes nothing that serde refuses; were it otherwise, the
        // client would still learn why.
        let detail = why.to_string();
        vec![FieldError { pointer: base.to_owned(), code: "invalid", detail }]
    })
}

/// Every mistake in a value, by a schema.
pub fn check(validator: &Validator, value: &Value, base: &str) -> Result<(), Vec<FieldError>> {
    if validator.is_valid(value) {
        return Ok(());
    }
    let mut faults = Vec::new();
    for error in validator.iter_errors(value).take(FAULTS_MAX) {
        explain(&error, base, &mut faults);
    }
    faults.truncate(FAULTS_MAX);
    // Two rules may say the same of one value.
    faults.dedup_by(|a, b| a.pointer == b.pointer && a.detail == b.detail);
    Err(faults)
}

/// The components of a type: every schema it speaks of, by name.
#[must_use]
pub fn components<T: ToSchema>() -> Vec<(String, RefOr<Schema>)> {
    let mut all = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut all);
    all
}

/// Schemas as JSON, made as strict as what reads them.
#[must_use]
pub fn refined(components: Vec<(String, RefOr<Schema>)>) -> Map<String, Value> {
    let mut all = Map::new();
    for (name, schema) in components {
        let mut schema = serde_json::to_value(schema).expect("a schema is JSON");
        let variants = split_variants(&name, &mut schema);
        all.insert(name, schema);
        all.extend(variants);
    }
    all
}

/// A union told apart by `kind` becomes one schema per kind, so that clients get
/// a type for each and nothing unknown slips in.
fn split_variants(name: &str, schema: &mut Value) -> Vec<(String, Value)> {
    let Some(variants) = schema.get_mut("oneOf").and_then(Value::as_array_mut) else {
        return Vec::new();
    };
    let mut named = Vec::new();
    let mut mapping = Map::new();
    for variant in variants.iter_mut() {
        let Some(kind) = variant.pointer("/properties/kind/enum/0").and_then(Value::as_str) else {
            // A union of objects with one key each.
            if variant.get("properties").is_some() {
                variant["additionalProperties"] = json!(false);
            }
            continue;
        };
        let component = format!("{name}{}", camel_case(kind));
        let reference = format!("#/components/schemas/{component}");
        mapping.insert(kind.to_owned(), json!(reference));
        let mut whole = std::mem::replace(variant, json!({ "$ref": reference }));
        whole["additionalProperties"] = json!(false);
        named.push((component, whole));
    }
    if !mapping.is_empty() {
        schema["discriminator"] = json!({ "propertyName": "kind", "mapping": mapping });
    }
    named
}

fn camel_case(words: &str) -> String {
    let word = |it: &str| it[..1].to_uppercase() + &it[1..];
    words.split('_').filter(|it| !it.is_empty()).map(word).collect()
}

/// What checks values of a type; built once.
pub fn validator<T: ToSchema + 'static>() -> Arc<Validator> {
    let schema = || {
        let name = T::name();
        json!({
            "$ref": format!("#/components/schemas/{name}"),
            "components": { "schemas": refined(components::<T>()) },
        })
    };
    remembered(TypeId::of::<T>(), schema)
}

/// What checks values by a schema that belongs to a type; built once.
pub fn remembered(id: TypeId, schema: impl FnOnce() -> Value) -> Arc<Validator> {
    static BUILT: RwLock<Option<HashMap<TypeId, Arc<Validator>>>> = RwLock::new(None);
    let known = BUILT.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(validator) = known.as_ref().and_then(|it| it.get(&id)) {
        return validator.clone();
    }
    drop(known);
    let validator = jsonschema::options()
        .with_format(Time::FORMAT, |text: &str| text.parse::<Time>().is_ok())
        .should_validate_formats(true)
        .build(&schema())
        .expect("our own schemas are valid");
    let validator = Arc::new(validator);
    let mut known = BUILT.write().unwrap_or_else(PoisonError::into_inner);
    known.get_or_insert_default().insert(id, validator.clone());
    validator
}

/// Puts one mistake into words. What was sent is never repeated: it may be a secret.
fn explain(error: &ValidationError, base: &str, faults: &mut Vec<FieldError>) {
    let here = format!("{base}{}", error.instance_path().as_str());
    let mut fault = |pointer: String, code: &'static str, detail: String| {
        faults.push(FieldError { pointer, code, detail });
    };
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            for key in unexpected {
                let key: String = key.chars().take(100).collect();
                let detail = "there is no such field here".to_owned();
                fault(pointer(&here, &key), "unknown_field", detail);
            }
        }
        ValidationErrorKind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            fault(pointer(&here, key), "missing", "this field is needed".to_owned());
        }
        ValidationErrorKind::AnyOf { context }
        | ValidationErrorKind::OneOfNotValid { context }
        | ValidationErrorKind::OneOfMultipleValid { context } => {
            explain_union(error, context, base, faults);
        }
        kind => {
            let (code, detail) = words(kind, error.instance());
            fault(here, code, detail);
        }
    }
}

/// Of a union, only the branch that was meant is explained.
fn explain_union(
    error: &ValidationError,
    branches: &[Vec<ValidationError<'static>>],
    base: &str,
    faults: &mut Vec<FieldError>,
) {
    let here = error.instance_path().as_str();
    let names_kind = |it: &ValidationError| {
        it.instance_path().as_str() == format!("{here}/kind")
            || matches!(it.kind(), ValidationErrorKind::Required { property } if property == "kind")
    };
    let wrong_type = |it: &ValidationError| {
        it.instance_path().as_str() == here && matches!(it.kind(), ValidationErrorKind::Type { .. })
    };
    let meant: Vec<_> = branches
        .iter()
        .filter(|errors| !errors.iter().any(|it| names_kind(it) || wrong_type(it)))
        .collect();
    if let [errors] = meant[..] {
        errors.iter().for_each(|it| explain(it, base, faults));
        return;
    }
    let pointer_here = format!("{base}{here}");
    let kinds: Vec<&str> = branches.iter().flatten().filter_map(wanted_kind).collect();
    let (pointer, code, detail) = if !kinds.is_empty() {
        let detail = format!("allowed: {}", kinds.join(", "));
        (pointer(&pointer_here, "kind"), "unknown_kind", detail)
    } else if branches.iter().all(|errors| errors.iter().any(names_kind)) {
        // Without a kind no branch says which kinds there are; naming a wrong one does.
        let detail = "this field is needed: it says which kind of thing this is".to_owned();
        (pointer(&pointer_here, "kind"), "missing", detail)
    } else {
        let keys: Vec<&str> = branches.iter().flatten().filter_map(wanted_key).collect();
        let detail = if keys.is_empty() {
            format!("{} does not fit here", type_name(error.instance()))
        } else {
            format!("exactly one of these is expected: {}", keys.join(", "))
        };
        (pointer_here, "type", detail)
    };
    faults.push(FieldError { pointer, code, detail });
}

fn wanted_kind<'a>(error: &'a ValidationError<'static>) -> Option<&'a str> {
    match error.kind() {
        ValidationErrorKind::Enum { options }
            if error.instance_path().as_str().ends_with("/kind") =>
        {
            options.as_array().and_then(|it| it.first()).and_then(Value::as_str)
        }
        _ => None,
    }
}

fn wanted_key<'a>(error: &'a ValidationError<'static>) -> Option<&'a str> {
    match error.kind() {
        ValidationErrorKind::Required { property } => property.as_str(),
        _ => None,
    }
}

fn words(kind: &ValidationErrorKind, value: &Value) -> (&'static str, String) {
    match kind {
        ValidationErrorKind::Type { kind } => {
            let expected = match kind {
                jsonschema::error::TypeKind::Single(it) => article(&it.to_string()),
                jsonschema::error::TypeKind::Multiple(all) => {
                    let all: Vec<String> = all.iter().map(|it| article(&it.to_string())).collect();
                    all.join(" or ")
                }
            };
            ("type", format!("{expected} is expected, not {}", type_name(value)))
        }
        ValidationErrorKind::Enum { options } => {
            let all: Vec<&str> =
                options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            ("unknown_word", format!("allowed: {}", all.join(", ")))
        }
        ValidationErrorKind::Constant { expected_value } => {
            ("unknown_word", format!("{expected_value} is expected"))
        }
        ValidationErrorKind::Format { format } if format == Time::FORMAT => {
            let text = value.as_str().unwrap_or_default();
            ("time", text.parse::<Time>().err().unwrap_or_default())
        }
        ValidationErrorKind::Format { format } => ("format", format!("a {format} is expected")),
        ValidationErrorKind::MaxLength { limit } => {
            ("too_long", format!("at most {limit} characters are taken"))
        }
        ValidationErrorKind::MinLength { limit } => {
            ("too_short", format!("at least {limit} characters are needed"))
        }
        ValidationErrorKind::MaxItems { limit } => {
            ("too_many", format!("at most {limit} items are taken"))
        }
        ValidationErrorKind::MinItems { limit } => {
            ("too_few", format!("at least {limit} items are needed"))
        }
        ValidationErrorKind::Maximum { limit } => {
            ("too_large", format!("at most {limit} is expected"))
        }
        ValidationErrorKind::Minimum { limit } => {
            ("too_small", format!("at least {limit} is expected"))
        }
        ValidationErrorKind::ExclusiveMaximum { limit } => {
            ("too_large", format!("less than {limit} is expected"))
        }
        ValidationErrorKind::ExclusiveMinimum { limit } => {
            ("too_small", format!("more than {limit} is expected"))
        }
        ValidationErrorKind::Pattern { pattern } if pattern == Time::PATTERN => {
            let text = value.as_str().unwrap_or_default();
            ("time", text.parse::<Time>().err().unwrap_or_default())
        }
        ValidationErrorKind::Pattern { pattern } => ("pattern", pattern_words(pattern)),
        ValidationErrorKind::FalseSchema => {
            ("unknown_field", "there is no such field here".to_owned())
        }
        other => ("invalid", format!("this breaks the rule {:?} of the schema", other.keyword())),
    }
}

fn pattern_words(pattern: &str) -> String {
    if pattern.contains("u0000") && !pattern.contains('@') {
        return "control characters are not taken".to_owned();
    }
    if pattern.contains('@') {
        return "an e-mail address is expected".to_owned();
    }
    match pattern.strip_prefix('^').and_then(|it| it.split_once("_[0-7]")) {
        Some((prefix, _)) => {
            format!("an id is expected: {prefix}_ and 26 letters and digits")
        }
        None => format!("text of the form {pattern} is expected"),
    }
}

fn article(type_name: &str) -> String {
    match type_name {
        "array" => "a list".to_owned(),
        "integer" => "a whole number".to_owned(),
        "null" => "null".to_owned(),
        "object" => "an object".to_owned(),
        "string" => "text".to_owned(),
        other => format!("a {other}"),
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(it) if it.is_f64() => "a number with decimals",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// The schema that refers to a type by its name.
#[must_use]
pub fn reference<T: ToSchema>() -> RefOr<Schema> {
    RefOr::Ref(utoipa::openapi::Ref::from_schema_name(T::name()))
}

#[cfg(test)]
mod tests;
