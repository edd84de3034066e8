//! The live feed as a browser reads it: server-sent events over one answer.

use std::{sync::Arc, time::Duration};

use api::front::{Front, NewsHost, Passed, Passes};
use axum::{
    body::{Body, BodyDataStream},
    http::{HeaderMap, HeaderValue, Method, Request, header::SET_COOKIE},
};
use domain::time::Timestamp;
use futures::StreamExt;
use serde_json::{Value, json};
use service::{
    live::{Follower, STREAMS_EACH_MAX, ticket::Ticket},
    people::Permission::{Admin, Audit, Enter, Track},
};
use tower::ServiceExt;

use crate::{
    data::home,
    world::{Asker, World, request},
};

/// An open stream.
pub struct Stream {
    pub headers: HeaderMap,
    body: BodyDataStream,
}

/// One event: its id, its name and its data.
pub type Event = (String, String, Value);

impl Stream {
    pub async fn open(world: &World, who: &Asker, path: &str, headers: &[(&str, &str)]) -> Self {
        let asked =
            request(Method::GET, path, who, headers).body(Body::empty()).expect("a request");
        let answer = world.router.clone().oneshot(asked).await.expect("it always answers");
        assert_eq!(answer.status(), 200, "{path}");
        let (parts, body) = answer.into_parts();
        Self { headers: parts.headers, body: body.into_data_stream() }
    }

    /// The next piece as it comes; `None` at the end.
    pub async fn piece(&mut self) -> Option<String> {
        let piece = self.body.next().await?.expect("a body in memory");
        Some(String::from_utf8(piece.to_vec()).expect("text"))
    }

    pub async fn event(&mut self) -> Event {
        let piece = self.piece().await.expect("an event");
        let field = |name: &str| {
            piece.lines().find_map(|it| it.strip_prefix(name)).unwrap_or_default().to_owned()
        };
        assert!(piece.ends_with("\n\n"), "{piece:?}");
        let data = serde_json::from_str(&field("data: ")).expect("JSON");
        (field("id: "), field("event: "), data)
    }
}

/// Lets everything that was recorded be told.
pub async fn tell(followers: &mut [Follower]) {
    loop {
        let mut seen = 0;
        for follower in followers.iter_mut() {
            seen += follower.follow_once().await.expect("memory answers");
        }
        if seen == 0 {
            return;
        }
    }
}

async fn send_fix(world: &World, clerk: &Asker, tracker: &str, minute: i64, lat: f64) {
    let fix = json!({
        "tracker": tracker, "at": format!("2026-03-01T08:{minute:02}:00Z"), "radius_95_m": 8,
        "speed_m_s": 20, "course_deg": 90,
        "position": { "lat": lat, "lon": -0.098_765_4, "height_m": 400, "datum": "ellipsoid" },
    });
    world.post(clerk, "/v1/fixes", &json!({ "fixes": [fix] })).await.expect(201);
}

