//! News for whoever may watch, where nobody here knows who does: each names the one
//! before it, nobody gets what they may not know, and tickets let in who may.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    event::{Fact, Holder},
    fixes::Batch,
    id::{PackageId, Subject, TrackerId, UserId},
    motion::Fix,
    position::{LatLon, Position},
    record::{ExactPoint, PackageRecord, PlaceKind, PlaceRecord, Record, TrackerRecord},
    time::MINUTE,
};
use proptest::prelude::*;
use service::{
    live::{
        News, Public, Topic,
        channel::{Channel, Sight, ZOOMS},
        telling::{FRAMES_MAX, Told},
        ticket::{TICKET_LASTS, Ticket, TicketKey},
    },
    record::Attribution,
};
use table::{Changed, Memory, Seq};

use crate::world::{World, at, draft};

/// A world whose changes are told from where they were told last.
struct Telling {
    world: World,
    at: BTreeMap<u64, Seq>,
}

impl Telling {
    async fn on(world: World) -> Self {
        // Followers that stand still keep what is derived from being trimmed.
        world.service.live_followers().await.unwrap();
        Self { world, at: BTreeMap::new() }
    }

    async fn changes(&mut self) -> Vec<Changed> {
        let mut all = Vec::new();
        for feed in self.world.table.feeds().await.unwrap() {
            let at = self.at.entry(feed.0).or_default();
            loop {
                let batch = self.world.table.changes(feed, *at, 10_000).await.unwrap();
                let Some(last) = batch.last().map(|it| it.seq) else { break };
                all.extend(batch.into_iter().filter(|it| *at < it.seq));
                *at = last;
            }
        }
        all
    }

    /// Everything new, told in batches of this many changes; what is derived as well.
    async fn tell(&mut self, together: usize) -> Vec<Told> {
        let mut all = Vec::new();
        self.world.projector.catch_up().await.unwrap();
        for batch in self.changes().await.chunks(together) {
            all.extend(self.world.service.live_news(batch).await.unwrap());
        }
        all
    }

    async fn measured(&self, tracker: TrackerId, minute: i64, lat: f64, lon: f64) {
        let fix = Fix {
            at: at(0).plus(minute * MINUTE),
            position: Position { at: LatLon::from_degrees(lat, lon).unwrap(), height: None },
            radius_95_mm: Some(8_000),
            vertical_95_mm: None,
            speed_mm_s: None,
            course_cdeg: None,
        };
        let by = Attribution { actor: "usr_gateway".to_owned(), source: "api".to_owned() };
        self.world.it_is(1 + minute / 60);
        self.world.service.accept_fixes(&by, None, &Batch::of([(tracker, fix)])).await.unwrap();
    }

    async fn tracker(&self, name: &str, person: bool) -> TrackerId {
        let id = TrackerId::derive(&[name.as_bytes()]);
        let record = Record::Tracker(TrackerRecord { name: name.to_owned(), person });
        let fact = Fact::Registered(Box::new(record));
        self.world.record(vec![draft(name, Subject::Tracker(id), 0, fact)]).await.unwrap();
        id
    }

    async fn home(&self) -> domain::id::PlaceId {
        let id = domain::id::PlaceId::derive(&[b"home"]);
        let point = |lat, lon| LatLon::from_degrees(lat, lon).unwrap();
        let record = Record::Place(PlaceRecord {
            kind: PlaceKind::Home,
            name: "Ada".to_owned(),
            at: point(48.10, 9.10),
            radius_m: 5_000,
            ground: None,
            time_zone: None,
            country: None,
            code: None,
            floors: Vec::new(),
            address: None,
            exact: Some(ExactPoint::new(point(48.11, 9.11), 20)),
        });
        self.world.say(Subject::Place(id), 0, Fact::Registered(Box::new(record))).await.unwrap();
        id
    }
}

/// Names a piece of news and the one before it, as readers compare them.
fn link(news: &News) -> (String, String, Option<String>) {
    match news {
        News::Changed(it) => {
            (it.subject.to_string(), it.seq.to_string(), it.prev.map(|it| it.to_string()))
        }
        News::Measured(it) => {
            let prev = it.prev.map(|it| it.millis().to_string());
            (format!("fix of {}", it.tracker), it.fix.at.millis().to_string(), prev)
        }
        News::Shown(it) => {
            let prev = (it.before != [0; 8]).then(|| format!("{:?}", it.before));
            (format!("{:?}", it.id), format!("{:?}", it.version), prev)
        }
        News::Carried(_) => panic!("nobody here knows who watches"),
    }
}

