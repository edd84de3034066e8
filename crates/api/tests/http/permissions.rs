//! Who may use which route: every route of the document against everybody.

use axum::{body::Body, http::Method};
use serde_json::Value;
use service::people::Permission::{self, Admin, Audit, Enter, Manage, Track};

use crate::world::{Asker, World, request};

/// Who gets in. What a route then answers is other tests' matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    ToEverybody,
    ToSignedIn,
    InPerson,
    To(&'static [Permission]),
}

use Open::{InPerson, To, ToEverybody, ToSignedIn};

const READ: Open = To(&[Track, Enter, Manage, Audit, Admin]);
const ENTER: Open = To(&[Enter]);

/// What is expected of every route there is. A route that is missing here fails.
const EXPECTED: &[(&str, &str, Open)] = &[
    ("GET", "/", ToEverybody),
    ("GET", "/assets/{name}", ToEverybody),
    ("GET", "/basemap.pmtiles", ToEverybody),
    ("GET", "/healthz", ToEverybody),
    ("GET", "/login/{link}", ToEverybody),
    ("GET", "/v1/openapi.json", ToEverybody),
    ("GET", "/v1/session", ToEverybody),
    ("GET", "/v1/session/oidc", ToEverybody),
    ("GET", "/v1/session/oidc/callback", ToEverybody),
    ("POST", "/v1/session", ToEverybody),
    ("POST", "/v1/setup", ToEverybody),
    ("DELETE", "/v1/session", InPerson),
    ("GET", "/v1/me", ToSignedIn),
    ("GET", "/v1/me/packages", ToSignedIn),
    ("GET", "/v1/me/watchlist", ToSignedIn),
    ("PUT", "/v1/me/watchlist/{package}", READ),
    ("DELETE", "/v1/me/watchlist/{package}", READ),
    ("POST", "/v1/me/password", InPerson),
    ("GET", "/v1/me/sessions", InPerson),
    ("DELETE", "/v1/me/sessions", InPerson),
    ("DELETE", "/v1/me/sessions/{session}", InPerson),
    ("GET", "/v1/me/tokens", InPerson),
    ("POST", "/v1/me/tokens", InPerson),
    ("DELETE", "/v1/me/tokens/{token}", InPerson),
    ("GET", "/v1/packages", READ),
    ("GET", "/v1/packages/count", READ),
    ("GET", "/v1/packages/groups", READ),
    ("POST", "/v1/packages/groups", READ),
    ("GET", "/v1/exports", READ),
    ("POST", "/v1/exports", READ),
    ("GET", "/v1/orders/{order}", READ),
    ("GET", "/v1/packages/{package}", READ),
    ("GET", "/v1/packages/{package}/history", READ),
    ("GET", "/v1/packages/{package}/whereabouts", READ),
    ("GET", "/v1/packages/{package}/track", READ),
    ("GET", "/v1/map/{z}/{x}/{y}", READ),
    ("GET", "/v1/map/activity", READ),
    ("POST", "/v1/packages", ENTER),
    ("PATCH", "/v1/packages/{package}", ENTER),
    ("POST", "/v1/packages/{package}/events", ENTER),
    ("POST", "/v1/events", ENTER),
    ("GET", "/v1/containers", READ),
    ("POST", "/v1/containers", ENTER),
    ("GET", "/v1/containers/{container}", READ),
    ("PATCH", "/v1/containers/{container}", ENTER),
    ("POST", "/v1/containers/{container}/events", ENTER),
    ("POST", "/v1/imports", ENTER),
    ("GET", "/v1/imports/template.csv", ENTER),
    ("GET", "/v1/imports/{import}", ENTER),
    ("GET", "/v1/containers/{container}/history", READ),
    ("GET", "/v1/containers/{container}/whereabouts", READ),
    ("GET", "/v1/containers/{container}/track", READ),
    ("PUT", "/v1/containers/{container}/members/{member}", ENTER),
    ("DELETE", "/v1/containers/{container}/members/{member}", ENTER),
    ("POST", "/v1/packages/{package}/photos", ENTER),
    ("GET", "/v1/packages/{package}/photos", READ),
    ("GET", "/v1/packages/{package}/photos/{photo}", READ),
    ("GET", "/v1/packages/{package}/photos/{photo}/thumbnail", READ),
    ("POST", "/v1/containers/{container}/photos", ENTER),
    ("GET", "/v1/containers/{container}/photos", READ),
    ("GET", "/v1/containers/{container}/photos/{photo}", READ),
    ("GET", "/v1/containers/{container}/photos/{photo}/thumbnail", READ),
    ("GET", "/v1/places", READ),
    ("POST", "/v1/places", ENTER),
    ("GET", "/v1/places/{place}", READ),
    ("PATCH", "/v1/places/{place}", ENTER),
    ("GET", "/v1/places/{place}/contents", READ),
    ("POST", "/v1/places/{place}/merge", To(&[Admin])),
    ("GET", "/v1/clients", READ),
    ("POST", "/v1/clients", ENTER),
    ("POST", "/v1/trackers", ENTER),
    ("GET", "/v1/trackers", READ),
    ("GET", "/v1/trackers/{tracker}", READ),
    ("POST", "/v1/trackers/{tracker}/key", ENTER),
    ("DELETE", "/v1/trackers/{tracker}/key", ENTER),
    ("POST", "/v1/fixes", ENTER),
    ("GET", "/v1/attention", READ),
    ("GET", "/v1/attention/counts", READ),
    ("GET", "/v1/live", READ),
    ("POST", "/v1/live/ticket", READ),
    ("POST", "/v1/photos/uploads", ENTER),
    ("GET", "/v1/log/checkpoint", To(&[Audit])),
    ("GET", "/v1/log/vkey", To(&[Audit])),
    ("GET", "/v1/log/tile/{level}/{first}", To(&[Audit])),
    ("GET", "/v1/log/tile/{level}/{first}/{second}", To(&[Audit])),
    ("GET", "/v1/log/tile/{level}/{first}/{second}/{third}", To(&[Audit])),
    ("GET", "/v1/log/tile/{level}/{first}/{second}/{third}/{last}", To(&[Audit])),
    ("GET", "/v1/log/proofs/{index}", To(&[Audit])),
    ("GET", "/v1/audit", To(&[Audit])),
    ("GET", "/v1/audit/packages/{package}", To(&[Audit])),
    ("GET", "/v1/audit/packages/{package}/evidence.zip", To(&[Audit])),
    ("GET", "/v1/users", To(&[Admin])),
    ("POST", "/v1/users", To(&[Admin])),
    ("GET", "/v1/users/{user}", To(&[Admin])),
    ("PATCH", "/v1/users/{user}", To(&[Admin])),
    ("POST", "/v1/erasures", To(&[Admin])),
    ("GET", "/v1/system", To(&[Audit, Admin])),
    ("GET", "/metrics", To(&[Audit, Admin])),
];

