//! Pictures to try with: four quarters, each of its own colour, in every
//! format, with all the metadata that a telephone writes.

use std::io::Cursor;

use image::{
    DynamicImage, ImageFormat, Rgb, RgbImage,
    codecs::{jpeg::JpegEncoder, webp::WebPEncoder},
};

pub const RED: [u8; 3] = [220, 30, 30];
pub const GREEN: [u8; 3] = [30, 200, 30];
pub const BLUE: [u8; 3] = [30, 30, 220];
pub const WHITE: [u8; 3] = [250, 250, 250];

/// What must never be kept.
pub const SECRET: &[u8] = b"52 deg 31 min N: at Mary's";

/// Red and green above blue and white.
pub fn quarters(width: u32, height: u32) -> DynamicImage {
    let colour = |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => RED,
        (false, true) => GREEN,
        (true, false) => BLUE,
        (false, false) => WHITE,
    };
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| Rgb(colour(x, y))))
}

pub fn jpeg(image: &DynamicImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    image.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 95)).unwrap();
    bytes
}

pub fn png(image: &DynamicImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

pub fn webp(image: &DynamicImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    image.write_with_encoder(WebPEncoder::new_lossless(&mut bytes)).unwrap();
    bytes
}

/// What a camera writes: how it was held, and where it was.
pub fn exif(orientation: u16) -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        let mut bytes = tag.to_le_bytes().to_vec();
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value.to_le_bytes());
        bytes
    };
    let mut bytes = b"II*\0\x08\0\0\0\x02\0".to_vec();
    bytes.extend(entry(0x0112, 3, 1, u32::from(orientation)));
    // The positioning part lies behind this one: 8 + 2 + 2 * 12 + 4 bytes.
    bytes.extend(entry(0x8825, 4, 1, 38));
    bytes.extend([0; 4]);
    bytes.extend([1, 0]);
    bytes.extend(entry(0x001b, 7, SECRET.len() as u32, 56));
    bytes.extend([0; 4]);
    bytes.extend(SECRET);
    bytes
}

/// Puts parts behind the first two bytes.
pub fn with_segments(jpeg: &[u8], segments: &[(u8, &[u8])]) -> Vec<u8> {
    let mut bytes = jpeg[..2].to_vec();
    for (marker, body) in segments {
        bytes.extend([0xff, *marker]);
        bytes.extend((body.len() as u16 + 2).to_be_bytes());
        bytes.extend(*body);
    }
    bytes.extend(&jpeg[2..]);
    bytes
}

/// Puts parts behind the header.
pub fn with_png_chunks(png: &[u8], chunks: &[([u8; 4], &[u8])]) -> Vec<u8> {
    let mut bytes = png[..33].to_vec();
    for (kind, body) in chunks {
        bytes.extend(png_chunk(*kind, body));
    }
    bytes.extend(&png[33..]);
    bytes
}

pub fn png_chunk(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
    let checked = [&kind[..], body].concat();
    let mut bytes = (body.len() as u32).to_be_bytes().to_vec();
    bytes.extend(&checked);
    bytes.extend(crc(&checked).to_be_bytes());
    bytes
}

/// Writes a simple WebP as an extended one, with parts before and behind.
pub fn with_webp_chunks(
    webp: &[u8],
    (width, height): (u32, u32),
    chunks: &[([u8; 4], &[u8])],
) -> Vec<u8> {
    // Metadata of every kind, and transparency where the picture says so.
    let mut header = vec![0x2c | webp[24] & 0x10, 0, 0, 0];
    header.extend(&(width - 1).to_le_bytes()[..3]);
    header.extend(&(height - 1).to_le_bytes()[..3]);
    let mut body = b"WEBP".to_vec();
    body.extend(webp_chunk(*b"VP8X", &header));
    let (before, behind) = chunks.split_at(chunks.len() / 2);
    body.extend(before.iter().flat_map(|(kind, it)| webp_chunk(*kind, it)));
    body.extend(&webp[12..]);
    body.extend(behind.iter().flat_map(|(kind, it)| webp_chunk(*kind, it)));
    [b"RIFF", &(body.len() as u32).to_le_bytes()[..], &body].concat()
}

pub fn webp_chunk(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
    let mut bytes = kind.to_vec();
    bytes.extend((body.len() as u32).to_le_bytes());
    bytes.extend(body);
    bytes.extend(vec![0; body.len() % 2]);
    bytes
}

pub fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|it| it == part)
}

/// The colours of the four quarters, line by line, as far as they can be told.
pub fn colours(bytes: &[u8]) -> [[u8; 3]; 4] {
    let image = image::load_from_memory(bytes).unwrap().to_rgb8();
    let (width, height) = image.dimensions();
    [(1, 1), (3, 1), (1, 3), (3, 3)].map(|(x, y)| {
        let seen = image.get_pixel(x * width / 4, y * height / 4).0;
        let distance = |it: &[u8; 3]| -> u32 {
            std::iter::zip(seen, it).map(|(a, b)| u32::from(a.abs_diff(*b))).sum()
        };
        [RED, GREEN, BLUE, WHITE].into_iter().min_by_key(distance).unwrap()
    })
}

/// CRC-32, as PNG wants it.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc: u32, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |it, _| it >> 1 ^ (0xedb8_8320 * (it & 1)))
    })
}
