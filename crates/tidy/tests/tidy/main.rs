//! The house rules that a program can check. A rule that is not here is advice.

mod arrows;
mod files;
mod links;
mod unused;
mod words;

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The repository's root.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Folders that tools make.
const MADE: &[&str] =
    &["target", "node_modules", "dist", "generated", "test-results", "corpus", "artifacts"];

/// Every file under `dir` that belongs to the project, as (path from the root, text).
/// Folders that tools make are passed over.
fn sources(dir: &str, wanted: &dyn Fn(&Path) -> bool) -> Vec<(String, String)> {
    let mut found = Vec::new();
    walk(&root().join(dir), wanted, &mut found);
    assert!(!found.is_empty(), "{dir}: nothing to check, so the check is broken");
    found.sort();
    found
}

fn walk(dir: &Path, wanted: &dyn Fn(&Path) -> bool, found: &mut Vec<(String, String)>) {
    let entries = fs::read_dir(dir).unwrap_or_else(|why| panic!("{}: {why}", dir.display()));
    for path in entries.map(|it| it.expect("a folder entry").path()) {
        let name = path.file_name().expect("entries have names").to_string_lossy().into_owned();
        if ["target-", ".git"].iter().any(|it| name.starts_with(it)) || MADE.contains(&&*name) {
            continue;
        }
        if path.is_dir() {
            walk(&path, wanted, found);
        } else if wanted(&path) {
            let shown = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
            let text = fs::read(&path).expect("a readable file");
            found.push((shown, String::from_utf8_lossy(&text).into_owned()));
        }
    }
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "rs")
}

fn is_manifest(path: &Path) -> bool {
    path.ends_with("Cargo.toml")
}

fn is_test(shown: &str) -> bool {
    shown.contains("/tests/") || shown.ends_with("/tests.rs")
}