/// Every route of the document, as method and path.
fn documented() -> Vec<(String, String)> {
    let document = api::document();
    let paths = document["paths"].as_object().expect("paths");
    let operations = |(path, operations): (&String, &Value)| {
        let operations = operations.as_object().expect("operations").clone();
        let path = path.clone();
        operations.into_iter().map(move |(method, _)| (method.to_uppercase(), path.clone()))
    };
    paths.iter().flat_map(operations).collect()
}

#[test]
fn every_route_has_its_expectation() {
    let mut documented = documented();
    let mut expected: Vec<(String, String)> = EXPECTED
        .iter()
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    documented.sort();
    expected.sort();
    assert_eq!(documented, expected);
}

#[tokio::test]
async fn every_route_lets_in_those_it_is_for_and_nobody_else() {
    let world = World::new();
    let everybody: Vec<(Option<&[Permission]>, Asker)> = vec![
        (None, Asker::Nobody),
        (None, Asker::Token("wab_made_up".to_owned())),
        (None, Asker::Session("made up".to_owned())),
        (Some(&[]), world.person(&[]).await),
        (Some(&[Track]), world.person(&[Track]).await),
        (Some(&[Enter]), world.person(&[Enter]).await),
        (Some(&[Manage]), world.person(&[Manage]).await),
        (Some(&[Audit]), world.person(&[Audit]).await),
        (Some(&[Admin]), world.person(&[Admin]).await),
        (Some(&[Track]), world.program(&[Track]).await),
        (Some(&[Enter]), world.program(&[Enter]).await),
    ];
    let mut asked = 0;
    for (method, path, open) in EXPECTED {
        // Signing out would end the session that the next route needs.
        if *path == "/v1/session" && *method == "DELETE" {
            continue;
        }
        for (permissions, who) in &everybody {
            let expected = match (open, permissions) {
                (ToEverybody, _) | (ToSignedIn, Some(_)) => None,
                (_, None) => Some(401),
                (InPerson, Some(_)) if matches!(who, Asker::Token(_)) => Some(403),
                (InPerson, Some(_)) => None,
                (To(needed), Some(has)) if needed.iter().any(|it| has.contains(it)) => None,
                (To(_), Some(_)) => Some(403),
            };
            let status = status(&world, method, path, who).await;
            match expected {
                Some(refused) => assert_eq!(status, refused, "{method} {path} as {who:?}"),
                None => assert!(status != 403, "{method} {path} as {who:?}: {status}"),
            }
            if expected.is_none() && *open != ToEverybody {
                assert_ne!(status, 401, "{method} {path} as {who:?}");
            }
            assert!(status < 500, "{method} {path} as {who:?}: {status}");
            asked += 1;
        }
    }
    assert_eq!(asked, (EXPECTED.len() - 1) * everybody.len());
}

