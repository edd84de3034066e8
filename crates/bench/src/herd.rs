//! Twenty thousand people at once: each with a session of their own reads one
//! package and the map, polls it, or keeps a stream open, while events come in.
//! The clients are processes of their own, from addresses of their own.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    io::{self, BufRead, BufReader},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use domain::id::UserId;
use futures::{StreamExt, future::join_all, stream};
use journeys::{http::Connection, server::Server};
use serde_json::json;
use service::{
    Service,
    people::{Caller, NewUser, Permission, Permissions},
    record::Attribution,
};
use tokio::{runtime::Runtime, task::LocalSet, time::sleep};

use crate::{
    figures::{Aim, cpu_seconds, figure, heading, judged, resident_mb},
    filled::{filled, record_all},
    live::Watched,
    outside,
};

/// Client processes, each from an address of its own.
const PROCESSES: usize = 4;
/// Connections of all of them, each kept and used by ten people in turn.
const CONNECTIONS: usize = 2_000;
/// Seconds between two looks of one poller.
const POLL_S: u64 = 10;
/// Events accepted meanwhile, each second.
const EVENTS_RATE: u64 = 500;
/// Events that streams are told of, each second, besides.
const NEWS_RATE: u64 = 50;
/// Writers of those events.
const WRITERS: u64 = 16;
const AT_ONCE: usize = 128;
const P99_MS_MAX: f64 = 2_000.0;
const KB_MAX: f64 = 20.0;
const MAP: &str = "/v1/map/1/1/0";

/// Lets the herd come.
///
/// With `streams` as many idle ones of the live feed are open meanwhile.
pub fn measure(client: &Runtime, people: usize, streams: usize) -> io::Result<()> {
    heading(&format!("{people} people at once, {CONNECTIONS} kept connections, {streams} streams"));
    let start = Instant::now();
    let (folder, sessions) = filled(async |service| sessions(&service, people).await)?;
    figure("sessions begun, each of another person", format_args!("{:.1?}", start.elapsed()));
    let list = folder.path().join("sessions");
    std::fs::write(&list, sessions.join("\n"))?;
    let on_one_server = on_one_server(folder.path(), &list, streams);
    client.block_on(LocalSet::new().run_until(on_one_server))?;
    // Streams and as many sockets are more than a server takes.
    if streams == 0 { client.block_on(sockets(folder.path())) } else { Ok(()) }
}

async fn on_one_server(data: &Path, list: &Path, streams: usize) -> io::Result<()> {
    journeys::server::binary();
    let server = Server::start(data).await?;
    let process = server.id().to_string();
    let mut connection = server.connect().await?;
    let package = json!({ "description": "27-inch monitor" });
    let made = connection.post("/v1/packages", &package).await?.good()?;
    let path = format!("/v1/packages/{}", made["id"].as_str().unwrap_or_default());
    let watched = if streams == 0 { None } else { Some(Watched::open(&server, streams).await?) };
    let before_mb = resident_mb(&process);
    for (name, events, how) in [
        ("(A) one package and the map, all within a second", 0, "once"),
        ("(B) a look every 10 s with If-None-Match, 30 s", 0, "poll"),
        ("(D) as (A), while 500 events/s are accepted", EVENTS_RATE, "once"),
        ("(D) as (B), while 500 events/s are accepted", EVENTS_RATE, "poll"),
    ] {
        println!("{name}");
        let cpu_s = cpu_seconds(&process)?;
        let herd: Vec<Child> = (0..PROCESSES)
            .map(|number| beside(number, &server, list, &path, how))
            .collect::<io::Result<_>>()?;
        let stop = Instant::now() + Duration::from_secs(if how == "poll" { 34 } else { 8 });
        let lost =
            async { if events == 0 { Ok((0, 0)) } else { record(&server, events, stop).await } };
        let told = tokio::task::spawn_blocking(move || said(herd));
        let news = async {
            match &watched {
                Some(watched) if events != 0 => {
                    watched.tell(&server, NEWS_RATE, stop).await.map(Some)
                }
                _ => Ok(None),
            }
        };
        let (lost, told, news) = tokio::join!(lost, told, news);
        report(&told.map_err(io::Error::other)??);
        if events != 0 {
            let (acknowledged, lost) = lost?;
            figure("  events acknowledged", acknowledged);
            judged("  of them lost", lost as f64, Aim::AtMost(0.0, ""));
        }
        if let (Some(watched), Some(news)) = (&watched, news?) {
            watched.report(&news).await;
            watched.judge_memory("  server memory per stream");
        }
        figure("  server processor seconds", format_args!("{:.1}", cpu_seconds(&process)? - cpu_s));
        let start = Instant::now();
        connection.get("/v1/packages?limit=1").await?.good()?;
        figure("  then one request alone takes", format_args!("{:.1?}", start.elapsed()));
        let each_kb = (resident_mb(&process) - before_mb) * 1024.0 / CONNECTIONS as f64;
        figure(
            "  server memory since the start, for each connection",
            format_args!("{each_kb:.1} kB"),
        );
    }
    Ok(())
}

