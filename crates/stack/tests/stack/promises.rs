//! What is promised of every deployment, as functions that name whatever breaks a promise.

mod access;
mod handling;
mod money;
mod storing;

use std::path::Path;

use serde_json::Value;
use stack::{Stack, Template};

use crate::stacks;

/// A promise: what is wrong with a stack, each thing a sentence.
pub type Promise = fn(&Stack) -> Vec<String>;

/// All of them, by name.
pub const PROMISES: &[(&str, Promise)] = &[
    ("nothing has a fixed price by default", money::nothing_has_a_fixed_price),
    ("what may cost more has a limit", money::what_may_cost_more_has_a_limit),
    ("at most ten alarms and one dashboard", money::few_alarms_and_one_dashboard),
    ("roles allow what they list", access::roles_allow_what_they_list),
    ("resources let in whom they name", access::resources_let_in_whom_they_name),
    ("each function is by itself", access::each_function_is_by_itself),
    ("nobody takes from the log", access::nobody_takes_from_the_log),
    ("few may delete rows", access::few_may_delete_rows),
    ("nothing secret is in an environment", access::nothing_secret_is_in_an_environment),
    ("queues have dead letters and alarms", handling::queues_have_dead_letters_and_alarms),
    ("streams put failures by", handling::streams_put_failures_by),
    ("logs end", handling::logs_end),
    ("alarms reach somebody", handling::alarms_reach_somebody),
    ("the table is kept", storing::the_table_is_kept),
    ("buckets are private", storing::buckets_are_private),
    ("the log is locked", storing::the_log_is_locked),
    ("everything is over TLS", storing::everything_is_over_tls),
    ("passes are checked", storing::passes_are_checked),
];

/// What a template breaks, whatever parameters it gets. Only the default is promised to have
/// no fixed price.
pub fn broken(template: &Template) -> Vec<(&'static str, String)> {
    let mut broken = Vec::new();
    for (number, stack) in stacks(template).iter().enumerate() {
        let promises = PROMISES.iter().filter(|it| number == 0 || it.0 != PROMISES[0].0);
        for (name, promise) in promises {
            broken.extend(promise(stack).into_iter().map(|why| (*name, why)));
        }
    }
    broken
}

#[test]
fn the_deployment_keeps_every_promise() {
    let broken = broken(&Template::deployed());
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_program_is_in_the_crate_of_functions() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lambda/src/bin");
    for (id, resource) in Template::deployed().resources() {
        if resource["Type"] == "AWS::Serverless::Function" {
            let name = resource["Metadata"]["BuildProperties"]["Binary"].as_str().expect("a name");
            let (file, module) = (folder.join(format!("{name}.rs")), folder.join(name));
            assert!(file.is_file() || module.is_dir(), "{id}: no program {name} in {folder:?}");
        }
    }
}

/// One or many, as policies write it.
fn listed(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Null => vec![],
        one => vec![one],
    }
}

/// The words of one or many.
fn words(value: &Value) -> Vec<&str> {
    listed(value).into_iter().filter_map(Value::as_str).collect()
}

/// Statements of a policy document.
fn statements(document: &Value) -> Vec<&Value> {
    listed(&document["Statement"])
}

/// Logical id of each role, with every statement of it.
fn roles(stack: &Stack) -> impl Iterator<Item = (&str, Vec<&Value>)> {
    stack.resources_of("AWS::IAM::Role").map(|(id, role)| {
        let policies = listed(&role["Policies"]).into_iter();
        (id, policies.flat_map(|it| statements(&it["PolicyDocument"])).collect())
    })
}

/// Every policy that hangs on a resource: its logical id and document.
fn resource_policies(stack: &Stack) -> impl Iterator<Item = (&str, &Value)> {
    stack.all().filter(|(_, it)| it["Type"] != "AWS::IAM::Role").filter_map(|(id, it)| {
        let document = it["Properties"].get("PolicyDocument")?;
        Some((id, document))
    })
}
