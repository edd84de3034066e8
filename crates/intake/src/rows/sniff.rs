//! What kind of file it is, judged by its beginning.

use csv_core::{ReadRecordResult, ReaderBuilder};

use super::{COLUMNS_MAX, Format};

/// Delimiters people use, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How many records are looked at.
const RECORDS_MAX: usize = 100;

/// Names a file that is no text by its first bytes.
pub fn not_text(start: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 6] = [
        (b"PK\x03\x04", "an Excel workbook or a ZIP archive"),
        (b"\xD0\xCF\x11\xE0", "an old Excel workbook"),
        (b"\x1F\x8B", "compressed with gzip"),
        (b"\x28\xB5\x2F\xFD", "compressed with zstd"),
        (b"%PDF", "a PDF document"),
        (b"PAR1", "a Parquet file"),
    ];
    KINDS.iter().find(|(mark, _)| start.starts_with(mark)).map(|(_, what)| *what)
}

/// A file that starts with a brace holds objects; any other is taken for CSV.
pub fn format(start: &[u8]) -> Format {
    match start.trim_ascii_start() {
        // A list is no NDJSON either, but a better guess than CSV.
        [b'{', ..] | [b'[', b'{', ..] => Format::Ndjson,
        _ => Format::Csv,
    }
}

/// The line `sep=;` that Excel reads and writes: the delimiter, and how long
/// the line is.
pub fn separator_line(start: &[u8]) -> Option<(u8, usize)> {
    let named = match start {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', named, b'\r' | b'\n', ..] => *named,
        _ => return None,
    };
    named.is_ascii().then_some((named, 5))
}

/// The delimiter under which most records have as many cells as the first.
pub fn delimiter(start: &[u8]) -> u8 {
    let scores = DELIMITERS.map(|it| (it, score(start, it)));
    // The first of equals wins: `rev`, because `max_by_key` takes the last.
    let best = scores.iter().rev().max_by_key(|(_, score)| *score);
    best.filter(|(_, score)| *score > (0, 0)).map_or(DELIMITERS[0], |(it, _)| *it)
}

/// How well a delimiter fits: the share of records that have as many cells as
/// the first, then how many cells that is. Nothing if it cuts nothing.
fn score(start: &[u8], delimiter: u8) -> (usize, usize) {
    let counts = cell_counts(start, delimiter);
    let Some(&columns) = counts.first().filter(|it| **it > 1) else { return (0, 0) };
    let alike = counts.iter().filter(|it| **it == columns).count();
    (alike * 1000 / counts.len(), columns)
}

fn cell_counts(mut input: &[u8], delimiter: u8) -> Vec<usize> {
    let mut grammar = ReaderBuilder::new().delimiter(delimiter).build();
    let mut text = [0; 4096];
    let mut ends = [0; COLUMNS_MAX];
    let (mut counts, mut cells) = (Vec::new(), 0);
    while counts.len() < RECORDS_MAX {
        let (result, taken, _, found) = grammar.read_record(input, &mut text, &mut ends);
        input = &input[taken..];
        cells += found;
        match result {
            ReadRecordResult::Record => {
                counts.push(cells);
                cells = 0;
            }
            // The beginning ends here, perhaps amid a record: that one is left
            // out unless it is all there is.
            ReadRecordResult::InputEmpty | ReadRecordResult::End => break,
            ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => (),
        }
    }
    if counts.is_empty() {
        // A header without a line end: its last cell is not counted yet.
        counts.push(cells + 1);
    }
    counts
}
