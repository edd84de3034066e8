//! Packages on the wire.

use std::collections::BTreeMap;

use domain::{
    event::Holder,
    id::{PackageId, PlaceId, Subject},
    private::Private,
    record::{self, PackageField, PackageRecord},
    state::{Posting, State},
};
use serde::{Deserialize, Serialize};
use service::orders::{CostTotals, add_costs};
use utoipa::ToSchema;

use crate::wire::{
    money::{Cost, Money, Reference, read_references},
    place::PlaceRef,
    reading::Reading,
    scalar::{Id, Line, Prose, Time, ids},
    viewer::Viewer,
    word::{Word, words},
};

/// A package as it is registered or changed. Everything may be missing: people
/// register what they have. When changing, what is missing stays as it is and
/// what is `null` is emptied.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PackageInput {
    /// When this became so; now when missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub happened_at: Option<Time>,
    /// What it is, in a few words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Prose<500>>,
    /// What is inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 200)]
    pub items: Option<Vec<Item>>,
    /// Whose goods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<ids::Client>,
    /// Who gets it. Personal: shown to those who enter data or administer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Recipient>,
    /// Who pays inside the company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_centre: Option<Line<100>>,
    /// The order it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Line<100>>,
    /// Where it starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<PlaceRef>,
    /// Where it should end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<PlaceRef>,
    /// The shipping company, in lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[a-z0-9][a-z0-9 ._-]{0,59}$", example = "ups")]
    pub carrier: Option<String>,
    /// The carrier's product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<Line<100>>,
    /// How it travels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<words::Mode>,
    /// How many pieces it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub pieces: Option<u32>,
    /// Its weight in kilograms, to the gram.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub weight_kg: Option<f64>,
    /// Length, width and height in millimetres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dimensions_mm: Option<Dimensions>,
    /// What it is declared to be worth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared_value: Option<Money>,
    /// When the carrier promised to deliver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promised: Option<Promise>,
    /// The numbers people know it by. They add up: a number once given keeps
    /// finding the package.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 40)]
    pub references: Option<Vec<Reference>>,
}

/// Something inside a package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// What it is.
    #[schema(example = "27-inch monitor")]
    pub name: Line<200>,
    /// How many; 1 when missing.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 1_000_000_000, required = false)]
    pub quantity: u32,
    /// Serial numbers, as far as they are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200, required = false)]
    pub serials: Vec<Line<100>>,
    /// What they are worth together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Money>,
}

const fn one() -> u32 {
    1
}

/// Who gets a package.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Recipient {
    /// Their name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Line<200>>,
    /// Their e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        pattern = "^[^@\\s\\u0000-\\u001f\\u007f-\\u009f]{1,64}@[^@\\s\\u0000-\\u001f\\u007f-\\u009f]{1,255}$"
    )]
    pub email: Option<String>,
    /// Where they want it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Prose<500>>,
}

/// Length, width and height in millimetres.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dimensions {
    /// Length in millimetres.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub length: u32,
    /// Width in millimetres.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub width: u32,
    /// Height in millimetres.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub height: u32,
}

/// When the carrier promised to deliver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Promise {
    /// The earliest promised moment.
    pub first: Time,
    /// The latest promised moment; the earliest when missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<Time>,
}

impl Promise {
    /// As the domain knows it.
    pub fn read(self, reading: &mut Reading) -> record::Promise {
        let (first, last) = (self.first.0, self.last.unwrap_or(self.first).0);
        if last < first {
            reading.fault("last", "order", "it lies before the earliest moment".to_owned());
        }
        record::Promise { first, last }
    }

    /// As it travels.
    #[must_use]
    pub const fn of(promise: record::Promise) -> Self {
        Self { first: Time(promise.first), last: Some(Time(promise.last)) }
    }
}

impl PackageInput {
    /// What is said, as the domain knows it. A recipient is said as a whole:
    /// `known` is who it was so far, and the fields named in `cleared` are dropped.
    pub fn read(
        &self,
        known: Option<&record::Recipient>,
        cleared: &[String],
        reading: &mut Reading,
    ) -> PackageRecord {
        let place = |it: &Option<PlaceRef>, key: &str, reading: &mut Reading| {
            it.as_ref().map(|it| reading.within(key, |reading| it.read(reading)))
        };
        if let Some(Id(client)) = self.client {
            reading.within("client", |it| it.mention(Subject::Client(client)));
        }
        PackageRecord {
            description: self.description.as_ref().map(|it| it.0.clone()),
            items: self.items.as_ref().map(|it| reading.within("items", |r| read_items(it, r))),
            client: self.client.map(|it| it.0),
            recipient: self.recipient.as_ref().map(|it| it.read(known, cleared)),
            cost_centre: self.cost_centre.as_ref().map(|it| it.0.clone()),
            order: self.order.as_ref().map(|it| it.0.clone()),
            origin: place(&self.origin, "origin", reading),
            destination: place(&self.destination, "destination", reading),
            carrier: self.carrier.clone(),
            service: self.service.as_ref().map(|it| it.0.clone()),
            mode: self.mode.map(|it| it.0),
            pieces: self.pieces,
            weight_g: self.weight_kg.map(|it| (it * 1000.0).round() as u64),
            dimensions_mm: self.dimensions_mm.map(|it| [it.length, it.width, it.height]),
            declared_value: self
                .declared_value
                .as_ref()
                .and_then(|it| reading.within("declared_value", |r| it.read(r))),
            promised: self.promised.map(|it| reading.within("promised", |r| it.read(r))),
            references: self
                .references
                .as_ref()
                .map(|it| reading.within("references", |r| read_references(it, r))),
        }
    }

