//! Changes that are gone before the projector has read them.

use domain::{
    event::{Fact, Holder},
    id::Subject,
};
use service::packages::Filter;
use table::Error;

use crate::world::World;

#[tokio::test]
async fn rows_come_out_right_when_changes_are_gone_unread() {
    let world = World::new();
    let (one, two) = (world.truck("Truck 1").await, world.truck("Truck 2").await);
    let early = world.package("1Z1").await;
    world.load(early, one, 1).await.unwrap();
    // Every feed has been read to some point.
    for number in 0..24 {
        world.package(&format!("early {number}")).await;
    }
    world.projector.catch_up().await.unwrap();

    // The projector sleeps for longer than changes are kept.
    world.load(early, two, 2).await.unwrap();
    let late = world.package("1Z2").await;
    world.load(late, two, 3).await.unwrap();
    for number in 0..24 {
        world.package(&format!("late {number}")).await;
    }
    let mut gone = 0;
    for feed in world.projector.feeds().await.unwrap() {
        let newest = world.table.newest(feed).await.unwrap();
        world.table.trim(feed, newest).await.unwrap();
        gone += usize::from(world.table.changes(feed, 1, 1).await == Err(Error::Trimmed(feed)));
    }
    assert!(gone > 0, "no change is gone: nothing is tested here");
    let listed =
        async || world.service.list(&Filter::default(), None, 500).await.unwrap().lines.len();
    assert_eq!(listed().await, 25, "nothing new was read");

    world.projector.catch_up().await.unwrap();
    assert_eq!(listed().await, 50);
    let held = async |truck| {
        let page = world.service.members(Subject::Container(truck), None, 10).await.unwrap();
        page.members.len()
    };
    assert_eq!((held(one).await, held(two).await), (0, 2));
    let rebuilt = world.service.rebuild(|_| ()).await.unwrap();
    assert_eq!((rebuilt.heads_repaired, rebuilt.rows_written, rebuilt.rows_removed), (0, 0, 0));

    // And it goes on as before, change by change.
    let out = Fact::Left(Holder::Container(two));
    world.say(Subject::Package(late), 5, out).await.unwrap();
    world.projector.catch_up().await.unwrap();
    assert_eq!(held(two).await, 1);
}
