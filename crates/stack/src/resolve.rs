//! What functions of a template come to once its parameters are known.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// What stands for the deployment's account, region and stack in tests.
const PSEUDO: &[(&str, &str)] = &[
    ("AWS::AccountId", "123456789012"),
    ("AWS::Region", "us-east-1"),
    ("AWS::Partition", "aws"),
    ("AWS::StackName", "whereabouts"),
    ("AWS::StackId", "arn:aws:cloudformation:us-east-1:123456789012:stack/whereabouts/1-2-3"),
    ("AWS::URLSuffix", "amazonaws.com"),
];

/// A template and the values of its parameters.
pub struct Resolver<'a> {
    template: &'a Value,
    parameters: BTreeMap<&'a str, String>,
}

impl<'a> Resolver<'a> {
    /// Takes defaults for what is not given.
    pub fn new(template: &'a Value, given: &BTreeMap<&str, &str>) -> Self {
        let declared = template["Parameters"].as_object().into_iter().flatten();
        let parameters = declared.map(|(name, it)| {
            let default = match &it["Default"] {
                Value::String(text) => text.clone(),
                Value::Null => String::new(),
                other => other.to_string(),
            };
            let value = given.get(name.as_str()).map_or(default, |it| (*it).to_owned());
            (name.as_str(), value)
        });
        Self { template, parameters: parameters.collect() }
    }

    /// Whether a condition holds.
    pub fn holds(&self, name: &str) -> Result<bool, String> {
        let condition = self.template["Conditions"].get(name);
        self.truth(condition.ok_or_else(|| format!("there is no condition {name}"))?)
    }

    /// A value with every function replaced; nothing if it is `AWS::NoValue`.
    pub fn resolved(&self, value: &Value) -> Result<Option<Value>, String> {
        match value {
            Value::Array(items) => {
                let kept: Result<Vec<_>, _> = items.iter().map(|it| self.resolved(it)).collect();
                Ok(Some(kept?.into_iter().flatten().collect()))
            }
            Value::Object(object) => match function(object) {
                Some((name, argument)) => self.called(name, argument),
                None => {
                    let mut kept = Map::new();
                    for (name, it) in object {
                        if let Some(it) = self.resolved(it)? {
                            kept.insert(name.clone(), it);
                        }
                    }
                    Ok(Some(Value::Object(kept)))
                }
            },
            other => Ok(Some(other.clone())),
        }
    }

    fn called(&self, name: &str, argument: &Value) -> Result<Option<Value>, String> {
        let wrong = || format!("{name} {argument} is not understood");
        match (name, argument) {
            ("Ref", Value::String(id)) if id == "AWS::NoValue" => Ok(None),
            ("Ref", Value::String(id)) => Ok(Some(self.reference(id)?)),
            ("Fn::GetAtt", Value::Array(parts)) => {
                let [Value::String(id), Value::String(attribute)] = &parts[..] else {
                    return Err(wrong());
                };
                Ok(Some(Value::String(self.attribute(id, attribute)?)))
            }
            ("Fn::If", Value::Array(parts)) => {
                let [Value::String(condition), yes, no] = &parts[..] else {
                    return Err(wrong());
                };
                self.resolved(if self.holds(condition)? { yes } else { no })
            }
            ("Fn::Sub", _) => Ok(Some(Value::String(self.substituted(argument)?))),
            ("Fn::Join" | "Fn::Split" | "Fn::Select", Value::Array(parts)) => {
                let [first, second] = &parts[..] else { return Err(wrong()) };
                let second = self.resolved(second)?.unwrap_or_default();
                joined(name, first, &second).map(Some).ok_or_else(wrong)
            }
            _ => Err(wrong()),
        }
    }

    fn reference(&self, id: &str) -> Result<Value, String> {
        if let Some((_, value)) = PSEUDO.iter().find(|(it, _)| *it == id) {
            return Ok(Value::from(*value));
        }
        if let Some(value) = self.parameters.get(id) {
            let kind = &self.template["Parameters"][id]["Type"];
            // Parameters know no truth, only its words.
            if self.template["Parameters"][id]["AllowedValues"] == json!(["true", "false"]) {
                return Ok(Value::Bool(value == "true"));
            }
            let number = (kind == "Number").then(|| value.parse::<i64>().ok()).flatten();
            return match kind.as_str() {
                Some("CommaDelimitedList") => Ok(listed(value)),
                _ => Ok(number.map_or_else(|| Value::from(value.as_str()), Value::from)),
            };
        }
        self.known(id).map(Value::from)
    }

