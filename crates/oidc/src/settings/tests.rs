//! What operators may write, and what they are told when it is wrong.

use std::{env::temp_dir, fs, path::Path};

use domain::time::HOUR;
use service::people::{FirstAdmin, Permission, Permissions};

use super::{Checked, Hidden, InvalidSettings, Settings, check_url};

const LEAST: &str = "issuer = 'https://id.example.com'\nclient_id = 'where'\n\
                     public_url = 'https://where.example.com'\n";

fn checked(text: &str) -> Result<Checked, InvalidSettings> {
    Settings::parse(text)?.checked(Path::new("/nowhere"))
}

#[test]
fn little_is_enough() {
    let it = checked(LEAST).unwrap();
    assert_eq!(it.callback_url, "https://where.example.com/v1/session/oidc/callback");
    assert_eq!((it.audience.as_str(), it.scopes.as_str()), ("where", "openid email profile"));
    assert_eq!(it.groups_claim, "groups");
    let policy = it.policy;
    assert_eq!(policy.everybody, Permissions::NONE.with(Permission::Track));
    assert_eq!((policy.session_max, policy.passwords), (12 * HOUR, true));
    assert_eq!(policy.first_admin, None);
}

#[test]
fn everything_can_be_said() {
    let text = format!(
        "{LEAST}name = 'Example'\nclient_secret = 's'\naudience = 'api://where'\n\
         scopes = ['openid', 'where/use']\ngroups_claim = 'cognito:groups'\neverybody = []\n\
         first_admin_subject = 'abc'\nemail_domains = ['Example.com']\npasswords = false\n\
         session_h = 8\njwks_url = 'http://127.0.0.1:5000/keys'\n\
         [groups]\n'whereabouts-clerks' = ['enter', 'manage']\n\
         [endpoints]\nend_session = 'https://id.example.com/logout'\n"
    );
    let it = checked(&text).unwrap();
    assert_eq!(it.client_secret, Some(Hidden("s".to_owned())));
    assert!(!format!("{it:?}").contains("\"s\""), "secrets are not printed");
    assert_eq!((it.audience.as_str(), it.scopes.as_str()), ("api://where", "openid where/use"));
    let policy = it.policy;
    let clerks = Permissions::NONE.with(Permission::Enter).with(Permission::Manage);
    assert_eq!(policy.groups["whereabouts-clerks"], clerks);
    assert_eq!((policy.everybody, policy.passwords), (Permissions::NONE, false));
    assert_eq!(policy.first_admin, Some(FirstAdmin::Subject("abc".to_owned())));
    assert_eq!(
        (policy.email_domains, policy.session_max),
        (vec!["example.com".to_owned()], 8 * HOUR)
    );
}

#[test]
fn every_mistake_is_told_at_once() {
    let text = "issuer = 'http://id.example.com'\nclient_id = ' '\npublic_url = 'where'\n\
                scopes = ['email']\neverybody = ['fly']\nfirst_admin_email = 'a@b'\n\
                first_admin_subject = 'c'\nemail_domains = ['@b', '*.c']\nsession_h = 0\n\
                ca_file = 'missing.pem'\nclient_secret = 's'\nclient_secret_file = 'gone'\n\
                [groups]\nclerks = ['enter', 'enters']\n[endpoints]\ntoken = 'ftp://x'\n";
    let wrong = checked(text).unwrap_err();
    let mut settings: Vec<&str> = wrong.0.iter().map(|it| it.setting.as_str()).collect();
    settings.sort_unstable();
    let expected = [
        "ca_file",
        "client_id",
        "client_secret_file",
        "client_secret_file",
        "email_domains",
        "email_domains",
        "endpoints.token",
        "everybody",
        "first_admin_email",
        "groups.clerks",
        "issuer",
        "public_url",
        "scopes",
        "session_h",
    ];
    assert_eq!(settings, expected);
    assert!(wrong.to_string().contains("enters"), "{wrong}");
    let unknown = checked(&format!("{LEAST}pasword = true")).unwrap_err();
    assert!(unknown.to_string().contains("pasword"), "{unknown}");
    assert!(checked("").is_err());
}

#[test]
fn secrets_and_certificates_may_be_in_files() {
    let folder = temp_dir().join(format!("whereabouts-oidc-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("secret"), "from a file\n").unwrap();
    fs::write(folder.join("oidc.toml"), format!("{LEAST}client_secret_file = 'secret'")).unwrap();
    let it = Settings::read(&folder.join("oidc.toml")).unwrap();
    assert_eq!(it.client_secret, Some(Hidden("from a file".to_owned())));
    let told = Settings::read(&folder.join("none.toml")).unwrap_err();
    assert_eq!(told.0[0].setting, "the file");
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn secrets_travel_over_tls_or_within_this_machine() {
    for good in [
        "https://id.example.com",
        "https://id.example.com/realms/x?a=b",
        "http://127.0.0.1:80/x",
        "http://localhost",
        "http://localhost:8080",
        "http://[::1]:9/x",
    ] {
        assert_eq!(check_url(good), Ok(()), "{good}");
    }
    for bad in [
        "",
        "id.example.com",
        "http://id.example.com",
        "http://127.0.0.1.evil.test/",
        "http://localhost.evil.test",
        "http://127.0.0.1@evil.test",
        "https://",
        "https:///x",
        "https://a b",
        "https://a@b",
        "ftp://127.0.0.1",
        "HTTPS://x",
        "https://a\\b",
    ] {
        assert!(check_url(bad).is_err(), "{bad}");
    }
}

#[test]
fn the_example_is_good() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/oidc.toml");
    let it = Settings::read(&path).unwrap();
    assert!(!it.policy.groups.is_empty());
}