#[tokio::test]
async fn a_package_is_watched_and_a_stream_goes_on_where_it_broke_off() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let mut followers = world.service.live_followers().await.expect("memory answers");
    let truck = json!({ "kind": "truck", "name": "T7" });
    let truck = world.made(&clerk, "/v1/containers", &truck).await;
    let tag = world.made(&clerk, "/v1/trackers", &json!({ "name": "Tag" })).await;
    let package = world.package(&clerk, &json!({ "description": "Lamp" })).await;
    let on = json!({ "kind": "tracker_attached", "happened_at": "2026-03-01T07:00:00Z", "tracker": tag });
    world.post(&clerk, &format!("/v1/containers/{truck}/events"), &on).await.expect(201);
    tell(&mut followers).await;
    let path = format!("/v1/live?package={package}");
    // What cannot wait is not packed, whatever the browser can unpack.
    let mut stream = Stream::open(&world, &clerk, &path, &[("accept-encoding", "gzip")]).await;
    assert_eq!(stream.headers["content-type"], "text/event-stream");
    assert_eq!(stream.headers["cache-control"], "private, no-store");
    assert!(!stream.headers.contains_key("content-encoding"));
    let (id, name, data) = stream.event().await;
    assert_eq!(name, "ready");
    assert_eq!(
        data["carried"],
        json!([{ "subject": package, "chain": [package], "trackers": [] }])
    );

    let member = format!("/v1/containers/{truck}/members/{package}");
    world.json(Method::PUT, &clerk, &member, &json!(null), &[]).await.expect(200);
    tell(&mut followers).await;
    send_fix(&world, &clerk, &tag, 1, 51.0).await;
    tell(&mut followers).await;
    let (_, name, changed) = stream.event().await;
    assert_eq!((name.as_str(), &changed["holder"]["container"]), ("changed", &json!(truck)));
    let (_, name, carried) = stream.event().await;
    assert_eq!((name.as_str(), &carried["chain"]), ("carried", &json!([package, truck])));
    let (last, name, fix) = stream.event().await;
    assert_eq!((name.as_str(), &fix["on"], &fix["coarse"]), ("fix", &json!(truck), &json!(false)));
    assert_eq!(fix["measured"]["position"]["height_m"], 400.0);
    assert_eq!(fix["measured"]["speed_m_s"], 20.0);
    drop(stream);

    send_fix(&world, &clerk, &tag, 2, 51.01).await;
    tell(&mut followers).await;
    let mut back = Stream::open(&world, &clerk, &path, &[("last-event-id", &last)]).await;
    assert_eq!(back.event().await.2["at"], "2026-03-01T08:02:00.000Z");
    let mut all = Stream::open(&world, &clerk, &path, &[("last-event-id", &id)]).await;
    for name in ["changed", "carried", "fix", "fix"] {
        assert_eq!(all.event().await.1, name);
    }
    let mut other = Stream::open(&world, &clerk, &path, &[("last-event-id", "other-3")]).await;
    assert_eq!(other.event().await.1, "reset");
    world.service.live().close();
    assert_eq!(back.piece().await, None, "a server that stops waits for no stream");
    world.get(&clerk, &path).await.expect(503);
}

#[tokio::test]
async fn wrong_wishes_are_refused_with_what_is_wrong() {
    let world = World::new();
    let clerk = world.person(&[Track]).await;
    let unknown = "pkg_01ARZ3NDEKTSV4RRFFQ69G5FA";
    let many = "package=x&".repeat(65);
    for (query, pointer) in [
        ("", "?"),
        ("package=", "?"),
        ("package=1Z1", "?package/0"),
        (&format!("tile=1/0/0&package={unknown}"), "?package/0"),
        ("tile=1/0/0&tile=1/2/0", "?tile/1"),
        ("tile=1/0/0&tile=+1/0/0", "?tile/1"),
        ("tile=23/0/0", "?tile/0"),
        ("colour=red", "?colour"),
        (&many, "?package"),
    ] {
        let answer = world.get(&clerk, &format!("/v1/live?{query}")).await.expect(400);
        assert!(answer.faults()[0].0.starts_with(pointer), "{query}: {:?}", answer.faults());
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_beats_and_ends_when_its_reader_may_no_longer_read() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let admin = world.person(&[Admin]).await;
    let mut followers = world.service.live_followers().await.expect("memory answers");
    let path = format!("/v1/live?package={}", world.package(&clerk, &json!({})).await);
    let mut stays = Stream::open(&world, &clerk, &path, &[]).await;
    stays.event().await;
    assert_eq!(stays.piece().await.as_deref(), Some(":\n\n"), "it says that it lives");

    let reader = world.person(&[Audit]).await;
    let mut signs_out = Stream::open(&world, &reader, &path, &[]).await;
    signs_out.event().await;
    world.json(Method::DELETE, &reader, "/v1/session", &json!(null), &[]).await.expect(204);
    tell(&mut followers).await;
    assert_eq!(signs_out.piece().await, None, "it ends with the next beat");

    let reader = world.program(&[Track]).await;
    let me = world.get(&reader, "/v1/me").await.json();
    let mut loses = Stream::open(&world, &reader, &path, &[]).await;
    loses.event().await;
    assert!(loses.piece().await.is_some());
    let user = format!("/v1/users/{}", me["user"].as_str().expect("an id"));
    let none = json!({ "permissions": [] });
    world.json(Method::PATCH, &admin, &user, &none, &[]).await.expect(200);
    tell(&mut followers).await;
    assert_eq!(loses.piece().await, None);
    // A beat of everybody else reads nothing.
    world.pass(Duration::from_secs(3600));
    assert!(stays.piece().await.is_some());
}

#[tokio::test]
async fn one_person_has_so_many_streams_and_a_closed_one_makes_room() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let path = format!("/v1/live?package={}", world.package(&clerk, &json!({})).await);
    let mut open = Vec::new();
    for _ in 0..STREAMS_EACH_MAX {
        open.push(Stream::open(&world, &clerk, &path, &[]).await);
    }
    let answer = world.get(&clerk, &path).await.expect(429);
    assert_eq!(answer.header("retry-after"), "15");
    open.pop();
    Stream::open(&world, &clerk, &path, &[]).await;
    let other = world.person(&[Track]).await;
    Stream::open(&world, &other, &path, &[]).await;
}

