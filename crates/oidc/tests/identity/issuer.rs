//! An issuer of our own: signs whatever a test wants, counts what it is asked, and can
//! fall silent.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
};

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa::{KeyPair as RsaKeyPair, KeySize},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256},
};
use axum::{
    Json, Router,
    extract::{Form, State},
    http::{HeaderMap, StatusCode, header::AUTHORIZATION},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

pub const CLIENT: &str = "whereabouts";
pub const SECRET: &str = "p:s s%";

/// A key that signs, under an id.
pub enum Key {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
}

impl Key {
    pub fn rsa() -> Self {
        Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).expect("a key"))
    }

    pub fn ec() -> Self {
        Self::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key"))
    }

    pub fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "RS256",
            Self::Ec(_) => "ES256",
        }
    }

    /// As it is published.
    pub fn jwk(&self, id: &str) -> Value {
        let text = |it: &[u8]| URL_SAFE_NO_PAD.encode(it);
        match self {
            Self::Rsa(pair) => {
                let public = pair.public_key();
                let n = public.modulus().big_endian_without_leading_zero();
                let e = public.exponent().big_endian_without_leading_zero();
                json!({ "kty": "RSA", "kid": id, "use": "sig", "alg": "RS256", "n": text(n), "e": text(e) })
            }
            Self::Ec(pair) => {
                let point = pair.public_key().as_ref();
                let (x, y) = point[1..].split_at(32);
                json!({ "kty": "EC", "kid": id, "crv": "P-256", "x": text(x), "y": text(y) })
            }
        }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).expect("signed");
                signature
            }
            Self::Ec(pair) => pair.sign(&random, message).expect("signed").as_ref().to_vec(),
        }
    }

    /// A token with this head and these claims.
    pub fn token(&self, head: &Value, claims: &Value) -> String {
        let message = message(head, claims);
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(self.sign(message.as_bytes())))
    }

    /// The public key in the forms that careless verifiers take for a shared secret.
    pub fn public_bytes(&self) -> Vec<Vec<u8>> {
        match self {
            Self::Rsa(pair) => {
                let public = pair.public_key();
                let n = public.modulus().big_endian_without_leading_zero().to_vec();
                vec![n, public.as_ref().to_vec()]
            }
            Self::Ec(pair) => vec![pair.public_key().as_ref().to_vec()],
        }
    }
}

/// A token "signed" with a shared secret.
pub fn hmac_token(secret: &[u8], head: &Value, claims: &Value) -> String {
    let message = message(head, claims);
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let code = hmac::sign(&key, message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(code.as_ref()))
}

/// The part of a token that is signed.
pub fn message(head: &Value, claims: &Value) -> String {
    let text = |it: &Value| URL_SAFE_NO_PAD.encode(it.to_string());
    format!("{}.{}", text(head), text(claims))
}

/// What a code stands for.
#[derive(Clone)]
pub struct Given {
    pub claims: Value,
    pub challenge: String,
    pub redirect_uri: String,
}

pub struct Inner {
    pub url: String,
    pub keys: Mutex<Vec<(String, Key)>>,
    pub codes: Mutex<HashMap<String, Given>>,
    /// What `/userinfo` says; with null, nothing.
    pub userinfo: Mutex<Value>,
    /// What the discovery document says otherwise.
    pub says: Mutex<Value>,
    pub down: AtomicBool,
    pub discoveries: AtomicUsize,
    pub key_sets: AtomicUsize,
    pub redeemed: AtomicUsize,
}

/// The issuer, as long as the test runs.
#[derive(Clone)]
pub struct TestIssuer(pub Arc<Inner>);

