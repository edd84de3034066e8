//! Write units counted per event, as DynamoDB would charge them.

use std::io;

use domain::{
    draft::Draft,
    event::Fact,
    id::{EventId, PackageId, PlaceId, Subject},
    private::Private,
    record::{Item, PackageRecord, Recipient, Record, Reference},
    time::{HOUR, Timestamp},
};
use service::{Service, projector::Projector, record::Attribution};
use table::Table;

use crate::{
    figures::{Aim, figure, heading, judged},
    hub, outside,
};

/// Prints units per custody event, and per new reference.
pub async fn measure() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let (service, table) = outside::open(folder.path())?;
    let projector = Projector::new(service.clone());
    let place = place(&service).await?;
    let package = Subject::Package(PackageId::derive(&[b"bench"]));
    let plain = units(&*table, &projector, say(&service, package, 0, registered(0))).await?;
    let other = Subject::Package(PackageId::derive(&[b"bench 2"]));
    let with_four = units(&*table, &projector, say(&service, other, 0, registered(4))).await?;
    let mut custody = Vec::new();
    let facts = [
        Fact::PickedUp { place: Some(place) },
        Fact::Departed { from: Some(place), to: Some(place), mode: None, expected_at: None },
        Fact::Arrived { place },
        Fact::Scanned { place, floor: None },
        Fact::OutForDelivery { from: Some(place) },
        Fact::Delivered { place: Some(place), proof: domain::event::Proof::default() },
    ];
    for (hours, fact) in facts.into_iter().enumerate() {
        let said = say(&service, package, hours as i64 + 1, fact);
        custody.push(units(&*table, &projector, said).await?);
    }
    let most = custody.iter().max().copied().unwrap_or_default();
    let mean = custody.iter().sum::<u64>() as f64 / custody.len() as f64;
    heading("write units, as DynamoDB would charge them, everything derived");
    judged("the dearest custody event", most as f64, Aim::AtMost(8.0, ""));
    figure("  all of them, on average", format_args!("{mean:.1}"));
    judged("each new number", (with_four - plain) as f64 / 4.0, Aim::AtMost(3.0, ""));
    figure("  a registration without numbers", plain);
    Ok(())
}

async fn units(
    table: &dyn Table,
    projector: &Projector,
    said: impl Future<Output = io::Result<()>>,
) -> io::Result<u64> {
    let before = table.usage();
    said.await?;
    projector.catch_up().await.map_err(io::Error::other)?;
    let used = table.usage() - before;
    // Checkpoints are written once for thousands of changes, not for each.
    let checkpoints = used.writes.min(1);
    Ok(used.write_units - checkpoints)
}

async fn say(service: &Service, subject: Subject, hours: i64, fact: Fact) -> io::Result<()> {
    let by = Attribution { actor: "bench".to_owned(), source: "api".to_owned() };
    let happened_at = Timestamp::from_millis(1_772_409_600_000 + hours * HOUR).expect("our years");
    let name = format!("{subject} {hours}");
    let draft = Draft { id: EventId::derive(&[name.as_bytes()]), subject, happened_at, fact };
    service.record(&by, vec![draft]).await.map(|_| ()).map_err(io::Error::other)
}

fn registered(numbers: usize) -> Fact {
    let reference =
        |number: usize| Reference { scheme: "order".to_owned(), value: format!("PO {number}") };
    Fact::Registered(Box::new(Record::Package(PackageRecord {
        description: Some("27-inch monitor, 2 of 3".to_owned()),
        items: Some(vec![Item {
            name: "27-inch monitor, height adjustable, with cables".to_owned(),
            quantity: 2,
            serials: vec!["SN-2026-0004711".to_owned(), "SN-2026-0004712".to_owned()],
            value: None,
        }]),
        recipient: Some(Recipient {
            name: Some(Private::new("Ada Kouassi-Young")),
            email: Some(Private::new("ada.kouassi-young@company.example")),
            address: Some(Private::new("12 Garden Street, Building 4, Memphis, TN 38118")),
        }),
        cost_centre: Some("CC-4711".to_owned()),
        order: Some("PO-2026-259880".to_owned()),
        carrier: Some("ups".to_owned()),
        service: Some("Express Saver".to_owned()),
        pieces: Some(2),
        weight_g: Some(14_800),
        dimensions_mm: Some([720, 480, 210]),
        references: (numbers > 0).then(|| (0..numbers).map(reference).collect()),
        ..PackageRecord::default()
    })))
}

async fn place(service: &Service) -> io::Result<PlaceId> {
    let id = hub::id();
    let record = hub::record();
    say(service, Subject::Place(id), 0, Fact::Registered(Box::new(record))).await?;
    Ok(id)
}
