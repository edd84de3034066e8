//! What a user would pick instead, on the same machine in the same run:
//! PostgreSQL with PostGIS, and Redis, each in a folder of its own, durable.
//! The work they are given stands beside the repository; without it, or without
//! them, this part is skipped and says so.

use std::{
    fs,
    io::{self, BufRead as _, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use domain::{map::TileId, position::LatLon};

use crate::figures::{figure, heading, spread};

/// The work that peers are given.
const WORK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/peers");
/// Where distributions keep the programs of PostgreSQL that are not on the path.
const POSTGRES: &str = "/usr/lib/postgresql";
/// Seconds that each peer works on each measure.
const SECONDS: &str = "10";
const START_TRIES_MAX: u32 = 300;
/// How often a peer makes each view of the map.
const PEER_VIEWS: usize = 20;

/// What peers took in, for a ratio beside ours; nothing of those that did not run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Taken {
    /// Fixes a second that Redis took with GEOADD.
    pub redis: Option<f64>,
    /// Fixes a second that PostGIS upserted.
    pub postgis: Option<f64>,
}

/// Runs the peers, or says why not.
pub fn measure() -> io::Result<Taken> {
    heading("peers, the same work on this machine");
    let programs = match missing() {
        Ok(programs) => programs,
        Err(what) => {
            println!("SKIPPED: no peers beside these figures: {what}");
            return Ok(Taken::default());
        }
    };
    // What an earlier run left would be loaded first.
    let _ = fs::remove_dir_all(std::env::temp_dir().join("peers-aof"));
    let folder = tempfile::tempdir()?;
    let postgres = Postgres::start(&programs, folder.path())?;
    println!("(PostgreSQL builds its tables first: a minute)");
    let sql = Path::new(WORK).join("peers.sql");
    run(postgres.client("psql").args(["-q", "-f"]).arg(sql).stdout(Stdio::null()))?;
    let mut work = postgres.client("python3");
    work.arg("-u").arg(Path::new(WORK).join("peers.py")).arg(SECONDS).stdout(Stdio::piped());
    let mut working = work.spawn()?;
    let mut taken = Taken::default();
    for line in io::BufReader::new(working.stdout.take().expect("it is piped")).lines() {
        let line = line?;
        println!("{line}");
        let rate = || line.rsplit(' ').next().and_then(|it| it.parse().ok());
        if line.starts_with("redis geoadd") {
            taken.redis = rate();
        } else if line.starts_with("postgis upsert") {
            taken.postgis = rate();
        }
    }
    let status = working.wait()?;
    if status.success() {
        Ok(taken)
    } else {
        Err(io::Error::other(format!("it ended with {status}")))
    }
}

/// PostGIS makes the tiles of the same points, each view's one after the other.
pub fn map(points: &[LatLon], views: &[(&str, Vec<TileId>)]) -> io::Result<()> {
    heading(&format!("PostGIS ST_AsMVT of the same {} points", points.len()));
    let folder = tempfile::tempdir()?;
    let Some(postgres) = started(folder.path())? else { return Ok(()) };
    let mut sql = String::from(
        "CREATE EXTENSION postgis; CREATE TABLE map (id int, geom geometry(Point, 3857));\n\
         CREATE TEMP TABLE raw (id int, lon float8, lat float8); COPY raw FROM STDIN;\n",
    );
    for (id, at) in points.iter().enumerate() {
        sql.push_str(&format!("{id}\t{}\t{}\n", at.lon(), at.lat().clamp(-85.0, 85.0)));
    }
    sql.push_str(
        "\\.\nINSERT INTO map SELECT id, ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), \
         3857) FROM raw; CREATE INDEX ON map USING gist (geom); VACUUM ANALYZE map;\n",
    );
    postgres.tell(&sql)?;
    for (name, tiles) in views {
        let tile = |it: &TileId| {
            let (z, x, y) = (it.zoom(), it.x(), it.y());
            format!(
                "SELECT 'bytes ' || length(ST_AsMVT(t)) FROM (SELECT id, ST_AsMVTGeom(geom, \
                 ST_TileEnvelope({z}, {x}, {y})) FROM map WHERE geom && \
                 ST_TileEnvelope({z}, {x}, {y})) t;\n"
            )
        };
        let once: String = tiles.iter().map(tile).collect();
        let told = postgres.tell(&format!("\\timing on\n{}", once.repeat(PEER_VIEWS)))?;
        let numbers = |mark: &str| -> Vec<f64> {
            let lines = told.lines().filter_map(|it| it.trim().strip_prefix(mark));
            lines.filter_map(|it| it.split(' ').next()?.parse().ok()).collect()
        };
        let sum = |it: &[f64]| it.iter().sum::<f64>();
        let times = numbers("Time: ");
        let each = times.chunks(tiles.len()).map(|it| Duration::from_secs_f64(sum(it) / 1e3));
        let kb = sum(&numbers("bytes ")) / PEER_VIEWS as f64 / 1e3;
        spread(&format!("{name}, {} tiles, {kb:.0} kB", tiles.len()), each.collect(), None);
    }
    Ok(())
}

/// A trigram index of PostgreSQL finds among the same packages, each a line of
/// everything it may be found by.
pub fn search(
    documents: impl Iterator<Item = String>,
    questions: &[(&str, Vec<String>)],
) -> io::Result<()> {
    heading("PostgreSQL's trigram index of the same packages");
    let folder = tempfile::tempdir()?;
    let Some(postgres) = started(folder.path())? else { return Ok(()) };
    let mut sql = String::from(
        "CREATE EXTENSION pg_trgm; CREATE TABLE found (id int, doc text);\nCOPY found FROM STDIN;\n",
    );
    for (id, document) in documents.enumerate() {
        sql.push_str(&format!("{id}\t{document}\n"));
    }
    sql.push_str(
        "\\.\nCREATE INDEX ON found USING gin (doc gin_trgm_ops); VACUUM ANALYZE found;\n",
    );
    let start = Instant::now();
    postgres.tell(&sql)?;
    drop(sql);
    figure("filled and indexed", format_args!("{:.0?}", start.elapsed()));
    for (name, texts) in questions {
        let one = |it: &String| format!("SELECT id FROM found WHERE doc LIKE '%{it}%' LIMIT 50;\n");
        let all: String = texts.iter().map(one).collect();
        let told = postgres.tell(&format!("{all}\\timing on\n{all}"))?;
        let times = told.lines().filter_map(|it| it.trim().strip_prefix("Time: "));
        let ms = times.filter_map(|it| it.split(' ').next()?.parse::<f64>().ok());
        spread(name, ms.map(|it| Duration::from_secs_f64(it / 1e3)).collect(), None);
    }
    Ok(())
}

/// The folder of PostgreSQL's programs, or what is missing.
fn missing() -> Result<PathBuf, String> {
    if !Path::new(WORK).join("peers.py").exists() {
        return Err("the peers' work is not beside the repository (../shared/peers)".to_owned());
    }
    let versions = fs::read_dir(POSTGRES).map_err(|_| "PostgreSQL is not installed".to_owned())?;
    let mut programs: Vec<PathBuf> = versions
        .flatten()
        .map(|it| it.path().join("bin"))
        .filter(|it| it.join("initdb").exists())
        .collect();
    programs.sort();
    let programs = programs.pop().ok_or("PostgreSQL is not installed")?;
    let works = |program: &str, words: &[&str]| {
        let mut command = Command::new(program);
        command.args(words).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|it| it.success())
    };
    if !works("redis-server", &["--version"]) {
        return Err("redis-server is not installed".to_owned());
    }
    if !works("python3", &["-c", "import psycopg2, redis"]) {
        return Err("Python lacks psycopg2 or redis".to_owned());
    }
    Ok(programs)
}

