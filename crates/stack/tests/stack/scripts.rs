//! What deploys and what takes away, run against programs that only write down what they were
//! asked: AWS is not there, the scripts are the real ones.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use audit::LogKey;
use tempfile::TempDir;

/// Keeps parameters as files, and answers outputs of a stack by their names.
const AWS: &str = r#"#!/bin/sh
echo "aws $*" >>"$STAND_IN/said"
case "$1 $2" in
"ssm get-parameters") [ ! -f "$STAND_IN/ssm$4" ] || echo "$4" ;;
"ssm put-parameter")
    file=$STAND_IN/ssm$4
    case " $* " in *" --overwrite "*) ;; *) [ ! -f "$file" ] || exit 254 ;; esac
    mkdir -p "$(dirname "$file")"
    cp "${8#file://}" "$file"
    echo "$6" >"$file.type"
    ;;
"cloudformation describe-stacks")
    for last; do :; done
    printf '%s' "$last" | sed "s/.*OutputKey=='\([A-Za-z]*\)'.*/the-\1/"
    ;;
esac
"#;
const SILENT: &str = "#!/bin/sh\necho \"${0##*/} $*\" >>\"$STAND_IN/said\"\n";

struct StandIn(TempDir);

impl StandIn {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in [("aws", AWS), ("sam", SILENT), ("rustup", SILENT), ("make", SILENT)] {
            let program = folder.path().join(name);
            fs::write(&program, text).expect("a program");
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("its mode");
        }
        Self(folder)
    }

    fn run(&self, script: &str, args: &[&str], answer: &str) -> Output {
        let path = std::env::var_os("PATH").expect("a PATH").into_string().expect("UTF-8");
        let folder = self.0.path();
        let mut child = Command::new("sh")
            .arg(root().join("deploy").join(script))
            .args(args)
            .env("PATH", format!("{}:{path}", folder.display()))
            .env("STAND_IN", folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("sh runs");
        let mut input = child.stdin.take().expect("its input");
        // A script that does not ask has ended by then.
        let _ = std::io::Write::write_all(&mut input, answer.as_bytes());
        drop(input);
        child.wait_with_output().expect("sh ends")
    }

    fn secret(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join("ssm/test").join(name)).unwrap_or_default()
    }

    fn said(&self) -> String {
        fs::read_to_string(self.0.path().join("said")).unwrap_or_default()
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn secrets_are_made_once_as_programs_read_them() {
    let aws = StandIn::new();
    let made = aws.run("secrets.sh", &["test"], "");
    assert!(made.status.success(), "{}", text(&made.stderr));
    let key = LogKey::of_text(&aws.secret("log-key")).expect("the log's key is one");
    let public = key.public().to_string();
    assert!(text(&made.stdout).contains(&public), "{}", text(&made.stdout));
    assert_eq!(aws.secret("log-key.type").trim(), "SecureString");
    assert_eq!(aws.secret("live-key.type").trim(), "SecureString");
    assert!(32 < aws.secret("live-key").len() && 32 < aws.secret("origin").len());
    for secret in ["log-key", "live-key", "origin"] {
        assert!(!aws.said().contains(&aws.secret(secret)), "{secret} was an argument");
    }

    let before = ["log-key", "live-key", "origin"].map(|it| aws.secret(it));
    let again = aws.run("secrets.sh", &["test", "--map-cookies"], "");
    assert!(again.status.success(), "{}", text(&again.stderr));
    assert_eq!(["log-key", "live-key", "origin"].map(|it| aws.secret(it)), before);
    assert!(aws.secret("cookie-key").contains("PRIVATE KEY"));
    assert!(text(&again.stdout).contains("BEGIN PUBLIC KEY"));

    assert!(aws.run("secrets.sh", &["test", "--rotate", "live-key"], "").status.success());
    assert_ne!(aws.secret("live-key"), before[1]);
    assert_eq!(aws.secret("origin"), before[2]);
    assert!(!aws.run("secrets.sh", &["test", "--rotate", "log-key"], "").status.success());
    assert_eq!(aws.secret("log-key"), before[0]);
}

#[test]
fn what_is_taken_away_is_asked_first_and_what_stays_is_told() {
    let aws = StandIn::new();
    let asked = aws.run("undeploy.sh", &["test"], "no\n");
    assert!(!asked.status.success() && !aws.said().contains("delete-stack"), "{}", aws.said());
    for kept in ["the-TableName", "the-BlobsBucket", "the-AuditBucket", "the-UserPoolId"] {
        assert!(text(&asked.stdout).contains(kept), "{kept} is not told");
    }
    let gone = aws.run("undeploy.sh", &["test"], "test\n");
    assert!(gone.status.success(), "{}", text(&gone.stderr));
    assert!(aws.said().contains("delete-stack --stack-name test"), "{}", aws.said());
    for kept in ["the-TableName", "the-BlobsBucket", "the-AuditBucket", "the-UserPoolId"] {
        let touched = aws.said().lines().any(|it| it.contains(kept));
        assert!(!touched, "{kept} was touched: {}", aws.said());
    }
}

#[test]
fn a_deployment_has_its_secrets_before_it_is_made_and_its_page_after() {
    let aws = StandIn::new();
    // Where tools cannot be installed nothing is deployed either.
    if let Err(why) = stack::Tools::python() {
        return stack::unavailable("a deployment", &why);
    }
    let made = aws.run("deploy.sh", &["test"], "");
    assert!(made.status.success(), "{}{}", text(&made.stdout), text(&made.stderr));
    let said = aws.said();
    assert!(said.contains(" web\n"), "the web app was not built: {said}");
    let steps = [
        "aws ssm put-parameter --name /test/log-key",
        "sam build",
        "sam deploy",
        // What the page asks for is there before the page is.
        "/web/dist/assets s3://the-WebBucket/assets",
        "/web/dist/index.html s3://the-WebBucket/index.html",
        "aws cloudfront create-invalidation --distribution-id the-DistributionId",
    ];
    let mut at = 0;
    for step in steps {
        let found =
            said[at..].find(step).unwrap_or_else(|| panic!("{step} is not in turn: {said}"));
        at += found;
    }
    assert!(text(&made.stdout).contains("whereabouts check the-Url"), "{}", text(&made.stdout));
}
