//! The sample table that comes with the product is imported as its text says.

use std::sync::Arc;

use domain::{event::FactKind, money::CostKind};
use intake::{
    gazetteer::Gazetteer,
    mapping::{CostSummary, Mapping, parse_all},
};

#[test]
fn the_sample_table_fits_its_mapping() {
    let mapping = include_str!("../../../../examples/packages.toml");
    let table = include_bytes!("../../../../examples/packages.csv");
    let mapping = Mapping::from_toml(mapping).unwrap_or_else(|errors| panic!("{errors:#?}"));
    let summary = parse_all(&Arc::new(mapping), Gazetteer::embedded(), table);
    assert_eq!(summary.errors, []);
    assert_eq!((summary.rows, summary.packages, summary.weight_g), (3, 3, 2_082_500));
    let freight = summary.costs[&(CostKind::Freight, "EUR".parse().unwrap())];
    assert_eq!(freight, CostSummary { lines: 1, minor: 125_040 });
    assert_eq!((summary.shared_priced, summary.shared_unpriced), (1, 0));
    let facts = [FactKind::Departed, FactKind::Delivered, FactKind::CostShared, FactKind::Note];
    assert_eq!(facts.map(|it| summary.facts[&it]), [2, 2, 1, 3]);
}
