//! Check digits: how the digits of a number betray that one of them is wrong.

/// Where a check digit stands and what it follows from.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    kind: Kind,
    /// How many characters before the check digit it follows from.
    len: usize,
    /// How many stand behind it.
    behind: usize,
}

/// What a check digit is.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// There is none.
    None,
    /// The digits weighed by turns from the right, and a constant; a letter counts by
    /// its code. What is missing to a multiple of ten.
    Tens([u32; 2], u32),
    /// Every second digit doubled, from the right, and its digits added (ISO 7812).
    Luhn,
    /// The remainder of the number by seven.
    Sevens,
    /// The digits weighed from the left by turns: the remainder by eleven, of that the
    /// last digit.
    Elevens(&'static [u32]),
    /// As of postal items (UPU S10), and a country behind it.
    Postal,
    /// ISO 7064, MOD 37,36: over digits and letters.
    Hybrid,
}

impl Check {
    /// No check digit.
    pub const NONE: Self = Self { kind: Kind::None, len: 0, behind: 0 };

    /// As GS1's, over the last so many digits before it.
    pub const fn gs1(len: usize) -> Self {
        Self::tens([3, 1], 0, len)
    }

    /// Weighed by turns from the right, and a constant.
    pub const fn tens(weights: [u32; 2], more: u32, len: usize) -> Self {
        Self { kind: Kind::Tens(weights, more), len, behind: 0 }
    }

    /// As on payment cards.
    pub const fn luhn(len: usize) -> Self {
        Self { kind: Kind::Luhn, len, behind: 0 }
    }

    /// The remainder by seven.
    pub const fn sevens(len: usize) -> Self {
        Self { kind: Kind::Sevens, len, behind: 0 }
    }

    /// Weighed by turns from the left, with so many characters behind it.
    pub const fn elevens(weights: &'static [u32], len: usize, behind: usize) -> Self {
        Self { kind: Kind::Elevens(weights), len, behind }
    }

    /// As UPS's, over the characters behind `1Z`.
    pub const UPS: Self = Self::tens([1, 2], 0, 15);

    /// As of postal items.
    pub const POSTAL: Self = Self { kind: Kind::Postal, len: 8, behind: 2 };

    /// Over digits and letters.
    pub const fn hybrid(len: usize) -> Self {
        Self { kind: Kind::Hybrid, len, behind: 0 }
    }

    /// Whether a number that is long enough fits; `None` if there is nothing to check.
    pub fn fits(&self, number: &[u8]) -> Option<bool> {
        let (number, behind) = number.split_at(number.len() - self.behind);
        let (check, before) = number.split_last()?;
        let wanted = self.digit(&before[before.len() - self.len..])?;
        let is_country = || COUNTRIES.as_bytes().chunks(3).any(|it| it[..2] == *behind);
        Some(wanted == *check && (!matches!(self.kind, Kind::Postal) || is_country()))
    }

    /// The one that belongs behind these characters; `None` if there is none.
    pub fn digit(&self, digits: &[u8]) -> Option<u8> {
        Some(letter(match self.kind {
            Kind::None => return None,
            Kind::Tens(weights, more) => tens(digits, weights, more),
            Kind::Luhn => luhn(digits),
            Kind::Sevens => digits.iter().fold(0, |sum, it| (sum * 10 + value(*it)) % 7),
            Kind::Elevens(weights) => elevens(digits, weights),
            Kind::Postal => postal(digits),
            Kind::Hybrid => hybrid(digits),
        }))
    }

    /// How much it says that it fits, in decimal digits.
    pub fn evidence(&self) -> f64 {
        match self.kind {
            Kind::None => 0.0,
            Kind::Sevens => 0.85,
            Kind::Tens(..) | Kind::Luhn | Kind::Elevens(_) => 1.0,
            // The digit, and one of 250 countries among 676 pairs of letters.
            Kind::Postal => 1.43,
            Kind::Hybrid => 1.56,
        }
    }
}

/// What a digit is worth, or a letter where only digits count.
fn value(it: u8) -> u32 {
    u32::from(if it.is_ascii_digit() { it - b'0' } else { (it - 3) % 10 })
}

fn letter(wanted: u32) -> u8 {
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[wanted as usize]
}

fn tens(digits: &[u8], weights: [u32; 2], more: u32) -> u32 {
    let weighed = digits.iter().rev().zip(weights.into_iter().cycle());
    let sum = more + weighed.map(|(it, by)| value(*it) * by).sum::<u32>();
    (10 - sum % 10) % 10
}

fn luhn(digits: &[u8]) -> u32 {
    let weighed = digits.iter().rev().zip([2, 1].into_iter().cycle());
    let sum: u32 = weighed.map(|(it, by)| value(*it) * by).map(|it| it / 10 + it % 10).sum();
    (10 - sum % 10) % 10
}

fn elevens(digits: &[u8], weights: &[u32]) -> u32 {
    let sum: u32 = digits.iter().zip(weights).map(|(it, by)| value(*it) * by).sum();
    sum % 11 % 10
}

fn postal(digits: &[u8]) -> u32 {
    let weighed = digits.iter().zip([8, 6, 4, 2, 3, 5, 9, 7]);
    match 11 - weighed.map(|(it, by)| value(*it) * by).sum::<u32>() % 11 {
        10 => 0,
        11 => 5,
        other => other,
    }
}

fn hybrid(digits: &[u8]) -> u32 {
    let whole = |it: u8| u32::from(if it.is_ascii_digit() { it - b'0' } else { it - b'A' + 10 });
    let mut product = 36;
    for it in digits {
        let sum = (product + whole(*it)) % 36;
        product = if sum == 0 { 36 } else { sum } * 2 % 37;
    }
    (37 - product) % 36
}

/// Countries and territories by ISO 3166-1, as postal items name where they are from.
const COUNTRIES: &str = "\
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS \
BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE \
EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM \
HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC \
LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA \
NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW \
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO \
TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW ";
