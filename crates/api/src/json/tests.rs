//! Where malformed JSON is malformed.

use serde_json::json;

use super::parse;

#[test]
fn numbers_without_a_fraction_are_whole() {
    let value = parse(b"[2.0, 2.5, -0.0, 1e3, 9007199254740993, 1.5e300]").expect("JSON");
    assert_eq!(value, json!([2, 2.5, 0, 1000, 9_007_199_254_740_993_i64, 1.5e300]));
}

#[test]
fn a_mistake_is_found_by_byte_and_by_pointer() {
    let problem = parse("{\n  \"ä\": [1, {\"b~/\": tru}]\n}".as_bytes()).expect_err("no JSON");
    assert_eq!(problem.errors[0].pointer, "/ä/1/b~0~1");
    assert!(problem.detail.contains("at byte 25 (line 2, column 24)"), "{}", problem.detail);
}

#[test]
fn a_byte_order_mark_is_no_mistake() {
    assert_eq!(parse("\u{feff}{}".as_bytes()).expect("JSON"), json!({}));
}

#[test]
fn broken_text_is_found_by_byte() {
    let problem = parse(b"{\"a\": \"\xc3\x28\"}").expect_err("no UTF-8");
    assert!(problem.detail.contains("byte 7"), "{}", problem.detail);
}

#[test]
fn deep_nesting_ends_early() {
    for text in ["[".repeat(1_000_000), "{\"a\":".repeat(1_000_000)] {
        let problem = parse(text.as_bytes()).expect_err("too deep");
        assert!(problem.detail.contains("nested too deeply"), "{}", problem.detail);
    }
}
