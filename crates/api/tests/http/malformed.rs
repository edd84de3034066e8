//! Whatever is sent, the answer is a problem that says where it is wrong; never
//! a failure of ours, never a repetition of what was sent.

use axum::http::Method;
use serde_json::{Value, json};
use service::people::Permission::{Admin, Enter, Track};

use crate::world::{Answer, World};

/// What every refusal looks like.
fn check(case: &str, answer: &Answer) -> Value {
    assert!(answer.status.is_client_error(), "{case}: {}", answer.status);
    assert_eq!(answer.header("content-type"), "application/problem+json", "{case}");
    let problem = answer.json();
    let kind = problem["type"].as_str().expect("a type");
    assert!(kind.starts_with("/problems/"), "{case}: {kind}");
    assert_eq!(problem["status"], answer.status.as_u16(), "{case}");
    assert_eq!(problem["instance"], answer.header("x-request-id"), "{case}");
    assert!(problem["detail"].as_str().is_some_and(|it| !it.is_empty()), "{case}");
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    for error in &errors {
        assert!(error["detail"].as_str().is_some_and(|it| !it.is_empty()), "{case}");
        assert!(error["code"].as_str().is_some_and(|it| !it.is_empty()), "{case}");
        assert!(is_pointer(error["pointer"].as_str()), "{case}: {error}");
    }
    // Where nothing is, or nobody may say what is, there is no place to point at.
    let about_what_was_sent = !matches!(answer.status.as_u16(), 401 | 403 | 404);
    assert!(!about_what_was_sent || !errors.is_empty(), "{case}: nothing says where: {problem}");
    problem
}

/// A JSON pointer (RFC 6901), a parameter, a part of the address, a header, the method.
fn is_pointer(text: Option<&str>) -> bool {
    let Some(text) = text else { return false };
    // The whole body is the empty pointer; "/" would be a key without a name.
    let into_body = text.is_empty() || text.starts_with('/') && text != "/";
    into_body
        || text == "method"
        || ["?", "header:", "{"]
            .iter()
            .any(|it| text.strip_prefix(it).is_some_and(|it| !it.is_empty()))
}

