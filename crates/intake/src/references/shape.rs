//! How a number is written, as a short pattern: `#` is a digit, `@` a letter, `?`
//! either, `[0-8]` and `[CDK]` one of these, `{14}` the last one so often; anything else
//! stands for itself.

/// How text fits a pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fit {
    /// It does not.
    Not,
    /// So far it does, and so many characters are missing.
    Begun {
        /// How many.
        missing: usize,
        /// What fitted, in decimal digits: the share of texts that do.
        evidence: f64,
    },
    /// It does.
    Whole {
        /// The same.
        evidence: f64,
    },
}

/// Compares capitals and digits with a pattern.
pub fn fit(pattern: &str, text: &[u8]) -> Fit {
    let (mut rest, mut evidence, mut missing) = (text, 0.0, 0);
    for (one, times) in Parts(pattern.as_bytes()) {
        for _ in 0..times {
            match rest.split_first() {
                None => missing += 1,
                Some((it, behind)) if has(one, *it) => {
                    evidence += says(one, *it);
                    rest = behind;
                }
                Some(_) => return Fit::Not,
            }
        }
    }
    match (rest.is_empty(), missing) {
        (false, _) => Fit::Not,
        (true, 0) => Fit::Whole { evidence },
        (true, _) => Fit::Begun { missing, evidence },
    }
}

/// The parts of a pattern, each with how often it stands there.
struct Parts<'a>(&'a [u8]);

impl<'a> Iterator for Parts<'a> {
    type Item = (&'a [u8], usize);

    fn next(&mut self) -> Option<Self::Item> {
        let len = match self.0.first()? {
            b'[' => self.0.iter().position(|it| *it == b']').expect("brackets are closed") + 1,
            _ => 1,
        };
        let (one, rest) = self.0.split_at(len);
        self.0 = rest;
        let Some(counted) = rest.strip_prefix(b"{") else { return Some((one, 1)) };
        let end = counted.iter().position(|it| *it == b'}').expect("braces are closed");
        let times = counted[..end].iter().fold(0, |sum, it| sum * 10 + usize::from(it - b'0'));
        self.0 = &counted[end + 1..];
        Some((one, times))
    }
}

/// Whether a part of a pattern has this character.
fn has(one: &[u8], it: u8) -> bool {
    match one {
        b"#" => it.is_ascii_digit(),
        b"@" => it.is_ascii_uppercase(),
        b"?" => it.is_ascii_digit() || it.is_ascii_uppercase(),
        [b'[', from, b'-', to, b']'] => (from..=to).contains(&&it),
        [b'[', some @ .., b']'] => some.contains(&it),
        _ => one == [it],
    }
}

/// How much it says that a character is this and no other of its sort.
fn says(one: &[u8], it: u8) -> f64 {
    let of: f64 = if it.is_ascii_digit() { 10.0 } else { 26.0 };
    let fitting = match one {
        b"#" | b"@" | b"?" => of,
        [b'[', from, b'-', to, b']'] => f64::from(to - from + 1),
        [b'[', some @ .., b']'] => some.len() as f64,
        _ => 1.0,
    };
    (of / fitting).log10()
}