/// A PostgreSQL server of our own; ended when dropped.
struct Postgres {
    server: Child,
    folder: PathBuf,
}

impl Postgres {
    /// Makes a database with every setting left as it comes, so durable, and
    /// reachable through its folder alone.
    fn start(programs: &Path, folder: &Path) -> io::Result<Self> {
        let root = is_root();
        if root {
            // PostgreSQL refuses to run as root; its package brings a user for it.
            run(Command::new("chown").arg("postgres").arg(folder))?;
        }
        let program = |name: &str| {
            let program = programs.join(name);
            if !root {
                return Command::new(program);
            }
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]);
            command.arg(program);
            command
        };
        let data = folder.join("postgres");
        run(program("initdb")
            .current_dir(folder)
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "-D"])
            .arg(&data)
            .stdout(Stdio::null()))?;
        let server = program("postgres")
            .current_dir(folder)
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder)
            .args(["-c", "listen_addresses=", "-c", "log_min_messages=fatal"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let postgres = Self { server, folder: folder.to_owned() };
        for _ in 0..START_TRIES_MAX {
            let mut asked = postgres.client("psql");
            asked.args(["-q", "-c", "SELECT 1"]).stdout(Stdio::null()).stderr(Stdio::null());
            if asked.status()?.success() {
                return Ok(postgres);
            }
            sleep(Duration::from_millis(100));
        }
        Err(io::Error::other("PostgreSQL did not start"))
    }

    /// Runs statements: what it printed.
    fn tell(&self, sql: &str) -> io::Result<String> {
        let mut psql = self.client("psql");
        psql.args(["-q", "-t", "-A", "-v", "ON_ERROR_STOP=1"]);
        let mut asked = psql.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut input = asked.stdin.take().expect("it is piped");
        let told = std::thread::scope(|scope| {
            scope.spawn(move || input.write_all(sql.as_bytes()));
            asked.wait_with_output()
        })?;
        if !told.status.success() {
            return Err(io::Error::other(format!("psql ended with {}", told.status)));
        }
        Ok(String::from_utf8_lossy(&told.stdout).into_owned())
    }

    /// A program that works with this server.
    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("PGHOST", &self.folder).env("PGUSER", "postgres");
        command.env("PGDATABASE", "postgres").current_dir("/");
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Killed, its children would linger: this asks it to end at once.
        let id = self.server.id().to_string();
        let _ = Command::new("kill").args(["-INT", &id]).status();
        let _ = self.server.wait();
    }
}

fn is_root() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().any(|it| it.starts_with("Uid:\t0\t"))
}

fn run(command: &mut Command) -> io::Result<()> {
    let status = command.status()?;
    if status.success() {
        return Ok(());
    }
    Err(io::Error::other(format!("{} ended with {status}", command.get_program().display())))
}

/// A server of its own, or nothing where none is installed; that is said.
fn started(folder: &Path) -> io::Result<Option<Postgres>> {
    match missing() {
        Ok(programs) => Postgres::start(&programs, folder).map(Some),
        Err(what) => {
            println!("SKIPPED: no peer beside these figures: {what}");
            Ok(None)
        }
    }
}
