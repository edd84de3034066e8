//! One date format, compiled once and read many times.
//!
//! The directives are those of strptime: `%d %m %y %Y %b %B %a %A %H %I %p %M
//! %S %f %z %%`; one digit does where two are usual. A two-digit year from 00
//! to 68 is in the 2000s, from 69 to 99 in the 1900s. Four words stand for whole
//! formats: `iso` (ISO 8601 and RFC 3339), `unix` and `unix_ms` (seconds and
//! milliseconds since 1970) and `excel` (days since 1899-12-30).

use std::fmt;

use jiff::{civil, tz::TimeZone};

use super::{InvalidMoment, Moment};

/// Names of months; the first three letters of each do as well.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Names of days; the first three letters of each do as well.
const DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Two-digit years up to this one are in the 2000s.
const PIVOT_YEAR: i32 = 68;

/// Day 0 of spreadsheets, in days since 1970.
const EXCEL_EPOCH_DAYS: f64 = -25_569.0;

/// A format that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidFormat {
    /// What was given.
    pub given: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl fmt::Display for InvalidFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no date format: {}", self.given, self.reason)
    }
}

impl std::error::Error for InvalidFormat {}

/// A compiled date format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateFormat {
    text: String,
    shape: Shape,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    Pattern(Vec<Token>),
    Iso,
    Unix { per_second: i64 },
    Excel,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Day,
    Month,
    MonthName,
    Year2,
    Year4,
    DayName,
    Hour24,
    Hour12,
    HalfDay,
    Minute,
    Second,
    Fraction,
    Offset,
    /// One space or more.
    Space,
    Literal(char),
}

impl DateFormat {
    /// Reads a format.
    pub fn compile(text: &str) -> Result<Self, InvalidFormat> {
        let shape = match text {
            "iso" => Shape::Iso,
            "unix" => Shape::Unix { per_second: 1 },
            "unix_ms" => Shape::Unix { per_second: 1000 },
            "excel" => Shape::Excel,
            _ => {
                let invalid = |reason| InvalidFormat { given: text.to_owned(), reason };
                let tokens = tokens(text).map_err(invalid)?;
                check(&tokens).map_err(invalid)?;
                Shape::Pattern(tokens)
            }
        };
        Ok(Self { text: text.to_owned(), shape })
    }

    /// Reads a text, which must be written as the format says to its end.
    pub fn parse(&self, text: &str) -> Result<Moment, InvalidMoment> {
        match &self.shape {
            Shape::Pattern(tokens) => Fields::read(tokens, text)?.moment(),
            Shape::Iso => iso(text),
            Shape::Unix { per_second } => unix(text, *per_second),
            Shape::Excel => excel(text),
        }
    }

    /// How the last day of 2026 is written at 17:05:09, to show people what is expected.
    #[must_use]
    pub fn example(&self) -> String {
        match &self.shape {
            Shape::Pattern(tokens) => tokens.iter().map(|it| it.example()).collect(),
            Shape::Iso => "2026-12-31".to_owned(),
            Shape::Unix { per_second } => (1_798_736_709 * per_second).to_string(),
            Shape::Excel => "46387".to_owned(),
        }
    }
}

impl Token {
    fn example(self) -> String {
        let text = match self {
            Self::Day => "31",
            Self::Month => "12",
            Self::MonthName => "Dec",
            Self::Year2 => "26",
            Self::Year4 => "2026",
            Self::DayName => "Thu",
            Self::Hour24 => "17",
            Self::Hour12 | Self::Minute => "05",
            Self::HalfDay => "pm",
            Self::Second => "09",
            Self::Fraction => "0",
            Self::Offset => "+00:00",
            Self::Space => " ",
            Self::Literal(char) => return char.to_string(),
        };
        text.to_owned()
    }
}

impl fmt::Display for DateFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, &'static str> {
    let mut tokens = Vec::new();
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        if char != '%' {
            tokens.push(if char.is_whitespace() { Token::Space } else { Token::Literal(char) });
            continue;
        }
        match chars.next() {
            Some('d' | 'e') => tokens.push(Token::Day),
            Some('m') => tokens.push(Token::Month),
            Some('b' | 'B' | 'h') => tokens.push(Token::MonthName),
            Some('y') => tokens.push(Token::Year2),
            Some('Y') => tokens.push(Token::Year4),
            Some('a' | 'A') => tokens.push(Token::DayName),
            Some('H') => tokens.push(Token::Hour24),
            Some('I') => tokens.push(Token::Hour12),
            Some('p' | 'P') => tokens.push(Token::HalfDay),
            Some('M') => tokens.push(Token::Minute),
            Some('S') => tokens.push(Token::Second),
            Some('f') => tokens.push(Token::Fraction),
            Some('z') => tokens.push(Token::Offset),
            Some('F') => tokens.extend(self::tokens("%Y-%m-%d")?),
            Some('T') => tokens.extend(self::tokens("%H:%M:%S")?),
            Some('%') => tokens.push(Token::Literal('%')),
            Some(_) => return Err("known after % are a A b B d e f F H I m M p S T y Y z %"),
            None => return Err("it ends with a lone %"),
        }
    }
    Ok(tokens)
}