#[tokio::test]
async fn near_a_home_only_those_who_may_know_it_see_where() {
    let world = World::with(Arc::new(table::Memory::new()), api::Settings::default());
    let clerk = world.person(&[Track, Enter]).await;
    let mut followers = world.service.live_followers().await.expect("memory answers");
    let home = world.made(&clerk, "/v1/places", &home()).await;
    let package = world.package(&clerk, &json!({ "destination": home })).await;
    let tag = world.made(&clerk, "/v1/trackers", &json!({ "name": "Tag" })).await;
    let ada = json!({ "name": "Ada", "person": true });
    let ada = world.made(&clerk, "/v1/trackers", &ada).await;
    let on = json!({ "kind": "tracker_attached", "happened_at": "2026-03-01T07:00:00Z", "tracker": tag });
    world.post(&clerk, &format!("/v1/packages/{package}/events"), &on).await.expect(201);
    let path = format!("/v1/live?package={package}&tracker={ada}");
    let viewer = world.person(&[Track, Audit]).await;
    let mut exact = Stream::open(&world, &clerk, &path, &[]).await;
    let mut public = Stream::open(&world, &viewer, &path, &[]).await;
    tell(&mut followers).await;
    for (tracker, minute) in [(&ada, 1), (&tag, 2)] {
        send_fix(&world, &clerk, tracker, minute, 51.512_345_6).await;
        tell(&mut followers).await;
    }
    let name = |it: &Event| it.1.clone();
    for stream in [&mut exact, &mut public] {
        while name(&stream.event().await) != "ready" {}
    }
    let fixes = |event: Event| (event.1 == "fix").then_some(event.2);
    let mut seen = Vec::new();
    while seen.len() < 2 {
        seen.extend(fixes(exact.event().await));
    }
    assert_eq!(seen[0]["tracker"], json!(ada));
    assert_eq!(seen[1]["measured"]["position"]["lat"], 51.512_345_6);
    let mut coarse = Vec::new();
    while coarse.len() < 2 {
        coarse.extend(fixes(public.event().await));
    }
    // A person is in a region, wherever homes are.
    let (region, town) = (&coarse[0], &coarse[1]);
    assert_eq!((&region["tracker"], &region["coarse"]), (&json!(ada), &json!(true)));
    assert_eq!(region["measured"]["position"]["lat"], 51.55);
    let measured = json!({ "position": { "lat": 51.5, "lon": -0.12 }, "radius_95_m": 12_000.0 });
    assert_eq!((&town["tracker"], &town["measured"]), (&json!(tag), &measured));
    assert_eq!(town["coarse"], json!(true));
}

#[tokio::test]
async fn a_channel_carries_what_a_stream_does_and_each_names_the_one_before() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let mut followers = world.service.live_followers().await.expect("memory answers");
    let truck =
        world.made(&clerk, "/v1/containers", &json!({ "kind": "truck", "name": "T7" })).await;
    let tag = world.made(&clerk, "/v1/trackers", &json!({ "name": "Tag" })).await;
    let package = world.package(&clerk, &json!({ "description": "Lamp" })).await;
    tell(&mut followers).await;
    let path = format!("/v1/live?package={package}&tracker={tag}");
    let mut stream = Stream::open(&world, &clerk, &path, &[]).await;
    assert_eq!(stream.event().await.1, "ready");
    let member = format!("/v1/containers/{truck}/members/{package}");
    world.json(Method::PUT, &clerk, &member, &json!(null), &[]).await.expect(200);
    tell(&mut followers).await;
    let (_, _, changed) = stream.event().await;
    assert_eq!((&changed["seq"], &changed["prev"]), (&json!("2"), &json!("1")));
    assert_eq!(stream.event().await.1, "carried");
    for minute in [1, 2] {
        send_fix(&world, &clerk, &tag, minute, 51.0).await;
        tell(&mut followers).await;
    }
    let (first, second) = (stream.event().await.2, stream.event().await.2);
    assert_eq!((&first["prev"], &second["prev"]), (&json!(null), &first["seq"]));

    // The followers stand still now, so that the feed keeps all that is derived.
    let mut changes = Vec::new();
    world.settle().await;
    for feed in world.table.feeds().await.expect("memory answers") {
        changes.extend(world.table.changes(feed, 0, 10_000).await.unwrap_or_default());
    }
    let all = world.service.live_news(&changes).await.expect("memory answers");
    let all: Vec<(String, Value)> = all
        .iter()
        .map(api::outgoing::live)
        .map(|it| {
            let service::outgoing::Outgoing::Live { channel, frame } = it else { panic!("{it:?}") };
            (channel, serde_json::from_str(&frame).expect("JSON"))
        })
        .collect();
    let id = |text: &str| text.split_once('_').expect("an id").1.to_owned();
    let on = |channel: String| -> Vec<&Value> {
        all.iter().filter(|it| it.0 == channel).map(|it| &it.1).collect()
    };
    let told = on(format!("/live/all/tracker/{}", id(&tag)));
    let told: Vec<_> = told.into_iter().filter(|it| it["event"] == "fix").collect();
    assert_eq!(told.len(), 1, "{all:?}");
    for name in ["tracker", "at", "seq", "measured", "coarse"] {
        assert_eq!(told[0]["data"][name], second[name], "{name}");
    }
}

