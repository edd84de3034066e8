//! Any bytes at whatever lets somebody in: access tokens, the issuer's key sets, heads
//! and claims that are really signed, and tickets to watch. Passes for the map are signed
//! here and read by the distribution alone.

#![no_main]

use std::{path::Path, sync::LazyLock};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use domain::{
    id::UserId,
    time::{Millis, SECOND, Timestamp},
};
use libfuzzer_sys::fuzz_target;
use oidc::{Checked, Settings, identity_by};
use service::{
    live::ticket::{Ticket, TicketKey},
    people::Identity,
};

const NOW_MS: Millis = 1_772_355_600_000;
const ISSUER: &str = "https://id.example.com";
/// How far the issuer's clock may be from ours.
const LEEWAY: Millis = 30 * SECOND;

static SETTINGS: LazyLock<Checked> = LazyLock::new(|| {
    let text = format!("issuer = '{ISSUER}'\nclient_id = 'where'\npublic_url = 'https://where'");
    Settings::parse(&text).and_then(|it| it.checked(Path::new(""))).expect("good settings")
});
/// The issuer's own key, another one in each run: no token of a corpus is signed by it.
static KEY: LazyLock<EcdsaKeyPair> =
    LazyLock::new(|| EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key"));
static KEY_SET: LazyLock<Vec<u8>> = LazyLock::new(|| {
    // An uncompressed point: 4, then both coordinates.
    let (x, y) = KEY.public_key().as_ref()[1..].split_at(32);
    let (x, y) = (BASE64.encode(x), BASE64.encode(y));
    let key = serde_json::json!({ "kty": "EC", "crv": "P-256", "kid": "k", "x": x, "y": y });
    serde_json::json!({ "keys": [key] }).to_string().into_bytes()
});
static GOOD: LazyLock<String> = LazyLock::new(|| {
    let seconds = NOW_MS / 1_000;
    let claims = serde_json::json!({
        "iss": ISSUER, "sub": "ada", "aud": "where", "scope": "openid", "iat": seconds,
        "exp": seconds + 600,
    });
    signed(br#"{"alg":"ES256","kid":"k","typ":"at+jwt"}"#, claims.to_string().as_bytes())
});

fuzz_target!(|bytes: &[u8]| {
    let Some((which, bytes)) = bytes.split_first() else { return };
    let now = Timestamp::from_millis(NOW_MS).expect("in our years");
    match which % 5 {
        0 => stranger(bytes, now),
        1 => key_set(bytes, now),
        2 => issued(br#"{"alg":"ES256","kid":"k","typ":"at+jwt"}"#, bytes, now),
        3 => {
            let mut parts = bytes.splitn(2, |it| *it == 0);
            let head = parts.next().unwrap_or_default();
            issued(head, parts.next().unwrap_or_default(), now);
        }
        _ => ticket(bytes, now),
    }
});

/// Whatever a stranger makes up is no token.
fn stranger(bytes: &[u8], now: Timestamp) {
    let text = String::from_utf8_lossy(bytes);
    assert!(identity_by(&text, &KEY_SET, &SETTINGS, now).is_err(), "{text}");
    // Nor are other claims with the signature of a good one.
    let (signed, signature) = GOOD.rsplit_once('.').expect("three parts");
    let other = format!("{text}.{signature}");
    assert!(text == signed || identity_by(&other, &KEY_SET, &SETTINGS, now).is_err(), "{other}");
}

/// A key set that is not the issuer's opens nothing.
fn key_set(bytes: &[u8], now: Timestamp) {
    assert!(identity_by(&GOOD, bytes, &SETTINGS, now).is_err());
    assert!(identity_by(&GOOD, &KEY_SET, &SETTINGS, now).is_ok());
}

/// What the issuer signed lets in whom it names, if it is for us and for now.
fn issued(head: &[u8], claims: &[u8], now: Timestamp) {
    let token = signed(head, claims);
    let Ok(somebody) = identity_by(&token, &KEY_SET, &SETTINGS, now) else { return };
    let said: serde_json::Value = serde_json::from_slice(claims).expect("it was read");
    assert_eq!(said["iss"], ISSUER);
    assert_eq!(said["sub"], somebody.subject.as_str());
    let Identity { issuer, subject, email, issued_at, expires_at, .. } = somebody;
    assert_eq!(issuer, ISSUER);
    assert!(!subject.is_empty() && !subject.contains(char::is_control), "{subject:?}");
    assert!(now.since(expires_at) < LEEWAY && issued_at.since(now) <= LEEWAY);
    let one_word = |it: &String| it.contains('@') && !it.contains(char::is_whitespace);
    assert!(email.as_ref().is_none_or(one_word), "{email:?}");
}

/// Only a ticket as it was given out opens, and only with its key, and in its time.
fn ticket(bytes: &[u8], now: Timestamp) {
    let key = TicketKey::new([7; 32]);
    let user = Some(UserId::from_bytes([3; 16]));
    let good = Ticket { user, exact: false, expires_at: now.plus(SECOND) };
    let sealed = good.sealed(&key);
    assert_eq!(Ticket::opened(&sealed, &key, now), Some(good));
    assert_eq!(Ticket::opened(&sealed, &key, now.plus(SECOND)), None);
    assert_eq!(Ticket::opened(&sealed, &TicketKey::new([8; 32]), now), None);
    let text = String::from_utf8_lossy(bytes);
    assert!(text == sealed || Ticket::opened(&text, &key, now).is_none(), "{text}");
    // A few bytes of it overwritten.
    let mut altered = sealed.clone().into_bytes();
    for pair in bytes.chunks_exact(2).take(8) {
        let at = usize::from(pair[0]) % altered.len();
        altered[at] = pair[1];
    }
    if let Ok(altered) = String::from_utf8(altered) {
        assert!(altered == sealed || Ticket::opened(&altered, &key, now).is_none(), "{altered}");
    }
    if good.admits(&text) {
        assert!(!text.contains("/exact/"), "{text}");
    }
}

fn signed(head: &[u8], claims: &[u8]) -> String {
    let said = format!("{}.{}", BASE64.encode(head), BASE64.encode(claims));
    let signature = KEY.sign(&SystemRandom::new(), said.as_bytes()).expect("keys sign");
    format!("{said}.{}", BASE64.encode(signature.as_ref()))
}
