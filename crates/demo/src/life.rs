//! The lives of an order's packages, and of the pallet under a large one.

use domain::{
    event::{Fact, Holder, Proof},
    id::{ContainerId, PackageId, Subject},
    mode::Mode,
    money::{CostKind, CostLine, Currency, Money},
    private::Private,
    record::{
        ContainerKind, ContainerRecord, Item, PackageRecord, Promise, Recipient, Record, Reference,
    },
    time::{DAY, HOUR, MINUTE, SECOND, Timestamp},
};

use crate::{
    World,
    chance::Chance,
    numbers,
    orders::{Carriage, Order},
    plan::{Fate, Hop, Plan},
    story::Story,
};

/// Orders of so many packages travel on a pallet.
const PALLET_FROM: usize = 6;
/// Who pays inside the firm.
const COST_CENTRES: &[&str] = &["sales-americas", "sales-europe", "sales-asia", "workplace-it"];

impl World {
    /// Everything that ever happens to an order: its pallet first, then each package.
    pub(crate) fn lives(&self, mut order: Order) -> Vec<Story> {
        let plan = self.plan(&mut order);
        let shipped = plan.fate != Fate::Cancelled;
        let on_pallet = PALLET_FROM <= order.pieces
            && shipped
            && order.carriage != Carriage::Ups
            && plan.hops.iter().any(|it| self.is_tracked(it));
        let pallet = on_pallet.then(|| self.pallet(&order, &plan));
        let holder = pallet.as_ref().map(|story| match story.subject {
            Subject::Container(id) => id,
            _ => unreachable!("a pallet is a container"),
        });
        let first = self.package_id(&order, 0);
        let pieces =
            (0..order.pieces).map(|piece| self.package(&order, &plan, piece, holder, first));
        pallet.into_iter().chain(pieces.collect::<Vec<_>>()).collect()
    }

    fn package_id(&self, order: &Order, piece: usize) -> PackageId {
        let [stream, a, b] = order.key.map(u64::to_be_bytes);
        let (seed, piece) = (self.seed.to_be_bytes(), (piece as u64).to_be_bytes());
        PackageId::derive(&[b"demo", &seed, &stream, &a, &b, &piece])
    }

    /// Whether a hop is one of a vehicle whose whereabouts are recorded.
    fn is_tracked(&self, hop: &Hop) -> bool {
        hop.trip.is_some() && (hop.mode == Mode::Sea || self.fleet_since() <= hop.departs_at)
    }

    fn vehicle_of(&self, hop: &Hop) -> Option<Holder> {
        let trip = hop.trip.filter(|_| self.is_tracked(hop))?;
        Some(Holder::Container(self.fleet.vehicles[trip.vehicle].container))
    }

    fn pallet(&self, order: &Order, plan: &Plan) -> Story {
        let [stream, a, b] = order.key.map(u64::to_be_bytes);
        let seed = self.seed.to_be_bytes();
        let id = ContainerId::derive(&[b"demo/pallet", &seed, &stream, &a, &b]);
        let sscc = numbers::sscc(&mut order.chance.clone());
        let record = ContainerRecord {
            kind: ContainerKind::Pallet,
            name: format!("Pallet {}", order.number.trim_start_matches("BR-")),
            references: vec![Reference { scheme: "sscc".to_owned(), value: sscc }],
        };
        let mut story = Story::of(Subject::Container(id));
        let ready_at = plan.picked_up_at.plus(-50 * MINUTE);
        story.say(ready_at, Fact::Registered(Box::new(Record::Container(record))));
        story.say(ready_at, Fact::Joined(Holder::Place(plan.origin)));
        for hop in &plan.hops {
            if let Some(vehicle) = self.vehicle_of(hop) {
                story.say(hop.departs_at.plus(-25 * MINUTE), Fact::Joined(vehicle));
                story.say(hop.arrives_at.plus(28 * MINUTE), Fact::Left(vehicle));
            }
            story.say(hop.arrives_at.plus(29 * MINUTE), Fact::Joined(Holder::Place(hop.to)));
        }
        story
    }

