//! Checked rules: how one field is read from a row.

use domain::{
    event::{FactKind, IncidentReason},
    mode::Mode,
    money::{CostKind, Currency},
};
use jiff::{civil, tz::TimeZone};
use regex::Regex;

pub use super::file::{End, Unresolved};
use super::places::Wording;
use crate::{
    dates::{DateFormat, Moment},
    gazetteer::Kind,
    numbers::Ratio,
};

/// A column by its number among those the mapping names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column(pub usize);

/// Words that are compared without regard to the case of ASCII letters.
#[derive(Clone, Debug, Default)]
pub struct Words(pub Box<[String]>);

impl Words {
    /// Whether a text is one of them.
    pub fn contain(&self, text: &str) -> bool {
        self.0.iter().any(|it| it.eq_ignore_ascii_case(text))
    }
}

/// A cell, unless it holds a word for nothing.
#[derive(Clone, Debug)]
pub struct CellRule {
    pub column: Column,
    pub none: Words,
}

/// A text.
#[derive(Clone, Debug)]
pub struct TextRule {
    pub from: TextFrom,
    pub none: Words,
    /// Words and what they stand for; `None` for nothing.
    pub map: Vec<(String, Option<String>)>,
    pub default: Option<String>,
    /// What people call it: the column, or the key in the mapping.
    pub label: String,
}

/// Where a text comes from.
#[derive(Clone, Debug)]
pub enum TextFrom {
    Column(Column),
    Template(Vec<Part>),
    Value(String),
}

/// A piece of a template.
#[derive(Clone, Debug)]
pub enum Part {
    Text(String),
    Column(Column),
}

/// A date or time.
#[derive(Clone, Debug)]
pub struct DateRule {
    pub from: DateFrom,
    pub formats: Vec<DateFormat>,
    pub zone: ZoneRule,
    /// The time of a day without one.
    pub time: Option<civil::Time>,
    pub label: String,
}

/// Where a date comes from.
#[derive(Clone, Debug)]
pub enum DateFrom {
    Cell(CellRule),
    Value(Moment),
}

/// Whose clock shows a time without an offset.
#[derive(Clone, Debug)]
pub struct ZoneRule {
    /// The place's own, where the place and its zone are known.
    pub of_place: bool,
    /// Otherwise this one.
    pub fixed: TimeZone,
}

/// When it was promised: a day or moment, or the first and the last.
#[derive(Clone, Debug)]
pub enum PromiseRule {
    One(DateRule),
    Span(DateRule, DateRule),
}

/// A place by its name.
#[derive(Clone, Debug)]
pub struct PlaceRule {
    pub text: TextRule,
    pub wording: Wording,
    pub kind: Option<Kind>,
    pub unresolved: Unresolved,
}

/// A place of an event.
#[derive(Clone, Debug)]
pub enum EventPlace {
    SameAs(End),
    Own(PlaceRule),
}

/// An amount of money.
#[derive(Clone, Debug)]
pub struct MoneyRule {
    pub cell: CellRule,
    pub currency: CurrencyRule,
}

/// The currency of an amount.
#[derive(Clone, Debug)]
pub enum CurrencyRule {
    Fixed(Currency),
    /// From a column; the second where that is empty.
    Column(CellRule, Option<Currency>),
}

/// Cells that hold something other than an amount.
#[derive(Clone, Debug)]
pub struct Instead {
    /// Says that another row has it: the first group is that row's key.
    pub shared: Option<Regex>,
    /// Words that leave it unknown and are worth keeping.
    pub words: Words,
}

/// A weight.
#[derive(Clone, Debug)]
pub struct WeightRule {
    pub cell: CellRule,
    pub unit: Ratio,
    pub instead: Instead,
}

/// Length, width and height.
#[derive(Clone, Debug)]
pub struct DimensionsRule {
    pub cells: [CellRule; 3],
    pub unit: Ratio,
}

/// Who gets it.
#[derive(Clone, Debug)]
pub struct RecipientRule {
    pub name: Option<TextRule>,
    pub email: Option<TextRule>,
    pub address: Option<TextRule>,
}

/// A number people know it by.
#[derive(Clone, Debug)]
pub struct ReferenceRule {
    pub scheme: String,
    pub value: TextRule,
}

/// Something inside.
#[derive(Clone, Debug)]
pub struct ItemRule {
    pub name: TextRule,
    pub quantity: Option<CellRule>,
    pub serial: Option<TextRule>,
    pub value: Option<MoneyRule>,
}

/// A cost line.
#[derive(Clone, Debug)]
pub struct CostRule {
    pub kind: CostKind,
    pub money: MoneyRule,
    pub credit: bool,
    pub instead: Instead,
    /// The line's own id within its package.
    pub line_id: String,
}

/// Something that happened, by the column that says when.
#[derive(Clone, Debug)]
pub struct EventRule {
    pub kind: FactKind,
    /// Its number among the rules of the same kind.
    pub nth: u16,
    pub at: DateRule,
    pub place: Option<EventPlace>,
    pub to: Option<EventPlace>,
    pub mode: Option<TextRule>,
    pub expected_at: Option<DateRule>,
    pub reason: Option<TextRule>,
    pub detail: Option<TextRule>,
    pub received_by: Option<TextRule>,
    pub left_at: Option<TextRule>,
}

/// What a package's record is made of.
#[derive(Clone, Debug, Default)]
pub struct PackageRules {
    pub description: Option<TextRule>,
    pub client: Option<TextRule>,
    pub recipient: Option<RecipientRule>,
    pub cost_centre: Option<TextRule>,
    pub order: Option<TextRule>,
    pub origin: Option<PlaceRule>,
    pub destination: Option<PlaceRule>,
    pub carrier: Option<TextRule>,
    pub service: Option<TextRule>,
    pub mode: Option<TextRule>,
    pub pieces: Option<CellRule>,
    pub weight: Option<WeightRule>,
    pub dimensions: Option<DimensionsRule>,
    pub declared_value: Option<MoneyRule>,
    pub promised: Option<PromiseRule>,
    pub references: Vec<ReferenceRule>,
    pub items: Vec<ItemRule>,
}

/// A word of a closed vocabulary, in any case.
pub fn mode_of(text: &str) -> Option<Mode> {
    Mode::ALL.iter().copied().find(|it| it.word().eq_ignore_ascii_case(text))
}

/// A word of a closed vocabulary, in any case.
pub fn reason_of(text: &str) -> Option<IncidentReason> {
    IncidentReason::ALL.iter().copied().find(|it| it.word().eq_ignore_ascii_case(text))
}
