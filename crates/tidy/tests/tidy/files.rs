//! What files are called, how they begin, and how long they may be.

use crate::{is_rust, is_test, root, sources};

/// Longest source file, tests aside. Past this, a module has found its seam.
const LINES_MAX: usize = 600;
/// Longest ARCHITECTURE.md: a map, not a book.
const MAP_LINES_MAX: usize = 200;
/// Names that say nothing.
const EMPTY_NAMES: &[&str] =
    &["common", "util", "utils", "helpers", "shared", "types", "models", "misc", "manager", "v2"];

#[test]
fn every_file_says_what_it_is_for() {
    for (shown, text) in sources("crates", &is_rust) {
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("//! "), "{shown}: the first line must be a `//! ` sentence");
    }
}

#[test]
fn no_file_is_long() {
    for (shown, text) in sources("crates", &is_rust) {
        let lines = text.lines().count();
        assert!(
            is_test(&shown) || lines <= LINES_MAX,
            "{shown}: {lines} lines, at most {LINES_MAX}"
        );
    }
    let map = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    assert!(map.lines().count() <= MAP_LINES_MAX, "ARCHITECTURE.md is a map, not a book");
}

#[test]
fn every_name_says_something() {
    for (shown, _) in sources("crates", &is_rust) {
        for part in shown.split('/') {
            let stem = part.trim_end_matches(".rs");
            assert!(!EMPTY_NAMES.contains(&stem), "{shown}: `{stem}` says nothing");
        }
    }
}
