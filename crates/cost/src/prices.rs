//! What AWS asks for each thing, with where that is from.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Something that has a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the price table says what each is")]
pub enum Item {
    WriteUnit,
    ReadUnit,
    TableGbMonth,
    TableBackupGbMonth,
    FunctionCall,
    FunctionGbSecond,
    ApiRequest,
    QueueRequest,
    BusEvent,
    ScheduleCall,
    BlobPut,
    BlobGet,
    BlobGbMonth,
    BlobRareGbMonth,
    BlobArchiveGbMonth,
    EdgeRequest,
    EdgeGb,
    LiveOperation,
    LiveMinute,
    LogGb,
    Alarm,
    Dashboard,
    Metric,
    PersonSignedIn,
}

/// A line of the table.
#[derive(Clone, Debug, Deserialize)]
pub struct Price {
    /// Who bills it.
    pub service: String,
    /// US dollars for `per` of them.
    pub usd: f64,
    /// Of how many the price is.
    pub per: f64,
    /// How many are free each month, for ever.
    #[serde(default)]
    pub free: f64,
    /// Where it was looked up, and when.
    pub source: String,
}

/// The whole table.
#[derive(Clone, Debug, Deserialize)]
pub struct Prices {
    /// When it was put together.
    pub date: String,
    /// Where these are the prices.
    pub region: String,
    price: BTreeMap<Item, Price>,
}

impl Prices {
    /// The table that comes with the program.
    #[must_use]
    pub fn embedded() -> Self {
        Self::of_text(include_str!("../prices.toml")).expect("a test reads the table")
    }

    /// Reads another one, of the same form.
    pub fn of_text(text: &str) -> Result<Self, String> {
        let prices: Self = toml::from_str(text).map_err(|it| it.to_string())?;
        let wrong = prices.price.iter().find(|(_, it)| {
            !(it.usd.is_finite() && 0.0 <= it.usd && 0.0 < it.per && 0.0 <= it.free)
        });
        match wrong {
            Some((item, _)) => Err(format!("{item:?} has no price that can be")),
            None => Ok(prices),
        }
    }

    /// A line; a table lacks none that is asked for.
    #[must_use]
    pub fn of(&self, item: Item) -> &Price {
        self.price.get(&item).unwrap_or_else(|| panic!("the price table has no line {item:?}"))
    }

    /// What so many cost, if none were free.
    #[must_use]
    pub fn usd(&self, item: Item, quantity: f64) -> f64 {
        let price = self.of(item);
        quantity * price.usd / price.per
    }

    /// What so many cost in a month in which nothing else needs those that are free.
    #[must_use]
    pub fn usd_beyond_free(&self, item: Item, quantity: f64) -> f64 {
        self.usd(item, (quantity - self.of(item).free).max(0.0))
    }

    /// Every line.
    pub fn lines(&self) -> impl Iterator<Item = (Item, &Price)> {
        self.price.iter().map(|(item, it)| (*item, it))
    }
}
