//! Accounts: unique names, the last administrator, and lost answers.

use table::Fault;

use super::world::*;
use crate::{
    error::Error,
    people::{AccessKind, AccountError, Amendment, NewUser, Permission, Permissions},
};

fn named(name: &str) -> NewUser {
    NewUser { name: name.to_owned(), ..NewUser::default() }
}

fn code(error: AccountError) -> &'static str {
    let AccountError::Service(Error::Invalid(fields)) = error else { panic!("{error:?}") };
    fields[0].code
}

#[tokio::test]
async fn a_name_is_one_persons_whatever_its_case() {
    let world = World::new();
    let mary = world.person("Mary", Permissions::NONE).await;
    assert_eq!(code(world.people.create_user(&by(), named("mARY")).await.unwrap_err()), "taken");
    assert_eq!(world.people.user_named(" MARY ").await.unwrap().unwrap().id, mary);

    let rename = |name: &str| Amendment { name: Some(name.to_owned()), ..Amendment::default() };
    world.people.amend_user(&by(), mary, rename("MARY"), None).await.unwrap();
    world.people.amend_user(&by(), mary, rename("Maria"), None).await.unwrap();
    let new_mary = world.person("mary", Permissions::NONE).await;
    let back = world.people.amend_user(&by(), mary, rename("Mary"), None).await;
    assert_eq!(code(back.unwrap_err()), "taken");
    assert_eq!(world.people.user_named("mary").await.unwrap().unwrap().id, new_mary);
    assert_eq!(world.people.user_named("maria").await.unwrap().unwrap().id, mary);
}

#[tokio::test]
async fn every_mistake_is_told_at_once() {
    let world = World::new();
    let new = NewUser {
        name: "a b".to_owned(),
        display_name: "x\u{7}".to_owned(),
        email: Some("nowhere".to_owned()),
        password: Some("short".to_owned()),
        ..NewUser::default()
    };
    let error = world.people.create_user(&by(), new).await.unwrap_err();
    let AccountError::Service(Error::Invalid(fields)) = error else { panic!("{error:?}") };
    let pointers: Vec<&str> = fields.iter().map(|it| it.pointer.as_str()).collect();
    assert_eq!(pointers, ["/name", "/display_name", "/email", "/password"]);
}

