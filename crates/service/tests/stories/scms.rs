//! The delivery history of SCMS in the store: what only the store can show of it.
//! How its rows are read is tested where they are read.

use std::{
    collections::{BTreeMap, HashMap},
    io::Cursor,
    path::PathBuf,
    sync::Arc,
};

use domain::{
    event::Fact,
    id::{PackageId, Subject},
    money::CostKind,
    state::State,
};
use service::{
    import::{Wish, import_id},
    keys::{SUBJECT_SHARDS, subject_of_bytes, subjects_shard},
    record::Attribution,
};
use table::Scan;

use crate::{fault::Store, import::mapping, world::World};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn table() -> Option<Vec<u8>> {
    let file = "../shared/data/scms/SCMS_Delivery_History_Dataset.csv";
    let path = PathBuf::from(ROOT).join(file);
    match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            eprintln!("SKIPPED: {}: {error}", path.display());
            None
        }
    }
}

#[tokio::test]
async fn the_history_of_scms_is_in_the_store_once() {
    let Some(bytes) = table() else { return };
    let text = std::fs::read_to_string(PathBuf::from(ROOT).join("examples/scms.toml")).unwrap();
    let store = Store::embedded();
    let world = World::on(store.open());
    let by = Attribution { actor: "operator".to_owned(), source: "import".to_owned() };
    let (id, mapping) = (import_id(&text, &bytes), mapping(&text));
    let bytes: Arc<[u8]> = bytes.into();
    let import = async || {
        let wish = Wish { all_or_nothing: true, ..Wish::default() };
        world
            .service
            .import(&by, &mapping, id, || Ok(Cursor::new(Arc::clone(&bytes))), wish, |_| ())
            .await
            .unwrap()
    };
    let first = import().await;
    assert_eq!((first.rows, first.recorded, first.failed), (10_324, 10_324, 0));
    let states = packages(&world).await;
    figures(&world, &states).await;
    pairs_stay_two(&bytes, &states);

    let again = import().await;
    assert_eq!((again.rows, again.recorded, again.known, again.failed), (10_324, 0, 10_324, 0));
    assert_eq!(again.events, 0);
    assert!(packages(&world).await == states, "importing again changed something");
    let rows: u64 = states.values().map(|it| u64::from(it.events)).sum();
    assert_eq!(rows, first.events, "what was counted is there");
    println!("{} rows, {} events, imported twice = once", first.rows, first.events);
}

/// The sums, from what the store says of each package.
async fn figures(world: &World, states: &HashMap<PackageId, State>) {
    assert_eq!(states.len(), 10_324);
    let mut costs: BTreeMap<CostKind, (u32, i64)> = BTreeMap::new();
    let mut weight_g = 0;
    let (mut shared, mut priced, mut invoiced) = (0, 0, 0);
    for state in states.values() {
        weight_g += state.package().and_then(|it| it.weight_g).unwrap_or(0);
        for posting in &state.costs {
            assert_eq!(posting.line.amount.decimal().split('.').nth(1).map(str::len), Some(2));
            let sum = costs.entry(posting.line.kind).or_default();
            sum.0 += 1;
            sum.1 += cents(&posting.line.amount.decimal());
        }
        for (kind, with) in &state.shared_costs {
            assert_eq!(*kind, CostKind::Freight);
            shared += 1;
            let other = &states[with];
            if other.costs.iter().any(|it| it.line.kind == CostKind::Freight) {
                priced += 1;
            } else {
                assert!(is_invoiced_separately(world, *with).await, "{with}");
                invoiced += 1;
            }
        }
    }
    assert_eq!(costs[&CostKind::Freight], (6_198, 6_881_784_941));
    assert_eq!(costs[&CostKind::Insurance].1, 241_006_061);
    assert_eq!(weight_g, 21_820_540_000);
    assert_eq!((shared, priced, invoiced), (2_445, 2_340, 105));
    println!(
        "freight 68,817,849.41 USD over 6,198 rows, insurance 2,410,060.61 USD, 21,820,540 kg"
    );
    println!(
        "{shared} shared costs: {priced} end at a price, {invoiced} at \"Invoiced Separately\""
    );
}

fn cents(decimal: &str) -> i64 {
    decimal.replace('.', "").parse().unwrap()
}

async fn is_invoiced_separately(world: &World, package: PackageId) -> bool {
    let history = world.service.history(Subject::Package(package)).await.unwrap();
    history.iter().any(|it| match &it.event.fact {
        Fact::Note(note) => note.text() == Some("Freight Cost (USD): Invoiced Separately"),
        _ => false,
    })
}

/// Rows that are alike in every column but their ID are different packages.
fn pairs_stay_two(bytes: &[u8], states: &HashMap<PackageId, State>) {
    let by_id: HashMap<&str, PackageId> = states
        .iter()
        .flat_map(|(package, state)| {
            let references = state.package().unwrap().references.iter().flatten();
            let ids = references.filter(|it| it.scheme == "client_ref");
            ids.map(|it| (it.value.as_str(), *package))
        })
        .collect();
    assert_eq!(by_id.len(), 10_324);
    let text = String::from_utf8_lossy(bytes);
    let mut alike: HashMap<&str, Vec<&str>> = HashMap::new();
    for line in text.split(['\r', '\n']).skip(1).filter(|it| !it.is_empty()) {
        let (id, rest) = line.split_once(',').unwrap();
        alike.entry(rest).or_default().push(id);
    }
    let pairs: Vec<Vec<&str>> = alike.into_values().filter(|it| it.len() > 1).collect();
    assert_eq!(pairs.len(), 4, "{pairs:?}");
    for pair in &pairs {
        assert_eq!(pair.len(), 2);
        assert_ne!(by_id[pair[0]], by_id[pair[1]], "{pair:?} became one package");
    }
    println!("alike but for their ID, and two packages each: {pairs:?}");
}

async fn packages(world: &World) -> HashMap<PackageId, State> {
    let mut all = HashMap::new();
    for bucket in 0..SUBJECT_SHARDS {
        let mut next = Some(Scan::whole(subjects_shard(bucket), 1_000));
        while let Some(scan) = next {
            let page = world.table.scan(scan).await.unwrap();
            for entry in &page.entries {
                if let Some(Subject::Package(id)) = subject_of_bytes(&entry.key.sort) {
                    let known = world.service.known(Subject::Package(id)).await.unwrap();
                    all.insert(id, known.state);
                }
            }
            next = page.rest;
        }
    }
    all
}
