//! Who may depend on whom: the arrows of ARCHITECTURE.md as a table.

use std::collections::BTreeMap;

use crate::{root, sources};

/// Which of our crates each of our crates may use. An edge that is missing here
/// fails, and so does a crate: adding one is a decision for docs/decisions.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("table", &[]),
    ("blobs", &[]),
    ("history", &["blobs", "domain"]),
    ("audit", &["blobs"]),
    ("intake", &["domain"]),
    ("browser", &["audit", "domain", "intake"]),
    ("bindings", &[]),
    ("demo", &["domain", "intake"]),
    ("table-embedded", &["table"]),
    ("table-dynamodb", &["stack", "table"]),
    ("service", &["audit", "blobs", "domain", "history", "intake", "table"]),
    ("host", &["domain", "service"]),
    ("api", &["blobs", "domain", "intake", "service", "table"]),
    ("oidc", &["domain", "service"]),
    (
        "whereabouts",
        &[
            "api",
            "audit",
            "blobs",
            "cost",
            "demo",
            "domain",
            "host",
            "intake",
            "oidc",
            "service",
            "table",
            "table-embedded",
        ],
    ),
    ("tidy", &[]),
    ("depth", &[]),
    ("journeys", &[]),
    (
        "lambda",
        &[
            "api",
            "audit",
            "blobs",
            "domain",
            "host",
            "oidc",
            "service",
            "stack",
            "table",
            "table-dynamodb",
        ],
    ),
    ("stack", &[]),
    ("cost", &[]),
    (
        "bench",
        &[
            "api",
            "audit",
            "journeys",
            "blobs",
            "domain",
            "history",
            "host",
            "intake",
            "service",
            "table",
            "table-embedded",
        ],
    ),
];

/// Foreign crates that shape the code around them, and the crates they may shape.
const OWNED: &[(&str, &[&str])] = &[
    ("axum", &["api", "whereabouts", "bench", "lambda"]),
    ("utoipa", &["api"]),
    ("jsonschema", &["api"]),
    ("fjall", &["table-embedded"]),
    ("aws-sdk-dynamodb", &["table-dynamodb", "lambda"]),
    ("aws-sdk-dynamodbstreams", &["table-dynamodb"]),
    ("object_store", &["blobs"]),
    ("clap", &["whereabouts", "bench"]),
    ("indicatif", &["whereabouts"]),
    ("csv", &["intake"]),
    ("csv-core", &["intake"]),
    ("parquet", &["history"]),
    ("arrow-array", &["history"]),
    ("argon2", &["service"]),
    ("image", &["service"]),
    ("ed25519-dalek", &["audit"]),
    ("saphyr", &["stack"]),
    ("jsonwebtoken", &["oidc"]),
    ("rustls", &["oidc"]),
    ("wasm-bindgen", &["browser"]),
    ("wasm-bindgen-cli-support", &["bindings"]),
];

#[test]
fn crates_depend_only_downwards() {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let manifests = sources("crates", &|path| path.ends_with("Cargo.toml"));
    for (shown, manifest) in manifests {
        let name = shown.split('/').nth(1).expect("crates/NAME/Cargo.toml");
        let arrows = allowed.get(name).unwrap_or_else(|| panic!("{name}: not in ARROWS"));
        for dependency in dependencies(&manifest) {
            if allowed.contains_key(dependency) {
                assert!(arrows.contains(&dependency), "{name} must not depend on {dependency}");
            }
            if let Some((_, owners)) = OWNED.iter().find(|(owned, _)| *owned == dependency) {
                assert!(owners.contains(&name), "{name} must not use {dependency}");
            }
        }
    }
}

#[test]
fn every_crate_is_on_the_map() {
    let map = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    for (name, _) in ARROWS {
        assert!(map.contains(&format!("`{name}`")), "ARCHITECTURE.md does not name `{name}`");
    }
}

/// Names in `[dependencies]`; what only tests use is free.
fn dependencies(manifest: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    manifest.lines().filter_map(move |line| {
        if line.starts_with('[') {
            inside = line.ends_with("dependencies]")
                && !line.contains("dev-dependencies")
                && !line.contains("build-dependencies");
            return None;
        }
        let name = line.split(['.', ' ', '=']).next()?;
        (inside && !name.is_empty() && !name.starts_with('#')).then_some(name)
    })
}
