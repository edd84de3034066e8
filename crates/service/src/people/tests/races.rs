//! What happens when two do something at the same time.

use futures::future::{join, join3};

use super::world::*;
use crate::people::{AccountError, Amendment, NewUser, Permissions, SetupError};

/// Orders of events tried for each race.
const SEEDS: u64 = 200;

fn disable() -> Amendment {
    Amendment { disabled: Some(true), ..Amendment::default() }
}

#[tokio::test]
async fn two_administrators_who_disable_each_other_leave_one() {
    for seed in 0..SEEDS {
        let world = World::interleaved(seed);
        let anna = world.person("anna", Permissions::ALL).await;
        let bert = world.person("bert", Permissions::ALL).await;
        let people = &world.people;
        let (a, b) =
            join(people.amend_user(&by(), anna, disable(), None), people.delete_user(&by(), bert))
                .await;
        let refused = [a.err(), b.err()];
        let last = refused.iter().filter(|it| **it == Some(AccountError::LastAdmin)).count();
        assert_eq!((last, refused.iter().flatten().count()), (1, 1), "seed {seed}: {refused:?}");
    }
}

#[tokio::test]
async fn two_setups_make_one_administrator() {
    for seed in 0..12 {
        let world = World::interleaved(seed);
        let token = world.people.ensure_setup().await.unwrap().unwrap();
        let set_up = |name| world.people.complete_setup(token.reveal(), name, PASSWORD);
        let (a, b, again) =
            join3(set_up("anna"), set_up("bert"), world.elsewhere().ensure_setup()).await;
        let made = [&a, &b].iter().filter(|it| it.is_ok()).count();
        // A token that another start makes at this moment takes this one's place.
        let replaced = again.unwrap().is_some() && made == 0;
        assert!(made == 1 || replaced, "seed {seed}: {a:?} {b:?}");
        for error in [a.err(), b.err()].into_iter().flatten() {
            assert!(matches!(error, SetupError::Closed | SetupError::Wrong), "{error:?}");
        }
    }
}

#[tokio::test]
async fn two_who_want_one_name_do_not_both_get_it() {
    for seed in 0..SEEDS {
        let world = World::interleaved(seed);
        let john = world.person("john", Permissions::NONE).await;
        let rename = Amendment { name: Some("Mary".to_owned()), ..Amendment::default() };
        let new = NewUser { name: "mary".to_owned(), ..NewUser::default() };
        let (a, b) = join(
            world.people.amend_user(&by(), john, rename, None),
            world.people.create_user(&by(), new),
        )
        .await;
        let winner = match (a, b) {
            (Ok(user), Err(_)) | (Err(_), Ok(user)) => user,
            both => panic!("seed {seed}: {both:?}"),
        };
        assert_eq!(world.people.user_named("mary").await.unwrap().unwrap().id, winner.id);
        assert_eq!(world.people.user_named("john").await.unwrap().is_some(), winner.id != john);
    }
}

#[tokio::test]
async fn a_link_followed_twice_at_once_signs_in_once() {
    for seed in 0..SEEDS {
        let world = World::interleaved(seed);
        let mary = world.person("mary", Permissions::NONE).await;
        let link = world.people.issue_link(&by(), mary).await.unwrap();
        let follow = || world.people.follow_link(link.reveal(), caller());
        let (a, b) = join(follow(), follow()).await;
        assert!(a.is_ok() != b.is_ok(), "seed {seed}");
    }
}

#[tokio::test]
async fn nothing_that_began_before_disabling_goes_on_after_it() {
    for seed in 0..SEEDS {
        let world = World::interleaved(seed);
        let mary = world.person("mary", Permissions::NONE).await;
        let before = world.session(mary).await;
        let link = world.people.issue_link(&by(), mary).await.unwrap();
        let (_, during, disabled) = join3(
            world.who(&before),
            world.people.follow_link(link.reveal(), caller()),
            world.people.amend_user(&by(), mary, disable(), None),
        )
        .await;
        disabled.unwrap();
        assert!(world.who(&before).await.is_none(), "seed {seed}");
        if let Ok(session) = during {
            assert!(world.who(&session).await.is_none(), "seed {seed}");
        }
    }
}

#[tokio::test]
async fn using_a_session_does_not_bring_back_one_that_ends() {
    for seed in 0..SEEDS {
        let world = World::interleaved(seed);
        let mary = world.person("mary", Permissions::NONE).await;
        let session = world.session(mary).await;
        world.later(10 * domain::time::MINUTE);
        let id = world.people.sessions(mary).await.unwrap()[0].id;
        let (_, ended) = join(world.who(&session), world.people.end_session(mary, id)).await;
        ended.unwrap();
        assert!(world.who(&session).await.is_none(), "seed {seed}");
        assert_eq!(world.people.sessions(mary).await.unwrap(), []);
    }
}
