//! Finding packages over HTTP: filters, pages, bad input, one's own packages and
//! orders.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};
use service::{
    outside::Clock,
    people::{
        AccessKind,
        Permission::{Admin, Audit, Enter, Track},
    },
};

use crate::{
    data::home,
    world::{Asker, World},
};

/// When it happened.
const AT: &str = "2026-03-01T08:00:00Z";

fn ids(answer: &Value) -> Vec<&str> {
    let all = answer["packages"].as_array().expect("packages");
    all.iter().map(|it| it["id"].as_str().expect("an id")).collect()
}

async fn found(world: &World, who: &Asker, query: &str) -> Value {
    world.get(who, &format!("/v1/packages?{query}")).await.expect(200).json()
}

#[tokio::test]
async fn everybody_follows_the_packages_they_pick() {
    let world = World::new();
    let (ada, ben) = (world.person(&[Enter]).await, world.person(&[Track]).await);
    let mut ids = Vec::new();
    for number in 1..=3 {
        let body =
            json!({"references": [{"scheme": "client_ref", "value": format!("R-{number}")}]});
        ids.push(world.package(&ada, &body).await);
    }
    let followed = async |who: &Asker, cursor: &str| {
        let page = world.get(who, &format!("/v1/me/watchlist?limit=2{cursor}")).await;
        let page = page.expect(200).json();
        let lines = page["packages"].as_array().expect("a list").iter();
        let ids: Vec<String> =
            lines.map(|it| it["id"].as_str().expect("an id").to_owned()).collect();
        (ids, page["next"].as_str().map(str::to_owned))
    };
    let watch = async |method: Method, who: &Asker, package: &str| {
        world.json(method, who, &format!("/v1/me/watchlist/{package}"), &json!(null), &[]).await
    };
    for id in &ids {
        watch(Method::PUT, &ben, id).await.expect(204);
        world.pass(Duration::from_secs(1));
    }
    // By its number, and again: it was picked before, and stays where it was.
    watch(Method::PUT, &ben, "R-1").await.expect(204);
    let (first, next) = followed(&ben, "").await;
    assert_eq!(first, [ids[2].clone(), ids[1].clone()], "the last picked first");
    let (rest, end) = followed(&ben, &format!("&cursor={}", next.expect("there is more"))).await;
    assert_eq!((rest, end), (vec![ids[0].clone()], None));
    assert_eq!(followed(&ada, "").await.0, [""; 0], "what others follow is theirs");
    watch(Method::DELETE, &ben, &ids[2]).await.expect(204);
    watch(Method::DELETE, &ben, &ids[2]).await.expect(204);
    assert_eq!(followed(&ben, "").await.0, [ids[1].clone(), ids[0].clone()]);
    watch(Method::PUT, &ben, "pkg_01ARZ3NDEKTSV4RRFFQ69G5FAV").await.expect(404);
    watch(Method::PUT, &Asker::Nobody, &ids[0]).await.expect(401);
}

#[tokio::test]
async fn packages_are_found_by_words_and_filters() {
    let world = World::new();
    let clerk = world.person(&[Enter]).await;
    let client = world.made(&clerk, "/v1/clients", &json!({ "name": "Aurora Clinics" })).await;
    let hub = crate::data::facility("Hub", 52.4, -1.5);
    let hub = world.made(&clerk, "/v1/places", &hub).await;
    let monitor = json!({
        "description": "27-inch monitor", "client": client, "carrier": "ups", "mode": "air",
        "destination": hub, "references": [{ "scheme": "carrier:ups", "value": "1Z 999 6784" }],
    });
    let monitor = world.package(&clerk, &monitor).await;
    let dock = json!({ "description": "dock for a monitor", "carrier": "dhl", "mode": "sea" });
    let dock = world.package(&clerk, &dock).await;
    world.settle().await;

    let only = |it: &str| vec![it.to_owned()];
    for (query, right) in [
        ("q=6784".to_owned(), only(&monitor)),
        ("q=aurora+27".to_owned(), only(&monitor)),
        ("q=monitor&carrier=DHL".to_owned(), only(&dock)),
        ("q=monitor&mode=air".to_owned(), only(&monitor)),
        (format!("q=monitor&place={hub}"), only(&monitor)),
        (format!("place={hub}"), only(&monitor)),
        (format!("client={client}"), only(&monitor)),
        (format!("q=dock&client={client}"), vec![]),
        ("q=monitor&status=delivered".to_owned(), vec![]),
        ("q=dhl".to_owned(), only(&dock)),
        ("q=moni&mode=sea".to_owned(), only(&dock)),
        ("q=monitor&from=2020-01-01T00:00:00Z&mode=sea".to_owned(), only(&dock)),
        ("q=monitor&to=2020-01-01T00:00:00Z".to_owned(), vec![]),
        ("to=2020-01-01T00:00:00Z".to_owned(), vec![]),
    ] {
        assert_eq!(ids(&found(&world, &clerk, &query).await), right, "{query}");
    }
    let line = &found(&world, &clerk, "q=aurora+6784").await["packages"][0];
    assert_eq!(line["found_in"], json!(["client", "reference"]));
    assert_eq!(line["destination"], json!(hub));
    assert!(found(&world, &clerk, "").await["packages"][0].get("found_in").is_none());
}

