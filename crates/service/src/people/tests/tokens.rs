//! API tokens: at most what their owner may, for as long as they last.

use domain::time::{DAY, HOUR, MINUTE};
use table::Table;

use super::world::*;
use crate::{
    error::Error,
    people::{
        AccountError, Amendment, Credential, NewToken, Permission, Permissions, Principal, Secret,
        SignedIn, TOKENS_MAX,
    },
};

fn token(permissions: Permissions) -> NewToken {
    NewToken { name: "scanner at the gate".to_owned(), permissions, expires_at: None }
}

async fn program(world: &World, secret: &Secret) -> Option<Principal> {
    let who = world.people.authenticate(Credential::Token(secret.reveal())).await.unwrap();
    who.map(|it| (*it).clone())
}

#[tokio::test]
async fn a_token_may_at_most_what_its_owner_may() {
    let world = World::new();
    let both = only(Permission::Track).with(Permission::Enter);
    let mary = world.person("mary", both).await;
    let who = world.who(&world.session(mary).await).await.unwrap();
    let refused = world.people.issue_token(&who, token(Permissions::ALL)).await.unwrap_err();
    let AccountError::Service(Error::Invalid(fields)) = refused else { panic!("{refused:?}") };
    assert_eq!(fields[0].pointer, "/permissions");

    let (secret, _) = world.people.issue_token(&who, token(both)).await.unwrap();
    assert_eq!(program(&world, &secret).await.unwrap().permissions, both);
    let less = Amendment { permissions: Some(only(Permission::Track)), ..Amendment::default() };
    world.people.amend_user(&by(), mary, less, None).await.unwrap();
    assert_eq!(program(&world, &secret).await.unwrap().permissions, only(Permission::Track));
    let other = Amendment { permissions: Some(only(Permission::Audit)), ..Amendment::default() };
    world.people.amend_user(&by(), mary, other, None).await.unwrap();
    assert_eq!(program(&world, &secret).await.unwrap().permissions, Permissions::NONE);
}

#[tokio::test]
async fn a_token_makes_no_tokens_and_is_no_session() {
    let world = World::new();
    let mary = world.person("mary", Permissions::ALL).await;
    let session = world.session(mary).await;
    let who = world.who(&session).await.unwrap();
    let (secret, _) = world.people.issue_token(&who, token(Permissions::ALL)).await.unwrap();
    let program = program(&world, &secret).await.unwrap();
    assert!(matches!(program.how, SignedIn::Token { .. }));
    let more = world.people.issue_token(&program, token(Permissions::NONE)).await;
    assert_eq!(more.unwrap_err(), AccountError::NeedsSession);
    let change = world.people.change_password(&program, "", OTHER, caller()).await;
    assert_eq!(change.unwrap_err(), AccountError::NeedsSession);

    for wrong in [Credential::Session(secret.reveal()), Credential::Token(session.secret.reveal())]
    {
        assert_eq!(world.people.authenticate(wrong).await.unwrap(), None);
    }
    world.people.sign_out(&program).await.unwrap();
    assert!(world.who(&session).await.is_some());
}

#[tokio::test]
async fn tokens_end_when_revoked_expired_or_with_their_owner() {
    let world = World::new();
    let mary = world.person("mary", Permissions::NONE).await;
    let who = world.who(&world.session(mary).await).await.unwrap();
    let expires_at = Some(world.now().plus(DAY));
    let short = NewToken { expires_at, ..token(Permissions::NONE) };
    let (short, _) = world.people.issue_token(&who, short).await.unwrap();
    let (revoked, listed) = world.people.issue_token(&who, token(Permissions::NONE)).await.unwrap();
    let (kept, _) = world.people.issue_token(&who, token(Permissions::NONE)).await.unwrap();
    for secret in [&short, &revoked, &kept] {
        assert!(program(&world, secret).await.is_some());
    }
    world.people.revoke_token(&by(), mary, listed.id).await.unwrap();
    assert!(program(&world, &revoked).await.is_none());
    assert!(world.people.revoke_token(&by(), mary, listed.id).await.is_err());
    world.later(DAY - 1);
    assert!(program(&world, &short).await.is_some());
    world.later(1);
    assert!(program(&world, &short).await.is_none() && program(&world, &kept).await.is_some());
    assert_eq!(world.people.tokens(mary).await.unwrap().len(), 1);

    for disabled in [Some(true), Some(false)] {
        let change = Amendment { disabled, ..Amendment::default() };
        world.people.amend_user(&by(), mary, change, None).await.unwrap();
        assert!(program(&world, &kept).await.is_none());
    }
    let past = NewToken { expires_at: Some(world.now()), ..token(Permissions::NONE) };
    assert!(world.people.issue_token(&who, past).await.is_err());
}

#[tokio::test]
async fn the_last_use_is_written_down_once_an_hour() {
    let world = World::new();
    let mary = world.person("mary", Permissions::NONE).await;
    let who = world.who(&world.session(mary).await).await.unwrap();
    let (secret, listed) = world.people.issue_token(&who, token(Permissions::NONE)).await.unwrap();
    assert_eq!(listed.last_used_at, None);
    let (before, first) = (world.table.usage(), world.now());
    for _ in 0..59 {
        assert!(program(&world, &secret).await.is_some());
        world.later(MINUTE);
    }
    assert_eq!((world.table.usage() - before).writes, 1);
    assert_eq!(world.people.tokens(mary).await.unwrap()[0].last_used_at, Some(first));
    world.later(HOUR);
    program(&world, &secret).await.unwrap();
    assert_eq!(world.people.tokens(mary).await.unwrap()[0].last_used_at, Some(world.now()));
}

#[tokio::test]
async fn there_are_only_so_many() {
    let world = World::new();
    let mary = world.person("mary", Permissions::NONE).await;
    let who = world.who(&world.session(mary).await).await.unwrap();
    for _ in 0..TOKENS_MAX {
        world.people.issue_token(&who, token(Permissions::NONE)).await.unwrap();
    }
    assert!(world.people.issue_token(&who, token(Permissions::NONE)).await.is_err());
}
