//! What source never says: unfinished things, hidden warnings, somebody's machine.

use crate::{is_rust, sources};

/// Assembled, so that this file does not find itself.
fn banned() -> Vec<(String, &'static str)> {
    let join = |parts: &[&str]| parts.concat();
    vec![
        (join(&["todo", "!("]), "finish it"),
        (join(&["unimplemented", "!("]), "finish it"),
        (join(&["dbg", "!("]), "left behind"),
        (join(&["FIX", "ME"]), "fix it"),
        (join(&["#[", "allow("]), "use #[expect(…, reason = \"…\")]"),
        (join(&["#[", "ignore"]), "a test that never runs is no test"),
        (join(&["/wo", "rk/"]), "a path of one machine"),
        (join(&["/ho", "me/"]), "a path of one machine"),
    ]
}

#[test]
fn source_is_finished_and_speaks_of_no_machine() {
    let banned = banned();
    let all = sources("crates", &is_rust).into_iter().chain(sources("fuzz", &is_rust));
    for (shown, text) in all {
        for (number, line) in text.lines().enumerate() {
            for (word, why) in &banned {
                assert!(!line.contains(word), "{shown}:{}: {word}: {why}", number + 1);
            }
        }
    }
}

/// Where one machine keeps its things.
fn machine_paths() -> Vec<String> {
    ["wo-rk", "ho-me", "ro-ot", "Us-ers"].map(|it| format!("/{}/", it.replace('-', ""))).into()
}

#[test]
fn text_files_name_no_machine_and_no_registry_host() {
    let text = |path: &std::path::Path| {
        let extensions = [
            "md", "toml", "py", "yaml", "yml", "json", "sh", "html", "js", "css", "txt", "csv",
            "tsv", "ts", "svelte",
        ];
        let whole = ["Makefile", "NOTICE", "run", ".gitignore"];
        path.extension().is_some_and(|it| extensions.iter().any(|known| it == *known))
            || whole.iter().any(|it| path.ends_with(it))
    };
    let hosts = [["index.", "crates.io"], ["registry.", "npmjs"], ["files.", "pythonhosted"]];
    let paths = machine_paths();
    for (shown, text) in sources(".", &text) {
        for host in hosts {
            assert!(!text.contains(&host.concat()), "{shown}: names a registry host");
        }
        for (number, line) in text.lines().enumerate() {
            // Where a name or a dot comes before it, it is a part of a path within.
            let begins =
                |at: usize| !line[..at].ends_with(|it: char| it.is_alphanumeric() || it == '.');
            let names = |it: &&String| line.match_indices(it.as_str()).any(|(at, _)| begins(at));
            let found = paths.iter().find(names);
            assert!(found.is_none(), "{shown}:{}: {found:?}: a path of one machine", number + 1);
        }
    }
}
