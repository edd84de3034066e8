//! Ids as text, and ids that follow from what they name.

use super::*;

#[test]
fn an_id_reads_back_from_its_text() {
    for bytes in [[0; 16], [0xff; 16], *b"0123456789abcdef"] {
        let id = PackageId::from_bytes(bytes);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().len(), "pkg_".len() + 26);
    }
    assert_eq!(PackageId::from_bytes([0; 16]).to_string(), "pkg_00000000000000000000000000");
    assert_eq!(PackageId::from_bytes([0xff; 16]).to_string(), "pkg_7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
}

#[test]
fn a_known_ulid_has_its_known_bytes() {
    // The example of the ULID specification: 01ARZ3NDEKTSV4RRFFQ69G5FAV.
    let id: EventId = "evt_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap();
    let hex = crate::leaf::hex(id.as_bytes());
    assert_eq!(hex, "01563e3ab5d3d6764c61efb99302bd5b");
}

#[test]
fn small_letters_are_read_and_capitals_written() {
    let id: PlaceId = "plc_01arz3ndektsv4rrffq69g5fav".parse().unwrap();
    assert_eq!(id.to_string(), "plc_01ARZ3NDEKTSV4RRFFQ69G5FAV");
}

#[test]
fn what_is_no_id_is_refused() {
    for text in [
        "",
        "pkg_",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "ctr_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "pkg_01ARZ3NDEKTSV4RRFFQ69G5FA",
        "pkg_01ARZ3NDEKTSV4RRFFQ69G5FAVV",
        "pkg_81ARZ3NDEKTSV4RRFFQ69G5FAV",
        "pkg_01ARZ3NDEKTSV4RRFFQ69G5FAU",
        "pkg_01ARZ3NDEKTSV4RRFFQ69G5F\u{e9}",
        "pkg-01ARZ3NDEKTSV4RRFFQ69G5FAV",
    ] {
        assert_eq!(text.parse::<PackageId>(), Err(InvalidId { prefix: "pkg" }), "{text}");
    }
}

#[test]
fn subjects_read_back_with_their_kind() {
    for kind in SubjectKind::ALL {
        let subject = Subject::from_parts(*kind, [9; 16]);
        assert_eq!(subject.kind(), *kind);
        assert_eq!(subject.to_string().parse(), Ok(subject));
        assert_eq!(*subject.id_bytes(), [9; 16]);
    }
    assert!("usr_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse::<Subject>().is_err());
}

#[test]
fn derived_ids_differ_by_parts_and_by_kind() {
    let id = PackageId::derive(&[b"ab", b"c"]);
    assert_eq!(id, PackageId::derive(&[b"ab", b"c"]));
    assert_ne!(id, PackageId::derive(&[b"a", b"bc"]), "parts must not run into each other");
    assert_ne!(id, PackageId::derive(&[b"ab", b"c", b""]));
    assert_ne!(id.as_bytes(), ContainerId::derive(&[b"ab", b"c"]).as_bytes());
    // Stored ids depend on this: it may never change.
    assert_eq!(id.to_string(), "pkg_0HFKKZK3E89YSZXDP9ZV72W2P9");
}