#[tokio::test]
async fn a_ticket_is_given_where_there_are_channels() {
    let mut world = World::new();
    let clerk = world.person(&[Enter]).await;
    world.post(&clerk, "/v1/live/ticket", &json!(null)).await.expect(404);
    world.publishes_news();
    let auditor = world.person(&[Audit]).await;
    let admin = world.program(&[Admin]).await;
    for (who, own) in [(&clerk, "exact"), (&auditor, "town"), (&admin, "exact")] {
        let given = world.post(who, "/v1/live/ticket", &json!(null)).await.expect(200).json();
        assert_eq!(given["tiles"], false);
        let given = &given["channels"];
        assert_eq!(given["begin_with"], json!(["/live/all", format!("/live/{own}")]));
        assert_eq!(given["expires_at"], "2026-03-01T09:05:00.000Z");
        assert_eq!(given["url"], json!(null));
        let text = given["ticket"].as_str().expect("text");
        let ticket = Ticket::opened(text, &crate::world::ticket_key(), world.service.now());
        let ticket = ticket.expect("ours");
        assert_eq!(ticket.exact, own == "exact");
        assert!(ticket.user.is_some());
    }
    world.post(&Asker::Nobody, "/v1/live/ticket", &json!(null)).await.expect(401);
}

/// Gives a pass that says when it was made.
#[derive(Debug)]
struct Stamped;

impl Passes for Stamped {
    fn cookies(&self, now: Timestamp) -> Vec<HeaderValue> {
        let cookie = format!("pass={}; Path=/v1/map", now.millis());
        vec![cookie.parse().expect("a header"), HeaderValue::from_static("by=key; Path=/v1/map")]
    }
}

#[tokio::test]
async fn who_may_watch_gets_a_pass_for_tiles_where_others_keep_them() {
    let mut world = World::new();
    let clerk = world.person(&[Enter]).await;
    let news = NewsHost { url: "wss://news/socket".to_owned(), host: "news".to_owned() };
    world.stands_behind(Front { news: Some(news), passes: Some(Arc::new(Stamped)) });
    let given = world.post(&clerk, "/v1/live/ticket", &json!(null)).await.expect(200);
    let cookies: Vec<_> = given.headers.get_all(SET_COOKIE).iter().cloned().collect();
    assert_eq!(cookies, Stamped.cookies(world.service.now()));
    assert_eq!(given.json(), json!({"channels": null, "tiles": true}), "no key for tickets");
    world.post(&Asker::Nobody, "/v1/live/ticket", &json!(null)).await.expect(401);
}

#[tokio::test]
async fn whom_others_have_let_through_sees_tiles_and_nothing_else() {
    let world = World::new();
    let ask = async |path: &str, passed: bool| {
        let mut request = Request::get(path).body(Body::empty()).expect("a request");
        if passed {
            request.extensions_mut().insert(Passed);
        }
        world.router.clone().oneshot(request).await.expect("an answer").status().as_u16()
    };
    assert_eq!(ask("/v1/map/0/0/0", false).await, 401);
    assert_eq!(ask("/v1/map/0/0/0", true).await, 200);
    for path in ["/v1/packages", "/v1/me", "/v1/live", "/v1/system"] {
        assert_eq!(ask(path, true).await, 401, "{path}");
    }
}
