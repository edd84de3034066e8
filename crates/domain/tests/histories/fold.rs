//! Whatever the order, repetition and batching in which events arrive, they
//! amount to the same bytes.

use domain::{
    event::Event,
    state::{State, fold},
    time::HOUR,
};
use proptest::prelude::*;

use crate::samples::package_history;

/// A history, and the same events in another order, each one to five times; when
/// a repetition is learned later its own clock reading is later too.
fn retold() -> impl Strategy<Value = (Vec<Event>, Vec<Event>)> {
    package_history().prop_flat_map(|events| {
        let times = proptest::collection::vec(1..=5usize, events.len());
        (Just(events), times).prop_flat_map(|(events, times)| {
            let mut again: Vec<Event> = Vec::new();
            for (event, times) in events.iter().zip(times) {
                for telling in 0..times {
                    let mut event = event.clone();
                    event.recorded_at = event.recorded_at.plus(telling as i64 * 3 * HOUR);
                    again.push(event);
                }
            }
            (Just(events), Just(again).prop_shuffle())
        })
    })
}

/// Takes events in one by one, the way a recorder does.
fn one_by_one(events: &[Event]) -> State {
    let mut taken: Vec<Event> = Vec::new();
    let mut state = State::default();
    for event in events {
        if taken.iter().any(|it| it.id == event.id) {
            continue;
        }
        taken.push(event.clone());
        state = state.advanced(event).unwrap_or_else(|| fold(&taken));
    }
    state
}

proptest! {
    #![proptest_config(depth::usual())]

    #[test]
    fn order_and_repetition_leave_no_trace((events, again) in retold()) {
        prop_assert_eq!(fold(&events).to_bytes(), fold(&again).to_bytes());
    }

    #[test]
    fn taking_events_in_one_by_one_gives_the_same(
        (events, shuffled) in package_history()
            .prop_flat_map(|it| (Just(it.clone()), Just(it).prop_shuffle())),
    ) {
        let whole = fold(&events);
        prop_assert_eq!(&one_by_one(&shuffled), &whole);
        prop_assert_eq!(one_by_one(&shuffled).to_bytes(), whole.to_bytes());
    }

    #[test]
    fn stored_bytes_read_back_as_what_was_stored(events in package_history()) {
        for event in &events {
            let bytes = event.to_bytes();
            let read = Event::from_bytes(&bytes).expect("own bytes are readable");
            prop_assert_eq!(&read, event);
            prop_assert_eq!(read.to_bytes(), bytes);
        }
        let state = fold(&events);
        let read = State::from_bytes(&state.to_bytes()).expect("own bytes are readable");
        prop_assert_eq!(read.to_bytes(), state.to_bytes());
        prop_assert_eq!(read, state);
    }
}