    /// The logical id, if there is such a resource.
    fn known<'b>(&self, id: &'b str) -> Result<&'b str, String> {
        let there = self.template["Resources"].get(id).is_some();
        if there { Ok(id) } else { Err(format!("there is no parameter or resource {id}")) }
    }

    fn attribute(&self, id: &str, attribute: &str) -> Result<String, String> {
        // SAM makes a role for a function that has none; ours all have one.
        let id = self.known(id)?;
        let is_arn = attribute == "Arn" || attribute.ends_with("Arn");
        Ok(if is_arn && attribute == "Arn" {
            format!("arn:{id}")
        } else {
            format!("{id}.{attribute}")
        })
    }

    fn substituted(&self, argument: &Value) -> Result<String, String> {
        let (text, own) = match argument {
            Value::String(text) => (text, None),
            Value::Array(parts) => match &parts[..] {
                [Value::String(text), Value::Object(own)] => (text, Some(own)),
                _ => return Err(format!("Fn::Sub {argument} is not understood")),
            },
            _ => return Err(format!("Fn::Sub {argument} is not understood")),
        };
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}').ok_or(format!("{text}: no end of ${{"))?;
            out.push_str(before);
            rest = after;
            if let Some(literal) = name.strip_prefix('!') {
                out.push_str(&format!("${{{literal}}}"));
                continue;
            }
            let value = match (own.and_then(|it| it.get(name)), name.split_once('.')) {
                (Some(own), _) => self.resolved(own)?.unwrap_or_default(),
                (None, Some((id, attribute))) => Value::String(self.attribute(id, attribute)?),
                (None, None) => self.reference(name)?,
            };
            match value {
                Value::String(it) => out.push_str(&it),
                other => out.push_str(&other.to_string()),
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    fn truth(&self, condition: &Value) -> Result<bool, String> {
        let wrong = || format!("the condition {condition} is not understood");
        let (name, argument) = condition.as_object().and_then(function).ok_or_else(wrong)?;
        let all = argument.as_array().map(Vec::as_slice).unwrap_or_default();
        match (name, all) {
            ("Condition", _) => self.holds(argument.as_str().ok_or_else(wrong)?),
            ("Fn::Equals", [left, right]) => {
                let text = |it: Option<Value>| match it {
                    Some(Value::String(it)) => it,
                    other => other.unwrap_or_default().to_string(),
                };
                Ok(text(self.resolved(left)?) == text(self.resolved(right)?))
            }
            ("Fn::Not", [one]) => Ok(!self.truth(one)?),
            ("Fn::And", all) => {
                all.iter().try_fold(true, |so_far, it| Ok(so_far & self.truth(it)?))
            }
            ("Fn::Or", all) => {
                all.iter().try_fold(false, |so_far, it| Ok(so_far | self.truth(it)?))
            }
            _ => Err(wrong()),
        }
    }
}

/// The function that an object calls, if it does.
fn function(object: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, argument) = object.iter().next().filter(|_| object.len() == 1)?;
    let calls =
        name.starts_with("Fn::") || name == "Ref" || name == "Condition" && argument.is_string();
    calls.then_some((name.as_str(), argument))
}

fn joined(name: &str, first: &Value, second: &Value) -> Option<Value> {
    match name {
        "Fn::Join" => {
            let texts: Option<Vec<&str>> = second.as_array()?.iter().map(Value::as_str).collect();
            Some(Value::from(texts?.join(first.as_str()?)))
        }
        "Fn::Split" => Some(second.as_str()?.split(first.as_str()?).collect()),
        _ => {
            let place = first.as_u64().or_else(|| first.as_str()?.parse().ok())?;
            second.as_array()?.get(usize::try_from(place).ok()?).cloned()
        }
    }
}

fn listed(value: &str) -> Value {
    value.split(',').map(str::trim).filter(|it| !it.is_empty()).collect()
}
