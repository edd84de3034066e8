//! Cursors come back as they were given out, or not at all.

use super::{read, write};

#[test]
fn a_cursor_comes_back_to_its_own_list() {
    for bytes in [&b""[..], b"a", &[0xff; 300]] {
        let text = write("packages", bytes);
        assert!(text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_'));
        assert_eq!(read("packages", &text).expect("our own"), bytes);
        assert!(read("places", &text).is_err());
    }
}

#[test]
fn what_we_did_not_give_out_is_refused() {
    let text = write("packages", b"abc");
    for wrong in
        ["", "A", "====", "not base64!", &text[1..], &format!("{text}A"), &"A".repeat(3000)]
    {
        assert!(read("packages", wrong).is_err(), "{wrong}");
    }
}
