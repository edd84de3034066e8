//! What can be typed.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Knows where every package is, always, in 3D space.
#[derive(Debug, Parser)]
#[command(name = "whereabouts", version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the page and the API from a data folder.
    Serve(Serve),
    /// Import shipments from a CSV or NDJSON file.
    Import(Import),
    /// Write every package to standard output.
    Export(Export),
    /// Say where a package is, or was.
    Where(Where),
    /// Show everything recorded of a package.
    History(History),
    /// Add people and change what they may do.
    User(User),
    /// Keep what is neither in the audit log nor follows from it.
    Backup(Backup),
    /// Make every state and list what the recorded events say, or a whole store again
    /// from its audit log.
    Rebuild(Rebuild),
    /// Check a whole audit log, and name what is wrong with it.
    Verify(Verify),
    /// Say whether a deployment does all that matters, by a test package.
    Check(Check),
    /// Say what a load costs on AWS.
    Cost(Cost),
}

/// Which store, and how to answer.
#[derive(Debug, Args)]
pub struct Store {
    /// The folder that holds everything.
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub data: PathBuf,
    /// Answer in JSON, for programs.
    #[arg(long)]
    pub json: bool,
}

/// Serve the page and the API from a data folder.
#[derive(Debug, Args)]
pub struct Serve {
    /// The folder that holds everything; made if it is missing. [default: data, and
    /// data/demo for the demo]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Show a made-up world that keeps moving, with people to view it as.
    #[arg(long)]
    pub demo: bool,
    /// How many packages the demo begins with. [default: 34800]
    #[arg(long, value_name = "N", requires = "demo", value_parser = clap::value_parser!(u64).range(100..=2_000_000))]
    pub packages: Option<u64>,
    /// Which of all demo worlds. [default: 1]
    #[arg(long, value_name = "S", requires = "demo")]
    pub seed: Option<u64>,
    /// Where to listen. Anything but loopback needs TLS in front, so that
    /// passwords and cookies are never sent in the clear.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// A proxy in front of this server ends TLS: allow listening beyond loopback.
    #[arg(long)]
    pub behind_tls: bool,
    /// The address of a proxy whose X-Forwarded-For says who the client is. Without
    /// it, everybody behind a proxy counts as one when wrong passwords are counted.
    #[arg(long, value_name = "IP")]
    pub trusted_proxy: Vec<IpAddr>,
    /// Let people of a company in, who sign in at its own issuer of OpenID Connect, as
    /// the file says: examples/oidc.toml, docs/identity.md.
    #[arg(long, value_name = "FILE.toml")]
    pub oidc: Option<PathBuf>,
    /// Show the map on a basemap of your own: a PMTiles archive of vector tiles with the
    /// layers that docs/formats.md names.
    #[arg(long, value_name = "FILE.pmtiles")]
    pub basemap: Option<PathBuf>,
}

impl Serve {
    /// The folder that holds everything: a demo has its own unless told otherwise.
    pub fn folder(&self) -> PathBuf {
        let usual = if self.demo { "data/demo" } else { "data" };
        self.data.clone().unwrap_or_else(|| usual.into())
    }
}

/// Import shipments from a CSV or NDJSON file.
#[derive(Debug, Args)]
pub struct Import {
    /// The file.
    pub file: PathBuf,
    /// How its columns are to be read.
    #[arg(long, value_name = "MAPPING.toml")]
    pub map: PathBuf,
    /// Only say what would happen.
    #[arg(long)]
    pub dry_run: bool,
    /// Record nothing unless every row can be recorded: all are checked first,
    /// against the store and against each other.
    #[arg(long)]
    pub all_or_nothing: bool,
    /// Which store.
    #[command(flatten)]
    pub store: Store,
}

/// How to write packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table that spreadsheets open.
    Csv,
    /// One JSON object a line.
    Ndjson,
}

/// Write every package to standard output.
#[derive(Debug, Args)]
pub struct Export {
    /// How to write them.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    pub format: Format,
    /// Which store.
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub data: PathBuf,
}

