//! The figures of docs/benchmarks.md, measured here and now: `bench` runs all, `bench
//! events`, or another name of [`What`], one.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

mod archive;
mod events;
mod figures;
mod filled;
mod fixes;
mod fleet;
mod herd;
mod hub;
mod import;
mod live;
mod log;
mod map;
mod merge;
mod outside;
mod past;
mod peers;
mod reads;
mod rebuild;
mod search;
mod streams;
mod units;

use clap::{Parser, ValueEnum};

// As the product does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures the product on this machine, and what others would use beside it.
#[derive(Debug, Parser)]
struct Wish {
    /// What to measure; everything if left out.
    #[arg(value_enum)]
    what: Option<What>,
    /// Seconds of each load.
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// Events per second of the steady load.
    #[arg(long, default_value_t = 4_000)]
    rate: u64,
    /// Streams of the live feed, as many as files may be open: 15,000 of its own
    /// load, none beside the herd.
    #[arg(long)]
    streams: Option<usize>,
    /// How many people come at once.
    #[arg(long, default_value_t = 20_000)]
    people: usize,
    /// How many packages are read from.
    #[arg(long, default_value_t = 1_000_000)]
    packages: u64,
    /// Where packages to be found, or a world to be looked at, are kept.
    #[arg(long)]
    folder: Option<std::path::PathBuf>,
    /// How many trackers random ones are taken from.
    #[arg(long, default_value_t = 100_000)]
    trackers: usize,
    /// How many entries an audit log is checked with, and an archive has.
    #[arg(long, default_value_t = 10_000_000)]
    entries: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// Events acknowledged one by one through HTTP.
    Events,
    /// Importing a table.
    Import,
    /// Reading among many packages.
    Reads,
    /// Finding among many packages.
    Search,
    /// Many streams of the live feed, and news for them.
    Live,
    /// Appending to the audit log, and checking all of it.
    Log,
    /// A whole store made again from its log, of a tenth of those entries.
    Rebuild,
    /// Reading one package's history out of the archive of many.
    Archive,
    /// Fixes of trackers in batches.
    Fixes,
    /// Tiles of the map of ever more packages.
    Map,
    /// Tiles of the map of hours that are over.
    Past,
    /// Many people at once.
    Herd,
    /// Write units counted per event.
    Units,
    /// PostgreSQL with PostGIS, and Redis.
    Peers,
    /// Measures nothing: fills `--folder` with packages to be looked at in a browser.
    World,
}

/// Packages whose past is told event by event.
const PAST_PACKAGES_MAX: u64 = 100_000;

fn main() -> std::io::Result<()> {
    // The client gets one thread: the server keeps the rest of the machine.
    let client = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.first().is_some_and(|it| it == "herd-part") {
        return client.block_on(herd::part(&words[1..]));
    }
    let wish = Wish::parse();
    if let (Some(What::World), Some(folder)) = (wish.what, &wish.folder) {
        search::fill_folder(folder, wish.packages)?;
        return map::fill_folder(folder, wish.packages).map(|_| ());
    }
    let wanted = |what| wish.what.is_none_or(|it| it == what);
    if wanted(What::Units) {
        client.block_on(units::measure())?;
    }
    if wanted(What::Import) {
        client.block_on(import::measure())?;
    }
    if wanted(What::Events) {
        client.block_on(events::measure(wish.seconds, wish.rate))?;
    }
    if wanted(What::Live) {
        client.block_on(live::measure(wish.streams.unwrap_or(15_000), wish.seconds, 50))?;
    }
    if wanted(What::Log) {
        // Files are read ahead while others are hashed, as by the command.
        let both = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        both.block_on(log::measure(wish.entries))?;
        client.block_on(merge::measure(wish.seconds, wish.rate))?;
    }
    if wanted(What::Rebuild) {
        let both = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        both.block_on(rebuild::measure(wish.entries / 10))?;
    }
    if wanted(What::Archive) {
        let both = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        both.block_on(archive::measure(wish.entries))?;
    }
    if wanted(What::Map) {
        map::measure(&client, wish.seconds)?;
    }
    if wanted(What::Past) {
        past::measure(&client, wish.packages.min(PAST_PACKAGES_MAX))?;
    }
    if wanted(What::Herd) {
        herd::measure(&client, wish.people, wish.streams.unwrap_or(0))?;
    }
    let rates = if wanted(What::Fixes) {
        fixes::measure(&client, wish.seconds, wish.trackers)?
    } else {
        fixes::Rates::default()
    };
    if wanted(What::Peers) || wanted(What::Fixes) {
        rates.compare(peers::measure()?);
    }
    if wanted(What::Reads) {
        reads::measure(&client, wish.packages)?;
    }
    if wanted(What::Search) {
        search::measure(&client, wish.packages, wish.folder.as_deref())?;
    }
    Ok(())
}
