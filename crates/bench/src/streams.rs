//! Many open streams of the live feed, as many browsers hold them: each reads
//! what comes and notes when. Other loads can hold theirs the same way.

use std::{
    cell::RefCell,
    collections::HashMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    sync::Semaphore,
    time::timeout,
};

/// Connections that are opened at the same time.
const OPENING_MAX: usize = 128;
/// Streams that leave this machine's one address: its ports are about 28,000.
const PER_ADDRESS: usize = 10_000;
/// Most bytes read at once.
const READ_LEN: usize = 4_096;
/// A server that takes longer to begin a stream does not.
const BEGIN_MAX: Duration = Duration::from_secs(30);

/// What all streams have seen.
#[derive(Debug, Default)]
pub struct Seen {
    /// When each change of a subject came, by the subject's place and its number
    /// of events: once for every stream that watches it.
    pub changes: HashMap<(usize, u64), Vec<Instant>>,
    /// Changes that a stream told again.
    pub twice: usize,
    /// Streams that ended.
    pub ended: usize,
}

/// Opens `count` streams, each of one of `paths` in turn, and reads them until
/// the local set is dropped. Answers once all have begun.
pub async fn open(
    address: SocketAddr,
    token: &str,
    paths: Rc<Vec<String>>,
    count: usize,
) -> io::Result<Rc<RefCell<Seen>>> {
    let seen = Rc::new(RefCell::new(Seen::default()));
    let places = Rc::new(Semaphore::new(OPENING_MAX));
    let mut opening = Vec::with_capacity(count);
    for number in 0..count {
        let (paths, places, seen) = (Rc::clone(&paths), Rc::clone(&places), Rc::clone(&seen));
        let token = token.to_owned();
        opening.push(tokio::task::spawn_local(async move {
            let _place = places.acquire().await.expect("it is never closed");
            let subject = number % paths.len();
            let begun = begin(address, &token, &paths[subject], number / PER_ADDRESS);
            let stream = timeout(BEGIN_MAX, begun).await.map_err(io::Error::other)??;
            tokio::task::spawn_local(read(stream, subject, seen));
            io::Result::Ok(())
        }));
    }
    for one in opening {
        one.await.map_err(io::Error::other)??;
    }
    Ok(seen)
}

/// Connects from one of this machine's loopback addresses and asks for a stream.
async fn begin(
    address: SocketAddr,
    token: &str,
    path: &str,
    source: usize,
) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((Ipv4Addr::new(127, 0, 0, 2 + source as u8), 0).into())?;
    let mut stream = socket.connect(address).await?;
    let head = format!(
        "GET {path} HTTP/1.1\r\nHost: whereabouts\r\nAuthorization: Bearer {token}\r\n\
         Accept: text/event-stream\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    let mut text = Vec::with_capacity(1_024);
    while !text.windows(6).any(|it| it == b"ready\n") {
        if stream.read_buf(&mut text).await? == 0 || !text.starts_with(b"HTTP/1.1 200") {
            let text = String::from_utf8_lossy(&text).into_owned();
            return Err(io::Error::other(format!("no stream: {text}")));
        }
    }
    Ok(stream)
}

async fn read(stream: TcpStream, subject: usize, seen: Rc<RefCell<Seen>>) {
    let (mut text, mut last) = (Vec::new(), 0);
    // The buffer is there only while something comes: idle streams hold none.
    while stream.readable().await.is_ok() {
        text.reserve(READ_LEN);
        match stream.try_read_buf(&mut text) {
            Ok(0) => break,
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => break,
            _ => (),
        }
        let now = Instant::now();
        // A line that has no end yet waits for the rest of it.
        let whole = text.iter().rposition(|it| *it == b'\n').map_or(0, |it| it + 1);
        for event in text[..whole].split(|it| *it == b'\n').filter_map(events) {
            let mut seen = seen.borrow_mut();
            if event <= last {
                seen.twice += 1;
                continue;
            }
            last = event;
            seen.changes.entry((subject, event)).or_default().push(now);
        }
        text.drain(..whole);
        if text.is_empty() {
            text = Vec::new();
        }
    }
    seen.borrow_mut().ended += 1;
}

/// The number of events that a line of data speaks of, if it does.
fn events(line: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(line).ok()?.strip_prefix("data: ")?;
    let (_, rest) = text.split_once("\"events\":")?;
    rest.split(|it: char| !it.is_ascii_digit()).next()?.parse().ok()
}