#[tokio::test]
async fn pages_hold_while_packages_are_registered() {
    let world = World::new();
    let clerk = world.person(&[Enter]).await;
    let mut all = Vec::new();
    for _ in 0..7 {
        all.push(world.package(&clerk, &json!({ "description": "monitor" })).await);
        world.pass(Duration::from_secs(1));
    }
    all.reverse();
    world.settle().await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = found(&world, &clerk, &format!("q=monitor&limit=2&cursor={cursor}")).await;
        seen.extend(ids(&page).into_iter().map(str::to_owned));
        world.package(&clerk, &json!({ "description": "monitor" })).await;
        world.settle().await;
        match page["next"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, all);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let world = World::new();
    let clerk = world.person(&[Enter]).await;
    let long = format!("q={}", "x".repeat(201));
    for query in [
        "status=flying",
        "mode=foot",
        "client=Acme",
        "place=Memphis",
        "from=yesterday",
        "from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z",
        "q=monitor&cursor=made-up",
        "limit=0",
        "limit=501",
        "q=%FF",
        "colour=blue",
        &long,
    ] {
        world.get(&clerk, &format!("/v1/packages?{query}")).await.expect(400);
    }
    for query in ["q=%00", "q=%2D%2D", "q=%F0%9F%93%A6", "q=%25", "q=a+b+c+d+e+f+g+h+i+j+k+l+m+n"] {
        world.get(&clerk, &format!("/v1/packages?{query}")).await.expect(200);
    }
    // A cursor of a list without text is none of a search.
    for _ in 0..2 {
        world.package(&clerk, &json!({ "description": "monitor" })).await;
    }
    world.settle().await;
    let page = found(&world, &clerk, "limit=1").await;
    let next = page["next"].as_str().expect("more");
    world.get(&clerk, &format!("/v1/packages?q=monitor&cursor={next}")).await.expect(400);
    world.get(&clerk, &format!("/v1/me/packages?cursor={next}")).await.expect(400);
    let nowhere = world.get(&clerk, "/v1/orders/PO-1").await.expect(404);
    assert_eq!(nowhere.json()["status"], json!(404));
    world.get(&clerk, &format!("/v1/orders/{}", "1".repeat(300))).await.expect(404);
    world.get(&clerk, "/v1/orders/%2D").await.expect(404);
}

/// A package for Ada, and Ada with an account.
async fn ada(world: &World, admin: &Asker, verified: bool) -> (Asker, String) {
    let body = json!({
        "name": "ada", "password": "seven lanterns over Dunmore", "permissions": ["track"],
        "email": "Ada@Example.com", "email_verified": verified,
    });
    let user = world.post(admin, "/v1/users", &body).await.expect(201).json();
    let signed = json!({ "name": "ada", "password": "seven lanterns over Dunmore" });
    let answer = world.post(&Asker::Nobody, "/v1/session", &signed).await.expect(201);
    let cookie = answer.header("set-cookie").to_owned();
    let session = cookie.split(['=', ';']).nth(1).expect("a cookie").to_owned();
    (Asker::Session(session), user["id"].as_str().expect("an id").to_owned())
}

