//! The verifier in plain Python that goes with the evidence accepts what we make and
//! names what somebody altered.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use crate::world::{Folder, public};

fn verify(folder: &Path, key: &str) -> Option<Output> {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("verify.py");
    let run = Command::new("python3").arg(script).arg(folder).arg(key).output();
    match run {
        Ok(output) => Some(output),
        Err(why) => {
            eprintln!("NOT CHECKED: there is no python3 here: {why}");
            None
        }
    }
}

fn write(folder: &Folder) -> tempfile::TempDir {
    let at = tempfile::tempdir().unwrap();
    for (path, bytes) in &folder.0 {
        let file = at.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }
    at
}

#[test]
fn plain_python_accepts_our_logs_and_names_what_is_wrong() {
    let key = public().to_string();
    for size in [0, 1, 255, 256, 257, 70_000] {
        let folder = write(&Folder::of(size));
        let Some(output) = verify(folder.path(), &key) else { return };
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{size}: {said}{error}");
        assert!(said.contains(&format!("{size} entries")), "{said}");
    }
    let good = Folder::of(1_000);
    for (path, wanted) in [
        ("tile/entries/002", "entry 6"),
        ("tile/0/002", "tile/0/002"),
        ("tile/1/000.p/3", "tile/1/000.p/3"),
        ("checkpoint", "checkpoint"),
    ] {
        let mut altered = good.clone();
        let bytes = altered.0.get_mut(path).unwrap();
        let at = bytes.len() / 2;
        bytes[at] ^= 1;
        let folder = write(&altered);
        let Some(output) = verify(folder.path(), &key) else { return };
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(1), "{path}: {said}");
        assert!(said.contains(path) && said.contains(wanted), "{path}: {said}");
        assert!(said.contains("1 things are wrong"), "{path}: {said}");
    }
    let other = audit::LogKey::new("other.example/log", &[8; 32]).unwrap();
    let folder = write(&good);
    let Some(output) = verify(folder.path(), &other.public().to_string()) else { return };
    assert_eq!(output.status.code(), Some(1));
}
