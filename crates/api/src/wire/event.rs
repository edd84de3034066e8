//! Events on the wire: one shape per kind of fact, the same to say and to read.

use domain::{
    event::{self, Fact, Holder},
    id::{PlaceId, Subject},
    private::Private,
    record::{ClientRecord, Record, TrackerRecord},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::wire::{
    container::ContainerInput,
    money::Cost,
    package::{PackageInput, Promise},
    place::{Place, PlaceInput, PlaceRef, Position},
    reading::Reading,
    scalar::{Id, Line, Prose, Time, ids},
    viewer::Viewer,
    word::{Word, words},
};

/// What an event says, by `kind`. `happened_at` is when it happened by the
/// world's clock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// It exists from now on.
    Registered { happened_at: Time, record: RecordBody },
    /// Its record changes: what `set` has replaces, what `clear` names is emptied.
    Amended {
        happened_at: Time,
        set: RecordBody,
        #[serde(default)]
        #[schema(required = false, max_items = 16)]
        clear: Vec<words::PackageField>,
    },
    /// It was measured to be here.
    Positioned { happened_at: Time, measured: Measurement },
    /// It was seen at a place.
    Scanned { happened_at: Time, place: PlaceRef, floor: Option<Line<40>> },
    /// A carrier or driver has taken it.
    PickedUp { happened_at: Time, place: Option<PlaceRef> },
    /// It has left, from where it was and to its destination when not said.
    Departed {
        happened_at: Time,
        from: Option<PlaceRef>,
        to: Option<PlaceRef>,
        mode: Option<words::Mode>,
        expected_at: Option<Time>,
    },
    /// It has arrived.
    Arrived { happened_at: Time, place: PlaceRef },
    /// It is inside this container, or kept at this place, from now on.
    Joined { happened_at: Time, holder: HolderRef },
    /// It is no longer inside or at this holder.
    Left { happened_at: Time, holder: HolderRef },
    /// This tracker travels with it from now on.
    TrackerAttached { happened_at: Time, tracker: ids::Tracker },
    /// This tracker no longer travels with it.
    TrackerDetached { happened_at: Time, tracker: ids::Tracker },
    /// It cost this.
    CostAdded { happened_at: Time, cost: Cost },
    /// This was credited.
    CostCredited { happened_at: Time, cost: Cost },
    /// A cost of it is contained in a line recorded on another package.
    CostShared { happened_at: Time, cost: words::CostKind, with: ids::Package },
    /// The carrier promises other times.
    PromiseChanged { happened_at: Time, promised: Promise },
    /// Something went wrong.
    Problem { happened_at: Time, reason: words::IncidentReason, detail: Option<Prose<2000>> },
    /// What went wrong, or held it, is settled: it stands where it stood before.
    Solved { happened_at: Time, detail: Option<Prose<2000>> },
    /// It is being held.
    Held { happened_at: Time, reason: words::IncidentReason, place: Option<PlaceRef> },
    /// It is on its last way.
    OutForDelivery { happened_at: Time, from: Option<PlaceRef> },
    /// Its recipient can collect it.
    ReadyToCollect { happened_at: Time, place: PlaceRef },
    /// Its recipient has it, at its destination when not said.
    Delivered { happened_at: Time, place: Option<PlaceRef>, proof: Option<Proof> },
    /// It is on its way back, to its origin when not said.
    Returning { happened_at: Time, reason: Option<words::IncidentReason>, to: Option<PlaceRef> },
    /// It is back, at its origin when not said.
    Returned { happened_at: Time, place: Option<PlaceRef> },
    /// Nobody knows where it is.
    Lost { happened_at: Time },
    /// It will not be shipped.
    Cancelled { happened_at: Time },
    /// A photo was taken of it. Photos are added by uploading them.
    PhotoAdded { happened_at: Time, photo: ids::Photo },
    /// Somebody wrote something down. Personal; `null` to those who may not read it.
    Note { happened_at: Time, text: Option<Prose<10_000>> },
    /// An earlier event was wrong; `event` is what is true instead, and when.
    Corrected {
        happened_at: Time,
        target: ids::Event,
        #[schema(no_recursion)]
        event: Box<Event>,
    },
    /// An earlier event did not happen.
    Voided { happened_at: Time, target: ids::Event, why: Option<Prose<2000>> },
    /// It is one with another place from now on; without `into` a place of its own again.
    /// Said by `POST /v1/places/{place}/merge` alone.
    Merged { happened_at: Time, into: Option<ids::Place> },
}