#[tokio::test]
async fn who_gets_a_package_sees_it_among_their_own_and_where_they_live() {
    let world = World::new();
    let clerk = world.person(&[Enter]).await;
    let admin = world.person(&[Admin]).await;
    let others = world.person(&[Track]).await;
    let home = world.made(&clerk, "/v1/places", &home()).await;
    let package = json!({
        "description": "monitor", "destination": home,
        "recipient": { "name": "Ada Byron", "email": "ada@example.com" },
    });
    let package = world.package(&clerk, &package).await;
    world.package(&clerk, &json!({ "description": "not hers" })).await;
    let delivered = json!([{ "kind": "delivered", "happened_at": AT, "place": home }]);
    let path = format!("/v1/packages/{package}");
    world.post(&clerk, &format!("{path}/events"), &delivered).await.expect(201);
    world.settle().await;
    let (ada, id) = ada(&world, &admin, false).await;

    let mine = async || world.get(&ada, "/v1/me/packages").await.expect(200).json();
    assert!(ids(&mine().await).is_empty(), "nobody vouched for the address");
    let verified = json!({ "email_verified": true });
    let path_of = format!("/v1/users/{id}");
    let patched = world.json(Method::PATCH, &admin, &path_of, &verified, &[]).await.expect(200);
    assert_eq!(patched.json()["email_verified"], json!(true));
    assert_eq!(ids(&mine().await), [package.as_str()], "at once");
    assert_eq!(mine().await["packages"][0]["found_in"], json!(["recipient"]));

    let whereabouts = format!("{path}/whereabouts");
    let at = |answer: &Value| answer["lat"].as_f64().expect("a latitude");
    let hers = world.get(&ada, &whereabouts).await.expect(200).json();
    let theirs = world.get(&others, &whereabouts).await.expect(200).json();
    let clerks = world.get(&clerk, &whereabouts).await.expect(200).json();
    assert!((at(&hers) - at(&clerks)).abs() < 1e-6, "{hers}");
    assert!(0.001 < (at(&theirs) - at(&clerks)).abs(), "{theirs}");
    let record = world.get(&ada, &path).await.expect(200).json()["record"].clone();
    assert_eq!(record["recipient"]["name"], json!("Ada Byron"));
    let record = world.get(&others, &path).await.expect(200).json()["record"].clone();
    assert_eq!(record.get("recipient"), None);

    // Another address is not hers until somebody says so.
    let other = json!({ "email": "bob@example.com" });
    let patched = world.json(Method::PATCH, &admin, &path_of, &other, &[]).await.expect(200);
    assert_eq!(patched.json()["email_verified"], json!(false));
    assert!(ids(&mine().await).is_empty());
    let nothing = json!({ "email": "" });
    let patched = world.json(Method::PATCH, &admin, &path_of, &nothing, &[]).await.expect(200);
    assert_eq!(patched.json()["email"], Value::Null);
}

#[tokio::test]
async fn one_finds_the_packages_that_one_registered() {
    let world = World::new();
    let (ada, ben) = (world.person(&[Enter]).await, world.person(&[Enter]).await);
    let reader = world.person(&[Track]).await;
    let hers = ["monitor", "dock", "cable"];
    let mut all = Vec::new();
    for description in hers {
        all.push(world.package(&ada, &json!({ "description": description })).await);
        world.pass(Duration::from_secs(1));
    }
    all.reverse();
    let his = world.package(&ben, &json!({ "description": "keyboard" })).await;
    world.settle().await;

    let mine = async |who: &Asker, query: &str| {
        world.get(who, &format!("/v1/me/packages?{query}")).await.expect(200).json()
    };
    assert_eq!(ids(&mine(&ada, "by=from").await), all, "those we learned of last first");
    assert_eq!(ids(&mine(&ben, "by=from").await), [his.as_str()]);
    for query in ["by=from", "by=to", ""] {
        let page = mine(&reader, query).await;
        assert_eq!((ids(&page), &page["next"]), (vec![], &Value::Null), "{query}");
    }
    // What is addressed to them is another list.
    assert!(ids(&mine(&ada, "by=to").await).is_empty());
    assert!(ids(&mine(&ada, "").await).is_empty());
    let line = &mine(&ada, "by=from").await["packages"][0];
    assert_eq!(line["description"], json!("cable"));
    assert_eq!(line.get("found_in"), None);

    let page = mine(&ada, "by=from&limit=2").await;
    assert_eq!(ids(&page), all[..2]);
    let next = page["next"].as_str().expect("more");
    let rest = mine(&ada, &format!("by=from&limit=2&cursor={next}")).await;
    assert_eq!((ids(&rest), &rest["next"]), (vec![all[2].as_str()], &Value::Null));
    for path in ["/v1/me/packages?", "/v1/me/packages?by=to&", "/v1/packages?"] {
        world.get(&ada, &format!("{path}cursor={next}")).await.expect(400);
    }
    let list = found(&world, &ada, "limit=1").await;
    let next = list["next"].as_str().expect("more");
    world.get(&ada, &format!("/v1/me/packages?by=from&cursor={next}")).await.expect(400);
    for wrong in ["by=me", "by=From", "by=to&by=from", "by=from&q=monitor"] {
        let refused = world.get(&ada, &format!("/v1/me/packages?{wrong}")).await.expect(400);
        assert_eq!(refused.header("content-type"), "application/problem+json", "{wrong}");
    }
    world.get(&Asker::Nobody, "/v1/me/packages?by=from").await.expect(401);
}

