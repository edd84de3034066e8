//! A month's bill for a load: by what it is for, and by service.

use std::collections::BTreeMap;

use crate::{Load, Prices, Taken};

/// A month's bill.
#[derive(Clone, Debug)]
pub struct Bill {
    /// What it is for, how many of that there are, and what all of them take.
    pub parts: Vec<Part>,
    prices: Prices,
}

/// A part of a bill.
#[derive(Clone, Debug)]
pub struct Part {
    /// What it is for.
    pub what: &'static str,
    /// How many of it in a month.
    pub count: f64,
    /// What one takes.
    pub each: Taken,
}

impl Bill {
    /// What a load costs in a month.
    #[must_use]
    pub fn of(load: &Load, prices: &Prices) -> Self {
        let part = |what, count, each| Part { what, count, each };
        let parts = vec![
            part("fixes", load.fixes(), load.of_fix()),
            part(
                "besides, of vehicles that carry packages",
                load.fixes() * load.carrying,
                load.of_carrying(),
            ),
            part("packages registered", load.registrations(), load.of_registration()),
            part("custody events", load.custody_events(), load.of_event()),
            part(
                "events told on the bus",
                load.custody_events() + load.registrations(),
                load.of_told(),
            ),
            part("questions", load.questions * crate::DAYS, load.of_question()),
            part("hours of watching", load.viewer_hours(), load.of_viewer_hour()),
            part("what is kept", 1.0, load.of_kept()),
            part("being there", 1.0, load.of_standing()),
        ];
        Self { parts, prices: prices.clone() }
    }

    /// What a part costs in a month, if nothing were free.
    #[must_use]
    pub fn usd_of(&self, part: &Part) -> f64 {
        part.each.usd(&self.prices) * part.count
    }

    /// Everything that the month takes.
    #[must_use]
    pub fn taken(&self) -> Taken {
        self.parts.iter().fold(Taken::default(), |all, it| all.and(&it.each, it.count))
    }

    /// What each service asks for, beyond what it gives away each month.
    #[must_use]
    pub fn by_service(&self) -> BTreeMap<&str, f64> {
        let mut all = BTreeMap::new();
        for (item, quantity) in self.taken().items() {
            let usd = self.prices.usd_beyond_free(item, quantity);
            *all.entry(self.prices.of(item).service.as_str()).or_insert(0.0) += usd;
        }
        all
    }

    /// The whole month.
    #[must_use]
    pub fn usd(&self) -> f64 {
        self.by_service().values().sum()
    }
}
