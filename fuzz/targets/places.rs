//! Any text as the name of a place, a code, or a sentence with places in it.

#![no_main]

use intake::gazetteer::{Gazetteer, Hint, Kind, unambiguous};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let gazetteer = Gazetteer::embedded();
    let hints = [Kind::Country, Kind::City, Kind::Airport, Kind::Port].map(Hint::kind);
    for hint in hints.into_iter().chain([Hint::NONE]) {
        let matches = gazetteer.resolve(text, hint);
        let _ = unambiguous(&matches);
        for found in &matches {
            let entry = gazetteer.get(&found.entry.key).expect("what was found has a key");
            assert_eq!(entry, found.entry);
        }
    }
    let _ = (gazetteer.find_in_text(text), gazetteer.by_code(text), gazetteer.country(text));
});
