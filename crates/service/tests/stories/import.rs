//! Importing a table: what is wrong is told line by line, what is right is kept once.

use std::{io::Cursor, sync::Arc};

use domain::id::Subject;
use intake::mapping::Mapping;
use service::{
    import::{ImportFailure, Imported, Wish, import_id},
    record::Attribution,
};
use table::{Faulty, Memory};

use crate::{
    fault::Mishap,
    world::{World, draft},
};

/// How the tables of these stories are read.
pub const MAPPING: &str = r#"
name = "small"
key = ["Number"]
time_zone = "UTC"
unresolved = "error"
registered_at = [{ column = "Ordered", formats = ["iso"] }]

[numbers]
decimal = "."

[package]
description = { column = "What" }
client = { column = "Client" }
destination = { column = "To" }
weight = { column = "Weight", unit = "kg" }

[[reference]]
scheme = "client_ref"
column = "Number"

[[cost]]
kind = "freight"
column = "Freight"
currency = "EUR"
shared = '^See (\S+)$'
shared_key = "Number"

[[event]]
kind = "delivered"
at = { column = "Delivered" }
"#;

/// Three packages, two clients, two places; the second shares the first one's cost.
pub const SMALL: &[u8] = b"Number,Ordered,What,Client,To,Weight,Freight,Delivered
1001,2026-02-02,Monitors,Acme,\"Vienna, Austria\",12.5,100.00,2026-02-05T10:30
1002,2026-02-03,Docks,Acme,\"Nairobi, Kenya\",3,See 1001,
1003,2026-02-04,Lamps,Bolt,\"Vienna, Austria\",7,20.00,2026-02-09T08:00
";

const DRY: Wish = Wish { dry_run: true, all_or_nothing: false };
const WHOLE: Wish = Wish { dry_run: false, all_or_nothing: true };
const ANY: Wish = Wish { dry_run: false, all_or_nothing: false };

pub fn mapping(text: &str) -> Arc<Mapping> {
    Arc::new(Mapping::from_toml(text).unwrap_or_else(|errors| panic!("{errors:#?}")))
}

async fn import(world: &World, table: &[u8], wish: Wish) -> Result<Imported, ImportFailure> {
    let by = Attribution { actor: "usr_clerk".to_owned(), source: "import".to_owned() };
    let (id, mapping) = (import_id(MAPPING, table), mapping(MAPPING));
    let table: Arc<[u8]> = table.into();
    world
        .service
        .import(&by, &mapping, id, || Ok(Cursor::new(Arc::clone(&table))), wish, |_| ())
        .await
}

/// The small table with some of its words changed.
fn edited(changes: &[(&str, &str)]) -> Vec<u8> {
    let text = String::from_utf8(SMALL.to_vec()).unwrap();
    let edit = |text: String, (from, to): &(&str, &str)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    };
    changes.iter().fold(text, edit).into_bytes()
}

/// How many events there are altogether, by what rebuilding counts.
async fn events(world: &World) -> u64 {
    world.projector.catch_up().await.unwrap();
    let rebuilt = world.service.rebuild(|_| ()).await.unwrap();
    let repairs = (rebuilt.heads_repaired, rebuilt.rows_written, rebuilt.rows_removed);
    assert_eq!(repairs, (0, 0, 0));
    rebuilt.events
}

/// Where each error is: line, column, and whether the reason has this word.
fn errors(report: &Imported) -> Vec<(u64, Option<&str>)> {
    for error in &report.errors {
        assert!(error.reason.len() > 10, "{error}: says too little");
    }
    report.errors.iter().map(|it| (it.line, it.column.as_deref())).collect()
}

#[tokio::test]
async fn a_dry_run_says_everything_and_writes_nothing() {
    let world = World::new();
    let table = edited(&[("12.5", "heavy"), ("Nairobi, Kenya", "Atlantis")]);
    for (table, recorded, failed) in [(SMALL, 3, 0), (&*table, 1, 2)] {
        let before = world.table.usage();
        let said = import(&world, table, DRY).await.unwrap();
        let used = world.table.usage() - before;
        assert_eq!((said.rows, said.recorded, said.failed), (3, recorded, failed));
        assert_eq!((used.writes, used.items_written, used.write_units), (0, 0, 0));
    }
    assert_eq!(events(&world).await, 0);
    // It promises what then comes true.
    let said = import(&world, SMALL, DRY).await.unwrap();
    let done = import(&world, SMALL, ANY).await.unwrap();
    assert_eq!((said.recorded, said.events), (done.recorded, done.events));
    let again = import(&world, SMALL, DRY).await.unwrap();
    assert_eq!((again.recorded, again.known, again.events), (0, 3, 0));
}

