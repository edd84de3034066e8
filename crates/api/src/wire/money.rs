//! Money, cost lines and references on the wire.

use domain::{
    money::{self, Currency},
    record,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::wire::{
    reading::Reading,
    scalar::Line,
    word::{Word, words},
};

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// A plain decimal with at most as many decimals as the currency has.
    #[schema(pattern = "^-?[0-9]{1,14}([.][0-9]{1,4})?$", example = "12.34")]
    pub amount: String,
    /// ISO 4217: three capital letters.
    #[schema(pattern = "^[A-Z]{3}$", example = "USD")]
    pub currency: String,
}

impl Money {
    /// As the domain knows it.
    pub fn read(&self, reading: &mut Reading) -> Option<money::Money> {
        let currency: Currency = reading.parse("currency", &self.currency)?;
        match money::Money::parse(&self.amount, currency) {
            Ok(amount) => Some(amount),
            Err(why) => {
                reading.fault("amount", "amount", why.to_string());
                None
            }
        }
    }

    /// As it travels.
    #[must_use]
    pub fn of(money: money::Money) -> Self {
        Self { amount: money.decimal(), currency: money.currency.code().to_owned() }
    }
}

/// Money paid or owed for moving one package. Two lines with the same source
/// and line are the same: the later one replaces the earlier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// What it pays for.
    pub cost: words::CostKind,
    /// How much.
    pub amount: Money,
    /// Who says so, such as `invoice`.
    pub source: Line<60>,
    /// The line's own id at its source, such as an invoice line.
    pub line: Line<100>,
}

impl Cost {
    /// As the domain knows it.
    pub fn read(&self, reading: &mut Reading) -> Option<money::CostLine> {
        let amount = reading.within("amount", |it| self.amount.read(it))?;
        Some(money::CostLine {
            kind: self.cost.0,
            amount,
            source: self.source.0.clone(),
            id: self.line.0.clone(),
        })
    }

    /// As it travels.
    #[must_use]
    pub fn of(line: &money::CostLine) -> Self {
        Self {
            cost: Word(line.kind),
            amount: Money::of(line.amount),
            source: Line(line.source.clone()),
            line: Line(line.id.clone()),
        }
    }
}

/// A number people know something by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Whose numbering: `carrier:ups`, `sscc`, `po`, `order`, `serial`, `client_ref`.
    #[schema(pattern = "^[a-z][a-z0-9_]{0,29}(:[a-z0-9_-]{1,30})?$", example = "carrier:ups")]
    pub scheme: String,
    /// The number as people write it: at least one letter or digit.
    #[schema(example = "1Z999AA10123456784")]
    pub value: Line<100>,
}

impl Reference {
    /// As the domain knows it.
    pub fn read(&self, reading: &mut Reading) -> Option<record::Reference> {
        let value = self.value.0.trim().to_owned();
        let reference = record::Reference { scheme: self.scheme.clone(), value };
        if reference.normalised().is_empty() {
            let detail = "at least one letter or digit is expected";
            reading.fault("value", "empty", detail.to_owned());
            return None;
        }
        Some(reference)
    }

    /// As it travels.
    #[must_use]
    pub fn of(reference: &record::Reference) -> Self {
        Self { scheme: reference.scheme.clone(), value: Line(reference.value.clone()) }
    }
}

/// References as the domain knows them.
pub fn read_references(all: &[Reference], reading: &mut Reading) -> Vec<record::Reference> {
    let one = |(index, it): (usize, &Reference)| reading.within(index, |reading| it.read(reading));
    all.iter().enumerate().filter_map(one).collect()
}
