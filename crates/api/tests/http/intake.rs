//! What other systems put on a bus is recorded as if they had asked for it, once.

use std::sync::Arc;

use api::{Api, NoGauges, Outside, Settings, front::Front, intake::NotTaken};
use domain::id::Subject;
use serde_json::{Value, json};
use service::record::Receipt;
use table::{Fault, Faulty, Memory};

use crate::world::{FakeEntropy, World};

struct Bus {
    world: World,
    api: Api,
}

impl Bus {
    fn on(world: World) -> Self {
        let (clock, entropy) = (world.clock.clone(), Arc::new(FakeEntropy::default()));
        let outside =
            Outside { clock, entropy, gauges: Arc::new(NoGauges), front: Front::default() };
        let api = Api::new(world.service.clone(), outside, Settings::default());
        Self { world, api }
    }

    async fn take(&self, message: &Value) -> Result<Vec<Receipt>, NotTaken> {
        self.api.take_in_event(message.to_string().as_bytes()).await
    }

    async fn refused(&self, message: &Value) -> Vec<(String, &'static str)> {
        let why = self.take(message).await.expect_err("it is refused");
        assert!(!why.again, "{why}");
        why.errors.into_iter().map(|it| (it.pointer, it.code)).collect()
    }
}

fn order(id: &str) -> Value {
    json!({ "source": "erp.eu", "id": id, "drafts": [
        { "package": { "description": "Lamp", "references": [{ "scheme": "order", "value": "PO-7" }] } },
        { "subject": "PO-7", "event": { "kind": "picked_up", "happened_at": "2026-03-01T08:30:00Z" } },
        { "subject": "PO-7", "event": { "kind": "problem", "happened_at": "2026-03-01T08:40:00Z", "reason": "weather_delay" } },
    ]})
}

#[tokio::test]
async fn a_message_is_recorded_once_however_often_it_comes() {
    let bus = Bus::on(World::new());
    let first = bus.take(&order("1")).await.expect("taken");
    assert_eq!(first.len(), 3);
    assert!(first.iter().all(|it| !it.duplicate));
    bus.world.pass(std::time::Duration::from_secs(60));
    let again = bus.take(&order("1")).await.expect("known");
    assert!(again.iter().all(|it| it.duplicate));
    let leaves = |all: &[Receipt]| all.iter().map(|it| it.leaf).collect::<Vec<_>>();
    assert_eq!(leaves(&again), leaves(&first));
    let Subject::Package(_) = first[0].subject else { panic!("{:?}", first[0].subject) };
    let history = bus.world.service.history(first[0].subject).await.expect("registered");
    assert_eq!(history.len(), 3);
    for recorded in history {
        assert_eq!((&*recorded.event.actor, &*recorded.event.source), ("bus:erp.eu", "bus"));
    }
    // Another system's message of the same id is another message.
    let mut other = order("1");
    other["source"] = json!("wms");
    other["drafts"].as_array_mut().expect("a list").truncate(1);
    assert_ne!(bus.take(&other).await.expect("taken")[0].subject, first[0].subject);
}

#[tokio::test]
async fn every_mistake_is_named_and_nothing_is_recorded() {
    let bus = Bus::on(World::new());
    let with = |drafts: Value| json!({ "source": "erp", "id": "9", "drafts": drafts });
    let package = || json!({ "package": { "description": "Lamp" } });
    let why = bus.api.take_in_event(b"{\"source\":").await.expect_err("cut off");
    assert!(!why.again && why.errors[0].code == "malformed", "{why}");
    let pointer = |all: Vec<(String, &str)>| all.into_iter().map(|it| it.0).collect::<Vec<_>>();
    let missing = bus.refused(&json!({ "source": "erp", "drafts": [package()] })).await;
    assert_eq!(missing, [("/id".to_owned(), "missing")]);
    let named = json!({ "source": "No Such Name", "id": "1", "drafts": [package()] });
    assert_eq!(bus.refused(&named).await, [("/source".to_owned(), "pattern")]);
    assert_eq!(bus.refused(&with(json!([]))).await, [("/drafts".to_owned(), "too_few")]);
    let neither = with(json!([package(), {}, { "subject": "PO-7" }]));
    assert_eq!(pointer(bus.refused(&neither).await), ["/drafts/1", "/drafts/2"]);
    let field = with(json!([package(), { "package": { "colour": "red" } }]));
    assert_eq!(
        bus.refused(&field).await,
        [("/drafts/1/package/colour".to_owned(), "unknown_field")]
    );
    let place =
        with(json!([package(), { "package": { "destination": { "search": "Nowhere at all" } } }]));
    let faults = bus.refused(&place).await;
    assert!(faults[0].0.starts_with("/drafts/1/package/destination"), "{faults:?}");
    bus.world.settle().await;
    let found = bus.world.service.find("PO-7").await.expect("memory answers");
    assert!(found.is_empty());
}

#[tokio::test]
async fn what_is_refused_by_what_is_known_says_where() {
    let bus = Bus::on(World::new());
    let event = |kind: &str| json!({ "kind": kind, "happened_at": "2026-03-01T08:30:00Z" });
    let unknown = json!({ "source": "erp", "id": "1", "drafts": [
        { "package": { "description": "Lamp" } },
        { "subject": "PO-8", "event": event("picked_up") },
    ]});
    assert_eq!(bus.refused(&unknown).await, [("/drafts/1/subject".to_owned(), "unknown")]);
    let nobody = "pkg_01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let nobody = json!({ "source": "erp", "id": "2", "drafts": [
        { "subject": nobody, "event": event("picked_up") },
    ]});
    assert_eq!(bus.refused(&nobody).await, [("/drafts/0".to_owned(), "refused")]);
    // The same id with other content is no repetition.
    bus.take(&order("3")).await.expect("taken");
    let mut other = order("3");
    other["drafts"][1]["event"]["happened_at"] = json!("2026-03-01T08:31:00Z");
    assert_eq!(bus.refused(&other).await, [("/drafts/1".to_owned(), "refused")]);
}

#[tokio::test]
async fn a_storage_that_does_not_answer_is_asked_again() {
    let mut tried = 0;
    for nth in 1.. {
        let table = Arc::new(Faulty::new(Arc::new(Memory::new())));
        let bus = Bus::on(World::with(table.clone(), Settings::default()));
        table.fail_write(nth, Fault::BeforeApply);
        let first = bus.take(&order("1")).await;
        let reached = table.writes() >= nth;
        if let Err(why) = &first {
            assert!(why.again, "{why}");
        }
        let receipts = bus.take(&order("1")).await.expect("taken now");
        let history = bus.world.service.history(receipts[0].subject).await.expect("registered");
        assert_eq!(history.len(), 3);
        if !reached {
            break;
        }
        tried += 1;
    }
    assert!(2 < tried, "{tried} failures: hardly anything is tested");
}
