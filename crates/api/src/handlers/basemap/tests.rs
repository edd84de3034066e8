//! What a `Range` asks for, word by word.

use super::*;

#[test]
fn parts_are_cut_to_what_there_is() {
    assert_eq!(part("bytes=0-99", 1000), Wanted::Part(0..100));
    assert_eq!(part("bytes=900-5000", 1000), Wanted::Part(900..1000));
    assert_eq!(part("bytes=999-", 1000), Wanted::Part(999..1000));
    assert_eq!(part("bytes=-10", 1000), Wanted::Part(990..1000));
    assert_eq!(part("bytes=-5000", 1000), Wanted::Part(0..1000));
    assert_eq!(part("bytes=5-18446744073709551615", 1000), Wanted::Part(5..1000));
}

#[test]
fn what_lies_beyond_the_end_is_not_there() {
    for range in ["bytes=1000-", "bytes=1000-1001", "bytes=-0"] {
        assert_eq!(part(range, 1000), Wanted::Nothing, "{range}");
    }
    assert_eq!(part("bytes=0-0", 0), Wanted::Nothing);
}

#[test]
fn what_cannot_be_understood_asks_for_everything() {
    for range in
        ["", "bytes", "bytes=", "bytes=-", "bytes=9-1", "bytes=0-1,5-6", "lines=0-1", "bytes=a-b"]
    {
        assert_eq!(part(range, 1000), Wanted::Whole, "{range}");
    }
}
