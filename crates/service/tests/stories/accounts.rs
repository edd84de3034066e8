//! Accounts while every write fails: what was acknowledged holds, and doing
//! everything again ends in the same accounts.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use domain::{id::UserId, time::Timestamp};
use futures::StreamExt;
use service::{
    people::{
        AccessKind, AccountError, Amendment, Caller, Credential, NewToken, NewUser, People,
        Permission, Permissions, SetupError, SignInError,
    },
    record::Attribution,
};
use table::Faulty;

use crate::{
    fault::{Mishap, Sites, Store, all_of, cases},
    world::{Counting, World, at},
};

const PASSWORD: &str = "seven grey horses in the rain";

#[tokio::test]
async fn no_write_that_fails_loses_what_was_said_of_an_account_in_memory() {
    every_write_fails(Store::in_memory).await;
}

#[tokio::test]
async fn no_write_that_fails_loses_what_was_said_of_an_account_on_disk() {
    every_write_fails(Store::embedded).await;
}

async fn every_write_fails(store: fn() -> Store) {
    let table = Arc::new(Faulty::new(store().open()));
    let world = World::on(table.clone());
    let told = a_company_begins(world.service.people(), || table.writes()).await;
    assert_eq!(told.failed, [""; 0], "nothing goes wrong");
    let mut sites = Sites::new(&told.steps);
    let writes = table.writes();
    let cases = cases(&store(), writes);
    let runs = cases.iter().map(|(nth, mishap)| one(store(), *nth, *mishap)).collect();
    let mut runs = std::pin::pin!(all_of(runs));
    while let Some((nth, mishap)) = runs.next().await {
        sites.tried(nth, mishap);
    }
    let (counted, tried) = sites.print("every write to the accounts");
    assert_eq!((counted, tried), (writes, cases.len() as u64));
    assert_eq!(sites.untried(), [""; 0]);
}

/// What people were told.
#[derive(Default)]
struct Told {
    is_set_up: bool,
    created: bool,
    may_enter: bool,
    disabled: bool,
    /// Secrets that must work, and one that must not.
    session: Option<String>,
    token: Option<String>,
    ended: Option<String>,
    failed: Vec<&'static str>,
    steps: Vec<(&'static str, u64)>,
}

impl Told {
    fn done<T, E>(&mut self, step: &'static str, answer: Result<T, E>, writes: u64) -> Option<T> {
        if answer.is_err() {
            self.failed.push(step);
        }
        self.steps.push((step, writes));
        answer.ok()
    }
}

fn caller() -> Caller<'static> {
    Caller { source: IpAddr::V4(Ipv4Addr::LOCALHOST), label: "a browser", previous: None }
}

fn bob() -> UserId {
    UserId::derive(&[b"bob"])
}

fn may(all: &[Permission]) -> Permissions {
    all.iter().copied().collect()
}

/// The first administrator comes, makes an account, changes and disables it.
async fn a_company_begins(people: &People, writes: impl Fn() -> u64) -> Told {
    let by = Attribution { actor: "usr_ada".to_owned(), source: "api".to_owned() };
    let mut told = Told::default();
    let setup = people.ensure_setup().await;
    if let Some(Some(setup)) = told.done("the way in is shown", setup, writes()) {
        let ada = people.complete_setup(setup.reveal(), "ada", PASSWORD).await;
        // Set up before, when nobody was told.
        let ada = match ada {
            Err(SetupError::Closed) => Ok(()),
            other => other.map(|_| ()),
        };
        told.is_set_up = told.done("first administrator", ada, writes()).is_some();
    }
    let signed_in = people.sign_in("ada", PASSWORD, caller()).await;
    let ada = told.done("sign in", signed_in, writes());

    let new = NewUser {
        id: Some(bob()),
        name: "bob".to_owned(),
        permissions: may(&[Permission::Track]),
        ..NewUser::default()
    };
    let created = people.create_user(&by, new).await;
    told.created = told.done("account", created, writes()).is_some();
    let change =
        |permissions, disabled| Amendment { permissions, disabled, ..Amendment::default() };
    let more = change(Some(may(&[Permission::Track, Permission::Enter])), None);
    let changed = people.amend_user(&by, bob(), more, None).await;
    told.may_enter = told.done("permissions", changed, writes()).is_some();

    if let Some(ada) = &ada {
        let new = NewToken {
            name: "scales".to_owned(),
            permissions: may(&[Permission::Enter]),
            expires_at: None,
        };
        let token = people.issue_token(&ada.principal, new).await;
        let token = told.done("token", token, writes());
        told.token = token.map(|(secret, _)| secret.reveal().to_owned());
    }
    let wrong = people.sign_in("bob", "not his password at all", caller()).await;
    let wrong = match wrong {
        Err(SignInError::Wrong) => Ok(()),
        Err(error) => Err(error),
        Ok(_) => panic!("bob has no password"),
    };
    told.done("wrong password", wrong, writes());
    let disabled = people.amend_user(&by, bob(), change(None, Some(true)), None).await;
    told.disabled = told.done("disabling", disabled, writes()).is_some();

    let second = people.sign_in("ada", PASSWORD, caller()).await;
    if let Some(second) = told.done("second session", second, writes()) {
        let out = people.sign_out(&second.principal).await;
        if told.done("sign out", out, writes()).is_some() {
            told.ended = Some(second.secret.reveal().to_owned());
        }
    }
    told.session = ada.map(|it| it.secret.reveal().to_owned());
    told
}

