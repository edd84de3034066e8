//! Whatever is signed: what is believed is right in every part.

use std::path::Path;

use domain::time::Timestamp;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Claims, LEEWAY};
use crate::{
    settings::{Checked, Settings},
    token::head,
};

const NOW_S: i64 = 1_772_355_600;
const ISSUER: &str = "https://id.example.com";

fn settings() -> Checked {
    let text = format!("issuer = '{ISSUER}'\nclient_id = 'where'\npublic_url = 'https://where'");
    Settings::parse(&text).and_then(|it| it.checked(Path::new(""))).unwrap()
}

/// What issuers and strangers write: mostly what is right, or nearly.
fn values() -> impl Strategy<Value = Value> {
    let times = [0, NOW_S - 31, NOW_S - 30, NOW_S - 29, NOW_S, NOW_S + 30, NOW_S + 31, i64::MAX];
    let texts = [ISSUER, "where", "access", "id", "Bearer", "ID", "", "x", "true", "a@b.c"];
    prop_oneof![
        prop::sample::select(times.to_vec()).prop_map(Value::from),
        prop::sample::select(texts.to_vec()).prop_map(Value::from),
        prop::sample::select(vec![
            json!(null),
            json!(true),
            json!(-1),
            json!(1e300),
            json!(-1e300),
            json!([]),
            json!({}),
            json!(["where"]),
            json!(["x", "where"]),
            json!([1, null, ["where"]]),
            json!(0.5),
        ]),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,4}".prop_map(Value::from),
    ]
}

fn good() -> Map<String, Value> {
    let all = json!({
        "iss": ISSUER, "sub": "ada", "aud": "where", "scope": "openid", "iat": NOW_S,
        "exp": NOW_S + 600, "nonce": "n",
    });
    all.as_object().unwrap().clone()
}

proptest! {
    #![proptest_config(depth::usual())]

    #[test]
    fn what_is_believed_is_of_the_issuer_for_us_and_for_now(
        changes in prop::collection::vec(
            (
                prop::sample::select(&[
                    "iss", "sub", "aud", "exp", "nbf", "iat", "scope", "scp", "token_use", "typ",
                    "client_id", "azp", "nonce", "at_hash", "email", "email_verified", "groups",
                    "name",
                ][..]),
                values(),
            ),
            0..4,
        ),
    ) {
        let (settings, now) = (settings(), Timestamp::from_millis(NOW_S * 1_000).unwrap());
        let mut all = good();
        all.extend(changes.into_iter().map(|(claim, value)| (claim.to_owned(), value)));
        let claims = Claims(all.clone());
        let head = head("eyJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ..").unwrap();
        let access = claims.of_access_token(&head, &settings, now);
        let id = claims.of_id_token(&settings, "n", now);
        for somebody in [&access, &id].into_iter().flatten() {
            prop_assert_eq!(all["iss"].as_str(), Some(ISSUER));
            prop_assert!(!somebody.subject.is_empty());
            prop_assert!(now.since(somebody.expires_at) < LEEWAY);
            prop_assert!(somebody.issued_at.since(now) <= LEEWAY);
            let is_verified = matches!(all.get("email_verified"), Some(Value::Bool(true)))
                || all.get("email_verified") == Some(&json!("true"));
            prop_assert!(somebody.email.is_none() || is_verified);
        }
        if access.is_ok() {
            prop_assert_ne!(all.get("token_use"), Some(&json!("id")));
            prop_assert_ne!(all.get("typ"), Some(&json!("ID")));
            prop_assert!(!all.contains_key("at_hash"));
            prop_assert!(all["aud"].to_string().contains("\"where\""));
        }
        if id.is_ok() {
            prop_assert_eq!(&all["nonce"], &json!("n"));
            prop_assert!(all["aud"].to_string().contains("\"where\""));
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}", json in "[\\[\\]{}\":,a-z0-9]{0,60}") {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        let _ = head(&text);
        let _ = head(&format!("{}.e30.AA", URL_SAFE_NO_PAD.encode(json)));
    }
}
