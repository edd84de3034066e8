//! What needs attention, as the shipping desk reads it.

use std::time::Duration;

use serde_json::{Value, json};
use service::people::Permission::{Enter, Track};

use crate::world::World;

#[tokio::test]
async fn the_desk_sees_what_needs_attention_and_why() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let promised = json!({ "first": "2026-03-01T10:00:00Z", "last": "2026-03-01T11:00:00Z" });
    let package = json!({ "description": "Lamp", "promised": promised });
    let late = world.package(&clerk, &package).await;
    let wrong = world.package(&clerk, &json!({ "description": "Desk" })).await;
    let problem = json!({ "kind": "problem", "happened_at": "2026-03-01T08:30:00Z", "reason": "customs_delay" });
    world.post(&clerk, &format!("/v1/packages/{wrong}/events"), &problem).await.expect(201);
    world.settle().await;
    let list = async |query: &str| {
        let path = format!("/v1/attention{query}");
        let answer = world.get(&clerk, &path).await.expect(200).json();
        (answer["attention"].as_array().expect("a list").clone(), answer["next"].clone())
    };
    let (all, next) = list("").await;
    assert_eq!((all.len(), &next), (1, &Value::Null));
    assert_eq!(all[0]["subject"], json!(wrong));
    assert_eq!(
        (&all[0]["reason"], &all[0]["incident"]),
        (&json!("problem"), &json!("customs_delay"))
    );
    assert_eq!(
        (&all[0]["since"], &all[0]["name"]),
        (&json!("2026-03-01T08:30:00.000Z"), &json!("Desk"))
    );
    assert!(all[0]["next_step"].as_str().is_some_and(|it| !it.is_empty()));

    world.pass(Duration::from_secs(3 * 3600));
    let (first, next) = list("?limit=1").await;
    assert_eq!((&first[0]["subject"], &first[0]["reason"]), (&json!(late), &json!("overdue")));
    let next = next.as_str().expect("there is more");
    let (second, next) = list(&format!("?limit=1&cursor={next}")).await;
    assert_eq!((&second[0]["subject"], next), (&json!(wrong), Value::Null));
    let (overdue, _) = list("?reason=overdue").await;
    assert_eq!((overdue.len(), &overdue[0]["subject"]), (1, &json!(late)));
    let counts = world.get(&clerk, "/v1/attention/counts").await.expect(200).json();
    let lines = |reason: &str| {
        let all = counts["reasons"].as_array().expect("every reason");
        all.iter().find(|it| it["reason"] == reason).expect("one")["lines"].clone()
    };
    assert_eq!((&counts["total"], &counts["more"]), (&json!(2), &json!(false)));
    assert_eq!([lines("problem"), lines("overdue"), lines("held")], [1, 1, 0].map(|it| json!(it)));
    for (query, pointer) in
        [("reason=late", "?reason"), ("cursor=x", "?cursor"), ("limit=0", "?limit")]
    {
        let answer = world.get(&clerk, &format!("/v1/attention?{query}")).await.expect(400);
        assert_eq!(answer.faults()[0].0, pointer);
    }
}
