//! Stories in plain words: what happened, and where things were then. Each file
//! in `scripts/` holds the answers below its questions. `BLESS=1` writes what
//! the code answers now into the files: read the difference before keeping it.

use std::{fs, path::PathBuf};

mod facts;
mod told;

#[test]
fn every_story_is_answered_as_it_says() {
    #[expect(
        clippy::disallowed_methods,
        reason = "accepting new answers is asked for from outside"
    )]
    let bless = std::env::var("BLESS").is_ok_and(|it| it == "1");
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/histories/scripts"));
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 8, "the stories are there");
    let mut wrong = Vec::new();
    for file in files {
        let script = fs::read_to_string(&file).unwrap();
        let answered = told::answered(&script);
        if bless {
            fs::write(&file, answered).unwrap();
        } else if answered != script {
            wrong.push(format!("{}:\n{}", file.display(), difference(&script, &answered)));
        }
    }
    assert!(wrong.is_empty(), "other answers than expected\n{}", wrong.join("\n"));
}

fn difference(expected: &str, got: &str) -> String {
    let pairs = expected.lines().zip(got.lines()).filter(|(expected, got)| expected != got);
    pairs.take(6).map(|(expected, got)| format!("- {expected}\n+ {got}\n")).collect()
}
