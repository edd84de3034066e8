//! Packages that need somebody's attention: always the same number of them, each
//! for a reason that people understand, and each solved in the end.

use domain::{
    event::{Fact, Holder, IncidentReason, Proof},
    geodesy::destination,
    id::{PackageId, Subject, TrackerId},
    land::is_land,
    mode::Mode,
    money::{CostKind, CostLine},
    position::LatLon,
    private::Private,
    record::{Item, PackageRecord, Recipient, Record, Reference},
    time::{DAY, HOUR, MINUTE, Millis, Timestamp},
};

use crate::{
    World,
    chance::Chance,
    life::{dollars, promise},
    motion::Spot,
    names::PRODUCTS,
    numbers,
    sites::{Site, name},
    story::Story,
};

/// How it came to need attention, in the words of whoever noticed.
struct Trouble {
    reason: IncidentReason,
    said: &'static str,
    solved: &'static str,
}

const fn trouble(reason: IncidentReason, said: &'static str, solved: &'static str) -> Trouble {
    Trouble { reason, said, solved }
}

/// The trouble whose tracker tells where the package truly is.
const ELSEWHERE: usize = 0;
/// The trouble whose tracker says nothing any more.
const SILENT: usize = 4;

use IncidentReason as Why;

const TROUBLES: [Trouble; 18] = [
    trouble(
        Why::ParcelBeingResearched,
        "The carrier says delivered; its tracker is 40 km away.",
        "Found in the van of the next tour.",
    ),
    trouble(
        Why::CustomsDocumentation,
        "Customs asks for the commercial invoice; it was not in the pouch.",
        "Invoice sent, customs released it.",
    ),
    trouble(
        Why::ConsigneeIncorrectAddress,
        "The street exists, the house number does not.",
        "The recipient gave the right number.",
    ),
    trouble(
        Why::CarrierDamagedParcel,
        "A corner is crushed; the depot asks whether to go on.",
        "Opened and tested: it works. Repacked.",
    ),
    trouble(
        Why::ParcelBeingResearched,
        "Its tracker has been silent for three hours.",
        "Scanned by hand; the battery was empty.",
    ),
    trouble(
        Why::CustomsDutiesUnpaid,
        "Duties are unpaid: the client's account number is missing.",
        "Paid from our account.",
    ),
    trouble(
        Why::ConsigneeRefused,
        "Reception refused it: nobody there had ordered.",
        "The right department was told.",
    ),
    trouble(
        Why::ConsigneeNotHome,
        "Three attempts, nobody at home.",
        "The recipient asked for Thursday.",
    ),
    trouble(
        Why::ConsigneeBusinessClosed,
        "The office is closed for refurbishment until Monday.",
        "Delivered to the branch next door instead.",
    ),
    trouble(
        Why::ConsigneeAccessRestricted,
        "The driver is not let through the gate without a pass.",
        "The gate has the driver's name now.",
    ),
    trouble(
        Why::CarrierSortingError,
        "Scanned in the wrong country: the label was read from the box beside it.",
        "Turned around and scanned on its way.",
    ),
    trouble(
        Why::CarrierParcelLost,
        "Two of three arrived; this one was not on the truck.",
        "It was behind a pallet at the depot.",
    ),
    trouble(
        Why::RetailerPackagingIssue,
        "The battery label is missing; no airline takes it like this.",
        "Labelled at the gateway.",
    ),
    trouble(
        Why::CustomsInspection,
        "Picked for inspection; the serial number differs from the invoice.",
        "The invoice was corrected.",
    ),
    trouble(
        Why::CarrierVehicleIssue,
        "The delivery van broke down on the motorway.",
        "Moved to another van.",
    ),
    trouble(
        Why::RetailerIncorrectParcel,
        "The recipient says it is a dock, not a monitor.",
        "Right box found; the labels were swapped.",
    ),
    trouble(
        Why::ConsigneeVerificationFailed,
        "The name on the identity card is not the name on the label.",
        "The name on the label was corrected.",
    ),
    trouble(
        Why::RegulatoryHold,
        "Held: the importer's registration has expired.",
        "The registration was renewed.",
    ),
];

/// One time that a slot's package needs attention.
#[derive(Clone, Copy, Debug)]
struct Case {
    slot: usize,
    number: i64,
    from: Timestamp,
    until: Timestamp,
}

/// Before and after its trouble, this is how long a package's life takes at most.
const BEFORE: Millis = 3 * DAY;
const AFTER: Millis = 2 * DAY;

