//! Signing in with a password, and being kept out.

use domain::time::{DAY, HOUR, MINUTE, SECOND};
use table::Table;

use super::world::*;
use crate::people::{
    AccessKind, AccountError, Amendment, Caller, Permission, Permissions, SignInError,
    lockout::Attempt,
};

async fn attempt(world: &World, name: &str, password: &str) -> Result<(), SignInError> {
    world.people.sign_in(name, password, caller()).await.map(|_| ())
}

/// Tries a wrong password as often as it takes to be locked out.
async fn lock_out(world: &World, name: &str) {
    while attempt(world, name, "wrong").await == Err(SignInError::Wrong) {}
}

#[tokio::test]
async fn name_and_password_begin_a_session() {
    let world = World::new();
    let mary = world.with_password("Mary", only(Permission::Track)).await;
    let session = world.people.sign_in("mary ", PASSWORD, caller()).await.unwrap();
    let who = world.who(&session).await.unwrap();
    assert_eq!((who.user, who.actor.as_str()), (Some(mary), mary.to_string().as_str()));
    assert!(who.may(Permission::Track) && !who.may(Permission::Enter));
    assert_eq!(*who, session.principal);
}

#[tokio::test]
async fn an_account_that_does_not_exist_looks_and_costs_like_a_wrong_password() {
    let world = World::new();
    world.with_password("mary", Permissions::NONE).await;
    let disabled = world.with_password("dora", Permissions::NONE).await;
    world.person("paul", Permissions::NONE).await;
    let disable = Amendment { disabled: Some(true), ..Amendment::default() };
    world.people.amend_user(&by(), disabled, disable, None).await.unwrap();

    let mut costs = Vec::new();
    let attempts =
        [("mary", OTHER), ("nobody", OTHER), ("dora", PASSWORD), ("paul", OTHER), ("\0", "x")];
    for (name, password) in attempts {
        let before = world.table.usage();
        assert_eq!(attempt(&world, name, password).await, Err(SignInError::Wrong));
        let cost = world.table.usage() - before;
        costs.push((cost.gets, cost.writes, cost.items_written, cost.read_units, cost.write_units));
        // The address's own counter exists from the second attempt on.
        world.later(HOUR);
    }
    assert!(costs.iter().all(|it| *it == costs[0]), "{costs:?}");
}

#[tokio::test]
async fn a_password_too_long_to_hash_is_wrong_at_once() {
    let world = World::new();
    let before = world.table.usage();
    assert_eq!(attempt(&world, "mary", &"x".repeat(1025)).await, Err(SignInError::Wrong));
    assert_eq!(world.table.usage(), before);
}

#[tokio::test]
async fn the_fifth_wrong_attempt_begins_delays_that_double() {
    let world = World::new();
    world.with_password("mary", Permissions::NONE).await;
    for _ in 0..5 {
        assert_eq!(attempt(&world, "mary", "wrong").await, Err(SignInError::Wrong));
    }
    for delay in [1, 2, 4, 8] {
        let until = world.now().plus(delay * SECOND);
        for password in ["wrong", PASSWORD] {
            let refused = attempt(&world, "mary", password).await;
            assert_eq!(refused, Err(SignInError::LockedUntil(until)));
        }
        world.later(delay * SECOND - 1);
        assert_eq!(attempt(&world, "mary", PASSWORD).await, Err(SignInError::LockedUntil(until)));
        world.later(1);
        assert_eq!(attempt(&world, "mary", "wrong").await, Err(SignInError::Wrong));
    }
    let remembered = world.remembered().await;
    let count = |kind| remembered.iter().filter(|it| **it == kind).count();
    assert_eq!((count(AccessKind::SignInFailed), count(AccessKind::LockedOut)), (9, 1));
}

