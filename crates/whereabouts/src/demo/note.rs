//! How far a folder's demo is: a small file beside the store. It also says that the
//! folder is a demo's and nothing else's.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use domain::time::Timestamp;
use serde_json::{Value, json};

/// What the file is called.
const FILE: &str = "demo.json";
/// The world that is shown when nobody asks for another.
const SEED: u64 = 1;

/// How far a demo is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Where it is kept; nowhere in tests that need none.
    file: Option<PathBuf>,
    /// What its world follows from.
    pub seed: u64,
    /// How many packages it was begun with.
    pub packages: u64,
    /// The instant its world is anchored to: when it was begun.
    pub anchored_at: Timestamp,
    /// Lives that begin before this are told, up to the anchor.
    pub begun_until: Timestamp,
    /// Everything that happens before this is told, once the past is.
    pub told_until: Timestamp,
}

impl Note {
    /// A demo that is begun now and kept nowhere.
    pub fn begun(seed: u64, packages: u64, now: Timestamp) -> Self {
        // A day more: what vessels carry was ordered before they leave.
        let begun_until = now.plus(-::demo::PAST - domain::time::DAY);
        Self { file: None, seed, packages, anchored_at: now, begun_until, told_until: now }
    }

    /// The note of a folder. An empty or missing folder begins a demo; a folder that
    /// holds anything else is refused, and so is another demo than the one there.
    pub fn find_or_begin(
        folder: &Path,
        packages: Option<u64>,
        seed: Option<u64>,
        now: Timestamp,
    ) -> Result<Self, String> {
        let (file, shown) = (folder.join(FILE), folder.display());
        let unreadable =
            |it: &dyn std::fmt::Display| format!("cannot read {}: {it}", file.display());
        match fs::read(&file) {
            Ok(bytes) => {
                let found = read(&bytes).ok_or_else(|| unreadable(&"it is no note of a demo"))?;
                let same = packages.is_none_or(|it| it == found.packages)
                    && seed.is_none_or(|it| it == found.seed);
                if !same {
                    return Err(format!(
                        "{shown} holds a demo of {} packages from seed {}: leave --packages and \
                         --seed away, or name another folder with --data",
                        found.packages, found.seed
                    ));
                }
                Ok(Self { file: Some(file), ..found })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let filled = fs::read_dir(folder).is_ok_and(|mut it| it.next().is_some());
                if filled {
                    return Err(format!(
                        "{shown} holds something other than a demo: name an empty or new folder \
                         with --data"
                    ));
                }
                let (seed, packages) = (seed.unwrap_or(SEED), packages.unwrap_or(::demo::PACKAGES));
                let note = Self { file: Some(file), ..Self::begun(seed, packages, now) };
                note.keep().map_err(|it| format!("cannot write into {shown}: {it}"))?;
                Ok(note)
            }
            Err(error) => Err(unreadable(&error)),
        }
    }

    /// Keeps it, so that a crash leaves this note or the one before.
    pub fn keep(&self) -> io::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let unfinished = file.with_extension("json.new");
        let mut writing = fs::File::create(&unfinished)?;
        let text = json!({
            "seed": self.seed,
            "packages": self.packages,
            "anchored_at": self.anchored_at.millis(),
            "begun_until": self.begun_until.millis(),
            "told_until": self.told_until.millis(),
        });
        writeln!(writing, "{text}")?;
        writing.sync_all()?;
        fs::rename(unfinished, file)
    }
}

fn read(bytes: &[u8]) -> Option<Note> {
    let text: Value = serde_json::from_slice(bytes).ok()?;
    let at = |name: &str| Timestamp::from_millis(text[name].as_i64()?).ok();
    Some(Note {
        file: None,
        seed: text["seed"].as_u64()?,
        packages: text["packages"].as_u64()?,
        anchored_at: at("anchored_at")?,
        begun_until: at("begun_until")?,
        told_until: at("told_until")?,
    })
}