/// How many need attention at any time, of so many packages.
pub fn slots(packages: u64) -> usize {
    ((18 * packages + 17_400) / 34_800).clamp(6, 500) as usize
}

/// The tracker inside the packages of a slot.
pub fn tracker(seed: u64, slot: usize) -> TrackerId {
    TrackerId::derive(&name(seed, b"parcel-tracker", slot).slices())
}

impl World {
    /// The lives of packages that need attention some time between two instants,
    /// or shortly before or after.
    pub(crate) fn troubled(&self, from: Timestamp, to: Timestamp) -> Vec<Story> {
        let slots = 0..self.slots;
        let cases = slots.flat_map(|slot| {
            let first = self.case_number(slot, from.plus(-AFTER)).max(0);
            let last = self.case_number(slot, to.plus(BEFORE));
            (first..=last).map(move |number| (slot, number))
        });
        cases.map(|(slot, number)| self.troubled_life(self.case(slot, number))).collect()
    }

    /// Where the tracker of a slot is, while it is inside a package and speaks.
    pub(crate) fn parcel_spot(&self, slot: usize, at: Timestamp) -> Option<Spot> {
        // The tracker goes in three hours before the trouble begins, or ten.
        let number = self.case_number(slot, at.plus(10 * HOUR));
        let case = self.case(slot, number.max(0));
        let site = self.troubled_site(&case);
        let here = match trouble_of(&case) {
            ELSEWHERE if case.from.plus(-3 * HOUR) <= at && at < case.until => self.elsewhere(site),
            SILENT if case.from.plus(-10 * HOUR) <= at && at < case.from.plus(-3 * HOUR) => {
                self.gateway_of(site).at
            }
            _ => return None,
        };
        Some(Spot { at: here, height_m: None })
    }

    fn case_number(&self, slot: usize, at: Timestamp) -> i64 {
        let (first, every) = self.rhythm(slot);
        at.since(first).div_euclid(every)
    }

    fn case(&self, slot: usize, number: i64) -> Case {
        let (first, every) = self.rhythm(slot);
        let from = first.plus(number * every);
        Case { slot, number, from, until: from.plus(every) }
    }

    /// When a slot's first trouble begins, and how long each lasts.
    fn rhythm(&self, slot: usize) -> (Timestamp, Millis) {
        let mut chance = Chance::of(self.seed, &[40, slot as u64]);
        let every = chance.within(54 * HOUR, 120 * HOUR);
        (self.anchored_at.plus(-chance.within(2 * HOUR, 46 * HOUR)), every)
    }

    fn troubled_site(&self, case: &Case) -> &Site {
        let mut chance = Chance::of(self.seed, &[41, case.slot as u64, case.number as u64]);
        chance.pick(&self.sites.sites)
    }

    fn gateway_of(&self, site: &Site) -> &crate::network::Stop {
        &self.network.gateways[self.network.towns[site.town].gateway].airport
    }

    /// A point on land, 40 km from where a package should be.
    fn elsewhere(&self, site: &Site) -> LatLon {
        let town = self.network.towns[site.town].stop.at;
        let around = |turn: i32| destination(town, f64::from(turn) * 30.0 + 15.0, 40_000.0);
        (0..12).map(around).find(|it| is_land(*it)).unwrap_or(town)
    }

