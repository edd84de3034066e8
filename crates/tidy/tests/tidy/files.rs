//! What files are called, how they begin, and how long they may be.

use crate::{is_rust, is_test, root, sources};

/// Longest source file, tests aside. Past this, a module has found its seam.
const LINES_MAX: usize = 600;
/// Longest ARCHITECTURE.md: a map, not a book.
const MAP_LINES_MAX: usize = 200;
/// Longest function. Past this, it does two things.
const FUNCTION_LINES_MAX: usize = 70;
/// Functions that are longer, and why.
const LONG_FUNCTIONS: &[(&str, &str)] =
    &[("domain/src/leaf.rs fact", "one arm for every kind of fact, in the order of the kinds")];
/// Names that say nothing.
const EMPTY_NAMES: &[&str] =
    &["common", "util", "utils", "helpers", "shared", "types", "models", "misc", "manager", "v2"];

#[test]
fn every_file_says_what_it_is_for() {
    let all = sources("crates", &is_rust).into_iter().chain(sources("fuzz", &is_rust));
    for (shown, text) in all {
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("//! "), "{shown}: the first line must be a `//! ` sentence");
    }
}

#[test]
fn every_file_of_the_app_says_what_it_is_for() {
    let wanted = |path: &std::path::Path| {
        let kinds = ["ts", "svelte", "mjs", "css"];
        // What is generated says so itself.
        !path.ends_with("schema.d.ts")
            && path.extension().is_some_and(|it| kinds.iter().any(|kind| it == *kind))
    };
    for (shown, text) in sources("web", &wanted) {
        let first = text.lines().next().unwrap_or_default();
        let says = ["// ", "<!-- ", "/* "].iter().any(|it| first.starts_with(it));
        assert!(says, "{shown}: the first line must be a comment that says what it is for");
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
fn no_function_is_long() {
    for (shown, text) in sources("crates", &is_rust) {
        for (name, lines) in functions(&text).filter(|_| !is_test(&shown)) {
            let known = LONG_FUNCTIONS
                .iter()
                .any(|(it, _)| format!("crates/{it}").eq(&format!("{shown} {name}")));
            assert!(
                known || lines <= FUNCTION_LINES_MAX,
                "{shown}: `{name}` has {lines} lines, at most {FUNCTION_LINES_MAX}"
            );
        }
    }
}

/// Names and lengths of functions. Formatted source ends a body where a closing
/// brace stands as far in as the line that began it.
fn functions(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    (0..lines.len()).filter_map(move |first| {
        let line = lines[first];
        let begun = line.trim_start();
        let (before, rest) = begun.split_once("fn ")?;
        let words = ["pub", "pub(crate)", "pub(super)", "const", "async", "unsafe"];
        before.split_whitespace().all(|it| words.contains(&it)).then_some(())?;
        let name = rest.split(|it: char| !it.is_alphanumeric() && it != '_').next()?;
        let opens = lines[first..].iter().position(|it| it.ends_with(['{', '}', ';']))?;
        lines[first + opens].ends_with('{').then_some(())?;
        let end = format!("{}}}", &line[..line.len() - begun.len()]);
        let length = lines[first..].iter().position(|it| *it == end)? + 1;
        Some((name, length))
    })
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
