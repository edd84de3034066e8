//! Any bytes, and fixtures with some bytes overwritten, as stored events and
//! states: what is read is written again as the same value, and can be logged
//! and folded.

#![no_main]

use std::sync::LazyLock;

use domain::{
    event::Event,
    leaf::leaf,
    state::{State, fold},
};
use libfuzzer_sys::fuzz_target;

static EVENTS: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| fixtures(include_str!("../../crates/domain/tests/fixtures/v1/events.txt")));
static STATES: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| fixtures(include_str!("../../crates/domain/tests/fixtures/v1/states.txt")));

fuzz_target!(|bytes: &[u8]| {
    event(bytes);
    state(bytes);
    let Some((&[number, at, drop], over)) = bytes.split_first_chunk() else { return };
    event(&changed(&EVENTS, number, at, drop, over));
    state(&changed(&STATES, number, at, drop, over));
});

fn event(bytes: &[u8]) {
    let Ok(event) = Event::from_bytes(bytes) else { return };
    assert_eq!(Event::from_bytes(&event.to_bytes()).expect("own bytes are readable"), event);
    let _ = leaf(&event, 1, None);
    let state = fold(std::slice::from_ref(&event));
    let _ = state.advanced(&event);
}

fn state(bytes: &[u8]) {
    let Ok(state) = State::from_bytes(bytes) else { return };
    assert_eq!(State::from_bytes(&state.to_bytes()).expect("own bytes are readable"), state);
}

/// A fixture in which some bytes are replaced by others, not always as many.
fn changed(fixtures: &[Vec<u8>], number: u8, at: u8, drop: u8, over: &[u8]) -> Vec<u8> {
    let fixture = &fixtures[usize::from(number) % fixtures.len()];
    let at = usize::from(at) % fixture.len();
    let end = (at + usize::from(drop % 16)).min(fixture.len());
    [&fixture[..at], over, &fixture[end..]].concat()
}

fn fixtures(text: &str) -> Vec<Vec<u8>> {
    let lines = text.lines().filter_map(|it| it.rsplit_once(' '));
    lines.map(|(_, hex)| hex.as_bytes().chunks(2).map(byte).collect()).collect()
}

fn byte(pair: &[u8]) -> u8 {
    let pair = std::str::from_utf8(pair).expect("fixtures are text");
    u8::from_str_radix(pair, 16).expect("fixtures are hexadecimal")
}
