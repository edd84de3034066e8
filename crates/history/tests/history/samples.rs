//! Rows as a log has them: chains of many packages, interleaved.

use std::collections::BTreeMap;

use domain::{
    event::{Event, Fact},
    id::{EventId, PackageId, PlaceId, Subject},
    leaf::{LeafHash, leaf, leaf_hash},
    time::{SECOND, Timestamp},
};
use history::Row;

/// The day that samples were recorded on.
pub const DAY: u32 = 20_782;

/// A package whose id looks as random as real ones.
pub fn package(number: u64) -> Subject {
    Subject::Package(PackageId::derive(&[&number.to_be_bytes()]))
}

/// Entries of a log, from `first` on: each of one package of `packages`.
pub fn log(first: u64, count: u64, packages: u64) -> Vec<Row> {
    let mut chains: BTreeMap<u64, (u64, Option<LeafHash>)> = BTreeMap::new();
    let start = Timestamp::from_millis(i64::from(DAY) * domain::time::DAY).expect("a day of 2026");
    (first..first + count)
        .map(|index| {
            // Any fixed order that visits all of them.
            let number = index.wrapping_mul(7_919) % packages;
            let (seq, prev) = chains.entry(number).or_default();
            *seq += 1;
            let at = start.plus(index as i64 * SECOND / 10);
            let event = Event {
                id: EventId::derive(&[&index.to_be_bytes()]),
                subject: package(number),
                happened_at: at.plus(-90 * SECOND),
                recorded_at: at,
                actor: "connection:ups".to_owned(),
                source: "carrier:ups".to_owned(),
                fact: Fact::Scanned {
                    place: PlaceId::derive(&[&(index % 211).to_be_bytes()]),
                    floor: (index % 5 == 0).then(|| "3".to_owned()),
                },
            };
            let bytes = leaf(&event, *seq, *prev);
            *prev = Some(leaf_hash(&bytes));
            Row::of(index, bytes).expect("a leaf that was just written")
        })
        .collect()
}
