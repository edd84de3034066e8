//! The stored bytes, held by examples: data written years ago must still read.

use super::*;

fn change(seq: u64, key: Key, old: Option<&[u8]>, new: Option<&[u8]>) -> Changed {
    let owned = |it: Option<&[u8]>| it.map(<[u8]>::to_vec);
    Changed { seq: Seq::from(seq), key, old: owned(old), new: owned(new) }
}

#[test]
fn entries_are_stored_like_this() {
    assert_eq!(item_key(b"ab", b"\0c"), b"\0\x02ab\0c");
    assert_eq!(sort_of(b"\0\x02ab\0c", b"ab").unwrap(), b"\0c");
    assert_eq!(item(258, b"v"), b"\0\0\0\0\0\0\x01\x02v");
    let entry = read_entry(Key::new("s", "k"), b"\0\0\0\0\0\0\x01\x02v").unwrap();
    assert_eq!((entry.version.raw(), &entry.value[..]), (258, &b"v"[..]));
    assert_eq!(row_key(2, 258), *b"\x02\0\0\0\0\0\0\x01\x02");
    assert_eq!(last_seq_of(b"\x02\0\0\0\0\0\0\x01\x02").unwrap(), 258);
    assert_eq!(trimmed_key(2), [255, 2]);
}

#[test]
fn changes_are_stored_like_this() {
    let mut rows = Rows::after(2, 6);
    rows.push(&Key::new("ab", "c"), None, Some(b"v"));
    rows.push(&Key::new("ab", "c"), Some(b"v"), None);
    let (newest, rows) = rows.finish();
    let stored = b"\0\0\0\0\0\0\0\x07\
        \0\x02\0\x01abc\0\0\0\0\0\0\0\x02v\
        \0\x02\0\x01abc\0\0\0\x02v\0\0\0\0";
    assert_eq!(newest, 8);
    assert_eq!(rows, [(row_key(2, 8), stored.to_vec())]);
}

#[test]
fn a_row_is_read_from_any_change_on() {
    let key = Key::new("ab", "c");
    let all = [
        change(7, key.clone(), None, Some(b"")),
        change(8, key.clone(), Some(b""), Some(b"x")),
        change(9, key, Some(b"x"), None),
    ];
    let mut rows = Rows::after(0, 6);
    for Changed { key, old, new, .. } in &all {
        rows.push(key, old.as_deref(), new.as_deref());
    }
    let (_, rows) = rows.finish();
    for (after, want) in [(0, &all[..]), (6, &all), (7, &all[1..]), (8, &all[2..]), (9, &[])] {
        let mut read = Vec::new();
        read_row(&rows[0].1, after, 10, &mut read).unwrap();
        assert_eq!(read, want);
        let mut read = Vec::new();
        read_row(&rows[0].1, after, 1, &mut read).unwrap();
        assert_eq!(read, want[..want.len().min(1)]);
    }
}

#[test]
fn rows_are_cut_and_keep_counting() {
    let mut rows = Rows::after(0, 0);
    for _ in 0..5 {
        rows.push(&Key::new("s", "k"), None, Some(&vec![7; ROW_LEN_MAX / 2]));
    }
    let (newest, rows) = rows.finish();
    assert_eq!(newest, 5);
    let keys: Vec<_> = rows.iter().map(|it| it.0).collect();
    assert_eq!(keys, [row_key(0, 2), row_key(0, 4), row_key(0, 5)]);
    let mut read = Vec::new();
    for (_, row) in rows {
        read_row(&row, 0, 10, &mut read).unwrap();
    }
    assert!(read.iter().map(|it| it.seq).eq(1..=5));
}

#[test]
fn damaged_bytes_are_an_error_not_a_panic() {
    let mut rows = Rows::after(0, 0);
    rows.push(&Key::new("shard", "sort"), Some(b"old"), Some(b"new"));
    let (_, rows) = rows.finish();
    let row = &rows[0].1;
    for len in (0..row.len()).filter(|&len| len != VERSION_LEN) {
        let cut = read_row(&row[..len], 0, 10, &mut Vec::new());
        assert!(matches!(cut, Err(Error::Corrupt(_))), "cut to {len} bytes");
    }
    assert!(read_item(b"1234567").is_err());
    assert!(sort_of(b"\0\x02a", b"abc").is_err());
    assert!(last_seq_of(b"\0\0").is_err());
    assert!(read_trimmed(b"123").is_err());
}