#[tokio::test]
async fn each_wrong_line_is_named_with_its_column_and_the_others_are_kept() {
    let world = World::new();
    let table = edited(&[("12.5", "heavy"), ("Nairobi, Kenya", "Atlantis")]);
    let done = import(&world, &table, ANY).await.unwrap();
    assert_eq!((done.rows, done.recorded, done.failed), (3, 1, 2));
    assert_eq!(errors(&done), [(2, Some("Weight")), (3, Some("To"))]);
    assert!(done.errors[0].reason.contains("heavy"), "{}", done.errors[0]);
    assert!(done.errors[1].reason.contains("Atlantis"), "{}", done.errors[1]);
    assert_eq!(world.service.find("1003").await.unwrap().len(), 1);
    assert_eq!(world.service.find("1001").await.unwrap(), []);
}

#[tokio::test]
async fn the_same_table_twice_is_the_table_once() {
    let world = World::new();
    let first = import(&world, SMALL, ANY).await.unwrap();
    let before = events(&world).await;
    // Three registrations, three costs, two deliveries, two clients, two places.
    assert_eq!((first.recorded, first.events, before), (3, 8, 12));
    for _ in 0..2 {
        let again = import(&world, SMALL, ANY).await.unwrap();
        assert_eq!((again.recorded, again.known, again.events, again.failed), (0, 3, 0, 0));
        assert_eq!(events(&world).await, before);
    }
    // Another file with the same rows, in another order, and one more.
    let mut lines: Vec<&[u8]> = SMALL.split_inclusive(|it| *it == b'\n').collect();
    lines.swap(1, 3);
    lines.push(b"1004,2026-02-05,Chairs,Acme,\"Vienna, Austria\",4,1.00,\n");
    let more = import(&world, &lines.concat(), ANY).await.unwrap();
    assert_eq!((more.recorded, more.known, more.failed), (1, 3, 0));
    assert_eq!(events(&world).await, before + 2);
}

#[tokio::test]
async fn a_row_that_was_edited_is_refused_and_the_others_are_imported() {
    let world = World::new();
    import(&world, SMALL, ANY).await.unwrap();
    let before = events(&world).await;
    let mut table = edited(&[("Monitors", "Televisions")]);
    table.extend_from_slice(b"1004,2026-02-05,Chairs,Acme,\"Vienna, Austria\",4,1.00,\n");
    for wish in [DRY, WHOLE, ANY] {
        let done = import(&world, &table, wish).await.unwrap();
        assert_eq!((done.recorded, done.known, done.failed), (1, 2, 1), "{wish:?}");
        assert_eq!(errors(&done), [(2, None)]);
        assert!(done.errors[0].reason.contains("other content"), "{}", done.errors[0]);
        let new = if wish == ANY { 2 } else { 0 };
        assert_eq!(events(&world).await, before + new, "{wish:?}");
    }
    let package = world.service.find("1001").await.unwrap()[0];
    let state = world.service.known(Subject::Package(package)).await.unwrap().state;
    assert_eq!(state.package().unwrap().description.as_deref(), Some("Monitors"));
}

#[tokio::test]
async fn all_or_nothing_is_nothing_when_any_row_would_be_refused() {
    // Read wrongly; the same number twice with other content; and of a package that
    // has a later part edited, so that its registration alone would be no conflict.
    let unreadable = edited(&[("12.5", "heavy")]);
    let twice = edited(&[("1003,", "1001,")]);
    for (what, table) in [("unreadable", &unreadable), ("said twice", &twice)] {
        let world = World::new();
        let before = world.table.usage();
        let done = import(&world, table, WHOLE).await.unwrap();
        assert_eq!((done.rows, done.failed, done.errors.len()), (3, 1, 1), "{what}");
        assert_eq!((world.table.usage() - before).writes, 0, "{what}");
        assert_eq!(events(&world).await, 0, "{what}");
        // Without the wish, the others are kept.
        let done = import(&world, table, ANY).await.unwrap();
        assert_eq!((done.recorded, done.failed), (2, 1), "{what}");
    }
    let world = World::new();
    import(&world, SMALL, ANY).await.unwrap();
    let before = events(&world).await;
    // 1003 gains a cost that was not there and its delivery is another.
    let mut later = edited(&[("2026-02-09T08:00", "2026-02-10T08:00")]);
    later.extend_from_slice(b"1004,2026-02-05,Chairs,Acme,\"Vienna, Austria\",4,1.00,\n");
    let done = import(&world, &later, WHOLE).await.unwrap();
    assert_eq!((done.failed, errors(&done)), (1, vec![(4, None)]));
    assert_eq!(events(&world).await, before);
    // And everything, when nothing stands in the way.
    let world = World::new();
    let done = import(&world, SMALL, WHOLE).await.unwrap();
    assert_eq!((done.recorded, done.events, done.failed), (3, 8, 0));
    assert_eq!(events(&world).await, 12);
}

