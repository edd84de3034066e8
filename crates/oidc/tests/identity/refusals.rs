//! Tokens that prove nothing, each refused for its own reason.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use service::people::{Disbelief, Issuer};

use crate::{
    issuer::{Key, hmac_token, message},
    world::World,
};

/// Asks as whoever brings a token, and says why it was refused.
async fn refused(world: &World, token: &str, what: &str) -> &'static str {
    let answer = world.as_bearer(token, "/v1/me").await;
    assert_eq!(answer.status.as_u16(), 401, "{what}");
    assert_eq!(answer.header("www-authenticate"), "Bearer", "{what}");
    match world.oidc.verify(token).await {
        Err(Disbelief::Wrong(why)) => why,
        other => panic!("{what}: {other:?}"),
    }
}

#[tokio::test]
async fn good_tokens_of_both_kinds_of_key_are_believed() {
    let world = World::new().await;
    let may = async |head: Value, key: &str, more: Value| {
        let token = world.issuer.token(key, &head, &world.claims("ada", &more));
        let me = world.as_bearer(&token, "/v1/me").await.expect(200).json();
        assert!(me["user"].as_str().is_some_and(|it| it.starts_with("usr_")));
        assert_eq!(me["signed_in"], "access token");
        me["permissions"].as_array().expect("words").clone()
    };
    let track = vec![json!("track")];
    assert_eq!(may(json!({}), "one", json!({})).await, track);
    assert_eq!(may(json!({}), "two", json!({})).await, track);
    assert_eq!(may(json!({ "typ": "at+jwt" }), "one", json!({ "scope": null })).await, track);
    assert_eq!(may(json!({ "typ": null }), "one", json!({})).await, track);
    let aud = json!({ "aud": ["other", "whereabouts"], "groups": ["clerks", "strangers"] });
    assert_eq!(may(json!({}), "two", aud).await, ["track", "enter"]);
    // As Cognito makes them.
    let cognito = json!({ "aud": null, "client_id": "whereabouts", "token_use": "access" });
    assert_eq!(may(json!({}), "one", cognito).await, track);
    // As Keycloak does.
    assert_eq!(may(json!({}), "one", json!({ "typ": "Bearer", "scope": null })).await, track);
    // Clocks differ a little.
    let soon = json!({ "nbf": world.now_s() + 20, "iat": world.now_s() + 20 });
    assert_eq!(may(json!({}), "one", soon).await, track);
    let just = json!({ "exp": world.now_s() - 20 });
    assert_eq!(may(json!({}), "one", just).await, track);
    assert_eq!(
        may(json!({}), "one", json!({ "groups": "bosses" })).await,
        ["track", "audit", "admin"]
    );
}

#[tokio::test]
async fn somebody_is_the_same_by_both_kinds_of_token() {
    // Okta's access tokens have a login in `sub`, which another may have one day.
    let world = World::with("subject_claim = \"uid\"").await;
    let of = async |more: Value| world.oidc.verify(&world.token("ada@example.com", &more)).await;
    let somebody = of(json!({ "uid": "00u1" })).await.expect("Okta's");
    assert_eq!(somebody.subject, "00u1");
    let nobody = of(json!({})).await;
    assert_eq!(nobody, Err(Disbelief::Wrong("the token is about nobody")));
}

#[tokio::test]
async fn what_a_token_says_must_be_right() {
    let world = World::new().await;
    let now = world.now_s();
    let cases = [
        ("another issuer", json!({ "iss": "https://evil.test" }), "the token is of another issuer"),
        (
            "the issuer and a slash",
            json!({ "iss": format!("{}/", world.issuer.0.url) }),
            "the token is of another issuer",
        ),
        ("no issuer", json!({ "iss": null }), "the token is of another issuer"),
        ("another audience", json!({ "aud": "billing" }), "the token is for somebody else"),
        ("other audiences", json!({ "aud": ["a", "b"] }), "the token is for somebody else"),
        ("an audience of no text", json!({ "aud": 7 }), "the token is for somebody else"),
        ("no audience", json!({ "aud": null }), "the token is for somebody else"),
        (
            "another client",
            json!({ "aud": null, "client_id": "x", "token_use": "access" }),
            "the token is for somebody else",
        ),
        (
            "another audience, our client",
            json!({ "aud": "x", "client_id": "whereabouts", "token_use": "access" }),
            "the token is for somebody else",
        ),
        ("expired", json!({ "exp": now - 30 }), "the token has expired"),
        ("no end", json!({ "exp": null }), "the token never ends"),
        ("an end that is text", json!({ "exp": "2030-01-01" }), "the token never ends"),
        ("an end beyond time", json!({ "exp": i64::MAX }), "the token never ends"),
        ("not yet", json!({ "nbf": now + 31 }), "the token is of the future"),
        ("from the future", json!({ "iat": now + 31 }), "the token is of the future"),
        ("of no time", json!({ "iat": null }), "the token is of no time"),
        ("about nobody", json!({ "sub": null }), "the token is about nobody"),
        ("about an empty name", json!({ "sub": "" }), "the token is about nobody"),
        ("about a number", json!({ "sub": 5 }), "the token is about nobody"),
        ("about too much", json!({ "sub": "x".repeat(256) }), "the token is about nobody"),
        ("Cognito's ID token", json!({ "token_use": "id" }), "this is no access token"),
        ("Keycloak's ID token", json!({ "typ": "ID" }), "this is no access token"),
        ("Keycloak's refresh token", json!({ "typ": "Refresh" }), "this is no access token"),
        ("an ID token", json!({ "scope": null, "nonce": "n" }), "this is no access token"),
        ("an ID token with a scope", json!({ "at_hash": "x" }), "this is no access token"),
    ];
    for (what, more, expected) in cases {
        assert_eq!(refused(&world, &world.token("ada", &more), what).await, expected, "{what}");
    }
    assert_eq!(world.issuer.asked(), (1, 1), "nothing of this asks the issuer again");
}

