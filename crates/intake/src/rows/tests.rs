//! Every way a table is written, and every way it can be broken.

use std::io::{self, Read};

use encoding_rs::{UTF_8, WINDOWS_1252};

use super::*;

/// A source that gives a few bytes at a time, as networks do.
struct Trickle<'a>(&'a [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.1.min(self.0.len()).min(into.len());
        into[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

type Outcome = Result<(u64, Vec<String>), (u64, Option<String>, String)>;

struct Table {
    header: Vec<String>,
    dialect: Dialect,
    outcomes: Vec<Outcome>,
}

fn read_with(bytes: &[u8], options: &Options) -> Result<Table, FileError> {
    let whole = read_from(bytes, options);
    let trickled = read_from(Trickle(bytes, 7), options);
    if let (Ok(whole), Ok(trickled)) = (&whole, &trickled) {
        assert_eq!(whole.outcomes, trickled.outcomes, "the size of the reads made a difference");
    }
    whole
}

fn read_from(source: impl Read, options: &Options) -> Result<Table, FileError> {
    let mut rows = Rows::open(source, options)?;
    let (mut row, mut outcomes) = (Row::default(), Vec::new());
    loop {
        match rows.read(&mut row)? {
            Step::End => break,
            Step::Row => outcomes.push(Ok((row.line, row.cells().map(str::to_owned).collect()))),
            Step::Bad(it) => outcomes.push(Err((it.line, it.column, it.reason))),
        }
        assert_eq!(row.ordinal, outcomes.len() as u64);
    }
    Ok(Table { header: rows.header().to_vec(), dialect: rows.dialect(), outcomes })
}

fn read(bytes: impl AsRef<[u8]>) -> Table {
    read_with(bytes.as_ref(), &Options::default()).unwrap()
}

fn refusal(bytes: impl AsRef<[u8]>) -> String {
    match read_with(bytes.as_ref(), &Options::default()) {
        Ok(_) => panic!("it was read"),
        Err(error) => error.to_string(),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it reads as the outcome it is compared with")]
fn row(line: u64, cells: &[&str]) -> Outcome {
    Ok((line, cells.iter().map(|it| (*it).to_owned()).collect()))
}

fn bad(line: u64, column: Option<&str>, reason: &str) -> Outcome {
    Err((line, column.map(str::to_owned), reason.to_owned()))
}

fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(to_bytes).collect()
}

const IVORY: &str = "id,country\n1,Côte d'Ivoire\n2,Perú\n";

#[test]
fn every_delimiter_is_found() {
    for mark in [",", ";", "\t", "|"] {
        let table = read(format!("id{mark}name\n1{mark}a b\n2{mark}c\n"));
        assert_eq!(table.header, ["id", "name"], "{mark:?}");
        assert_eq!(table.outcomes, [row(2, &["1", "a b"]), row(3, &["2", "c"])], "{mark:?}");
        assert_eq!(table.dialect.delimiter, mark.chars().next());
    }
}

#[test]
fn decimal_commas_do_not_hide_semicolons() {
    let table = read("id;kg;price\n1;1,5;2,25\n2;0,5;9,00\n");
    assert_eq!(table.outcomes[0], row(2, &["1", "1,5", "2,25"]));
}

#[test]
fn delimiters_inside_quotes_do_not_count() {
    let table = read("id,text\n1,\"a;b;c\"\n2,\"d;e;f\"\n3,\"g;h;i\"\n");
    assert_eq!(table.dialect.delimiter, Some(','));
    assert_eq!(table.outcomes[0], row(2, &["1", "a;b;c"]));
}

#[test]
fn one_column_is_a_table_too() {
    let table = read("number\n1Z999\n1Z998\n");
    assert_eq!((table.header, table.outcomes.len()), (vec!["number".to_owned()], 2));
}

#[test]
fn the_separator_line_of_spreadsheets_is_obeyed() {
    let table = read("sep=;\r\nid;a,b\r\n1;2\r\n");
    assert_eq!(table.header, ["id", "a,b"]);
    assert_eq!(table.outcomes, [row(3, &["1", "2"])]);
}

#[test]
fn every_line_end_ends_a_line() {
    for (end, name) in [("\n", "LF"), ("\r\n", "CRLF"), ("\r", "CR")] {
        let table = read(["id,name", "1,a", "", "2,b"].join(end));
        assert_eq!(table.outcomes, [row(2, &["1", "a"]), row(4, &["2", "b"])], "{name}");
    }
    let mixed = read("id,name\r1,a\n2,b\r\n3,c\r\r4,d");
    let expected =
        [row(2, &["1", "a"]), row(3, &["2", "b"]), row(4, &["3", "c"]), row(6, &["4", "d"])];
    assert_eq!(mixed.outcomes, expected);
}

#[test]
fn quoted_cells_keep_line_ends_quotes_and_delimiters() {
    let table = read("id,note\n1,\"two\r\nlines, \"\"quoted\"\"\"\n2,x\n");
    assert_eq!(table.outcomes, [row(2, &["1", "two\r\nlines, \"quoted\""]), row(4, &["2", "x"])]);
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_name() {
    assert_eq!(read(b"\xEF\xBB\xBFid,name\n1,a\n").header, ["id", "name"]);
}

#[test]
fn utf_16_is_read_with_and_without_its_mark() {
    for (name, to_bytes) in
        [("UTF-16LE", u16::to_le_bytes as fn(u16) -> [u8; 2]), ("UTF-16BE", u16::to_be_bytes)]
    {
        for mark in ["", "\u{FEFF}"] {
            let table = read(utf16(&format!("{mark}{IVORY}"), to_bytes));
            assert_eq!(table.dialect.encoding, name);
            assert_eq!(table.header, ["id", "country"]);
            assert_eq!(table.outcomes[0], row(2, &["1", "Côte d'Ivoire"]));
        }
    }
}

#[test]
fn latin_1_is_told_from_utf_8() {
    let (latin, _, lossy) = WINDOWS_1252.encode(IVORY);
    assert!(!lossy);
    let table = read(&*latin);
    assert_eq!(table.dialect.encoding, "windows-1252");
    assert_eq!(table.outcomes, [row(2, &["1", "Côte d'Ivoire"]), row(3, &["2", "Perú"])]);
    let table = read(IVORY);
    assert_eq!(table.dialect.encoding, "UTF-8");
    assert_eq!(table.outcomes[0], row(2, &["1", "Côte d'Ivoire"]));
}

#[test]
fn other_alphabets_are_recognised() {
    let city = "город,страна\nМосква,Россия\nНовосибирск,Россия\nКазань,Россия\n";
    let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(city);
    assert_eq!(read(&*bytes).outcomes[0], row(2, &["Москва", "Россия"]));
    let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode("都市,国\n東京都,日本\n大阪府,日本です\n");
    assert_eq!(read(&*bytes).outcomes[0], row(2, &["東京都", "日本"]));
}

#[test]
fn the_first_accent_may_come_late() {
    let plain: Vec<String> = (0..30_000).map(|id| format!("{id},Uganda\n")).collect();
    let text = format!("id,country\n{}x,Côte d'Ivoire\n", plain.concat());
    assert!(text.len() > 5 * text::WINDOW_BYTES);
    let (latin, _, _) = WINDOWS_1252.encode(&text);
    for bytes in [text.as_bytes(), &latin] {
        let table = read(bytes);
        assert_eq!(table.outcomes.len(), 30_001);
        assert_eq!(table.outcomes[30_000], row(30_002, &["x", "Côte d'Ivoire"]));
    }
}

#[test]
fn a_broken_character_is_its_own_rows_fault() {
    let bytes = [
        b"id,name\n1,\xC3\xA9t\xC3\xA9\n2,\xC3\xA9\xC3\xA8\n".as_slice(),
        b"3,a\xFFb\n4,\xC3\xAA\n",
    ];
    let table = read(bytes.concat());
    assert_eq!(table.dialect.encoding, "UTF-8");
    assert_eq!(table.outcomes[0], row(2, &["1", "été"]));
    let reason = "bytes that are no character of UTF-8, the file's encoding";
    assert_eq!(table.outcomes[2], bad(4, Some("name"), reason));
    assert_eq!(table.outcomes[3], row(5, &["4", "ê"]));
}

#[test]
fn a_replacement_character_in_the_file_is_no_fault() {
    assert_eq!(read("id,name\n1,a\u{FFFD}b\n").outcomes, [row(2, &["1", "a\u{FFFD}b"])]);
}

#[test]
fn a_given_encoding_wins() {
    let options = Options { encoding: Some(UTF_8), ..Options::default() };
    let (latin, _, _) = WINDOWS_1252.encode(IVORY);
    let table = read_with(&latin, &options).unwrap();
    assert!(table.outcomes.iter().all(Result::is_err));
}

#[test]
fn ragged_rows_are_refused_by_line() {
    let table = read("a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,2,3,,\n4,5,6\n");
    assert_eq!(table.outcomes[1], bad(3, None, "2 cells; the header has 3"));
    assert_eq!(table.outcomes[2], bad(4, None, "4 cells; the header has 3"));
    assert_eq!(table.outcomes[3], row(5, &["1", "2", "3"]));
    assert_eq!(table.outcomes[4], row(6, &["4", "5", "6"]));
}

#[test]
fn rows_without_text_are_no_rows() {
    let table = read("a,b\n,\n  , \n1,2\n,\n");
    assert_eq!(table.outcomes, [row(4, &["1", "2"])]);
}

#[test]
fn a_cell_of_10_mb_costs_one_row_and_little_memory() {
    let mut text = "id,note\n1,\"".to_owned();
    text.push_str(&"very long\n".repeat(1_000_000));
    text.push_str("\"\n2,short\n");
    let table = read(text);
    assert_eq!(table.outcomes[0], bad(2, Some("note"), "a cell of more than 64 KB"));
    assert_eq!(table.outcomes[1], row(1_000_003, &["2", "short"]));
}

#[test]
fn limits_hold_at_their_edge() {
    let fits = "x".repeat(CELL_BYTES_MAX);
    assert_eq!(read(format!("id,note\n1,{fits}\n")).outcomes, [row(2, &["1", &fits])]);
    let table = read(format!("id,note\n1,{fits}x\n2,y\n"));
    assert_eq!(table.outcomes[0], bad(2, Some("note"), "a cell of more than 64 KB"));
    assert_eq!(table.outcomes[1], row(3, &["2", "y"]));

    let header: Vec<String> = (0..40).map(|it| format!("c{it}")).collect();
    let long = vec!["y".repeat(60_000); 40].join(",");
    let table = read(format!("{}\n{long}\n{}\n", header.join(","), vec!["z"; 40].join(",")));
    assert_eq!(table.outcomes[0], bad(2, None, "more than 1024 KB"));
    assert!(table.outcomes[1].is_ok());

    let wide = vec!["w"; COLUMNS_MAX + 1].join(",");
    assert_eq!(
        refusal(format!("{wide}\n")),
        "the first row must name the columns: more than 512 cells"
    );
    let table = read(format!("a,b\n{wide}\n1,2\n"));
    assert_eq!(table.outcomes, [bad(2, None, "more than 512 cells"), row(3, &["1", "2"])]);
}

#[test]
fn zero_bytes_are_refused_by_cell() {
    let table = read("id,name\n1,a\0b\n2,c\n");
    assert_eq!(table.outcomes[0], bad(2, Some("name"), "a zero byte, which no text has"));
    assert_eq!(table.outcomes[1], row(3, &["2", "c"]));
}

#[test]
fn a_quote_that_never_closes_is_said() {
    let table = read("id,name\n1,a\n2,\"b\n3,c\n");
    assert_eq!(table.outcomes[0], row(2, &["1", "a"]));
    assert_eq!(table.outcomes[1], bad(3, Some("name"), "a quoted cell that is never closed"));
    assert_eq!(table.outcomes.len(), 2);
}

#[test]
fn the_last_line_may_lack_its_end() {
    assert_eq!(read("id,name\n1,\"a\"").outcomes, [row(2, &["1", "a"])]);
    assert_eq!(read("id,name\n1,").outcomes, [row(2, &["1", ""])]);
}

#[test]
fn a_header_alone_has_no_rows() {
    for text in ["id,name", "id,name\n", "\n\nid,name\r\n\r\n"] {
        let table = read(text);
        assert_eq!((table.header.len(), table.outcomes.len()), (2, 0), "{text:?}");
    }
}

#[test]
fn what_is_no_table_is_refused_with_a_reason() {
    for empty in ["", "\n\n\r\n", "\u{FEFF}"] {
        assert_eq!(refusal(empty), "the file is empty", "{empty:?}");
    }
    assert!(refusal(b"PK\x03\x04rest").contains("Excel workbook"));
    assert!(refusal(b"\x1F\x8B\x08rest").contains("gzip"));
    assert!(refusal(b"[{\"id\": 1}]").contains("a JSON array"));
    assert!(refusal(" , , \n1,2,3\n").contains("holds no text"));
}

#[test]
fn a_failing_source_is_said() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let Err(error) = Rows::open(Failing, &Options::default()) else { panic!("it was read") };
    assert_eq!(error.to_string(), "the file cannot be read: the disk is gone");
}

#[test]
fn objects_become_rows() {
    let table = read(concat!(
        "{\"id\": 7, \"name\": \"a \\\"b\\\"\\u00e9\", \"to\": {\"city\": \"Lagos\", \"zip\": null}}\n",
        "\r\n",
        "{\"to\": {\"city\": \"Kano\"}, \"id\": 8, \"price\": 68817849.10, \"tags\": [\"x\", {\"y\": true}]}\n",
    ));
    let header = ["id", "name", "to.city", "to.zip", "price", "tags.0", "tags.1.y"];
    assert_eq!(table.header, header);
    assert_eq!(table.outcomes[0], row(1, &["7", "a \"b\"é", "Lagos", ""]));
    assert_eq!(table.outcomes[1], row(3, &["8", "", "Kano", "", "68817849.10", "x", "true"]));
    assert_eq!(table.dialect.format, Format::Ndjson);
}

#[test]
fn broken_objects_are_refused_one_by_one() {
    let deep = format!("{}1{}", "{\"a\":".repeat(40), "}".repeat(40));
    let deeper = "[".repeat(100_000);
    let table = read(format!(
        "{{\"id\": 1}}\n{{\"id\": \n[1]\n{{\"id\": 1, \"id\": 2}}\n{deep}\n{{\"a\":{deeper}\n{{\"id\": 2}}\n"
    ));
    let reasons: Vec<&str> = table
        .outcomes
        .iter()
        .map(|it| it.as_ref().map_or_else(|(_, _, reason)| reason.as_str(), |_| "fine"))
        .collect();
    assert_eq!(reasons[0], "fine");
    assert_eq!(reasons[1], "malformed JSON at column 7: EOF while parsing a value");
    assert_eq!(reasons[2], "a JSON object on one line is expected");
    assert_eq!(table.outcomes[3], bad(4, Some("id"), "the name comes twice in one object"));
    assert_eq!(reasons[4], "values nested more than 16 deep");
    assert!(reasons[5].starts_with("malformed JSON at column 100005: EOF"), "{}", reasons[5]);
    assert_eq!(reasons[6], "fine");
}

#[test]
fn columns_that_are_asked_for_come_first() {
    let options =
        Options { columns: vec!["ship.to".to_owned(), "id".to_owned()], ..Options::default() };
    let mut rows = Rows::open(b"{\"x\":1,\"id\":2}\n".as_slice(), &options).unwrap();
    let mut row = Row::default();
    assert_eq!(rows.read(&mut row).unwrap(), Step::Row);
    assert_eq!(rows.header(), ["ship.to", "id", "x"]);
    assert_eq!(row.cells().collect::<Vec<_>>(), ["", "2", "1"]);
    assert_eq!(rows.columns_never_seen(), ["ship.to"]);
}

#[test]
fn a_line_of_ndjson_has_a_limit() {
    let long = format!("{{\"a\": \"{}\"}}\n{{\"a\": 1}}\n", "x".repeat(ROW_BYTES_MAX));
    let table = read(long);
    assert_eq!(table.outcomes, [bad(1, None, "more than 1024 KB"), row(2, &["1"])]);
    let cell = format!("{{\"id\":1, \"a\": \"{}\"}}\n", "x".repeat(CELL_BYTES_MAX + 1));
    assert_eq!(read(cell).outcomes, [bad(1, Some("a"), "a cell of more than 64 KB")]);
}