    fn package(
        &self,
        order: &Order,
        plan: &Plan,
        piece: usize,
        pallet: Option<ContainerId>,
        first: PackageId,
    ) -> Story {
        let id = self.package_id(order, piece);
        let mut chance =
            Chance::of(self.seed, &[32, order.key[0], order.key[1], order.key[2], piece as u64]);
        let record = self.record(order, plan, piece, &mut chance);
        let mut story = Story::of(Subject::Package(id));
        let step = piece as i64;
        story.say(order.at.plus(step * 40), Fact::Registered(Box::new(Record::Package(record))));
        let shelf = self.shelf(order, plan);
        story.say(plan.shelved_at.plus(step * 7 * SECOND), Fact::Joined(shelf));
        let picked_up_at = plan.picked_up_at.plus(step * 5 * SECOND);
        if plan.fate == Fate::Cancelled {
            story.say(picked_up_at.plus(-HOUR), Fact::Cancelled);
            story.say(picked_up_at, Fact::Left(shelf));
            return story;
        }
        story.say(picked_up_at, Fact::Left(shelf));
        story.say(picked_up_at, Fact::PickedUp { place: Some(plan.origin) });
        if let Some(pallet) = pallet {
            let pallet = Holder::Container(pallet);
            story.say(picked_up_at.plus(4 * MINUTE), Fact::Joined(pallet));
        }
        self.pay(&mut story, order, plan, piece, first, &mut chance);
        for hop in &plan.hops {
            self.travel(&mut story, hop, step, pallet.is_some());
        }
        self.end(&mut story, order, plan, step, pallet);
        story
    }

    fn shelf(&self, order: &Order, plan: &Plan) -> Holder {
        if order.hub != 0 || matches!(order.carriage, Carriage::Sea(_)) {
            return Holder::Place(plan.origin);
        }
        let mut chance = order.chance;
        Holder::Container(*chance.pick(&self.sites.shelves))
    }

    fn travel(&self, story: &mut Story, hop: &Hop, step: i64, on_pallet: bool) {
        let vehicle = self.vehicle_of(hop).filter(|_| !on_pallet);
        if let Some(vehicle) = vehicle {
            story.say(hop.departs_at.plus(-20 * MINUTE + step * SECOND), Fact::Joined(vehicle));
        }
        let line = hop.trip.map(|it| &self.network.lines[self.fleet.vehicles[it.vehicle].line]);
        let expected_at = line.map_or(hop.arrives_at, |it| hop.departs_at.plus(it.travel));
        let (from, to, mode) = (Some(hop.from), Some(hop.to), Some(hop.mode));
        let departed = Fact::Departed { from, to, mode, expected_at: Some(expected_at) };
        story.say(hop.departs_at.plus(step * 3), departed);
        story.say(hop.arrives_at.plus(step * 3), Fact::Arrived { place: hop.to });
        if let Some(vehicle) = vehicle {
            story.say(hop.arrives_at.plus(25 * MINUTE + step * SECOND), Fact::Left(vehicle));
        }
    }

