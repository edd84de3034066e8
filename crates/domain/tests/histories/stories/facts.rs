//! The facts of a story, read from lines such as `Mon 09:00 parcel scanned at hub`.

use std::collections::BTreeMap;

use domain::{
    event::{Event, Fact, Holder, IncidentReason, Measurement, Proof},
    id::{ContainerId, EventId, PackageId, PlaceId, Subject, TrackerId},
    mode::Mode,
    motion::Fix,
    position::{Datum, Height, LatLon, Position},
    record::{
        ContainerRecord, ExactPoint, Floor, PackageRecord, PlaceKind, PlaceRecord, Promise, Record,
    },
    time::{DAY, HOUR, MINUTE, Timestamp},
    timeline::Timeline,
};

/// The Monday on which stories begin.
pub const MONDAY: Timestamp = match Timestamp::from_millis(1_790_553_600_000) {
    Ok(at) => at,
    Err(_) => Timestamp::MIN,
};
pub const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Everything that a story said so far.
#[derive(Default)]
pub struct Facts {
    subjects: BTreeMap<String, Subject>,
    places: BTreeMap<String, (PlaceId, PlaceRecord)>,
    events: Vec<Event>,
    labels: BTreeMap<String, EventId>,
    fixes: BTreeMap<TrackerId, Vec<Fix>>,
}

/// What follows a verb: each word that opens a part, and what stands after it.
struct Parts<'a>(Vec<&'a str>);

impl<'a> Parts<'a> {
    fn after(&self, word: &str) -> Option<&'a str> {
        let index = self.0.iter().position(|it| *it == word)?;
        self.0.get(index + 1).copied()
    }

    fn two_after(&self, word: &str) -> Option<(&'a str, &'a str)> {
        let index = self.0.iter().position(|it| *it == word)?;
        Some((self.0.get(index + 1)?, self.0.get(index + 2)?))
    }

    fn number(&self, word: &str) -> Option<f64> {
        self.after(word).map(|it| it.parse().expect("a number"))
    }
}

