//! How much of everything that has a price one thing takes.

use std::collections::BTreeMap;

use crate::{Item, Prices, counted::Units};

/// How much of each item something takes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Taken(BTreeMap<Item, f64>);

impl Taken {
    /// Takes more.
    #[must_use]
    pub fn with(mut self, item: Item, quantity: f64) -> Self {
        *self.0.entry(item).or_default() += quantity;
        self
    }

    /// Takes units of the table.
    #[must_use]
    pub fn with_units(self, units: Units, times: f64) -> Self {
        self.with(Item::WriteUnit, units.writes * times).with(Item::ReadUnit, units.reads * times)
    }

    /// Takes what a function of half a gigabyte takes that runs so long.
    #[must_use]
    pub fn with_function(self, calls: f64, ms: f64) -> Self {
        self.with(Item::FunctionCall, calls).with(Item::FunctionGbSecond, 0.5 * ms / 1e3)
    }

    /// Everything of another, so many times.
    #[must_use]
    pub fn and(mut self, other: &Self, times: f64) -> Self {
        for (item, quantity) in &other.0 {
            self = self.with(*item, quantity * times);
        }
        self
    }

    /// How much of one item.
    #[must_use]
    pub fn of(&self, item: Item) -> f64 {
        self.0.get(&item).copied().unwrap_or_default()
    }

    /// Each item and how much of it.
    pub fn items(&self) -> impl Iterator<Item = (Item, f64)> + '_ {
        self.0.iter().map(|(item, it)| (*item, *it))
    }

    /// What it costs, if nothing were free.
    #[must_use]
    pub fn usd(&self, prices: &Prices) -> f64 {
        self.items().map(|(item, it)| prices.usd(item, it)).sum()
    }
}
