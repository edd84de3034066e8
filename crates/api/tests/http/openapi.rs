//! The document that clients are generated from.

use std::{env, fs};

use serde_json::Value;

use crate::world::{Asker, World};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");

#[tokio::test]
async fn the_committed_document_is_the_one_that_is_served() {
    let served = World::new().get(&Asker::Nobody, "/v1/openapi.json").await.expect(200);
    let served = String::from_utf8(served.body).expect("JSON is UTF-8");
    #[expect(clippy::disallowed_methods, reason = "how a person accepts a new document")]
    let bless = env::var("BLESS").is_ok();
    if bless {
        fs::write(PATH, &served).expect("the crate's folder");
    }
    let committed = fs::read_to_string(PATH).unwrap_or_default();
    assert!(committed == served, "openapi.json is not current: run the tests with BLESS=1");
}

#[test]
fn every_reference_leads_somewhere() {
    let document = api::document();
    let mut references = Vec::new();
    gather(&document, &mut references);
    assert!(references.len() > 100, "there are references");
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("a reference into the document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

fn gather(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(all) => {
            found.extend(all.get("$ref").and_then(Value::as_str).map(ToOwned::to_owned));
            all.values().for_each(|it| gather(it, found));
        }
        Value::Array(all) => all.iter().for_each(|it| gather(it, found)),
        _ => (),
    }
}

#[test]
fn every_operation_is_named_once_and_says_what_it_answers() {
    let document = api::document();
    let mut names = Vec::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let name = operation["operationId"].as_str().expect("a name");
            assert!(!name.is_empty(), "{method} {path}");
            assert!(operation["summary"].as_str().is_some_and(|it| it.ends_with('.')), "{name}");
            let answers = operation["responses"].as_object().expect("answers");
            assert!(answers.len() >= 2, "{name}: success and problem");
            names.push(name.to_owned());
        }
    }
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count, "names are unique");
}

#[test]
fn what_is_taken_takes_nothing_unknown() {
    let document = api::document();
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    let mut strict = 0;
    for (name, schema) in schemas {
        let taken = name.ends_with("Input") || name.starts_with("Event") || name.ends_with("Body");
        if taken && schema["type"] == "object" {
            assert_eq!(schema["additionalProperties"], false, "{name}");
            strict += 1;
        }
    }
    assert!(strict > 30, "{strict}");
    assert_eq!(schemas["Event"]["discriminator"]["propertyName"], "kind");
    assert_eq!(schemas["Event"]["oneOf"].as_array().map(Vec::len), Some(30));
}
