//! Amounts as people write them.

use super::*;

fn currency(code: &str) -> Currency {
    code.parse().unwrap()
}

fn minor(text: &str, code: &str) -> Result<i64, InvalidMoney> {
    Money::parse(text, currency(code)).map(|it| it.minor)
}

#[test]
fn amounts_are_read_to_the_last_minor_unit() {
    assert_eq!(minor("12.50", "USD"), Ok(1_250));
    assert_eq!(minor("12.5", "USD"), Ok(1_250));
    assert_eq!(minor("12", "USD"), Ok(1_200));
    assert_eq!(minor("-0.01", "USD"), Ok(-1));
    assert_eq!(minor("007.00", "USD"), Ok(700));
    assert_eq!(minor("1234", "JPY"), Ok(1_234));
    assert_eq!(minor("1.234", "KWD"), Ok(1_234));
    assert_eq!(minor("0.1", "BHD"), Ok(100));
}

#[test]
fn zeros_behind_the_last_decimal_say_nothing() {
    assert_eq!(minor("12.5000", "USD"), Ok(1_250));
    assert_eq!(minor("5.00", "JPY"), Ok(5));
    let refused = InvalidMoney::Decimals { currency: currency("USD"), allowed: 2 };
    assert_eq!(minor("12.505", "USD"), Err(refused));
    assert!(matches!(minor("5.1", "JPY"), Err(InvalidMoney::Decimals { allowed: 0, .. })));
}

#[test]
fn what_is_no_plain_number_is_refused() {
    for text in ["", "-", ".5", "5.", "1,5", "1e3", "+1", "--1", "1 000", "0x10", "\u{0661}", "NaN"]
    {
        assert_eq!(minor(text, "USD"), Err(InvalidMoney::Amount(text.to_owned())), "{text:?}");
    }
}

#[test]
fn too_much_is_refused_and_never_wraps() {
    assert_eq!(minor("90000000000.00", "USD"), Ok(9_000_000_000_000));
    assert_eq!(minor("90000000000.01", "USD"), Err(InvalidMoney::TooLarge));
    assert_eq!(minor("99999999999999999999999999", "USD"), Err(InvalidMoney::TooLarge));
    assert!(MINOR_MAX.checked_mul(1_000_000).is_some(), "a million lines add up");
}

#[test]
fn amounts_are_written_as_they_are_read() {
    for (text, code) in
        [("12.50", "USD"), ("-0.01", "EUR"), ("0.00", "USD"), ("5", "JPY"), ("-1.005", "KWD")]
    {
        let money = Money::parse(text, currency(code)).unwrap();
        assert_eq!(money.decimal(), text);
        assert_eq!(money.to_string(), format!("{text} {code}"));
    }
}

#[test]
fn currencies_are_three_capital_letters() {
    for text in ["usd", "US", "USDX", "U1D", "\u{20ac}", ""] {
        assert_eq!(text.parse::<Currency>(), Err(InvalidMoney::Currency(text.to_owned())));
    }
    assert_eq!(currency("EUR").decimals(), 2);
    assert_eq!(currency("JPY").decimals(), 0);
    assert!(EXPONENTS.is_sorted_by(|a, b| a.0 < b.0), "each once, easy to check against ISO 4217");
}