/// Say where a package is, or was.
#[derive(Debug, Args)]
pub struct Where {
    /// Any number of the package, or its id.
    pub number: String,
    /// The instant asked for, as in 2026-03-02T16:00:00Z; now if left out.
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// Which store.
    #[command(flatten)]
    pub store: Store,
}

/// Show everything recorded of a package.
#[derive(Debug, Args)]
pub struct History {
    /// Any number of the package, or its id.
    pub number: String,
    /// Which store.
    #[command(flatten)]
    pub store: Store,
}

/// Add people and change what they may do.
#[derive(Debug, Args)]
pub struct User {
    /// What to do.
    #[command(subcommand)]
    pub action: UserAction,
}

/// What to do with people.
#[derive(Debug, Subcommand)]
pub enum UserAction {
    /// Add somebody; the password is asked for, or read from standard input.
    Add {
        /// The name they sign in with.
        name: String,
        /// What they may do, as in track,enter,manage,audit,admin.
        #[arg(long, value_delimiter = ',', default_value = "track")]
        may: Vec<String>,
        /// Their e-mail address, which you know to be theirs: they see the packages
        /// that are addressed to it.
        #[arg(long)]
        email: Option<String>,
        /// Which store.
        #[command(flatten)]
        store: Store,
    },
    /// Show everybody.
    List {
        /// Which store.
        #[command(flatten)]
        store: Store,
    },
    /// Change what somebody may do.
    May {
        /// The name they sign in with.
        name: String,
        /// What they may do, as in track,enter,manage,audit,admin.
        #[arg(value_delimiter = ',')]
        may: Vec<String>,
        /// Which store.
        #[command(flatten)]
        store: Store,
    },
    /// End somebody's sessions and tokens, and let them in no more.
    Disable {
        /// The name they sign in with.
        name: String,
        /// Which store.
        #[command(flatten)]
        store: Store,
    },
}

/// Keep what is neither in the audit log nor follows from it: personal text, photos,
/// accounts, keys. With a copy of the log that is the whole store.
#[derive(Debug, Args)]
pub struct Backup {
    /// A new file, or a folder in which one is made.
    #[arg(value_name = "FILE|DIR")]
    pub to: PathBuf,
    /// Which store; no server may be running on it.
    #[command(flatten)]
    pub store: Store,
}

/// Make every state and list what the recorded events say, or a whole store again from
/// its audit log.
#[derive(Debug, Args)]
pub struct Rebuild {
    /// Make the store again from this log, in a folder that is empty: a folder that holds
    /// `checkpoint` and `tile`, a data folder, or an address.
    #[arg(long, value_name = "DIR|URL")]
    pub from: Option<String>,
    /// What `whereabouts backup` wrote: without it personal text, accounts and photos
    /// are lost.
    #[arg(long, value_name = "FILE", requires = "from")]
    pub private: Option<PathBuf>,
    /// The log's public key, as text or in a file; without it the one beside the log.
    #[arg(long, value_name = "KEY|FILE", requires = "from")]
    pub key: Option<String>,
    /// A file with an API token of somebody who may audit, for an address.
    #[arg(long, value_name = "FILE", requires = "from")]
    pub token: Option<PathBuf>,
    /// Which store; no server may be running on it.
    #[command(flatten)]
    pub store: Store,
}

/// Check a whole audit log, and name what is wrong with it.
#[derive(Debug, Args)]
pub struct Verify {
    /// Where it is: a folder that holds `checkpoint` and `tile`, a data folder, or an
    /// address such as `https://where.example` or `https://where.example/v1/log`.
    #[arg(value_name = "DIR|URL")]
    pub log: String,
    /// The log's public key, as text or in a file. Have it from elsewhere than the log;
    /// without it the one beside the log is used, which proves less.
    #[arg(long, value_name = "KEY|FILE")]
    pub key: Option<String>,
    /// Also look that none of this package's events is left out.
    #[arg(long, value_name = "ID")]
    pub package: Option<domain::id::PackageId>,
    /// A checkpoint that was kept earlier: the log must have grown from it.
    #[arg(long, value_name = "FILE")]
    pub since: Option<PathBuf>,
    /// A file with an API token of somebody who may audit, for an address.
    #[arg(long, value_name = "FILE")]
    pub token: Option<PathBuf>,
    /// Answer in JSON, for programs.
    #[arg(long)]
    pub json: bool,
}

