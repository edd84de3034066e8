//! Passes for tiles of the map: cookies that the distribution checks in our place, signed as
//! its documentation says (a custom policy of signed cookies, ECDSA of P-256 over SHA-256).

use api::front::Passes;
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair},
};
use axum::http::HeaderValue;
use base64::{Engine, prelude::BASE64_STANDARD};
use domain::time::Timestamp;
use serde_json::json;

/// A pass is good for so long; who watches asks for another one before it is over.
const GOOD_FOR_S: i64 = 600;

/// Signs passes.
#[derive(Debug)]
pub struct MapPasses {
    key: EcdsaKeyPair,
    key_id: String,
    tiles: String,
}

impl MapPasses {
    /// With a private key as PKCS #8 in PEM, which the distribution calls so, for the tiles
    /// below this address of the page.
    pub fn new(pem: &str, key_id: String, page: &str) -> Result<Self, &'static str> {
        let lines = pem.lines().map(str::trim).filter(|it| !it.starts_with("-----"));
        let der = BASE64_STANDARD.decode(lines.collect::<String>());
        let der = der.map_err(|_| "the secret cookie-key is not PEM")?;
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &der)
            .map_err(|_| "the secret cookie-key is no private key of P-256")?;
        Ok(Self { key, key_id, tiles: format!("{}/v1/map/*", page.trim_end_matches('/')) })
    }

    fn policy(&self, now: Timestamp) -> String {
        let until = now.millis() / 1_000 + GOOD_FOR_S;
        let until = json!({"DateLessThan": {"AWS:EpochTime": until}});
        json!({"Statement": [{"Resource": self.tiles, "Condition": until}]}).to_string()
    }
}

impl Passes for MapPasses {
    fn cookies(&self, now: Timestamp) -> Vec<HeaderValue> {
        let policy = self.policy(now);
        let signed = self.key.sign(&SystemRandom::new(), policy.as_bytes());
        // Without a pass one's own session is good enough to be let in, only not cached.
        let Ok(signature) = signed else { return Vec::new() };
        let cookies = [
            ("Policy", for_cookie(policy.as_bytes())),
            ("Signature", for_cookie(signature.as_ref())),
            ("Key-Pair-Id", self.key_id.clone()),
            ("Hash-Algorithm", "SHA256".to_owned()),
        ];
        let each = cookies.into_iter().filter_map(|(name, value)| {
            let text = format!(
                "CloudFront-{name}={value}; Path=/v1/map; Max-Age={GOOD_FOR_S}; HttpOnly; Secure; \
                 SameSite=Strict"
            );
            let mut header = HeaderValue::from_str(&text).ok()?;
            header.set_sensitive(true);
            Some(header)
        });
        each.collect()
    }
}

/// Base 64 with what a cookie cannot hold replaced as the distribution wants it.
fn for_cookie(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes).replace('+', "-").replace('=', "_").replace('/', "~")
}

#[cfg(test)]
mod tests {
    //! What a pass says, and that its signature is one.

    use std::{collections::BTreeMap, process::Command};

    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, KeyPair, UnparsedPublicKey};

    use super::*;

    /// A key as deploy/secrets.sh makes it.
    fn made() -> MapPasses {
        let options = ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
        let out = Command::new("openssl").args(options).output().expect("openssl is there");
        let pem = String::from_utf8(out.stdout).unwrap();
        MapPasses::new(&pem, "K2JCJMDEHXQW5F".to_owned(), "https://where.example.org/").unwrap()
    }

    fn from_cookie(text: &str) -> Vec<u8> {
        let text = text.replace('-', "+").replace('_', "=").replace('~', "/");
        BASE64_STANDARD.decode(text).unwrap()
    }

    #[test]
    fn a_pass_is_signed_and_good_for_tiles_for_ten_minutes() {
        let passes = made();
        let now = Timestamp::from_millis(1_772_355_600_000).unwrap();
        let cookies: Vec<String> =
            passes.cookies(now).iter().map(|it| it.to_str().unwrap().to_owned()).collect();
        let mut values = BTreeMap::new();
        for cookie in &cookies {
            let (pair, attributes) = cookie.split_once("; ").unwrap();
            let wanted = "Path=/v1/map; Max-Age=600; HttpOnly; Secure; SameSite=Strict";
            assert_eq!(attributes, wanted);
            values.extend(pair.split_once('='));
        }
        assert_eq!(values["CloudFront-Key-Pair-Id"], "K2JCJMDEHXQW5F");
        assert_eq!(values["CloudFront-Hash-Algorithm"], "SHA256");
        let policy = from_cookie(values["CloudFront-Policy"]);
        let said: serde_json::Value = serde_json::from_slice(&policy).unwrap();
        let statement = json!({
            "Resource": "https://where.example.org/v1/map/*",
            "Condition": {"DateLessThan": {"AWS:EpochTime": 1_772_356_200}},
        });
        assert_eq!(said, json!({"Statement": [statement]}));
        assert!(!policy.contains(&b' '), "the distribution takes none");
        let signature = from_cookie(values["CloudFront-Signature"]);
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, passes.key.public_key());
        key.verify(&policy, &signature).unwrap();
        key.verify(b"another policy", &signature).unwrap_err();
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for bad in ["", "nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"]
        {
            assert!(MapPasses::new(bad, String::new(), "").is_err(), "{bad}");
        }
    }
}
