//! Times as people and programs write them.

use super::Time;

fn read(text: &str) -> Result<String, String> {
    text.parse::<Time>().map(|it| it.to_string())
}

#[test]
fn times_are_read_with_any_offset_and_written_in_utc() {
    let cases = [
        ("2026-03-01T09:12:00Z", "2026-03-01T09:12:00.000Z"),
        ("2026-03-01t09:12:00z", "2026-03-01T09:12:00.000Z"),
        ("2026-03-01T09:12:00.123456789+05:30", "2026-03-01T03:42:00.123Z"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
        ("2199-12-31T23:59:59.999Z", "2199-12-31T23:59:59.999Z"),
        ("2024-02-29T00:00:00-00:00", "2024-02-29T00:00:00.000Z"),
    ];
    for (text, written) in cases {
        assert_eq!(read(text).as_deref(), Ok(written), "{text}");
    }
}

#[test]
fn what_is_no_instant_is_refused() {
    for text in [
        "",
        "now",
        "2026-03-01",
        "2026-03-01T09:12:00",
        "2026-3-1T9:12:00Z",
        "2026-02-29T00:00:00Z",
        "2026-03-01T25:00:00Z",
        "2026-03-01T09:12:00Z[UTC]",
        "2026-03-01T09:12:00+99:00",
        "+002026-03-01T09:12:00Z",
        "20260301T091200Z",
        "２026-03-01T09:12:00Z",
        "2200-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59Z",
        "0000-01-01T00:00:00Z",
    ] {
        assert!(read(text).is_err(), "{text}");
    }
    assert!(read(&"2026-03-01T09:12:00Z".repeat(100_000)).is_err());
}
