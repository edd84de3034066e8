//! Records of a CSV file, with limits that hold while a record is being read.

use std::io::{self, Read};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::{CELL_BYTES_MAX, COLUMNS_MAX, ROW_BYTES_MAX, Record, Row, Text, too_long_cell};

/// The grammar and the record it is building.
pub struct CsvRecords {
    grammar: Reader,
    delimiter: u8,
    cells: Vec<u8>,
    ends: Vec<usize>,
}

/// A record so far.
#[derive(Default)]
struct Progress {
    bytes: usize,
    cells: usize,
    /// Set when a limit is passed: the rest is read and forgotten.
    fault: Option<(Option<usize>, String)>,
}

impl CsvRecords {
    /// Reads with `"` as the quote, doubled inside quotes.
    pub fn new(delimiter: u8) -> Self {
        Self {
            grammar: ReaderBuilder::new().delimiter(delimiter).build(),
            delimiter,
            cells: vec![0; 16 * 1024],
            ends: vec![0; COLUMNS_MAX],
        }
    }

    /// What stands between cells.
    pub const fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Reads the next record into `row`.
    pub fn next<R: Read>(&mut self, text: &mut Text<R>, row: &mut Row) -> io::Result<Record> {
        text.skip_line_ends()?;
        row.start(text.line());
        if text.ahead().is_empty() {
            return Ok(Record::End);
        }
        let mut progress = Progress::default();
        loop {
            if text.ahead().is_empty() && !text.fill()? {
                self.finish(&mut progress);
                break;
            }
            let (result, taken) = self.step(text.ahead(), &mut progress);
            text.consume(taken);
            if result == ReadRecordResult::Record {
                break;
            }
        }
        if let Some((column, reason)) = progress.fault {
            return Ok(Record::Broken(column, reason));
        }
        row.take(&self.cells[..progress.bytes], &self.ends[..progress.cells]);
        Ok(Record::Whole)
    }

    fn step(&mut self, input: &[u8], progress: &mut Progress) -> (ReadRecordResult, usize) {
        let (result, taken, bytes, cells) = self.grammar.read_record(
            input,
            &mut self.cells[progress.bytes..],
            &mut self.ends[progress.cells..],
        );
        progress.bytes += bytes;
        progress.cells += cells;
        match result {
            ReadRecordResult::OutputFull => self.make_room(progress),
            ReadRecordResult::OutputEndsFull => {
                let reason = format!("more than {COLUMNS_MAX} cells");
                progress.fault.get_or_insert((None, reason));
                progress.cells = 0;
            }
            _ => (),
        }
        (result, taken)
    }

    fn make_room(&mut self, progress: &mut Progress) {
        if progress.fault.is_none() && self.cells.len() < ROW_BYTES_MAX {
            self.cells.resize(self.cells.len() * 2, 0);
            return;
        }
        let cell_start = if progress.cells == 0 { 0 } else { self.ends[progress.cells - 1] };
        progress.fault.get_or_insert_with(|| {
            if progress.bytes - cell_start > CELL_BYTES_MAX {
                (Some(progress.cells), too_long_cell())
            } else {
                (None, format!("more than {} KB", ROW_BYTES_MAX / 1024))
            }
        });
        progress.bytes = 0;
    }

    /// Ends the last record, which no line end follows. A line end of our own
    /// closes it, unless it is inside quotes: then the quote was never closed.
    fn finish(&mut self, progress: &mut Progress) {
        let mut input: &[u8] = b"\n";
        loop {
            let (result, taken) = self.step(input, progress);
            input = &input[taken..];
            match result {
                ReadRecordResult::Record | ReadRecordResult::End => return,
                ReadRecordResult::InputEmpty => {
                    let reason = "a quoted cell that is never closed".to_owned();
                    progress.fault.get_or_insert((Some(progress.cells), reason));
                }
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => (),
            }
        }
    }
}
