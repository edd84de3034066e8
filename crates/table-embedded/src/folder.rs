//! The data folder: created, locked, marked with its format, and opened.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use fjall::{
    CompressionType, Database, Keyspace, KeyspaceCreateOptions, compaction::Leveled,
    config::CompressionPolicy,
};

use crate::{OpenError, Options, journal};

/// The content of the format marker.
pub(crate) const FORMAT: &str = "whereabouts table 1\n";

const LOCK_FILE: &str = "lock";
const FORMAT_FILE: &str = "format";
const ENGINE_FOLDER: &str = "engine";

/// Compactions rewrite whole files of this size, in bytes. Small ones keep each
/// compaction short, and with it the time that a flush may have to wait for one.
const FILE_BYTES: u64 = 16 * 1_024 * 1_024;
/// Journals kept before unwritten data is forced out, in bytes. Bounds the time
/// to open a folder after a crash.
const JOURNALS_BYTES_MAX: u64 = 128 * 1_024 * 1_024;

/// A folder that this process holds the lock of.
pub(crate) struct Folder {
    path: PathBuf,
    /// The operating system lets go of the lock when the file is closed, also
    /// when the process is killed.
    _lock: File,
}

/// The opened engine.
pub(crate) struct Engine {
    pub(crate) db: Database,
    pub(crate) items: Keyspace,
    pub(crate) feeds: Keyspace,
}

impl Folder {
    /// Creates the folder if there is none, readable by its owner alone, and
    /// takes its lock.
    pub(crate) fn take(path: &Path) -> Result<Self, OpenError> {
        let unusable = |why| unusable(path, why);
        create_private(path).map_err(unusable)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join(LOCK_FILE))
            .map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path.to_owned())),
            Err(TryLockError::Error(why)) => Err(unusable(why)),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the engine inside. The format marker is written last of all: a
    /// folder without it holds nothing that was ever acknowledged, and its
    /// creation starts over.
    pub(crate) fn open_engine(&self, options: Options) -> Result<Engine, OpenError> {
        let engine_path = self.path.join(ENGINE_FOLDER);
        let unusable = |why| unusable(&self.path, why);
        let corrupt = |why: String| OpenError::Corrupt { folder: self.path.clone(), why };
        let is_new = self.is_new()?;
        if is_new {
            remove_if_there(&engine_path).map_err(unusable)?;
        } else {
            journal::check_all(&engine_path).map_err(|why| match why {
                journal::Damage::Unreadable(why) => unusable(why),
                journal::Damage::Inside(why) => corrupt(why),
            })?;
        }
        let engine = open_fjall(&engine_path, options).map_err(|why| match why {
            fjall::Error::Io(why) => unusable(why),
            fjall::Error::Locked => OpenError::InUse(self.path.clone()),
            why => corrupt(why.to_string()),
        })?;
        if is_new {
            self.mark_format().map_err(unusable)?;
        }
        Ok(engine)
    }

    fn is_new(&self) -> Result<bool, OpenError> {
        match fs::read(self.path.join(FORMAT_FILE)) {
            Ok(found) if found == FORMAT.as_bytes() => Ok(false),
            Ok(found) => Err(OpenError::OtherFormat {
                folder: self.path.clone(),
                found: String::from_utf8_lossy(&found).trim_end().to_owned(),
            }),
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(true),
            Err(why) => Err(unusable(&self.path, why)),
        }
    }

    fn mark_format(&self) -> io::Result<()> {
        let unfinished = self.path.join("format.new");
        let mut file = File::create(&unfinished)?;
        file.write_all(FORMAT.as_bytes())?;
        file.sync_all()?;
        fs::rename(unfinished, self.path.join(FORMAT_FILE))?;
        sync_folder(&self.path)
    }
}

fn open_fjall(path: &Path, options: Options) -> fjall::Result<Engine> {
    let db = Database::builder(path)
        .cache_size(options.cache_bytes)
        .max_journaling_size(JOURNALS_BYTES_MAX)
        // With more, one of them spins for as long as another compacts. The writer
        // sees to it that this one does not fall behind.
        .worker_threads(1)
        // Recovery compresses again to check sums: another version of the
        // compressor would refuse a sound journal.
        .journal_compression(CompressionType::None)
        .open()?;
    let strategy = Arc::new(Leveled::default().with_table_target_size(FILE_BYTES));
    let options = || KeyspaceCreateOptions::default().compaction_strategy(strategy.clone());
    let items = db.keyspace("items", options)?;
    // Changes are read soon and dropped: making them small costs more than it saves.
    let whole = CompressionPolicy::disabled();
    let feeds = db.keyspace("feeds", || options().data_block_compression_policy(whole))?;
    Ok(Engine { db, items, feeds })
}

fn create_private(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => sync_folder(parent),
        _ => sync_folder(Path::new(".")),
    }
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Makes new names in a folder durable; only Unix can and needs to.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

fn unusable(folder: &Path, why: io::Error) -> OpenError {
    OpenError::Unusable { folder: folder.to_owned(), why: why.to_string() }
}