async fn status(world: &World, method: &str, path: &str, who: &Asker) -> u16 {
    let path = path.replace("{name}", "app.css").replace(['{', '}'], "");
    let method: Method = method.parse().expect("a method");
    let request = request(method, &path, who, &[]).header("content-type", "application/json");
    world.send(request.body(Body::from("{\"?\":1}")).expect("a request")).await.status.as_u16()
}

#[tokio::test]
async fn a_person_who_is_disabled_is_out_at_once() {
    let world = World::new();
    let admin = world.person(&[Admin]).await;
    let clerk = world.person(&[Track]).await;
    let me = world.get(&clerk, "/v1/me").await.expect(200).json();
    let path = format!("/v1/users/{}", me["user"].as_str().expect("an account"));
    let change = serde_json::json!({ "disabled": true });
    world.json(Method::PATCH, &admin, &path, &change, &[]).await.expect(200);
    world.get(&clerk, "/v1/me").await.expect(401);
    // Nobody can lock everybody out.
    let me = world.get(&admin, "/v1/me").await.expect(200).json();
    let path = format!("/v1/users/{}", me["user"].as_str().expect("an account"));
    world.json(Method::PATCH, &admin, &path, &change, &[]).await.expect(409);
}

#[tokio::test]
async fn pages_of_other_sites_change_nothing() {
    let world = World::new();
    let clerk = world.person(&[Enter]).await;
    let Asker::Session(session) = &clerk else { panic!("a person has a session") };
    let cookie = format!("__Host-session={session}");
    let send = async |headers: &[(&str, &str)]| {
        let mut all = vec![("cookie", cookie.as_str())];
        all.extend_from_slice(headers);
        world
            .json(
                Method::POST,
                &Asker::Nobody,
                "/v1/clients",
                &serde_json::json!({ "name": "A" }),
                &all,
            )
            .await
    };
    send(&[("sec-fetch-site", "same-origin")]).await.expect(201);
    send(&[("sec-fetch-site", "none")]).await.expect(201);
    send(&[("origin", "https://where.test")]).await.expect(201);
    for foreign in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.test")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site"), ("origin", "https://where.test")],
        &[],
    ] {
        let answer = send(foreign).await.expect(403);
        assert_eq!(answer.json()["type"], "/problems/cross-site", "{foreign:?}");
    }
    // Reading is no change; signing in from another site's page is one.
    let headers = [("cookie", cookie.as_str()), ("sec-fetch-site", "cross-site")];
    let body = serde_json::json!({ "name": "a", "password": "b" });
    let get = Method::GET;
    world.json(get, &Asker::Nobody, "/v1/me", &body, &headers).await.expect(200);
    let post = Method::POST;
    world.json(post, &Asker::Nobody, "/v1/session", &body, &headers[1..]).await.expect(403);
}
