//! HTTP/1.1 over one kept connection: just enough to speak to our own server,
//! and cheap enough not to be what a benchmark measures.

use std::{io, net::SocketAddr};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A kept connection.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    authorization: String,
    buffer: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; null when it is not.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The body as JSON when the answer is good.
    pub fn good(&self) -> io::Result<Value> {
        if (200..300).contains(&self.status) {
            Ok(self.json())
        } else {
            let text = String::from_utf8_lossy(&self.body).into_owned();
            Err(io::Error::other(format!("status {}: {text}", self.status)))
        }
    }
}

impl Connection {
    /// Connects; `token` goes with every request.
    pub async fn open(address: SocketAddr, token: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let authorization = format!("Bearer {token}");
        Ok(Self { stream, authorization, buffer: Vec::with_capacity(8 * 1024) })
    }

    /// Asks for `path`.
    pub async fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.ask("GET", path, None).await
    }

    /// Posts JSON.
    pub async fn post(&mut self, path: &str, body: &Value) -> io::Result<Answer> {
        self.ask("POST", path, Some(body.to_string().as_bytes())).await
    }

    /// Asks with any method, and with a JSON body where there is one.
    pub async fn ask(
        &mut self,
        method: &str,
        path: &str,
        body: Option<&[u8]>,
    ) -> io::Result<Answer> {
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nHost: whereabouts\r\nAuthorization: {}\r\n",
            self.authorization
        );
        if let Some(body) = body {
            let len = body.len();
            request
                .push_str(&format!("Content-Type: application/json\r\nContent-Length: {len}\r\n"));
        }
        request.push_str("\r\n");
        let mut bytes = request.into_bytes();
        bytes.extend_from_slice(body.unwrap_or_default());
        self.stream.write_all(&bytes).await?;
        self.answer().await
    }

    async fn answer(&mut self) -> io::Result<Answer> {
        self.buffer.clear();
        let head_len = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
            self.read_more().await?;
        };
        let head = String::from_utf8_lossy(&self.buffer[..head_len]).to_ascii_lowercase();
        let status = head.split(' ').nth(1).and_then(|it| it.parse().ok());
        let status = status.ok_or_else(|| io::Error::other("no HTTP status came back"))?;
        let len = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))
            .and_then(|it| it.trim().parse::<usize>().ok());
        // Our server says how long every body is, but for those that have none.
        let len = len.unwrap_or(0);
        while self.buffer.len() < head_len + len {
            self.read_more().await?;
        }
        Ok(Answer { status, body: self.buffer[head_len..head_len + len].to_vec() })
    }

    async fn read_more(&mut self) -> io::Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|it| it == needle)
}