#[tokio::test]
async fn what_is_addressed_to_oneself_goes_on_by_its_own_cursor() {
    let world = World::new();
    let (clerk, admin) = (world.person(&[Enter]).await, world.person(&[Admin]).await);
    for _ in 0..2 {
        let recipient = json!({ "name": "Ada Byron", "email": "ada@example.com" });
        world.package(&clerk, &json!({ "recipient": recipient })).await;
    }
    world.settle().await;
    let (ada, _) = ada(&world, &admin, true).await;
    let page = world.get(&ada, "/v1/me/packages?by=to&limit=1").await.expect(200).json();
    let next = page["next"].as_str().expect("more");
    for (by, status) in [("", 200), ("by=to&", 200), ("by=from&", 400)] {
        world.get(&ada, &format!("/v1/me/packages?{by}cursor={next}")).await.expect(status);
    }
}

#[tokio::test]
async fn recipients_are_found_only_by_those_who_see_them() {
    let world = World::new();
    let clerk = world.person(&[Enter]).await;
    let package = json!({
        "description": "monitor", "recipient": { "name": "Ada Byron", "email": "ada@example.com" },
    });
    world.package(&clerk, &package).await;
    world.settle().await;
    for (who, count) in [
        (clerk, 1),
        (world.person(&[Admin]).await, 1),
        (world.person(&[Track]).await, 0),
        (world.person(&[Audit]).await, 0),
    ] {
        for query in ["q=byron", "q=ada%40example.com", "q=byr", "q=monitor+ada"] {
            assert_eq!(ids(&found(&world, &who, query).await).len(), count, "{who:?} {query}");
        }
    }
}

#[tokio::test]
async fn lists_say_what_they_speak_of_is_called() {
    let world = World::new();
    let clerk = world.person(&[Enter]).await;
    let reader = world.person(&[Track]).await;
    let client = world.made(&clerk, "/v1/clients", &json!({ "name": "Aurora Clinics" })).await;
    let hub = crate::data::facility("Hub", 52.4, -1.5);
    let hub = world.made(&clerk, "/v1/places", &hub).await;
    let mut private = home();
    private["name"] = json!("Una's home, 3rd bell");
    let private = world.made(&clerk, "/v1/places", &private).await;
    let monitor = json!({
        "description": "monitor", "client": client, "origin": hub, "destination": private,
    });
    world.package(&clerk, &monitor).await;
    world.settle().await;

    for query in ["", "q=monitor"] {
        let names = found(&world, &clerk, query).await["names"].clone();
        assert_eq!(names[&client], "Aurora Clinics");
        assert_eq!(names[&hub], "Hub");
        assert_eq!(names[&private], "Una's home, 3rd bell");
        let names = found(&world, &reader, query).await["names"].clone();
        assert_eq!(names[&hub], "Hub");
        assert!(!names.to_string().contains("Una"), "{names}");
    }
}

