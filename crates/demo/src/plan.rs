//! The plan of an order: which trips it takes, what goes wrong, when it arrives.

use domain::{
    event::IncidentReason,
    id::PlaceId,
    mode::Mode,
    time::{DAY, HOUR, MINUTE, Timestamp},
};

use crate::{
    World,
    fleet::Trip,
    network::apart_m,
    orders::{Carriage, Order},
};

/// One movement of an order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hop {
    pub from: PlaceId,
    pub to: PlaceId,
    pub mode: Mode,
    pub departs_at: Timestamp,
    pub arrives_at: Timestamp,
    /// On which of our own vehicles, where it is one.
    pub trip: Option<Trip>,
}

/// How it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Handed over.
    Delivered,
    /// Nobody was there; handed over a day later.
    SecondTry,
    /// Left where its recipient collects it.
    Collected,
    /// Refused, and brought back.
    Refused,
    /// Never shipped.
    Cancelled,
}

/// What happens to an order; its packages stay together.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub origin: PlaceId,
    pub destination: PlaceId,
    pub shelved_at: Timestamp,
    pub picked_up_at: Timestamp,
    pub hops: Vec<Hop>,
    /// Where it is held, why and until when.
    pub hold: Option<(IncidentReason, Timestamp, Timestamp)>,
    pub fate: Fate,
    pub out_at: Timestamp,
    pub delivered_at: Timestamp,
    /// When it would be without a hold.
    pub planned_at: Timestamp,
    /// It crosses a border.
    pub abroad: bool,
}

impl Plan {
    /// Where its last way begins.
    pub(crate) fn last_stop(&self) -> PlaceId {
        self.hops.last().map_or(self.origin, |it| it.to)
    }

    /// How its record says it travels.
    pub(crate) fn mode(&self) -> Mode {
        let all = self.hops.iter().map(|it| it.mode);
        // Air before the road that ends it.
        all.min_by_key(|it| *it as u8).unwrap_or(Mode::Road)
    }
}

impl World {
    /// The plan of an order.
    pub(crate) fn plan(&self, order: &mut Order) -> Plan {
        if let Carriage::Sea(trip) = order.carriage {
            return self.plan_by_sea(order, trip);
        }
        let site = &self.sites.sites[order.site];
        let town = &self.network.towns[site.town];
        let (origin, destination) = (self.sites.depots[order.hub].0, site.place);
        let chance = &mut order.chance;
        let shelved_at = order.at.plus(chance.within(15 * MINUTE, 90 * MINUTE));
        let picked_up_at = shelved_at.plus(chance.within(9 * HOUR, 30 * HOUR));
        let ready_at = picked_up_at.plus(2 * HOUR);
        let hops = match order.carriage {
            Carriage::Own => self.own_hops(order.hub, site.town, ready_at),
            _ => self.carrier_hop(order, site.town, ready_at),
        };
        let chance = &mut order.chance;
        let there_at = hops.last().map_or(ready_at, |it| it.arrives_at);
        let country = &self.network.gateways[order.hub].airport.country;
        let abroad = *country != town.stop.country;
        let (reason, fate) = match chance.below(1000) {
            0..35 if abroad => (Some(IncidentReason::CustomsInspection), Fate::Delivered),
            35..60 => (Some(IncidentReason::WeatherDelay), Fate::Delivered),
            60..70 => (Some(IncidentReason::CarrierCapacityExceeded), Fate::Delivered),
            70..95 => (None, Fate::SecondTry),
            95..110 => (None, Fate::Refused),
            110..120 => (None, Fate::Cancelled),
            120..220 if site.owner.is_some() => (None, Fate::Collected),
            _ => (None, Fate::Delivered),
        };
        let held_at = there_at.plus(70 * MINUTE);
        let hold = reason.map(|it| (it, held_at, held_at.plus(chance.within(7 * HOUR, 40 * HOUR))));
        let (rest, last_way) = (chance.within(3 * HOUR, 17 * HOUR), chance.within(HOUR, 7 * HOUR));
        let planned_at = there_at.plus(rest + last_way);
        let out_at = hold.map_or(there_at, |(_, _, until)| until).plus(rest);
        let delivered_at = out_at.plus(last_way);
        Plan {
            origin,
            destination,
            shelved_at,
            picked_up_at,
            hops,
            hold,
            fate,
            out_at,
            delivered_at,
            planned_at,
            abroad,
        }
    }

