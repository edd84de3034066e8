//! Which keys are taken from a set, and for what.

use serde_json::{Value, json};

use super::{KEYS_MAX, read};

fn ids(keys: &Value) -> Result<Vec<String>, String> {
    let mut ids: Vec<String> = read(keys.to_string().as_bytes())?.into_keys().collect();
    ids.sort();
    Ok(ids)
}

fn rsa(id: &str, more: &Value) -> Value {
    let mut key = json!({ "kty": "RSA", "kid": id, "n": "wQ".repeat(100), "e": "AQAB" });
    for (name, value) in more.as_object().into_iter().flatten() {
        key[name] = value.clone();
    }
    key
}

#[test]
fn only_keys_that_sign_are_taken_and_each_for_one_algorithm() {
    let point = "A".repeat(43);
    let keys = json!({ "keys": [
        rsa("plain", &json!({})),
        rsa("signs", &json!({ "use": "sig", "alg": "RS256" })),
        rsa("encrypts", &json!({ "use": "enc" })),
        rsa("other", &json!({ "alg": "RS512" })),
        rsa("odd", &json!({ "alg": "RSA-OAEP" })),
        json!({ "kty": "EC", "crv": "P-256", "kid": "curve", "x": point, "y": point }),
        json!({ "kty": "EC", "crv": "P-384", "kid": "large", "x": point, "y": point }),
        json!({ "kty": "oct", "kid": "shared", "k": "c2VjcmV0" }),
        json!({ "kty": "OKP", "crv": "Ed25519", "kid": "edwards", "x": point }),
        json!({ "kty": "new", "kid": "future" }),
        json!({ "kty": "RSA", "n": "wQ", "e": "AQAB" }),
        json!("no key"),
    ] });
    assert_eq!(ids(&keys).unwrap(), ["curve", "plain", "signs"]);
    for none in [json!({ "keys": [] }), json!({}), json!([]), json!({ "keys": ["x"] })] {
        assert!(ids(&none).is_err(), "a set without keys takes none away: {none}");
    }
    let many: Vec<Value> = (0..1_000).map(|it| rsa(&format!("k{it}"), &json!({}))).collect();
    assert_eq!(ids(&json!({ "keys": many })).unwrap().len(), KEYS_MAX);
}