/// Say whether a deployment does all that matters: signs in, registers a test package, scans
/// it, asks where it is, and has the audit log prove all of that.
#[derive(Debug, Args)]
pub struct Check {
    /// Its address, such as `https://where.example`.
    pub url: String,
    /// A file with an API token of somebody who may enter and audit.
    #[arg(long, value_name = "FILE")]
    pub token: PathBuf,
    /// The log's public key, as text or in a file; without it the one beside the log.
    #[arg(long, value_name = "KEY|FILE")]
    pub key: Option<String>,
    /// Answer in JSON, for programs.
    #[arg(long)]
    pub json: bool,
}

/// Say what a load costs on AWS: a month's bill, what one of each thing costs, and what many
/// people at once take.
#[derive(Debug, Args)]
pub struct Cost {
    /// Packages in motion at a time, each for five days.
    #[arg(long, value_name = "N", default_value_t = 5e6, value_parser = amount)]
    pub packages: f64,
    /// Custody events of each.
    #[arg(long, value_name = "N", default_value_t = 15.0, value_parser = amount)]
    pub events: f64,
    /// Events in one request.
    #[arg(long, value_name = "N", default_value_t = 25.0, value_parser = at_least_one)]
    pub events_together: f64,
    /// Vehicles with a tracker.
    #[arg(long, value_name = "N", default_value_t = 25_000.0, value_parser = amount)]
    pub vehicles: f64,
    /// Seconds between two fixes of one.
    #[arg(long, value_name = "S", default_value_t = 10.0, value_parser = at_least_one)]
    pub fix_period: f64,
    /// Hours a day in which vehicles drive and people watch.
    #[arg(long, value_name = "H", default_value_t = 8.0, value_parser = amount)]
    pub hours: f64,
    /// Fixes in one request.
    #[arg(long, value_name = "N", default_value_t = 500.0, value_parser = at_least_one)]
    pub fixes_together: f64,
    /// Of these, how many are of one tracker.
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = at_least_one)]
    pub coalesced: f64,
    /// Part of the fixes (0 to 1) that are of vehicles that carry packages.
    #[arg(long, value_name = "PART", default_value_t = 1.0, value_parser = part)]
    pub carrying: f64,
    /// People who watch the map, and who come at once.
    #[arg(long, value_name = "N", default_value_t = 20_000.0, value_parser = amount)]
    pub viewers: f64,
    /// Part of their looks (0 to 1) that the edge answers by itself.
    #[arg(long, value_name = "PART", default_value_t = 0.95, value_parser = part)]
    pub cached: f64,
    /// Questions about one package each day, by all together.
    #[arg(long, value_name = "N", default_value_t = 1e7, value_parser = amount)]
    pub questions: f64,
    /// People who sign in by Cognito in a month; an issuer of one's own costs nothing.
    #[arg(long, value_name = "N", default_value_t = 0.0, value_parser = amount)]
    pub cognito_people: f64,
    /// How many years are kept already.
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = amount)]
    pub years: f64,
    /// Requests a second that the API lets in, of those who come at once.
    #[arg(long, value_name = "N", default_value_t = 10_000.0, value_parser = at_least_one)]
    pub requests: f64,
    /// Another price table, of the form of crates/cost/prices.toml.
    #[arg(long, value_name = "FILE")]
    pub prices: Option<PathBuf>,
    /// Answer in JSON, for programs.
    #[arg(long)]
    pub json: bool,
}

fn within(text: &str, least: f64, most: f64) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    let good = (least..=most).contains(&number);
    if good { Ok(number) } else { Err(format!("not within {least} and {most}")) }
}

fn amount(text: &str) -> Result<f64, String> {
    within(text, 0.0, 1e12)
}

fn at_least_one(text: &str) -> Result<f64, String> {
    within(text, 1.0, 1e12)
}

fn part(text: &str) -> Result<f64, String> {
    within(text, 0.0, 1.0)
}
