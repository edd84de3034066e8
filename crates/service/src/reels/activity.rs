//! How much happened on the map, hour by hour: how many turns each hour has stands in
//! its row and, once more for all hours, in that of its day. Both are written with the
//! turns themselves, so what is late or told twice is counted once, where it happened.

use std::collections::BTreeMap;

use domain::{
    reel::{begin_of, hour_of},
    time::{DAY, Millis, Timestamp},
};
use table::Scan;

use crate::{
    Service,
    error::Result,
    keys::REEL_DAYS,
    rows::{ReelDayRow, ReelRow},
};

/// The longest span that is answered at once.
pub const ACTIVITY_MAX: Millis = 14 * DAY;
/// Days that such a span touches.
const DAYS_MAX: usize = 15;

/// How much happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// When the first hour begins.
    pub from: Timestamp,
    /// How often a package or container came to stand otherwise in each hour. Nothing
    /// for an hour that was sealed before this was counted.
    pub turns: Vec<Option<u32>>,
}

impl Service {
    /// How much happened in the hours that a span of at most [`ACTIVITY_MAX`] touches,
    /// until now; what was recorded since the last sweep of the past is not counted yet.
    ///
    /// One query of at most 15 rows of less than 160 bytes, so one read unit, however
    /// many packages there are.
    pub async fn activity(&self, from: Timestamp, to: Timestamp) -> Result<Activity> {
        let to = to.min(self.clock.now().plus(1)).min(from.plus(ACTIVITY_MAX));
        let (first, end) = (hour_of(from), hour_of(to.plus(-1)) + 1);
        if to <= from {
            return Ok(Activity { from: begin_of(first), turns: Vec::new() });
        }
        let days = self.turns_by_day(first / 24, end.div_ceil(24)).await?;
        let turns = (first..end).map(|hour| match days.get(&(hour / 24)) {
            Some(turns) => turns.map(|it| it[(hour % 24) as usize]),
            None => Some(0),
        });
        Ok(Activity { from: begin_of(first), turns: turns.collect() })
    }

    /// What is known of each day, from the first up to, but without, the last.
    async fn turns_by_day(&self, first: u32, end: u32) -> Result<BTreeMap<u32, Option<[u32; 24]>>> {
        let mut scan = Scan::whole(REEL_DAYS, DAYS_MAX);
        scan.range = first.to_be_bytes().to_vec()..end.to_be_bytes().to_vec();
        let (mut days, mut next) = (BTreeMap::new(), Some(scan));
        while let Some(scan) = next {
            let page = self.table.scan(scan).await?;
            for entry in page.entries {
                let Ok(day) = <[u8; 4]>::try_from(entry.key.sort.as_slice()) else { continue };
                let row: ReelDayRow = minicbor::decode(&entry.value)?;
                days.insert(u32::from_be_bytes(day), row.turns);
            }
            next = page.rest;
        }
        Ok(days)
    }

    /// How many turns the hours of a day have; nothing if one was written meanwhile.
    pub(super) async fn turns_by_hour(
        &self,
        rows: &BTreeMap<u8, ReelRow>,
    ) -> Result<Option<[u32; 24]>> {
        let mut turns = [0; 24];
        for (hour, row) in rows {
            turns[usize::from(*hour)] = match row.turns {
                Some(known) => known,
                // Sealed before turns were counted.
                None => match self.reel(row).await? {
                    Some(reel) => reel.turns(),
                    None => return Ok(None),
                },
            };
        }
        Ok(Some(turns))
    }
}
