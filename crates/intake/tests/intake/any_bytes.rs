//! Whatever bytes come, reading ends, never panics and says what became of
//! every record exactly once.

use std::{io::Read, sync::Arc};

use intake::{
    mapping::{Found, FoundPlace, Mapping, PlaceFinder, Question, parse_all},
    rows::{Options, Row, Rows, Step},
};
use proptest::prelude::*;

/// Knows every place whose name has an even length.
struct Even;

impl PlaceFinder for Even {
    fn find(&self, Question { text, .. }: Question<'_>) -> Found {
        if !text.len().is_multiple_of(2) {
            return Found::None;
        }
        Found::One(FoundPlace { key: text.to_owned(), name: text.to_owned(), time_zone: None })
    }
}

/// Gives as many bytes at a time as it is told.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.1.min(self.0.len()).min(into.len());
        into[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

/// Everything a reader says about a source.
fn read(source: impl Read) -> Result<Vec<String>, String> {
    let mut rows = Rows::open(source, &Options::default()).map_err(|it| it.to_string())?;
    let (mut row, mut said, mut line) = (Row::default(), Vec::new(), 0);
    loop {
        match rows.read(&mut row).map_err(|it| it.to_string())? {
            Step::End => return Ok(said),
            Step::Row => said.push(format!("{} {:?}", row.line, row.cells().collect::<Vec<_>>())),
            Step::Bad(error) => said.push(error.to_string()),
        }
        assert_eq!(row.ordinal, said.len() as u64, "one outcome per record");
        assert!(row.line > line, "two outcomes on line {line}");
        line = row.line;
    }
}

/// Text that looks like tables often enough to get deep into the reader.
fn table_like() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => "[a-z0-9]{0,6}",
        3 => Just(",".to_owned()),
        2 => Just("\n".to_owned()),
        1 => Just("\r\n".to_owned()),
        1 => Just("\r".to_owned()),
        2 => Just("\"".to_owned()),
        1 => Just(";".to_owned()),
        1 => Just("{\"a\":".to_owned()),
        1 => Just("}".to_owned()),
        1 => Just("\u{FEFF}".to_owned()),
        1 => Just("é日\0".to_owned()),
        1 => Just("See 1".to_owned()),
        1 => Just("1/2/20".to_owned()),
    ];
    prop::collection::vec(piece, 0..200).prop_map(|it| it.concat().into_bytes())
}

fn anything() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => table_like(),
        1 => prop::collection::vec(any::<u8>(), 0..2000),
        1 => (table_like(), any::<prop::sample::Index>(), any::<u8>()).prop_map(
            |(mut bytes, index, byte)| {
                if !bytes.is_empty() {
                    let at = index.index(bytes.len());
                    bytes[at] = byte;
                }
                bytes
            }
        ),
    ]
}

const MAPPING: &str = r#"
name = "any"
key = ["a"]
registered_at = [{ column = "b", formats = ["%d/%m/%y", "iso"] }]
note_columns = ["c"]
[package]
destination = { column = "c" }
weight = { column = "d", unit = "kg" }
[[cost]]
kind = "freight"
column = "d"
currency = "USD"
shared = 'See (\d+)'
words = ["x"]
[[event]]
kind = "arrived"
at = { column = "c", formats = ["%d/%m/%y"] }
"#;

proptest! {
    #![proptest_config(depth::usual())]

    #[test]
    fn the_reader_says_one_thing_per_record(bytes in anything(), piece in 1usize..50) {
        prop_assert_eq!(read(bytes.as_slice()), read(Pieces(&bytes, piece)));
    }

    #[test]
    fn quoted_cells_come_back_as_they_were(
        cells in prop::collection::vec(prop::collection::vec("[a-zé,;\"\r\n ]{0,8}x", 3), 1..20),
        end in prop_oneof![Just("\n"), Just("\r\n"), Just("\r")],
    ) {
        let quoted = |row: &[String]| -> String {
            let cells: Vec<String> =
                row.iter().map(|it| format!("\"{}\"", it.replace('"', "\"\""))).collect();
            cells.join(",") + end
        };
        let text = format!("a,b,c{end}{}", cells.iter().map(|it| quoted(it)).collect::<String>());
        let options = Options { delimiter: Some(b','), ..Options::default() };
        let mut rows = Rows::open(text.as_bytes(), &options).unwrap();
        let mut row = Row::default();
        for expected in &cells {
            prop_assert_eq!(rows.read(&mut row).unwrap(), Step::Row);
            prop_assert_eq!(&row.cells().map(str::to_owned).collect::<Vec<_>>(), expected);
        }
        prop_assert_eq!(rows.read(&mut row).unwrap(), Step::End);
    }

    #[test]
    fn every_record_is_a_row_or_refused(mut bytes in anything()) {
        let mapping = Arc::new(Mapping::from_toml(MAPPING).unwrap());
        let head = b"a,b,c,d\n1,1/2/20,see,5\n";
        bytes.splice(0..0, head.iter().copied());
        let summary = parse_all(&mapping, &Even, &bytes);
        prop_assert!(summary.refused.is_none());
        prop_assert_eq!(summary.records, summary.rows + summary.rows_refused);
        prop_assert!(summary.errors.len() as u64 >= summary.rows_refused.min(1000));
    }
}
