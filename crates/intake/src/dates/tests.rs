//! Dates that are read, and dates that must not be.

use super::*;

fn read(format: &str, text: &str) -> Result<Moment, InvalidMoment> {
    DateFormat::compile(format).unwrap().parse(text)
}

#[expect(clippy::unnecessary_wraps, reason = "it reads as the outcome it is compared with")]
fn day(year: i16, month: i8, day: i8) -> Result<Moment, InvalidMoment> {
    Ok(Moment::Day(civil::date(year, month, day)))
}

#[expect(clippy::unnecessary_wraps, reason = "it reads as the outcome it is compared with")]
fn local(text: &str) -> Result<Moment, InvalidMoment> {
    Ok(Moment::Local(text.parse().unwrap()))
}

#[expect(clippy::unnecessary_wraps, reason = "it reads as the outcome it is compared with")]
fn instant(text: &str) -> Result<Moment, InvalidMoment> {
    let at: jiff::Timestamp = text.parse().unwrap();
    Ok(Moment::Instant(at.as_millisecond()))
}

#[test]
fn days_are_read_as_people_write_them() {
    assert_eq!(read("%d-%b-%y", "2-Jun-06"), day(2006, 6, 2));
    assert_eq!(read("%d-%b-%y", "29-AUG-14"), day(2014, 8, 29));
    assert_eq!(read("%m/%d/%y", "9/11/14"), day(2014, 9, 11));
    assert_eq!(read("%d.%m.%Y", "01.02.2020"), day(2020, 2, 1));
    assert_eq!(read("%d %B %Y", "3  february 2021"), day(2021, 2, 3));
    assert_eq!(read("%a, %d %b %Y", "Tue, 3 Sept 2019"), day(2019, 9, 3));
    assert_eq!(read("%b. %d, %Y", "Jan. 5, 2020"), day(2020, 1, 5));
    assert_eq!(read("%b %d, %Y", "Jan. 5, 2020"), day(2020, 1, 5));
    assert_eq!(read("%Y%m%d", "20200229"), day(2020, 2, 29));
}

#[test]
fn two_digit_years_turn_at_69() {
    assert_eq!(read("%d/%m/%y", "1/1/68"), day(2068, 1, 1));
    assert_eq!(read("%d/%m/%y", "1/1/69"), day(1969, 1, 1));
    assert_eq!(read("%d/%m/%y", "1/1/00"), day(2000, 1, 1));
    assert_eq!(read("%d/%m/%y", "1/1/99"), day(1999, 1, 1));
}

#[test]
fn times_are_read_with_and_without_their_offset() {
    assert_eq!(read("%d/%m/%Y %H:%M", "5/6/2020 7:08"), local("2020-06-05T07:08:00"));
    assert_eq!(read("%m/%d/%Y %I:%M %p", "6/5/2020 12:08 AM"), local("2020-06-05T00:08:00"));
    assert_eq!(read("%m/%d/%Y %I:%M%p", "6/5/2020 1:08pm"), local("2020-06-05T13:08:00"));
    assert_eq!(read("%F %T%z", "2020-06-05 01:00:00+0530"), instant("2020-06-04T19:30:00Z"));
    assert_eq!(read("%F %T.%f", "2020-06-05 01:00:00.25"), local("2020-06-05T01:00:00.25"));
}

#[test]
fn iso_is_read_in_its_usual_forms() {
    assert_eq!(read("iso", "2020-06-05"), day(2020, 6, 5));
    assert_eq!(read("iso", "20200605"), day(2020, 6, 5));
    assert_eq!(read("iso", "2020-06-05T07:08"), local("2020-06-05T07:08:00"));
    assert_eq!(read("iso", "2020-06-05 07:08:09.5"), local("2020-06-05T07:08:09.5"));
    assert_eq!(read("iso", "2020-06-05T07:08:09Z"), instant("2020-06-05T07:08:09Z"));
    assert_eq!(read("iso", "20200605T070809-0300"), instant("2020-06-05T10:08:09Z"));
    assert_eq!(
        read("iso", "2020-06-05T07:08:09.123456+02:00"),
        instant("2020-06-05T05:08:09.123Z")
    );
    for wrong in ["2020-6-5", "2020-06", "2020-06-05T", "2020-06-05T07", "2020-06-05T07:08+1", "x"]
    {
        assert_eq!(read("iso", wrong), Err(InvalidMoment::Unlike), "{wrong}");
    }
}

