//! Signing in and out, tokens, the first administrator.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};
use service::people::Permission::{Admin, Enter, Track};

use crate::world::{Answer, Asker, START, World};

const PASSWORD: &str = "four unrelated words";

/// The session that an answer begins.
fn session(answer: &Answer) -> Asker {
    let cookie = answer.header("set-cookie");
    for part in ["Path=/", "HttpOnly", "Secure", "SameSite=Lax", "Max-Age="] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    let value = cookie.strip_prefix("__Host-session=").and_then(|it| it.split(';').next());
    Asker::Session(value.expect("a session").to_owned())
}

async fn set_up(world: &World) -> Asker {
    let token = world.service.people().ensure_setup().await.expect("memory answers");
    let token = token.expect("there is no administrator yet");
    let body = json!({ "token": token.reveal(), "name": "root", "password": PASSWORD });
    session(&world.post(&Asker::Nobody, "/v1/setup", &body).await.expect(201))
}

#[tokio::test]
async fn the_first_administrator_is_made_once() {
    let world = World::new();
    let wrong = json!({ "token": "guess", "name": "root", "password": PASSWORD });
    let answer = world.post(&Asker::Nobody, "/v1/setup", &wrong).await.expect(422);
    assert_eq!(answer.faults()[0].0, "/token");
    let admin = set_up(&world).await;
    let me = world.get(&admin, "/v1/me").await.expect(200).json();
    assert_eq!(me["permissions"].as_array().map(Vec::len), Some(5));
    let answer = world.post(&Asker::Nobody, "/v1/setup", &wrong).await.expect(409);
    assert_eq!(answer.json()["type"], "/problems/conflict");
}

#[tokio::test]
async fn people_sign_in_and_out() {
    let world = World::new();
    let admin = set_up(&world).await;
    let ada =
        json!({ "name": "Ada", "password": "twelve letters and more", "permissions": ["track"] });
    let made = world.post(&admin, "/v1/users", &ada).await.expect(201);
    assert!(made.header("location").starts_with("/v1/users/usr_"));
    assert!(!String::from_utf8_lossy(&made.body).contains("twelve"));
    let weak = json!({ "name": "Bob", "password": "short", "permissions": [] });
    let answer = world.post(&admin, "/v1/users", &weak).await.expect(422);
    assert_eq!(answer.faults()[0].0, "/password");

    let wrong = json!({ "name": "ada", "password": "not hers" });
    let unknown = json!({ "name": "nobody", "password": "not hers" });
    let wrong = world.post(&Asker::Nobody, "/v1/session", &wrong).await.expect(401).json();
    let unknown = world.post(&Asker::Nobody, "/v1/session", &unknown).await.expect(401).json();
    assert_eq!(wrong["detail"], unknown["detail"], "nobody learns which names exist");

    let right = json!({ "name": "ada", "password": "twelve letters and more" });
    let answer = world.post(&Asker::Nobody, "/v1/session", &right).await.expect(201);
    let here = session(&answer);
    let there = session(&world.post(&Asker::Nobody, "/v1/session", &right).await.expect(201));
    let sessions = world.get(&here, "/v1/me/sessions").await.expect(200).json();
    assert_eq!(sessions["sessions"].as_array().map(Vec::len), Some(2));
    let other = sessions["sessions"]
        .as_array()
        .and_then(|all| all.iter().find(|it| it["current"] == false));
    let other = other.and_then(|it| it["id"].as_str()).expect("the other session").to_owned();
    let path = format!("/v1/me/sessions/{other}");
    world.json(Method::DELETE, &here, &path, &json!({}), &[]).await.expect(204);
    world.get(&there, "/v1/me").await.expect(401);
    let out = world.json(Method::DELETE, &here, "/v1/session", &json!({}), &[]).await.expect(204);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    world.get(&here, "/v1/me").await.expect(401);
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let world = World::new();
    set_up(&world).await;
    let wrong = json!({ "name": "root", "password": "a guess" });
    let mut locked = None;
    for _ in 0..8 {
        let answer = world.post(&Asker::Nobody, "/v1/session", &wrong).await;
        if answer.status.as_u16() == 429 {
            locked = Some(answer.header("retry-after").parse::<u64>().expect("seconds"));
            break;
        }
        answer.expect(401);
    }
    let seconds = locked.expect("five wrong attempts are enough");
    assert!(seconds >= 1);
    let right = json!({ "name": "root", "password": PASSWORD });
    world.post(&Asker::Nobody, "/v1/session", &right).await.expect(429);
    world.pass(Duration::from_secs(seconds));
    world.post(&Asker::Nobody, "/v1/session", &right).await.expect(201);
}

#[tokio::test]
async fn a_link_signs_in_once() {
    let world = World::new();
    let admin = set_up(&world).await;
    let me = world.get(&admin, "/v1/me").await.json();
    let user = me["user"].as_str().and_then(|it| it.parse().ok()).expect("an account");
    let by = service::record::Attribution { actor: "cli".to_owned(), source: "cli".to_owned() };
    let link = world.service.people().issue_link(&by, user).await.expect("a link");
    let path = format!("/login/{}", link.reveal());
    let answer = world.get(&Asker::Nobody, &path).await.expect(303);
    assert_eq!(answer.header("location"), "/");
    world.get(&session(&answer), "/v1/me").await.expect(200);
    let again = world.get(&Asker::Nobody, &path).await.expect(303);
    assert_eq!((again.header("location"), again.header("set-cookie")), ("/?link=expired", ""));
}