/// A record, by what it describes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RecordBody {
    /// A package.
    Package(Box<PackageInput>),
    /// A container.
    Container(ContainerInput),
    /// A place.
    Place(Box<PlaceInput>),
    /// A tracker.
    Tracker(TrackerBody),
    /// A client.
    Client(ClientBody),
}

/// A tracker as it is registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrackerBody {
    /// What people call it.
    pub name: Line<200>,
    /// True when it follows a person: its positions are personal data.
    #[serde(default)]
    #[schema(required = false)]
    pub person: bool,
}

/// A client as it is registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientBody {
    /// The client's name.
    pub name: Line<200>,
}

/// What holds something: a container or a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum HolderRef {
    /// A container.
    Container(ids::Container),
    /// A place.
    Place(PlaceRef),
}

/// One measured position.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Measurement {
    /// Where.
    pub position: Position,
    /// It lies within this many metres, 95 times of 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub radius_95_m: Option<f64>,
    /// Its height is right to this many metres, 95 times of 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100_000)]
    pub vertical_95_m: Option<f64>,
    /// Speed over ground in metres per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 12_000)]
    pub speed_m_s: Option<f64>,
    /// Course over ground in degrees, clockwise from north.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, exclusive_maximum = 360)]
    pub course_deg: Option<f64>,
}

/// How a delivery is proven.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Proof {
    /// Who took it. Personal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received_by: Option<Line<200>>,
    /// Where it was left.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "reception")]
    pub left_at: Option<Line<200>>,
    /// A photo of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photo: Option<ids::Photo>,
    /// A signature, as a photo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<ids::Photo>,
}

impl Event {
    /// When it happened.
    #[must_use]
    pub fn happened_at(&self) -> Timestamp {
        match self {
            Self::Registered { happened_at, .. }
            | Self::Amended { happened_at, .. }
            | Self::Positioned { happened_at, .. }
            | Self::Scanned { happened_at, .. }
            | Self::PickedUp { happened_at, .. }
            | Self::Departed { happened_at, .. }
            | Self::Arrived { happened_at, .. }
            | Self::Joined { happened_at, .. }
            | Self::Left { happened_at, .. }
            | Self::TrackerAttached { happened_at, .. }
            | Self::TrackerDetached { happened_at, .. }
            | Self::CostAdded { happened_at, .. }
            | Self::CostCredited { happened_at, .. }
            | Self::CostShared { happened_at, .. }
            | Self::PromiseChanged { happened_at, .. }
            | Self::Problem { happened_at, .. }
            | Self::Solved { happened_at, .. }
            | Self::Held { happened_at, .. }
            | Self::OutForDelivery { happened_at, .. }
            | Self::ReadyToCollect { happened_at, .. }
            | Self::Delivered { happened_at, .. }
            | Self::Returning { happened_at, .. }
            | Self::Returned { happened_at, .. }
            | Self::Lost { happened_at }
            | Self::Cancelled { happened_at }
            | Self::PhotoAdded { happened_at, .. }
            | Self::Note { happened_at, .. }
            | Self::Corrected { happened_at, .. }
            | Self::Voided { happened_at, .. }
            | Self::Merged { happened_at, .. } => happened_at.0,
        }
    }

