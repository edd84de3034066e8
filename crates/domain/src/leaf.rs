//! The bytes that are logged for ever: canonical JSON (RFC 8785, integers only)
//! of one event in its subject's chain. Never change what an existing version
//! writes: `v` names the version, and readers of every version must remain.

use sha2::{Digest, Sha256};

use crate::{
    event::{Event, Fact, Holder, Measurement},
    id::EventId,
    money::{CostLine, Money},
    position::Position,
    private::Private,
    record::{ContainerRecord, PackageRecord, PlaceKind, PlaceRecord, Record, Reference},
};

pub mod entry;
mod json;
mod read;
#[cfg(test)]
mod tests;

use json::{Object, Value};
pub use read::{InvalidLeaf, Logged};

/// The version this code writes.
const VERSION: i64 = 1;

/// The hash of a leaf as the log's tree knows it: SHA-256 of a zero byte and
/// the leaf (RFC 6962 section 2.1).
pub type LeafHash = [u8; 32];

/// The bytes of one event's leaf. `seq` counts the subject's events from 1 in
/// the order of recording; `prev` is the hash of the leaf before it.
#[must_use]
pub fn leaf(event: &Event, seq: u64, prev: Option<LeafHash>) -> Vec<u8> {
    let mut object = head(event, seq);
    object.set("prev", prev.map(|it| Value::Text(hex(&it))));
    Value::Object(object).to_bytes()
}

/// The hash of a leaf.
#[must_use]
pub fn leaf_hash(leaf: &[u8]) -> LeafHash {
    Sha256::new().chain_update([0]).chain_update(leaf).finalize().into()
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    // Formatting each byte costs more than hashing the leaf.
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
        text
    })
}

fn head(event: &Event, seq: u64) -> Object {
    let mut object = Object::new();
    object.set("v", VERSION);
    object.set("id", event.id.to_string());
    object.set("subject", event.subject.to_string());
    object.set("seq", seq);
    object.set("happened_at", event.happened_at.millis());
    object.set("recorded_at", event.recorded_at.millis());
    object.set("actor", event.actor.as_str());
    object.set("source", event.source.as_str());
    object.set("kind", event.fact.kind().word());
    object.set("fact", fact(&event.fact));
    object
}

fn fact(fact: &Fact) -> Object {
    let mut it = Object::new();
    match fact {
        Fact::Registered(record) => it = self::record(record),
        Fact::Amended { set, clear } => {
            it.set("set", record(set));
            it.set("clear", clear.iter().map(|it| it.word().into()).collect::<Vec<Value>>());
        }
        Fact::Positioned(measured) => it = measurement(measured),
        Fact::Scanned { place, floor } => {
            it.set("place", place.to_string());
            it.set("floor", floor.as_deref());
        }
        Fact::PickedUp { place } | Fact::Returned { place } => {
            it.set("place", place.map(|it| it.to_string()));
        }
        Fact::Departed { from, to, mode, expected_at } => {
            it.set("from", from.map(|it| it.to_string()));
            it.set("to", to.map(|it| it.to_string()));
            it.set("mode", mode.map(crate::mode::Mode::word));
            it.set("expected_at", expected_at.map(crate::time::Timestamp::millis));
        }
        Fact::Arrived { place } | Fact::ReadyToCollect { place } => {
            it.set("place", place.to_string());
        }
        Fact::Joined(holder) | Fact::Left(holder) => match holder {
            Holder::Container(id) => it.set("container", id.to_string()),
            Holder::Place(id) => it.set("place", id.to_string()),
        },
        Fact::TrackerAttached(id) | Fact::TrackerDetached(id) => it.set("tracker", id.to_string()),
        Fact::CostAdded(line) | Fact::CostCredited(line) => it = cost(line),
        Fact::CostShared { kind, with } => {
            it.set("cost", kind.word());
            it.set("with", with.to_string());
        }
        Fact::PromiseChanged(promise) => {
            it.set("first", promise.first.millis());
            it.set("last", promise.last.millis());
        }
        Fact::Problem { reason, detail } => {
            it.set("reason", reason.word());
            it.set("detail", digest(detail.as_ref()));
        }
        Fact::Solved { detail } => it.set("detail", digest(detail.as_ref())),
        Fact::Held { reason, place } => {
            it.set("reason", reason.word());
            it.set("place", place.map(|it| it.to_string()));
        }
        Fact::OutForDelivery { from } => it.set("from", from.map(|it| it.to_string())),
        Fact::Delivered { place, proof } => {
            it.set("place", place.map(|it| it.to_string()));
            it.set("received_by", digest(proof.received_by.as_ref()));
            it.set("left_at", proof.left_at.as_deref());
            it.set("photo", proof.photo.map(|it| it.to_string()));
            it.set("signature", proof.signature.map(|it| it.to_string()));
        }
        Fact::Returning { reason, to } => {
            it.set("reason", reason.map(crate::event::IncidentReason::word));
            it.set("to", to.map(|it| it.to_string()));
        }
        Fact::Lost | Fact::Cancelled => (),
        Fact::PhotoAdded(id) => it.set("photo", id.to_string()),
        Fact::Note(text) => it.set("text", digest(Some(text))),
        Fact::Corrected { target, fact } => {
            target_of(&mut it, *target);
            it.set("kind", fact.kind().word());
            it.set("fact", self::fact(fact));
        }
        Fact::Voided { target, why } => {
            target_of(&mut it, *target);
            it.set("why", digest(why.as_ref()));
        }
        Fact::Merged { into } => it.set("into", into.map(|it| it.to_string())),
    }
    it
}

