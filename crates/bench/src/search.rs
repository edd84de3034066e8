//! Finding among many packages through HTTP: by a number, its end, words, and
//! words so common that only a bound keeps them fast.

use std::{fs, io, path::Path};

use domain::{
    draft::Draft,
    event::Fact,
    id::{ClientId, EventId, PackageId, Subject},
    mode::Mode,
    private::Private,
    record::{ClientRecord, Item, PackageRecord, Recipient, Record, Reference},
    state::State,
};
use journeys::{http::Answer, server::Server};
use service::{Service, record::Attribution, search};
use tokio::runtime::Runtime;

use crate::{
    figures::{Aim, figure, heading, judged, resident_mb, spread},
    filled::{filled_at, record_all, timed},
    outside, peers,
};

/// Questions of each kind.
const ASKED: u64 = 5_000;
/// Questions of each kind to the peer.
const PEER_ASKED: u64 = 1_000;
/// Packages whose postings are weighed.
const WEIGHED: u64 = 10_000;
const WORDS: u64 = 2_000;
const CLIENTS: u64 = 500;
/// What a trigram index of PostgreSQL took at its 99th percentile on one such machine.
const P99_MS_MAX: f64 = 4.5;
const MEMORY_MB_MAX: f64 = 700.0;

/// Fills a folder with packages as a company has them, starts the server on it
/// and asks.
///
/// A folder that is given is filled unless an earlier run has filled it, and kept.
pub fn measure(client: &Runtime, packages: u64, kept: Option<&Path>) -> io::Result<()> {
    heading(&format!("finding among {packages} packages"));
    let passing = tempfile::tempdir()?;
    let data = kept.unwrap_or(passing.path());
    if !data.join("table").exists() {
        fill_folder(data, packages)?;
    }
    weigh(data, packages)?;
    client.block_on(ask(data, packages))?;
    // The peer gets the machine to itself, as the server had it.
    drop(passing);
    let some = |turn: u64| mixed(turn) % packages;
    let ask = |text: &dyn Fn(u64) -> String| (0..PEER_ASKED).map(text).collect::<Vec<_>>();
    peers::search(
        (0..packages).map(document),
        &[
            ("a whole number", ask(&|turn| tracking(some(turn)))),
            ("its last 6 characters", ask(&|turn| tracking(some(turn))[12..].to_owned())),
            ("a word", ask(&|turn| word(mixed(turn) % WORDS))),
            ("two words of one package, in this order", ask(&|turn| words(some(turn)).join(", "))),
            ("a word that a quarter have: monitor", ask(&|_| "monitor".to_owned())),
        ],
    )
}

/// What a package is found by, as one text.
fn document(number: u64) -> String {
    let package = package(number);
    let items = package.items.iter().flatten();
    let things = items.flat_map(|it| std::iter::once(&it.name).chain(&it.serials));
    let numbers = package.references.iter().flatten().map(|it| &it.value);
    let texts: Vec<&str> = package
        .description
        .iter()
        .chain(things)
        .chain(numbers)
        .chain(&package.carrier)
        .map(String::as_str)
        .collect();
    texts.join(" ")
}

async fn ask(data: &Path, packages: u64) -> io::Result<()> {
    journeys::server::binary();
    let server = Server::start(data).await?;
    let mut connection = server.connect().await?;
    connection.get("/v1/packages?limit=1").await?.good()?;
    let some = |turn: u64| mixed(turn) % packages;
    let kinds: [(&str, &dyn Fn(u64) -> String); 8] = [
        ("a whole number", &|turn| format!("q={}", tracking(some(turn)))),
        ("its last 6 characters", &|turn| format!("q={}", &tracking(some(turn))[12..])),
        ("a word", &|turn| format!("q={}", word(mixed(turn) % WORDS))),
        ("two words and a filter", &|turn| {
            let number = some(turn);
            format!("q={}+{}&carrier=dhl", words(number)[0], words(number)[1])
        }),
        ("a word that a quarter have, and a rare one", &|turn| {
            format!("q=monitor+{}", word(mixed(turn) % WORDS))
        }),
        ("a client and a status that none has", &|turn| {
            format!("q=client{}+monitor&status=lost", mixed(turn) % CLIENTS)
        }),
        ("a word that a quarter have: monitor", &|_| "q=monitor".to_owned()),
        ("a carrier that two of five have: ups", &|_| "q=ups".to_owned()),
    ];
    for (name, query) in kinds {
        let path = |turn| format!("/v1/packages?{}", query(turn));
        let mut lines = 0;
        let count = |it: &Answer| lines += it.json()["packages"].as_array().map_or(0, Vec::len);
        let each = timed(&mut connection, 0..ASKED, path, count).await?;
        let lines = lines as f64 / ASKED as f64;
        spread(&format!("{name} ({lines:.1} found)"), each, Some(P99_MS_MAX));
    }
    let memory = resident_mb(&server.id().to_string());
    judged("the server's memory after all questions", memory, Aim::AtMost(MEMORY_MB_MAX, " MB"));
    Ok(())
}

