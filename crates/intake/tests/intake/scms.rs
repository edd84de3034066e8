//! The delivery history of SCMS, imported by the mapping that comes with the
//! product. The expected figures were counted from the file by other means.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::PathBuf,
    sync::Arc,
};

use domain::{
    event::{Fact, FactKind},
    id::PackageId,
    mode::Mode,
    money::CostKind,
    record::{PackageRecord, Record},
};
use intake::{
    gazetteer::Gazetteer,
    mapping::{Import, Mapping, ParsedRow, parse_all},
};

fn table() -> Option<Vec<u8>> {
    let path = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/scms/SCMS_Delivery_History_Dataset.csv"
    ));
    match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            eprintln!("SKIPPED: {}: {error}", path.display());
            None
        }
    }
}

fn mapping() -> Arc<Mapping> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/scms.toml");
    let text = std::fs::read_to_string(path).expect("it is part of the product");
    Arc::new(Mapping::from_toml(&text).unwrap_or_else(|errors| panic!("{errors:#?}")))
}

fn rows(bytes: &[u8]) -> Vec<ParsedRow> {
    let mut import = Import::open(bytes, mapping()).expect("the mapping fits");
    let outcomes =
        std::iter::from_fn(|| import.next(Gazetteer::embedded()).expect("bytes in memory"));
    outcomes.map(|it| it.row.unwrap_or_else(|errors| panic!("{errors:#?}"))).collect()
}