impl Facts {
    pub fn take(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [] | ["#" | "where" | "where_exactly" | "due" | "holds", ..] => (),
            ["place", name, kind, lat, lon, radius_m, rest @ ..] => {
                let at = LatLon::from_degrees(lat.parse().unwrap(), lon.parse().unwrap()).unwrap();
                self.take_place(name, kind.parse().unwrap(), at, radius_m, &Parts(rest.to_vec()));
            }
            ["package", name] => {
                let id = PackageId::derive(&[name.as_bytes()]);
                self.subjects.insert((*name).to_owned(), Subject::Package(id));
            }
            ["tracker", name] => {
                let id = TrackerId::derive(&[name.as_bytes()]);
                self.subjects.insert((*name).to_owned(), Subject::Tracker(id));
            }
            ["container", name, kind] => {
                let subject = Subject::Container(ContainerId::derive(&[name.as_bytes()]));
                self.subjects.insert((*name).to_owned(), subject);
                let record = ContainerRecord {
                    kind: kind.parse().unwrap(),
                    name: (*name).to_owned(),
                    references: Vec::new(),
                };
                let fact = Fact::Registered(Box::new(Record::Container(record)));
                self.push(subject, MONDAY, fact, line);
            }
            [day, time, name, verb, rest @ ..] => {
                let at = self.time(day, time);
                self.take_fact(line, at, name, verb, &Parts(rest.to_vec()));
            }
            _ => panic!("no sentence: {line}"),
        }
    }

    pub fn subject(&self, name: &str) -> Subject {
        let place = self.places.get(name).map(|(id, _)| Subject::Place(*id));
        self.subjects.get(name).copied().or(place).unwrap_or_else(|| panic!("who is {name}?"))
    }

    pub fn time(&self, day: &str, time: &str) -> Timestamp {
        let (name, week) = day.split_at(3);
        let days = WEEKDAYS.iter().position(|it| *it == name).expect("a weekday") as i64;
        let week: i64 = if week.is_empty() { 1 } else { week.parse().expect("a week") };
        let (hours, minutes) = time.split_once(':').expect("a time");
        let hours: i64 = hours.parse().expect("hours");
        let minutes: i64 = minutes.parse().expect("minutes");
        MONDAY.plus((7 * (week - 1) + days) * DAY + hours * HOUR + minutes * MINUTE)
    }

    pub fn name(&self, subject: Subject) -> &str {
        let mut subjects = self.subjects.iter().filter(|(_, it)| **it == subject);
        let mut places = self.places.iter().filter(|(_, it)| Subject::Place(it.0) == subject);
        let name = subjects.next().map(|it| it.0).or_else(|| places.next().map(|it| it.0));
        name.map_or("somebody", String::as_str)
    }

    /// A text with every id replaced by its name.
    pub fn named(&self, text: &str) -> String {
        let ids = self.subjects.values().copied();
        let places = self.places.values().map(|(id, _)| Subject::Place(*id));
        ids.chain(places)
            .fold(text.to_owned(), |text, it| text.replace(&it.to_string(), self.name(it)))
    }

    pub fn places(&self) -> impl Iterator<Item = (&str, &PlaceRecord)> {
        self.places.iter().map(|(name, (_, record))| (name.as_str(), record))
    }

    pub fn place(&self, id: PlaceId) -> Option<PlaceRecord> {
        self.places.values().find(|it| it.0 == id).map(|it| it.1.clone())
    }

    pub fn timeline(&self, subject: Subject) -> Timeline {
        let own = self.events.iter().filter(|it| it.subject == subject);
        Timeline::of(&own.cloned().collect::<Vec<_>>())
    }

    pub fn fixes(&self, id: TrackerId) -> Vec<Fix> {
        self.fixes.get(&id).cloned().unwrap_or_default()
    }

    fn take_place(
        &mut self,
        name: &str,
        kind: PlaceKind,
        at: LatLon,
        radius_m: &str,
        parts: &Parts,
    ) {
        let floor = parts.two_after("floor").map(|(name, above_m)| Floor {
            name: name.to_owned(),
            above_ground_mm: above_m.parse::<i32>().unwrap() * 1_000,
        });
        let exact = parts.two_after("exactly").map(|(lat, lon)| {
            let at = LatLon::from_degrees(lat.parse().unwrap(), lon.parse().unwrap()).unwrap();
            ExactPoint::new(at, 30)
        });
        let ground = parts.number("ground");
        let record = PlaceRecord {
            kind,
            name: name.to_owned(),
            at,
            radius_m: radius_m.parse().unwrap(),
            ground: ground.map(|it| Height::from_metres(it, Datum::Ellipsoid, at).unwrap()),
            time_zone: None,
            country: None,
            code: None,
            floors: floor.into_iter().collect(),
            address: None,
            exact,
        };
        self.places.insert(name.to_owned(), (PlaceId::derive(&[name.as_bytes()]), record));
    }

    fn take_fact(&mut self, line: &str, at: Timestamp, name: &str, verb: &str, parts: &Parts) {
        let subject = self.subject(name);
        if let (Subject::Tracker(tracker), "heard") = (subject, verb) {
            let fix = self.measurement(parts).fix(at);
            self.fixes.entry(tracker).or_default().push(fix);
            return;
        }
        let fact = match verb {
            "took_back" => Fact::Voided { target: self.label(parts.0[0]), why: None },
            "corrects" => Fact::Corrected {
                target: self.label(parts.0[0]),
                fact: Box::new(self.fact(parts.0[1], &Parts(parts.0[2..].to_vec()))),
            },
            _ => self.fact(verb, parts),
        };
        self.push(subject, at, fact, line);
        if let Some(label) = parts.after("as") {
            let id = self.events.last().expect("just pushed").id;
            self.labels.insert(label.to_owned(), id);
        }
    }

    fn fact(&self, verb: &str, parts: &Parts) -> Fact {
        let place = |word: &str| parts.after(word).map(|name| self.place_id(name));
        let at_place = || place("at").expect("at a place");
        let holder = |name: &str| match self.subject(name) {
            Subject::Container(id) => Holder::Container(id),
            Subject::Place(id) => Holder::Place(id),
            other => panic!("{other} holds nothing"),
        };
        let mode = parts.after("by").map(|it| it.parse::<Mode>().expect("a mode"));
        let tracker = || match self.subject(parts.0[0]) {
            Subject::Tracker(id) => id,
            other => panic!("{other} is no tracker"),
        };
        let reason = IncidentReason::Unknown;
        match verb {
            "registered" => Fact::Registered(Box::new(Record::Package(PackageRecord {
                origin: place("from"),
                destination: place("to"),
                mode,
                promised: self.promise(parts),
                ..PackageRecord::default()
            }))),
            "measured" => Fact::Positioned(self.measurement(parts)),
            "scanned" => {
                Fact::Scanned { place: at_place(), floor: parts.after("floor").map(str::to_owned) }
            }
            "picked_up" => Fact::PickedUp { place: place("at") },
            "departed" => Fact::Departed {
                from: place("from"),
                to: place("to"),
                mode,
                expected_at: parts.two_after("due").map(|(day, time)| self.time(day, time)),
            },
            "arrived" => Fact::Arrived { place: at_place() },
            "joined" => Fact::Joined(holder(parts.0[0])),
            "left" => Fact::Left(holder(parts.0[0])),
            "carries" => Fact::TrackerAttached(tracker()),
            "lost_tracker" => Fact::TrackerDetached(tracker()),
            "held" => Fact::Held { reason, place: place("at") },
            "out_for_delivery" => Fact::OutForDelivery { from: place("from") },
            "ready" => Fact::ReadyToCollect { place: at_place() },
            "delivered" => Fact::Delivered { place: place("at"), proof: Proof::default() },
            "returning" => Fact::Returning { reason: None, to: place("to") },
            "returned" => Fact::Returned { place: place("at") },
            other => panic!("what is {other}?"),
        }
    }

    fn promise(&self, parts: &Parts) -> Option<Promise> {
        let (first_day, first_time) = parts.two_after("promised")?;
        let (last_day, last_time) = parts.two_after("until")?;
        Some(Promise {
            first: self.time(first_day, first_time),
            last: self.time(last_day, last_time),
        })
    }

    fn measurement(&self, parts: &Parts) -> Measurement {
        let (lat, lon) = (parts.0[0].parse().unwrap(), parts.0[1].parse().unwrap());
        let at = LatLon::from_degrees(lat, lon).unwrap();
        let height = parts.number("height");
        Measurement {
            position: Position {
                at,
                height: height.map(|it| Height::from_metres(it, Datum::Ellipsoid, at).unwrap()),
            },
            radius_95_mm: Some(20_000),
            vertical_95_mm: height.map(|_| 30_000),
            speed_mm_s: parts.number("speed").map(|it| (it * 1_000.0) as u32),
            course_cdeg: parts.number("course").map(|it| (it * 100.0) as u16),
        }
    }

    fn place_id(&self, name: &str) -> PlaceId {
        self.places.get(name).unwrap_or_else(|| panic!("where is {name}?")).0
    }

    fn label(&self, name: &str) -> EventId {
        *self.labels.get(name).unwrap_or_else(|| panic!("what is {name}?"))
    }

    fn push(&mut self, subject: Subject, at: Timestamp, fact: Fact, line: &str) {
        self.events.push(Event {
            // Ids of different lines differ, and do not follow the order of telling.
            id: EventId::derive(&[line.as_bytes()]),
            subject,
            happened_at: at,
            recorded_at: at.plus(MINUTE),
            actor: "usr_1".to_owned(),
            source: "api".to_owned(),
            fact,
        });
    }
}