#[tokio::test]
async fn the_list_is_by_name_and_goes_on_where_it_ended() {
    let world = World::new();
    for name in ["dora", "Anna", "carl", "bert", "annika"] {
        world.person(name, Permissions::NONE).await;
    }
    let (mut names, mut after) = (Vec::new(), None);
    loop {
        let page = world.people.users("", after.as_deref(), 2).await.unwrap();
        assert!(page.users.len() <= 2);
        names.extend(page.users.into_iter().map(|it| it.name));
        after = page.after;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(names, ["Anna", "annika", "bert", "carl", "dora"]);
    let page = world.people.users("ANN", None, 10).await.unwrap();
    assert_eq!(page.users.len(), 2);
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let world = World::new();
    let boss = world.person("boss", Permissions::ALL).await;
    let disable = Amendment { disabled: Some(true), ..Amendment::default() };
    let demote = Amendment { permissions: Some(Permissions::NONE), ..Amendment::default() };
    for change in [&disable, &demote] {
        let change = world.people.amend_user(&by(), boss, change.clone(), None).await;
        assert_eq!(change.unwrap_err(), AccountError::LastAdmin);
    }
    assert_eq!(world.people.delete_user(&by(), boss).await, Err(AccountError::LastAdmin));

    // A second one who is disabled does not count.
    let second = world.person("second", only(Permission::Admin)).await;
    world.people.amend_user(&by(), second, disable.clone(), None).await.unwrap();
    let change = world.people.amend_user(&by(), boss, disable.clone(), None).await;
    assert_eq!(change.unwrap_err(), AccountError::LastAdmin);

    let enable = Amendment { disabled: Some(false), ..Amendment::default() };
    world.people.amend_user(&by(), second, enable, None).await.unwrap();
    world.people.delete_user(&by(), boss).await.unwrap();
    assert_eq!(world.people.delete_user(&by(), second).await, Err(AccountError::LastAdmin));
}

#[tokio::test]
async fn a_change_decided_on_an_old_account_is_refused() {
    let world = World::new();
    let mary = world.person("mary", Permissions::NONE).await;
    let seen = world.people.user(mary).await.unwrap().revision;
    let grant =
        |permission| Amendment { permissions: Some(only(permission)), ..Amendment::default() };
    let track = grant(Permission::Track);
    let granted = world.people.amend_user(&by(), mary, track.clone(), Some(seen)).await.unwrap();
    assert_eq!(granted.permissions, only(Permission::Track));
    let late = world.people.amend_user(&by(), mary, grant(Permission::Enter), Some(seen)).await;
    assert!(matches!(late, Err(AccountError::Service(Error::Changed(_)))));
    // Saying the same again changes nothing, and is not remembered.
    let same = world.people.amend_user(&by(), mary, track, None).await.unwrap();
    assert_eq!(same, granted);
    assert_eq!(world.remembered().await, [AccessKind::Created, AccessKind::PermissionsChanged]);
}

#[tokio::test]
async fn permissions_before_and_after_are_remembered_with_opaque_ids_only() {
    let world = World::new();
    let mary = world.person("mary", only(Permission::Track)).await;
    let change = Amendment { permissions: Some(Permissions::ALL), ..Amendment::default() };
    world.people.amend_user(&by(), mary, change, None).await.unwrap();
    let all = world.people.access_on(crate::keys::day(world.now())).await.unwrap();
    let changed = all.iter().find(|it| it.kind == AccessKind::PermissionsChanged).unwrap();
    assert_eq!(
        (changed.before, changed.after),
        (Some(only(Permission::Track)), Some(Permissions::ALL))
    );
    assert_eq!((changed.user, changed.actor.as_str()), (Some(mary), "usr_boss"));
    assert!(!format!("{all:?}").contains("mary"));
}

#[tokio::test]
async fn a_lost_answer_to_creating_is_found_out() {
    let world = World::new();
    world.table.fail_write(1, Fault::AfterApply);
    let boss = NewUser { permissions: Permissions::ALL, ..named("boss") };
    let boss = world.people.create_user(&by(), boss).await.unwrap();
    assert_eq!(world.people.user_named("boss").await.unwrap().unwrap(), boss);
    assert_eq!(world.people.delete_user(&by(), boss.id).await, Err(AccountError::LastAdmin));

    world.table.fail_write(1, Fault::BeforeApply);
    let lost = world.people.create_user(&by(), named("mary")).await;
    assert!(matches!(lost, Err(AccountError::Service(Error::Unavailable(_)))));
    assert_eq!(world.people.user_named("mary").await.unwrap(), None);
    world.people.create_user(&by(), named("mary")).await.unwrap();
}

#[tokio::test]
async fn creating_the_same_again_under_its_id_is_one_account() {
    let world = World::new();
    let id = Some(domain::id::UserId::derive(&[b"request 1"]));
    let first = world.people.create_user(&by(), NewUser { id, ..named("mary") }).await.unwrap();
    let again = world.people.create_user(&by(), NewUser { id, ..named("mary") }).await.unwrap();
    assert_eq!(first, again);
    let other = world.people.create_user(&by(), NewUser { id, ..named("john") }).await;
    assert!(matches!(other, Err(AccountError::Service(Error::Changed(_)))));
    assert_eq!(world.people.user_named("john").await.unwrap(), None);
}

#[tokio::test]
async fn deleting_leaves_nothing_of_a_person_but_what_they_did() {
    let world = World::new();
    let mary = world.person("mary", Permissions::ALL).await;
    world.person("boss", Permissions::ALL).await;
    let session = world.session(mary).await;
    world.people.issue_link(&by(), mary).await.unwrap();

    // The machine stops after the account is gone and before the rest is.
    world.table.crash_at_write(1, Fault::AfterApply);
    assert!(world.people.delete_user(&by(), mary).await.is_err());
    world.table.revive();
    assert_eq!(world.who(&session).await, None);
    world.people.delete_user(&by(), mary).await.unwrap();

    use table::Table;
    let left = world.table.scan(table::Scan::whole(crate::keys::person_shard(mary), 10)).await;
    assert_eq!(left.unwrap().entries.len(), 0);
    assert!(matches!(world.people.user(mary).await, Err(Error::NotFound(_))));
    let gone = world.people.delete_user(&by(), mary).await;
    assert!(matches!(gone, Err(AccountError::Service(Error::NotFound(_)))));
    world.person("mary", Permissions::NONE).await;
}
