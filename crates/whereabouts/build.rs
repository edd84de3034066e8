//! Puts the web app into the binary: every file of web/dist, as `make web` built it, or
//! none where it did not.

use std::{
    env,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

fn main() {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let mut files = Vec::new();
    walk(&dist, &mut files);
    files.sort();
    let shown = |it: &PathBuf| it.strip_prefix(&dist).expect("below it").display().to_string();
    let names: Vec<String> = files.iter().map(shown).collect();
    // The compiler reads copies: the app may be built anew meanwhile.
    for (file, name) in files.iter().zip(&names) {
        let copy = out.join("web").join(name);
        fs::create_dir_all(copy.parent().expect("a folder")).expect("cargo's own folder");
        fs::copy(file, copy).expect("a file that was just seen");
    }
    fs::write(out.join("web_files.rs"), list(&names)).expect("cargo's own folder");
}

/// The files as a constant; packed forms stand with what they are forms of.
fn list(names: &[String]) -> String {
    let mut code = String::from("&[\n");
    let is_packed = |name: &str| [".br", ".gz"].iter().any(|it| name.ends_with(it));
    for name in names.iter().filter(|it| !is_packed(it)) {
        let include =
            |it: &str| format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/web/{it}\"))");
        let packed = |ending: &str| {
            let it = format!("{name}.{ending}");
            if names.contains(&it) { format!("Some({})", include(&it)) } else { "None".to_owned() }
        };
        let (bytes, brotli, gzip) = (include(name), packed("br"), packed("gz"));
        writeln!(
            code,
            "WebFile {{ path: {name:?}, bytes: {bytes}, brotli: {brotli}, gzip: {gzip} }},"
        )
        .expect("a string takes everything");
    }
    code.push(']');
    code
}

/// Every file below a folder, if it is there, but those that only builds read.
fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).into_iter().flatten() {
        let path = entry.expect("a folder entry").path();
        let hidden = path.file_name().is_some_and(|it| it.to_string_lossy().starts_with('.'));
        if path.is_dir() && !hidden {
            walk(&path, found);
        } else if !hidden {
            found.push(path);
        }
    }
}
