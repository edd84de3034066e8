//! A mapping bound to the columns of one table.

use std::{collections::HashMap, sync::Arc};

use domain::id::derive_bytes;

use super::{
    Mapping, MappingError, NamedClient, ParsedRow, PlaceFinder,
    drafting::{Drafting, Key},
    places::Remembered,
};
use crate::rows::{Row, RowError};

/// A mapping bound to a table: rows in, facts out.
pub struct Plan {
    mapping: Arc<Mapping>,
    /// For each column of the mapping, which cell of a row it is.
    positions: Vec<usize>,
    memory: Memory,
    /// How often each content came, for tables without a key.
    times_seen: HashMap<[u8; 16], u64>,
}

/// Answers that rows share.
#[derive(Default)]
pub(super) struct Memory {
    pub places: Remembered,
    pub clients: HashMap<Box<str>, Arc<NamedClient>>,
}

impl Plan {
    /// Finds the mapping's columns among a table's; says of each that is missing
    /// which key of the mapping wants it.
    pub fn bind(mapping: Arc<Mapping>, header: &[String]) -> Result<Self, Vec<MappingError>> {
        let mut errors = Vec::new();
        let mut positions = Vec::new();
        for column in &mapping.columns {
            match find(&column.name, header) {
                Ok(position) => positions.push(position),
                Err(reason) => errors.push(MappingError { key: column.key.clone(), reason }),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Self { mapping, positions, memory: Memory::default(), times_seen: HashMap::new() })
    }

    /// What a row states, or everything that is wrong with it. Rows of a table
    /// without a key must come in the table's order.
    pub fn row(
        &mut self,
        row: &Row,
        header: &[String],
        places: &dyn PlaceFinder,
    ) -> Result<ParsedRow, Vec<RowError>> {
        let key = if self.mapping.has_key() {
            Key::Columns
        } else {
            let content = content(row, header);
            let times = self.times_seen.entry(content).or_default();
            *times += 1;
            Key::Content { content, nth: times.to_be_bytes() }
        };
        Drafting::new(&self.mapping, &self.positions, row, &mut self.memory, places).draft(&key)
    }
}

/// The place of a column in the header: by its exact name, or by the only name
/// that differs in the case of letters alone.
fn find(name: &str, header: &[String]) -> Result<usize, String> {
    let exact = positions(header, |it| it == name);
    let found = if exact.is_empty() {
        positions(header, |it| it.eq_ignore_ascii_case(name))
    } else {
        exact
    };
    match found[..] {
        [one] => Ok(one),
        [] => Err(format!("the table has no column {name:?}{}", hint(name, header))),
        _ => Err(format!("the table has more than one column {name:?}")),
    }
}

fn positions(header: &[String], test: impl Fn(&str) -> bool) -> Vec<usize> {
    (0..header.len()).filter(|it| test(&header[*it])).collect()
}

/// The columns there are, those that share a word with the missing one first.
fn hint(name: &str, header: &[String]) -> String {
    let words = |text: &str| -> Vec<String> {
        text.split(|it: char| !it.is_alphanumeric())
            .filter(|it| it.len() > 1)
            .map(str::to_lowercase)
            .collect()
    };
    let wanted = words(name);
    let mut columns: Vec<&String> = header.iter().collect();
    columns.sort_by_key(|it| !words(it).iter().any(|word| wanted.contains(word)));
    let shown: Vec<String> = columns.iter().take(5).map(|it| format!("{it:?}")).collect();
    let more = if columns.len() > 5 { ", …" } else { "" };
    format!("; it has {}{more}", shown.join(", "))
}

/// What tells rows without a key apart: their cells by column, so that another
/// order of columns makes no difference.
fn content(row: &Row, header: &[String]) -> [u8; 16] {
    let mut cells: Vec<(&str, &str)> = header
        .iter()
        .zip(row.cells())
        .map(|(name, cell)| (name.as_str(), cell.trim()))
        .filter(|(_, cell)| !cell.is_empty())
        .collect();
    cells.sort_unstable();
    let parts: Vec<&[u8]> =
        cells.iter().flat_map(|(name, cell)| [name.as_bytes(), cell.as_bytes()]).collect();
    derive_bytes(&parts)
}
