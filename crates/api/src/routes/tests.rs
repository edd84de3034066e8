//! The table is whole: what is routed is documented.

use std::collections::{BTreeMap, BTreeSet};

use super::all;
use crate::{problem::ProblemBody, schema::components};

#[test]
fn every_route_is_in_the_document_and_says_what_it_does() {
    let document = crate::openapi::document();
    let mut seen = BTreeSet::new();
    for route in all() {
        let method = route.method.as_str().to_lowercase();
        let operation = &document["paths"][route.path][&method];
        assert_eq!(operation["operationId"], route.says.name, "{method} {}", route.path);
        assert!(!route.says.name.is_empty() && !route.says.summary.is_empty(), "{}", route.path);
        assert!(!route.says.answers.is_empty(), "{}", route.says.name);
        assert!(seen.insert((method, route.path)), "{} is there twice", route.path);
    }
    let documented: usize = document["paths"]
        .as_object()
        .expect("paths")
        .values()
        .map(|it| it.as_object().map_or(0, serde_json::Map::len))
        .sum();
    assert_eq!(documented, seen.len());
}

#[test]
fn no_two_shapes_share_a_name() {
    let mut known = BTreeMap::new();
    let spoken_of = all().into_iter().flat_map(|it| it.says.components);
    for (name, schema) in components::<ProblemBody>().into_iter().chain(spoken_of) {
        let schema = serde_json::to_value(schema).expect("a schema is JSON");
        let first = known.entry(name.clone()).or_insert_with(|| schema.clone());
        assert_eq!(*first, schema, "{name} is two things");
    }
    assert!(known.len() > 100, "{}", known.len());
}