    /// From its last stop to whoever gets it, or back.
    fn end(
        &self,
        story: &mut Story,
        order: &Order,
        plan: &Plan,
        step: i64,
        pallet: Option<ContainerId>,
    ) {
        let place = plan.last_stop();
        let step = step * 20 * SECOND;
        if let Some((reason, at, until)) = plan.hold {
            story.say(at.plus(step), Fact::Held { reason, place: Some(place) });
            let late = until.since(at);
            let promise = promise(plan.planned_at.plus(late));
            story.say(at.plus(step + 20 * MINUTE), Fact::PromiseChanged(promise));
            story.say(until.plus(step), Fact::Scanned { place, floor: None });
        }
        let out_at = plan.out_at.plus(step);
        if let Some(pallet) = pallet {
            story.say(out_at.plus(-10 * MINUTE), Fact::Left(Holder::Container(pallet)));
        }
        let out = Fact::OutForDelivery { from: Some(place) };
        let proof = || Proof {
            received_by: self.received_by(order).map(Private::new),
            left_at: Some("reception".to_owned()).filter(|_| order.pieces > 2),
            ..Proof::default()
        };
        let delivered = |place| Fact::Delivered { place, proof: proof() };
        let delivered_at = plan.delivered_at.plus(step);
        match plan.fate {
            Fate::Delivered | Fate::Cancelled => {
                story.say(out_at, out);
                story.say(delivered_at, delivered(None));
                self.refund(story, order, plan, step);
            }
            Fate::SecondTry => {
                let reason = domain::event::IncidentReason::ConsigneeNotAvailable;
                story.say(out_at, out.clone());
                story.say(delivered_at, Fact::Held { reason, place: Some(place) });
                story.say(out_at.plus(DAY), out);
                story.say(delivered_at.plus(DAY), delivered(None));
            }
            Fate::Collected => {
                let town = &self.network.towns[self.sites.sites[order.site].town].stop;
                story.say(out_at, Fact::ReadyToCollect { place: town.place });
                story.say(delivered_at.plus(9 * HOUR), delivered(Some(town.place)));
            }
            Fate::Refused => {
                let reason = domain::event::IncidentReason::ConsigneeRefused;
                story.say(out_at, out);
                let back = Fact::Returning { reason: Some(reason), to: Some(plan.origin) };
                story.say(delivered_at, back);
                let (from, to) = (Some(place), Some(plan.origin));
                let (mode, expected_at) = (Some(plan.mode()), Some(delivered_at.plus(3 * DAY)));
                let departed = Fact::Departed { from, to, mode, expected_at };
                story.say(delivered_at.plus(8 * HOUR), departed);
                story.say(delivered_at.plus(3 * DAY), Fact::Arrived { place: plan.origin });
                story.say(
                    delivered_at.plus(3 * DAY + HOUR),
                    Fact::Returned { place: Some(plan.origin) },
                );
            }
        }
    }

    fn received_by(&self, order: &Order) -> Option<String> {
        if matches!(order.carriage, Carriage::Sea(_)) {
            return None;
        }
        self.recipient(order).map(|it| it.name.clone())
    }

    /// Who gets an order: whose home it goes to, or somebody of the office's client.
    fn recipient(&self, order: &Order) -> Option<&crate::sites::Person> {
        let site = &self.sites.sites[order.site];
        let owner = site.owner.or_else(|| {
            let at_work = |it: &usize| self.sites.people[*it].client == site.client;
            // Whoever is found first from a place that the order gives.
            let count = self.sites.people.len();
            let start = order.clone().chance.below(count as u64) as usize;
            (start..start + count).map(|it| it % count).find(at_work)
        });
        owner.map(|it| &self.sites.people[it])
    }

