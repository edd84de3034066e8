//! Check digits: numbers that others published as valid, and ours.

use super::*;

#[test]
fn published_numbers_have_these_check_digits() {
    for number in ["1Z5R89390357567127", "1Z999AA10123456784", "1ZCIETST0111111114"] {
        let (body, check) = number[2..].split_at(15);
        assert_eq!(ups_check(body).to_string(), check, "{number}");
    }
    assert_eq!(s10_check("12345678"), 5, "RB123456785GB");
    assert_eq!(mod10("10614141123456789"), 7, "an SSCC of GS1's manual");
}

#[test]
fn every_number_we_make_is_valid() {
    for name in 0..500 {
        let mut chance = Chance::of(7, &[name]);
        let number = ups(&mut chance);
        assert_eq!(number.len(), 18, "{number}");
        assert!(number.ends_with(&ups_check(&number[2..17]).to_string()), "{number}");
        let number = registered_post(&mut chance, "US");
        assert_eq!(number.len(), 13, "{number}");
        assert_eq!(s10_check(&number[2..10]).to_string(), number[10..11], "{number}");
        for number in [sscc(&mut chance), consignment(&mut chance)] {
            let (body, check) = number.split_at(number.len() - 1);
            assert_eq!(mod10(body).to_string(), check, "{number}");
        }
        let number = imo(&mut chance);
        let sum: u32 =
            (4..10).map(|it| number[it..=it].parse::<u32>().unwrap() * (11 - it as u32)).sum();
        assert_eq!((sum % 10).to_string(), number[10..], "{number}");
    }
}