#[test]
fn counts_are_read() {
    assert_eq!(read("unix", "1591340889"), instant("2020-06-05T07:08:09Z"));
    assert_eq!(read("unix_ms", "1591340889123"), instant("2020-06-05T07:08:09.123Z"));
    assert_eq!(read("excel", "43987"), day(2020, 6, 5));
    assert_eq!(read("excel", "43987.25"), local("2020-06-05T06:00:00"));
    assert_eq!(read("unix", "-5"), Err(InvalidMoment::Unlike));
    assert!(matches!(read("excel", "12"), Err(InvalidMoment::Impossible(_))));
}

#[test]
fn impossible_dates_are_refused() {
    for (format, text) in [
        ("%d-%b-%y", "30-Feb-14"),
        ("%m/%d/%y", "13/1/14"),
        ("%d/%m/%Y", "29/2/2019"),
        ("%d/%m/%Y %H:%M", "1/2/2019 24:01"),
        ("%d/%m/%Y %I:%M %p", "1/2/2019 13:01 pm"),
        ("iso", "2019-02-29"),
    ] {
        assert!(matches!(read(format, text), Err(InvalidMoment::Impossible(_))), "{text}");
    }
    for text in
        ["", "Date Not Captured", "29-Aug-2014", "29-Aug", "29-Aug-14 ", "29-Agu-14", "é-é-é"]
    {
        assert_eq!(read("%d-%b-%y", text), Err(InvalidMoment::Unlike), "{text}");
    }
}

#[test]
fn the_first_fitting_format_decides() {
    let formats: Vec<DateFormat> =
        ["%d-%b-%y", "%m/%d/%y", "%d/%m/%y"].map(|it| DateFormat::compile(it).unwrap()).into();
    assert_eq!(parse_any(&formats, "5-Mar-14"), day(2014, 3, 5));
    assert_eq!(parse_any(&formats, "3/5/14"), day(2014, 3, 5));
    // Not the 13th of February: one column, one order of day and month.
    assert!(matches!(parse_any(&formats, "13/2/14"), Err(InvalidMoment::Impossible(_))));
    assert_eq!(parse_any(&formats, "soon"), Err(InvalidMoment::Unlike));
}

#[test]
fn formats_that_name_no_day_are_refused() {
    for (format, reason) in [
        ("%d-%b", "no year"),
        ("%Y-%m", "a day and a month"),
        ("%d/%m/%Y %M", "no hour"),
        ("%d/%m/%Y %I:%M", "%p"),
        ("%d/%m/%Y %q", "known after %"),
        ("%d/%m/%Y %", "lone %"),
        ("%d/%d/%m/%Y", "twice"),
    ] {
        let error = DateFormat::compile(format).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn the_example_of_a_format_is_written_like_it() {
    let formats = [
        ("%d.%m.%Y", "31.12.2026"),
        ("%A, %d %b %y", "Thu, 31 Dec 26"),
        ("%Y-%m-%d %I:%M:%S.%f %p %z", "2026-12-31 05:05:09.0 pm +00:00"),
        ("%d/%m/%Y %H:%M", "31/12/2026 17:05"),
        ("iso", "2026-12-31"),
        ("unix", "1798736709"),
        ("unix_ms", "1798736709000"),
        ("excel", "46387"),
    ];
    for (text, example) in formats {
        let format = DateFormat::compile(text).unwrap();
        assert_eq!(format.example(), example);
        let day = match format.parse(example).unwrap() {
            Moment::Local(at) => at.date().to_string(),
            Moment::Instant(at) => jiff::Timestamp::from_millisecond(at).unwrap().to_string(),
            Moment::Day(day) => day.to_string(),
        };
        assert_eq!(&day[..10], "2026-12-31", "{text}");
    }
}
