//! The template as AWS reads it: expanded by samtranslator, then read by cfn-lint and checkov.
//! Beside it goes one that is wrong, or nobody would know that they look.

use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use stack::{Template, Tools, edit, unavailable};

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stack");

#[test]
fn whoever_knows_aws_finds_nothing_wrong() {
    let tools = match Tools::python() {
        Ok(tools) => tools,
        Err(why) => return unavailable("cfn-lint and checkov", &why),
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("expanded");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();

    let good = Template::deployed().0;
    let mut bad = good.clone();
    edit(&mut bad, "/Resources/FixesFunction/Properties/Runtime", json!("provided.al1999"));
    edit(&mut bad, "/Resources/FixQueue/Properties/VisibilityTimout", json!(1));
    edit(&mut bad, "/Resources/Web/Properties/PublicAccessBlockConfiguration", Value::Null);
    for (name, template) in [("good.json", &good), ("bad.json", &bad)] {
        fs::write(folder.join(name), expanded(&tools, template)).unwrap();
    }

    let found = linted(&tools, &folder);
    let of = |name: &str| {
        found.iter().filter(|it| it.0 == name).map(|it| it.1.as_str()).collect::<Vec<_>>()
    };
    assert!(of("good.json").is_empty(), "{:#?}", of("good.json"));
    let bad = of("bad.json").join("\n");
    assert!(bad.contains("provided.al1999") && bad.contains("VisibilityTimout"), "{bad}");

    let found = checked(&tools, &folder);
    let of = |name: &str| {
        found.iter().filter(|it| it.0 == name).map(|it| it.1.as_str()).collect::<Vec<_>>()
    };
    assert!(of("good.json").is_empty(), "{:#?}", of("good.json"));
    assert!(of("bad.json").iter().any(|it| it.contains("Web")), "checkov looks: {found:#?}");
}

/// CloudFormation, as the serverless transform makes it.
fn expanded(tools: &Tools, template: &Value) -> Vec<u8> {
    let mut python = Command::new(tools.interpreter())
        .arg(format!("{HERE}/expand.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python runs");
    let mut input = python.stdin.take().expect("its input");
    let text = template.to_string();
    let writing = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = python.wait_with_output().expect("python ends");
    writing.join().expect("a thread").expect("python reads");
    assert!(output.status.success(), "the serverless transform refuses the template");
    output.stdout
}

/// File and words of everything that cfn-lint says.
fn linted(tools: &Tools, folder: &Path) -> BTreeSet<(String, String)> {
    let output = Command::new(tools.programs().join("cfn-lint"))
        .args(["--format", "json", "--regions", "us-east-1", "eu-central-1", "-t"])
        .args([folder.join("good.json"), folder.join("bad.json")])
        .output()
        .expect("cfn-lint runs");
    let said: Value = serde_json::from_slice(&output.stdout).expect("cfn-lint says JSON");
    let found = said.as_array().expect("a list").iter();
    found
        .map(|it| {
            (
                file_name(&it["Filename"]),
                format!("{} {} {}", it["Rule"]["Id"], it["Message"], it["Location"]["Path"]),
            )
        })
        .collect()
}

/// File and words of everything that checkov says.
fn checked(tools: &Tools, folder: &Path) -> BTreeSet<(String, String)> {
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/checkov.yaml");
    let output = Command::new(tools.programs().join("checkov"))
        .arg("--config-file")
        .arg(config)
        .args(["--output", "json", "--skip-download", "--directory"])
        .arg(folder)
        .output()
        .expect("checkov runs");
    let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|why| {
        panic!("checkov: {why}: {}", String::from_utf8_lossy(&output.stderr));
    });
    assert!(
        said["summary"]["passed"].as_u64().is_some_and(|it| 100 < it),
        "checkov read it: {}",
        said["summary"]
    );
    let found = said["results"]["failed_checks"].as_array().expect("a list").iter();
    found
        .map(|it| {
            (
                file_name(&it["file_path"]),
                format!("{} {} {}", it["check_id"], it["resource"], it["check_name"]),
            )
        })
        .collect()
}

fn file_name(path: &Value) -> String {
    path.as_str().and_then(|it| it.rsplit('/').next()).unwrap_or_default().to_owned()
}