    /// As the domain knows it; `None` when something in it is wrong.
    pub fn read(&self, reading: &mut Reading) -> Option<Fact> {
        Some(match self {
            Self::Registered { record, .. } => {
                Fact::Registered(Box::new(record.read("record", reading)?))
            }
            Self::Amended { set, clear, .. } => Fact::Amended {
                set: Box::new(set.read("set", reading)?),
                clear: clear.iter().map(|it| it.0).collect(),
            },
            Self::Positioned { measured, .. } => {
                Fact::Positioned(reading.within("measured", |it| measured.read(it))?)
            }
            Self::TrackerAttached { tracker, .. } => {
                reading.within("tracker", |it| it.mention(Subject::Tracker(tracker.0)));
                Fact::TrackerAttached(tracker.0)
            }
            Self::TrackerDetached { tracker, .. } => {
                reading.within("tracker", |it| it.mention(Subject::Tracker(tracker.0)));
                Fact::TrackerDetached(tracker.0)
            }
            Self::CostAdded { cost, .. } => {
                Fact::CostAdded(reading.within("cost", |it| cost.read(it))?)
            }
            Self::CostCredited { cost, .. } => {
                Fact::CostCredited(reading.within("cost", |it| cost.read(it))?)
            }
            Self::CostShared { cost, with, .. } => Fact::CostShared { kind: cost.0, with: with.0 },
            Self::PromiseChanged { promised, .. } => {
                Fact::PromiseChanged(reading.within("promised", |it| promised.read(it)))
            }
            Self::Problem { reason, detail, .. } => {
                Fact::Problem { reason: reason.0, detail: private(detail.as_ref()) }
            }
            Self::Solved { detail, .. } => Fact::Solved { detail: private(detail.as_ref()) },
            Self::Lost { .. } => Fact::Lost,
            Self::Cancelled { .. } => Fact::Cancelled,
            Self::PhotoAdded { photo, .. } => Fact::PhotoAdded(photo.0),
            Self::Note { text, .. } => {
                let Some(text) = text else {
                    reading.fault("text", "missing", "a note needs its text".to_owned());
                    return None;
                };
                Fact::Note(Private::new(text.0.clone()))
            }
            Self::Corrected { target, event, .. } => {
                if event.happened_at() != self.happened_at() {
                    let detail = "a correction counts from when the corrected event truly happened: \
                                  give the same happened_at in both";
                    reading.fault("happened_at", "differs", detail.to_owned());
                }
                let fact = reading.within("event", |it| event.read(it))?;
                Fact::Corrected { target: target.0, fact: Box::new(fact) }
            }
            Self::Voided { target, why, .. } => {
                Fact::Voided { target: target.0, why: private(why.as_ref()) }
            }
            Self::Merged { .. } => {
                let detail = "places are merged by POST /v1/places/{place}/merge".to_owned();
                reading.fault("kind", "merge", detail);
                return None;
            }
            _ => self.read_movement(reading)?,
        })
    }

    /// The facts that speak of places and holders.
    fn read_movement(&self, reading: &mut Reading) -> Option<Fact> {
        Some(match self {
            Self::Scanned { place: it, floor, .. } => Fact::Scanned {
                place: place("place", it, reading),
                floor: floor.as_ref().map(|it| it.0.clone()),
            },
            Self::PickedUp { place: it, .. } => {
                Fact::PickedUp { place: maybe("place", it.as_ref(), reading) }
            }
            Self::Departed { from, to, mode, expected_at, .. } => Fact::Departed {
                from: maybe("from", from.as_ref(), reading),
                to: maybe("to", to.as_ref(), reading),
                mode: mode.map(|it| it.0),
                expected_at: expected_at.map(|it| it.0),
            },
            Self::Arrived { place: it, .. } => Fact::Arrived { place: place("place", it, reading) },
            Self::Joined { holder, .. } => {
                Fact::Joined(reading.within("holder", |it| holder.read(it)))
            }
            Self::Left { holder, .. } => Fact::Left(reading.within("holder", |it| holder.read(it))),
            Self::Held { reason, place: it, .. } => {
                Fact::Held { reason: reason.0, place: maybe("place", it.as_ref(), reading) }
            }
            Self::OutForDelivery { from, .. } => {
                Fact::OutForDelivery { from: maybe("from", from.as_ref(), reading) }
            }
            Self::ReadyToCollect { place: it, .. } => {
                Fact::ReadyToCollect { place: place("place", it, reading) }
            }
            Self::Delivered { place: it, proof, .. } => Fact::Delivered {
                place: maybe("place", it.as_ref(), reading),
                proof: proof.as_ref().map(Proof::read).unwrap_or_default(),
            },
            Self::Returning { reason, to, .. } => Fact::Returning {
                reason: reason.map(|it| it.0),
                to: maybe("to", to.as_ref(), reading),
            },
            Self::Returned { place: it, .. } => {
                Fact::Returned { place: maybe("place", it.as_ref(), reading) }
            }
            _ => return None,
        })
    }