    fn record(
        &self,
        order: &Order,
        plan: &Plan,
        piece: usize,
        chance: &mut Chance,
    ) -> PackageRecord {
        let at_sea = matches!(order.carriage, Carriage::Sea(_));
        let product = order.product;
        let description = match order.pieces {
            1 => product.name.to_owned(),
            pieces => format!("{}, {} of {pieces}", product.name, piece + 1),
        };
        let value = dollars(product.price_minor);
        let item = Item {
            name: product.name.to_owned(),
            quantity: 1,
            serials: vec![format!("{}-{}", product.prefix, chance.digits(8))],
            value: Some(value),
        };
        let (carrier, number) = match order.carriage {
            Carriage::Ups => ("ups", numbers::ups(chance)),
            Carriage::Post => {
                let country = self.network.gateways[order.hub].airport.country;
                ("post", numbers::registered_post(chance, country.as_str()))
            }
            Carriage::Sea(_) => ("marlow", numbers::sscc(chance)),
            Carriage::Own if plan.mode() == Mode::Air => {
                ("wherrybird", numbers::consignment(chance))
            }
            Carriage::Own => ("tinderroad", numbers::consignment(chance)),
        };
        let reference =
            |scheme: &str, value: String| Reference { scheme: scheme.to_owned(), value };
        let mut references = vec![
            reference(&format!("carrier:{carrier}"), number),
            reference("order", order.number.clone()),
        ];
        if 6 <= order.pieces {
            let po = 40_000 + order.key[1] % 50_000;
            references.push(reference("po", format!("PO-{po}")));
        }
        let recipient = self.recipient(order).filter(|_| !at_sea).map(|it| Recipient {
            name: Some(Private::new(&it.name)),
            email: Some(Private::new(&it.email)),
            address: None,
        });
        PackageRecord {
            description: Some(description),
            items: Some(vec![item]),
            client: (!at_sea).then(|| self.sites.clients[self.sites.sites[order.site].client].id),
            recipient,
            cost_centre: Some((*chance.pick(COST_CENTRES)).to_owned()),
            order: Some(order.number.clone()),
            origin: Some(plan.origin),
            destination: Some(plan.destination),
            carrier: Some(carrier.to_owned()),
            service: Some(if order.pieces < 3 { "Express" } else { "Standard" }.to_owned()),
            mode: Some(plan.mode()),
            pieces: Some(1),
            weight_g: Some(product.weight_g),
            dimensions_mm: Some(product.size_mm),
            declared_value: Some(value),
            promised: Some(promise(plan.planned_at)),
            references: Some(references),
        }
    }

    /// What moving it costs: the first package of an order carries the lines, the
    /// others say so.
    fn pay(
        &self,
        story: &mut Story,
        order: &Order,
        plan: &Plan,
        piece: usize,
        first: PackageId,
        chance: &mut Chance,
    ) {
        let at = plan.picked_up_at.plus(20 * MINUTE + piece as i64 * SECOND);
        let duty = plan.abroad && order.product.price_minor > 15_000;
        if piece > 0 {
            story.say(at, Fact::CostShared { kind: CostKind::Freight, with: first });
            if duty {
                story.say(at, Fact::CostShared { kind: CostKind::Duty, with: first });
            }
            return;
        }
        let pieces = order.pieces as i64;
        let way = match plan.mode() {
            Mode::Air => 4_200,
            Mode::Sea => 900,
            Mode::Road | Mode::Rail => 1_400,
        };
        let freight = pieces * (way + order.product.weight_g as i64 / 5) + chance.within(0, 300);
        let mut line = |kind, minor, name: &str| {
            let id = format!("{}-{name}", order.number);
            let source = "invoice".to_owned();
            story.say(at, Fact::CostAdded(CostLine { kind, amount: dollars(minor), source, id }));
        };
        line(CostKind::Freight, freight, "freight");
        if duty {
            line(CostKind::Duty, pieces * order.product.price_minor * 37 / 1000, "duty");
        }
        if 60_000 < pieces * order.product.price_minor {
            line(CostKind::Insurance, pieces * order.product.price_minor / 200, "insurance");
        }
    }

    /// What came late is cheaper afterwards.
    fn refund(&self, story: &mut Story, order: &Order, plan: &Plan, step: i64) {
        if step > 0 || plan.delivered_at.since(plan.planned_at) < 12 * HOUR {
            return;
        }
        let amount = dollars(order.pieces as i64 * 650);
        let id = format!("{}-late", order.number);
        let line = CostLine { kind: CostKind::Refund, amount, source: "invoice".to_owned(), id };
        story.say(plan.delivered_at.plus(20 * HOUR), Fact::CostCredited(line));
    }
}

/// A carrier's promise of a day around an instant, by whole hours.
pub(crate) fn promise(around: Timestamp) -> Promise {
    let hour = Timestamp::MIN.plus(around.millis() / HOUR * HOUR);
    Promise { first: hour.plus(-8 * HOUR), last: hour.plus(16 * HOUR) }
}

pub(crate) fn dollars(minor: i64) -> Money {
    Money { currency: Currency::USD, minor }
}
