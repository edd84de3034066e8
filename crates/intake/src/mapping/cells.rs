//! Reading texts, numbers and moments from the cells of one row by its rules.

use std::borrow::Cow;

use domain::{
    money::{Currency, Money},
    time::Timestamp,
};
use jiff::{
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};

use super::{
    Mapping,
    rule::{
        CellRule, Column, CurrencyRule, DateFrom, DateRule, MoneyRule, Part, TextFrom, TextRule,
    },
};
use crate::{
    dates::{self, Moment},
    numbers::InvalidNumber,
    rows::Row,
};

/// Most bytes of a short text: a number, a name.
pub const SHORT_BYTES_MAX: usize = 256;
/// Most bytes of a long one: a description, a note, an address.
pub const LONG_BYTES_MAX: usize = 8 * 1024;

/// Which column or key is at fault, and why.
pub type Fault = (String, String);

/// A row seen through a mapping.
#[derive(Clone, Copy)]
pub struct Cells<'a> {
    pub mapping: &'a Mapping,
    pub positions: &'a [usize],
    pub row: &'a Row,
}

impl<'a> Cells<'a> {
    /// The name of a column, for errors and notes.
    pub fn name(&self, column: Column) -> &'a str {
        &self.mapping.columns[column.0].name
    }

    /// The trimmed text of a cell, even if it is a word for nothing.
    pub fn raw(&self, column: Column) -> &'a str {
        trimmed(self.row.cell(self.positions[column.0]))
    }

    /// The trimmed text of a cell, unless it means nothing.
    pub fn cell(&self, rule: &CellRule) -> Option<&'a str> {
        let text = self.raw(rule.column);
        let Mapping { none, kept, .. } = self.mapping;
        let none =
            text.is_empty() || none.contain(text) || kept.contain(text) || rule.none.contain(text);
        (!none).then_some(text)
    }

    /// A text by its rule.
    pub fn text<'r>(&self, rule: &'r TextRule) -> Option<Cow<'r, str>>
    where
        'a: 'r,
    {
        let found = match &rule.from {
            TextFrom::Value(text) => Some(Cow::Borrowed(text.as_str())),
            TextFrom::Column(column) => self.part(*column, rule).map(Cow::Borrowed),
            TextFrom::Template(parts) => self.filled(parts, rule).map(Cow::Owned),
        };
        let mapped = found.and_then(|text| {
            match rule.map.iter().find(|(from, _)| from.eq_ignore_ascii_case(&text)) {
                Some((_, to)) => to.as_deref().map(Cow::Borrowed),
                None => Some(text),
            }
        });
        mapped.or(rule.default.as_deref().map(Cow::Borrowed))
    }

    /// A text of limited length.
    pub fn short(&self, rule: &TextRule) -> Result<Option<String>, Fault> {
        self.limited(rule, SHORT_BYTES_MAX)
    }

    /// A text of limited length.
    pub fn long(&self, rule: &TextRule) -> Result<Option<String>, Fault> {
        self.limited(rule, LONG_BYTES_MAX)
    }

    /// A count.
    pub fn count(&self, rule: &CellRule) -> Result<Option<u32>, Fault> {
        let notation = self.mapping.notation;
        self.cell(rule)
            .map(|text| notation.count(text).map_err(|it| self.not_a(rule.column, text, &it)))
            .transpose()
    }

    /// An amount of money.
    pub fn money(&self, rule: &MoneyRule) -> Result<Option<Money>, Fault> {
        let Some(text) = self.cell(&rule.cell) else { return Ok(None) };
        let currency = self.currency(&rule.currency)?;
        match self.mapping.notation.money(text, currency) {
            Ok(money) => Ok(Some(money)),
            Err(error) => Err(self.not_a(rule.cell.column, text, &error)),
        }
    }

    /// The currency of an amount.
    pub fn currency(&self, rule: &CurrencyRule) -> Result<Currency, Fault> {
        match rule {
            CurrencyRule::Fixed(currency) => Ok(*currency),
            CurrencyRule::Column(cell, default) => match (self.cell(cell), default) {
                (None, Some(currency)) => Ok(*currency),
                (None, None) => {
                    Err((self.name(cell.column).to_owned(), "a currency is missing".to_owned()))
                }
                (Some(text), _) => text
                    .to_ascii_uppercase()
                    .parse()
                    .map_err(|it| (self.name(cell.column).to_owned(), format!("{it}"))),
            },
        }
    }

    /// What a cell should have been and is not.
    pub fn not_a(&self, column: Column, text: &str, error: &InvalidNumber) -> Fault {
        (self.name(column).to_owned(), format!("{}: {error}", quoted(text)))
    }

    /// A moment as it is written.
    pub fn moment(&self, rule: &DateRule) -> Result<Option<Moment>, Fault> {
        let cell = match &rule.from {
            DateFrom::Value(moment) => return Ok(Some(*moment)),
            DateFrom::Cell(cell) => cell,
        };
        let Some(text) = self.cell(cell) else { return Ok(None) };
        match dates::parse_any(&rule.formats, text) {
            Ok(moment) => Ok(Some(moment)),
            Err(dates::InvalidMoment::Impossible(why)) => {
                Err((rule.label.clone(), format!("{}: {why}", quoted(text))))
            }
            Err(dates::InvalidMoment::Unlike) => {
                let expected: Vec<String> =
                    rule.formats.iter().map(dates::DateFormat::example).collect();
                let reason = format!("{} is no date like {}", quoted(text), expected.join(" or "));
                Err((rule.label.clone(), reason))
            }
        }
    }

    fn limited(&self, rule: &TextRule, bytes_max: usize) -> Result<Option<String>, Fault> {
        match self.text(rule) {
            Some(text) if text.len() > bytes_max => {
                Err((rule.label.clone(), format!("longer than {bytes_max} bytes")))
            }
            text => Ok(text.map(Cow::into_owned)),
        }
    }

    fn part(&self, column: Column, rule: &TextRule) -> Option<&'a str> {
        let text = self.raw(column);
        let none = text.is_empty() || self.mapping.none.contain(text) || rule.none.contain(text);
        (!none).then_some(text)
    }

    /// A template with its columns filled in; nothing if all of them are empty.
    /// What joins a missing column to its neighbour goes with it, so that no
    /// comma dangles.
    fn filled(&self, parts: &[Part], rule: &TextRule) -> Option<String> {
        let (mut text, mut before, mut columns, mut any) = (String::new(), "", 0, false);
        for part in parts {
            match part {
                Part::Text(words) => before = words,
                Part::Column(column) => {
                    if let Some(cell) = self.part(*column, rule) {
                        if any || columns == 0 {
                            text.push_str(before);
                        }
                        text.push_str(cell);
                        any = true;
                    }
                    columns += 1;
                    before = "";
                }
            }
        }
        text.push_str(before);
        any.then_some(text)
    }
}