#[tokio::test]
async fn an_order_says_what_shipping_cost_to_those_who_may_know() {
    let world = World::new();
    let clerk = world.person(&[Enter]).await;
    let reader = world.person(&[Track]).await;
    let cost = |kind: &str, line: &str, amount: &str, currency: &str| {
        json!({ "kind": kind, "happened_at": AT, "cost": {
            "cost": "freight", "source": "invoice", "line": line,
            "amount": { "amount": amount, "currency": currency },
        }})
    };
    let mut packages = Vec::new();
    for _ in 0..2 {
        packages.push(world.package(&clerk, &json!({ "order": "PO-7" })).await);
    }
    let path = |it: &str| format!("/v1/packages/{it}/events");
    let first = json!([
        cost("cost_added", "1", "40.00", "EUR"),
        cost("cost_credited", "2", "1.50", "EUR"),
        cost("cost_added", "3", "7.00", "USD"),
    ]);
    world.post(&clerk, &path(&packages[0]), &first).await.expect(201);
    let shared = json!({
        "kind": "cost_shared", "happened_at": AT, "cost": "freight", "with": packages[0],
    });
    let second = json!([cost("cost_added", "1", "2.25", "EUR"), shared]);
    world.post(&clerk, &path(&packages[1]), &second).await.expect(201);
    world.settle().await;

    let order = world.get(&clerk, "/v1/orders/PO-7").await.expect(200).json();
    let sums = json!([
        { "amount": "40.75", "currency": "EUR" }, { "amount": "7.00", "currency": "USD" },
    ]);
    assert_eq!(order["costs"], sums);
    let order = world.get(&reader, "/v1/orders/PO-7").await.expect(200).json();
    assert_eq!(order["costs"], json!(null));
}

#[tokio::test]
async fn an_order_is_answered_as_a_group() {
    let world = World::new();
    let clerk = world.person(&[Enter]).await;
    let hub = crate::data::facility("Hub", 52.4, -1.5);
    let hub = world.made(&clerk, "/v1/places", &hub).await;
    let flight = json!({ "kind": "aircraft", "name": "Flight WB 401" });
    let flight = world.made(&clerk, "/v1/containers", &flight).await;
    let pallet = json!({ "kind": "pallet", "name": "Pallet 12" });
    let pallet = world.made(&clerk, "/v1/containers", &pallet).await;
    let put = |holder: &str, member: &str| format!("/v1/containers/{holder}/members/{member}");
    let into = put(&flight, &pallet);
    world.json(Method::PUT, &clerk, &into, &json!({}), &[]).await.expect(200);
    for number in 0..12 {
        // Half say their order as a field, half as a number.
        let order = if number % 2 == 0 {
            json!({ "order": "PO-2026/7" })
        } else {
            json!({ "references": [{ "scheme": "po", "value": "PO 2026 7" }] })
        };
        let mut body = order;
        body["description"] = json!(format!("box {number}"));
        body["promised"] =
            json!({ "first": "2099-01-01T00:00:00Z", "last": "2099-01-03T00:00:00Z" });
        let id = world.package(&clerk, &body).await;
        let path = format!("/v1/packages/{id}/events");
        let event = match number {
            0..6 => json!([{ "kind": "delivered", "happened_at": AT }]),
            6 => json!([{ "kind": "problem", "happened_at": AT, "reason": "consignee_not_home" }]),
            7..10 => {
                let into = put(if number == 7 { &flight } else { &pallet }, &id);
                world.json(Method::PUT, &clerk, &into, &json!({}), &[]).await.expect(200);
                continue;
            }
            10 => json!([{ "kind": "departed", "happened_at": AT, "to": hub, "mode": "road" }]),
            _ => continue,
        };
        world.post(&clerk, &path, &event).await.expect(201);
    }
    // The same number under another scheme is no order.
    let other = json!({ "references": [{ "scheme": "carrier:ups", "value": "PO20267" }] });
    world.package(&clerk, &other).await;
    world.settle().await;

    let order = world.get(&clerk, "/v1/orders/po-2026%2F7").await.expect(200).json();
    assert_eq!((&order["packages"], &order["more"]), (&json!(12), &json!(false)));
    let counts: Vec<(&str, u64)> = order["statuses"]
        .as_array()
        .expect("counts")
        .iter()
        .map(|it| (it["status"].as_str().expect("a word"), it["packages"].as_u64().expect("one")))
        .collect();
    assert_eq!(counts.iter().map(|it| it.1).sum::<u64>(), 12);
    assert!(counts.contains(&("delivered", 6)) && counts.contains(&("problem", 1)), "{counts:?}");
    assert_eq!(order["groups"][0]["container"], json!(flight), "{order}");
    assert_eq!(order["groups"][0]["packages"], json!(3));
    assert_eq!(order["names"][&flight], json!("Flight WB 401"));
    assert_eq!(order["groups"][1]["to"], json!(hub));
    assert_eq!(order["problem_count"], json!(1));
    assert_eq!(order["problems"][0]["reason"], json!("consignee_not_home"));
    assert!(order["expected_first"].as_str() < order["expected_last"].as_str(), "{order}");
}