#[tokio::test]
async fn heads_are_not_trusted() {
    let world = World::new().await;
    let claims = world.claims("ada", &json!({}));
    let head = |over: Value| world.issuer.token("one", &over, &claims);
    let neither = "the token is signed by neither RS256 nor ES256";
    let cases = [
        ("none", head(json!({ "alg": "none" })), neither),
        ("NONE", head(json!({ "alg": "NONE" })), neither),
        ("HS256", head(json!({ "alg": "HS256" })), neither),
        ("PS256", head(json!({ "alg": "PS256" })), neither),
        ("no algorithm", head(json!({ "alg": null })), "the token's head cannot be read"),
        (
            "a critical extension",
            head(json!({ "crit": ["b64"], "b64": false })),
            "the token demands what is not known here",
        ),
        (
            "an empty list of them",
            head(json!({ "crit": [] })),
            "the token demands what is not known here",
        ),
        ("no key", head(json!({ "kid": null })), "the token names no key"),
        (
            "a key that is a path",
            head(json!({ "kid": "../../dev/null" })),
            "no key of the issuer has this id",
        ),
        ("too long a name", head(json!({ "kid": "k".repeat(300) })), "the token names no key"),
        (
            "a key of the other kind",
            head(json!({ "kid": "two" })),
            "the token's key is for another algorithm",
        ),
        (
            "the other kind's name",
            head(json!({ "alg": "ES256" })),
            "the token's key is for another algorithm",
        ),
        ("another type", head(json!({ "typ": "secevent+jwt" })), "this is no access token"),
        ("a logout token", head(json!({ "typ": "logout+jwt" })), "this is no access token"),
    ];
    for (what, token, expected) in cases {
        assert_eq!(refused(&world, &token, what).await, expected, "{what}");
    }
    // A key that comes with the token is not the issuer's.
    let own = Key::rsa();
    let jwk = own.jwk("one");
    let head = json!({ "alg": "RS256", "kid": "one", "jwk": jwk, "jku": "https://evil.test/keys" });
    let expected = "the token is not signed by the issuer";
    assert_eq!(refused(&world, &own.token(&head, &claims), "its own key").await, expected);
}

#[tokio::test]
async fn the_public_key_is_no_secret() {
    let world = World::new().await;
    let claims = world.claims("ada", &json!({}));
    world.as_bearer(&world.token("ada", &json!({})), "/v1/me").await.expect(200);
    let secrets: Vec<(String, Vec<u8>)> = {
        let keys = world.issuer.0.keys.lock().expect("unpoisoned");
        let each = |(id, key): &(String, Key)| {
            let mut all = key.public_bytes();
            all.push(key.jwk(id).to_string().into_bytes());
            all.into_iter().map(|it| (id.clone(), it)).collect::<Vec<_>>()
        };
        keys.iter().flat_map(each).collect()
    };
    for (id, secret) in secrets {
        for algorithm in ["HS256", "RS256", "ES256"] {
            let head = json!({ "alg": algorithm, "kid": id });
            refused(&world, &hmac_token(&secret, &head, &claims), algorithm).await;
        }
    }
    for algorithm in ["none", "RS256", "ES256"] {
        let head = json!({ "alg": algorithm, "kid": "one" });
        refused(&world, &format!("{}.", message(&head, &claims)), "no signature").await;
    }
}

#[tokio::test]
async fn tokens_that_were_touched_or_are_none_are_refused() {
    let world = World::new().await;
    let good = world.token("ada", &json!({}));
    world.as_bearer(&good, "/v1/me").await.expect(200);
    // Any character of a token but its last, which has bits that say nothing.
    let mut touched = 0;
    for at in (0..good.len() - 1).step_by(7) {
        let mut bytes = good.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let text = String::from_utf8(bytes).expect("ASCII");
        if text.matches('.').count() == 2 {
            refused(&world, &text, "touched").await;
            touched += 1;
        }
    }
    assert!(50 < touched, "{touched}");
    let [head, body, code] = good.split('.').collect::<Vec<_>>()[..] else { panic!("three") };
    let swapped = world.token("eve", &json!({ "groups": ["bosses"] }));
    let other = swapped.split('.').nth(1).expect("claims");
    let array = URL_SAFE_NO_PAD.encode("[]");
    for text in [
        "..".to_owned(),
        format!(".{body}.{code}"),
        format!("{head}..{code}"),
        format!("{head}.{body}."),
        format!("{head}.{other}.{code}"),
        format!("{head}.{array}.{code}"),
        format!("{array}.{body}.{code}"),
        format!("{head}.{body}.{code}=="),
        format!("{head}.{body}.{code}.{code}"),
        format!("{head}.{body}"),
        "a.b.c".to_owned(),
    ] {
        world.as_bearer(&text, "/v1/me").await.expect(401);
    }
    let long = world.token("ada", &json!({ "more": "x".repeat(16 * 1024) }));
    assert_eq!(refused(&world, &long, "long").await, "the token is too long");
    // None of it has shut anybody out.
    world.as_bearer(&good, "/v1/me").await.expect(200);
}
