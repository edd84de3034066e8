//! `whereabouts export`: every package on standard output, newest first.

use std::{
    io::{self, BufWriter, Write},
    process::ExitCode,
};

use serde_json::Value;

use crate::{
    cli::{Export, Format},
    client::Client,
    failure::{Failure, failed},
};

/// Columns of the table, and where their values stand in a package.
const COLUMNS: &[(&str, &str)] = &[
    ("id", "/id"),
    ("status", "/status"),
    ("status_at", "/status_at"),
    ("description", "/description"),
    ("number", "/number"),
    ("carrier", "/carrier"),
    ("mode", "/mode"),
    ("client", "/client"),
    ("known_since", "/known_since"),
];

/// Writes every package.
pub async fn export(wish: Export) -> Result<ExitCode, Failure> {
    let client = Client::reach(&wish.data).await?;
    let mut out = BufWriter::new(io::stdout().lock());
    if wish.format == Format::Csv {
        let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
        writeln!(out, "{}", names.join(","))?;
    }
    let mut path = "/v1/packages?limit=500".to_owned();
    loop {
        let page = client.get(&path).await?.good()?;
        for package in page["packages"].as_array().ok_or_else(|| failed("no list came back"))? {
            match wish.format {
                Format::Ndjson => writeln!(out, "{package}")?,
                Format::Csv => writeln!(out, "{}", line(package))?,
            }
        }
        match page["next"].as_str() {
            Some(next) => path = format!("/v1/packages?limit=500&cursor={next}"),
            None => break,
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn line(package: &Value) -> String {
    let cells: Vec<String> = COLUMNS
        .iter()
        .map(|(_, pointer)| match package.pointer(pointer) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => cell(text),
            Some(other) => cell(&other.to_string()),
        })
        .collect();
    cells.join(",")
}

/// One cell by RFC 4180. A cell that a spreadsheet would run as a formula is
/// made text by an apostrophe.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests;
