//! YAML with CloudFormation's short tags into JSON with their long forms.

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value};

/// Reads one document.
pub fn read(text: &str) -> Result<Value, String> {
    let documents = Yaml::load_from_str(text).map_err(|why| why.to_string())?;
    match &documents[..] {
        [one] => value(one),
        many => Err(format!("{} documents, one is wanted", many.len())),
    }
}

fn value(node: &Yaml<'_>) -> Result<Value, String> {
    match node {
        Yaml::Value(scalar) => Ok(scalar_value(scalar)),
        Yaml::Sequence(items) => items.iter().map(value).collect(),
        Yaml::Mapping(entries) => {
            let mut object = Map::new();
            for (key, it) in entries {
                let Value::String(key) = as_text(value(key)?) else {
                    return Err(format!("{key:?} is no name"));
                };
                // Libraries keep the last of two; whoever wrote both meant something else.
                if object.insert(key.clone(), value(it)?).is_some() {
                    return Err(format!("{key} stands twice in one place"));
                }
            }
            Ok(Value::Object(object))
        }
        Yaml::Tagged(tag, inner) => function(&tag.suffix, value(inner)?),
        Yaml::Representation(..) | Yaml::Alias(_) | Yaml::BadValue => {
            Err(format!("{node:?} is not used in templates"))
        }
    }
}

/// A version such as 2010-09-09 is text; only whole numbers and truth are not.
fn scalar_value(scalar: &Scalar<'_>) -> Value {
    match scalar {
        Scalar::Null => Value::Null,
        Scalar::Boolean(it) => Value::Bool(*it),
        Scalar::Integer(it) => Value::from(*it),
        Scalar::FloatingPoint(it) => Value::from(it.into_inner()),
        Scalar::String(it) => Value::String(it.to_string()),
    }
}

fn as_text(key: Value) -> Value {
    match key {
        Value::Number(it) => Value::String(it.to_string()),
        other => other,
    }
}

/// `!Ref x` is `{"Ref": x}`, `!GetAtt a.b` is `{"Fn::GetAtt": ["a", "b"]}`, and so on.
fn function(name: &str, argument: Value) -> Result<Value, String> {
    let (long, argument) = match (name, argument) {
        ("Ref" | "Condition", it) => (name.to_owned(), it),
        ("GetAtt", Value::String(it)) => {
            let (id, attribute) = it.split_once('.').ok_or(format!("!GetAtt {it}"))?;
            ("Fn::GetAtt".to_owned(), Value::from(vec![id, attribute]))
        }
        ("Sub" | "If" | "Join" | "Select" | "Split" | "Equals" | "Not" | "And" | "Or", it) => {
            (format!("Fn::{name}"), it)
        }
        (_, _) => return Err(format!("the tag !{name} is not understood")),
    };
    Ok(Value::Object(Map::from_iter([(long, argument)])))
}
