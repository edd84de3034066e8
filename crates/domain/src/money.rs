//! Money: integer minor units of an ISO 4217 currency, and the cost lines made of it.

use std::{fmt, str::FromStr};

use minicbor::{Decode, Decoder, Encode, decode};

use crate::words::words;

#[cfg(test)]
mod tests;

/// A currency by its three capital letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Currency(
    #[cbor(n(0), encode_with = "minicbor::bytes::encode", decode_with = "stored_code")] [u8; 3],
);

/// Damaged bytes are refused here: a currency is letters wherever one is met.
fn stored_code<C>(from: &mut Decoder<'_>, context: &mut C) -> Result<[u8; 3], decode::Error> {
    let code: [u8; 3] = minicbor::bytes::decode(from, context)?;
    let is_code = code.iter().all(u8::is_ascii_uppercase);
    is_code.then_some(code).ok_or_else(|| decode::Error::message("no currency"))
}

/// Currencies whose minor unit is not a hundredth (ISO 4217).
const EXPONENTS: &[(&str, u32)] = &[
    ("BHD", 3),
    ("BIF", 0),
    ("CLP", 0),
    ("DJF", 0),
    ("GNF", 0),
    ("IQD", 3),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KMF", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("PYG", 0),
    ("RWF", 0),
    ("TND", 3),
    ("UGX", 0),
    ("VND", 0),
    ("VUV", 0),
    ("XAF", 0),
    ("XOF", 0),
    ("XPF", 0),
];

/// Text that is no amount of money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidMoney {
    /// Not three capital letters.
    Currency(String),
    /// Not a plain decimal number.
    Amount(String),
    /// More decimals than the currency has.
    Decimals {
        /// The currency.
        currency: Currency,
        /// How many decimals it has.
        allowed: u32,
    },
    /// More than 9 trillion minor units.
    TooLarge,
}

impl fmt::Display for InvalidMoney {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Currency(it) => {
                let it: String = it.chars().take(12).collect();
                write!(f, "{it:?} is no currency: three letters such as USD are expected")
            }
            Self::Amount(it) => {
                let it: String = it.chars().take(40).collect();
                write!(f, "{it:?} is no amount: digits with at most one point are expected")
            }
            Self::Decimals { currency, allowed } => {
                write!(f, "{currency} has {allowed} decimals, the amount has more")
            }
            Self::TooLarge => f.write_str("the amount is too large"),
        }
    }
}

impl std::error::Error for InvalidMoney {}

impl Currency {
    /// US dollars.
    pub const USD: Self = Self(*b"USD");

    /// How many decimals an amount has.
    #[must_use]
    pub fn decimals(self) -> u32 {
        let code = self.code();
        EXPONENTS.iter().find(|(it, _)| *it == code).map_or(2, |(_, decimals)| *decimals)
    }

    /// Its three letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("three ASCII letters")
    }
}

impl FromStr for Currency {
    type Err = InvalidMoney;

    fn from_str(text: &str) -> Result<Self, InvalidMoney> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(code) if code.iter().all(u8::is_ascii_uppercase) => Ok(Self(code)),
            _ => Err(InvalidMoney::Currency(text.to_owned())),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in minor units (cents) of its currency; may be negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(array)]
pub struct Money {
    /// The currency.
    #[n(0)]
    pub currency: Currency,
    /// How many of its minor units.
    #[n(1)]
    pub minor: i64,
}

/// Large enough for a country's budget, small enough that a million lines add up in `i64`.
const MINOR_MAX: i64 = 9_000_000_000_000;

impl Money {
    /// Reads a plain decimal such as `-12.50`; more decimals than the currency
    /// has are an error unless they are zeros.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, InvalidMoney> {
        let wrong = || InvalidMoney::Amount(text.to_owned());
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |part: &str| part.bytes().all(|it| it.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(fraction) || digits.ends_with('.') {
            return Err(wrong());
        }
        let decimals = currency.decimals() as usize;
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > decimals {
            return Err(InvalidMoney::Decimals { currency, allowed: decimals as u32 });
        }
        let minor: i64 =
            format!("{whole}{fraction:0<decimals$}").parse().map_err(|_| InvalidMoney::TooLarge)?;
        if minor > MINOR_MAX {
            return Err(InvalidMoney::TooLarge);
        }
        Ok(Self { currency, minor: if negative { -minor } else { minor } })
    }

    /// The amount as a plain decimal, without the currency.
    #[must_use]
    pub fn decimal(self) -> String {
        let decimals = self.currency.decimals() as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", self.minor.unsigned_abs(), width = decimals + 1);
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        if decimals == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.decimal(), self.currency)
    }
}

words! {
    /// What a cost line pays for.
    CostKind, "cost kind";
    0 Freight "freight",
    1 Insurance "insurance",
    2 Duty "duty",
    3 Surcharge "surcharge",
    4 Refund "refund",
    5 Other "other",
}

/// Money paid or owed for moving one package. Two lines with the same source
/// and id are the same line: the later one replaces the earlier.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(array)]
pub struct CostLine {
    /// What it pays for.
    #[n(0)]
    pub kind: CostKind,
    /// How much; negative only for a credit.
    #[n(1)]
    pub amount: Money,
    /// Who says so: `invoice`, `import`, `carrier:ups`.
    #[n(2)]
    pub source: String,
    /// The line's own id at its source, such as an invoice line.
    #[n(3)]
    pub id: String,
}
