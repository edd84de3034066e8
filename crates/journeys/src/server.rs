//! The built binary, running on a folder and a free port of this machine.

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    sync::OnceLock,
    time::Duration,
};

use serde_json::Value;
use tokio::{
    process::{Child, Command as AsyncCommand},
    time::{sleep, timeout},
};

use crate::http::Connection;

/// A machine under load may take this long to start a process.
const START_MAX: Duration = Duration::from_secs(60);

/// A running server; killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// The key of the folder's owner.
    pub key: String,
}

/// The binary, built with the profile of whoever asks.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--locked", "-p", "whereabouts"]);
        build.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        assert!(build.status().expect("cargo runs").success(), "the binary does not build");
        // target/PROFILE/deps/test-binary, or target/PROFILE/binary
        let here = std::env::current_exe().expect("this program has a path");
        let folder = here.ancestors().skip(1).find(|it| !it.ends_with("deps"));
        folder.expect("this program is in a folder").join("whereabouts")
    })
}

impl Server {
    /// Starts a server on a folder and waits until it answers.
    pub async fn start(data: &Path) -> io::Result<Self> {
        Self::with_output(data, Stdio::null()).await
    }

    /// The same, with what it prints going somewhere.
    pub async fn with_output(data: &Path, output: impl Into<Stdio>) -> io::Result<Self> {
        Self::with_options(data, &[], output).await
    }

    /// The same, with more options of `serve`.
    pub async fn with_options(
        data: &Path,
        options: &[&str],
        output: impl Into<Stdio>,
    ) -> io::Result<Self> {
        // What a killed server left behind must not be taken for the new one.
        let _ = fs::remove_file(data.join("server.json"));
        let child = AsyncCommand::new(binary())
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(options)
            .stdout(output)
            .kill_on_drop(true)
            .spawn()?;
        let found = timeout(START_MAX, found(data)).await;
        let (address, key) = found.map_err(|_| io::Error::other("the server did not start"))?;
        Ok(Self { child, address, key })
    }

    /// A new connection with the folder owner's key.
    pub async fn connect(&self) -> io::Result<Connection> {
        Connection::open(self.address, &self.key).await
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// Bytes of memory it holds, by what the kernel says.
    pub fn memory_bytes(&self) -> io::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id()))?;
        let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"));
        let kib = line.and_then(|it| it.trim().trim_end_matches(" kB").parse::<u64>().ok());
        kib.map(|it| it * 1024).ok_or_else(|| io::Error::other("the kernel does not say"))
    }

    /// Asks it to stop, as a supervisor does.
    pub fn ask_to_stop(&self) -> io::Result<()> {
        let asked = Command::new("kill").args(["-TERM", &self.id().to_string()]).status()?;
        if asked.success() { Ok(()) } else { Err(io::Error::other("it cannot be signalled")) }
    }

    /// Waits until it has ended by itself.
    pub async fn ended(mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Ends it as a power cut would, without a chance to tidy up.
    pub async fn kill(mut self) -> io::Result<()> {
        self.child.kill().await
    }
}

async fn found(data: &Path) -> (SocketAddr, String) {
    loop {
        if let Some((address, key)) = announced(data)
            && let Ok(mut connection) = Connection::open(address, &key).await
            && connection.get("/healthz").await.is_ok_and(|it| it.status == 200)
        {
            return (address, key);
        }
        sleep(Duration::from_millis(10)).await;
    }
}

fn announced(data: &Path) -> Option<(SocketAddr, String)> {
    let text = fs::read_to_string(data.join("server.json")).ok()?;
    let found: Value = serde_json::from_str(&text).ok()?;
    let address = found["url"].as_str()?.strip_prefix("http://")?.parse().ok()?;
    Some((address, found["key"].as_str()?.to_owned()))
}
