//! Reading JSON strictly: a key given twice is a mistake, and every mistake
//! comes with a pointer to where it is.

use std::{cell::RefCell, collections::HashSet, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use service::FieldError;

use crate::{
    problem::{Kind, Problem},
    wire::reading::pointer,
};

/// Reads one JSON value and nothing after it.
pub fn parse(bytes: &[u8]) -> Result<Value, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|why| {
        let at = why.valid_up_to();
        malformed("", "not_utf8", format!("The body is not UTF-8: byte {at} is wrong."))
    })?;
    // Some programs put a byte order mark before everything they write.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(malformed("", "empty", "The body is empty; JSON is expected.".to_owned()));
    }
    let path = RefCell::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = At { path: &path }.deserialize(&mut reader).and_then(|it| {
        reader.end()?;
        Ok(it)
    });
    value.map_err(|why| {
        let (line, column) = (why.line(), why.column());
        let byte = byte_at(text, line, column);
        let pointer =
            path.into_inner().iter().take(16).fold(String::new(), |all, it| pointer(&all, it));
        let why = reason(&why);
        malformed(
            &pointer,
            "malformed",
            format!("{why}, at byte {byte} (line {line}, column {column})."),
        )
    })
}

/// The message without the position serde appends to it.
fn reason(why: &serde_json::Error) -> String {
    let text = why.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
    text.replace("recursion limit exceeded", "nested too deeply: at most 127 levels are taken")
}

fn malformed(pointer: &str, code: &'static str, detail: String) -> Problem {
    let error = FieldError { pointer: pointer.to_owned(), code, detail: detail.clone() };
    Problem { errors: vec![error], ..Problem::new(Kind::Malformed, detail) }
}

/// serde_json counts lines and columns (in bytes); people with a hex editor
/// count bytes.
fn byte_at(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    before + column.saturating_sub(1)
}

/// Reads the value that stands at a path, and leaves the path where it failed.
#[derive(Clone, Copy)]
struct At<'a> {
    path: &'a RefCell<Vec<String>>,
}

impl At<'_> {
    fn step<T, E>(self, key: String, read: impl FnOnce(Self) -> Result<T, E>) -> Result<T, E> {
        self.path.borrow_mut().push(key);
        let value = read(self)?;
        self.path.borrow_mut().pop();
        Ok(value)
    }
}

impl<'de> DeserializeSeed<'de> for At<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for At<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    /// JSON has one kind of number: 2.0 is the integer 2.
    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        if value.fract() == 0.0 && value.abs() < 9e15 {
            return Ok(Value::Number((value as i64).into()));
        }
        let number = Number::from_f64(value).ok_or_else(|| E::custom("number out of range"))?;
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(value) =
            self.step(all.len().to_string(), |it| items.next_element_seed(it))?
        {
            all.push(value);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        let mut seen = HashSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = self.step(key.clone(), |it| {
                if !seen.insert(key.clone()) {
                    return Err(A::Error::custom("this key is given twice"));
                }
                entries.next_value_seed(it)
            })?;
            all.insert(key, value);
        }
        Ok(Value::Object(all))
    }
}

#[cfg(test)]
mod tests;
