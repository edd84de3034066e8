//! Cutting texts up.

use domain::record::{Item, PackageRecord, Recipient, Reference};

use super::*;

#[test]
fn words_are_cut_at_everything_else_and_say_something() {
    let all: Vec<_> = words("27-inch Monitor, 2 of the 3 (MÜNCHEN)").collect();
    assert_eq!(all, ["27", "inch", "monitor", "münchen"]);
    assert_eq!(words(&"x".repeat(5_000)).next().map(|it| it.len()), Some(WORD_CHARS_MAX));
}

#[test]
fn numbers_are_kept_last_character_first_and_once() {
    let reference = |value: &str| Reference { scheme: "po".to_owned(), value: value.to_owned() };
    let record = PackageRecord {
        references: Some(vec![reference("1Z 999-aa"), reference("1z999AA"), reference("--")]),
        order: Some("PO-123".to_owned()),
        ..PackageRecord::default()
    };
    let all = Findable::of(&record).numbers;
    let all: Vec<_> = all.iter().map(|(it, field)| (it.as_str(), *field)).collect();
    assert_eq!(all, [("AA999Z1", Field::Reference), ("321OP", Field::Order)]);
}

#[test]
fn one_package_cannot_fill_the_index() {
    let serials = (0..10_000).map(|it| format!("SN{it}")).collect();
    let name = (0..10_000).map(|it| format!("w{it} ")).collect::<String>();
    let items = Some(vec![Item { name, quantity: 1, serials, value: None }]);
    let all = Findable::of(&PackageRecord { items, ..PackageRecord::default() });
    assert_eq!((all.words.len(), all.numbers.len()), (WORDS_MAX, NUMBERS_MAX));
}

#[test]
fn what_is_erased_is_not_findable() {
    let name = Private::new("Ada Young");
    let email = Private::new(" Ada@Company.Example ");
    let of = |name: Private, email: Private| {
        let recipient = Recipient { name: Some(name), email: Some(email), address: None };
        let recipient = Some(recipient);
        Findable::of(&PackageRecord { recipient, ..PackageRecord::default() }).personal
    };
    assert_eq!(of(name.clone(), email.clone()), ["ada", "young", "ada@company.example"]);
    let erased = |mut it: Private| {
        it.erase();
        it
    };
    assert!(of(erased(name), erased(email)).is_empty());
}
