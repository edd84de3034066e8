//! Numbers as people write them: separators, currency signs, units of weight
//! and length; exact, never through floats.

use std::fmt;

use domain::money::{Currency, InvalidMoney, Money};

#[cfg(test)]
mod tests;

/// How numbers are written in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notation {
    /// Before the fraction: a point or a comma.
    pub decimal: char,
    /// Between groups of three digits, where there is anything.
    pub thousands: Option<char>,
}

impl Default for Notation {
    fn default() -> Self {
        Self { decimal: '.', thousands: None }
    }
}

/// Why a text is no number of the wanted kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidNumber {
    /// It is not written as a number.
    Unlike(Notation),
    /// Below zero, where nothing can be.
    Negative,
    /// A fraction, where only whole ones count.
    Fraction,
    /// More than there can be.
    TooLarge,
    /// No amount of its currency.
    Money(InvalidMoney),
}

impl fmt::Display for InvalidNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unlike(Notation { decimal, thousands: None }) => {
                write!(f, "not a number: digits with at most one {decimal:?} are expected")
            }
            Self::Unlike(Notation { decimal, thousands: Some(mark) }) => write!(
                f,
                "not a number: digits with at most one {decimal:?}, and {mark:?} only between groups of three, are expected"
            ),
            Self::Negative => f.write_str("below zero"),
            Self::Fraction => f.write_str("a whole number is expected"),
            Self::TooLarge => f.write_str("too large"),
            Self::Money(it) => it.fmt(f),
        }
    }
}

impl std::error::Error for InvalidNumber {}

/// Digits in all that are looked at; more are more than anything measures.
const DIGITS_MAX: usize = 30;

/// A plain decimal (`-1234.5`) without allocating: the buffer is on the stack.
pub struct Plain {
    bytes: [u8; DIGITS_MAX + 2],
    length: usize,
}

impl Plain {
    /// The plain decimal.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).expect("digits, a point and a sign")
    }

    fn push(&mut self, byte: u8) -> Option<()> {
        *self.bytes.get_mut(self.length)? = byte;
        self.length += 1;
        Some(())
    }
}

