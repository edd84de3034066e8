//! The deployment's template as tests read it: every resource with the properties that it
//! will have, so that tables, queues and buckets of tests are made from what is deployed.
//!
//! [`Template`] is what was written; [`Stack`] is that with given parameters: conditions decide
//! what is there, and `Ref`, `Fn::Sub`, `Fn::If`, `Fn::Join`, `Fn::Select` and `Fn::Split` are
//! replaced, and functions have what `Globals` says. What only AWS can know stands for itself: a `Ref` to a resource is its logical id, and
//! `Fn::GetAtt` is `arn:LogicalId` for an ARN and `LogicalId.Attribute` for anything else.

mod moto;
mod mutation;
mod resolve;
mod tools;
mod yaml;

use std::{collections::BTreeMap, fs, path::PathBuf};

use serde_json::{Map, Value};

pub use moto::Moto;
pub use mutation::edit;
pub use tools::{Tools, unavailable};

/// A template as it was written, in the long form of every function: `{"Ref": …}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Template(pub Value);

/// A template with its parameters.
#[derive(Clone, Debug)]
pub struct Stack {
    resources: Map<String, Value>,
}

impl Template {
    /// Where the deployed one is.
    #[must_use]
    pub fn path() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../deploy/template.yaml")
    }

    /// The one that is deployed.
    ///
    /// # Panics
    /// If it cannot be read: then nothing that follows means anything.
    #[must_use]
    pub fn deployed() -> Self {
        let path = Self::path();
        let text = fs::read_to_string(&path).map_err(|why| why.to_string());
        let read = text.and_then(|it| Self::of_text(&it));
        read.unwrap_or_else(|why| panic!("{}: {why}", path.display()))
    }

    /// Reads YAML with CloudFormation's tags.
    pub fn of_text(text: &str) -> Result<Self, String> {
        yaml::read(text).map(Self)
    }

    /// Each resource as it was written, whatever its condition, by logical id.
    pub fn resources(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0["Resources"].as_object().into_iter().flatten().map(|(id, it)| (id.as_str(), it))
    }

    /// What the template makes of `parameters`; those left out have their defaults.
    pub fn with(&self, parameters: &[(&str, &str)]) -> Result<Stack, String> {
        let given: BTreeMap<&str, &str> = parameters.iter().copied().collect();
        let known = self.0["Parameters"].as_object();
        if let Some(name) = given.keys().find(|it| !known.is_some_and(|all| all.contains_key(**it)))
        {
            return Err(format!("there is no parameter {name}"));
        }
        let resolver = resolve::Resolver::new(&self.0, &given);
        let mut resources = Map::new();
        for (id, resource) in self.resources() {
            let condition = resource["Condition"].as_str();
            if condition.map_or(Ok(true), |it| resolver.holds(it))? {
                let whole = self.with_globals(resource);
                let resolved = resolver.resolved(&whole).map_err(|why| format!("{id}: {why}"))?;
                resources.insert(id.to_owned(), resolved.unwrap_or_default());
            }
        }
        Ok(Stack { resources })
    }

    /// A function with what all functions have.
    fn with_globals(&self, resource: &Value) -> Value {
        let mut whole = resource.clone();
        if resource["Type"] == "AWS::Serverless::Function" {
            add_missing(&mut whole["Properties"], &self.0["Globals"]["Function"]);
        }
        whole
    }
}

/// Adds to an object what it lacks of another, also inside.
fn add_missing(to: &mut Value, from: &Value) {
    match (to, from) {
        (Value::Object(to), Value::Object(from)) => {
            for (name, it) in from {
                add_missing(to.entry(name.clone()).or_insert(Value::Null), it);
            }
        }
        (to @ Value::Null, from) => *to = from.clone(),
        _ => {}
    }
}

impl Stack {
    /// The stack that is deployed when no parameter is given.
    ///
    /// # Panics
    /// If the template cannot be read.
    #[must_use]
    pub fn deployed() -> Self {
        Template::deployed().with(&[]).unwrap_or_else(|why| panic!("the template: {why}"))
    }

    /// The properties of a resource, as `CreateTable` and its like take them.
    ///
    /// # Panics
    /// If there is no such resource.
    #[must_use]
    pub fn properties(&self, id: &str) -> &Value {
        &self.resource(id)["Properties"]
    }

    /// A resource, with its type, condition and policies.
    ///
    /// # Panics
    /// If there is no such resource.
    #[must_use]
    pub fn resource(&self, id: &str) -> &Value {
        self.resources.get(id).unwrap_or_else(|| panic!("the template has no resource {id}"))
    }

    /// Properties of every resource of a type, by logical id.
    pub fn resources_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.all().filter(move |(_, it)| it["Type"] == kind).map(|(id, it)| (id, &it["Properties"]))
    }

    /// Every resource, by logical id.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.resources.iter().map(|(id, it)| (id.as_str(), it))
    }

    /// The name by which tests find what stands for a resource: stable and legal for tables,
    /// queues and buckets.
    #[must_use]
    pub fn physical_name(id: &str) -> String {
        let mut name = String::from("whereabouts");
        for letter in id.chars() {
            if letter.is_ascii_uppercase() {
                name.push('-');
            }
            name.push(letter.to_ascii_lowercase());
        }
        name
    }
}