fn check(tokens: &[Token]) -> Result<(), &'static str> {
    let has = |wanted: &[Token]| wanted.iter().any(|it| tokens.contains(it));
    let twice = |token: Token| tokens.iter().filter(|it| **it == token).count() > 1;
    if !has(&[Token::Year2, Token::Year4]) {
        return Err("it has no year");
    }
    if !has(&[Token::Month, Token::MonthName]) || !has(&[Token::Day]) {
        return Err("it needs a day and a month");
    }
    if has(&[Token::Minute, Token::Second, Token::Offset, Token::HalfDay, Token::Fraction])
        && !has(&[Token::Hour24, Token::Hour12])
    {
        return Err("it has a part of a time but no hour");
    }
    if has(&[Token::Hour12]) != has(&[Token::HalfDay]) {
        return Err("%I and %p belong together");
    }
    if [Token::Day, Token::Month, Token::Year2, Token::Year4].into_iter().any(twice) {
        return Err("a part of the date comes twice");
    }
    Ok(())
}

/// What the parts of a text say.
#[derive(Default)]
struct Fields {
    year: i32,
    month: i32,
    day: i32,
    hour: Option<i32>,
    minute: i32,
    second: i32,
    nanosecond: i32,
    afternoon: Option<bool>,
    offset_minutes: Option<i32>,
}

impl Fields {
    fn read(tokens: &[Token], text: &str) -> Result<Self, InvalidMoment> {
        let mut fields = Self::default();
        let mut rest = Rest(text);
        for (index, token) in tokens.iter().enumerate() {
            fields.take(*token, &mut rest).ok_or(InvalidMoment::Unlike)?;
            let abbreviable = matches!(token, Token::MonthName | Token::DayName);
            if abbreviable && tokens.get(index + 1) != Some(&Token::Literal('.')) {
                rest.0 = rest.0.strip_prefix('.').unwrap_or(rest.0);
            }
        }
        if rest.0.is_empty() { Ok(fields) } else { Err(InvalidMoment::Unlike) }
    }

    fn take(&mut self, token: Token, rest: &mut Rest<'_>) -> Option<()> {
        match token {
            Token::Day => self.day = rest.number(1, 2)?,
            Token::Month => self.month = rest.number(1, 2)?,
            Token::MonthName => self.month = rest.name(&MONTHS)? + 1,
            Token::Year2 => {
                let year = rest.number(2, 2)?;
                self.year = year + if year <= PIVOT_YEAR { 2000 } else { 1900 };
            }
            Token::Year4 => self.year = rest.number(4, 4)?,
            Token::DayName => _ = rest.name(&DAYS)?,
            Token::Hour24 | Token::Hour12 => self.hour = Some(rest.number(1, 2)?),
            Token::HalfDay => self.afternoon = Some(rest.name(&["am", "pm"])? == 1),
            Token::Minute => self.minute = rest.number(2, 2)?,
            Token::Second => self.second = rest.number(2, 2)?,
            Token::Fraction => self.nanosecond = rest.fraction()?,
            Token::Offset => self.offset_minutes = Some(rest.offset()?),
            Token::Space => rest.spaces()?,
            Token::Literal(char) => rest.0 = rest.0.strip_prefix(char)?,
        }
        Some(())
    }

    fn moment(&self) -> Result<Moment, InvalidMoment> {
        let small = |it: i32| i8::try_from(it).unwrap_or(i8::MAX);
        let year = i16::try_from(self.year).unwrap_or(i16::MAX);
        let date = civil::Date::new(year, small(self.month), small(self.day))
            .map_err(|_| InvalidMoment::Impossible("the calendar has no such day"))?;
        let Some(hour) = self.hour else { return Ok(Moment::Day(date)) };
        let no_time = InvalidMoment::Impossible("the clock has no such time");
        let hour = match self.afternoon {
            None => hour,
            Some(_) if !(1..=12).contains(&hour) => return Err(no_time),
            Some(afternoon) => hour % 12 + if afternoon { 12 } else { 0 },
        };
        let time =
            civil::Time::new(small(hour), small(self.minute), small(self.second), self.nanosecond)
                .map_err(|_| no_time)?;
        let local = date.to_datetime(time);
        match self.offset_minutes {
            None => Ok(Moment::Local(local)),
            Some(minutes) => Ok(Moment::Instant(utc_millis(local) - i64::from(minutes) * 60_000)),
        }
    }
}

/// The milliseconds since 1970 at which a clock in Greenwich shows this.
fn utc_millis(local: civil::DateTime) -> i64 {
    TimeZone::UTC.to_timestamp(local).map_or(i64::MAX, jiff::Timestamp::as_millisecond)
}

