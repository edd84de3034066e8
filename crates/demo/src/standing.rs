//! What is there before anything happens: places, clients, shelves, vehicles, trackers.

use domain::{
    event::{Fact, Holder},
    id::Subject,
    mode::Mode,
    record::{
        ClientRecord, ContainerKind, ContainerRecord, PlaceRecord, Record, Reference, TrackerRecord,
    },
    time::Timestamp,
};

use crate::{World, attention, chance::Chance, numbers, sites::SHELVES, story::Story};

/// What is registered before anything happens.
#[derive(Debug)]
pub struct Standing {
    /// Keys of places that the gazetteer knows.
    pub gazetteer: Vec<String>,
    /// Places, clients and trackers.
    pub first: Vec<Story>,
    /// Containers, which mention those.
    pub then: Vec<Story>,
}

impl World {
    /// What is there before anything happens.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let stops = self.network.lines.iter().flat_map(|it| &it.ends);
        let towns = self.network.towns.iter().map(|it| &it.stop);
        let mut gazetteer: Vec<String> = stops.chain(towns).map(|it| it.key.clone()).collect();
        gazetteer.sort();
        gazetteer.dedup();
        let mut first = self.standing_places();
        first.extend(self.sites.clients.iter().map(|it| {
            let record = Record::Client(ClientRecord { name: it.name.clone() });
            registered(Subject::Client(it.id), self.begins_at(), record)
        }));
        first.extend(self.standing_trackers());
        let mut then = self.standing_shelves();
        then.extend(self.standing_vehicles());
        Standing { gazetteer, first, then }
    }

    fn standing_places(&self) -> Vec<Story> {
        let at = self.begins_at();
        let place = |(id, record): (domain::id::PlaceId, &PlaceRecord)| {
            registered(Subject::Place(id), at, Record::Place(record.clone()))
        };
        let depots = self.sites.depots.iter().map(|(id, record)| (*id, record));
        let mut quays: Vec<_> =
            self.sites.quays.iter().flatten().map(|(id, it)| (*id, it)).collect();
        quays.sort_by_key(|(id, _)| *id);
        quays.dedup_by_key(|(id, _)| *id);
        let sites = self.sites.sites.iter().map(|it| (it.place, &it.record));
        depots.chain(quays).chain(sites).map(place).collect()
    }

    fn standing_trackers(&self) -> Vec<Story> {
        let of_vehicles = self.fleet.vehicles.iter().map(|it| (it.tracker, it.name.clone()));
        let of_parcels = (0..self.slots).map(|slot| {
            (attention::tracker(self.seed, slot), format!("Parcel tracker {}", slot + 1))
        });
        let tracker = |(id, of): (domain::id::TrackerId, String)| {
            let record = TrackerRecord { name: of, person: false };
            registered(Subject::Tracker(id), self.begins_at(), Record::Tracker(record))
        };
        of_vehicles.chain(of_parcels).map(tracker).collect()
    }

    fn standing_shelves(&self) -> Vec<Story> {
        let headquarters = self.sites.depots[0].0;
        let shelf = |(nth, id): (usize, &domain::id::ContainerId)| {
            let floor = nth / SHELVES + 1;
            let letter = char::from(b'A' + (nth % SHELVES) as u8);
            let name = format!("Floor {floor}, shelf {letter}");
            let record =
                ContainerRecord { kind: ContainerKind::Shelf, name, references: Vec::new() };
            let mut story =
                registered(Subject::Container(*id), self.begins_at(), Record::Container(record));
            story.say(self.begins_at(), Fact::Joined(Holder::Place(headquarters)));
            let floor = Some(floor.to_string());
            story.say(self.begins_at(), Fact::Scanned { place: headquarters, floor });
            story
        };
        self.sites.shelves.iter().enumerate().map(shelf).collect()
    }

    fn standing_vehicles(&self) -> Vec<Story> {
        let vehicle = |(nth, it): (usize, &crate::fleet::Vehicle)| {
            let mut chance = Chance::of(self.seed, &[50, nth as u64]);
            let (kind, scheme, value) = match it.mode {
                Mode::Air => (ContainerKind::Aircraft, "tail", format!("WB-{}", chance.digits(4))),
                Mode::Road | Mode::Rail => {
                    (ContainerKind::Truck, "plate", format!("TR {}", chance.digits(5)))
                }
                Mode::Sea => (ContainerKind::Vessel, "imo", numbers::imo(&mut chance)),
            };
            let references = vec![Reference { scheme: scheme.to_owned(), value }];
            let record = ContainerRecord { kind, name: it.name.clone(), references };
            let id = Subject::Container(it.container);
            let mut story = registered(id, self.begins_at(), Record::Container(record));
            let since = if it.mode == Mode::Sea { self.begins_at() } else { self.fleet_since() };
            story.say(since, Fact::TrackerAttached(it.tracker));
            story
        };
        self.fleet.vehicles.iter().enumerate().map(vehicle).collect()
    }
}

fn registered(subject: Subject, at: Timestamp, record: Record) -> Story {
    let mut story = Story::of(subject);
    story.say(at, Fact::Registered(Box::new(record)));
    story
}