    /// What was said and when, as this viewer may see it; `None` when it may not.
    #[must_use]
    pub fn of(fact: &Fact, at: Timestamp, viewer: Viewer) -> Option<Self> {
        if !viewer.may_read(fact) {
            return None;
        }
        let happened_at = Time(at);
        Some(match fact {
            Fact::Registered(record) => {
                Self::Registered { happened_at, record: RecordBody::of(record, viewer) }
            }
            Fact::Amended { set, clear } => Self::Amended {
                happened_at,
                set: RecordBody::of(set, viewer),
                clear: clear.iter().copied().map(Word).collect(),
            },
            Fact::Positioned(it) => Self::Positioned { happened_at, measured: Measurement::of(it) },
            Fact::TrackerAttached(id) => Self::TrackerAttached { happened_at, tracker: Id(*id) },
            Fact::TrackerDetached(id) => Self::TrackerDetached { happened_at, tracker: Id(*id) },
            Fact::CostAdded(line) => Self::CostAdded { happened_at, cost: Cost::of(line) },
            Fact::CostCredited(line) => Self::CostCredited { happened_at, cost: Cost::of(line) },
            Fact::CostShared { kind, with } => {
                Self::CostShared { happened_at, cost: Word(*kind), with: Id(*with) }
            }
            Fact::PromiseChanged(it) => {
                Self::PromiseChanged { happened_at, promised: Promise::of(*it) }
            }
            Fact::Problem { reason, detail } => Self::Problem {
                happened_at,
                reason: Word(*reason),
                detail: viewer.text(detail.as_ref()).map(Prose),
            },
            Fact::Solved { detail } => {
                Self::Solved { happened_at, detail: viewer.text(detail.as_ref()).map(Prose) }
            }
            Fact::Lost => Self::Lost { happened_at },
            Fact::Cancelled => Self::Cancelled { happened_at },
            Fact::PhotoAdded(id) => Self::PhotoAdded { happened_at, photo: Id(*id) },
            Fact::Note(text) => {
                Self::Note { happened_at, text: viewer.text(Some(text)).map(Prose) }
            }
            Fact::Corrected { target, fact } => Self::Corrected {
                happened_at,
                target: Id(*target),
                event: Box::new(Self::of(fact, at, viewer)?),
            },
            Fact::Voided { target, why } => Self::Voided {
                happened_at,
                target: Id(*target),
                why: viewer.text(why.as_ref()).map(Prose),
            },
            Fact::Merged { into } => Self::Merged { happened_at, into: into.map(Id) },
            _ => Self::of_movement(fact, happened_at, viewer)?,
        })
    }

    fn of_movement(fact: &Fact, happened_at: Time, viewer: Viewer) -> Option<Self> {
        let known = |it: Option<PlaceId>| it.map(|id| PlaceRef::Id(Id(id)));
        let at = |it: PlaceId| PlaceRef::Id(Id(it));
        Some(match fact {
            Fact::Scanned { place, floor } => {
                Self::Scanned { happened_at, place: at(*place), floor: floor.clone().map(Line) }
            }
            Fact::PickedUp { place } => Self::PickedUp { happened_at, place: known(*place) },
            Fact::Departed { from, to, mode, expected_at } => Self::Departed {
                happened_at,
                from: known(*from),
                to: known(*to),
                mode: mode.map(Word),
                expected_at: expected_at.map(Time),
            },
            Fact::Arrived { place } => Self::Arrived { happened_at, place: at(*place) },
            Fact::Joined(it) => Self::Joined { happened_at, holder: HolderRef::of(*it) },
            Fact::Left(it) => Self::Left { happened_at, holder: HolderRef::of(*it) },
            Fact::Held { reason, place } => {
                Self::Held { happened_at, reason: Word(*reason), place: known(*place) }
            }
            Fact::OutForDelivery { from } => {
                Self::OutForDelivery { happened_at, from: known(*from) }
            }
            Fact::ReadyToCollect { place } => {
                Self::ReadyToCollect { happened_at, place: at(*place) }
            }
            Fact::Delivered { place, proof } => Self::Delivered {
                happened_at,
                place: known(*place),
                proof: Proof::of(proof, viewer),
            },
            Fact::Returning { reason, to } => {
                Self::Returning { happened_at, reason: reason.map(Word), to: known(*to) }
            }
            Fact::Returned { place } => Self::Returned { happened_at, place: known(*place) },
            _ => return None,
        })
    }
}

fn place(key: &str, place: &PlaceRef, reading: &mut Reading) -> PlaceId {
    reading.within(key, |reading| place.read(reading))
}

