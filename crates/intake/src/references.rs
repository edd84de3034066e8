//! Whose number is it? What a person types or scans is compared with how carriers
//! write theirs, check digits included; never one answer, but candidates, the likeliest
//! first: many numbers fit more than one carrier.

use domain::record::normalise_reference;

mod checks;
mod formats;
mod shape;
#[cfg(test)]
mod tests;

use checks::Check;
use formats::{FORMATS, Format};
use shape::Fit as ShapeFit;

/// No number of a carrier is longer than this; longer text is not looked at.
const LEN_MAX: usize = 64;
/// Decimal digits' worth of evidence from which a format is sure, if its check digit fits:
/// one number in so many powers of ten fits it by chance.
const SURE: f64 = 2.0;
/// And from which it is likely. Less says no more than how long the number is.
const LIKELY: f64 = 0.8;
/// What is not finished, or mistyped, is told of formats that begin with so much that
/// is their own; else every digit would be the beginning of everybody's number.
const TELLING: f64 = 1.3;

/// A carrier that a number may be of.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The scheme of a reference: `carrier:ups`, `sscc`.
    pub scheme: &'static str,
    /// What the format is called.
    pub name: &'static str,
    /// How well the number fits.
    pub fit: Fit,
    /// How much that says, in decimal digits: by chance one of 10^this numbers of this
    /// length fits as well.
    pub evidence: f64,
}

/// How well a number fits a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It is one of theirs.
    Sure,
    /// It may well be.
    Likely,
    /// Its length fits, which says little.
    Possible,
    /// It is written like one of theirs, but its check digit is wrong: a digit was
    /// mistyped or misread.
    Mistyped,
    /// It begins like one of theirs; so many characters are missing.
    Unfinished(u8),
}

/// Carriers that a number may be of, the likeliest first; of one carrier once. Blanks,
/// dashes and small letters do not matter. A person's own choice wins over all of them.
#[must_use]
pub fn candidates(text: &str) -> Vec<Candidate> {
    let number = normalise_reference(text);
    if number.is_empty() || LEN_MAX < number.len() || !number.is_ascii() {
        return Vec::new();
    }
    let mut found: Vec<Candidate> =
        FORMATS.iter().filter_map(|it| candidate(it, number.as_bytes())).collect();
    found.sort_by(|a, b| {
        let unlike = |it: &Candidate| matches!(it.fit, Fit::Mistyped | Fit::Unfinished(_));
        unlike(a).cmp(&unlike(b)).then(b.evidence.total_cmp(&a.evidence)).then(a.fit.cmp(&b.fit))
    });
    let mut told = Vec::new();
    found.retain(|it| {
        let new = !told.contains(&it.scheme);
        told.push(it.scheme);
        new
    });
    // A number that is somebody's is nobody's mistake.
    if found.first().is_some_and(|it| it.fit == Fit::Sure) {
        found.retain(|it| !matches!(it.fit, Fit::Mistyped | Fit::Unfinished(_)));
    }
    found
}

/// The check digit behind what stands between `1Z` and it in a number of UPS: digits and
/// capital letters.
#[must_use]
pub fn ups_digit(body: &str) -> char {
    digit(Check::UPS, body)
}

/// The check digit behind the eight digits of a postal item (UPU S10).
#[must_use]
pub fn postal_digit(serial: &str) -> char {
    digit(Check::POSTAL, serial)
}

/// The check digit behind any number of digits, as of GS1's codes.
#[must_use]
pub fn gs1_digit(body: &str) -> char {
    digit(Check::gs1(body.len()), body)
}

fn digit(check: Check, body: &str) -> char {
    check.digit(body.as_bytes()).expect("these have a check digit").into()
}

fn candidate(format: &Format, number: &[u8]) -> Option<Candidate> {
    let told =
        |fit, evidence| Some(Candidate { scheme: format.scheme, name: format.name, fit, evidence });
    match shape::fit(format.shape, number) {
        ShapeFit::Begun { missing, evidence } if TELLING <= evidence => {
            told(Fit::Unfinished(missing.try_into().unwrap_or(u8::MAX)), evidence)
        }
        ShapeFit::Not | ShapeFit::Begun { .. } => None,
        ShapeFit::Whole { evidence } => match format.check.fits(number) {
            Some(true) | None => {
                let evidence = evidence + format.check.evidence();
                let fit = match evidence {
                    it if SURE <= it => Fit::Sure,
                    it if LIKELY <= it => Fit::Likely,
                    _ => Fit::Possible,
                };
                told(fit, evidence)
            }
            Some(false) if TELLING <= evidence => told(Fit::Mistyped, evidence),
            Some(false) => None,
        },
    }
}
