//! PNG without metadata (ISO/IEC 15948): the chunks that pixels and their
//! colours are made of stay, byte for byte; everything else goes.

use super::prepare::{Fault, Stripped};

const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";
/// Says that the bytes end too early.
const ENDS: Fault = "it ends too early";

/// Takes the metadata out. What moves stands still: only its first picture stays.
pub(super) fn strip(bytes: &[u8]) -> Result<Stripped, Fault> {
    let mut rest = bytes.strip_prefix(SIGNATURE).ok_or("it does not begin as PNG does")?;
    let mut kept = Vec::with_capacity(bytes.len());
    kept.extend_from_slice(SIGNATURE);
    let mut exif = None;
    loop {
        let (len, _) = rest.split_first_chunk::<4>().ok_or(ENDS)?;
        let len = u32::from_be_bytes(*len) as usize;
        // A chunk is its length, its kind, its body and a checksum.
        let (chunk, after) = rest.split_at_checked(len.saturating_add(12)).ok_or(ENDS)?;
        rest = after;
        let (kind, body) = (&chunk[4..8], &chunk[8..8 + len]);
        match kind {
            b"IEND" => {
                kept.extend_from_slice(chunk);
                return Ok(Stripped { bytes: kept, exif });
            }
            b"IHDR" | b"PLTE" | b"IDAT" | b"tRNS" | b"gAMA" | b"cHRM" | b"sRGB" => {
                kept.extend_from_slice(chunk);
            }
            b"eXIf" if exif.is_none() => exif = Some(body.to_vec()),
            // A capital first letter: nobody can show the picture without it.
            _ if kind[0].is_ascii_uppercase() => return Err("it has a part that no PNG has"),
            _ => (),
        }
    }
}
