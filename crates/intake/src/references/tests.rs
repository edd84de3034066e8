//! Carriers' own numbers are recognised as theirs, and altered ones are not.

use proptest::prelude::*;

use super::*;

fn fits(text: &str) -> Vec<(&'static str, Fit)> {
    candidates(text).into_iter().map(|it| (it.scheme, it.fit)).collect()
}

#[test]
fn numbers_that_say_whose_they_are_are_sure() {
    for (number, scheme) in [
        ("1Z 999 AA1 01 2345 6784", "carrier:ups"),
        ("1z5r89390357567127", "carrier:ups"),
        ("9400 1112 0108 0805 4830 16", "carrier:usps"),
        ("420 22153 9101026837331000039521", "carrier:usps"),
        ("TBA000000000000", "carrier:amazon"),
        ("YT2229521272164446", "carrier:yunexpress"),
    ] {
        let found = fits(number);
        assert_eq!(found[0], (scheme, Fit::Sure), "{number}: {found:?}");
    }
    assert_eq!(fits("RB123456785GB")[0], ("carrier:post", Fit::Likely));
    // GS1's own example, alone and behind its application identifier.
    assert_eq!(fits("(00)106141411234567897")[0], ("sscc", Fit::Sure));
    assert!(fits("106141411234567897").contains(&("sscc", Fit::Likely)));
}

#[test]
fn a_number_of_digits_alone_is_never_sure_and_may_be_several_carriers() {
    let found = fits("986578788855");
    assert_eq!(found, [("carrier:fedex", Fit::Likely)]);
    // Seventeen of a hundred numbers that fit Purolator fit FedEx as well.
    let both = (0..2_000u32)
        .map(|it| fits(&format!("{:012}", 320_595_000_000u64 + u64::from(it) * 977)))
        .find(|it| it.len() == 2)
        .unwrap();
    assert!(both.iter().all(|it| it.1 == Fit::Likely), "{both:?}");
    assert_eq!(fits("60120172242323"), [("carrier:dhl", Fit::Possible)]);
}

#[test]
fn what_is_being_typed_tells_what_is_missing_or_wrong() {
    assert_eq!(fits("1Z"), [("carrier:ups", Fit::Unfinished(16))]);
    assert_eq!(fits("1Z999AA1012345678"), [("carrier:ups", Fit::Unfinished(1))]);
    assert_eq!(fits("1Z999AA10123456785"), [("carrier:ups", Fit::Mistyped)]);
    // Digits alone are the beginning of everything, so of nothing.
    assert_eq!(fits("98657878"), []);
    assert_eq!(fits("986578788856"), []);
    assert_eq!(fits("RB123456785XX"), []);
    for nothing in ["", "  ", "ä", "hello", &"9".repeat(70)] {
        assert_eq!(fits(nothing), [], "{nothing}");
    }
}

#[test]
fn every_shape_can_be_read_and_is_long_enough_for_its_check() {
    for format in FORMATS {
        let ShapeFit::Begun { missing, .. } = shape::fit(format.shape, b"") else {
            panic!("{}", format.shape)
        };
        assert!(missing < LEN_MAX);
        // Must not panic, whatever the digits.
        format.check.fits(&vec![b'7'; missing]);
    }
}

/// The test numbers of the data that the formats are made after.
#[test]
fn every_published_number_is_recognised() {
    let folder =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/tracking-numbers/couriers");
    let Ok(files) = std::fs::read_dir(folder) else {
        return eprintln!("SKIPPED: {folder} is not there");
    };
    let (mut valid, mut invalid) = (0, 0);
    for file in files {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let courier: serde_json::Value = serde_json::from_str(&text).unwrap();
        let code = courier["courier_code"].as_str().unwrap();
        let scheme =
            if code == "s10" { "carrier:post".to_owned() } else { format!("carrier:{code}") };
        for format in courier["tracking_numbers"].as_array().unwrap() {
            let numbers = |kind: &str| {
                let all = format["test_numbers"][kind].as_array().cloned().unwrap_or_default();
                all.into_iter().map(|it| it.as_str().unwrap().to_owned()).collect::<Vec<_>>()
            };
            let says = |number: &str| {
                let found = candidates(number).into_iter().find(|it| it.scheme == scheme);
                found.is_some_and(|it| it.fit <= Fit::Possible)
            };
            for number in numbers("valid") {
                assert!(says(&number), "{scheme} {}: {number}", format["name"]);
                valid += 1;
            }
            for number in numbers("invalid") {
                assert!(!says(&number), "{scheme}: {number}");
                invalid += 1;
            }
        }
    }
    eprintln!("{valid} valid numbers recognised, {invalid} invalid ones not");
    assert!(valid > 90 && invalid > 30, "the data is cut");
}

proptest! {
    #[test]
    fn one_wrong_digit_of_a_ups_number_is_seen(
        serial in "[0-9A-Z]{6}[0-9]{9}", at in 0usize..15, by in 1u8..10,
    ) {
        let with = |serial: &str| {
            (0..10).map(|it| format!("1Z{serial}{it}")).find(|it| fits(it).contains(&("carrier:ups", Fit::Sure)))
        };
        let number = with(&serial).unwrap();
        let mut other = number.clone().into_bytes();
        let old = other[at + 2];
        prop_assume!(old.is_ascii_digit());
        other[at + 2] = (old - b'0' + by) % 10 + b'0';
        let other = String::from_utf8(other).unwrap();
        // Of doubled digits those that differ by five look alike: no check digit is perfect.
        let alike = at % 2 == 1 && by == 5;
        prop_assert_eq!(fits(&other).contains(&("carrier:ups", Fit::Mistyped)), !alike);
    }

    #[test]
    fn whatever_is_typed_is_survived(text in "\\PC{0,70}") {
        let found = candidates(&text);
        prop_assert!(found.iter().all(|it| it.evidence.is_finite()));
    }
}
