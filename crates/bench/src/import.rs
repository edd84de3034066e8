//! Importing a table: parsing and checking it, and recording it durably.

use std::{
    fs,
    io::{self, Cursor},
    path::Path,
    sync::Arc,
    time::Instant,
};

use intake::mapping::Mapping;
use service::{
    import::{Wish, import_id},
    projector::Projector,
    record::Attribution,
};

use crate::{
    figures::{Aim, cpu_seconds, figure, heading, judged},
    outside,
};

/// A real table beside the repository, else our own example repeated.
const REAL: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../shared/data/scms/SCMS_Delivery_History_Dataset.csv"
);
const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples");
/// How often the table is read for the parsing figure.
const PASSES: u64 = 10;

/// Imports once, and prints rows per second of each part.
pub async fn measure() -> io::Result<()> {
    let (content, text) = if Path::new(REAL).exists() {
        (fs::read(REAL)?, fs::read_to_string(format!("{EXAMPLES}/scms.toml"))?)
    } else {
        eprintln!("SKIPPED: the real table is absent; the example is measured instead");
        (
            fs::read(format!("{EXAMPLES}/shipments.csv"))?,
            fs::read_to_string(format!("{EXAMPLES}/shipments.toml"))?,
        )
    };
    let mapping = Arc::new(Mapping::from_toml(&text).expect("our mapping is right"));
    heading("importing a table");
    let folder = tempfile::tempdir()?;
    let (service, _) = outside::open(folder.path())?;
    let by = Attribution { actor: "bench".to_owned(), source: "import".to_owned() };
    let id = import_id(&text, &content);
    let shared: Arc<[u8]> = content.as_slice().into();
    let open = || Ok(Cursor::new(Arc::clone(&shared)));

    let (start, work) = (Instant::now(), cpu_seconds("self")?);
    let dry = Wish { dry_run: true, all_or_nothing: false };
    let mut rows = 0;
    for _ in 0..PASSES {
        let done = service.import(&by, &mapping, id, open, dry, |_| ()).await;
        rows += done.map_err(io::Error::other)?.rows;
    }
    let rate = rows as f64 / start.elapsed().as_secs_f64();
    judged("rows parsed and checked (dry run)", rate, Aim::AtLeast(100_000.0, "/s"));
    spent(work, rows)?;

    let (start, work) = (Instant::now(), cpu_seconds("self")?);
    let done = service.import(&by, &mapping, id, open, Wish::default(), |_| ()).await;
    let done = done.map_err(io::Error::other)?;
    let recorded = start.elapsed().as_secs_f64();
    Projector::new(service).catch_up().await.map_err(io::Error::other)?;
    let derived = start.elapsed().as_secs_f64();
    figure(
        &format!("{} rows, {} events recorded durably", done.rows, done.events),
        format!("{:.0} rows/s", done.rows as f64 / recorded),
    );
    let rate = done.rows as f64 / derived;
    judged("  the same with everything derived", rate, Aim::AtLeast(2_000.0, " rows/s"));
    spent(work, done.rows)
}

/// Prints the processor time since `before` for each row.
fn spent(before: f64, rows: u64) -> io::Result<()> {
    let micros = (cpu_seconds("self")? - before) * 1e6 / rows as f64;
    let one = 1e6 / micros;
    figure(
        "  processor time for each row",
        format_args!("{micros:.1} µs: {one:.0}/s use one core up"),
    );
    Ok(())
}
