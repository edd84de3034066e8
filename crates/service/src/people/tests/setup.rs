//! The first administrator.

use super::world::*;
use crate::people::{AccessKind, Permissions, SetupError};

#[tokio::test]
async fn whoever_has_the_token_becomes_the_first_administrator_and_nobody_after() {
    let world = World::new();
    let token = world.people.ensure_setup().await.unwrap().unwrap();
    let boss = world.people.complete_setup(token.reveal(), "boss", PASSWORD).await.unwrap();
    assert_eq!(boss.permissions, Permissions::ALL);
    assert_eq!(world.remembered().await, [AccessKind::SetUp]);
    world.people.sign_in("boss", PASSWORD, caller()).await.unwrap();

    assert_eq!(world.people.ensure_setup().await.unwrap(), None);
    let again = world.people.complete_setup(token.reveal(), "other", PASSWORD).await;
    assert_eq!(again, Err(SetupError::Closed));
    assert_eq!(world.elsewhere().ensure_setup().await.unwrap(), None);
}

#[tokio::test]
async fn a_wrong_or_an_earlier_starts_token_is_worth_nothing() {
    let world = World::new();
    let earlier = world.people.ensure_setup().await.unwrap().unwrap();
    let token = world.people.ensure_setup().await.unwrap().unwrap();
    for wrong in [earlier.reveal(), "", "setup", &token.reveal()[1..]] {
        let done = world.people.complete_setup(wrong, "boss", PASSWORD).await;
        assert_eq!(done, Err(SetupError::Wrong), "{wrong}");
    }
    let weak = world.people.complete_setup(token.reveal(), "boss", "password1234").await;
    assert!(matches!(weak, Err(SetupError::Account(_))));
    world.people.complete_setup(token.reveal(), "boss", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn an_administrator_made_another_way_closes_the_setup() {
    let world = World::new();
    let token = world.people.ensure_setup().await.unwrap().unwrap();
    world.person("boss", Permissions::ALL).await;
    let done = world.people.complete_setup(token.reveal(), "other", PASSWORD).await;
    assert_eq!(done, Err(SetupError::Closed));
}

#[tokio::test]
async fn a_lost_answer_to_the_setup_is_found_out() {
    let world = World::new();
    let token = world.people.ensure_setup().await.unwrap().unwrap();
    world.table.fail_write(1, table::Fault::AfterApply);
    let boss = world.people.complete_setup(token.reveal(), "boss", PASSWORD).await.unwrap();
    assert_eq!(world.people.user_named("boss").await.unwrap().unwrap().id, boss.id);
}
