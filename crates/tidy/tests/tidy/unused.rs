//! What a crate's manifest asks for and the crate never names.

use crate::{is_manifest, is_rust, sources};

/// Dependencies that are used without being named, and how.
const UNNAMED: &[(&str, &str, &str)] = &[
    ("service", "table-embedded", "its stories are to be told on a disk, too"),
    ("service", "tempfile", "a folder for that"),
    ("table-dynamodb", "dynoxide-rs", "its library is called dynoxide"),
];

#[test]
fn every_dependency_is_named_in_its_crate() {
    for (shown, manifest) in sources("crates", &is_manifest) {
        let folder = shown.trim_end_matches("/Cargo.toml");
        let name = folder.trim_start_matches("crates/");
        let text: String = sources(folder, &is_rust).into_iter().map(|(_, text)| text).collect();
        for dependency in dependencies(&manifest) {
            let known = UNNAMED.iter().any(|it| (it.0, it.1) == (name, dependency));
            assert!(known || is_named(&text, dependency), "{name} never names {dependency}");
        }
    }
}

fn is_named(text: &str, dependency: &str) -> bool {
    let word = dependency.replace('-', "_");
    let is_of_word = |it: char| it.is_alphanumeric() || it == '_';
    text.match_indices(&word).any(|(at, _)| {
        let before = text[..at].chars().next_back().is_some_and(is_of_word);
        let after = text[at + word.len()..].chars().next().is_some_and(is_of_word);
        !before && !after
    })
}

/// Names in every section of dependencies, those of tests too.
fn dependencies(manifest: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    manifest.lines().filter_map(move |line| {
        if line.starts_with('[') {
            inside = line.ends_with("dependencies]");
            return None;
        }
        let name = line.split(['.', ' ', '=']).next()?;
        (inside && !name.is_empty() && !name.starts_with('#')).then_some(name)
    })
}
