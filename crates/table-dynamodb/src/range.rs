//! Half-open ranges of byte strings as the closed ones that a query takes.

use std::ops::Range;

use table::limits::SORT_LEN_MAX;

/// The least and the greatest sort key inside a range, if any key can be in it.
pub(crate) fn closed(range: &Range<Vec<u8>>) -> Option<(Vec<u8>, Vec<u8>)> {
    let (least, greatest) = (at_or_after(&range.start)?, before(&range.end)?);
    (least <= greatest).then_some((least, greatest))
}

/// The least key at or after these bytes.
fn at_or_after(start: &[u8]) -> Option<Vec<u8>> {
    match start.len() {
        0 => Some(vec![0]),
        1..=SORT_LEN_MAX => Some(start.to_vec()),
        // No key begins with so many bytes: whatever follows differs in them.
        _ => {
            let mut next = start[..SORT_LEN_MAX].to_vec();
            while next.last() == Some(&0xff) {
                next.pop();
            }
            *next.last_mut()? += 1;
            Some(next)
        }
    }
}

/// The greatest key before these bytes.
fn before(end: &[u8]) -> Option<Vec<u8>> {
    if SORT_LEN_MAX < end.len() {
        return Some(end[..SORT_LEN_MAX].to_vec());
    }
    let (&last, rest) = end.split_last()?;
    let mut before = rest.to_vec();
    if last != 0 {
        before.push(last - 1);
        before.resize(SORT_LEN_MAX, 0xff);
    }
    (!before.is_empty()).then_some(before)
}

#[cfg(test)]
mod tests;
