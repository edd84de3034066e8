//! Where a list goes on, as text that only we read: a version, what the list
//! needs, and a checksum that binds it to its list.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::problem::{Problem, Result};

/// The version this code writes; a cursor of another is refused.
const VERSION: u8 = 1;
const CHECKSUM_LEN: usize = 6;
/// Longest cursor that is even looked at.
const LEN_MAX: usize = 2_000;

/// Writes a cursor of one kind of list.
#[must_use]
pub fn write(list: &str, bytes: &[u8]) -> String {
    let body = [&[VERSION], bytes].concat();
    let sum = checksum(list, &body);
    URL_SAFE_NO_PAD.encode([&body[..], &sum].concat())
}

/// Reads a cursor of the same kind of list.
pub fn read(list: &str, text: &str) -> Result<Vec<u8>> {
    Some(text)
        .filter(|it| it.len() <= LEN_MAX)
        .and_then(|it| URL_SAFE_NO_PAD.decode(it).ok())
        .and_then(|all| {
            let (body, sum) = all.split_at_checked(all.len().checked_sub(CHECKSUM_LEN)?)?;
            let (version, bytes) = body.split_first()?;
            (checksum(list, body) == sum && *version == VERSION).then(|| bytes.to_vec())
        })
        .ok_or_else(invalid)
}

/// The problem of a cursor that is not one of ours.
#[must_use]
pub fn invalid() -> Problem {
    let detail = "This cursor was not given out for this list: start without one.";
    Problem::parameter("?cursor", "cursor", detail)
}

fn checksum(list: &str, body: &[u8]) -> [u8; CHECKSUM_LEN] {
    let mut hash = Sha256::new().chain_update("cursor:").chain_update(list);
    hash.update([0]);
    hash.update(body);
    hash.finalize()[..CHECKSUM_LEN].try_into().expect("6 of 32 bytes")
}

#[cfg(test)]
mod tests;
