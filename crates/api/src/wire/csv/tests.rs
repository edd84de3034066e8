//! Cells that spreadsheets must not misread.

use super::cell;

#[test]
fn a_cell_is_quoted_only_when_it_must_be() {
    assert_eq!(cell("27-inch monitor"), "27-inch monitor");
    assert_eq!(cell("a \"b\", c"), "\"a \"\"b\"\", c\"");
    assert_eq!(cell("two\nlines"), "\"two\nlines\"");
}

#[test]
fn a_cell_that_looks_like_a_formula_is_text() {
    for cell_text in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"] {
        assert!(cell(cell_text).trim_start_matches('"').starts_with('\''), "{cell_text:?}");
    }
}