/// As many kept connections as the machine allows, all of them asked once.
async fn sockets(data: &Path) -> io::Result<()> {
    const WANTED: usize = 15_000;
    let server = Server::start(data).await?;
    let process = server.id().to_string();
    let before_mb = resident_mb(&process);
    let header = format!("Authorization: Bearer {}\r\n", server.key);
    let opening = (0..WANTED).map(|number| {
        let source = Ipv4Addr::new(127, 0, 0, 20 + (number / 10_000) as u8);
        Connection::from(source, server.address, header.clone())
    });
    let opening: Vec<_> = opening.collect();
    let mut opened: Vec<Connection> = Vec::new();
    let mut all = stream::iter(opening).buffer_unordered(AT_ONCE);
    while let Some(one) = all.next().await {
        opened.push(one?);
    }
    let start = Instant::now();
    let asked = opened.iter_mut().map(|it| async move { it.get(MAP).await.map(|it| it.status) });
    let answers = join_all(asked).await;
    let good = answers.iter().filter(|it| matches!(it, Ok(200))).count();
    println!("{WANTED} sockets of one server, each asks for the map at the same time");
    figure("  answered 200", format_args!("{good} in {:.1?}", start.elapsed()));
    let each_kb = (resident_mb(&process) - before_mb) * 1024.0 / WANTED as f64;
    judged("  server memory for each socket", each_kb, Aim::AtMost(KB_MAX, " kB"));
    Ok(())
}

/// Begins a session for each of many people.
async fn sessions(service: &Service, people: usize) -> io::Result<Vec<String>> {
    let all = RefCell::new(Vec::with_capacity(people));
    let all = &all;
    let begin = |number: u64| async move {
        let begun = session(service, number as usize).await?;
        all.borrow_mut().push(begun);
        Ok(())
    };
    record_all(service, people as u64, begin).await?;
    Ok(all.take())
}

async fn session(service: &Service, number: usize) -> io::Result<String> {
    let by = Attribution { actor: "bench".to_owned(), source: "api".to_owned() };
    let id = UserId::derive(&[b"herd", &number.to_be_bytes()]);
    let new = NewUser {
        id: Some(id),
        name: format!("person{number}"),
        display_name: String::new(),
        email: None,
        email_verified: false,
        permissions: Permissions::NONE.with(Permission::Track),
        password: None,
        subject: None,
    };
    let people = service.people();
    people.create_user(&by, new).await.map_err(io::Error::other)?;
    let link = people.issue_link(&by, id).await.map_err(io::Error::other)?;
    let source = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let caller = Caller { source, label: "bench", previous: None };
    let begun = people.follow_link(link.reveal(), caller).await.map_err(io::Error::other)?;
    Ok(begun.secret.reveal().to_owned())
}

/// Records events at a rate; answers how many were acknowledged, and how many of
/// those a package's history lacks.
async fn record(server: &Server, rate: u64, stop: Instant) -> io::Result<(u64, u64)> {
    let writers = (0..WRITERS).map(|writer| async move {
        let mut connection = server.connect().await?;
        let package = json!({ "description": "dock" });
        let made = connection.post("/v1/packages", &package).await?.good()?;
        let path = format!("/v1/packages/{}", made["id"].as_str().unwrap_or_default());
        let (events, start) = (format!("{path}/events"), Instant::now());
        let (mut said, mut acknowledged) = (0, 0);
        while Instant::now() < stop {
            let due =
                start + Duration::from_secs_f64((said * WRITERS + writer) as f64 / rate as f64);
            tokio::time::sleep_until(due.into()).await;
            let text = format!("seen {said}");
            let event = json!({ "kind": "note", "happened_at": outside::now_text(), "text": text });
            acknowledged += u64::from(connection.post(&events, &event).await?.status < 300);
            said += 1;
        }
        // Registering was the first.
        let found = connection.get(&path).await?.good()?;
        let kept = found["events"].as_u64().unwrap_or(1) - 1;
        io::Result::Ok((acknowledged, acknowledged.saturating_sub(kept)))
    });
    let mut sum = (0, 0);
    for one in join_all(writers).await {
        let (acknowledged, lost) = one?;
        sum = (sum.0 + acknowledged, sum.1 + lost);
    }
    Ok(sum)
}

