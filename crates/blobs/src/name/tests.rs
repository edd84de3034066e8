//! Which texts are names.

use super::*;

#[test]
fn names_are_parts_between_slashes() {
    let longest_part = "x".repeat(200);
    for good in ["a", "a/b", "tile/0/x001/x234/067.p/3", "a=b/c+d@e,f~g_h-i.j", &longest_part] {
        assert_eq!(BlobName::new(good).unwrap().as_str(), good);
    }
}

#[test]
fn what_could_lead_elsewhere_is_no_name() {
    let long_part = "x".repeat(201);
    let long = vec!["x".repeat(100); 6].join("/");
    let bad = [
        "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", ".hidden", "a\\b",
        "a b", "a\0b", "a:b", "a#1", "a%2e", "é", "a\n", &long_part, &long,
    ];
    for bad in bad {
        assert!(BlobName::new(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn a_folder_holds_what_is_below_it() {
    let name = |it: &str| BlobName::new(it).unwrap();
    assert!(name("a/b").is_in(&name("a")));
    assert!(name("a/b/c").is_in(&name("a")));
    assert!(!name("a").is_in(&name("a")));
    assert!(!name("ab/c").is_in(&name("a")));
    assert!(!name("b/a").is_in(&name("a")));
}
