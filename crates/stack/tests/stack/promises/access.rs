//! Who may do what to which.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use stack::Stack;

use super::{listed, resource_policies, roles, words};

/// Functions whose code deletes rows: sessions and erasures, rows that are derived, sealed
/// batches, filed events. Which rows those are no policy can say, as IAM sees no sort key.
const DELETING: &[&str] =
    &["ApiRole", "FixesRole", "ProjectorRole", "SequencerRole", "SchedulerRole", "CompactorRole"];
/// What nobody needs who only works with a stack.
const NEVER: &[&str] = &[
    "s3:BypassGovernanceRetention",
    "s3:DeleteObjectVersion",
    "s3:PutObjectRetention",
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "dynamodb:DeleteTable",
    "dynamodb:UpdateTable",
    "dynamodb:Scan",
    "ssm:PutParameter",
    "iam:PassRole",
];
const BUCKET_OF_LOG: &str = "arn:AuditLog";

/// Listed actions on listed resources; of a bucket only parts of it.
pub fn roles_allow_what_they_list(stack: &Stack) -> Vec<String> {
    let mut broken = Vec::new();
    for (id, statements) in roles(stack) {
        for statement in statements {
            let sid = statement["Sid"].as_str().unwrap_or("a statement without a Sid");
            if statement.get("NotAction").is_some() || statement.get("NotResource").is_some() {
                broken.push(format!("{id}: {sid} allows all but something"));
            }
            for action in words(&statement["Action"]) {
                if action.contains(['*', '?']) || NEVER.contains(&action) {
                    broken.push(format!("{id}: {sid} allows {action}"));
                }
            }
            let resources = words(&statement["Resource"]);
            if resources.is_empty() {
                broken.push(format!("{id}: {sid} names no resource"));
            }
            broken.extend(
                resources
                    .into_iter()
                    .filter(|it| !is_listed(it))
                    .map(|it| format!("{id}: {sid} reaches {it}")),
            );
        }
        let role = stack.properties(id);
        for managed in listed(&role["ManagedPolicyArns"]) {
            broken.push(format!("{id}: {managed} is somebody else's list"));
        }
        let who = &role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"];
        if !["lambda.amazonaws.com", "scheduler.amazonaws.com"].iter().any(|it| who == it) {
            broken.push(format!("{id}: {who} may take it on"));
        }
    }
    broken
}

/// A wildcard only stands for objects below a named part of a bucket.
fn is_listed(resource: &str) -> bool {
    match resource.split_once('*') {
        None => resource.starts_with("arn:") || !resource.contains(':'),
        Some((before, after)) => {
            let bucket =
                ["arn:Blobs/", "arn:AuditLog/"].iter().find_map(|it| before.strip_prefix(it));
            after.is_empty() && bucket.is_some_and(|it| it.len() > 1 && it.ends_with('/'))
        }
    }
}

/// What hangs on a resource allows listed actions to a service, and only from here.
pub fn resources_let_in_whom_they_name(stack: &Stack) -> Vec<String> {
    let mut broken = Vec::new();
    for (id, document) in resource_policies(stack) {
        for statement in
            super::statements(document).into_iter().filter(|it| it["Effect"] == "Allow")
        {
            let sid = statement["Sid"].as_str().unwrap_or("a statement without a Sid");
            let services = words(&statement["Principal"]["Service"]);
            if services.is_empty() || services.iter().any(|it| it.contains('*')) {
                broken.push(format!("{id}: {sid} lets in {}", statement["Principal"]));
            }
            if words(&statement["Action"]).iter().any(|it| it.contains('*')) {
                broken.push(format!("{id}: {sid} allows {}", statement["Action"]));
            }
            if statement["Condition"].as_object().is_none_or(serde_json::Map::is_empty) {
                broken.push(format!("{id}: {sid} serves anybody's {services:?}"));
            }
        }
    }
    for (id, permission) in stack.resources_of("AWS::Lambda::Permission") {
        if permission["SourceArn"].as_str().is_none_or(|it| it == "*") {
            broken.push(format!("{id}: anybody's {} may call", permission["Principal"]));
        }
    }
    broken
}

