//! Sessions: how long they last, and how they end.

use domain::time::{DAY, HOUR, MINUTE, SECOND};
use table::{Fault, Table};

use super::world::*;
use crate::people::{
    Amendment, Caller, Credential, IDLE_MAX, Permission, Permissions, SESSION_MAX, STALE_MAX,
};

fn disable() -> Amendment {
    Amendment { disabled: Some(true), ..Amendment::default() }
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used() {
    let world = World::new();
    let mary = world.person("mary", Permissions::NONE).await;
    let session = world.session(mary).await;
    world.later(IDLE_MAX - 1);
    assert!(world.who(&session).await.is_some());
    world.later(IDLE_MAX - 1);
    assert!(world.who(&session).await.is_some());
    world.later(IDLE_MAX);
    assert!(world.who(&session).await.is_none());
    assert_eq!(world.people.sessions(mary).await.unwrap(), []);
}

#[tokio::test]
async fn a_session_ends_after_a_week_however_much_it_is_used() {
    let world = World::new();
    let session = world.session(world.person("mary", Permissions::NONE).await).await;
    assert_eq!(session.expires_at, world.now().plus(SESSION_MAX));
    for _ in 0..(7 * 24 - 1) {
        world.later(HOUR);
        assert!(world.who(&session).await.is_some());
    }
    world.later(HOUR - 1);
    assert!(world.who(&session).await.is_some());
    world.later(1);
    assert!(world.who(&session).await.is_none());
}

#[tokio::test]
async fn its_use_is_written_down_once_in_five_minutes_and_read_once_in_five_seconds() {
    let world = World::new();
    let mary = world.person("mary", Permissions::NONE).await;
    let session = world.session(mary).await;
    world.who(&session).await.unwrap();
    let before = world.table.usage();
    for _ in 0..1000 {
        world.who(&session).await.unwrap();
    }
    assert_eq!(world.table.usage(), before);
    for _ in 0..600 {
        world.later(SECOND);
        world.who(&session).await.unwrap();
    }
    let used = world.table.usage() - before;
    assert_eq!((used.gets, used.writes), (2 * 600 * SECOND as u64 / STALE_MAX as u64, 2));
    let seen = world.people.sessions(mary).await.unwrap()[0].last_seen_at;
    assert_eq!(seen, world.now());
}

#[tokio::test]
async fn disabling_ends_sessions_at_once_and_for_good() {
    let world = World::new();
    let mary = world.person("mary", only(Permission::Track)).await;
    let (session, elsewhere) = (world.session(mary).await, world.elsewhere());
    assert!(world.who(&session).await.is_some() && who(&elsewhere, &session).await.is_some());
    world.people.amend_user(&by(), mary, disable(), None).await.unwrap();
    assert!(world.who(&session).await.is_none());
    assert!(who(&elsewhere, &session).await.is_some(), "another process may not know yet");
    world.later(STALE_MAX);
    assert!(who(&elsewhere, &session).await.is_none());

    let enable = Amendment { disabled: Some(false), ..Amendment::default() };
    world.people.amend_user(&by(), mary, enable, None).await.unwrap();
    assert!(world.who(&session).await.is_none());
    assert!(world.who(&world.session(mary).await).await.is_some());
}

#[tokio::test]
async fn disabling_ends_sessions_even_when_its_answer_is_lost() {
    let world = World::new();
    let mary = world.person("mary", only(Permission::Track)).await;
    let session = world.session(mary).await;
    world.who(&session).await.unwrap();
    world.table.crash_at_write(1, Fault::AfterApply);
    assert!(world.people.amend_user(&by(), mary, disable(), None).await.is_err());
    // While the storage does not answer, nobody is let in either.
    let asked = world.people.authenticate(Credential::Session(session.secret.reveal())).await;
    assert!(asked.is_err());
    world.table.revive();
    assert!(world.who(&session).await.is_none());
}

#[tokio::test]
async fn permissions_change_at_once() {
    let world = World::new();
    let mary = world.person("mary", only(Permission::Track)).await;
    let session = world.session(mary).await;
    assert!(!world.who(&session).await.unwrap().may(Permission::Enter));
    let grant = Amendment { permissions: Some(only(Permission::Enter)), ..Amendment::default() };
    world.people.amend_user(&by(), mary, grant, None).await.unwrap();
    let who = world.who(&session).await.unwrap();
    assert!(who.may(Permission::Enter) && !who.may(Permission::Track));
}

#[tokio::test]
async fn people_see_and_end_their_sessions() {
    let world = World::new();
    let mary = world.person("mary", Permissions::NONE).await;
    let first = world.session(mary).await;
    world.later(MINUTE);
    let (second, third) = (world.session(mary).await, world.session(mary).await);
    let listed = world.people.sessions(mary).await.unwrap();
    assert_eq!((listed.len(), listed[0].label.as_str()), (3, "Firefox on Linux"));

    let who = world.who(&second).await.unwrap();
    world.people.sign_out(&who).await.unwrap();
    world.people.sign_out(&who).await.unwrap();
    assert!(world.who(&second).await.is_none());
    let oldest = world.people.sessions(mary).await.unwrap()[1].id;
    world.people.end_session(mary, oldest).await.unwrap();
    assert!(world.who(&first).await.is_none() && world.who(&third).await.is_some());
    assert!(world.people.end_session(mary, oldest).await.is_err());

    let other = world.person("other", Permissions::NONE).await;
    let last = world.people.sessions(mary).await.unwrap()[0].id;
    assert!(world.people.end_session(other, last).await.is_err(), "not theirs");
    world.session(mary).await;
    world.people.end_other_sessions(mary, Some(last)).await.unwrap();
    assert_eq!(world.people.sessions(mary).await.unwrap().len(), 1);
    assert!(world.who(&third).await.is_some());
}

#[tokio::test]
async fn signing_in_ends_the_session_that_was_brought() {
    let world = World::new();
    let mary = world.with_password("mary", Permissions::NONE).await;
    let planted = world.session(mary).await;
    world.who(&planted).await.unwrap();
    let from = Caller { previous: Some(planted.secret.reveal()), ..caller() };
    let session = world.people.sign_in("mary", PASSWORD, from).await.unwrap();
    assert!(world.who(&planted).await.is_none() && world.who(&session).await.is_some());
    assert_ne!(planted.secret, session.secret);
}

#[tokio::test]
async fn old_sessions_do_not_pile_up() {
    let world = World::new();
    let mary = world.person("mary", Permissions::NONE).await;
    let first = world.session(mary).await;
    for _ in 0..30 {
        world.later(SECOND);
        world.session(mary).await;
    }
    assert_eq!(world.people.sessions(mary).await.unwrap().len(), 30);
    assert!(world.who(&first).await.is_none());
    world.later(8 * DAY);
    world.session(mary).await;
    let shard = crate::keys::person_shard(mary);
    let rows = world.table.scan(table::Scan::prefix(shard, b"s", 100)).await.unwrap();
    assert_eq!(rows.entries.len(), 1);
}

#[tokio::test]
async fn a_stolen_table_holds_no_secret() {
    let world = World::new();
    let mary = world.with_password("mary", Permissions::ALL).await;
    let session = world.session(mary).await;
    let who = world.who(&session).await.unwrap();
    let token = crate::people::NewToken {
        name: "scanner".to_owned(),
        permissions: Permissions::NONE,
        expires_at: None,
    };
    let (token, _) = world.people.issue_token(&who, token).await.unwrap();
    let mut all = Vec::new();
    for feed in world.table.feeds().await.unwrap() {
        for change in world.table.changes(feed, 0, 1000).await.unwrap() {
            all.extend(change.key.shard.into_iter().chain(change.key.sort));
            all.extend(change.new.unwrap_or_default());
        }
    }
    let holds = |part: &[u8]| all.windows(part.len()).any(|it| it == part);
    assert!(holds(b"argon2id") && holds(b"scanner"), "the search works");
    for secret in [PASSWORD, session.secret.reveal(), token.reveal()] {
        assert!(!holds(secret.as_bytes()));
    }
    use base64::Engine;
    let raw = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(session.secret.reveal());
    assert!(!holds(&raw.unwrap()[16..]));
}
