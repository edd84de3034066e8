//! Which form of a file is sent.

use super::WebFile;

const FILE: WebFile = WebFile {
    path: "assets/index-4fK2.js",
    bytes: b"as it is",
    brotli: Some(b"br"),
    gzip: Some(b"gz"),
};

#[test]
fn the_smallest_form_that_is_taken_is_sent() {
    for (accepts, coding) in [
        ("gzip, deflate, br, zstd", Some("br")),
        ("gzip", Some("gzip")),
        ("GZIP;q=0.5", Some("gzip")),
        ("br;q=0, gzip", Some("gzip")),
        ("*", Some("br")),
        ("*;q=0", None),
        ("identity", None),
        ("brotli", None),
        ("", None),
    ] {
        assert_eq!(FILE.packed_for(accepts).1, coding, "{accepts}");
    }
}

#[test]
fn what_is_not_packed_is_sent_as_it_is() {
    let font = WebFile { path: "assets/inter.woff2", brotli: None, gzip: None, ..FILE };
    assert_eq!(font.packed_for("br, gzip"), (FILE.bytes, None));
    assert_eq!(font.media(), "font/woff2");
}