fn of_subject(told: &Told) -> bool {
    matches!(told.channel.topic, Topic::Subject(_))
}

#[tokio::test]
async fn each_piece_of_news_names_the_one_before_it() {
    for together in [1, 7, 10_000] {
        let mut it = Telling::on(World::on(Arc::new(Memory::new()))).await;
        let truck = it.world.truck("Truck 7").await;
        let (tag, package) = (it.tracker("tag", false).await, it.world.package("1Z1").await);
        it.world.say(Subject::Container(truck), 0, Fact::TrackerAttached(tag)).await.unwrap();
        let mut last: BTreeMap<(Channel, String), String> = BTreeMap::new();
        let mut count = 0;
        for minute in 0..30 {
            it.measured(tag, minute * 10, 48.0 + minute as f64 / 50.0, 9.0).await;
            if minute % 5 == 0 {
                let hours = 1 + minute / 6;
                let fact = if minute % 2 == 0 {
                    Fact::Joined(Holder::Container(truck))
                } else {
                    Fact::Left(Holder::Container(truck))
                };
                it.world.say(Subject::Package(package), hours, fact).await.unwrap();
            }
            for told in it.tell(together).await {
                count += 1;
                let (of, seq, prev) = link(&told.news);
                let before = last.insert((told.channel, of), seq);
                // Who comes to a tile for the first time has seen nothing before.
                if of_subject(&told) || before.is_some() && prev.is_some() {
                    assert_eq!(prev.is_some(), before.is_some(), "{told:?}");
                }
                if of_subject(&told) {
                    assert_eq!(prev, before, "{told:?}");
                }
            }
        }
        assert!(40 < count, "{count} pieces of news");
        // The last of each thing says how it stands.
        let channel =
            Channel { sight: Sight::All, topic: Topic::Subject(Subject::Package(package)) };
        let seq = it.world.service.known(Subject::Package(package)).await.unwrap().seq;
        assert_eq!(last[&(channel, package.to_string())], seq.to_string());
    }
}

#[tokio::test]
async fn a_tile_is_told_what_it_shows_and_what_has_left_it() {
    let mut it = Telling::on(World::new()).await;
    let here = it.world.place("Frankfurt", 50.1, 8.6).await;
    let package = it
        .world
        .package_with("1Z1", PackageRecord { origin: Some(here), ..PackageRecord::default() });
    let package = package.await;
    let told = it.tell(10_000).await;
    let tiles: Vec<_> = told.iter().filter(|it| !of_subject(it)).collect();
    assert_eq!(tiles.len(), ZOOMS.len(), "{tiles:?}");
    let shown = |it: &&Told| matches!(&it.news, News::Shown(it) if it.mark.is_some());
    assert!(tiles.iter().all(shown));
    it.world.say(Subject::Package(package), 1, Fact::Cancelled).await.unwrap();
    let told = it.tell(10_000).await;
    let gone = told.iter().filter(|it| !of_subject(it)).filter(|it| !shown(it)).count();
    assert_eq!(gone, ZOOMS.len(), "{told:?}");
}

/// What everybody and what those who may see exactly are told of a tracker's fix.
async fn sights(it: &mut Telling, tag: TrackerId) -> Vec<(Sight, bool)> {
    let topic = Topic::Subject(Subject::Tracker(tag));
    let told = it.tell(10_000).await;
    let fixes = told.iter().filter_map(|it| match &it.news {
        News::Measured(fix) if it.channel.topic == topic => {
            Some((it.channel.sight, fix.public == Public::Exact))
        }
        _ => None,
    });
    fixes.collect()
}

#[tokio::test]
async fn who_may_not_know_is_told_a_town_or_a_region() {
    let mut it = Telling::on(World::new()).await;
    let (tag, phone) = (it.tracker("tag", false).await, it.tracker("phone", true).await);
    let home = it.home().await;
    let record = PackageRecord { destination: Some(home), ..PackageRecord::default() };
    let package = it.world.package_with("1Z1", record).await;
    it.world.say(Subject::Package(package), 0, Fact::TrackerAttached(tag)).await.unwrap();
    it.tell(10_000).await;
    it.measured(tag, 1, 50.0, 9.1).await;
    assert_eq!(sights(&mut it, tag).await, [(Sight::All, true)]);
    it.measured(tag, 200, 48.11, 9.11).await;
    assert_eq!(sights(&mut it, tag).await, [(Sight::Town, false), (Sight::Exact, false)]);
    it.measured(phone, 1, 52.0, 9.0).await;
    assert_eq!(sights(&mut it, phone).await, [(Sight::Town, false), (Sight::Exact, false)]);
}

