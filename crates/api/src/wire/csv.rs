//! Packages as a table (RFC 4180) that a spreadsheet reads and does not run.

use serde_json::Value;

/// Columns of the table: fields of a package in the list.
const COLUMNS: [&str; 9] = [
    "id",
    "status",
    "status_at",
    "description",
    "number",
    "carrier",
    "mode",
    "client",
    "known_since",
];

/// The line of names.
#[must_use]
pub fn head() -> String {
    COLUMNS.join(",") + "\n"
}

/// The line of a package.
#[must_use]
pub fn line(package: &Value) -> String {
    let cells = COLUMNS.map(|name| match &package[name] {
        Value::Null => String::new(),
        Value::String(text) => cell(text),
        other => cell(&other.to_string()),
    });
    cells.join(",") + "\n"
}

/// One cell. One that a spreadsheet would run as a formula is made text by an
/// apostrophe.
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
