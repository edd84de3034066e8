//! How fast a table becomes facts on one core: `parse_rate MAPPING.toml TABLE [TIMES]`
//! repeats the table's rows in memory and prints rows per second.

use std::{error::Error, sync::Arc, time::Instant};

use intake::mapping::{Found, FoundPlace, Import, Mapping, PlaceFinder, Question};

/// Takes every text for a place, so that only reading is measured.
struct Anywhere;

impl PlaceFinder for Anywhere {
    fn find(&self, Question { text, .. }: Question<'_>) -> Found {
        Found::One(FoundPlace {
            key: format!("test:{text}"),
            name: text.to_owned(),
            time_zone: Some("Africa/Nairobi".to_owned()),
        })
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(mapping), Some(table)) = (arguments.next(), arguments.next()) else {
        return Err("usage: parse_rate MAPPING.toml TABLE [TIMES]".into());
    };
    let times: usize = arguments.next().map_or(Ok(20), |it| it.parse())?;
    let mapping = Mapping::from_toml(&std::fs::read_to_string(mapping)?)
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let bytes = repeated(&std::fs::read(table)?, times);

    #[expect(clippy::disallowed_methods, reason = "a main measures")]
    let start = Instant::now();
    let mut import = Import::open(bytes.as_slice(), Arc::new(mapping))?;
    let (mut rows, mut refused, mut facts) = (0u64, 0u64, 0u64);
    while let Some(outcome) = import.next(&Anywhere)? {
        match outcome.row {
            Ok(row) => {
                rows += 1;
                facts += row.drafts.len() as u64;
            }
            Err(_) => refused += 1,
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let records = (rows + refused) as f64;
    println!("{rows} rows, {refused} refused, {facts} facts, {:.1} MB", bytes.len() as f64 / 1e6);
    println!("{seconds:.2} s: {:.0} rows/s", records / seconds);
    Ok(())
}

/// The table with its rows repeated below one header.
fn repeated(table: &[u8], times: usize) -> Vec<u8> {
    let header = table.iter().position(|it| matches!(it, b'\r' | b'\n')).unwrap_or(table.len());
    let (header, rows) = table.split_at(header);
    let mut bytes = header.to_vec();
    for _ in 0..times {
        bytes.extend_from_slice(rows);
        if !rows.ends_with(b"\r") && !rows.ends_with(b"\n") {
            bytes.extend_from_slice(&rows[..1.min(rows.len())]);
        }
    }
    bytes
}
