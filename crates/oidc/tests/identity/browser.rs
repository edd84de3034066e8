//! A browser signs in at the issuer, from the first click to the last.

use std::{path::Path, sync::atomic::Ordering::SeqCst};

use axum::http::Method;
use domain::time::{HOUR, MINUTE, SECOND};
use oidc::Settings;
use serde_json::{Value, json};

use crate::world::{Answer, World};

const COOKIE: &str = "__Host-sign-in";

/// A sign-in that has begun: the browser's cookie and where it was sent.
async fn begin(world: &World, query: &str) -> (String, String) {
    let answer = world.get(&format!("/v1/session/oidc{query}"), &[]).await.expect(303);
    let cookie = answer.cookie(COOKIE).expect("a cookie");
    (format!("theme=dark; {COOKIE}={cookie}"), answer.header("location").to_owned())
}

async fn back(world: &World, cookie: &str, query: &str) -> Answer {
    let path = format!("/v1/session/oidc/callback?{query}");
    let answer = world.get(&path, &[("cookie", cookie)]).await;
    if answer.status.as_u16() == 303 {
        assert_eq!(answer.cookie(COOKIE).as_deref(), Some(""), "it is over either way");
    }
    answer
}

/// Signs in as whoever the ID token names; the session's cookie.
async fn sign_in(world: &World, claims: &Value) -> Result<String, String> {
    let (cookie, url) = begin(world, "").await;
    let query = world.issuer.authorize(&url, claims);
    let answer = back(world, &cookie, &query).await.expect(303);
    let session = answer.cookie("__Host-session");
    session.map(|it| format!("__Host-session={it}")).ok_or(answer.header("location").to_owned())
}

#[tokio::test]
async fn a_browser_signs_in_and_out() {
    let world = World::new().await;
    let ways = world.get("/v1/session", &[]).await.expect(200).json();
    assert_eq!(ways, json!({ "me": null, "passwords": true, "company": "Example" }));
    let (cookie, url) = begin(&world, "?return_to=/%23pkg_1").await;
    assert!(url.contains("redirect_uri=https%3A%2F%2Fwhere.test%2Fv1%2Fsession%2Foidc%2Fcallback"));
    let claims = world.id_claims("ada", &json!({ "name": "Ada Byron", "groups": ["clerks"] }));
    let query = world.issuer.authorize(&url, &claims);
    let answer = back(&world, &cookie, &query).await.expect(303);
    assert_eq!(answer.header("location"), "/#pkg_1");
    assert!(answer.header("cache-control").contains("no-store"));
    let session = answer.cookie("__Host-session").expect("a session");
    let session = format!("__Host-session={session}");
    let as_ada = [("cookie", session.as_str()), ("sec-fetch-site", "same-origin")];
    let me = world.get("/v1/me", &as_ada).await.expect(200).json();
    assert_eq!(me["name"], "Ada Byron");
    assert_eq!(me["permissions"], json!(["track", "enter"]));
    // It is the same person as by an access token, and nothing else of her is here.
    let bearer = world.as_bearer(&world.token("ada", &json!({})), "/v1/me").await.json();
    assert_eq!(bearer["user"], me["user"]);
    let body = json!({ "current": "x", "new": "four unrelated words" });
    let refused = world.ask(Method::POST, "/v1/me/password", &as_ada, body).await.expect(409);
    assert_eq!(refused.json()["type"], "/problems/conflict");

    let out = world.ask(Method::DELETE, "/v1/session", &as_ada, Value::Null).await.expect(200);
    let expected = format!(
        "{}/end?a=b&client_id=whereabouts&post_logout_redirect_uri=https%3A%2F%2Fwhere.test%2F\
         &logout_uri=https%3A%2F%2Fwhere.test%2F",
        world.issuer.0.url
    );
    assert_eq!(out.json(), json!({ "go_on_at": expected }));
    assert_eq!(out.cookie("__Host-session").as_deref(), Some(""));
    world.get("/v1/me", &as_ada).await.expect(401);
}

