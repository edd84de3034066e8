//! JPEG without metadata (ITU-T T.81 annex B): the segments that pixels are
//! made of stay, byte for byte; everything else goes, and so does whatever
//! follows the picture.

use super::prepare::{Fault, Stripped};

/// Most scans of one picture. Cameras write up to about ten; each of thousands
/// would cost a pass over all pixels.
const SCANS_MAX: usize = 64;

/// Says that the bytes end too early.
const ENDS: Fault = "it ends too early";

/// Takes the metadata out.
pub(super) fn strip(bytes: &[u8]) -> Result<Stripped, Fault> {
    let mut rest = bytes.strip_prefix(&[0xff, 0xd8]).ok_or("it does not begin as JPEG does")?;
    let mut kept = Vec::with_capacity(bytes.len());
    kept.extend_from_slice(&[0xff, 0xd8]);
    let (mut exif, mut scans) = (None, 0);
    loop {
        let (marker, after) = marker(rest)?;
        if marker == 0xd9 {
            kept.extend_from_slice(&[0xff, 0xd9]);
            return if scans == 0 {
                Err("it has no picture")
            } else {
                Ok(Stripped { bytes: kept, exif })
            };
        }
        let (body, after) = segment(after)?;
        rest = after;
        match marker {
            // Frames that are compressed as usual, tables, restart intervals.
            0xc0..=0xc2 | 0xc4 | 0xdb..=0xdd => keep(&mut kept, marker, body),
            0xda => {
                scans += 1;
                if SCANS_MAX < scans {
                    return Err("it has too many scans");
                }
                keep(&mut kept, marker, body);
                let (data, after) = rest.split_at(scan_len(rest)?);
                kept.extend_from_slice(data);
                rest = after;
            }
            // How colours are meant; without the small picture that may follow.
            0xe0 if body.starts_with(b"JFIF\0") && 14 <= body.len() => {
                keep(&mut kept, marker, &[&body[..12], &[0, 0]].concat());
            }
            0xee if body.starts_with(b"Adobe") && 12 <= body.len() => {
                keep(&mut kept, marker, &body[..12]);
            }
            0xe1 if body.starts_with(b"Exif\0\0") && exif.is_none() => {
                exif = Some(body[6..].to_vec());
            }
            0xe0..=0xef | 0xfe => (),
            0xc3 | 0xc5..=0xcf => return Err("it is compressed in a way that is not taken"),
            _ => return Err("it has a part that no JPEG has"),
        }
    }
}

/// The next marker. Any number of bytes may fill the space before it.
fn marker(bytes: &[u8]) -> Result<(u8, &[u8]), Fault> {
    let filling = bytes.iter().take_while(|it| **it == 0xff).count();
    if filling == 0 && !bytes.is_empty() {
        return Err("a part does not begin where the one before it ends");
    }
    bytes[filling..].split_first().map(|(marker, rest)| (*marker, rest)).ok_or(ENDS)
}

/// What belongs to a marker: its length, itself included, comes first.
fn segment(bytes: &[u8]) -> Result<(&[u8], &[u8]), Fault> {
    let (len, rest) = bytes.split_first_chunk::<2>().ok_or(ENDS)?;
    let len = usize::from(u16::from_be_bytes(*len));
    rest.split_at_checked(len.checked_sub(2).ok_or("a part has no length")?).ok_or(ENDS)
}

/// How many bytes a scan's data has: up to the next marker that does not
/// belong to it.
fn scan_len(bytes: &[u8]) -> Result<usize, Fault> {
    let mut at = 0;
    loop {
        at += bytes[at..].iter().position(|it| *it == 0xff).ok_or(ENDS)?;
        match bytes.get(at + 1).ok_or(ENDS)? {
            // An escaped byte, or a restart.
            0x00 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            _ => return Ok(at),
        }
    }
}

fn keep(kept: &mut Vec<u8>, marker: u8, body: &[u8]) {
    let len = u16::try_from(body.len() + 2).expect("it was read from 16 bits");
    kept.extend_from_slice(&[0xff, marker]);
    kept.extend_from_slice(&len.to_be_bytes());
    kept.extend_from_slice(body);
}
