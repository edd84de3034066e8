//! Told twice, in parts, or by subject: always the same drafts under the same ids.

use std::collections::BTreeMap;

use demo::{PAST, Pace, World};
use domain::{
    draft::Draft,
    id::EventId,
    time::{DAY, HOUR, MINUTE, SECOND, Timestamp},
};

use crate::anchor;

fn by_id(drafts: impl IntoIterator<Item = Draft>) -> BTreeMap<EventId, Draft> {
    let mut all = BTreeMap::new();
    for draft in drafts {
        let (id, at) = (draft.id, draft.happened_at);
        assert!(all.insert(id, draft).is_none(), "{id} is told twice, at {at:?}");
    }
    all
}

#[test]
fn the_same_seed_gives_the_same_world_and_another_one_another() {
    let told = |seed| {
        let world = World::new(seed, 300, anchor());
        world.between(anchor().plus(-2 * DAY), anchor().plus(DAY))
    };
    let (first, again, other) = (told(1), told(1), told(2));
    assert!(first.len() > 100, "{}", first.len());
    assert_eq!(first, again);
    assert!(by_id(other).keys().all(|id| !by_id(first.clone()).contains_key(id)));
}

#[test]
fn an_interval_in_parts_is_the_whole_interval() {
    let world = World::new(7, 2_000, anchor());
    let (from, to) = (anchor().plus(-12 * HOUR), anchor().plus(30 * HOUR));
    let whole = world.between(from, to);
    assert!(whole.is_sorted_by_key(|it| (it.happened_at, it.id)));
    let mut parts = Vec::new();
    let (mut at, mut step) = (from, 7 * MINUTE);
    while at < to {
        let next = at.plus(step).min(to);
        parts.extend(world.between(at, next));
        (at, step) = (next, step * 2 % (5 * HOUR) + 1);
    }
    assert_eq!(whole, parts);
    // Cut at the very instant of something, it belongs to the later part.
    let cut = whole[whole.len() / 2].happened_at;
    let mut halves = world.between(from, cut);
    halves.extend(world.between(cut, to));
    assert_eq!(whole, halves);
    assert!(by_id(whole).len() > 500);
}

#[test]
fn the_past_by_subject_is_the_past_by_time() {
    let world = World::new(3, 300, anchor());
    let (begin, until) = (world.begins_at(), anchor().plus(3 * DAY));
    let mut by_subject = Vec::new();
    let mut at = begin.plus(-DAY);
    while at < until {
        let stories = world.begun(at, at.plus(17 * DAY), until);
        by_subject.extend(stories.into_iter().flat_map(|it| it.drafts));
        at = at.plus(17 * DAY);
    }
    let by_time = world.between(begin.plus(-DAY), until);
    assert!(by_time.len() > 2_000, "{}", by_time.len());
    assert_eq!(by_id(by_time), by_id(by_subject));
    assert_eq!(PAST, anchor().since(begin));
}

#[test]
fn fixes_in_parts_are_the_whole_and_thinned_ones_are_among_them() {
    let world = World::new(5, 3_000, anchor());
    let (from, to) = (anchor(), anchor().plus(20 * MINUTE));
    let whole = world.fixes(from, to, Pace::Live);
    let middle = from.plus(9 * MINUTE + 3 * SECOND + 17);
    let mut parts = world.fixes(from, middle, Pace::Live);
    parts.extend(world.fixes(middle, to, Pace::Live));
    assert_eq!(whole, parts);
    let thinned = world.fixes(from, to, Pace::Thinned);
    assert!(!thinned.is_empty() && thinned.len() * 10 < whole.len());
    let moving = thinned.iter().filter(|(_, fix)| fix.course_cdeg.is_some());
    assert!(moving.clone().count() > 5);
    assert!(moving.into_iter().all(|it| whole.contains(it)));
}

#[test]
fn a_size_is_how_many_packages_there_are() {
    for packages in [300, 4_000, 34_800] {
        let world = World::new(1, packages, anchor());
        let (mut count, mut live) = (0, 0);
        let mut at = world.begins_at();
        while at < anchor() {
            let next = at.plus(5 * DAY).min(anchor());
            for story in world.begun(at, next, anchor()) {
                let domain::id::Subject::Package(_) = story.subject else { continue };
                count += 1;
                live += u64::from(crate::lives::is_live(&story));
            }
            at = next;
        }
        println!("{packages}: {count} packages, {live} live, {} troubles", world.troubles());
        assert!(
            count * 100 / packages >= 85 && count * 100 / packages <= 118,
            "{packages}: {count}"
        );
        if packages >= 4_000 {
            let share = live * 1000 / packages;
            assert!((115..165).contains(&share), "{packages}: {live} live");
        }
    }
}

#[test]
fn instants_lie_in_the_interval_that_was_asked_for() {
    let world = World::new(9, 1_000, anchor());
    let (from, to) = (anchor().plus(HOUR), anchor().plus(2 * HOUR));
    let inside = |at: Timestamp| from <= at && at < to;
    assert!(world.between(from, to).iter().all(|it| inside(it.happened_at)));
    assert!(world.fixes(from, to, Pace::Live).iter().all(|(_, fix)| inside(fix.at)));
}