#[tokio::test]
async fn all_or_nothing_sees_what_was_said_of_a_package_in_another_way() {
    let world = World::new();
    import(&world, SMALL, ANY).await.unwrap();
    let package = Subject::Package(world.service.find("1002").await.unwrap()[0]);
    // Somebody has said something under the id that the delivery in the table has.
    let table = edited(&[("See 1001,\n", "See 1001,2026-02-06T08:00\n")]);
    let other = World::new();
    import(&other, &table, ANY).await.unwrap();
    let history = other.service.history(package).await.unwrap();
    let delivery = history.last().unwrap().event.id;
    let note = domain::event::Fact::Note(domain::private::Private::new("at the gate"));
    let said = domain::draft::Draft { id: delivery, ..draft("n", package, 3, note) };
    world.record(vec![said]).await.unwrap();
    let before = events(&world).await;

    let done = import(&world, &table, WHOLE).await.unwrap();
    assert_eq!((done.failed, errors(&done)), (1, vec![(3, None)]));
    assert_eq!(events(&world).await, before);
}

/// More rows than are done between two notes of the progress.
fn long_table() -> Vec<u8> {
    let mut text = String::from("Number,Ordered,What,Client,To,Weight,Freight,Delivered\n");
    for number in 0..1_100 {
        text.push_str(&format!("L{number},2026-02-02,Lamp,Acme,\"Vienna, Austria\",1,,\n"));
    }
    text.into_bytes()
}

#[tokio::test]
async fn an_import_that_is_broken_off_goes_on_wherever_it_was() {
    let total = {
        let table = Arc::new(Faulty::new(Arc::new(Memory::default())));
        import(&World::on(table.clone()), SMALL, ANY).await.unwrap();
        table.writes()
    };
    for nth in 1..=total {
        for mishap in Mishap::ALL {
            let inner = Arc::new(Memory::default());
            let table = Arc::new(Faulty::new(inner.clone()));
            mishap.plan(&table, nth);
            let broken = import(&World::on(table.clone()), SMALL, ANY).await;
            assert!(table.writes() >= nth);
            let crash = matches!(mishap, Mishap::CrashedBefore | Mishap::CrashedAfter);
            assert!(broken.is_err() || !crash, "write {nth} {mishap:?}: {broken:?}");
            let world = World::on(inner);
            let done = import(&world, SMALL, ANY).await.unwrap();
            assert_eq!((done.rows, done.failed), (3, 0), "write {nth} {mishap:?}");
            assert_eq!(events(&world).await, 12, "write {nth} {mishap:?}");
            let again = import(&world, SMALL, ANY).await.unwrap();
            assert_eq!((again.known, again.skipped, again.events), (3, 0, 0));
        }
    }
    println!("{total} writes of an import x 4 mishaps: each went on to the end");
}

#[tokio::test]
async fn a_long_import_goes_on_after_the_rows_that_are_done() {
    let long = long_table();
    let total = {
        let table = Arc::new(Faulty::new(Arc::new(Memory::default())));
        import(&World::on(table.clone()), &long, ANY).await.unwrap();
        table.writes()
    };
    let mut passed_over = Vec::new();
    for nth in [total / 2, total - 40, total] {
        let inner = Arc::new(Memory::default());
        let table = Arc::new(Faulty::new(inner.clone()));
        Mishap::CrashedBefore.plan(&table, nth);
        let broken = import(&World::on(table), &long, ANY).await;
        assert!(matches!(broken, Err(ImportFailure::Stopped(_))), "{broken:?}");
        let world = World::on(inner);
        let done = import(&world, &long, ANY).await.unwrap();
        assert_eq!(done.recorded + done.known + done.skipped, 1_100);
        passed_over.push(done.skipped);
        assert_eq!(events(&world).await, 1_102, "write {nth}");
    }
    assert_eq!(passed_over, [0, 1_024, 1_024]);
}
