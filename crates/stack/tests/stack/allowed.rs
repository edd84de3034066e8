//! What each role may do, as a file to read: a change of it is a change to look at.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;
use stack::Template;

use crate::{EVERYTHING, LEAST};

const FILE: &str = "deploy/allowed.txt";

#[test]
fn what_roles_may_do_is_written_down() {
    let template = Template::deployed();
    let mut lines = BTreeSet::new();
    for parameters in [&[], EVERYTHING, LEAST] {
        let stack = template.with(parameters).unwrap();
        for (role, it) in stack.resources_of("AWS::IAM::Role") {
            for policy in it["Policies"].as_array().into_iter().flatten() {
                let statements = policy["PolicyDocument"]["Statement"].as_array().unwrap().clone();
                for statement in statements {
                    for (action, resource) in pairs(&statement) {
                        lines.insert(format!("{role:<15} {action:<30} {resource}"));
                    }
                }
            }
        }
    }
    let now: String = lines.into_iter().map(|it| it + "\n").collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(FILE);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &now).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, now, "{FILE}: read what changed, then BLESS=1 cargo test -p stack");
}

fn pairs(statement: &Value) -> Vec<(String, String)> {
    let many = |it: &Value| match it {
        Value::Array(items) => items.clone(),
        one => vec![one.clone()],
    };
    let text = |it: &Value| it.as_str().expect("actions and resources are text").to_owned();
    let resources = many(&statement["Resource"]);
    let of_each = many(&statement["Action"]).into_iter().flat_map(|action| {
        resources.iter().map(|it| (text(&action), text(it))).collect::<Vec<_>>()
    });
    of_each.collect()
}
