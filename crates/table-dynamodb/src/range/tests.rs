//! A closed range holds exactly the keys of the half-open one.

use proptest::prelude::*;

use super::*;

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![Just(0u8), Just(1), Just(b'a'), Just(0xfe), Just(0xff)];
    let long =
        (0..3usize, byte.clone()).prop_map(|(more, byte)| vec![byte; SORT_LEN_MAX + more - 1]);
    prop_oneof![9 => prop::collection::vec(byte, 0..4), 1 => long]
}

fn key() -> impl Strategy<Value = Vec<u8>> {
    bytes().prop_filter("a key", |it| (1..=SORT_LEN_MAX).contains(&it.len()))
}

proptest! {
    #![proptest_config(depth::usual())]

    #[test]
    fn holds_the_same_keys(start in bytes(), end in bytes(), key in key()) {
        let range = start..end;
        let inside = range.contains(&key);
        let closed = closed(&range);
        let found = closed.as_ref().is_some_and(|(least, greatest)| (least..=greatest).contains(&&key));
        prop_assert_eq!(inside, found, "{:?}", closed);
        if let Some((least, greatest)) = closed {
            prop_assert!((1..=SORT_LEN_MAX).contains(&least.len()));
            prop_assert!((1..=SORT_LEN_MAX).contains(&greatest.len()));
            prop_assert!(range.contains(&least) && range.contains(&greatest));
        }
    }
}
