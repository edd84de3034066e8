//! One row: its cells in one buffer that is filled again and again.

/// A row of a table. Cells are as the file has them, untrimmed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The line of the file on which it starts, from 1.
    pub line: u64,
    /// Its place among the file's records, from 1; the header does not count.
    pub ordinal: u64,
    text: String,
    /// Where each cell ends in `text`.
    ends: Vec<usize>,
}

impl Row {
    /// How many cells it has.
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// True when it has no cells.
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text of a cell; empty beyond the last.
    #[must_use]
    pub fn cell(&self, index: usize) -> &str {
        let Some(&end) = self.ends.get(index) else { return "" };
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.text[start..end]
    }

    /// Its cells in order.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|it| self.cell(it))
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    pub(super) fn first_with(&self, test: impl Fn(&str) -> bool) -> Option<usize> {
        // Most rows have no such cell: one look at the whole text says so.
        if !test(&self.text) {
            return None;
        }
        self.cells().position(test)
    }

    pub(super) fn start(&mut self, line: u64) {
        self.line = line;
        self.text.clear();
        self.ends.clear();
    }

    /// Takes over cells as the CSV grammar gives them.
    pub(super) fn take(&mut self, text: &[u8], ends: &[usize]) {
        self.text.push_str(std::str::from_utf8(text).expect("the grammar cuts at ASCII only"));
        self.ends.extend_from_slice(ends);
    }

    pub(super) fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    pub(super) fn drop_empty_beyond(&mut self, wanted: usize) {
        while self.len() > wanted && self.cell(self.len() - 1).trim().is_empty() {
            self.ends.pop();
        }
        self.text.truncate(self.ends.last().copied().unwrap_or(0));
    }
}
