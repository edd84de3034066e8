//! Things are found by any word of their name, those that begin so first.

use domain::id::{Subject, SubjectKind};
use service::{Service, keys::Row};
use table::{Guard, Write};

use crate::world::World;

/// What a list of places by name says, page by page of so many.
async fn places(service: &Service, text: &str, limit: usize) -> Vec<String> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let page = service.named(SubjectKind::Place, text, after, limit).await.unwrap();
        assert!(page.names.len() <= limit);
        all.extend(page.names.into_iter().map(|it| it.name));
        after = page.after;
        if after.is_none() {
            return all;
        }
    }
}

#[tokio::test]
async fn a_place_is_found_by_any_word_of_its_name() {
    let world = World::new();
    for name in
        ["Aurora, depot, Lyon", "Aurora, headquarters, Hermitage", "Depot Lyon-Sud", "Lyon Lyon"]
    {
        world.place(name, 45.7, 4.8).await;
    }
    world.projector.catch_up().await.unwrap();
    for limit in [1, 2, 3, 50] {
        let found = |text: &'static str| places(&world.service, text, limit);
        assert_eq!(found("headq").await, ["Aurora, headquarters, Hermitage"]);
        assert_eq!(found("HERMITAGE").await, ["Aurora, headquarters, Hermitage"]);
        assert_eq!(found("depot").await, ["Depot Lyon-Sud", "Aurora, depot, Lyon"]);
        assert_eq!(
            found("lyon").await,
            ["Lyon Lyon", "Aurora, depot, Lyon", "Depot Lyon-Sud"],
            "each once, those that begin so first"
        );
        assert_eq!(found("depot, lyon").await, ["Aurora, depot, Lyon"]);
        assert_eq!(found("yon").await, [""; 0], "a word is found by its beginning");
        let all = ["Aurora, depot, Lyon", "Aurora, headquarters, Hermitage"];
        assert_eq!(found("aurora").await, all);
        assert_eq!(found("").await.len(), 4);
    }
}

#[tokio::test]
async fn a_container_costs_two_rows_and_is_found_by_what_it_is_or_its_number() {
    let world = World::new();
    let truck = Subject::Container(world.truck("Truck WB 7").await);
    world.projector.catch_up().await.unwrap();
    let found = |text: &'static str| {
        let service = world.service.clone();
        async move { service.named(SubjectKind::Container, text, None, 9).await.unwrap().names }
    };
    assert_eq!(found("truck").await[0].subject, truck);
    assert_eq!(found("wb 7").await[0].subject, truck);
    assert!(found("7").await.is_empty(), "a third word has no row");
}

#[tokio::test]
async fn rebuilding_finds_its_rows_in_order_and_writes_those_that_are_lost() {
    let world = World::new();
    let depot = world.place("Aurora, depot, Lyon", 45.7, 4.8).await;
    world.projector.catch_up().await.unwrap();
    let rebuilt = world.service.rebuild(|_| ()).await.unwrap();
    assert_eq!((rebuilt.rows_written, rebuilt.rows_removed), (0, 0));

    let lost = Row::NamedWithin("lyon", Subject::Place(depot)).key();
    world.table.write(vec![Write::delete(lost, Guard::Any)]).await.unwrap();
    assert!(places(&world.service, "lyon", 9).await.is_empty());
    let rebuilt = world.service.rebuild(|_| ()).await.unwrap();
    assert_eq!((rebuilt.rows_written, rebuilt.rows_removed), (1, 0));
    assert_eq!(places(&world.service, "lyon", 9).await, ["Aurora, depot, Lyon"]);
}
