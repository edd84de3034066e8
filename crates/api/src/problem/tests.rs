//! Kinds of problems are stable: programs compare them.

use std::collections::BTreeSet;

use service::Error;

use super::{Kind, Problem};

#[test]
fn kinds_never_change() {
    let all: Vec<String> = Kind::ALL
        .iter()
        .map(|kind| {
            let (path, status, title) = kind.facts();
            format!("{} {path}: {title}", status.as_u16())
        })
        .collect();
    let paths: BTreeSet<&str> = Kind::ALL.iter().map(|it| it.facts().0).collect();
    assert_eq!(paths.len(), Kind::ALL.len());
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn a_mistake_of_ours_tells_nothing() {
    let problem = Problem::from(Error::Corrupt("row 7 of secret".to_owned()));
    let text = serde_json::to_string(&problem.body(Some("req_1"))).expect("JSON");
    assert!(!text.contains("secret"), "{text}");
    assert_eq!(problem.status().as_u16(), 500);
}

#[test]
fn what_is_not_there_is_repeated_only_in_part() {
    let problem = Problem::not_found(&"x".repeat(10_000));
    assert!(problem.detail.len() < 200);
}
