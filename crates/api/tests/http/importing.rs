//! Importing a table: told before what is wrong, recorded once, by whoever may enter.

use serde_json::{Value, json};
use service::people::Permission::{Enter, Track};

use crate::world::World;

/// A mapping of somebody's own columns.
const MAPPING: &str = r#"
name = "ours"
key = ["No"]
registered_at = [{ column = "Ordered", formats = ["iso"] }]
package = { description = { column = "What" }, destination = { column = "To" }, weight = { column = "Kg", unit = "kg" } }

[[reference]]
scheme = "client_ref"
column = "No"
"#;

/// Six rows, three of which are wrong: a place that is none, a weight that is none, no date.
const TABLE: &str = "No;Ordered;What;To;Kg
2001;2026-02-02;Monitor;Vienna, Austria;7,5
2002;2026-02-02;Dock;Atlantis;1
2003;2026-02-02;Lamp;Nairobi, Kenya;heavy
2004;;Chair;Nairobi, Kenya;12
2005;2026-02-03;Desk;Nairobi, Kenya;31
2006;2026-02-03;Shelf;Vienna, Austria;18
";

fn lines(report: &Value) -> Vec<(u64, &str)> {
    let errors = report["errors"].as_array().expect("errors");
    let line = |it: &Value| it["line"].as_u64().expect("a line");
    errors.iter().map(|it| (line(it), it["column"].as_str().unwrap_or_default())).collect()
}

#[tokio::test]
async fn three_bad_rows_are_told_before_anything_is_written_and_the_others_recorded_once() {
    let world = World::new();
    let clerk = world.person(&[Enter]).await;
    let table = TABLE.replace("7,5", "7.5");
    let mut body = json!({ "table": table, "mapping": MAPPING, "dry_run": true });

    let said = world.post(&clerk, "/v1/imports", &body).await.expect(200).json();
    assert_eq!(
        (&said["rows"], &said["recorded"], &said["failed"]),
        (&6.into(), &3.into(), &3.into())
    );
    assert_eq!(lines(&said), [(3, "To"), (4, "Kg"), (5, "Ordered")]);
    assert!(said["errors"][0]["reason"].as_str().expect("why").contains("Atlantis"));
    let path = format!("/v1/imports/{}", said["id"].as_str().expect("an id"));
    world.get(&clerk, &path).await.expect(404);
    world.get(&clerk, "/v1/packages/2001").await.expect(404);

    body["dry_run"] = false.into();
    let done = world.post(&clerk, "/v1/imports", &body).await.expect(200).json();
    assert_eq!((&done["recorded"], &done["failed"]), (&3.into(), &3.into()));
    assert_eq!((&done["id"], &done["errors"]), (&said["id"], &said["errors"]));
    let kept = world.get(&clerk, &path).await.expect(200).json();
    assert_eq!((&kept["done"], &kept["finished"]), (&6.into(), &true.into()));
    assert_eq!(kept["failed_lines"], json!([3, 4, 5]));
    world.settle().await;
    let package = world.get(&clerk, "/v1/packages/2005").await.expect(200).json();
    assert_eq!(package["record"]["description"], "Desk");

    let again = world.post(&clerk, "/v1/imports", &body).await.expect(200).json();
    assert_eq!((&again["recorded"], &again["known"]), (&0.into(), &3.into()));
}

#[tokio::test]
async fn nothing_is_recorded_of_a_table_that_is_to_be_whole_and_is_not() {
    let world = World::new();
    let clerk = world.person(&[Enter]).await;
    let body = json!({ "table": TABLE, "mapping": MAPPING, "all_or_nothing": true });
    let said = world.post(&clerk, "/v1/imports", &body).await.expect(200).json();
    assert!(said["failed"].as_u64().expect("a number") > 0);
    world.settle().await;
    world.get(&clerk, "/v1/packages/2005").await.expect(404);
}

#[tokio::test]
async fn the_template_is_a_table_that_needs_no_mapping() {
    let world = World::new();
    let clerk = world.person(&[Enter]).await;
    let template = world.get(&clerk, "/v1/imports/template.csv").await.expect(200);
    assert_eq!(template.header("content-type"), "text/csv; charset=utf-8");
    let table = String::from_utf8(template.body).expect("text");
    let said = world.post(&clerk, "/v1/imports", &json!({ "table": table })).await.expect(200);
    let said = said.json();
    assert_eq!((&said["recorded"], &said["failed"]), (&2.into(), &0.into()), "{said}");
    world.settle().await;
    let package = world.get(&clerk, "/v1/packages/1Z7F3A9R0300041028").await.expect(200).json();
    assert_eq!(package["record"]["order"], "BR-2231");
}

#[tokio::test]
async fn what_is_no_table_and_what_is_no_mapping_are_told_apart() {
    let world = World::new();
    let clerk = world.person(&[Enter]).await;
    let faults =
        async |body: Value| world.post(&clerk, "/v1/imports", &body).await.expect(422).faults();
    let at = |pointer: &str, code: &str| vec![(pointer.to_owned(), code.to_owned())];
    assert_eq!(faults(json!({ "table": "\n" })).await, at("/table", "table"));
    let mapping = json!({ "table": TABLE, "mapping": "name = 7" });
    assert_eq!(faults(mapping).await, at("/mapping", "mapping"));
    let strange = json!({ "table": "a,b\n1,2\n", "mapping": MAPPING });
    let strange = faults(strange).await;
    assert!(strange.len() >= 4 && strange.iter().all(|it| it.0 == "/mapping"), "{strange:?}");
    for unknown in ["imp_7", "imp_zz", "imp_+0000000000000000000000000000001"] {
        world.get(&clerk, &format!("/v1/imports/{unknown}")).await.expect(404);
    }
    let visitor = world.person(&[Track]).await;
    world.post(&visitor, "/v1/imports", &json!({ "table": TABLE })).await.expect(403);
}