/// The instant of a moment that `zone`'s clocks show; a day without a time takes
/// place at `time`.
pub fn instant(moment: Moment, zone: &TimeZone, time: Time) -> Result<Timestamp, &'static str> {
    let local = match moment {
        Moment::Instant(millis) => return in_range(millis),
        Moment::Local(local) => local,
        Moment::Day(day) => day.to_datetime(time),
    };
    // Where a clock was put back the earlier instant is meant, where it was put
    // forward the time after the gap: the rule of RFC 5545.
    let found = zone.to_ambiguous_timestamp(local).compatible().map_err(|_| OUT_OF_RANGE)?;
    in_range(found.as_millisecond())
}

/// The first and the last instant of a day.
pub fn whole_day(day: Date, zone: &TimeZone) -> Result<(Timestamp, Timestamp), &'static str> {
    let first = instant(Moment::Local(DateTime::from_parts(day, Time::MIN)), zone, Time::MIN)?;
    let next = day.tomorrow().map_err(|_| OUT_OF_RANGE)?;
    let end = instant(Moment::Local(DateTime::from_parts(next, Time::MIN)), zone, Time::MIN)?;
    Ok((first, end.plus(-1)))
}

/// A text as an error shows it.
pub fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(60).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("{shown:?}")
}

/// `trim`, and at once for the usual cell that needs none.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

const OUT_OF_RANGE: &str = "it is outside the years 1970 to 2199";

fn in_range(millis: i64) -> Result<Timestamp, &'static str> {
    Timestamp::from_millis(millis).map_err(|_| OUT_OF_RANGE)
}