#[tokio::test]
async fn a_list_is_taken_out_whole_and_that_is_remembered() {
    let world = World::new();
    let (clerk, auditor) = (world.person(&[Enter]).await, world.person(&[Audit]).await);
    for number in 0..620 {
        let carrier = if number < 610 { "ups" } else { "dhl" };
        let body = json!({ "description": format!("=dock {number}"), "carrier": carrier });
        world.package(&clerk, &body).await;
    }
    world.settle().await;
    let table = world.get(&clerk, "/v1/exports").await.expect(200);
    assert!(table.header("content-type").starts_with("text/csv"));
    assert!(table.header("content-disposition").contains("packages.csv"));
    let table = String::from_utf8(table.body).expect("text");
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 621);
    assert!(lines[0].starts_with("id,status,") && lines[1].contains(",'=dock "), "{}", lines[1]);
    let some = world.get(&clerk, "/v1/exports?format=ndjson&carrier=DHL").await.expect(200);
    let some = String::from_utf8(some.body).expect("text");
    let line = |it: &str| serde_json::from_str::<Value>(it).expect("JSON")["carrier"].clone();
    assert_eq!(some.lines().map(line).collect::<Vec<_>>(), vec![json!("dhl"); 10]);
    for wrong in ["format=xlsx", "limit=3", "from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z"] {
        world.get(&clerk, &format!("/v1/exports?{wrong}")).await.expect(400);
    }
    let day = service::keys::day(world.clock.now());
    let all = world.service.people().access_on(day).await.expect("memory answers");
    let taken = all.iter().filter(|it| it.kind == AccessKind::Exported).count();
    assert_eq!(taken, 2, "what was refused was not taken");
    world.get(&auditor, "/v1/exports").await.expect(200);
}

#[tokio::test]
async fn containers_are_found_by_what_they_are_or_their_number() {
    let world = World::new();
    let clerk = world.person(&[Enter]).await;
    let truck = json!({ "kind": "truck", "name": "Truck 12" });
    let truck = world.made(&clerk, "/v1/containers", &truck).await;
    world.made(&clerk, "/v1/containers", &json!({ "kind": "pallet", "name": "Pallet 1" })).await;
    world.settle().await;
    let found = world.get(&clerk, "/v1/containers?q=tru").await.expect(200).json();
    assert_eq!(found["containers"], json!([{ "id": truck, "name": "Truck 12" }]));
    let numbered = world.get(&clerk, "/v1/containers?q=12").await.expect(200).json();
    assert_eq!(numbered, found);
    let all = world.get(&clerk, "/v1/containers?limit=1").await.expect(200).json();
    assert_eq!(all["containers"].as_array().map(Vec::len), Some(1));
    assert!(all["next"].is_string());
}