    fn plan_by_sea(&self, order: &mut Order, trip: Trip) -> Plan {
        let line = self.fleet.vehicles[trip.vehicle].line;
        let nth = self.network.sea.iter().position(|it| *it == line).expect("vessels sail there");
        let quays = &self.sites.quays[nth];
        let ends = &self.network.lines[line].ends;
        let (from, to) = (trip.from, 1 - trip.from);
        let Trip { departs_at, arrives_at, .. } = trip;
        let chance = &mut order.chance;
        let hop = Hop {
            from: ends[from].place,
            to: ends[to].place,
            mode: Mode::Sea,
            departs_at,
            arrives_at,
            trip: Some(trip),
        };
        let inspected = chance.one_in(9).then_some(IncidentReason::CustomsInspection);
        let held_at = arrives_at.plus(5 * HOUR);
        let hold = inspected.map(|it| (it, held_at, held_at.plus(chance.within(DAY, 3 * DAY))));
        let rest = chance.within(8 * HOUR, 40 * HOUR);
        let out_at = hold.map_or(arrives_at, |(_, _, until)| until).plus(rest);
        Plan {
            origin: quays[from].0,
            destination: quays[to].0,
            shelved_at: order.at.plus(HOUR),
            picked_up_at: departs_at.plus(-chance.within(14 * HOUR, 40 * HOUR)),
            hops: vec![hop],
            hold,
            fate: Fate::Delivered,
            out_at,
            delivered_at: out_at.plus(chance.within(HOUR, 5 * HOUR)),
            planned_at: arrives_at.plus(rest + 3 * HOUR),
            abroad: true,
        }
    }

    /// From a hub to a town on the next trips that there are.
    fn own_hops(&self, hub: usize, town: usize, ready_at: Timestamp) -> Vec<Hop> {
        let network = &self.network;
        let to = &network.towns[town];
        let gateway = &network.gateways[to.gateway];
        let mut ways = Vec::new();
        if gateway.hub != hub {
            ways.push(network.between_hubs(hub, gateway.hub));
        }
        if to.gateway >= 3 {
            ways.push((network.air[to.gateway], 0));
        }
        ways.extend(to.line.map(|line| (line, 0)));
        let mut at = ready_at;
        let mut hops = Vec::with_capacity(ways.len());
        for (line, from) in ways {
            let trip = self.fleet.next(network, line, from, at);
            let ends = &network.lines[line].ends;
            hops.push(Hop {
                from: ends[from].place,
                to: ends[1 - from].place,
                mode: network.lines[line].mode,
                departs_at: trip.departs_at,
                arrives_at: trip.arrives_at,
                trip: Some(trip),
            });
            at = trip.arrives_at.plus(2 * HOUR);
        }
        hops
    }

    /// In a carrier's hands from a hub to the gateway of a town.
    fn carrier_hop(&self, order: &mut Order, town: usize, ready_at: Timestamp) -> Vec<Hop> {
        let from = &self.network.gateways[order.hub].airport;
        let to = &self.network.gateways[self.network.towns[town].gateway].airport;
        if from.place == to.place {
            return Vec::new();
        }
        let way_m = apart_m(from, to);
        let by_air = order.carriage == Carriage::Post || 900_000.0 < way_m;
        let (mode, speed_m_s) = if by_air { (Mode::Air, 210.0) } else { (Mode::Road, 18.0) };
        let departs_at = ready_at.plus(order.chance.within(HOUR, 9 * HOUR));
        let travel = (way_m / speed_m_s * 1000.0) as i64 + order.chance.within(HOUR, 6 * HOUR);
        let arrives_at = departs_at.plus(travel);
        let (from, to) = (from.place, to.place);
        vec![Hop { from, to, mode, departs_at, arrives_at, trip: None }]
    }
}