#[tokio::test]
async fn no_batch_of_changes_becomes_more_frames_than_are_told() {
    let mut it = Telling::on(World::on(Arc::new(Memory::new()))).await;
    for number in 0..FRAMES_MAX + 100 {
        it.world.package(&format!("1Z{number}")).await;
    }
    let changes = it.changes().await;
    assert_eq!(it.world.service.live_news(&changes).await.unwrap().len(), FRAMES_MAX);
}

#[test]
fn a_channel_has_one_name_and_no_other_names_are_channels() {
    let package = Subject::Package(PackageId::from_bytes([0x11; 16]));
    for sight in Sight::ALL {
        for topic in [Topic::Subject(package), Topic::Tile { z: 8, x: 136, y: 87 }] {
            let channel = Channel { sight, topic };
            let name = channel.to_string();
            assert_eq!(name.parse(), Ok(channel));
            let segments: Vec<&str> = name.split('/').skip(1).collect();
            assert!(segments.len() <= 5 && segments.iter().all(|it| it.len() <= 50), "{name}");
            let plain = |it: char| it.is_ascii_alphanumeric() || it == '-';
            assert!(segments.iter().all(|it| it.chars().all(plain)), "{name}");
        }
    }
    let id = "0H248H248H248H248H248H248H";
    for wrong in [
        String::new(),
        "/live".to_owned(),
        "/live/*".to_owned(),
        "/live/exact/*".to_owned(),
        "/live/town/package/*".to_owned(),
        format!("/live/town/package/{id}/*"),
        format!("/live/town/package/{}", id.to_lowercase()),
        format!("/live/towns/package/{id}"),
        format!("/live/town/parcel/{id}"),
        format!("/other/town/package/{id}"),
        "/live/all/tile/4-16-0".to_owned(),
        "/live/all/tile/04-8-5".to_owned(),
        "/live/all/tile/4-8".to_owned(),
    ] {
        assert!(wrong.parse::<Channel>().is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn a_ticket_lets_in_who_may_for_five_minutes() {
    let key = TicketKey::new([7; 32]);
    let mut world = World::new();
    assert_eq!(world.service.live_ticket(None, true), None, "nobody publishes");
    world.service = world.service.with_ticket_key(key.clone());
    let user = Some(UserId::from_bytes([5; 16]));
    let now = world.service_now();
    let tickets = [false, true].map(|exact| world.service.live_ticket(user, exact).unwrap());
    for ((text, expires_at), exact) in tickets.iter().zip([false, true]) {
        assert_eq!(*expires_at, now.plus(TICKET_LASTS));
        let ticket = Ticket::opened(text, &key, now).unwrap();
        assert_eq!(ticket, Ticket { user, exact, expires_at: *expires_at });
        assert_eq!(Ticket::opened(text, &key, expires_at.plus(-1)), Some(ticket));
        assert_eq!(Ticket::opened(text, &key, *expires_at), None, "it is over");
        assert_eq!(Ticket::opened(text, &TicketKey::new([8; 32]), now), None);
        let id = "0H248H248H248H248H248H248H";
        for (sight, admitted) in [("all", true), ("town", true), ("exact", exact)] {
            assert_eq!(ticket.admits(&format!("/live/{sight}/package/{id}")), admitted);
            assert!(!ticket.admits(&format!("/live/{sight}/*")));
        }
    }
    assert!(!format!("{key:?}").contains('7'));
    let (nobody, _) = world.service.live_ticket(None, false).unwrap();
    assert_eq!(Ticket::opened(&nobody, &key, now).unwrap().user, None);
}

proptest! {
    #![proptest_config(depth::usual())]

    /// Whatever is changed about a ticket, it is none any more.
    #[test]
    fn nobody_makes_a_ticket_without_the_key(place in 0usize..78, with in any::<u8>(), text in ".{0,90}") {
        let key = TicketKey::new([7; 32]);
        let ticket = Ticket { user: None, exact: false, expires_at: at(1) };
        let sealed = ticket.sealed(&key);
        let mut bytes = sealed.clone().into_bytes();
        bytes[place] = with;
        if let Ok(other) = String::from_utf8(bytes) {
            let opened = Ticket::opened(&other, &key, at(0));
            prop_assert_eq!(opened, (other == sealed).then_some(ticket));
        }
        prop_assert_eq!(Ticket::opened(&text, &key, at(0)), None);
    }
}