/// One write meets a mishap; then a new process, and everybody does everything again.
async fn one(store: Store, nth: u64, mishap: Mishap) -> (u64, Mishap) {
    let what = format!("write {nth} {mishap:?}");
    let told = {
        let table = Arc::new(Faulty::new(store.open()));
        mishap.plan(&table, nth);
        let world = World::on(table.clone());
        let told = a_company_begins(world.service.people(), || table.writes()).await;
        assert!(table.writes() >= nth, "{what}: there are fewer writes");
        told
    };
    // Other bytes than the first process had: secrets are never given twice.
    let world = World::with(store.open(), Arc::new(Counting::from(1_000_000)));
    let people = world.service.people();
    holds(people, &told, &what).await;

    let again = a_company_begins(people, || 0).await;
    assert_eq!(again.failed, [""; 0], "{what}: done again");
    holds(people, &again, &what).await;
    let users = people.users("", None, 10).await.unwrap().users;
    let names: Vec<_> = users.iter().map(|it| (it.name.as_str(), it.disabled)).collect();
    assert_eq!(names, [("ada", false), ("bob", true)], "{what}");
    // The count of administrators is the number of administrators.
    let by = Attribution { actor: "usr_ada".to_owned(), source: "api".to_owned() };
    let change = Amendment { disabled: Some(true), ..Amendment::default() };
    let last = people.amend_user(&by, users[0].id, change, None).await;
    assert_eq!(last, Err(AccountError::LastAdmin), "{what}");
    // Everything that changed somebody's rights is remembered once.
    let mut kinds: BTreeMap<&str, u32> = BTreeMap::new();
    for it in people.access_on(service::keys::day(now())).await.unwrap() {
        *kinds.entry(it.kind.word()).or_default() += 1;
    }
    let once = [
        AccessKind::SetUp,
        AccessKind::Created,
        AccessKind::PermissionsChanged,
        AccessKind::Disabled,
    ];
    for kind in once {
        assert_eq!(kinds.get(kind.word()), Some(&1), "{what}: {} in {kinds:?}", kind.word());
    }
    (nth, mishap)
}

fn now() -> Timestamp {
    at(0)
}

/// Whatever people were told is so.
async fn holds(people: &People, told: &Told, what: &str) {
    let ada = people.user_named("ada").await.unwrap();
    assert!(!told.is_set_up || ada.is_some_and(|it| it.permissions == Permissions::ALL), "{what}");
    let bob = people.user(bob()).await.ok();
    assert!(!told.created || bob.is_some(), "{what}: the account is lost");
    let enters = bob.as_ref().is_some_and(|it| it.permissions.contains(Permission::Enter));
    assert!(!told.may_enter || enters, "{what}: the permission is lost");
    let disabled = bob.as_ref().is_some_and(|it| it.disabled);
    assert!(!told.disabled || disabled, "{what}: a disabled account is open");
    let works = async |it: Credential<'_>| people.authenticate(it).await.unwrap().is_some();
    if let Some(session) = &told.session {
        assert!(works(Credential::Session(session)).await, "{what}: the session is lost");
    }
    if let Some(token) = &told.token {
        assert!(works(Credential::Token(token)).await, "{what}: the token is lost");
    }
    if let Some(ended) = &told.ended {
        assert!(!works(Credential::Session(ended)).await, "{what}: a session that ended works");
    }
}
