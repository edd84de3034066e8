//! Reading what leaves say of records.

use serde_json::Value;

use super::{Fields, Result, missing, wrong};
use crate::record::{
    ClientRecord, ContainerRecord, ExactPoint, Floor, Item, PackageRecord, PlaceKind, PlaceRecord,
    Recipient, Record, Reference, TrackerRecord,
};

/// Which kind of record it is shows in what only that kind always has.
pub fn record(it: Fields) -> Result<Record> {
    if it.0.contains_key("radius_m") {
        return Ok(Record::Place(place(it)?));
    }
    if it.0.contains_key("container") {
        return Ok(Record::Container(ContainerRecord {
            kind: it.parsed("container")?,
            name: it.text("name")?,
            references: it.each("references", reference)?,
        }));
    }
    if it.0.contains_key("person") {
        let (name, person) = (it.text("name")?, it.bool("person")?);
        return Ok(Record::Tracker(TrackerRecord { name, person }));
    }
    if it.0.contains_key("name") {
        return Ok(Record::Client(ClientRecord { name: it.text("name")? }));
    }
    Ok(Record::Package(package(it)?))
}

fn package(it: Fields) -> Result<PackageRecord> {
    Ok(PackageRecord {
        description: it.optional("description", Fields::text)?,
        items: it.optional("items", |it, name| it.each(name, item))?,
        client: it.optional("client", Fields::parsed)?,
        recipient: it.optional("recipient", |it, name| recipient(it.fields(name)?))?,
        cost_centre: it.optional("cost_centre", Fields::text)?,
        order: it.optional("order", Fields::text)?,
        origin: it.optional("origin", Fields::parsed)?,
        destination: it.optional("destination", Fields::parsed)?,
        carrier: it.optional("carrier", Fields::text)?,
        service: it.optional("service", Fields::text)?,
        mode: it.optional("mode", Fields::parsed)?,
        pieces: it.optional("pieces", Fields::integer)?,
        weight_g: it.optional("weight_g", Fields::integer)?,
        dimensions_mm: it.optional("dimensions_mm", dimensions)?,
        declared_value: it.optional("declared_value", |it, name| it.fields(name)?.money())?,
        promised: it.optional("promised_first", |it, first| it.promise(first, "promised_last"))?,
        references: it.optional("references", |it, name| it.each(name, reference))?,
    })
}

fn recipient(it: Fields) -> Result<Recipient> {
    let (name, email) = (it.private("name")?, it.private("email")?);
    Ok(Recipient { name, email, address: it.private("address")? })
}

fn item(it: Fields) -> Result<Item> {
    Ok(Item {
        name: it.text("name")?,
        quantity: it.integer("quantity")?,
        serials: it.words("serials")?,
        value: it.optional("value", |it, name| it.fields(name)?.money())?,
    })
}

fn reference(it: Fields) -> Result<Reference> {
    Ok(Reference { scheme: it.text("scheme")?, value: it.text("value")? })
}

fn dimensions(it: Fields, name: &str) -> Result<[u32; 3]> {
    let one = |value: &Value| value.as_u64().and_then(|it| u32::try_from(it).ok());
    let all: Option<Vec<u32>> = it.array(name)?.iter().map(one).collect();
    let three = all.and_then(|it| it.try_into().ok());
    three.ok_or_else(|| wrong(name, "three lengths are expected"))
}

fn place(it: Fields) -> Result<PlaceRecord> {
    let kind: PlaceKind = it.parsed("place")?;
    let name = it.optional("name", Fields::text)?;
    let floor = |it: Fields| {
        let (name, above_ground_mm) = (it.text("name")?, it.integer("above_ground_mm")?);
        Ok(Floor { name, above_ground_mm })
    };
    let position = it.position()?;
    Ok(PlaceRecord {
        kind,
        // A home's name is not logged.
        name: match name {
            None if kind == PlaceKind::Home => String::new(),
            other => other.ok_or_else(|| missing("name"))?,
        },
        at: position.at,
        radius_m: it.integer("radius_m")?,
        ground: position.height,
        time_zone: it.optional("time_zone", Fields::text)?,
        country: it.optional("country", Fields::text)?,
        code: it.optional("code", Fields::text)?,
        floors: it.each("floors", floor)?,
        address: it.private("address")?,
        exact: it.optional("exact", Fields::digest)?.map(ExactPoint::from_logged),
    })
}
