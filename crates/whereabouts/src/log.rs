//! The audit log of a data folder: its key, and appending to it while serving.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    time::Duration,
};

use audit::LogKey;
use host::SystemEntropy;
use service::{Service, log::sequencer::Sequencer, outside::random};
use tokio::{sync::watch, task::JoinHandle, time};

use crate::failure::{Failure, failed};

/// The file that holds the key. Whoever has it can make up another log.
const KEY_FILE: &str = "log.key";
/// How long events gather before they are appended: each time costs a few files.
const EVERY: Duration = Duration::from_secs(2);
/// How long it waits after a failure.
const RETRY: Duration = Duration::from_secs(5);

/// The key of a data folder's log; made if there is neither key nor log.
pub async fn key(data: &Path, service: &Service) -> Result<LogKey, Failure> {
    let path = data.join(KEY_FILE);
    let shown = path.display();
    match fs::read_to_string(&path) {
        Ok(text) => {
            let key = LogKey::of_text(&text).map_err(|it| failed(format!("{shown}: {it}")))?;
            let log = service.log_key().await.map_err(failed)?;
            match log.filter(|it| *it != key.public().to_string()) {
                None => Ok(key),
                Some(log) => Err(failed(format!("{shown} is not the key of this log, {log}"))),
            }
        }
        Err(why) if why.kind() == io::ErrorKind::NotFound => {
            if let Some(log) = service.log_key().await.map_err(failed)? {
                return Err(failed(format!(
                    "{shown} is missing, the key that signs the audit log {log}: put it back"
                )));
            }
            let name: String = random::<6>(&SystemEntropy).map(|it| format!("{it:02x}")).concat();
            let seed = random::<32>(&SystemEntropy);
            let key = LogKey::new(&format!("whereabouts/{name}"), &seed).map_err(failed)?;
            write(&path, &format!("{}\n", key.to_text()))?;
            Ok(key)
        }
        Err(why) => Err(failed(format!("{shown}: {why}"))),
    }
}

/// The key in a data folder, as text, if there is one.
pub fn kept_key(data: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(data.join(KEY_FILE)) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(why) => Err(failed(format!("{}: {why}", data.join(KEY_FILE).display()))),
    }
}

/// Puts a key into a data folder that has none.
pub fn keep_key(data: &Path, text: &str) -> Result<(), Failure> {
    let key = LogKey::of_text(text).map_err(failed)?;
    Ok(write(&data.join(KEY_FILE), &format!("{}\n", key.to_text()))?)
}

/// Appending to the log, beside everything else.
pub struct Logging {
    end: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Logging {
    /// Begins to append.
    pub fn begin(service: Service, key: LogKey) -> Self {
        let (end, ended) = watch::channel(false);
        Self { end, task: tokio::spawn(keep(service, key, ended)) }
    }

    /// Appends once more and ends; what takes longer than this goes on at the next start.
    pub async fn end(self, grace: Duration) {
        self.end.send_replace(true);
        if time::timeout(grace, self.task).await.is_err() {
            tracing::warn!("the audit log goes on at the next start");
        }
    }
}

/// Appends what is recorded until told to end, and then once more.
async fn keep(service: Service, key: LogKey, mut ended: watch::Receiver<bool>) {
    let mut sequencer = Sequencer::new(service.clone(), key);
    loop {
        let is_last = *ended.borrow();
        let was_good = service.log_status().trouble.is_none();
        let wait = match sequencer.step().await {
            Ok(step) if step.more => continue,
            Ok(_) => EVERY,
            Err(error) => {
                if was_good {
                    tracing::error!(%error, "nothing is appended to the audit log");
                }
                RETRY
            }
        };
        if is_last {
            return;
        }
        tokio::select! {
            () = time::sleep(wait) => (),
            _ = ended.wait_for(|it| *it) => (),
        }
    }
}

/// Written whole or not at all: half a key would be a lost one.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let unfinished = path.with_extension("key-unfinished");
    let _ = fs::remove_file(&unfinished);
    let mut file =
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    fs::File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
}