    fn troubled_life(&self, case: Case) -> Story {
        let (slot, number) = (case.slot as u64, case.number as u64);
        let site = self.troubled_site(&case);
        let gateway = self.gateway_of(site);
        let hub = (self.network.gateways[self.network.towns[site.town].gateway].hub + 1) % 3;
        let (origin, from) = (self.sites.depots[hub].0, self.network.gateways[hub].airport.place);
        let mut chance = Chance::of(self.seed, &[42, slot, number]);
        let parts = [self.seed, 42, slot, number].map(u64::to_be_bytes);
        let [a, b, c, d] = &parts;
        let id = PackageId::derive(&[b"demo", a, b, c, d]);
        let mut story = Story::of(Subject::Package(id));
        let at = |hours: i64| case.from.plus(hours * HOUR);
        let record = self.troubled_record(&case, site, origin, &mut chance);
        story.say(at(-70), Fact::Registered(Box::new(Record::Package(record))));
        story.say(at(-50), Fact::PickedUp { place: Some(origin) });
        let amount = dollars(chance.within(3_800, 9_900));
        let line = format!("T-{slot}-{number}-freight");
        let freight =
            CostLine { kind: CostKind::Freight, amount, source: "invoice".to_owned(), id: line };
        story.say(at(-49), Fact::CostAdded(freight));
        let (from, to, mode) = (Some(from), Some(gateway.place), Some(Mode::Air));
        story.say(at(-44), Fact::Departed { from, to, mode, expected_at: Some(at(-20)) });
        let (end, place) = (case.until, gateway.place);
        story.say(at(-19), Fact::Arrived { place });
        // It waits there until somebody has an idea.
        story.say(at(-18), Fact::Joined(Holder::Place(place)));
        self.tell_trouble(&mut story, &case, place);
        story.say(end.plus(-MINUTE), Fact::Left(Holder::Place(place)));
        story.say(end, Fact::Scanned { place, floor: None });
        story.say(end, Fact::Note(Private::new(TROUBLES[trouble_of(&case)].solved)));
        story.say(end.plus(2 * HOUR), Fact::PromiseChanged(promise(end.plus(12 * HOUR))));
        story.say(end.plus(5 * HOUR), Fact::OutForDelivery { from: Some(place) });
        story.say(end.plus(9 * HOUR), Fact::Delivered { place: None, proof: Proof::default() });
        story
    }

    fn tell_trouble(&self, story: &mut Story, case: &Case, place: domain::id::PlaceId) {
        let at = |hours: i64| case.from.plus(hours * HOUR);
        let kind = trouble_of(case);
        let tracker = tracker(self.seed, case.slot);
        if kind == SILENT {
            story.say(at(-10), Fact::TrackerAttached(tracker));
        }
        if kind == ELSEWHERE {
            story.say(at(-6), Fact::OutForDelivery { from: Some(place) });
            story.say(at(-3), Fact::TrackerAttached(tracker));
            story.say(at(-2), Fact::Delivered { place: None, proof: Proof::default() });
        }
        let Trouble { reason, said, .. } = TROUBLES[kind];
        story.say(case.from, Fact::Problem { reason, detail: Some(Private::new(said)) });
        let surcharge = CostLine {
            kind: CostKind::Surcharge,
            amount: dollars(1_250),
            source: "invoice".to_owned(),
            id: format!("T-{}-{}-research", case.slot, case.number),
        };
        story.say(case.from.plus(30 * MINUTE), Fact::CostAdded(surcharge));
        if matches!(kind, SILENT | ELSEWHERE) {
            story.say(case.until.plus(-MINUTE), Fact::TrackerDetached(tracker));
        }
    }

    fn troubled_record(
        &self,
        case: &Case,
        site: &Site,
        origin: domain::id::PlaceId,
        chance: &mut Chance,
    ) -> PackageRecord {
        let product = *chance.pick(PRODUCTS);
        let order = format!("BR-T{:02}{:04}", case.slot, case.number);
        let reference =
            |scheme: &str, value: String| Reference { scheme: scheme.to_owned(), value };
        let references =
            vec![reference("carrier:ups", numbers::ups(chance)), reference("order", order.clone())];
        let person = &self.sites.people[site.owner.unwrap_or(case.slot % self.sites.people.len())];
        PackageRecord {
            description: Some(product.name.to_owned()),
            items: Some(vec![Item {
                name: product.name.to_owned(),
                quantity: 1,
                serials: vec![format!("{}-{}", product.prefix, chance.digits(8))],
                value: Some(dollars(product.price_minor)),
            }]),
            client: Some(self.sites.clients[site.client].id),
            recipient: Some(Recipient {
                name: Some(Private::new(&person.name)),
                email: Some(Private::new(&person.email)),
                address: None,
            }),
            cost_centre: Some("sales-americas".to_owned()),
            order: Some(order),
            origin: Some(origin),
            destination: Some(site.place),
            carrier: Some("ups".to_owned()),
            service: Some("Express".to_owned()),
            mode: Some(Mode::Air),
            pieces: Some(1),
            weight_g: Some(product.weight_g),
            dimensions_mm: Some(product.size_mm),
            declared_value: Some(dollars(product.price_minor)),
            promised: Some(promise(case.from)),
            references: Some(references),
        }
    }
}

/// Every slot has another trouble each time, so that all are seen at any time.
fn trouble_of(case: &Case) -> usize {
    (case.slot as i64 + case.number).rem_euclid(TROUBLES.len() as i64) as usize
}
