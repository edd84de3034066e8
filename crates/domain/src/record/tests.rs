//! Amending records, comparing numbers, hiding homes.

use super::*;
use crate::{id::ClientId, money::Currency};

fn reference(value: &str) -> Reference {
    Reference { scheme: "po".to_owned(), value: value.to_owned() }
}

fn full() -> PackageRecord {
    PackageRecord {
        description: Some("Laptop".to_owned()),
        items: Some(Vec::new()),
        client: Some(ClientId::from_bytes([1; 16])),
        recipient: Some(Recipient { name: Some(Private::new("Kim")), email: None, address: None }),
        cost_centre: Some("4711".to_owned()),
        order: Some("O-1".to_owned()),
        origin: Some(PlaceId::from_bytes([1; 16])),
        destination: Some(PlaceId::from_bytes([2; 16])),
        carrier: Some("ups".to_owned()),
        service: Some("Saver".to_owned()),
        mode: Some(Mode::Air),
        pieces: Some(2),
        weight_g: Some(2_150),
        dimensions_mm: Some([1, 2, 3]),
        declared_value: Some(Money { currency: Currency::USD, minor: 5 }),
        promised: Some(Promise { first: Timestamp::MIN, last: Timestamp::MAX }),
        references: Some(vec![reference("A-1")]),
    }
}

#[test]
fn an_amendment_takes_over_every_field_it_has() {
    let mut record = PackageRecord::default();
    record.amend(&full());
    assert_eq!(record, full());
    record.amend(&PackageRecord::default());
    assert_eq!(record, full(), "an empty amendment changes nothing");
}

#[test]
fn every_field_can_be_cleared_and_no_other_goes_with_it() {
    let mut empty = full();
    for field in PackageField::ALL {
        let mut one = full();
        one.clear(*field);
        assert_ne!(one, full(), "{field} is cleared");
        one.amend(&full());
        assert_eq!(one, full(), "{field} comes back");
        empty.clear(*field);
    }
    let only_references =
        PackageRecord { references: full().references, ..PackageRecord::default() };
    assert_eq!(empty, only_references, "a number once given keeps finding the package");
}

#[test]
fn references_add_up_in_any_order() {
    fn change(value: &str) -> PackageRecord {
        PackageRecord { references: Some(vec![reference(value)]), ..PackageRecord::default() }
    }
    let amended = |values: [&str; 3]| {
        let mut record = PackageRecord::default();
        for value in values {
            record.amend(&change(value));
        }
        record.references
    };
    assert_eq!(amended(["B", "A", "B"]), amended(["A", "B", "A"]));
    assert_eq!(amended(["B", "A", "B"]), Some(vec![reference("A"), reference("B")]));
}

#[test]
fn numbers_are_the_same_however_they_are_written() {
    assert_eq!(reference("1z 999-aa1 0123").normalised(), "1Z999AA10123");
    assert_eq!(normalise_reference(" \u{2014}#/ "), "");
    assert_eq!(normalise_reference("stra\u{df}e 1"), "STRASSE1");
}

#[test]
fn a_home_keeps_its_point_until_it_is_erased() {
    let at = LatLon::from_degrees(-33.868_812_3, 151.209_3).unwrap();
    let exact = ExactPoint::new(at, 25);
    assert_eq!(exact.get(), Some((at, 25)));
    let digest = exact.digest();
    let mut record = Record::Place(PlaceRecord {
        kind: PlaceKind::Home,
        name: "Sydney".to_owned(),
        at,
        radius_m: 20_000,
        ground: None,
        time_zone: None,
        country: None,
        code: None,
        floors: Vec::new(),
        address: Some(Private::new("2 High Street")),
        exact: Some(exact),
    });
    let privates = record.privates_mut();
    assert_eq!(privates.len(), 2, "address and point");
    privates.into_iter().for_each(Private::erase);
    let Record::Place(place) = record else { panic!("still a place") };
    let exact = place.exact.unwrap();
    assert_eq!(exact.get(), None);
    assert_eq!(exact.digest(), digest);
}

#[test]
fn every_personal_text_of_a_package_is_found() {
    let mut record = Record::Package(PackageRecord {
        recipient: Some(Recipient {
            name: Some(Private::new("Kim")),
            email: Some(Private::new("kim@example.com")),
            address: Some(Private::new("1 Main Street")),
        }),
        ..PackageRecord::default()
    });
    assert_eq!(record.privates_mut().len(), 3);
}
