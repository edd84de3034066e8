//! Events: immutable facts about one subject, with both clocks and who said so.

use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use crate::{
    id::{ContainerId, EventId, PackageId, PhotoId, PlaceId, Subject, TrackerId},
    mode::Mode,
    money::{CostKind, CostLine},
    motion::Fix,
    position::Position,
    private::{NOT_IN_LOG, Private},
    record::{PackageField, PlaceKind, Promise, Record},
    time::{MINUTE, Millis, Timestamp},
    words::words,
};

#[cfg(test)]
mod tests;

/// How far ahead of our clock another clock may run before we stop believing it.
pub const CLOCK_SKEW_MAX: Millis = 5 * MINUTE;

/// One immutable fact about one subject.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Event {
    /// Its id: the same fact told twice has the same one.
    #[n(0)]
    pub id: EventId,
    /// What it is about.
    #[n(1)]
    pub subject: Subject,
    /// When it happened, by the world's clock.
    #[n(2)]
    pub happened_at: Timestamp,
    /// When we learned it, by ours.
    #[n(3)]
    pub recorded_at: Timestamp,
    /// Who says so: an opaque id of a person, a device or a connection.
    #[n(4)]
    pub actor: String,
    /// Which way it came: `api`, `import`, `cli`, `carrier:ups`.
    #[n(5)]
    pub source: String,
    /// What is said.
    #[n(6)]
    pub fact: Fact,
}

/// The order in which facts count: by the world's clock, then by id.
pub type Order = (Timestamp, EventId);

impl Event {
    /// When it counts as having happened. A clock that runs ahead of ours by
    /// more than [`CLOCK_SKEW_MAX`] is not believed, so that no fact from the
    /// future stays "the latest" for years.
    #[must_use]
    pub fn effective_at(&self) -> Timestamp {
        if self.happened_at > self.recorded_at.plus(CLOCK_SKEW_MAX) {
            self.recorded_at
        } else {
            self.happened_at
        }
    }

    /// Its place among the subject's facts.
    #[must_use]
    pub fn order(&self) -> Order {
        (self.effective_at(), self.id)
    }

    /// What makes two tellings the same: all that is said of the world. Our
    /// clock, the salts and who passed it on do not matter: a file that two
    /// people import is one file.
    #[must_use]
    pub fn content_hash(&self) -> [u8; 32] {
        content_hash(self.id, self.subject, self.happened_at, &self.fact)
    }

    /// Whether both say the same. What was erased in one may have been anything.
    #[must_use]
    pub fn agrees_with(&self, other: &Self) -> bool {
        if self.content_hash() == other.content_hash() {
            return true;
        }
        let (mut one, mut two) = (self.clone(), other.clone());
        if !one.fact.blank_what_is_erased(&mut two.fact) {
            return false;
        }
        one.content_hash() == two.content_hash()
    }

    /// The bytes that are stored.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("writing to memory cannot fail")
    }

    /// Reads stored bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, minicbor::decode::Error> {
        minicbor::decode(bytes)
    }
}

fn content_hash(id: EventId, subject: Subject, happened_at: Timestamp, fact: &Fact) -> [u8; 32] {
    let mut fact = fact.clone();
    for private in fact.privates_mut() {
        private.set_salt([0; 16]);
    }
    let content = (id, subject, happened_at, fact);
    Sha256::digest(minicbor::to_vec(content).expect("writing to memory cannot fail")).into()
}

