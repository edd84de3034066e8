//! WebP without metadata (RFC 9649): the chunks that the picture is made of
//! stay, byte for byte; everything else goes.

use super::prepare::{Fault, Stripped};

/// Says that the bytes end too early.
const ENDS: Fault = "it ends too early";
/// In the extended header: the picture has transparency.
const HAS_ALPHA: u8 = 0x10;
/// In the extended header: the picture moves.
const MOVES: u8 = 0x02;

/// Takes the metadata out.
pub(super) fn strip(bytes: &[u8]) -> Result<Stripped, Fault> {
    let (head, rest) = bytes.split_first_chunk::<12>().ok_or(ENDS)?;
    if &head[..4] != b"RIFF" || &head[8..] != b"WEBP" {
        return Err("it does not begin as WebP does");
    }
    let len = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
    let body_len = len.checked_sub(4).ok_or("it has no length")?;
    let mut rest = rest.get(..body_len).ok_or(ENDS)?;
    let (mut kept, mut exif, mut pictures) = (b"WEBP".to_vec(), None, 0);
    while !rest.is_empty() {
        let (chunk, after) = chunk(rest)?;
        rest = after;
        match chunk.kind {
            b"VP8X" => {
                let (flags, size) = chunk.body.split_first().ok_or(ENDS)?;
                if flags & MOVES != 0 {
                    return Err("a photo does not move");
                }
                keep(&mut kept, *chunk.kind, &[&[flags & HAS_ALPHA], size].concat());
            }
            b"VP8 " | b"VP8L" => {
                pictures += 1;
                keep(&mut kept, *chunk.kind, chunk.body);
            }
            b"ALPH" => keep(&mut kept, *chunk.kind, chunk.body),
            b"ANIM" | b"ANMF" => return Err("a photo does not move"),
            // Some write the name that JPEG puts before it.
            b"EXIF" if exif.is_none() => {
                let body = chunk.body;
                exif = Some(body.strip_prefix(b"Exif\0\0").unwrap_or(body).to_vec());
            }
            _ => (),
        }
    }
    if pictures != 1 {
        return Err("it has not exactly one picture");
    }
    let len = u32::try_from(kept.len()).expect("no longer than it was");
    Ok(Stripped { bytes: [b"RIFF", &len.to_le_bytes()[..], &kept].concat(), exif })
}

struct Chunk<'a> {
    kind: &'a [u8; 4],
    body: &'a [u8],
}

/// A chunk is its kind, its length, its body, and a byte to make that even.
fn chunk(bytes: &[u8]) -> Result<(Chunk<'_>, &[u8]), Fault> {
    let (kind, rest) = bytes.split_first_chunk::<4>().ok_or(ENDS)?;
    let (len, rest) = rest.split_first_chunk::<4>().ok_or(ENDS)?;
    let len = u32::from_le_bytes(*len) as usize;
    let (body, rest) = rest.split_at_checked(len).ok_or(ENDS)?;
    let rest = if len % 2 == 1 { rest.get(1..).unwrap_or_default() } else { rest };
    Ok((Chunk { kind, body }, rest))
}

fn keep(kept: &mut Vec<u8>, kind: [u8; 4], body: &[u8]) {
    let len = u32::try_from(body.len()).expect("it was read from 32 bits");
    kept.extend_from_slice(&kind);
    kept.extend_from_slice(&len.to_le_bytes());
    kept.extend_from_slice(body);
    if body.len() % 2 == 1 {
        kept.push(0);
    }
}