/// What is still to be read.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn number(&mut self, digits_min: usize, digits_max: usize) -> Option<i32> {
        let digits = self.0.bytes().take(digits_max).take_while(u8::is_ascii_digit).count();
        if digits < digits_min {
            return None;
        }
        let (number, rest) = self.0.split_at(digits);
        self.0 = rest;
        number.parse().ok()
    }

    /// A name in full or by its first three letters, in any case.
    fn name(&mut self, names: &[&str]) -> Option<i32> {
        let letters = self.0.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (given, rest) = self.0.split_at(letters);
        let is = |name: &&str| {
            name.eq_ignore_ascii_case(given)
                || (given.len() == 3 && name[..3.min(name.len())].eq_ignore_ascii_case(given))
                || (given.eq_ignore_ascii_case("sept") && *name == "september")
        };
        let found = names.iter().position(is)?;
        self.0 = rest;
        Some(found as i32)
    }

    fn fraction(&mut self) -> Option<i32> {
        let digits = self.0.bytes().take(9).take_while(u8::is_ascii_digit).count();
        let value = self.number(1, 9)?;
        Some(value * 10i32.pow(9 - digits as u32))
    }

    /// `Z`, `+02`, `+0200` or `+02:00`, in minutes east of Greenwich.
    fn offset(&mut self) -> Option<i32> {
        if let Some(rest) = self.0.strip_prefix(['Z', 'z']) {
            self.0 = rest;
            return Some(0);
        }
        let sign = match self.0.as_bytes().first()? {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        self.0 = &self.0[1..];
        let hours = self.number(2, 2)?;
        self.0 = self.0.strip_prefix(':').unwrap_or(self.0);
        let minutes = self.number(2, 2).unwrap_or(0);
        (hours <= 26 && minutes < 60).then_some(sign * (hours * 60 + minutes))
    }

    fn spaces(&mut self) -> Option<()> {
        let rest = self.0.trim_start();
        let any = rest.len() < self.0.len();
        self.0 = rest;
        any.then_some(())
    }
}

/// ISO 8601 in the forms that are seen: a day, or a day and a time to the
/// minute, second or fraction, with or without an offset; basic or extended.
fn iso(text: &str) -> Result<Moment, InvalidMoment> {
    iso_fields(text).ok_or(InvalidMoment::Unlike)?.moment()
}

fn iso_fields(text: &str) -> Option<Fields> {
    let mut rest = Rest(text);
    let year = rest.number(4, 4)?;
    let extended = rest.0.starts_with('-');
    let next = |rest: &mut Rest<'_>, mark: char| {
        if extended {
            rest.0 = rest.0.strip_prefix(mark)?;
        }
        rest.number(2, 2)
    };
    let month = next(&mut rest, '-')?;
    let day = next(&mut rest, '-')?;
    let mut fields = Fields { year, month, day, ..Fields::default() };
    if rest.0.is_empty() {
        return Some(fields);
    }
    rest.0 = rest.0.strip_prefix(['T', 't', ' '])?;
    fields.hour = Some(rest.number(2, 2)?);
    fields.minute = next(&mut rest, ':')?;
    if rest.0.starts_with(':') || rest.0.starts_with(|it: char| it.is_ascii_digit()) {
        fields.second = next(&mut rest, ':')?;
        if let Some(fraction) = rest.0.strip_prefix(['.', ',']) {
            rest.0 = fraction;
            fields.nanosecond = rest.fraction()?;
        }
    }
    if !rest.0.is_empty() {
        rest.0 = rest.0.trim_start_matches(' ');
        fields.offset_minutes = Some(rest.offset()?);
    }
    rest.0.is_empty().then_some(fields)
}

fn unix(text: &str, per_second: i64) -> Result<Moment, InvalidMoment> {
    let unlike = |_| InvalidMoment::Unlike;
    if text.len() > 16 || !text.bytes().all(|it| it.is_ascii_digit()) {
        return Err(InvalidMoment::Unlike);
    }
    let count: i64 = text.parse().map_err(unlike)?;
    Ok(Moment::Instant(count.saturating_mul(1000 / per_second)))
}

fn excel(text: &str) -> Result<Moment, InvalidMoment> {
    if !text.bytes().all(|it| it.is_ascii_digit() || it == b'.') {
        return Err(InvalidMoment::Unlike);
    }
    let days: f64 = text.parse().map_err(|_| InvalidMoment::Unlike)?;
    // 1970 to 2199 in days; this also keeps the arithmetic exact to the second.
    if !(25_569.0..=109_574.0).contains(&days) {
        return Err(InvalidMoment::Impossible("the day is outside the years 1970 to 2199"));
    }
    let seconds = ((days + EXCEL_EPOCH_DAYS) * 86_400.0).round() as i64;
    let at = jiff::Timestamp::from_second(seconds).map_err(|_| InvalidMoment::Unlike)?;
    let local = TimeZone::UTC.to_datetime(at);
    Ok(if days.fract() == 0.0 { Moment::Day(local.date()) } else { Moment::Local(local) })
}
