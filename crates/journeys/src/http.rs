//! HTTP/1.1 over one kept connection: just enough to speak to our own server,
//! and cheap enough not to be what a benchmark measures.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
};

use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

/// A kept connection.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    headers: String,
    buffer: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The status line and the headers, as they came.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|it| it.split_once(':'));
        lines.filter(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, it)| it.trim()).next()
    }

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
        Self::with(address, format!("Authorization: Bearer {token}\r\n")).await
    }

    /// Connects as nobody, or as whoever the header lines say, each with its line end.
    pub async fn with(address: SocketAddr, headers: String) -> io::Result<Self> {
        Self::on(TcpStream::connect(address).await?, headers)
    }

    /// The same from one of this machine's loopback addresses: the ports of one
    /// are fewer than a crowd.
    pub async fn from(source: Ipv4Addr, address: SocketAddr, headers: String) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((source, 0).into())?;
        Self::on(socket.connect(address).await?, headers)
    }

    fn on(stream: TcpStream, headers: String) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self { stream, headers, buffer: Vec::new() })
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
        let media = body.map(|_| "Content-Type: application/json\r\n");
        self.send(method, path, media.unwrap_or_default(), body).await
    }

    /// Sends anything: `headers` are whole lines. An answer that comes before all
    /// was sent is taken, as by anybody who uploads too much.
    pub async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        body: Option<&[u8]>,
    ) -> io::Result<Answer> {
        let head = self.head(method, path, headers, body.map(<[u8]>::len));
        self.buffer.clear();
        let (mut reading, mut writing) = self.stream.split();
        let buffer = &mut self.buffer;
        let sent = async {
            writing.write_all(head.as_bytes()).await?;
            writing.write_all(body.unwrap_or_default()).await
        };
        let (sent, answered) = tokio::join!(sent, answer(&mut reading, buffer));
        match (sent, answered) {
            (_, Ok(answer)) => Ok(answer),
            (Err(error), Err(_)) | (Ok(()), Err(error)) => Err(error),
        }
    }

    /// Sends the head of a request and the first half of its body.
    pub async fn begin(&mut self, method: &str, path: &str, body: &[u8]) -> io::Result<()> {
        let media = "Content-Type: application/json\r\n";
        let head = self.head(method, path, media, Some(body.len()));
        self.stream.write_all(head.as_bytes()).await?;
        self.stream.write_all(&body[..body.len() / 2]).await
    }

    /// Sends the other half and waits for the answer.
    pub async fn finish(&mut self, body: &[u8]) -> io::Result<Answer> {
        self.stream.write_all(&body[body.len() / 2..]).await?;
        self.buffer.clear();
        answer(&mut self.stream, &mut self.buffer).await
    }

    fn head(&self, method: &str, path: &str, headers: &str, len: Option<usize>) -> String {
        let len = len.map(|it| format!("Content-Length: {it}\r\n")).unwrap_or_default();
        let own = &self.headers;
        format!("{method} {path} HTTP/1.1\r\nHost: whereabouts\r\n{own}{headers}{len}\r\n")
    }
}

async fn answer<R: AsyncRead + Unpin>(from: &mut R, buffer: &mut Vec<u8>) -> io::Result<Answer> {
    let head_len = loop {
        if let Some(end) = find(buffer, b"\r\n\r\n") {
            break end + 4;
        }
        read_more(from, buffer).await?;
    };
    let head = String::from_utf8_lossy(&buffer[..head_len]).into_owned();
    let status = head.split(' ').nth(1).and_then(|it| it.parse().ok());
    let status = status.ok_or_else(|| io::Error::other("no HTTP status came back"))?;
    let mut answer = Answer { status, head, body: Vec::new() };
    // Our server says how long every body is, but for those that have none.
    let len = answer.header("content-length").and_then(|it| it.parse().ok()).unwrap_or(0);
    while buffer.len() < head_len + len {
        read_more(from, buffer).await?;
    }
    answer.body = buffer[head_len..head_len + len].to_vec();
    Ok(answer)
}

async fn read_more<R: AsyncRead + Unpin>(from: &mut R, buffer: &mut Vec<u8>) -> io::Result<()> {
    if from.read_buf(buffer).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|it| it == needle)
}
