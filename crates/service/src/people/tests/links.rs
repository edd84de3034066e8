//! Links that sign in once.

use domain::time::MINUTE;

use super::world::*;
use crate::people::{Amendment, Permissions, SignInError};

#[tokio::test]
async fn a_link_works_once_and_for_ten_minutes() {
    let world = World::new();
    let mary = world.person("mary", Permissions::NONE).await;
    let link = world.people.issue_link(&by(), mary).await.unwrap();
    world.later(10 * MINUTE - 1);
    let session = world.people.follow_link(link.reveal(), caller()).await.unwrap();
    assert_eq!(world.who(&session).await.unwrap().user, Some(mary));
    let again = world.people.follow_link(link.reveal(), caller()).await;
    assert_eq!(again.unwrap_err(), SignInError::Wrong);

    let late = world.people.issue_link(&by(), mary).await.unwrap();
    world.later(10 * MINUTE);
    assert!(world.people.follow_link(late.reveal(), caller()).await.is_err());
}

#[tokio::test]
async fn a_link_of_a_disabled_account_is_worth_nothing_ever() {
    let world = World::new();
    let mary = world.person("mary", Permissions::NONE).await;
    let link = world.people.issue_link(&by(), mary).await.unwrap();
    for disabled in [Some(true), Some(false)] {
        let change = Amendment { disabled, ..Amendment::default() };
        world.people.amend_user(&by(), mary, change, None).await.unwrap();
        let followed = world.people.follow_link(link.reveal(), caller()).await;
        assert_eq!(followed.unwrap_err(), SignInError::Wrong);
    }
    let disable = Amendment { disabled: Some(true), ..Amendment::default() };
    world.people.amend_user(&by(), mary, disable, None).await.unwrap();
    assert!(world.people.issue_link(&by(), mary).await.is_err());
}

#[tokio::test]
async fn no_other_secret_passes_for_a_link() {
    let world = World::new();
    let session = world.session(world.person("mary", Permissions::NONE).await).await;
    for text in ["", "x", session.secret.reveal()] {
        let followed = world.people.follow_link(text, caller()).await;
        assert_eq!(followed.unwrap_err(), SignInError::Wrong);
    }
}