impl Notation {
    /// Takes separators away. `(12.50)` is an accountant's `-12.50`.
    pub fn plain(self, text: &str) -> Result<Plain, InvalidNumber> {
        let text = text.trim();
        let (negative, digits) = match text.strip_prefix('(').and_then(|it| it.strip_suffix(')')) {
            Some(inner) => (true, inner),
            None => match text.strip_prefix(['-', '\u{2212}']) {
                Some(rest) => (true, rest),
                None => (false, text.strip_prefix('+').unwrap_or(text)),
            },
        };
        let (whole, fraction) = match digits.split_once(self.decimal) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (digits, None),
        };
        let mut plain = Plain { bytes: [0; DIGITS_MAX + 2], length: 0 };
        let fits = negative
            .then_some(())
            .map_or(Some(()), |()| plain.push(b'-'))
            .and_then(|()| match (whole, fraction) {
                ("", Some(_)) => plain.push(b'0'),
                _ => self.whole(whole, &mut plain),
            })
            .and_then(|()| match fraction {
                None => Some(()),
                Some("") => None,
                Some(it) => {
                    plain.push(b'.')?;
                    it.bytes().try_for_each(|it| digit(it).and_then(|it| plain.push(it)))
                }
            });
        fits.map(|()| plain).ok_or(InvalidNumber::Unlike(self))
    }

    /// A count of things.
    pub fn count(self, text: &str) -> Result<u32, InvalidNumber> {
        let plain = self.plain(text)?;
        let (whole, fraction) = plain.as_str().split_once('.').unwrap_or((plain.as_str(), ""));
        if whole.starts_with('-') {
            return Err(InvalidNumber::Negative);
        }
        if fraction.bytes().any(|it| it != b'0') {
            return Err(InvalidNumber::Fraction);
        }
        whole.parse().map_err(|_| InvalidNumber::TooLarge)
    }

    /// An amount of money. The currency may stand before or behind it.
    pub fn money(self, text: &str, currency: Currency) -> Result<Money, InvalidNumber> {
        let bare = without_currency(text.trim(), currency);
        Money::parse(self.plain(bare)?.as_str(), currency).map_err(InvalidNumber::Money)
    }

    /// A measure in the smallest unit: `text` times `numerator / denominator`,
    /// rounded half up.
    pub fn measure(self, text: &str, unit: Ratio) -> Result<u64, InvalidNumber> {
        let plain = self.plain(text)?;
        let (whole, fraction) = plain.as_str().split_once('.').unwrap_or((plain.as_str(), ""));
        if whole.starts_with('-') {
            return Err(InvalidNumber::Negative);
        }
        // Nothing is weighed to more than nine decimals; the rest is noise.
        let fraction = &fraction[..fraction.len().min(9)];
        let scale = 10u128.pow(fraction.len() as u32);
        let too_large = |_| InvalidNumber::TooLarge;
        let whole: u64 = whole.parse().map_err(too_large)?;
        let fraction: u128 = if fraction.is_empty() { 0 } else { fraction.parse().unwrap_or(0) };
        let scaled = (u128::from(whole) * scale + fraction)
            .checked_mul(u128::from(unit.numerator))
            .ok_or(InvalidNumber::TooLarge)?;
        let divisor = scale * u128::from(unit.denominator);
        let value = (scaled + divisor / 2) / divisor;
        // The largest ship carries less than 2^40 grams.
        if value > 1 << 40 { Err(InvalidNumber::TooLarge) } else { Ok(value as u64) }
    }

    fn whole(self, text: &str, plain: &mut Plain) -> Option<()> {
        let Some(mark) = self.thousands else {
            if text.is_empty() {
                return None;
            }
            return text.bytes().try_for_each(|it| digit(it).and_then(|it| plain.push(it)));
        };
        for (index, group) in text.split(|it| is_mark(it, mark)).enumerate() {
            // "1,5" with a comma between thousands is another notation's 1.5.
            let fits = if index == 0 { !group.is_empty() } else { group.len() == 3 };
            if !fits {
                return None;
            }
            group.bytes().try_for_each(|it| digit(it).and_then(|it| plain.push(it)))?;
            if index == 0 && group.len() > 3 && text.len() > group.len() {
                return None;
            }
        }
        Some(())
    }
}

/// How many of the smallest unit one unit has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    numerator: u64,
    denominator: u64,
}

impl Ratio {
    /// Grams in a unit of weight.
    pub fn grams_in(unit: &str) -> Option<Self> {
        let (numerator, denominator) = match unit {
            "g" => (1, 1),
            "kg" => (1_000, 1),
            "t" => (1_000_000, 1),
            "lb" => (45_359_237, 100_000),
            "oz" => (45_359_237, 1_600_000),
            _ => return None,
        };
        Some(Self { numerator, denominator })
    }

    /// Millimetres in a unit of length.
    pub fn millimetres_in(unit: &str) -> Option<Self> {
        let (numerator, denominator) = match unit {
            "mm" => (1, 1),
            "cm" => (10, 1),
            "m" => (1_000, 1),
            "in" => (254, 10),
            "ft" => (3_048, 10),
            _ => return None,
        };
        Some(Self { numerator, denominator })
    }
}

fn digit(byte: u8) -> Option<u8> {
    byte.is_ascii_digit().then_some(byte)
}

/// People who group by spaces use any of the narrow and unbreakable ones.
fn is_mark(given: char, wanted: char) -> bool {
    given == wanted
        || (wanted == ' ' && matches!(given, '\u{A0}' | '\u{2009}' | '\u{202F}'))
        || (wanted == '\'' && given == '\u{2019}')
}

fn without_currency(text: &str, currency: Currency) -> &str {
    let sign = match currency.code() {
        "USD" => "$",
        "EUR" => "\u{20AC}",
        "GBP" => "\u{A3}",
        "JPY" | "CNY" => "\u{A5}",
        _ => currency.code(),
    };
    [currency.code(), sign]
        .into_iter()
        .find_map(|it| text.strip_prefix(it).or_else(|| text.strip_suffix(it)))
        .map_or(text, str::trim)
}