/// The body, the status, and the pointers of its mistakes.
type Case = (&'static str, Value, &'static [&'static str]);

#[tokio::test]
async fn wrong_packages_are_refused_with_every_mistake() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let long = "x".repeat(501);
    let cases: Vec<Case> = vec![
        ("wrong type", json!({ "description": 7 }), &["/description"]),
        ("too long", json!({ "description": long }), &["/description"]),
        ("empty", json!({ "description": "" }), &["/description"]),
        ("control character", json!({ "description": "a\u{0}b" }), &["/description"]),
        ("line end in a line", json!({ "order": "a\nb" }), &["/order"]),
        ("unknown fields", json!({ "colour": "red", "id": "pkg_1" }), &["/colour", "/id"]),
        ("what only we say", json!({ "recorded_at": "2026-03-01T00:00:00Z" }), &["/recorded_at"]),
        ("year 0", json!({ "happened_at": "0000-01-01T00:00:00Z" }), &["/happened_at"]),
        ("year 9999", json!({ "happened_at": "9999-12-31T23:59:59Z" }), &["/happened_at"]),
        ("year 1969", json!({ "happened_at": "1970-01-01T00:00:00+01:00" }), &["/happened_at"]),
        ("no offset", json!({ "happened_at": "2026-03-01T00:00:00" }), &["/happened_at"]),
        ("a date", json!({ "happened_at": "2026-03-01" }), &["/happened_at"]),
        ("30 February", json!({ "happened_at": "2026-02-30T00:00:00Z" }), &["/happened_at"]),
        ("a number for a time", json!({ "happened_at": 1_772_355_600 }), &["/happened_at"]),
        (
            "an id of another kind",
            json!({ "client": "pkg_01ARZ3NDEKTSV4RRFFQ69G5FAV" }),
            &["/client"],
        ),
        ("no such place", json!({ "origin": "plc_01ARZ3NDEKTSV4RRFFQ69G5FAV" }), &["/origin"]),
        ("no such client", json!({ "client": "cli_01ARZ3NDEKTSV4RRFFQ69G5FAV" }), &["/client"]),
        ("a place as a number", json!({ "origin": 5 }), &["/origin"]),
        ("a place without words", json!({ "origin": {} }), &["/origin/search"]),
        ("unknown mode", json!({ "mode": "teleport" }), &["/mode"]),
        ("no pieces", json!({ "pieces": 0 }), &["/pieces"]),
        ("a part of a piece", json!({ "pieces": 1.5 }), &["/pieces"]),
        ("many pieces", json!({ "pieces": 99_999_999_999_999_u64 }), &["/pieces"]),
        ("negative weight", json!({ "weight_kg": -1 }), &["/weight_kg"]),
        ("huge weight", json!({ "weight_kg": 1e300 }), &["/weight_kg"]),
        (
            "unknown currency",
            json!({ "declared_value": { "amount": "1", "currency": "usd" } }),
            &["/declared_value/currency"],
        ),
        (
            "words for money",
            json!({ "declared_value": { "amount": "ten", "currency": "USD" } }),
            &["/declared_value/amount"],
        ),
        (
            "half a yen",
            json!({ "declared_value": { "amount": "0.5", "currency": "JPY" } }),
            &["/declared_value/amount"],
        ),
        (
            "too much money",
            json!({ "declared_value": { "amount": "99999999999999", "currency": "USD" } }),
            &["/declared_value/amount"],
        ),
        (
            "a float for money",
            json!({ "declared_value": { "amount": 1.5, "currency": "USD" } }),
            &["/declared_value/amount"],
        ),
        (
            "half the money",
            json!({ "declared_value": { "amount": "1" } }),
            &["/declared_value/currency"],
        ),
        (
            "promise ends first",
            json!({ "promised": { "first": "2026-03-02T00:00:00Z", "last": "2026-03-01T00:00:00Z" } }),
            &["/promised/last"],
        ),
        ("no such e-mail", json!({ "recipient": { "email": "nobody" } }), &["/recipient/email"]),
        (
            "scheme in capitals",
            json!({ "references": [{ "scheme": "PO", "value": "1" }] }),
            &["/references/0/scheme"],
        ),
        (
            "a number of dashes",
            json!({ "references": [{ "scheme": "po", "value": "--" }] }),
            &["/references/0/value"],
        ),
        (
            "an item without a name",
            json!({ "items": [{}, { "name": "a", "value": { "amount": "0.001", "currency": "USD" } }] }),
            &["/items/0/name"],
        ),
        (
            "an item worth a tenth of a cent",
            json!({ "items": [{ "name": "a", "value": { "amount": "0.001", "currency": "USD" } }] }),
            &["/items/0/value/amount"],
        ),
        (
            "a flat box",
            json!({ "dimensions_mm": { "length": 1, "width": 0, "height": 1 } }),
            &["/dimensions_mm/width"],
        ),
        ("a list in place of a box", json!({ "dimensions_mm": [1, 2, 3] }), &["/dimensions_mm"]),
        (
            "several",
            json!({ "pieces": "2", "mode": 1, "weight_kg": null, "carrier": "UPS" }),
            &["/carrier", "/mode", "/pieces"],
        ),
        ("text in place of a package", json!("lamp"), &[""]),
        ("nothing in place of a package", json!(null), &[""]),
    ];
    for (case, body, pointers) in cases {
        let answer = world.post(&clerk, "/v1/packages", &body).await;
        check(case, &answer);
        let mut found: Vec<String> = answer.faults().into_iter().map(|(it, _)| it).collect();
        found.sort();
        assert_eq!(found, pointers, "{case}: {}", String::from_utf8_lossy(&answer.body));
    }
}

#[tokio::test]
async fn wrong_events_are_refused_with_every_mistake() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let id = world.package(&clerk, &json!({})).await;
    let path = format!("/v1/packages/{id}/events");
    let at = "2026-03-01T08:00:00Z";
    let position = |lat: f64, lon: f64| json!({ "kind": "positioned", "happened_at": at, "measured": { "position": { "lat": lat, "lon": lon } } });
    let cases: Vec<Case> = vec![
        ("no kind", json!({ "happened_at": at }), &["/kind"]),
        ("unknown kind", json!({ "kind": "teleported", "happened_at": at }), &["/kind"]),
        ("a number for a kind", json!({ "kind": 7, "happened_at": at }), &["/kind"]),
        ("no time", json!({ "kind": "lost" }), &["/happened_at"]),
        (
            "a field of another kind",
            json!({ "kind": "lost", "happened_at": at, "place": "x" }),
            &["/place"],
        ),
        ("nowhere", json!({ "kind": "scanned", "happened_at": at }), &["/place"]),
        ("beyond the pole", position(90.1, 0.0), &["/measured/position/lat"]),
        ("beyond the world", position(0.0, -180.5), &["/measured/position/lon"]),
        ("both", position(1e9, 1e9), &["/measured/position/lat", "/measured/position/lon"]),
        (
            "too high",
            json!({ "kind": "positioned", "happened_at": at, "measured": { "position": { "lat": 0, "lon": 0, "height_m": 200_000 } } }),
            &["/measured/position/height_m"],
        ),
        (
            "a datum of nothing",
            json!({ "kind": "positioned", "happened_at": at, "measured": { "position": { "lat": 0, "lon": 0, "datum": "ellipsoid" } } }),
            &["/measured/position/datum"],
        ),
        (
            "all the way round",
            json!({ "kind": "positioned", "happened_at": at, "measured": { "position": { "lat": 0, "lon": 0 }, "course_deg": 360 } }),
            &["/measured/course_deg"],
        ),
        ("in nothing", json!({ "kind": "joined", "happened_at": at, "holder": {} }), &["/holder"]),
        (
            "in two things",
            json!({ "kind": "joined", "happened_at": at, "holder": { "container": "ctr_01ARZ3NDEKTSV4RRFFQ69G5FAV", "place": "plc_01ARZ3NDEKTSV4RRFFQ69G5FAV" } }),
            &["/holder"],
        ),
        (
            "in no such thing",
            json!({ "kind": "joined", "happened_at": at, "holder": { "container": "ctr_01ARZ3NDEKTSV4RRFFQ69G5FAV" } }),
            &["/holder/container"],
        ),
        ("a note of nothing", json!({ "kind": "note", "happened_at": at }), &["/text"]),
        (
            "a correction of a correction",
            json!({ "kind": "corrected", "happened_at": at, "target": "evt_01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "event": { "kind": "voided", "happened_at": at, "target": "evt_01ARZ3NDEKTSV4RRFFQ69G5FAV" } }),
            &["/event/kind"],
        ),
        (
            "a correction at two times",
            json!({ "kind": "corrected", "happened_at": at, "target": "evt_01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "event": { "kind": "lost", "happened_at": "2026-03-01T09:00:00Z" } }),
            &["/happened_at"],
        ),
        (
            "a void of nothing",
            json!({ "kind": "voided", "happened_at": at, "target": "evt_01ARZ3NDEKTSV4RRFFQ69G5FAV" }),
            &["/target"],
        ),
        (
            "the wrong record",
            json!({ "kind": "amended", "happened_at": at, "set": { "client": { "name": "A" } } }),
            &["/set"],
        ),
        ("no record", json!({ "kind": "amended", "happened_at": at, "set": {} }), &["/set"]),
        (
            "the second of two",
            json!([{ "kind": "lost", "happened_at": at }, { "kind": "lost" }]),
            &["/1/happened_at"],
        ),
    ];
    for (case, body, pointers) in cases {
        let answer = world.post(&clerk, &path, &body).await;
        check(case, &answer);
        let mut found: Vec<String> = answer.faults().into_iter().map(|(it, _)| it).collect();
        found.sort();
        assert_eq!(found, pointers, "{case}: {}", String::from_utf8_lossy(&answer.body));
    }
    let history = world.get(&clerk, &format!("/v1/packages/{id}/history")).await.json();
    assert_eq!(history["events"].as_array().map(Vec::len), Some(1), "nothing half-done is left");
}

#[tokio::test]
async fn a_container_cannot_be_delivered() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let truck =
        world.made(&clerk, "/v1/containers", &json!({ "kind": "truck", "name": "T" })).await;
    let path = format!("/v1/containers/{truck}/events");
    let body = json!([{ "kind": "delivered", "happened_at": "2026-03-01T08:00:00Z" }]);
    let answer = world.post(&clerk, &path, &body).await.expect(422);
    assert_eq!(answer.faults(), [("/0/kind".to_owned(), "wrong_subject".to_owned())]);
}

#[tokio::test]
async fn bytes_that_are_no_json_are_refused_with_the_byte() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let deep = "[".repeat(10_000);
    let deep_object = "{\"a\":".repeat(10_000);
    let deep_closed = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("cut off", b"{\"description\": \"La".to_vec(), "/description"),
        ("no comma", b"{\"order\": \"1\" \"pieces\": 2}".to_vec(), ""),
        ("trailing comma", b"{\"pieces\": 2,}".to_vec(), ""),
        ("two values", b"{} {}".to_vec(), ""),
        ("nothing", b"".to_vec(), ""),
        ("spaces", b" \n\t ".to_vec(), ""),
        ("broken UTF-8", b"{\"description\": \"\xff\xfe\"}".to_vec(), ""),
        ("half a surrogate", b"{\"description\": \"\\ud800\"}".to_vec(), "/description"),
        ("not a number", b"{\"weight_kg\": NaN}".to_vec(), "/weight_kg"),
        ("infinity", b"{\"weight_kg\": 1e999}".to_vec(), "/weight_kg"),
        (
            "a key twice",
            b"{\"pieces\": 1, \"items\": [{\"name\": \"a\", \"name\": \"b\"}]}".to_vec(),
            "/items/0/name",
        ),
        ("a key twice outside", b"{\"pieces\": 1, \"pieces\": 2}".to_vec(), "/pieces"),
        ("10,000 levels", deep.into_bytes(), "/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0"),
        ("10,000 levels, closed", deep_closed.into_bytes(), "/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0"),
        ("10,000 objects", deep_object.into_bytes(), "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a"),
    ];
    for (case, body, pointer) in cases {
        let answer = world
            .raw(Method::POST, &clerk, "/v1/packages", body, "application/json", &[])
            .await
            .expect(400);
        let problem = check(case, &answer);
        assert_eq!(problem["type"], "/problems/malformed", "{case}");
        assert_eq!(answer.faults()[0].0, pointer, "{case}: {problem}");
        if !["nothing", "spaces"].contains(&case) {
            assert!(
                problem["detail"].as_str().is_some_and(|it| it.contains("byte ")),
                "{case}: {problem}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_too_large_is_refused_early() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let id = world.package(&clerk, &json!({})).await;
    let ten_megabytes = json!({ "description": "x".repeat(10_000_000) });
    for path in ["/v1/packages", "/v1/clients", "/v1/events", &format!("/v1/packages/{id}/events")]
    {
        let answer = world.post(&clerk, path, &ten_megabytes).await;
        check(path, &answer);
        assert_eq!(answer.status.as_u16(), 413, "{path}");
    }
    // One package is no batch, however large a batch may be.
    let two_megabytes = json!({ "description": "x".repeat(2_000_000) });
    check("one", &world.post(&clerk, "/v1/packages", &two_megabytes).await.expect(413));
    // A length that is not announced is counted.
    let chunks = (0..20).map(|_| Ok::<_, std::io::Error>(vec![b' '; 100_000]));
    let body = axum::body::Body::from_stream(futures::stream::iter(chunks));
    let media = "application/json";
    let counted = world.raw(Method::POST, &clerk, "/v1/clients", body, media, &[]).await;
    check("counted", &counted.expect(413));
}

#[tokio::test]
async fn too_few_and_too_many_point_at_the_whole() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let id = world.package(&clerk, &json!({})).await;
    let note = json!({ "kind": "note", "happened_at": "2026-03-01T08:00:00Z", "text": "a" });
    let events = format!("/v1/packages/{id}/events");
    for (path, count) in
        [("/v1/packages", 0), ("/v1/packages", 1_001), (&*events, 0), (&*events, 41)]
    {
        let item = if path == events { note.clone() } else { json!({}) };
        let answer = world.post(&clerk, path, &json!(vec![item; count])).await.expect(422);
        check(&format!("{count} for {path}"), &answer);
        assert_eq!(answer.faults()[0].0, "", "{path}");
    }
}

#[tokio::test]
async fn what_is_announced_wrongly_is_refused() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let good = json!({ "name": "Acme" }).to_string();
    for media in
        ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data", "json", ""]
    {
        let answer = world.raw(Method::POST, &clerk, "/v1/clients", good.clone(), media, &[]).await;
        check(media, &answer);
        assert_eq!(answer.status.as_u16(), 415, "{media}");
        assert_eq!(answer.faults()[0].0, "header:Content-Type");
    }
    for media in ["application/json; charset=utf-8", "Application/JSON", "application/ld+json"] {
        world.raw(Method::POST, &clerk, "/v1/clients", good.clone(), media, &[]).await.expect(201);
    }
    let packed = [("content-encoding", "gzip")];
    let media = "application/json";
    let answer = world.raw(Method::POST, &clerk, "/v1/clients", good, media, &packed).await;
    check("compressed", &answer);
    assert_eq!(answer.expect(415).faults()[0].0, "header:Content-Encoding");
}

#[tokio::test]
async fn wrong_addresses_and_methods_are_problems() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let answer = world.get(&clerk, "/v1/parcels").await.expect(404);
    check("unknown path", &answer);
    let answer =
        world.json(Method::DELETE, &clerk, "/v1/packages", &json!({}), &[]).await.expect(405);
    check("wrong method", &answer);
    assert_eq!(answer.faults(), [("method".to_owned(), "method".to_owned())]);
    let mut allow: Vec<&str> = answer.header("allow").split(',').collect();
    allow.sort_unstable();
    assert_eq!(allow, ["GET", "HEAD", "POST"]);
    for path in [
        "/v1/places/nowhere",
        "/v1/containers/ctr_1",
        "/v1/packages/pkg_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "/v1/packages/%E2%82%AC",
    ] {
        let answer = world.get(&clerk, path).await.expect(404);
        check(path, &answer);
    }
    let answer = world.get(&clerk, "/v1/packages/%FF").await.expect(400);
    check("broken UTF-8 in the path", &answer);
}

#[tokio::test]
async fn wrong_parameters_are_named() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter, Admin]).await;
    let id = world.package(&clerk, &json!({})).await;
    let cases = [
        ("/v1/packages?limit=0", "?limit"),
        ("/v1/packages?limit=501", "?limit"),
        ("/v1/packages?limit=many", "?limit"),
        ("/v1/packages?limit=99999999999999999999", "?limit"),
        ("/v1/packages?status=vanished", "?status"),
        ("/v1/packages?mode=AIR", "?mode"),
        ("/v1/packages?client=acme", "?client"),
        ("/v1/packages?page=2", "?page"),
        ("/v1/packages?limit=1&limit=2", "?limit"),
        ("/v1/packages?q=%FF", "?q"),
        ("/v1/packages?cursor=!", "?cursor"),
        ("/v1/users?cursor=AAAA", "?cursor"),
    ];
    for (path, pointer) in cases {
        let answer = world.get(&clerk, path).await.expect(400);
        check(path, &answer);
        assert_eq!(answer.faults()[0].0, pointer, "{path}");
    }
    for (query, pointer) in
        [("at=yesterday", "?at"), ("at=0000-01-01T00:00:00Z", "?at"), ("from=1", "?from")]
    {
        let answer =
            world.get(&clerk, &format!("/v1/packages/{id}/whereabouts?{query}")).await.expect(400);
        check(query, &answer);
        assert_eq!(answer.faults()[0].0, pointer);
    }
    let path = format!("/v1/packages/{id}/track?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z");
    assert_eq!(world.get(&clerk, &path).await.expect(400).faults()[0].0, "?from");
}

#[tokio::test]
async fn a_refusal_never_repeats_a_secret() {
    let world = World::new();
    let nobody = crate::world::Asker::Nobody;
    let secret = "correct horse battery staple".repeat(50);
    for body in [
        json!({ "name": "ada", "password": secret }),
        json!({ "name": "ada", "password": [secret] }),
        json!({ "name": "ada", "pasword": secret }),
        json!({ "name": secret, "password": secret }),
        json!(secret),
    ] {
        let answer = world.post(&nobody, "/v1/session", &body).await;
        check("sign-in", &answer);
        assert!(!String::from_utf8_lossy(&answer.body).contains("horse"), "{body}");
    }
}