#[tokio::test]
async fn a_sign_in_works_once_in_its_own_browser_and_in_time() {
    let world = World::new().await;
    let claims = world.id_claims("ada", &json!({}));
    let (cookie, url) = begin(&world, "").await;
    let query = world.issuer.authorize(&url, &claims);
    let lost = async |cookie: &str, query: &str| {
        let answer = back(&world, cookie, query).await.expect(303);
        assert_eq!(answer.cookie("__Host-session"), None);
        answer.header("location").to_owned()
    };
    let (other, _) = begin(&world, "").await;
    let state = query.split('&').find(|it| it.starts_with("state=")).expect("a state");
    assert_eq!(lost("", &query).await, "/?sign_in=expired", "without the cookie");
    assert_eq!(lost(&other, &query).await, "/?sign_in=expired", "another browser's");
    assert_eq!(lost(&format!("{cookie}x"), &query).await, "/?sign_in=expired", "forged");
    assert_eq!(lost(&cookie, &query.replace(state, "state=x")).await, "/?sign_in=expired");
    assert_eq!(lost(&cookie, &query.replace(state, "")).await, "/?sign_in=expired");
    assert_eq!(lost(&cookie, "").await, "/?sign_in=expired");
    assert_eq!(lost(&cookie, &format!("{query}&iss=https://evil.test")).await, "/?sign_in=expired");
    assert_eq!(lost(&cookie, "error=access_denied&state=x").await, "/?sign_in=denied");
    assert_eq!(world.issuer.0.redeemed.load(SeqCst), 0, "the issuer heard nothing of these");
    let answer = back(&world, &cookie, &query).await.expect(303);
    assert!(answer.cookie("__Host-session").is_some());
    assert_eq!(lost(&cookie, &query).await, "/?sign_in=expired", "a second time");
    assert_eq!(world.issuer.0.redeemed.load(SeqCst), 1);
    let (cookie, url) = begin(&world, "").await;
    let query = world.issuer.authorize(&url, &claims);
    world.pass(10 * MINUTE);
    assert_eq!(lost(&cookie, &query).await, "/?sign_in=expired", "too late");
}

#[tokio::test]
async fn what_the_issuer_answers_is_not_simply_believed() {
    let world = World::new().await;
    let refused = async |more: Value| sign_in(&world, &world.id_claims("ada", &more)).await;
    let failed = Err("/?sign_in=failed".to_owned());
    let now = world.now_s();
    for more in [
        json!({ "nonce": "of another sign-in" }),
        json!({ "aud": "billing" }),
        json!({ "aud": ["whereabouts", "billing"] }),
        json!({ "azp": "billing" }),
        json!({ "iss": "https://evil.test" }),
        json!({ "exp": now - 30 }),
        json!({ "iat": now + 60 }),
        json!({ "sub": null }),
        json!({ "token_use": "access" }),
    ] {
        assert_eq!(refused(more.clone()).await, failed, "{more}");
    }
    let several = json!({ "aud": ["whereabouts", "billing"], "azp": "whereabouts" });
    assert!(refused(several).await.is_ok());
    // A code that was never given, or that somebody else's browser was given.
    let (cookie, url) = begin(&world, "").await;
    let query = world.issuer.authorize(&url, &world.id_claims("ada", &json!({})));
    let state = query.split('&').find(|it| it.starts_with("state=")).expect("a state").to_owned();
    let answer = back(&world, &cookie, &format!("code=made-up&{state}")).await.expect(303);
    assert_eq!(answer.header("location"), "/?sign_in=failed");
    let (_, victims) = begin(&world, "").await;
    let stolen = world.issuer.authorize(&victims, &world.id_claims("victim", &json!({})));
    let stolen = stolen.split('&').next().expect("a code").to_owned();
    let (cookie, url) = begin(&world, "").await;
    let own = world.issuer.authorize(&url, &world.id_claims("eve", &json!({})));
    let state = own.split('&').find(|it| it.starts_with("state=")).expect("a state");
    let answer = back(&world, &cookie, &format!("{stolen}&{state}")).await.expect(303);
    assert_eq!(answer.header("location"), "/?sign_in=failed", "PKCE binds it to its browser");
}

#[tokio::test]
async fn the_way_back_is_within_the_site() {
    let world = World::new().await;
    for foreign in [
        "https://evil.test",
        "//evil.test",
        "/%5Cevil.test",
        "%2F%2Fevil.test",
        "/%0d%0aset-cookie:x=y",
        "/%09/evil.test",
        "javascript:alert(1)",
    ] {
        let path = format!("/v1/session/oidc?return_to={foreign}");
        let answer = world.get(&path, &[]).await.expect(400);
        assert_eq!(answer.json()["errors"][0]["pointer"], "?return_to", "{foreign}");
        assert_eq!(answer.cookie(COOKIE), None);
    }
    world.get("/v1/session/oidc?return_to=/a%3Fb=c%23d", &[]).await.expect(303);
}