fn record(row: &ParsedRow) -> &PackageRecord {
    match &row.drafts[0].fact {
        Fact::Registered(record) => match &**record {
            Record::Package(record) => record,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// The words of a row's notes by the column they come from.
fn notes(row: &ParsedRow) -> BTreeMap<&str, &str> {
    row.drafts
        .iter()
        .filter_map(|it| match &it.fact {
            Fact::Note(text) => text.text()?.split_once(": "),
            _ => None,
        })
        .collect()
}

#[test]
fn the_figures_add_up() {
    let Some(bytes) = table() else { return };
    let summary = parse_all(&mapping(), Gazetteer::embedded(), &bytes);
    assert_eq!(summary.errors, []);
    assert!(summary.refused.is_none());
    assert_eq!((summary.records, summary.rows, summary.packages), (10_324, 10_324, 10_324));
    let cost = |kind: CostKind| {
        let cost = summary.costs[&(kind, "USD".parse().unwrap())];
        (cost.lines, cost.minor)
    };
    assert_eq!(cost(CostKind::Freight), (6_198, 6_881_784_941));
    assert_eq!(cost(CostKind::Insurance), (10_037, 241_006_061));
    assert_eq!(summary.weight_g, 21_820_540_000);
    assert_eq!((summary.shared_priced, summary.shared_unpriced), (2_340, 105));
    assert_eq!(summary.facts[&FactKind::Registered], 10_324);
    assert_eq!(summary.facts[&FactKind::Delivered], 10_324);
    assert_eq!(summary.facts[&FactKind::CostShared], 2_445);
}

#[test]
fn shared_costs_end_at_a_price_or_at_the_words_of_the_other_row() {
    let Some(bytes) = table() else { return };
    let rows = rows(&bytes);
    let by_package: HashMap<PackageId, &ParsedRow> =
        rows.iter().map(|it| (it.package, it)).collect();
    let freight = |row: &ParsedRow| {
        row.drafts
            .iter()
            .any(|it| matches!(&it.fact, Fact::CostAdded(line) if line.kind == CostKind::Freight))
    };
    let (mut priced, mut invoiced) = (0, 0);
    for row in &rows {
        for draft in &row.drafts {
            let Fact::CostShared { with, .. } = &draft.fact else { continue };
            assert!(!freight(row));
            let other = by_package[with];
            if freight(other) {
                priced += 1;
            } else {
                assert_eq!(notes(other)["Freight Cost (USD)"], "Invoiced Separately");
                invoiced += 1;
            }
        }
    }
    assert_eq!((priced, invoiced), (2_340, 105));
}

#[test]
fn words_are_kept_and_no_figure_is_guessed() {
    let Some(bytes) = table() else { return };
    let rows = rows(&bytes);
    let mut words: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    let mut weights = 0;
    for row in &rows {
        let notes = notes(row);
        weights += u32::from(record(row).weight_g.is_some());
        for (column, text) in notes {
            let text = if text.starts_with("See ") { "See …" } else { text };
            *words.entry((column, text)).or_default() += 1;
        }
    }
    let count = |column, text| words.get(&(column, text)).copied().unwrap_or(0);
    assert_eq!(count("Freight Cost (USD)", "Freight Included in Commodity Cost"), 1_442);
    assert_eq!(count("Freight Cost (USD)", "Invoiced Separately"), 239);
    assert_eq!(count("Weight (Kilograms)", "Weight Captured Separately"), 1_507);
    assert_eq!(count("Weight (Kilograms)", "See …"), 2_445);
    assert_eq!(count("PO Sent to Vendor Date", "Date Not Captured"), 328);
    assert_eq!(count("PQ First Sent to Client Date", "Date Not Captured"), 205);
    assert_eq!(weights, 6_372);
}

#[test]
fn rows_alike_but_for_their_id_stay_two_packages() {
    let Some(bytes) = table() else { return };
    let rows = rows(&bytes);
    let mut alike: HashMap<String, BTreeSet<PackageId>> = HashMap::new();
    for row in &rows {
        let mut record = record(row).clone();
        record.references.iter_mut().flatten().for_each(|it| {
            if it.scheme == "client_ref" {
                it.value.clear();
            }
        });
        let facts: Vec<String> = row.drafts[1..]
            .iter()
            .map(|it| match &it.fact {
                Fact::Note(text) => format!("{:?}", text.text()),
                fact => format!("{:?} {fact:?}", it.happened_at),
            })
            .collect();
        alike.entry(format!("{record:?} {facts:?}")).or_default().insert(row.package);
    }
    let packages: usize = alike.values().map(BTreeSet::len).sum();
    assert_eq!(packages, 10_324);
    let pairs = alike.values().filter(|it| it.len() > 1).count();
    // The four pairs of rows that are wholly alike; columns that are not mapped
    // may make more rows look alike here, never fewer.
    assert!(pairs >= 4, "{pairs}");
}

#[test]
fn places_dates_and_modes_are_understood() {
    let Some(bytes) = table() else { return };
    let rows = rows(&bytes);
    let mut destinations = BTreeSet::new();
    let (mut modes, mut origins, mut towns) = (BTreeMap::new(), 0, 0);
    let mut unknown_sites: BTreeMap<&str, u32> = BTreeMap::new();
    for row in &rows {
        let record = record(row);
        destinations.insert(record.destination.expect("every country is known"));
        *modes.entry(record.mode).or_insert(0) += 1;
        match record.origin {
            Some(origin) => {
                origins += 1;
                let place = row.places.iter().find(|it| it.id() == origin).unwrap();
                towns += u32::from(place.key.starts_with("city:"));
            }
            None => match notes(row).get("Manufacturing Site") {
                Some(site) => *unknown_sites.entry(*site).or_default() += 1,
                // "Not Applicable" is a word for nothing.
                None => *unknown_sites.entry("").or_default() += 1,
            },
        }
        let delivered = row.drafts.iter().find(|it| it.fact.kind() == FactKind::Delivered);
        assert!(delivered.unwrap().happened_at >= row.drafts[0].happened_at);
        let promised = record.promised.unwrap();
        assert_eq!(promised.last.since(promised.first), domain::time::DAY - 1);
        assert_eq!(row.clients.len(), 1);
    }
    assert_eq!(destinations.len(), 43);
    let expected =
        [(None, 360), (Some(Mode::Air), 6_763), (Some(Mode::Road), 2_830), (Some(Mode::Sea), 371)];
    assert_eq!(modes, BTreeMap::from(expected));
    eprintln!("{origins} origins, {towns} of them towns; unresolved: {unknown_sites:?}");
    assert!(origins > 9_000, "{origins}");
    assert_eq!(unknown_sites[""], 12);
}
