//! Permissions as sets.

use super::*;

#[test]
fn every_permission_has_its_own_word_and_bit() {
    for (index, permission) in Permission::ALL.iter().enumerate() {
        assert_eq!(permission.word().parse::<Permission>().unwrap(), *permission);
        let alone: Permissions = [*permission].into_iter().collect();
        let others = Permission::ALL.iter().filter(|it| alone.contains(**it)).count();
        assert_eq!(others, 1);
        assert_eq!(*permission as usize, index);
    }
    assert_eq!(Permission::ALL.iter().copied().collect::<Permissions>(), Permissions::ALL);
}

#[test]
fn an_unknown_word_is_told_the_known_ones() {
    let error = "root".parse::<Permission>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"root\" is no permission; allowed: track, enter, manage, audit, admin"
    );
}

#[test]
fn sets_compare_by_what_they_hold() {
    let some = Permissions::NONE.with(Permission::Track).with(Permission::Enter);
    assert!(some.is_within(Permissions::ALL) && !Permissions::ALL.is_within(some));
    assert_eq!(some.and(Permissions::NONE.with(Permission::Enter)).iter().count(), 1);
    assert_eq!(some.without(Permission::Track), Permissions::NONE.with(Permission::Enter));
    assert_eq!(format!("{some:?}"), "{Track, Enter}");
}
