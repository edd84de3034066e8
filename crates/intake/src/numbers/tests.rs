//! Numbers that are read, and numbers that must not be.

use super::*;

const POINT: Notation = Notation { decimal: '.', thousands: None };
const ENGLISH: Notation = Notation { decimal: '.', thousands: Some(',') };
const GERMAN: Notation = Notation { decimal: ',', thousands: Some('.') };
const FRENCH: Notation = Notation { decimal: ',', thousands: Some(' ') };

fn plain(notation: Notation, text: &str) -> Option<String> {
    notation.plain(text).ok().map(|it| it.as_str().to_owned())
}

#[test]
fn separators_are_taken_away() {
    for (notation, text, expected) in [
        (POINT, "1234.50", "1234.50"),
        (POINT, " -7 ", "-7"),
        (POINT, "+7", "7"),
        (POINT, ".5", "0.5"),
        (POINT, "(12.50)", "-12.50"),
        (ENGLISH, "1,234,567.89", "1234567.89"),
        (ENGLISH, "1234567.89", "1234567.89"),
        (GERMAN, "1.234,5", "1234.5"),
        (FRENCH, "1\u{202F}234\u{A0}567,5", "1234567.5"),
        (POINT, "\u{2212}3", "-3"),
    ] {
        assert_eq!(plain(notation, text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn what_may_be_another_notation_is_refused() {
    for (notation, text) in [
        (POINT, "1,5"),
        (ENGLISH, "1,5"),
        (ENGLISH, "12,34,567"),
        (ENGLISH, "1234,567"),
        (ENGLISH, ",123"),
        (GERMAN, "1.5"),
        (POINT, ""),
        (POINT, "."),
        (POINT, "5."),
        (POINT, "1.2.3"),
        (POINT, "1e5"),
        (POINT, "--5"),
        (POINT, "12 kg"),
        (POINT, "٣"),
        (POINT, "99999999999999999999999999999999999"),
    ] {
        assert_eq!(plain(notation, text), None, "{text}");
    }
}

#[test]
fn money_is_exact() {
    let usd = |notation: Notation, text| notation.money(text, Currency::USD).map(|it| it.minor);
    assert_eq!(usd(ENGLISH, "$1,234.5"), Ok(123_450));
    assert_eq!(usd(ENGLISH, "USD 0.10"), Ok(10));
    assert_eq!(usd(GERMAN, "1.000,10 USD"), Ok(100_010));
    assert_eq!(usd(POINT, "12.500"), Ok(1250));
    assert!(matches!(usd(POINT, "12.505"), Err(InvalidNumber::Money(_))));
    assert!(matches!(usd(POINT, "EUR 5"), Err(InvalidNumber::Unlike(_))));
    let yen = "JPY".parse().unwrap();
    assert_eq!(POINT.money("¥500", yen).map(|it| it.minor), Ok(500));
    assert!(POINT.money("500.5", yen).is_err());
}

#[test]
fn weights_are_exact_in_every_unit() {
    let grams = |text, unit| POINT.measure(text, Ratio::grams_in(unit).unwrap());
    assert_eq!(grams("12.3456", "kg"), Ok(12_346));
    assert_eq!(grams("1", "lb"), Ok(454));
    assert_eq!(grams("1000000", "lb"), Ok(453_592_370));
    assert_eq!(grams("16", "oz"), Ok(454));
    assert_eq!(grams("0.0004", "kg"), Ok(0));
    assert_eq!(grams("0.5", "g"), Ok(1));
    assert_eq!(grams("2.5", "t"), Ok(2_500_000));
    assert_eq!(grams("-1", "kg"), Err(InvalidNumber::Negative));
    assert_eq!(grams("99999999999999", "t"), Err(InvalidNumber::TooLarge));
    assert_eq!(Ratio::grams_in("stone"), None);
    assert_eq!(POINT.measure("10", Ratio::millimetres_in("in").unwrap()), Ok(254));
}

#[test]
fn counts_are_whole() {
    assert_eq!(ENGLISH.count("1,000"), Ok(1000));
    assert_eq!(POINT.count("19.00"), Ok(19));
    assert_eq!(POINT.count("1.5"), Err(InvalidNumber::Fraction));
    assert_eq!(POINT.count("-1"), Err(InvalidNumber::Negative));
    assert_eq!(POINT.count("4294967296"), Err(InvalidNumber::TooLarge));
}