/// Fills a folder with packages that are listed and found.
pub fn fill_folder(data: &Path, packages: u64) -> io::Result<()> {
    let rate = filled_at(data, async |service| fill(&service, packages).await)?;
    figure("packages registered, durable and findable", format_args!("{rate:.0}/s"));
    Ok(())
}

async fn fill(service: &Service, packages: u64) -> io::Result<f64> {
    for number in 0..CLIENTS {
        let record = Record::Client(ClientRecord { name: format!("Client{number} Ltd") });
        register(service, Subject::Client(client(number)), record).await?;
    }
    let one = |number| register(service, subject(number), Record::Package(package(number)));
    record_all(service, packages, one).await
}

async fn register(service: &Service, subject: Subject, record: Record) -> io::Result<()> {
    let draft = Draft {
        id: EventId::derive(&[subject.id_bytes()]),
        subject,
        happened_at: outside::now(),
        fact: Fact::Registered(Box::new(record)),
    };
    let by = Attribution { actor: "bench".to_owned(), source: "api".to_owned() };
    service.record(&by, vec![draft]).await.map(|_| ()).map_err(io::Error::other)
}

/// What postings add, and what the whole store takes.
fn weigh(data: &Path, packages: u64) -> io::Result<()> {
    let (mut rows, mut bytes) = (0, 0);
    for number in 0..WEIGHED {
        let record = Some(Record::Package(package(number)));
        let state = State { record, ..State::default() };
        for (key, value) in search::rows(subject(number), &state) {
            rows += 1;
            bytes += key.shard.len() + key.sort.len() + value.len();
        }
    }
    let of = |all: usize| all as f64 / WEIGHED as f64;
    let text = format!("{:.1} rows, {:.0} bytes of keys and values", of(rows), of(bytes));
    figure("a package's postings", text);
    let disk = size(&data.join("table"))? as f64 / packages as f64;
    figure("the store on disk, for each package", format_args!("{disk:.0} bytes"));
    Ok(())
}

fn size(folder: &Path) -> io::Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let meta = entry.metadata()?;
        sum += if meta.is_dir() { size(&entry.path())? } else { meta.len() };
    }
    Ok(sum)
}

fn package(number: u64) -> PackageRecord {
    let mix = mixed(number);
    let reference = |scheme: &str, value| Reference { scheme: scheme.to_owned(), value };
    let [one, two] = words(number);
    let first = if mix.is_multiple_of(4) { "monitor".to_owned() } else { word(mix % 997) };
    let carrier = ["ups", "ups", "dhl", "dhl", "fedex"][(mix >> 8) as usize % 5];
    PackageRecord {
        description: Some(format!("{first} {one}, {two}")),
        items: Some(vec![Item {
            name: one.clone(),
            quantity: 1,
            serials: vec![format!("SN{:012}", mixed(mix) % 1_000_000_000_000)],
            value: None,
        }]),
        client: Some(client(mix % CLIENTS)),
        recipient: Some(Recipient {
            name: Some(Private::new(format!("{} {}", word(mix % 1_500), word(mix >> 20)))),
            email: Some(Private::new(format!("person{}@company.example", mix % 200_000))),
            address: None,
        }),
        carrier: Some(carrier.to_owned()),
        mode: Some([Mode::Air, Mode::Road][(mix >> 16) as usize % 2]),
        references: Some(vec![
            reference("carrier:ups", tracking(number)),
            reference("order", format!("PO{:08}", number / 8)),
        ]),
        ..PackageRecord::default()
    }
}

/// A number of 18 characters; the last digits are as good as random.
fn tracking(number: u64) -> String {
    format!("1Z{:016}", mixed(number ^ 0x5eed) % 10_000_000_000_000_000)
}

/// Two words of a package: few words are in many, many in few.
fn words(number: u64) -> [String; 2] {
    let part = |bits: u64| {
        let unit = (bits % 65_536) as f64 / 65_536.0;
        word((unit.powi(3) * WORDS as f64) as u64)
    };
    let mix = mixed(number ^ 0x00c0_ffee);
    [part(mix), part(mix >> 16)]
}

/// One of the vocabulary, such as `kalomira`.
fn word(index: u64) -> String {
    const SYLLABLES: [&str; 16] = [
        "ka", "lo", "mi", "ra", "te", "so", "nu", "vi", "pa", "de", "ri", "go", "fe", "ba", "tu",
        "le",
    ];
    let mix = mixed(index % WORDS);
    (0..4).map(|at| SYLLABLES[(mix >> (at * 4)) as usize % 16]).collect()
}

fn subject(number: u64) -> Subject {
    Subject::Package(PackageId::derive(&[b"search", &number.to_be_bytes()]))
}

fn client(number: u64) -> ClientId {
    ClientId::derive(&[b"search", &number.to_be_bytes()])
}

/// SplitMix64: a number that looks random, and always the same one.
fn mixed(number: u64) -> u64 {
    let seed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mix = (seed ^ seed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mix = (mix ^ mix >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mix ^ mix >> 31
}