    /// What was registered, as it travels.
    #[must_use]
    pub fn of(record: &PackageRecord, viewer: Viewer) -> Self {
        let line = |it: &Option<String>| it.clone().map(Line);
        let place = |it: Option<PlaceId>| it.map(|id| PlaceRef::Id(Id(id)));
        let recipient = record.recipient.as_ref().filter(|_| viewer.personal);
        Self {
            happened_at: None,
            description: record.description.clone().map(Prose),
            items: record.items.as_ref().map(|all| all.iter().map(Item::of).collect()),
            client: record.client.map(Id),
            recipient: recipient.map(|it| Recipient::of(it, viewer)),
            cost_centre: line(&record.cost_centre),
            order: line(&record.order),
            origin: place(record.origin),
            destination: place(record.destination),
            carrier: record.carrier.clone(),
            service: line(&record.service),
            mode: record.mode.map(Word),
            pieces: record.pieces,
            weight_kg: record.weight_g.map(|it| it as f64 / 1000.0),
            dimensions_mm: record.dimensions_mm.map(|[length, width, height]| Dimensions {
                length,
                width,
                height,
            }),
            declared_value: record.declared_value.map(Money::of),
            promised: record.promised.map(Promise::of),
            references: record
                .references
                .as_ref()
                .map(|all| all.iter().map(Reference::of).collect()),
        }
    }
}

fn read_items(items: &[Item], reading: &mut Reading) -> Vec<record::Item> {
    let one = |(index, item): (usize, &Item)| {
        let value = item.value.as_ref();
        let value = value.and_then(|it| {
            reading.within(index, |reading| reading.within("value", |reading| it.read(reading)))
        });
        record::Item {
            name: item.name.0.clone(),
            quantity: item.quantity,
            serials: item.serials.iter().map(|it| it.0.clone()).collect(),
            value,
        }
    };
    items.iter().enumerate().map(one).collect()
}

impl Item {
    fn of(item: &record::Item) -> Self {
        Self {
            name: Line(item.name.clone()),
            quantity: item.quantity,
            serials: item.serials.iter().cloned().map(Line).collect(),
            value: item.value.map(Money::of),
        }
    }
}

impl Recipient {
    fn read(&self, known: Option<&record::Recipient>, cleared: &[String]) -> record::Recipient {
        let pick = |new: Option<&str>, old: fn(&record::Recipient) -> &Option<Private>, key| {
            let kept = known.and_then(|it| old(it).clone());
            let kept = kept.filter(|_| !cleared.iter().any(|it| it == key));
            new.map(Private::new).or(kept)
        };
        record::Recipient {
            name: pick(self.name.as_ref().map(|it| it.0.as_str()), |it| &it.name, "name"),
            email: pick(self.email.as_deref(), |it| &it.email, "email"),
            address: pick(
                self.address.as_ref().map(|it| it.0.as_str()),
                |it| &it.address,
                "address",
            ),
        }
    }

    fn of(recipient: &record::Recipient, viewer: Viewer) -> Self {
        Self {
            name: viewer.text(recipient.name.as_ref()).map(Line),
            email: viewer.text(recipient.email.as_ref()),
            address: viewer.text(recipient.address.as_ref()).map(Prose),
        }
    }
}

/// The field of a record that a key of the body names, if it can be emptied.
#[must_use]
pub fn clearable(key: &str) -> Option<PackageField> {
    key.parse().ok()
}

/// A package as it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Package {
    /// Its id.
    pub id: ids::Package,
    /// Where it stands on its way.
    pub status: words::Status,
    /// Since when.
    pub status_at: Time,
    /// Why, when something is wrong with it.
    pub reason: Option<words::IncidentReason>,
    /// What was registered, with every change.
    pub record: PackageInput,
    /// What holds it.
    pub holder: Option<HolderView>,
    /// The last place it was seen at.
    pub last_place: Option<SeenAt>,
    /// When it should be delivered.
    pub expected: Option<Expected>,
    /// The tracker that travels with it.
    pub tracker: Option<ids::Tracker>,
    /// When it was registered.
    pub registered_at: Option<Time>,
    /// When it was first picked up.
    pub picked_up_at: Option<Time>,
    /// When it was delivered.
    pub delivered_at: Option<Time>,
    /// Who took it, for those who may see that.
    pub received_by: Option<String>,
    /// What it cost, for those who may see costs.
    pub costs: Option<Costs>,
    /// Photos of it, oldest first.
    pub photos: Vec<ids::Photo>,
    /// How many notes its history has.
    pub notes: u32,
    /// How many events its history has.
    pub events: u64,
    /// When we last learned something of it.
    pub recorded_at: Time,
    /// The names of what is spoken of by id.
    pub names: BTreeMap<String, String>,
}

