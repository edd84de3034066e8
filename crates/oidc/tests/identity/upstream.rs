//! How little the issuer hears, whatever is sent here; and that we go on without it.

use std::sync::atomic::Ordering::SeqCst;

use axum::http::Method;
use domain::time::{HOUR, MINUTE, SECOND};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::{issuer::Key, world::World};

/// Tokens that are good but for the key that they name.
fn unknown(world: &World, number: usize) -> String {
    let head = json!({ "kid": format!("made-up-{number}") });
    world.issuer.token("one", &head, &world.claims("ada", &json!({})))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_unknown_keys_asks_the_issuer_once_in_ten_seconds() {
    let world = World::new().await;
    for round in 1..=3 {
        for part in 0..5 {
            let tokens: Vec<String> =
                (0..200).map(|it| unknown(&world, round * 10_000 + part * 200 + it)).collect();
            let all = join_all(tokens.iter().map(|it| world.as_bearer(it, "/v1/me"))).await;
            for answer in all {
                answer.expect(401);
            }
        }
        assert_eq!(world.issuer.asked(), (1, round), "1,000 tokens, one question");
        world.as_bearer(&world.token("ada", &json!({})), "/v1/me").await.expect(200);
        world.pass(10 * SECOND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_come_first_wait_for_one_answer() {
    let world = World::new().await;
    let tokens: Vec<String> =
        (0..200).map(|it| world.token(&format!("p{it}"), &json!({}))).collect();
    for answer in join_all(tokens.iter().map(|it| world.as_bearer(it, "/v1/me"))).await {
        answer.expect(200);
    }
    assert_eq!(world.issuer.asked(), (1, 1));
}

#[tokio::test]
async fn keys_that_are_known_are_good_while_the_issuer_is_down() {
    let world = World::new().await;
    world.oidc.warm().await.expect("it answers");
    world.issuer.set_down(true);
    for hours in 0..30 {
        world.as_bearer(&world.token("ada", &json!({})), "/v1/me").await.expect(200);
        world.as_bearer(&unknown(&world, hours), "/v1/me").await.expect(401);
        world.pass(HOUR);
    }
    // Once an hour and after each stranger, and not once in vain when it is back.
    world.issuer.set_down(false);
    world.as_bearer(&world.token("ada", &json!({})), "/v1/me").await.expect(200);
    let before = world.issuer.asked();
    world.as_bearer(&world.token("eve", &json!({})), "/v1/me").await.expect(200);
    assert_eq!(world.issuer.asked(), before);
}

#[tokio::test]
async fn an_issuer_that_never_answered_is_no_reason_to_let_anybody_in() {
    let world = World::new().await;
    world.issuer.set_down(true);
    assert!(world.oidc.warm().await.is_err());
    let token = world.token("ada", &json!({}));
    for _ in 0..50 {
        let answer = world.as_bearer(&token, "/v1/me").await.expect(503);
        assert!(!answer.header("retry-after").is_empty());
    }
    assert_eq!(world.issuer.asked().0, 1, "not once a request");
    world.issuer.set_down(false);
    world.as_bearer(&token, "/v1/me").await.expect(503);
    world.pass(10 * SECOND);
    world.as_bearer(&token, "/v1/me").await.expect(200);
}

#[tokio::test]
async fn a_new_key_is_known_at_once_and_a_withdrawn_one_goes() {
    let world = World::new().await;
    let old = world.token("ada", &json!({ "exp": world.now_s() + 90_000 }));
    world.as_bearer(&old, "/v1/me").await.expect(200);
    world.pass(MINUTE);
    world.issuer.0.keys.lock().expect("unpoisoned").push(("three".to_owned(), Key::ec()));
    let new = world.issuer.token("three", &json!({}), &world.claims("ada", &json!({})));
    world.as_bearer(&new, "/v1/me").await.expect(200);
    world.issuer.0.keys.lock().expect("unpoisoned").retain(|(id, _)| id != "one");
    world.as_bearer(&old, "/v1/me").await.expect(200);
    world.pass(HOUR);
    world.as_bearer(&old, "/v1/me").await.expect(401);
}

#[tokio::test]
async fn a_document_of_somebody_else_is_not_followed() {
    let world = World::new().await;
    *world.issuer.0.says.lock().expect("unpoisoned") = json!({ "issuer": "https://evil.test" });
    world.as_bearer(&world.token("ada", &json!({})), "/v1/me").await.expect(503);
    assert_eq!(world.issuer.asked(), (1, 0));
    world.pass(10 * SECOND);
    *world.issuer.0.says.lock().expect("unpoisoned") =
        json!({ "jwks_uri": "http://evil.test/keys" });
    world.as_bearer(&world.token("ada", &json!({})), "/v1/me").await.expect(503);
}

#[tokio::test]
async fn disabled_people_are_out_and_their_tokens_stay_worthless() {
    let world = World::new().await;
    let boss = world.token("boss", &json!({ "groups": ["bosses"] }));
    let bearer = format!("Bearer {boss}");
    let as_boss = [("authorization", bearer.as_str())];
    let ada = world.token("ada", &json!({}));
    world.as_bearer(&ada, "/v1/me").await.expect(200);
    let body = json!({ "name": "Ada", "subject": "ada", "permissions": ["track", "enter"] });
    let made = world.ask(Method::POST, "/v1/users", &as_boss, body).await.expect(201).json();
    assert_eq!((&made["subject"], &made["display_name"]), (&json!("ada"), &json!("Ada")));
    let path = format!("/v1/users/{}", made["id"].as_str().expect("an id"));
    world.pass(30 * SECOND);
    let me = world.as_bearer(&ada, "/v1/me").await.expect(200).json();
    assert_eq!((&me["user"], &me["permissions"]), (&made["id"], &json!(["track", "enter"])));
    let disabled = async |it: bool| {
        let body = json!({ "disabled": it });
        world.ask(Method::PATCH, &path, &as_boss, body).await.expect(200);
    };
    disabled(true).await;
    world.as_bearer(&ada, "/v1/me").await.expect(401);
    disabled(false).await;
    world.as_bearer(&ada, "/v1/me").await.expect(401);
    world.pass(SECOND);
    let ada = world.token("ada", &json!({}));
    world.as_bearer(&ada, "/v1/me").await.expect(200);
    // Every change is remembered, by who made it.
    let access = world.service.people().access_on(20_513).await.expect("memory answers");
    let words: Vec<&str> = access.iter().map(|it| it.kind.word()).collect();
    assert_eq!(words, ["user_created", "user_disabled", "user_enabled"]);
    let me = world.as_bearer(&boss, "/v1/me").await.expect(200).json();
    assert!(access.iter().all(|it| json!(it.actor) == me["user"]));
    for (body, pointer) in [
        (json!({ "name": "Bob", "permissions": [] }), "/password"),
        (
            json!({ "name": "Bob", "permissions": [], "subject": "b", "password": "four unrelated words" }),
            "/password",
        ),
    ] {
        let refused = world.ask(Method::POST, "/v1/users", &as_boss, body).await.expect(422);
        assert_eq!(refused.json()["errors"][0]["pointer"], pointer);
    }
    let rename = world.ask(Method::PATCH, &path, &as_boss, json!({ "name": "eve" })).await;
    rename.expect(409);
    assert_eq!(world.issuer.0.redeemed.load(SeqCst), 0);
    let tokens = world.as_bearer(&ada, "/v1/me/tokens").await.expect(403);
    assert_eq!(tokens.json()["type"], Value::from("/problems/forbidden"));
}
