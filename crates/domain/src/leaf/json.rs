//! Canonical JSON by RFC 8785, for the part of JSON that leaves use: objects
//! with ASCII names, arrays, text, integers and truth values; nothing is null.

use std::collections::BTreeMap;

/// The largest integer that every reader of JSON reads exactly (RFC 8785 section
/// 3.2.2.3). Larger ones are written as text, as its appendix D advises.
const INT_MAX: u64 = (1 << 53) - 1;

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Names in order, each once.
    Object(Object),
    /// Values in the order given.
    Array(Vec<Value>),
    /// Text.
    Text(String),
    /// An integer within ±[`INT_MAX`].
    Int(i64),
    /// True or false.
    Bool(bool),
}

/// Named values. Names are ASCII, so byte order is RFC 8785's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object(BTreeMap<&'static str, Value>);

impl Object {
    /// An object without names.
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Names a value; a missing one leaves the name out.
    pub fn set(&mut self, name: &'static str, value: impl Into<Maybe>) {
        if let Some(value) = value.into().0 {
            self.0.insert(name, value);
        }
    }
}

/// A value that may be missing.
pub struct Maybe(Option<Value>);

impl<T: Into<Value>> From<Option<T>> for Maybe {
    fn from(value: Option<T>) -> Self {
        Self(value.map(Into::into))
    }
}

impl<T: Into<Value>> From<T> for Maybe {
    fn from(value: T) -> Self {
        Self(Some(value.into()))
    }
}

impl From<Object> for Value {
    fn from(it: Object) -> Self {
        Self::Object(it)
    }
}

impl From<Vec<Self>> for Value {
    fn from(it: Vec<Self>) -> Self {
        Self::Array(it)
    }
}

impl From<&str> for Value {
    fn from(it: &str) -> Self {
        Self::Text(it.to_owned())
    }
}

impl From<String> for Value {
    fn from(it: String) -> Self {
        Self::Text(it)
    }
}

impl From<i64> for Value {
    fn from(it: i64) -> Self {
        if it.unsigned_abs() <= INT_MAX { Self::Int(it) } else { Self::Text(it.to_string()) }
    }
}

impl From<u64> for Value {
    fn from(it: u64) -> Self {
        if it <= INT_MAX { Self::Int(it as i64) } else { Self::Text(it.to_string()) }
    }
}

impl From<bool> for Value {
    fn from(it: bool) -> Self {
        Self::Bool(it)
    }
}

impl Value {
    /// The one way to write it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = String::with_capacity(512);
        self.write(&mut out);
        out.into_bytes()
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Object(Object(names)) => {
                let mut open = '{';
                for (name, value) in names {
                    out.push(open);
                    write_text(name, out);
                    out.push(':');
                    value.write(out);
                    open = ',';
                }
                out.push_str(if open == '{' { "{}" } else { "}" });
            }
            Self::Array(values) => {
                out.push('[');
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    value.write(out);
                }
                out.push(']');
            }
            Self::Text(text) => write_text(text, out),
            Self::Int(number) => out.push_str(&number.to_string()),
            Self::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        }
    }
}

/// RFC 8785 section 3.2.2.2: escape only what JSON must, the short way.
fn write_text(text: &str, out: &mut String) {
    use std::fmt::Write;
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            control if control < ' ' => {
                write!(out, "\\u{:04x}", control as u32).expect("writing to a string cannot fail");
            }
            other => out.push(other),
        }
    }
    out.push('"');
}
