//! Whose number somebody is typing.

use intake::references::{Fit, candidates};
use wasm_bindgen::prelude::wasm_bindgen;

/// A carrier that a number may be of.
#[derive(Clone, Debug, PartialEq)]
#[wasm_bindgen(getter_with_clone)]
pub struct Candidate {
    /// The scheme of a reference: `carrier:ups`, `sscc`.
    pub scheme: String,
    /// What the format is called.
    pub name: String,
    /// `sure`, `likely`, `possible`, `mistyped` or `unfinished`.
    pub fit: String,
    /// How many characters are missing, if it is unfinished.
    pub missing: u8,
}

/// Carriers that a number may be of, the likeliest first, as `intake` knows them.
#[must_use]
#[wasm_bindgen]
pub fn recognise(text: &str) -> Vec<Candidate> {
    let told = |it: intake::references::Candidate| {
        let (fit, missing) = match it.fit {
            Fit::Sure => ("sure", 0),
            Fit::Likely => ("likely", 0),
            Fit::Possible => ("possible", 0),
            Fit::Mistyped => ("mistyped", 0),
            Fit::Unfinished(missing) => ("unfinished", missing),
        };
        Candidate {
            scheme: it.scheme.to_owned(),
            name: it.name.to_owned(),
            fit: fit.to_owned(),
            missing,
        }
    };
    candidates(text).into_iter().map(told).collect()
}