#[tokio::test]
async fn tokens_do_at_most_what_their_owner_may() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let body = json!({ "name": "Scanner 3", "permissions": ["track"], "expires_at": "2026-03-02T00:00:00Z" });
    let made = world.post(&clerk, "/v1/me/tokens", &body).await.expect(201).json();
    let token = made["token"].as_str().expect("the token").to_owned();
    assert!(token.starts_with("wab_"));
    let scanner = Asker::Token(token);
    world.get(&scanner, "/v1/packages").await.expect(200);
    world.post(&scanner, "/v1/packages", &json!({})).await.expect(403);
    // A program cannot make itself another token.
    world.post(&scanner, "/v1/me/tokens", &body).await.expect(403);
    let list = world.get(&clerk, "/v1/me/tokens").await.expect(200).json();
    let listed = list["tokens"].as_array().expect("tokens");
    assert!(listed.iter().all(|it| it["token"] == Value::Null), "it is shown only once");
    world.pass(Duration::from_secs(16 * 3600));
    world.get(&scanner, "/v1/packages").await.expect(401);

    let body = json!({ "name": "More", "permissions": ["track", "admin"] });
    let clerk = world.person(&[Track]).await;
    let answer = world.post(&clerk, "/v1/me/tokens", &body).await;
    if answer.status.is_success() {
        let token = Asker::Token(answer.json()["token"].as_str().expect("a token").to_owned());
        world.get(&token, "/v1/users").await.expect(403);
    } else {
        answer.expect(422);
    }
}

#[tokio::test]
async fn a_token_is_revoked_at_once() {
    let world = World::new();
    let clerk = world.person(&[Track]).await;
    let body = json!({ "name": "Scanner", "permissions": ["track"] });
    let made = world.post(&clerk, "/v1/me/tokens", &body).await.expect(201).json();
    let scanner = Asker::Token(made["token"].as_str().expect("a token").to_owned());
    world.get(&scanner, "/v1/packages").await.expect(200);
    let path = format!("/v1/me/tokens/{}", made["id"].as_str().expect("an id"));
    world.json(Method::DELETE, &clerk, &path, &json!({}), &[]).await.expect(204);
    world.get(&scanner, "/v1/packages").await.expect(401);
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let world = World::new();
    let admin = set_up(&world).await;
    let body = json!({ "current": "wrong", "new": "another long password" });
    let answer = world.post(&admin, "/v1/me/password", &body).await.expect(422);
    assert_eq!(answer.faults()[0].0, "/current");
    let body = json!({ "current": PASSWORD, "new": "another long password" });
    let answer = world.post(&admin, "/v1/me/password", &body).await.expect(200);
    world.get(&admin, "/v1/me").await.expect(401);
    let gone = world.get(&admin, "/v1/session").await.expect(200).json();
    assert_eq!(gone["me"], Value::Null, "an ended session is nobody's, and no error");
    let me = world.get(&session(&answer), "/v1/me").await.expect(200).json();
    let known = world.get(&session(&answer), "/v1/session").await.expect(200).json();
    assert_eq!(known["me"], me);
}

#[tokio::test]
async fn administrators_change_accounts() {
    let world = World::new();
    let admin = world.person(&[Admin]).await;
    let start = START;
    assert!(start > 0);
    let body =
        json!({ "name": "ada", "password": "twelve letters and more", "permissions": ["track"] });
    let user = world.post(&admin, "/v1/users", &body).await.expect(201).json();
    let path = format!("/v1/users/{}", user["id"].as_str().expect("an id"));
    let tag = world.get(&admin, &path).await.expect(200).header("etag").to_owned();
    let change = json!({ "permissions": ["track", "enter"], "display_name": "Ada B." });
    let known = [("if-match", tag.as_str())];
    let changed =
        world.json(Method::PATCH, &admin, &path, &change, &known).await.expect(200).json();
    assert_eq!(changed["permissions"], json!(["track", "enter"]));
    world.json(Method::PATCH, &admin, &path, &change, &known).await.expect(412);
    let taken = json!({ "name": "ADA", "password": "twelve letters and more", "permissions": [] });
    let answer = world.post(&admin, "/v1/users", &taken).await;
    assert!(answer.status.is_client_error(), "names are taken whatever their case");
    let list = world.get(&admin, "/v1/users?q=ad").await.expect(200).json();
    assert_eq!(list["users"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn where_no_company_signs_people_in_there_are_passwords() {
    let world = World::new();
    let ways = world.get(&Asker::Nobody, "/v1/session").await.expect(200).json();
    assert_eq!(ways, json!({ "me": null, "passwords": true, "company": null }));
    world.get(&Asker::Nobody, "/v1/session/oidc").await.expect(404);
    let path = "/v1/session/oidc/callback?code=a&state=b&session_state=%FF&x";
    let back = world.get(&Asker::Nobody, path).await.expect(303);
    assert_eq!(back.header("location"), "/?sign_in=expired");
    let admin = set_up(&world).await;
    let body = json!({ "name": "Ada", "subject": "ada", "permissions": [] });
    let answer = world.post(&admin, "/v1/users", &body).await.expect(422);
    assert_eq!(answer.faults(), [("/subject".to_owned(), "no_issuer".to_owned())]);
    // What looks like a token of an issuer is nobody's.
    let stranger = Asker::Token("eyJhbGciOiJSUzI1NiJ9.e30.AA".to_owned());
    world.get(&stranger, "/v1/me").await.expect(401);
}
