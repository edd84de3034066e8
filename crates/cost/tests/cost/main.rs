//! What a load costs: within what was promised, and as documents say.

use std::{collections::BTreeSet, fs, path::Path};

use cost::{Bill, Herd, Load, Prices, figures};

const PAGE: &str = "docs/architecture/services.md";

fn million(each: &cost::Taken) -> f64 {
    each.usd(&Prices::embedded()) * 1e6
}

#[test]
fn a_fix_costs_at_most_what_was_promised() {
    let alone = million(&Load::design().of_fix());
    assert!(alone <= 0.85, "${alone} a million");
    let together = million(&Load { coalesced: 2.0, ..Load::design() }.of_fix());
    assert!(together <= 0.45, "${together} a million, two of a tracker together");
    assert!(0.1 < together, "${together}: nothing is counted");
}

#[test]
fn a_custody_event_costs_at_most_what_was_promised() {
    let event = million(&Load::design().of_event());
    assert!(event <= 5.5, "${event} a million");
    assert!(3.0 < event, "${event}: nothing is counted");
}

#[test]
fn being_there_costs_at_most_a_dollar() {
    let floor = Bill::of(&Load::idle(), &Prices::embedded());
    assert!(floor.usd() <= 1.0, "${} a month: {:?}", floor.usd(), floor.by_service());
    assert!(0.01 < floor.usd(), "${}: nothing is counted", floor.usd());
}

#[test]
fn every_price_says_where_it_is_from() {
    let prices = Prices::embedded();
    let date = |it: &str| it.len() == 10 && it.starts_with("20");
    assert!(date(&prices.date) && !prices.region.is_empty());
    let mut taken = BTreeSet::new();
    taken.extend(Bill::of(&Load::design(), &prices).taken().items().map(|it| it.0));
    for (item, price) in prices.lines() {
        assert!(price.source.contains(", 20"), "{item:?}: {}", price.source);
        let used = taken.contains(&item) || item == cost::Item::BlobGet;
        assert!(used, "{item:?} is in no bill");
    }
    for wrong in ["usd = -1", "usd = nan", "per = 0"] {
        let (name, _) = wrong.split_once(' ').expect("a name");
        let text = include_str!("../../prices.toml");
        let line = text.lines().find(|it| it.starts_with(name)).expect("a line");
        assert!(Prices::of_text(&text.replacen(line, wrong, 1)).is_err(), "{wrong}");
    }
}

#[test]
fn a_bill_is_the_sum_of_its_parts() {
    let prices = Prices::embedded();
    let whole = Bill::of(&Load::design(), &prices);
    let parts: f64 = whole.parts.iter().map(|it| whole.usd_of(it)).sum();
    // What is free each month is taken off only from the whole.
    assert!(whole.usd() <= parts && parts < whole.usd() + 200.0, "{} of {parts}", whole.usd());
    let twice = Load { packages: 1e7, vehicles: 50_000.0, viewers: 40_000.0, ..Load::design() };
    let more = Bill::of(&twice, &prices).usd() / whole.usd();
    assert!((1.5..2.1).contains(&more), "twice the load costs {more} times as much");
    let cognito = Load { cognito_people: 2e6, ..Load::design() };
    let people = Bill::of(&cognito, &prices).usd() - whole.usd();
    assert!((people - 29_850.0).abs() < 1.0, "{people}");
}

#[test]
fn a_crowd_waits_as_long_as_the_quota_says() {
    let herd = Herd::of(20_000.0, 10_000.0);
    assert!(herd.edge_requests < cost::herd::quota::EDGE_PER_S * 2.0, "{herd:?}");
    assert!((6.0..7.0).contains(&herd.all_answered_s), "{herd:?}");
    assert!(herd.functions_asked <= cost::herd::quota::FUNCTIONS, "{herd:?}");
    // The same crowd through the deployment's default.
    assert!((30.0..31.0).contains(&Herd::of(20_000.0, 2_000.0).all_answered_s));
}

#[test]
fn documents_say_what_is_computed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(PAGE);
    let page = fs::read_to_string(&path).unwrap_or_else(|why| panic!("{PAGE}: {why}"));
    let prices = Prices::embedded();
    let small = Load {
        packages: 5_000.0,
        vehicles: 50.0,
        viewers: 20.0,
        questions: 2_000.0,
        fixes_together: 50.0,
        ..Load::design()
    };
    let figures = [
        ("units", figures::units(&prices)),
        ("bill", figures::bill(&Load::design(), &prices)),
        ("small bill", figures::bill(&small, &prices)),
        ("idle bill", figures::bill(&Load::idle(), &prices)),
        ("herd", figures::herd(20_000.0, 10_000.0)),
    ];
    let mut now = page.clone();
    for (name, text) in &figures {
        let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
        let (before, rest) = now.split_once(&begin).unwrap_or_else(|| panic!("{PAGE}: no {begin}"));
        let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("{PAGE}: no {end}"));
        now = format!("{before}{begin}{text}{end}{after}");
    }
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &now).expect("the page can be written");
    }
    let written = fs::read_to_string(&path).expect("the page");
    let good = written == now;
    assert!(good, "{PAGE}: BLESS=1 cargo test -p cost, then read what changed");
}
