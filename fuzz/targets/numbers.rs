//! Any text as a number, an amount, a weight or a count, in every notation.

#![no_main]

use domain::money::Currency;
use intake::numbers::{Notation, Ratio};
use libfuzzer_sys::fuzz_target;

const NOTATIONS: [Notation; 4] = [
    Notation { decimal: '.', thousands: None },
    Notation { decimal: '.', thousands: Some(',') },
    Notation { decimal: ',', thousands: Some('.') },
    Notation { decimal: ',', thousands: Some(' ') },
];

fuzz_target!(|text: &str| {
    for notation in NOTATIONS {
        // A plain number is digits and a point, so every notation with a point reads it.
        if let Ok(plain) = notation.plain(text) {
            let again = NOTATIONS[0].plain(plain.as_str()).expect("plain is plainer than any");
            assert_eq!(again.as_str(), plain.as_str());
        }
        let _ = notation.count(text);
        for code in ["EUR", "JPY", "KWD"] {
            let currency = code.parse::<Currency>().expect("a currency");
            let _ = notation.money(text, currency);
        }
        for unit in ["g", "kg", "lb", "oz", "t"] {
            let _ = notation.measure(text, Ratio::grams_in(unit).expect("a unit of weight"));
        }
        for unit in ["mm", "m", "in", "ft"] {
            let _ = notation.measure(text, Ratio::millimetres_in(unit).expect("a unit of length"));
        }
    }
});