/// What holds a package or container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum Holder {
    /// Inside a container.
    #[n(0)]
    Container(#[n(0)] ContainerId),
    /// At a place.
    #[n(1)]
    Place(#[n(0)] PlaceId),
}

impl Holder {
    /// The holder as a subject of its own events.
    pub const fn subject(self) -> Subject {
        match self {
            Self::Container(id) => Subject::Container(id),
            Self::Place(id) => Subject::Place(id),
        }
    }
}

/// One measured position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(map)]
pub struct Measurement {
    /// Where.
    #[n(0)]
    pub position: Position,
    /// Horizontal 95 % radius in millimetres.
    #[n(1)]
    pub radius_95_mm: Option<u32>,
    /// Vertical 95 % half-width in millimetres.
    #[n(2)]
    pub vertical_95_mm: Option<u32>,
    /// Speed over ground in millimetres per second.
    #[n(3)]
    pub speed_mm_s: Option<u32>,
    /// Course over ground in hundredths of a degree, clockwise from north.
    #[n(4)]
    pub course_cdeg: Option<u16>,
}

impl Measurement {
    /// The measurement as a fix of this instant.
    #[must_use]
    pub const fn fix(&self, at: Timestamp) -> Fix {
        Fix {
            at,
            position: self.position,
            radius_95_mm: self.radius_95_mm,
            vertical_95_mm: self.vertical_95_mm,
            speed_mm_s: self.speed_mm_s,
            course_cdeg: self.course_cdeg,
        }
    }
}

impl From<Fix> for Measurement {
    fn from(fix: Fix) -> Self {
        Self {
            position: fix.position,
            radius_95_mm: fix.radius_95_mm,
            vertical_95_mm: fix.vertical_95_mm,
            speed_mm_s: fix.speed_mm_s,
            course_cdeg: fix.course_cdeg,
        }
    }
}

/// How a delivery is proven.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(map)]
pub struct Proof {
    /// Who took it.
    #[n(0)]
    pub received_by: Option<Private>,
    /// Where it was left: "reception", "parcel locker 12".
    #[n(1)]
    pub left_at: Option<String>,
    /// A photo of it.
    #[n(2)]
    pub photo: Option<PhotoId>,
    /// A signature, as a photo.
    #[n(3)]
    pub signature: Option<PhotoId>,
}

words! {
    /// Why something went wrong.
    IncidentReason, "reason";
    0 CarrierDamagedParcel "carrier_damaged_parcel",
    1 CarrierSortingError "carrier_sorting_error",
    2 CarrierAddressNotFound "carrier_address_not_found",
    3 CarrierParcelLost "carrier_parcel_lost",
    4 CarrierNotEnoughTime "carrier_not_enough_time",
    5 CarrierVehicleIssue "carrier_vehicle_issue",
    6 CarrierCapacityExceeded "carrier_capacity_exceeded",
    7 CarrierMechanicalDelay "carrier_mechanical_delay",
    8 RetailerCancelled "retailer_cancelled",
    9 RetailerIncorrectData "retailer_incorrect_data",
    10 RetailerNotReady "retailer_not_ready",
    11 RetailerIncorrectParcel "retailer_incorrect_parcel",
    12 RetailerIncorrectDimensions "retailer_incorrect_dimensions",
    13 RetailerPackagingIssue "retailer_packaging_issue",
    14 ConsigneeRefused "consignee_refused",
    15 ConsigneeBusinessClosed "consignee_business_closed",
    16 ConsigneeNotAvailable "consignee_not_available",
    17 ConsigneeNotHome "consignee_not_home",
    18 ConsigneeCancelled "consignee_cancelled",
    19 ConsigneeVerificationFailed "consignee_verification_failed",
    20 ConsigneeIncorrectAddress "consignee_incorrect_address",
    21 ConsigneeAccessRestricted "consignee_access_restricted",
    22 ConsigneeSafePlaceUnavailable "consignee_safe_place_unavailable",
    23 CustomsDelay "customs_delay",
    24 CustomsDocumentation "customs_documentation",
    25 CustomsDutiesUnpaid "customs_duties_unpaid",
    26 CustomsProhibited "customs_prohibited",
    27 CustomsInspection "customs_inspection",
    28 WeatherDelay "weather_delay",
    29 NaturalDisaster "natural_disaster",
    30 ForceMajeure "force_majeure",
    31 ParcelBeingResearched "parcel_being_researched",
    32 SecurityIssue "security_issue",
    33 RegulatoryHold "regulatory_hold",
    34 Unknown "unknown",
}

/// What an event says. Numbers are stored: never reuse or change one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum Fact {
    /// The subject exists from now on.
    #[n(0)]
    Registered(#[n(0)] Box<Record>),
    /// Its record changes: what `set` has replaces, what `clear` names is emptied.
    #[n(1)]
    Amended {
        /// New values.
        #[n(0)]
        set: Box<Record>,
        /// Emptied fields, of packages only.
        #[n(1)]
        clear: Vec<PackageField>,
    },
    /// It was measured to be here.
    #[n(2)]
    Positioned(#[n(0)] Measurement),
    /// It was seen at a place.
    #[n(3)]
    Scanned {
        /// Where.
        #[n(0)]
        place: PlaceId,
        /// On which floor.
        #[n(1)]
        floor: Option<String>,
    },
    /// A carrier or driver has taken it.
    #[n(4)]
    PickedUp {
        /// Where.
        #[n(0)]
        place: Option<PlaceId>,
    },
    /// It has left.
    #[n(5)]
    Departed {
        /// From where; missing means where it was.
        #[n(0)]
        from: Option<PlaceId>,
        /// To where; missing means its destination.
        #[n(1)]
        to: Option<PlaceId>,
        /// How it travels; missing means as its record says.
        #[n(2)]
        mode: Option<Mode>,
        /// When it should arrive.
        #[n(3)]
        expected_at: Option<Timestamp>,
    },
    /// It has arrived.
    #[n(6)]
    Arrived {
        /// Where.
        #[n(0)]
        place: PlaceId,
    },
    /// It is inside or at this holder from now on.
    #[n(7)]
    Joined(#[n(0)] Holder),
    /// It is no longer inside or at this holder.
    #[n(8)]
    Left(#[n(0)] Holder),
    /// This tracker travels with it from now on.
    #[n(9)]
    TrackerAttached(#[n(0)] TrackerId),
    /// This tracker no longer travels with it.
    #[n(10)]
    TrackerDetached(#[n(0)] TrackerId),
    /// It cost this.
    #[n(11)]
    CostAdded(#[n(0)] CostLine),
    /// This was credited.
    #[n(12)]
    CostCredited(#[n(0)] CostLine),
    /// A cost of it is contained in a line recorded on another package.
    #[n(13)]
    CostShared {
        /// Which kind of cost.
        #[n(0)]
        kind: CostKind,
        /// The package that carries the line.
        #[n(1)]
        with: PackageId,
    },
    /// The carrier promises other times.
    #[n(14)]
    PromiseChanged(#[n(0)] Promise),
    /// Something went wrong.
    #[n(15)]
    Problem {
        /// Why.
        #[n(0)]
        reason: IncidentReason,
        /// In somebody's words.
        #[n(1)]
        detail: Option<Private>,
    },
    /// It is being held.
    #[n(16)]
    Held {
        /// Why.
        #[n(0)]
        reason: IncidentReason,
        /// Where.
        #[n(1)]
        place: Option<PlaceId>,
    },
    /// It is on its last way.
    #[n(17)]
    OutForDelivery {
        /// From where.
        #[n(0)]
        from: Option<PlaceId>,
    },
    /// Its recipient can collect it.
    #[n(18)]
    ReadyToCollect {
        /// Where.
        #[n(0)]
        place: PlaceId,
    },
    /// Its recipient has it.
    #[n(19)]
    Delivered {
        /// Where; missing means its destination.
        #[n(0)]
        place: Option<PlaceId>,
        /// How that is proven.
        #[n(1)]
        proof: Proof,
    },
    /// It is on its way back.
    #[n(20)]
    Returning {
        /// Why.
        #[n(0)]
        reason: Option<IncidentReason>,
        /// To where; missing means its origin.
        #[n(1)]
        to: Option<PlaceId>,
    },
    /// It is back.
    #[n(21)]
    Returned {
        /// Where; missing means its origin.
        #[n(0)]
        place: Option<PlaceId>,
    },
    /// Nobody knows where it is.
    #[n(22)]
    Lost,
    /// It will not be shipped.
    #[n(23)]
    Cancelled,
    /// A photo was taken of it.
    #[n(24)]
    PhotoAdded(#[n(0)] PhotoId),
    /// Somebody wrote something down.
    #[n(25)]
    Note(#[n(0)] Private),
    /// An earlier event was wrong; this is what is true instead.
    #[n(26)]
    Corrected {
        /// The event that was wrong.
        #[n(0)]
        target: EventId,
        /// What is true instead.
        #[n(1)]
        fact: Box<Self>,
    },
    /// An earlier event did not happen.
    #[n(27)]
    Voided {
        /// The event that did not happen.
        #[n(0)]
        target: EventId,
        /// Why we know.
        #[n(1)]
        why: Option<Private>,
    },
    /// It is one and the same place as another from now on, whatever was and will be
    /// recorded of it; or is a place of its own again.
    #[n(28)]
    Merged {
        /// Which place it is; missing means itself.
        #[n(0)]
        into: Option<PlaceId>,
    },
    /// What went wrong, or held it, is settled.
    #[n(29)]
    Solved {
        /// What was agreed, in somebody's words.
        #[n(0)]
        detail: Option<Private>,
    },
}

words! {
    /// The words for what events say.
    FactKind, "event kind";
    0 Registered "registered",
    1 Amended "amended",
    2 Positioned "positioned",
    3 Scanned "scanned",
    4 PickedUp "picked_up",
    5 Departed "departed",
    6 Arrived "arrived",
    7 Joined "joined",
    8 Left "left",
    9 TrackerAttached "tracker_attached",
    10 TrackerDetached "tracker_detached",
    11 CostAdded "cost_added",
    12 CostCredited "cost_credited",
    13 CostShared "cost_shared",
    14 PromiseChanged "promise_changed",
    15 Problem "problem",
    16 Held "held",
    17 OutForDelivery "out_for_delivery",
    18 ReadyToCollect "ready_to_collect",
    19 Delivered "delivered",
    20 Returning "returning",
    21 Returned "returned",
    22 Lost "lost",
    23 Cancelled "cancelled",
    24 PhotoAdded "photo_added",
    25 Note "note",
    26 Corrected "corrected",
    27 Voided "voided",
    28 Merged "merged",
    29 Solved "solved",
}

impl Fact {
    /// The word for what is said.
    #[must_use]
    pub const fn kind(&self) -> FactKind {
        match self {
            Self::Registered(_) => FactKind::Registered,
            Self::Amended { .. } => FactKind::Amended,
            Self::Positioned(_) => FactKind::Positioned,
            Self::Scanned { .. } => FactKind::Scanned,
            Self::PickedUp { .. } => FactKind::PickedUp,
            Self::Departed { .. } => FactKind::Departed,
            Self::Arrived { .. } => FactKind::Arrived,
            Self::Joined(_) => FactKind::Joined,
            Self::Left(_) => FactKind::Left,
            Self::TrackerAttached(_) => FactKind::TrackerAttached,
            Self::TrackerDetached(_) => FactKind::TrackerDetached,
            Self::CostAdded(_) => FactKind::CostAdded,
            Self::CostCredited(_) => FactKind::CostCredited,
            Self::CostShared { .. } => FactKind::CostShared,
            Self::PromiseChanged(_) => FactKind::PromiseChanged,
            Self::Problem { .. } => FactKind::Problem,
            Self::Held { .. } => FactKind::Held,
            Self::OutForDelivery { .. } => FactKind::OutForDelivery,
            Self::ReadyToCollect { .. } => FactKind::ReadyToCollect,
            Self::Delivered { .. } => FactKind::Delivered,
            Self::Returning { .. } => FactKind::Returning,
            Self::Returned { .. } => FactKind::Returned,
            Self::Lost => FactKind::Lost,
            Self::Cancelled => FactKind::Cancelled,
            Self::PhotoAdded(_) => FactKind::PhotoAdded,
            Self::Note(_) => FactKind::Note,
            Self::Corrected { .. } => FactKind::Corrected,
            Self::Voided { .. } => FactKind::Voided,
            Self::Merged { .. } => FactKind::Merged,
            Self::Solved { .. } => FactKind::Solved,
        }
    }

    /// What is true: the replacement of a correction, otherwise the fact itself;
    /// nothing for a void.
    #[must_use]
    pub fn asserted(&self) -> Option<&Self> {
        match self {
            Self::Corrected { fact, .. } => fact.asserted(),
            Self::Voided { .. } => None,
            other => Some(other),
        }
    }

    /// The earlier event that no longer counts, if this is a correction or a void.
    #[must_use]
    pub const fn target(&self) -> Option<EventId> {
        match self {
            Self::Corrected { target, .. } | Self::Voided { target, .. } => Some(*target),
            _ => None,
        }
    }

    /// Forgets every personal text; says how many that were.
    pub fn erase(&mut self) -> usize {
        let kept = self.privates_mut().into_iter().filter(|it| !it.is_erased());
        let erased = kept.map(Private::erase).count();
        let name = self.home_name_mut().filter(|it| !it.is_empty());
        erased + usize::from(name.map(String::clear).is_some())
    }

    /// Says of every personal text that only the log is left of it: of an event as the
    /// log has it, of which nothing was erased. Returns how many these are.
    pub fn lose(&mut self) -> usize {
        let texts = self.privates_mut().into_iter().map(Private::lose).count();
        let name = self.home_name_mut().map(|it| NOT_IN_LOG.clone_into(it));
        texts + usize::from(name.is_some())
    }

    /// Makes both alike where either was erased; false if they cannot be the same.
    fn blank_what_is_erased(&mut self, other: &mut Self) -> bool {
        let blank = || Private::Erased { digest: [0; 32] };
        let (ours, theirs) = (self.privates_mut(), other.privates_mut());
        if ours.len() != theirs.len() {
            return false;
        }
        for (one, two) in std::iter::zip(ours, theirs) {
            if one.text().is_none() || two.text().is_none() {
                (*one, *two) = (blank(), blank());
            }
        }
        if let (Some(one), Some(two)) = (self.home_name_mut(), other.home_name_mut())
            && [&*one, &*two].iter().any(|it| it.is_empty() || *it == NOT_IN_LOG)
        {
            one.clear();
            two.clear();
        }
        true
    }

    /// What people call a home, which may name who lives there.
    fn home_name_mut(&mut self) -> Option<&mut String> {
        match self {
            Self::Registered(record) | Self::Amended { set: record, .. } => match &mut **record {
                Record::Place(place) if place.kind == PlaceKind::Home => Some(&mut place.name),
                _ => None,
            },
            Self::Corrected { fact, .. } => fact.home_name_mut(),
            _ => None,
        }
    }

    /// Every personal text in it.
    pub fn privates_mut(&mut self) -> Vec<&mut Private> {
        match self {
            Self::Registered(record) | Self::Amended { set: record, .. } => record.privates_mut(),
            Self::Problem { detail, .. } | Self::Solved { detail } => detail.iter_mut().collect(),
            Self::Delivered { proof, .. } => proof.received_by.iter_mut().collect(),
            Self::Note(text) => vec![text],
            Self::Corrected { fact, .. } => fact.privates_mut(),
            Self::Voided { why, .. } => why.iter_mut().collect(),
            _ => Vec::new(),
        }
    }
}