/// Starts this program again as one of the herd's processes.
fn beside(number: usize, server: &Server, list: &Path, path: &str, how: &str) -> io::Result<Child> {
    let address = server.address.to_string();
    Command::new(std::env::current_exe()?)
        .args(["herd-part", &number.to_string(), &address, path, how])
        .arg(list)
        .stdout(Stdio::piped())
        .spawn()
}

/// What the processes said: a line for each answer, status and microseconds.
fn said(herd: Vec<Child>) -> io::Result<Vec<(u16, u64)>> {
    let mut all = Vec::new();
    for mut one in herd {
        let out = one.stdout.take().ok_or_else(|| io::Error::other("it is piped"))?;
        for line in BufReader::new(out).lines() {
            let line = line?;
            let parts =
                line.split_once(' ').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
            all.extend(parts);
        }
        one.wait()?;
    }
    Ok(all)
}

fn report(all: &[(u16, u64)]) {
    let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
    all.iter().for_each(|(status, _)| *statuses.entry(*status).or_default() += 1);
    figure(
        "  answers by status (0: none came; 503 with Retry-After)",
        format_args!("{statuses:?}"),
    );
    let bad =
        all.iter().filter(|it| it.0 == 0 || (500..=599).contains(&it.0) && it.0 != 503).count();
    judged("  failed", bad as f64, Aim::AtMost(0.0, ""));
    let good = all.iter().filter(|it| it.0 < 400 && it.0 != 0);
    let each = good.map(|it| Duration::from_micros(it.1)).collect();
    crate::figures::spread("  from when each was due", each, Some(P99_MS_MAX));
}

/// One process of the herd: `number address path how list`.
pub async fn part(words: &[String]) -> io::Result<()> {
    let [number, address, path, how, list] = words else {
        return Err(io::Error::other("herd-part number address path how list"));
    };
    let number: usize = number.parse().map_err(io::Error::other)?;
    let address: SocketAddr = address.parse().map_err(io::Error::other)?;
    let text = std::fs::read_to_string(list)?;
    let mine: Vec<&str> = text.lines().skip(number).step_by(PROCESSES).collect();
    let source = Ipv4Addr::new(127, 0, 0, 2 + number as u8);
    let width = CONNECTIONS / PROCESSES;
    let mut pool = Vec::new();
    for _ in 0..width {
        pool.push(Connection::from(source, address, String::new()).await?);
    }
    // All processes begin in the same instant.
    sleep(Duration::from_millis(1_500)).await;
    let polls = how == "poll";
    let (start, people) = (Instant::now(), mine.len());
    let over = Duration::from_secs(if polls { POLL_S } else { 1 });
    let rounds = if polls { 3 } else { 1 };
    let mine = &mine;
    let each = pool.into_iter().enumerate().map(|(at, mut connection)| async move {
        let mut answers = Vec::new();
        let mut tags: BTreeMap<usize, String> = BTreeMap::new();
        for round in 0..rounds {
            for person in (at..people).step_by(width) {
                let due = start + over * round + over.mul_f64(person as f64 / people as f64);
                tokio::time::sleep_until(due.into()).await;
                let paths: &[&str] = if polls { &[path] } else { &[path, MAP] };
                for path in paths {
                    let tag = tags.get(&person).map(|it| format!("If-None-Match: {it}\r\n"));
                    let cookie = format!("Cookie: __Host-session={}\r\n", mine[person]);
                    let headers = cookie + &tag.unwrap_or_default();
                    let answer = connection.send("GET", path, &headers, None).await;
                    let mut status = answer.as_ref().map_or(0, |it| it.status);
                    if let Ok(answer) = &answer {
                        if status == 503 && answer.header("retry-after").is_none() {
                            status = 500;
                        }
                        if polls && let Some(tag) = answer.header("etag") {
                            tags.insert(person, tag.to_owned());
                        }
                    }
                    answers.push((status, due.elapsed().as_micros()));
                }
            }
        }
        answers
    });
    let mut out = String::new();
    for (status, micros) in join_all(each).await.into_iter().flatten() {
        out.push_str(&format!("{status} {micros}\n"));
    }
    print!("{out}");
    Ok(())
}
