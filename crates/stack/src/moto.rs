//! moto, which speaks like many services of AWS, as a process of its own on loopback.

use std::{
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

use crate::tools::Tools;

/// How often it is looked whether it answers, ten times a second.
const LOOKS_MAX: u32 = 600;

/// A moto that runs. It goes with this value.
#[derive(Debug)]
pub struct Moto {
    child: Child,
    port: u16,
}

impl Moto {
    /// Starts one, and waits until it answers; an error if the tools cannot be had.
    pub fn start() -> Result<Self, String> {
        let tools = Tools::python()?;
        let free = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
        let port = free.map_err(|it| it.to_string())?.port();
        let child = Command::new(tools.interpreter())
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|it| format!("moto: {it}"))?;
        let mut moto = Self { child, port };
        for _ in 0..LOOKS_MAX {
            if is_answered(port) {
                return Ok(moto);
            }
            if let Ok(Some(ended)) = moto.child.try_wait() {
                return Err(format!("moto ended with {ended}"));
            }
            sleep(Duration::from_millis(100));
        }
        Err("moto did not begin within a minute".to_owned())
    }

    /// Its port, which nothing else on this machine has.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// Whether somebody listens. A connection to a port that nobody has may be given that very port
/// for its own end, and then be connected to itself.
fn is_answered(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok_and(|it| {
        let (own, other) = (it.local_addr().ok(), it.peer_addr().ok());
        own.is_some() && own != other
    })
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
