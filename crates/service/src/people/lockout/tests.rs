//! How wrong attempts are counted, delayed and forgotten.

use super::*;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_772_409_600_000 + millis).unwrap()
}

/// The delay after each of `count` attempts, each made as soon as it may be.
fn delays(rule: Rule, count: usize) -> Vec<Millis> {
    let (mut row, mut now) = (None, at(0));
    std::iter::repeat_with(|| {
        let next = counted(rule, row, now);
        row = Some(next);
        let delay = next.locked_until.since(now);
        now = next.locked_until;
        delay
    })
    .take(count)
    .collect()
}

#[test]
fn delays_double_up_to_a_quarter_of_an_hour_and_stay_there() {
    let seconds: Vec<i64> = delays(PAIR, 40).iter().map(|it| it / SECOND).collect();
    assert_eq!(seconds[..7], [0, 0, 0, 0, 1, 2, 4]);
    assert_eq!(*seconds.iter().max().unwrap(), 900);
    // Whoever goes on as fast as allowed has four attempts an hour.
    assert!(seconds[20..].iter().all(|it| *it >= 450), "{seconds:?}");
}

#[test]
fn an_address_goes_on_with_one_attempt_a_second() {
    let delays = delays(SOURCE, 1000);
    assert!(delays[..199].iter().all(|it| *it == 0));
    assert!(delays[199..].iter().all(|it| *it == SECOND));
}

#[test]
fn one_attempt_is_forgotten_at_a_time() {
    let mut row = None;
    for _ in 0..8 {
        row = Some(counted(PAIR, row, at(0)));
    }
    let later = |millis| counted(PAIR, row, at(millis)).count;
    assert_eq!(later(0), 9);
    assert_eq!(later(PAIR.forget - 1), 9);
    assert_eq!(later(PAIR.forget), 8);
    assert_eq!(later(8 * PAIR.forget), 1);
    assert_eq!(later(8_000 * PAIR.forget), 1);
    assert_eq!(row.unwrap().expires_at, at(8 * PAIR.forget));
}

#[test]
fn a_clock_that_goes_back_forgives_nothing() {
    let row = counted(PAIR, None, at(0));
    assert_eq!(counted(PAIR, Some(row), at(-PAIR.forget * 10)).count, 2);
}

#[test]
fn nothing_overflows() {
    let row =
        FailuresRow { count: u32::MAX, last_at: at(0), locked_until: at(0), expires_at: at(0) };
    let next = counted(ACCOUNT, Some(row), at(0));
    assert_eq!(next.locked_until, at(ACCOUNT.delay_max));
}
