//! Records of NDJSON: one object per line, nested names joined by points.

use std::{
    collections::HashMap,
    fmt,
    io::{self, Read},
};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{COLUMNS_MAX, ROW_BYTES_MAX, Record, Row, Text};

/// How deep objects and lists may be nested.
const DEPTH_MAX: usize = 16;

/// The columns known so far and the record being built.
pub struct NdjsonRecords {
    columns: HashMap<String, usize>,
    asked_for: Vec<(String, bool)>,
    line: Vec<u8>,
    cells: Vec<String>,
    filled: Vec<bool>,
}

/// Why an object is no row: the column's name where there is one, and the reason.
type Fault = (Option<usize>, String);

impl NdjsonRecords {
    /// Starts with the columns that are asked for.
    pub fn new(asked_for: &[String]) -> Self {
        Self {
            columns: asked_for.iter().enumerate().map(|(at, it)| (it.clone(), at)).collect(),
            asked_for: asked_for.iter().map(|it| (it.clone(), false)).collect(),
            line: Vec::new(),
            cells: Vec::new(),
            filled: Vec::new(),
        }
    }

    /// Columns that were asked for and never came.
    pub fn never_seen(&self) -> Vec<&str> {
        self.asked_for.iter().filter(|(_, seen)| !seen).map(|(name, _)| name.as_str()).collect()
    }

    /// Reads the next object into `row`; new keys are added to `header`.
    pub fn next<R: Read>(
        &mut self,
        text: &mut Text<R>,
        row: &mut Row,
        header: &mut Vec<String>,
    ) -> io::Result<Record> {
        loop {
            text.skip_line_ends()?;
            row.start(text.line());
            if text.ahead().is_empty() {
                return Ok(Record::End);
            }
            if !self.read_line(text)? {
                return Ok(Record::Broken(None, format!("more than {} KB", ROW_BYTES_MAX / 1024)));
            }
            if self.line.iter().any(|it| !it.is_ascii_whitespace()) {
                break;
            }
        }
        Ok(match self.parse(header) {
            Ok(()) => {
                self.cells[..header.len()].iter().for_each(|cell| row.push(cell));
                Record::Whole
            }
            Err((column, reason)) => Record::Broken(column, reason),
        })
    }

    /// Reads a line without its end; false when it is too long to keep.
    fn read_line<R: Read>(&mut self, text: &mut Text<R>) -> io::Result<bool> {
        self.line.clear();
        let mut fits = true;
        loop {
            let ahead = text.ahead();
            let end = ahead.iter().position(|it| matches!(it, b'\n' | b'\r'));
            let part = &ahead[..end.unwrap_or(ahead.len())];
            fits = fits && self.line.len() + part.len() <= ROW_BYTES_MAX;
            if fits {
                self.line.extend_from_slice(part);
            }
            let length = part.len();
            text.consume(length);
            if end.is_some() || !text.fill()? {
                return Ok(fits);
            }
        }
    }

    fn parse(&mut self, header: &mut Vec<String>) -> Result<(), Fault> {
        let line = std::mem::take(&mut self.line);
        self.cells.iter_mut().for_each(String::clear);
        self.cells.resize_with(self.cells.len().max(header.len()), String::new);
        self.filled.clear();
        self.filled.resize(self.cells.len(), false);
        let parsed = std::str::from_utf8(&line)
            .map_err(|error| (None, error.to_string()))
            .and_then(|line| self.object(line, header));
        self.line = line;
        parsed
    }

    fn object(&mut self, line: &str, header: &mut Vec<String>) -> Result<(), Fault> {
        if !line.trim_start().starts_with('{') {
            return Err((None, "a JSON object on one line is expected".to_owned()));
        }
        let mut path = String::new();
        let whole: &RawValue = serde_json::from_str(line).map_err(|it| malformed(&it))?;
        self.flatten(whole, &mut path, 0, header)
    }

    fn flatten(
        &mut self,
        value: &RawValue,
        path: &mut String,
        depth: usize,
        header: &mut Vec<String>,
    ) -> Result<(), Fault> {
        if depth > DEPTH_MAX {
            return Err((None, format!("values nested more than {DEPTH_MAX} deep")));
        }
        let raw = value.get();
        match raw.as_bytes().first() {
            Some(b'{') => {
                let members: Members<'_> =
                    serde_json::from_str(raw).map_err(|it| malformed(&it))?;
                for (name, child) in members.0 {
                    self.flatten_child(&name, child, path, depth, header)?;
                }
                Ok(())
            }
            Some(b'[') => {
                let list: Vec<&RawValue> =
                    serde_json::from_str(raw).map_err(|it| malformed(&it))?;
                for (index, child) in list.into_iter().enumerate() {
                    self.flatten_child(&index.to_string(), child, path, depth, header)?;
                }
                Ok(())
            }
            Some(b'"') => {
                let text: String = serde_json::from_str(raw).map_err(|it| malformed(&it))?;
                self.set(path, &text, header)
            }
            _ if raw == "null" => self.set(path, "", header),
            // Numbers stay as they are written, so that no digit of money is lost.
            _ => self.set(path, raw, header),
        }
    }

    fn flatten_child(
        &mut self,
        name: &str,
        child: &RawValue,
        path: &mut String,
        depth: usize,
        header: &mut Vec<String>,
    ) -> Result<(), Fault> {
        let length = path.len();
        if length > 0 {
            path.push('.');
        }
        path.push_str(name);
        self.flatten(child, path, depth + 1, header)?;
        path.truncate(length);
        Ok(())
    }

    fn set(&mut self, name: &str, value: &str, header: &mut Vec<String>) -> Result<(), Fault> {
        let name = name.trim();
        let column = match self.columns.get(name) {
            Some(&column) => column,
            None if header.len() >= COLUMNS_MAX => {
                return Err((None, format!("more than {COLUMNS_MAX} different names in the file")));
            }
            None => {
                header.push(name.to_owned());
                self.columns.insert(name.to_owned(), header.len() - 1);
                self.cells.push(String::new());
                self.filled.push(false);
                header.len() - 1
            }
        };
        if std::mem::replace(&mut self.filled[column], true) {
            return Err((Some(column), "the name comes twice in one object".to_owned()));
        }
        if let Some((_, seen)) = self.asked_for.get_mut(column) {
            *seen = true;
        }
        self.cells[column].push_str(value);
        Ok(())
    }
}

fn malformed(error: &serde_json::Error) -> Fault {
    // Its own "at line 1" would be read as the file's first line.
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text);
    (None, format!("malformed JSON at column {}: {what}", error.column()))
}

/// The members of an object in the order of the file, values unread.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}
