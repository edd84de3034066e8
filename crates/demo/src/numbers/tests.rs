//! Numbers whose check digits readers find right.

use intake::references::{Fit, candidates};

use super::*;

#[test]
fn every_number_we_make_is_read_as_what_it_is() {
    for name in 0..500 {
        let mut chance = Chance::of(7, &[name]);
        for (number, scheme) in [
            (ups(&mut chance), "carrier:ups"),
            (registered_post(&mut chance, "US"), "carrier:post"),
            (sscc(&mut chance), "sscc"),
        ] {
            let read = candidates(&number);
            let as_ours = read.iter().find(|it| it.scheme == scheme);
            assert!(as_ours.is_some_and(|it| it.fit <= Fit::Possible), "{number}: {read:?}");
        }
        let number = consignment(&mut chance);
        let (body, check) = number.split_at(number.len() - 1);
        assert_eq!(gs1_digit(body).to_string(), check, "{number}");
        let number = imo(&mut chance);
        let sum: u32 =
            (4..10).map(|it| number[it..=it].parse::<u32>().unwrap() * (11 - it as u32)).sum();
        assert_eq!((sum % 10).to_string(), number[10..], "{number}");
    }
}
