//! Changing one thing in a template, so that a test sees each of its checks fail.

use serde_json::Value;

/// Puts `to` where `path` points (as RFC 6901 says), making what is missing on the way;
/// null takes away what is there.
///
/// # Panics
/// If what is to be taken away is not there, or a part of the path is neither object nor array:
/// then the mutation would change nothing and prove nothing.
pub fn edit(template: &mut Value, path: &str, to: Value) {
    let (parent, last) = path.rsplit_once('/').unwrap_or_else(|| panic!("{path} is no pointer"));
    let mut place = template;
    for part in parent.split('/').skip(1).map(plain) {
        place = match place {
            Value::Array(items) => index(items, &part, path),
            Value::Object(object) => {
                object.entry(part).or_insert(Value::Object(serde_json::Map::new()))
            }
            other => panic!("{path}: {part} lies in {other}"),
        };
    }
    let last = plain(last);
    match (place, to) {
        (Value::Object(object), Value::Null) => {
            assert!(object.remove(&last).is_some(), "{path}: nothing is there to take away");
        }
        (Value::Object(object), to) => drop(object.insert(last, to)),
        (Value::Array(items), to) if last == "-" => items.push(to),
        (Value::Array(items), to) => *index(items, &last, path) = to,
        (other, _) => panic!("{path}: {last} lies in {other}"),
    }
}

fn index<'a>(items: &'a mut [Value], part: &str, path: &str) -> &'a mut Value {
    let place: usize = part.parse().unwrap_or_else(|_| panic!("{path}: {part} is no number"));
    items.get_mut(place).unwrap_or_else(|| panic!("{path}: there is no item {part}"))
}

fn plain(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}