fn maybe(key: &str, it: Option<&PlaceRef>, reading: &mut Reading) -> Option<PlaceId> {
    it.map(|it| place(key, it, reading))
}

fn private<const MAX: usize>(text: Option<&Prose<MAX>>) -> Option<Private> {
    text.map(|it| Private::new(it.0.clone()))
}

impl RecordBody {
    fn read(&self, key: &str, reading: &mut Reading) -> Option<Record> {
        reading.within(key, |reading| match self {
            Self::Package(it) => {
                let record = reading.within("package", |reading| it.read(None, &[], reading));
                Some(Record::Package(record))
            }
            Self::Container(it) => {
                reading.within("container", |reading| it.read(None, reading)).map(Record::Container)
            }
            Self::Place(it) => {
                reading.within("place", |reading| it.read(None, &[], reading)).map(Record::Place)
            }
            Self::Tracker(it) => {
                Some(Record::Tracker(TrackerRecord { name: it.name.0.clone(), person: it.person }))
            }
            Self::Client(it) => Some(Record::Client(ClientRecord { name: it.name.0.clone() })),
        })
    }

    fn of(record: &Record, viewer: Viewer) -> Self {
        match record {
            Record::Package(it) => Self::Package(Box::new(PackageInput::of(it, viewer))),
            Record::Container(it) => Self::Container(ContainerInput::of(it)),
            Record::Place(it) => Self::Place(Box::new(Place::input(it, viewer))),
            Record::Tracker(it) => {
                Self::Tracker(TrackerBody { name: Line(it.name.clone()), person: it.person })
            }
            Record::Client(it) => Self::Client(ClientBody { name: Line(it.name.clone()) }),
        }
    }
}

impl HolderRef {
    fn read(&self, reading: &mut Reading) -> Holder {
        match self {
            Self::Container(Id(id)) => {
                reading.within("container", |it| it.mention(Subject::Container(*id)));
                Holder::Container(*id)
            }
            Self::Place(it) => Holder::Place(place("place", it, reading)),
        }
    }

    /// As it travels.
    #[must_use]
    pub const fn of(holder: Holder) -> Self {
        match holder {
            Holder::Container(id) => Self::Container(Id(id)),
            Holder::Place(id) => Self::Place(PlaceRef::Id(Id(id))),
        }
    }
}

/// Millimetres in a metre.
const MM: f64 = 1000.0;

impl Measurement {
    /// As the domain knows it. The schema has proved the ranges.
    pub fn read(&self, reading: &mut Reading) -> Option<event::Measurement> {
        let mm = |it: Option<f64>| it.map(|it| (it * MM).round() as u32);
        Some(event::Measurement {
            position: reading.within("position", |reading| self.position.read(reading))?,
            radius_95_mm: mm(self.radius_95_m),
            vertical_95_mm: mm(self.vertical_95_m),
            speed_mm_s: mm(self.speed_m_s),
            course_cdeg: self.course_deg.map(|it| (it * 100.0).round() as u16 % 36_000),
        })
    }

    /// As it travels.
    #[must_use]
    pub fn of(measured: &event::Measurement) -> Self {
        let metres = |it: Option<u32>| it.map(|it| f64::from(it) / MM);
        Self {
            position: Position::of(&measured.position),
            radius_95_m: metres(measured.radius_95_mm),
            vertical_95_m: metres(measured.vertical_95_mm),
            speed_m_s: metres(measured.speed_mm_s),
            course_deg: measured.course_cdeg.map(|it| f64::from(it) / 100.0),
        }
    }
}

impl Proof {
    fn read(&self) -> event::Proof {
        event::Proof {
            received_by: self.received_by.as_ref().map(|it| Private::new(it.0.clone())),
            left_at: self.left_at.as_ref().map(|it| it.0.clone()),
            photo: self.photo.map(|it| it.0),
            signature: self.signature.map(|it| it.0),
        }
    }

    fn of(proof: &event::Proof, viewer: Viewer) -> Option<Self> {
        if *proof == event::Proof::default() {
            return None;
        }
        Some(Self {
            received_by: viewer.text(proof.received_by.as_ref()).map(Line),
            left_at: proof.left_at.clone().map(Line),
            photo: proof.photo.map(Id),
            signature: proof.signature.map(Id),
        })
    }
}