#[tokio::test]
async fn an_address_counts_only_if_it_is_verified() {
    let world = World::with("email_domains = [\"example.com\"]").await;
    let claims = |more: Value| world.id_claims("ada", &more);
    let not = Err("/?sign_in=not_admitted".to_owned());
    for more in [
        json!({ "email_verified": false }),
        json!({ "email_verified": "false" }),
        json!({ "email_verified": null }),
        json!({ "email": null }),
        json!({ "email": "ada@example.com.evil.test" }),
        json!({ "email": "ada@EXAMPLE.org" }),
    ] {
        assert_eq!(sign_in(&world, &claims(more.clone())).await, not, "{more}");
    }
    assert!(sign_in(&world, &claims(json!({ "email_verified": "true" }))).await.is_ok());
    // What the ID token does not say is asked for, and must be of the same person.
    let no_email = claims(json!({ "email": null }));
    let say = |it: Value| *world.issuer.0.userinfo.lock().expect("unpoisoned") = it;
    let email = "ada@Example.COM";
    say(json!({ "sub": "eve", "email": email, "email_verified": true }));
    assert_eq!(sign_in(&world, &no_email).await, Err("/?sign_in=failed".to_owned()));
    say(json!({ "sub": "bob", "email": email, "email_verified": "true", "groups": ["clerks"] }));
    let bob = world.id_claims("bob", &json!({ "email": null }));
    let session = sign_in(&world, &bob).await.expect("signed in");
    let me = world.get("/v1/me", &[("cookie", &session)]).await.expect(200).json();
    assert_eq!(me["permissions"], json!(["track", "enter"]));
}

#[tokio::test]
async fn the_first_administrator_needs_nobody_else() {
    let world = World::with("first_admin_email = \"ada@example.com\"\npasswords = false").await;
    let ways = world.get("/v1/session", &[]).await.expect(200).json();
    assert_eq!(ways["passwords"], false);
    let body = json!({ "name": "ada", "password": "four unrelated words" });
    world.ask(Method::POST, "/v1/session", &[], body).await.expect(403);
    let unverified =
        world.id_claims("eve", &json!({ "email": "ada@example.com", "email_verified": false }));
    let session = sign_in(&world, &unverified).await.expect("signed in");
    let me = world.get("/v1/me", &[("cookie", &session)]).await.expect(200).json();
    assert_eq!(me["permissions"], json!(["track"]), "anybody can claim an address");
    let session = sign_in(&world, &world.id_claims("ada", &json!({}))).await.expect("signed in");
    let me = world.get("/v1/me", &[("cookie", &session)]).await.expect(200).json();
    assert_eq!(me["permissions"].as_array().map(Vec::len), Some(5));
    world.get("/v1/users", &[("cookie", &session)]).await.expect(200);
}

#[tokio::test]
async fn an_issuer_that_says_nothing_of_itself_can_be_described() {
    let issuer = crate::issuer::TestIssuer::start().await;
    let url = &issuer.0.url;
    let text = format!(
        "issuer = \"https://id.test\"\nclient_id = \"whereabouts\"\nclient_secret = \"p:s s%\"\n\
         public_url = \"https://where.test\"\njwks_url = \"{url}/keys\"\n\
         [endpoints]\nauthorization = \"{url}/authorize\"\ntoken = \"{url}/token\"\n"
    );
    let settings = Settings::parse(&text).and_then(|it| it.checked(Path::new("")));
    let world = World::on(issuer, settings.expect("good settings"));
    let claims = world.id_claims("ada", &json!({ "iss": "https://id.test" }));
    let session = sign_in(&world, &claims).await.expect("signed in");
    let headers = [("cookie", session.as_str()), ("sec-fetch-site", "same-origin")];
    world.ask(Method::DELETE, "/v1/session", &headers, Value::Null).await.expect(204);
    assert_eq!(world.issuer.asked(), (0, 1));
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours() {
    let world = World::new().await;
    let session = sign_in(&world, &world.id_claims("ada", &json!({}))).await.expect("signed in");
    for _ in 0..12 {
        world.get("/v1/me", &[("cookie", &session)]).await.expect(200);
        world.pass(HOUR);
    }
    world.get("/v1/me", &[("cookie", &session)]).await.expect(401);
}

#[tokio::test]
async fn an_issuer_that_does_not_answer_is_said_so() {
    let world = World::new().await;
    let (cookie, url) = begin(&world, "").await;
    let query = world.issuer.authorize(&url, &world.id_claims("ada", &json!({})));
    world.issuer.set_down(true);
    let answer = back(&world, &cookie, &query).await.expect(303);
    assert_eq!(answer.header("location"), "/?sign_in=unavailable");
    world.pass(HOUR);
    let cold = World::new().await;
    cold.issuer.set_down(true);
    let answer = cold.get("/v1/session/oidc", &[]).await.expect(303);
    assert_eq!(answer.header("location"), "/?sign_in=unavailable");
    cold.issuer.set_down(false);
    cold.pass(10 * SECOND);
    begin(&cold, "").await;
    let none = "secret in the form";
    *cold.issuer.0.says.lock().expect("unpoisoned") =
        json!({ "token_endpoint_auth_methods_supported": ["client_secret_post"] });
    cold.pass(HOUR);
    sign_in(&cold, &cold.id_claims("ada", &json!({}))).await.expect(none);
}