impl TestIssuer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let keys = vec![("one".to_owned(), Key::rsa()), ("two".to_owned(), Key::ec())];
        let issuer = Self(Arc::new(Inner {
            url,
            keys: Mutex::new(keys),
            codes: Mutex::default(),
            userinfo: Mutex::new(Value::Null),
            says: Mutex::new(json!({})),
            down: AtomicBool::new(false),
            discoveries: AtomicUsize::new(0),
            key_sets: AtomicUsize::new(0),
            redeemed: AtomicUsize::new(0),
        }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys_of))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(issuer.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        issuer
    }

    /// How often it was asked for its document and for its keys.
    pub fn asked(&self) -> (usize, usize) {
        (self.0.discoveries.load(SeqCst), self.0.key_sets.load(SeqCst))
    }

    pub fn set_down(&self, down: bool) {
        self.0.down.store(down, SeqCst);
    }

    /// A token signed by one of its keys.
    pub fn token(&self, key_id: &str, head: &Value, claims: &Value) -> String {
        let keys = self.0.keys.lock().expect("unpoisoned");
        let (id, key) = keys.iter().find(|(id, _)| id == key_id).expect("a key");
        let mut whole = json!({ "alg": key.algorithm(), "kid": id, "typ": "JWT" });
        overlay(&mut whole, head);
        key.token(&whole, claims)
    }

    /// What the browser does at the issuer: signs in as whoever the claims say, and is
    /// sent back with the returned query.
    pub fn authorize(&self, url: &str, claims: &Value) -> String {
        let query = url.strip_prefix(&format!("{}/authorize?", self.0.url)).expect("the issuer");
        let fields: HashMap<String, String> = query
            .split('&')
            .map(|it| it.split_once('=').expect("a pair"))
            .map(|(name, value)| (name.to_owned(), decoded(value)))
            .collect();
        assert_eq!(fields["response_type"], "code");
        assert_eq!(fields["client_id"], CLIENT);
        assert_eq!(fields["code_challenge_method"], "S256");
        assert!(fields["scope"].split(' ').any(|it| it == "openid"));
        let mut codes = self.0.codes.lock().expect("unpoisoned");
        let code = format!("code+{}", codes.len());
        let mut claims = claims.clone();
        if claims.get("nonce").is_none() {
            claims["nonce"] = fields["nonce"].clone().into();
        }
        let challenge = fields["code_challenge"].clone();
        let redirect_uri = fields["redirect_uri"].clone();
        codes.insert(code.clone(), Given { claims, challenge, redirect_uri });
        format!("code={}&state={}&session_state=x%20y", code.replace('+', "%2B"), fields["state"])
    }
}

/// Puts fields over others; null takes one away.
pub fn overlay(under: &mut Value, over: &Value) {
    for (name, value) in over.as_object().into_iter().flatten() {
        if value.is_null() {
            under.as_object_mut().expect("an object").remove(name);
        } else {
            under[name] = value.clone();
        }
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.split('%');
    bytes.extend(rest.next().unwrap_or_default().bytes());
    for part in rest {
        bytes.push(u8::from_str_radix(&part[..2], 16).expect("hexadecimal"));
        bytes.extend(part[2..].bytes());
    }
    String::from_utf8(bytes).expect("UTF-8")
}

async fn discovery(State(TestIssuer(it)): State<TestIssuer>) -> Response {
    it.discoveries.fetch_add(1, SeqCst);
    if it.down.load(SeqCst) {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let url = &it.url;
    let mut document = json!({
        "issuer": url,
        "jwks_uri": format!("{url}/keys"),
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "userinfo_endpoint": format!("{url}/userinfo"),
        "end_session_endpoint": format!("{url}/end?a=b"),
    });
    overlay(&mut document, &it.says.lock().expect("unpoisoned"));
    Json(document).into_response()
}

async fn keys_of(State(TestIssuer(it)): State<TestIssuer>) -> Response {
    it.key_sets.fetch_add(1, SeqCst);
    if it.down.load(SeqCst) {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let keys = it.keys.lock().expect("unpoisoned");
    let keys: Vec<Value> = keys.iter().map(|(id, key)| key.jwk(id)).collect();
    Json(json!({ "keys": keys })).into_response()
}

async fn token(
    State(issuer): State<TestIssuer>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let it = &issuer.0;
    it.redeemed.fetch_add(1, SeqCst);
    if it.down.load(SeqCst) {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let refused =
        |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:p%3As%20s%25")));
    let in_header = headers.get(AUTHORIZATION).is_some_and(|it| it.as_bytes() == basic.as_bytes());
    let in_form = form.get("client_secret").map(String::as_str) == Some(SECRET);
    if in_header == in_form {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_client" })))
            .into_response();
    }
    let code = form.get("code").cloned().unwrap_or_default();
    let Some(given) = it.codes.lock().expect("unpoisoned").remove(&code) else {
        return refused("invalid_grant");
    };
    let verifier = form.get("code_verifier").map(String::as_str).unwrap_or_default();
    let proved = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == given.challenge;
    if !proved || form.get("redirect_uri") != Some(&given.redirect_uri) {
        return refused("invalid_grant");
    }
    let id_token = issuer.token("one", &json!({}), &given.claims);
    Json(json!({ "id_token": id_token, "access_token": "opaque", "token_type": "Bearer" }))
        .into_response()
}

async fn userinfo(State(TestIssuer(it)): State<TestIssuer>, headers: HeaderMap) -> Response {
    if headers.get(AUTHORIZATION).is_none_or(|it| it != "Bearer opaque") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    match it.userinfo.lock().expect("unpoisoned").clone() {
        Value::Null => StatusCode::NOT_FOUND.into_response(),
        told => Json(told).into_response(),
    }
}
