//! Other programs read the files: DuckDB and pandas, where a Python that has them is
//! found (`WHEREABOUTS_PYTHON`, else `python3`).

use std::{env, fs, path::Path, process::Command};

use history::write;

use crate::samples::{DAY, log, package};

const ASK: &str = r"
import sys
import duckdb, pandas
folder, package = sys.argv[1:]
files = f'{folder}/dt=*/*.parquet'
read = f'''read_parquet('{files}', hive_partitioning = true)'''
one = duckdb.sql(f'''select count(*), min(dt), count(distinct kind), min(recorded_at)::varchar
    from {read} where about = '{package}' ''').fetchall()
floors = duckdb.sql(f'''select count(*) from {read}
    where json_extract_string(leaf, '$.fact.floor') = '3' ''').fetchall()
frame = pandas.read_parquet(folder)
print(one, floors, len(frame), frame.log_index.sum(), frame.happened_at.dt.tz)
";

#[test]
#[expect(clippy::disallowed_methods, reason = "which Python has them is known to whoever runs it")]
fn duckdb_and_pandas_read_what_was_written() {
    let python = env::var("WHEREABOUTS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python).args(["-c", "import duckdb, pandas, pyarrow"]).output();
    if !has.is_ok_and(|it| it.status.success()) {
        eprintln!("SKIPPED: {python} has no duckdb, pandas and pyarrow");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let written = write(DAY, log(0, 4_000, 40)).unwrap().unwrap();
    let file = folder.path().join(written.segment.name().as_str());
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, written.bytes).unwrap();
    let events: &Path = &folder.path().join("history/events");
    let asked = Command::new(&python)
        .env("TZ", "UTC")
        .args(["-c", ASK, events.to_str().unwrap(), &package(3).to_string()])
        .output()
        .unwrap();
    let (said, why) =
        (String::from_utf8_lossy(&asked.stdout), String::from_utf8_lossy(&asked.stderr));
    // 7,919 and 40 have no divisor in common: each package has every 40th entry.
    let first = "2026-11-25 00:00:";
    let counted = format!("[(800,)] 4000 {} UTC", 3_999 * 4_000 / 2);
    assert!(said.contains("[(100, ") && said.contains(first), "{said}{why}");
    assert!(said.contains("datetime.date(2026, 11, 25)"), "{said}{why}");
    assert_eq!(said.trim_end().split_once(")] ").map(|it| it.1), Some(&*counted), "{said}{why}");
}
