//! What holds a thing directly, as far as its state tells: what its place on the
//! map follows from.

use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};

use crate::{
    event::Holder,
    id::{ContainerId, PackageId, PlaceId, derive_bytes},
    mode::Mode,
    state::{OpenLeg, State, Status},
    time::{HOUR, Timestamp},
};

#[cfg(test)]
mod tests;

/// Something on the map that holds packages: a container, a place, a lane, or a
/// package that nothing else holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HolderId {
    /// A package by itself.
    Package(PackageId),
    /// A container.
    Container(ContainerId),
    /// A place.
    Place(PlaceId),
    /// Packages in a carrier's hands on the same way.
    Lane(LaneId),
}

/// Names a lane; the same for packages on the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct LaneId(#[cbor(n(0), with = "minicbor::bytes")] [u8; 16]);

/// A way that a carrier moves packages outside our containers. Packages of one
/// carrier that left one place for another by one mode in one hour share it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(map)]
pub struct Lane {
    /// Who moves them.
    #[n(0)]
    pub carrier: Option<String>,
    /// From where.
    #[n(1)]
    pub from: Option<PlaceId>,
    /// To where.
    #[n(2)]
    pub to: Option<PlaceId>,
    /// How.
    #[n(3)]
    pub mode: Option<Mode>,
    /// The hour they left in.
    #[n(4)]
    pub hour: Timestamp,
}

/// What holds a thing directly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holding {
    /// A container.
    Container(ContainerId),
    /// A place.
    Place(PlaceId),
    /// A carrier, on a way.
    Lane(Lane),
    /// Nothing but itself.
    Itself,
    /// Nobody knows where it is.
    Nowhere,
}

impl Lane {
    /// Its name.
    #[must_use]
    pub fn id(&self) -> LaneId {
        let place = |id: &Option<PlaceId>| id.map_or([0; 16], |it| *it.as_bytes());
        let mode = [self.mode.map_or(u8::MAX, |it| it as u8)];
        LaneId(derive_bytes(&[
            b"lane",
            self.carrier.as_deref().unwrap_or_default().as_bytes(),
            &place(&self.from),
            &place(&self.to),
            &mode,
            &self.hour.millis().to_be_bytes(),
        ]))
    }
}

impl LaneId {
    /// Wraps 128 bits.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 128 bits.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl HolderId {
    /// As bytes that sort by kind.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 17] {
        let (kind, id) = match &self {
            Self::Package(id) => (0, id.as_bytes()),
            Self::Container(id) => (1, id.as_bytes()),
            Self::Place(id) => (2, id.as_bytes()),
            Self::Lane(id) => (9, id.as_bytes()),
        };
        let mut bytes = [kind; 17];
        bytes[1..].copy_from_slice(id);
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (kind, id) = bytes.split_first()?;
        let id: [u8; 16] = id.try_into().ok()?;
        match kind {
            0 => Some(Self::Package(PackageId::from_bytes(id))),
            1 => Some(Self::Container(ContainerId::from_bytes(id))),
            2 => Some(Self::Place(PlaceId::from_bytes(id))),
            9 => Some(Self::Lane(LaneId(id))),
            _ => None,
        }
    }
}

impl<C> Encode<C> for HolderId {
    fn encode<W: encode::Write>(
        &self,
        to: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), encode::Error<W::Error>> {
        to.bytes(&self.to_bytes())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for HolderId {
    fn decode(from: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        Self::from_bytes(from.bytes()?).ok_or_else(|| decode::Error::message("no holder"))
    }
}

impl Holding {
    /// What holds a package. Where nobody said that it left, that is where it was
    /// seen last, and before any sighting where it should start.
    #[must_use]
    pub fn of_package(state: &State) -> Self {
        let Some(record) = state.package() else { return Self::Nowhere };
        if let Some((Holder::Container(id), _)) = state.holder {
            return Self::Container(id);
        }
        // What carries its own tracker is where that is.
        if state.tracker.is_some() && !state.status.is_final() {
            return Self::Itself;
        }
        if let Some(leg) = leg_of(state) {
            let lane = Lane {
                carrier: record.carrier.clone(),
                from: leg.from,
                to: leg.to.or(record.destination),
                mode: leg.mode.or(record.mode),
                hour: hour_of(leg.departed_at),
            };
            return Self::Lane(lane);
        }
        let seen = state.last_place;
        match (state.last_position, seen) {
            (Some((_, measured_at)), Some((_, seen_at))) if seen_at < measured_at => Self::Itself,
            (Some(_), None) => Self::Itself,
            (_, Some((place, _))) => Self::Place(place),
            (None, None) => record.origin.map_or(Self::Nowhere, Self::Place),
        }
    }

    /// What holds a container.
    #[must_use]
    pub const fn of_container(state: &State) -> Self {
        match state.holder {
            Some((Holder::Container(id), _)) => Self::Container(id),
            Some((Holder::Place(id), _)) if state.leg.is_none() => Self::Place(id),
            _ => Self::Itself,
        }
    }
}

/// The way a package is on outside containers. The last way, to whoever gets it,
/// is one even if nobody called it a departure.
fn leg_of(state: &State) -> Option<OpenLeg> {
    if state.leg.is_some() || state.status != Status::OutForDelivery {
        return state.leg;
    }
    let (from, departed_at) = (state.last_place.map(|it| it.0), state.status_at);
    Some(OpenLeg { from, to: None, mode: Some(Mode::Road), departed_at, expected_at: None })
}

fn hour_of(at: Timestamp) -> Timestamp {
    Timestamp::from_millis(at.millis() - at.millis() % HOUR).expect("an instant's hour is in range")
}