#[tokio::test]
async fn picked_packages_are_taken_out_as_a_list_is() {
    let world = World::new();
    let (clerk, reader) = (world.person(&[Enter]).await, world.person(&[Track]).await);
    let mut ids = Vec::new();
    for number in 0..3 {
        let body = json!({
            "description": format!("dock {number}"), "carrier": "ups",
            "references": [
                { "scheme": "tracking", "value": format!("DOCK-{number}") },
                { "scheme": "tracking", "value": "ALL-3" },
            ],
        });
        ids.push(world.package(&clerk, &body).await);
    }
    world.settle().await;
    let whole = world.get(&clerk, "/v1/exports").await.expect(200);
    let whole = String::from_utf8(whole.body).expect("text");
    // By id or number, one of them twice, in the order in which they are named.
    let picked = json!({ "packages": [ids[2], "dock-0", ids[2]] });
    let table = world.post(&reader, "/v1/exports", &picked).await.expect(200);
    assert!(table.header("content-type").starts_with("text/csv"));
    assert!(table.header("content-disposition").contains("packages.csv"));
    let table = String::from_utf8(table.body).expect("text");
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 3, "{table}");
    assert!(lines[1].starts_with(&ids[2]) && lines[2].starts_with(&ids[0]), "{table}");
    assert!(lines.iter().all(|it| whole.lines().any(|line| line == *it)), "{table}{whole}");
    let lines = world.post(&reader, "/v1/exports?format=ndjson", &picked).await.expect(200);
    assert_eq!(String::from_utf8(lines.body).expect("text").lines().count(), 2);

    let wrong = json!({ "packages": [ids[0], "NOBODY-1", "ALL-3"] });
    let wrong = world.post(&reader, "/v1/exports", &wrong).await.expect(422).faults();
    let fault = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    assert_eq!(wrong, [fault("/packages/1", "unknown"), fault("/packages/2", "ambiguous")]);
    let many = json!({ "packages": vec![&ids[0]; 1001] });
    let many = world.post(&reader, "/v1/exports", &many).await.expect(422).faults();
    assert_eq!(many[0].0, "/packages", "{many:?}");
    world.post(&reader, "/v1/exports", &json!({ "packages": [] })).await.expect(422);
    let day = service::keys::day(world.clock.now());
    let all = world.service.people().access_on(day).await.expect("memory answers");
    let taken = all.iter().filter(|it| it.kind == AccessKind::Exported).count();
    assert_eq!(taken, 3, "what was refused was not taken");
}

#[tokio::test]
async fn what_is_found_or_picked_is_told_where_it_is_as_groups() {
    let world = World::new();
    let clerk = world.person(&[Enter]).await;
    let reader = world.person(&[Track]).await;
    let hub = crate::data::facility("Hub", 52.4, -1.5);
    let hub = world.made(&clerk, "/v1/places", &hub).await;
    let house = world.made(&clerk, "/v1/places", &home()).await;
    let mut ids = Vec::new();
    for number in 0..5 {
        let body = json!({ "description": format!("dock {number}"), "carrier": "ups" });
        let id = world.package(&clerk, &body).await;
        let event = match number {
            0..3 => json!([{ "kind": "scanned", "happened_at": AT, "place": hub }]),
            3 => json!([{ "kind": "delivered", "happened_at": AT, "place": house }]),
            _ => json!([{ "kind": "note", "happened_at": AT, "text": "nobody knows where" }]),
        };
        world.post(&clerk, &format!("/v1/packages/{id}/events"), &event).await.expect(201);
        ids.push(id);
    }
    world.settle().await;
    let groups =
        async |who: &Asker, of: &str| world.get(who, &format!("/v1/packages/groups{of}")).await;

    let found = groups(&reader, "?q=dock&carrier=ups").await.expect(200).json();
    assert_eq!((&found["packages"], &found["more"]), (&json!(5), &json!(false)));
    assert_eq!(found["elsewhere"], json!(1));
    let first = &found["groups"][0];
    assert_eq!((&first["place"], &first["packages"]), (&json!(hub), &json!(3)));
    assert_eq!((&first["lat"], &first["lon"]), (&json!(52.4), &json!(-1.5)));
    assert_eq!(found["names"][&hub], json!("Hub"));
    // A home is its town, without a name, to those who may not know more.
    assert_eq!(
        (&found["groups"][1]["lat"], &found["groups"][1]["lon"]),
        (&json!(51.5), &json!(-0.12))
    );
    assert_eq!(found["names"][&house], json!("Private address"));
    let exact = groups(&clerk, "?status=delivered").await.expect(200).json();
    assert_eq!(exact["packages"], json!(1));
    assert_eq!(exact["groups"][0]["lat"], json!(51.512_345_6));
    let count = world.get(&reader, "/v1/packages/count?q=dock").await.expect(200).json();
    assert_eq!(count, json!({ "packages": 5, "more": false }));

    let picked = json!({ "packages": [ids[0], ids[3]] });
    let two = world.post(&reader, "/v1/packages/groups", &picked).await.expect(200).json();
    assert_eq!((&two["packages"], two["groups"].as_array().map(Vec::len)), (&json!(2), Some(2)));
    let wrong = json!({ "packages": ["nobody"] });
    world.post(&reader, "/v1/packages/groups", &wrong).await.expect(422);
    groups(&clerk, "?limit=3").await.expect(400);
    groups(&Asker::Nobody, "").await.expect(401);
}