/// What holds something.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct HolderView {
    /// The container, when it is one.
    pub container: Option<ids::Container>,
    /// The place, when it is one.
    pub place: Option<ids::Place>,
    /// Since when.
    pub since: Time,
}

impl HolderView {
    /// As it travels.
    #[must_use]
    pub fn of(holder: Holder, since: domain::time::Timestamp) -> Self {
        let (container, place) = match holder {
            Holder::Container(id) => (Some(Id(id)), None),
            Holder::Place(id) => (None, Some(Id(id))),
        };
        Self { container, place, since: Time(since) }
    }
}

/// A place something was seen at.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct SeenAt {
    /// Where.
    pub place: ids::Place,
    /// When.
    pub at: Time,
}

/// When a package should be delivered.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Expected {
    /// As likely earlier as later.
    pub at_p50: Time,
    /// Nine of ten times no later.
    pub at_p90: Time,
    /// What it rests on.
    pub basis: words::ExpectedBasis,
}

impl Expected {
    /// As it travels.
    #[must_use]
    pub const fn of(it: &domain::expected::Expected) -> Self {
        Self { at_p50: Time(it.at_p50), at_p90: Time(it.at_p90), basis: Word(it.basis) }
    }
}

/// What a package cost.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Costs {
    /// Each line.
    pub lines: Vec<CostPosting>,
    /// Costs that are contained in another package's line.
    pub shared: Vec<SharedCost>,
    /// The sum in each currency, credits taken off.
    pub totals: Vec<Money>,
}

/// One cost line and its direction.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CostPosting {
    /// The line.
    pub cost: Cost,
    /// True when it lowers the cost.
    pub credit: bool,
}

/// A cost that another package carries.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct SharedCost {
    /// Which kind.
    pub cost: words::CostKind,
    /// The package that carries the line.
    pub with: ids::Package,
}

impl Costs {
    fn of(state: &State) -> Self {
        let mut totals = CostTotals::new();
        add_costs(&mut totals, state);
        let line = |it: &Posting| CostPosting { cost: Cost::of(&it.line), credit: it.credit };
        Self {
            lines: state.costs.iter().map(line).collect(),
            shared: state
                .shared_costs
                .iter()
                .map(|(kind, with)| SharedCost { cost: Word(*kind), with: Id(*with) })
                .collect(),
            totals: sums(&totals),
        }
    }
}

/// Sums as they travel.
#[must_use]
pub fn sums(totals: &CostTotals) -> Vec<Money> {
    let total = |(currency, minor): (&_, &_)| {
        Money::of(domain::money::Money { currency: *currency, minor: *minor })
    };
    totals.iter().map(total).collect()
}

impl Package {
    /// As this viewer may see it. Positions and names are put in by the caller,
    /// who knows the places.
    #[must_use]
    pub fn of(id: PackageId, state: &State, viewer: Viewer) -> Self {
        let record = state.package().map(|it| PackageInput::of(it, viewer)).unwrap_or_default();
        let proof = state.proof.as_ref();
        Self {
            id: Id(id),
            status: Word(state.status),
            status_at: Time(state.status_at),
            reason: state.reason.map(Word),
            record,
            holder: state.holder.map(|(holder, since)| HolderView::of(holder, since)),
            last_place: state
                .last_place
                .map(|(place, at)| SeenAt { place: Id(place), at: Time(at) }),
            expected: None,
            tracker: state.tracker.map(|(id, _)| Id(id)),
            registered_at: state.registered_at.map(Time),
            picked_up_at: state.picked_up_at.map(Time),
            delivered_at: state.delivered_at.map(Time),
            received_by: proof.and_then(|it| viewer.text(it.received_by.as_ref())),
            costs: viewer.costs.then(|| Costs::of(state)),
            photos: state.photos.iter().copied().map(Id).collect(),
            notes: state.notes,
            events: u64::from(state.events),
            recorded_at: Time(state.recorded_at),
            names: BTreeMap::new(),
        }
    }

    /// Everything it speaks of by id that has a name.
    #[must_use]
    pub fn mentioned(state: &State) -> Vec<Subject> {
        let record = state.package();
        let mut all: Vec<Subject> = Vec::new();
        all.extend(record.and_then(|it| it.client).map(Subject::Client));
        all.extend(record.and_then(|it| it.origin).map(Subject::Place));
        all.extend(record.and_then(|it| it.destination).map(Subject::Place));
        all.extend(state.holder.map(|(it, _)| it.subject()));
        all.extend(state.last_place.map(|(it, _)| Subject::Place(it)));
        all.extend(state.tracker.map(|(it, _)| Subject::Tracker(it)));
        all.sort_unstable();
        all.dedup();
        all
    }
}