fn target_of(object: &mut Object, target: EventId) {
    object.set("target", target.to_string());
}

/// Personal text is logged only as its salted digest.
fn digest(text: Option<&Private>) -> Option<Value> {
    text.map(|it| Value::Text(hex(&it.digest())))
}

fn money(money: Money) -> Object {
    let mut it = Object::new();
    it.set("currency", money.currency.code());
    it.set("minor", money.minor);
    it
}

fn cost(line: &CostLine) -> Object {
    let mut it = Object::new();
    it.set("cost", line.kind.word());
    it.set("amount", money(line.amount));
    it.set("source", line.source.as_str());
    it.set("line", line.id.as_str());
    it
}

fn position(position: &Position, it: &mut Object) {
    it.set("lat_e7", i64::from(position.at.lat_e7()));
    it.set("lon_e7", i64::from(position.at.lon_e7()));
    if let Some(height) = position.height {
        it.set("height_mm", i64::from(height.ellipsoid_mm()));
        it.set("height_raw_mm", i64::from(height.raw_mm()));
        it.set("datum", height.datum().word());
    }
}

fn measurement(measured: &Measurement) -> Object {
    let mut it = Object::new();
    position(&measured.position, &mut it);
    it.set("radius_95_mm", measured.radius_95_mm.map(i64::from));
    it.set("vertical_95_mm", measured.vertical_95_mm.map(i64::from));
    it.set("speed_mm_s", measured.speed_mm_s.map(i64::from));
    it.set("course_cdeg", measured.course_cdeg.map(i64::from));
    it
}

fn references(references: &[Reference]) -> Vec<Value> {
    let one = |reference: &Reference| {
        let mut it = Object::new();
        it.set("scheme", reference.scheme.as_str());
        it.set("value", reference.value.as_str());
        Value::Object(it)
    };
    references.iter().map(one).collect()
}

fn record(record: &Record) -> Object {
    match record {
        Record::Package(record) => package(record),
        Record::Container(record) => container(record),
        Record::Place(record) => place(record),
        Record::Tracker(record) => {
            let mut it = Object::new();
            it.set("name", record.name.as_str());
            it.set("person", record.person);
            it
        }
        Record::Client(record) => {
            let mut it = Object::new();
            it.set("name", record.name.as_str());
            it
        }
    }
}

fn package(record: &PackageRecord) -> Object {
    let mut it = Object::new();
    it.set("description", record.description.as_deref());
    it.set("items", record.items.as_ref().map(|items| items.iter().map(item).collect::<Vec<_>>()));
    it.set("client", record.client.map(|it| it.to_string()));
    if let Some(recipient) = &record.recipient {
        let mut to = Object::new();
        to.set("name", digest(recipient.name.as_ref()));
        to.set("email", digest(recipient.email.as_ref()));
        to.set("address", digest(recipient.address.as_ref()));
        it.set("recipient", to);
    }
    it.set("cost_centre", record.cost_centre.as_deref());
    it.set("order", record.order.as_deref());
    it.set("origin", record.origin.map(|it| it.to_string()));
    it.set("destination", record.destination.map(|it| it.to_string()));
    it.set("carrier", record.carrier.as_deref());
    it.set("service", record.service.as_deref());
    it.set("mode", record.mode.map(crate::mode::Mode::word));
    it.set("pieces", record.pieces.map(i64::from));
    it.set("weight_g", record.weight_g);
    it.set(
        "dimensions_mm",
        record.dimensions_mm.map(|it| it.map(|it| Value::Int(i64::from(it))).to_vec()),
    );
    it.set("declared_value", record.declared_value.map(money));
    if let Some(promise) = record.promised {
        it.set("promised_first", promise.first.millis());
        it.set("promised_last", promise.last.millis());
    }
    it.set("references", record.references.as_deref().map(references));
    it
}

fn item(item: &crate::record::Item) -> Value {
    let mut it = Object::new();
    it.set("name", item.name.as_str());
    it.set("quantity", i64::from(item.quantity));
    it.set("serials", item.serials.iter().map(|it| it.as_str().into()).collect::<Vec<Value>>());
    it.set("value", item.value.map(money));
    Value::Object(it)
}

fn container(record: &ContainerRecord) -> Object {
    let mut it = Object::new();
    it.set("container", record.kind.word());
    it.set("name", record.name.as_str());
    it.set("references", references(&record.references));
    it
}

fn place(record: &PlaceRecord) -> Object {
    let mut it = Object::new();
    it.set("place", record.kind.word());
    // What people call a home names who lives there, and a leaf is for ever.
    let name = Some(record.name.as_str()).filter(|_| record.kind != PlaceKind::Home);
    it.set("name", name);
    position(&Position { at: record.at, height: record.ground }, &mut it);
    it.set("radius_m", i64::from(record.radius_m));
    it.set("time_zone", record.time_zone.as_deref());
    it.set("country", record.country.as_deref());
    it.set("code", record.code.as_deref());
    let floors = record.floors.iter().map(|floor| {
        let mut it = Object::new();
        it.set("name", floor.name.as_str());
        it.set("above_ground_mm", i64::from(floor.above_ground_mm));
        Value::Object(it)
    });
    it.set("floors", floors.collect::<Vec<_>>());
    it.set("address", digest(record.address.as_ref()));
    it.set("exact", record.exact.as_ref().map(|it| Value::Text(hex(&it.digest()))));
    it
}
