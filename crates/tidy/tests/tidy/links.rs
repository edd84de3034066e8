//! Whatever a document or a comment points to is there.

use std::{fs, path::Path};

use crate::{is_rust, root, sources};

fn is_markdown(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "md")
}

#[test]
fn links_in_documents_lead_somewhere() {
    for (shown, text) in sources(".", &is_markdown) {
        let folder = root().join(&shown);
        let folder = folder.parent().expect("a file lies in a folder");
        for target in links(&text) {
            let target = target.split('#').next().unwrap_or_default();
            let elsewhere = target.contains("://") || target.starts_with("mailto:");
            let there = target.is_empty() || elsewhere || folder.join(target).exists();
            assert!(there, "{shown}: nothing is at {target}");
        }
    }
}

#[test]
fn files_that_documents_name_are_there() {
    for (shown, text) in sources(".", &is_markdown) {
        for line in text.lines() {
            // A row of a table of crates names files from the crate it is about.
            let first = line.strip_prefix("| `").and_then(|it| it.split('`').next());
            for name in line.split('`').skip(1).step_by(2).filter(|it| is_path(it)) {
                let crates = root().join("crates");
                let places = [root(), crates.clone(), crates.join(first.unwrap_or_default())];
                assert!(places.iter().any(|it| it.join(name).exists()), "{shown}: no file {name}");
            }
        }
    }
}

#[test]
fn documents_that_sources_name_are_there() {
    let wanted = |path: &Path| {
        let kinds = ["rs", "toml", "py", "js", "css"];
        path.ends_with("Makefile")
            || path.extension().is_some_and(|it| kinds.iter().any(|kind| it == *kind))
    };
    for (shown, text) in sources(".", &wanted) {
        for (at, _) in text.match_indices("docs/") {
            let whole = text[..at].chars().next_back().is_none_or(|it| !is_of_path(it));
            let end = text[at..].find(|it| !is_of_path(it)).map_or(text.len(), |it| at + it);
            let name = text[at..end].trim_end_matches('.');
            assert!(!whole || root().join(name).exists(), "{shown}: no document {name}");
        }
    }
}

#[test]
fn every_row_is_in_the_formats() {
    let keys = fs::read_to_string(root().join("crates/service/src/keys.rs")).expect("keys.rs");
    let formats = fs::read_to_string(root().join("docs/formats.md")).expect("formats.md");
    let (_, rows) = keys.split_once("pub enum Row").expect("the enum of rows");
    let (rows, _) = rows.split_once("\n}").expect("its end");
    let variants = rows.lines().filter_map(|it| it.strip_prefix("    "));
    let names = variants.filter(|it| it.starts_with(|first: char| first.is_ascii_uppercase()));
    for name in names.filter_map(|it| it.split(['(', ',', ' ']).next()) {
        assert!(formats.contains(&format!("| `{name}` |")), "docs/formats.md: no row `{name}`");
    }
}

/// What stands between `](` and `)`.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|it| it.split(')').next())
}

/// Whether a word in a document names a source or document of ours.
fn is_path(name: &str) -> bool {
    name.contains('/')
        && (is_rust(Path::new(name)) || is_markdown(Path::new(name)))
        && name.chars().all(is_of_path)
}

fn is_of_path(it: char) -> bool {
    it.is_ascii_alphanumeric() || "_-./".contains(it)
}