/// A role, a log and a program for each function, on the cheaper processor.
pub fn each_function_is_by_itself(stack: &Stack) -> Vec<String> {
    let mut broken = Vec::new();
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for (id, resource) in stack.all().filter(|it| it.1["Type"] == "AWS::Serverless::Function") {
        let function = &resource["Properties"];
        let own = [
            ("role", &function["Role"]),
            ("log group", &function["LoggingConfig"]["LogGroup"]),
            ("program", &resource["Metadata"]["BuildProperties"]["Binary"]),
        ];
        for (what, it) in own {
            let Some(name) = it.as_str() else {
                broken.push(format!("{id} has no {what} of its own"));
                continue;
            };
            if let Some(other) = seen.insert(format!("{what} {name}"), id) {
                broken.push(format!("{id} and {other} have the same {what}"));
            }
        }
        let is = |pointer: &str, wanted: Value| function.pointer(pointer) == Some(&wanted);
        if !is("/Architectures", Value::from(vec!["arm64"]))
            || !is("/Runtime", "provided.al2023".into())
        {
            broken.push(format!("{id} does not run on arm64 and provided.al2023"));
        }
        if !is("/LoggingConfig/LogFormat", "JSON".into()) {
            broken.push(format!("{id} does not log JSON"));
        }
        if resource["Metadata"]["BuildMethod"] != "rust-cargolambda" {
            broken.push(format!("{id} is not built by cargo-lambda"));
        }
        if function.get("Policies").is_some() {
            broken.push(format!("{id} has policies beside its role"));
        }
    }
    broken
}

/// No role deletes from the bucket of the log or lifts its lock, and the bucket would refuse it.
pub fn nobody_takes_from_the_log(stack: &Stack) -> Vec<String> {
    let mut broken = Vec::new();
    let harmless = ["s3:GetObject", "s3:PutObject", "s3:ListBucket"];
    for (id, statements) in roles(stack) {
        for statement in statements {
            if !words(&statement["Resource"]).iter().any(|it| it.starts_with(BUCKET_OF_LOG)) {
                continue;
            }
            let taking =
                words(&statement["Action"]).into_iter().filter(|it| !harmless.contains(it));
            broken.extend(taking.map(|it| format!("{id} may {it} in the log")));
        }
    }
    let document = &stack.properties("AuditLogPolicy")["PolicyDocument"];
    let denied: BTreeSet<&str> = super::statements(document)
        .into_iter()
        .filter(|it| {
            it["Effect"] == "Deny" && it["Principal"] == "*" && it.get("Condition").is_none()
        })
        .filter(|it| it["Resource"] == format!("{BUCKET_OF_LOG}/*"))
        .flat_map(|it| words(&it["Action"]))
        .collect();
    let wanted = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"];
    let missing = wanted.iter().filter(|it| !denied.contains(*it));
    broken.extend(missing.map(|it| format!("the bucket of the log does not refuse {it}")));
    broken
}

/// Only functions whose code deletes rows may.
pub fn few_may_delete_rows(stack: &Stack) -> Vec<String> {
    let may = |it: &&(&str, Vec<&Value>)| {
        it.1.iter().any(|it| words(&it["Action"]).contains(&"dynamodb:DeleteItem"))
    };
    let all: Vec<_> = roles(stack).collect();
    let wrong = all.iter().filter(may).filter(|it| !DELETING.contains(&it.0));
    wrong.map(|it| format!("{} may delete rows", it.0)).collect()
}

/// Names of variables that the programs read, and nothing that is not a name.
pub fn nothing_secret_is_in_an_environment(stack: &Stack) -> Vec<String> {
    const READ: &[&str] = &[
        "WHEREABOUTS_TABLE",
        "WHEREABOUTS_BLOBS",
        "WHEREABOUTS_LOG_BUCKET",
        "WHEREABOUTS_FIX_QUEUE",
        "WHEREABOUTS_BUS",
        "WHEREABOUTS_ALARMS",
        "WHEREABOUTS_APPSYNC",
        "WHEREABOUTS_APPSYNC_SOCKET",
        "WHEREABOUTS_MAP_KEY",
        "WHEREABOUTS_SECRETS",
        "WHEREABOUTS_URL",
        "WHEREABOUTS_OIDC_ISSUER",
        "WHEREABOUTS_OIDC_CLIENT",
        "WHEREABOUTS_OIDC_JWKS",
        "WHEREABOUTS_FIRST_ADMIN",
        "WHEREABOUTS_EMAIL_DOMAINS",
    ];
    let mut broken = Vec::new();
    for (id, function) in stack.resources_of("AWS::Serverless::Function") {
        for (name, value) in function["Environment"]["Variables"].as_object().into_iter().flatten()
        {
            if !READ.contains(&name.as_str()) {
                broken.push(format!("{id}: no program reads {name}"));
            }
            if value.as_str().is_none_or(|it| it.contains("{{resolve:")) {
                broken.push(format!("{id}: {name} is more than a name"));
            }
        }
    }
    broken
}
