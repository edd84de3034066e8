//! The tools of other languages that some tests need, by `scripts/tools.sh`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
};

/// Where the tools are.
#[derive(Clone, Debug)]
pub struct Tools(BTreeMap<String, PathBuf>);

impl Tools {
    /// Those of Python: cfn-lint, samtranslator, checkov, moto, cargo-lambda.
    pub fn python() -> Result<Self, String> {
        installed("python")
    }

    /// Those of Node: DynamoDB Local.
    pub fn node() -> Result<Self, String> {
        installed("node")
    }

    /// The interpreter that knows the packages.
    #[must_use]
    pub fn interpreter(&self) -> &Path {
        &self.0["python"]
    }

    /// The folder of programs, for the PATH.
    #[must_use]
    pub fn programs(&self) -> &Path {
        &self.0["bin"]
    }

    /// The folder of Node's packages.
    #[must_use]
    pub fn node_modules(&self) -> &Path {
        &self.0["node_modules"]
    }
}

/// Says loudly that a test was skipped, or fails it where tools are required: call it with what
/// [`Tools`] answered, and return.
///
/// # Panics
/// If `WHEREABOUTS_TOOLS` is `required`.
pub fn unavailable(what: &str, why: &str) {
    let required = std::env::var_os("WHEREABOUTS_TOOLS").is_some_and(|it| it == "required");
    assert!(!required, "{what}: {why}");
    eprintln!("SKIPPED: {what} because {why}");
}

/// Installs one kind, once a process: threads of a test wait for each other.
fn installed(kind: &str) -> Result<Tools, String> {
    static FOUND: Mutex<BTreeMap<String, Result<Tools, String>>> = Mutex::new(BTreeMap::new());
    let mut found = FOUND.lock().map_err(|it| it.to_string())?;
    found.entry(kind.to_owned()).or_insert_with(|| install(kind)).clone()
}

fn install(kind: &str) -> Result<Tools, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let ran = Command::new("sh").arg("scripts/tools.sh").arg(kind).current_dir(root).output();
    let ran = ran.map_err(|it| format!("scripts/tools.sh: {it}"))?;
    if !ran.status.success() {
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        return Err(format!("scripts/tools.sh {kind}: {}", said.trim()));
    }
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    let pairs = said.lines().filter_map(|it| it.split_once('='));
    Ok(Tools(pairs.map(|(name, path)| (name.to_owned(), path.into())).collect()))
}