#[tokio::test]
async fn the_same_happens_to_a_name_nobody_has() {
    let world = World::new();
    world.with_password("mary", Permissions::NONE).await;
    for name in ["mary", "nobody"] {
        lock_out(&world, name).await;
        let until = world.now().plus(SECOND);
        assert_eq!(
            attempt(&world, name, "x").await,
            Err(SignInError::LockedUntil(until)),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_restart_forgives_nothing_and_time_does() {
    let world = World::new();
    world.with_password("mary", Permissions::NONE).await;
    lock_out(&world, "mary").await;
    let elsewhere = world.elsewhere();
    let refused = elsewhere.sign_in("mary", PASSWORD, caller()).await;
    assert!(matches!(refused, Err(SignInError::LockedUntil(_))));

    // Two of five are forgotten: one more is free.
    world.later(31 * MINUTE);
    assert_eq!(attempt(&world, "mary", "wrong").await, Err(SignInError::Wrong));
    attempt(&world, "mary", PASSWORD).await.unwrap();
    // Signing in forgives all that is left.
    for _ in 0..4 {
        assert_eq!(attempt(&world, "mary", "wrong").await, Err(SignInError::Wrong));
    }
    attempt(&world, "mary", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn one_address_locks_nobody_else_out() {
    let world = World::new();
    world.with_password("mary", Permissions::NONE).await;
    for _ in 0..20 {
        lock_out(&world, "mary").await;
        world.later(MINUTE / 2);
    }
    assert!(attempt(&world, "mary", PASSWORD).await.is_err());
    world.people.sign_in("mary", PASSWORD, from(2)).await.unwrap();
}

#[tokio::test]
async fn many_addresses_together_meet_the_accounts_own_limit() {
    let world = World::new();
    world.with_password("mary", Permissions::NONE).await;
    for address in 10..35 {
        let tried = world.people.sign_in("mary", "wrong", from(address)).await;
        assert_eq!(tried.unwrap_err(), SignInError::Wrong);
    }
    let refused = world.people.sign_in("mary", PASSWORD, from(99)).await;
    assert_eq!(refused.unwrap_err(), SignInError::LockedUntil(world.now().plus(SECOND)));
    world.later(SECOND);
    world.people.sign_in("mary", PASSWORD, from(99)).await.unwrap();
}

#[tokio::test]
async fn attempts_at_the_same_time_are_no_more_than_one_after_the_other() {
    let world = World::interleaved(7);
    world.with_password("mary", Permissions::NONE).await;
    let all = (0..40).map(|_| attempt(&world, "mary", "wrong"));
    let all = futures::future::join_all(all).await;
    let looked_at = all.iter().filter(|it| **it == Err(SignInError::Wrong)).count();
    assert_eq!(looked_at, 5, "{all:?}");
}

#[tokio::test]
async fn what_is_forgotten_is_swept_away() {
    let world = World::new();
    for name in ["a1", "b2", "c3"] {
        assert_eq!(attempt(&world, name, "wrong").await, Err(SignInError::Wrong));
    }
    assert_eq!(world.people.sweep_failures().await.unwrap(), 0);
    world.later(DAY);
    // Three pairs, three accounts, one address.
    assert_eq!(world.people.sweep_failures().await.unwrap(), 7);
    assert_eq!(world.people.sweep_failures().await.unwrap(), 0);
}

#[tokio::test]
async fn administrators_signing_in_are_remembered() {
    let world = World::new();
    world.with_password("mary", only(Permission::Track)).await;
    world.with_password("boss", only(Permission::Admin)).await;
    for name in ["mary", "boss"] {
        attempt(&world, name, PASSWORD).await.unwrap();
    }
    let signed_in = world.remembered().await.into_iter().filter(|it| *it == AccessKind::SignedIn);
    assert_eq!(signed_in.count(), 1);
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions_and_needs_the_old_one() {
    let world = World::new();
    let mary = world.with_password("mary", only(Permission::Track)).await;
    let here = world.people.sign_in("mary", PASSWORD, caller()).await.unwrap();
    let there = world.people.sign_in("mary", PASSWORD, caller()).await.unwrap();
    let who = world.who(&here).await.unwrap();

    let wrong = world.people.change_password(&who, OTHER, OTHER, caller()).await;
    assert_eq!(wrong.unwrap_err(), AccountError::SignIn(SignInError::Wrong));
    let weak = world.people.change_password(&who, PASSWORD, "mary mary mary", caller()).await;
    assert!(matches!(weak, Err(AccountError::Service(_))));
    assert!(world.who(&there).await.is_some());

    let now = world.people.change_password(&who, PASSWORD, OTHER, caller()).await.unwrap();
    assert_eq!((world.who(&here).await, world.who(&there).await), (None, None));
    assert!(world.who(&now).await.is_some());
    assert_eq!(world.people.sessions(mary).await.unwrap().len(), 1);
    assert_eq!(attempt(&world, "mary", PASSWORD).await, Err(SignInError::Wrong));
    attempt(&world, "mary", OTHER).await.unwrap();
}

#[tokio::test]
async fn the_address_is_taken_as_far_as_it_tells_people_apart() {
    let world = World::new();
    let at = |text: &str| Caller { source: text.parse().unwrap(), ..caller() };
    for last in 0..5 {
        let near = at(&format!("2001:db8::{last}"));
        assert!(world.people.sign_in("mary", "wrong", near).await.is_err());
    }
    let near = world.people.sign_in("mary", "wrong", at("2001:db8::ffff")).await;
    assert!(matches!(near, Err(SignInError::LockedUntil(_))));
    let far = world.people.sign_in("mary", "wrong", at("2001:db8:0:1::1")).await;
    assert_eq!(far.unwrap_err(), SignInError::Wrong);
}

#[tokio::test]
async fn trying_one_password_on_everybody_becomes_slow() {
    let world = World::new();
    for person in 0..200 {
        let attempt = Attempt::new(&format!("person{person}"), caller().source);
        world.people.count_wrong(&attempt, None).await.unwrap();
    }
    let refused = attempt(&world, "another", "wrong").await;
    assert_eq!(refused, Err(SignInError::LockedUntil(world.now().plus(SECOND))));
    assert!(world.people.sign_in("another", "wrong", from(2)).await == Err(SignInError::Wrong));
}
