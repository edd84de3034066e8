//! Whatever is sent, what is kept shows only the picture, and nothing that is
//! sent takes more than a photo may.

use std::time::Duration;

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use proptest::prelude::*;

use super::{
    super::prepare::{PHOTO_LEN_MAX, Prepared, Stripped, prepare, recognise},
    super::{jpeg as jpeg_format, png as png_format, webp as webp_format},
    pictures::*,
};
use crate::error::{Error, Result};

fn take(bytes: &[u8], said: &str) -> Result<Prepared> {
    prepare(bytes, recognise(bytes, said)?)
}

fn code<T: std::fmt::Debug>(taken: Result<T>) -> &'static str {
    match taken.unwrap_err() {
        Error::Invalid(fields) => fields[0].code,
        error => panic!("{error}"),
    }
}

/// A picture in each format, full of metadata.
fn telling() -> [(Vec<u8>, &'static str); 3] {
    let image = quarters(48, 32);
    let exif_segment = [b"Exif\0\0", &exif(1)[..]].concat();
    let xmp = [b"http://ns.adobe.com/xap/1.0/\0", SECRET].concat();
    let icc = [b"ICC_PROFILE\0\x01\x01", SECRET].concat();
    let iptc = [b"Photoshop 3.0\0", SECRET].concat();
    let segments = [
        (0xe1, &exif_segment[..]),
        (0xe1, &xmp),
        (0xe2, &icc),
        (0xed, &iptc),
        (0xfe, SECRET),
        (0xef, SECRET),
    ];
    let mut jpeg = with_segments(&jpeg(&image), &segments);
    jpeg.extend(SECRET);
    let text = [b"Comment\0", SECRET].concat();
    let exif = exif(1);
    let chunks: [([u8; 4], &[u8]); 6] = [
        (*b"eXIf", &exif),
        (*b"tEXt", &text),
        (*b"iTXt", &text),
        (*b"zTXt", &text),
        (*b"tIME", SECRET),
        (*b"prVt", SECRET),
    ];
    let mut png = with_png_chunks(&png(&image), &chunks);
    png.extend(SECRET);
    let chunks: [([u8; 4], &[u8]); 4] =
        [(*b"ICCP", SECRET), (*b"junk", SECRET), (*b"EXIF", &exif), (*b"XMP ", SECRET)];
    let mut webp = with_webp_chunks(&webp(&image), (48, 32), &chunks);
    webp.extend(SECRET);
    [(jpeg, "image/jpeg"), (png, "image/png"), (webp, "image/webp")]
}

#[test]
fn nothing_is_kept_but_the_picture() {
    for (bytes, media_type) in telling() {
        assert!(holds(&bytes, SECRET), "{media_type}");
        let kept = take(&bytes, media_type).unwrap();
        for bytes in [&kept.bytes, &kept.thumbnail] {
            assert!(!holds(bytes, SECRET) && !holds(bytes, b"Exif"), "{media_type}");
            assert_eq!(colours(bytes), [RED, GREEN, BLUE, WHITE], "{media_type}");
        }
        assert_eq!((kept.media_type, kept.width, kept.height), (media_type, 48, 32));
        // Not one pixel differs.
        let pixels = |bytes: &[u8]| image::load_from_memory(bytes).unwrap().into_bytes();
        assert!(pixels(&bytes) == pixels(&kept.bytes), "{media_type}");
    }
}

#[test]
fn a_small_picture_inside_the_first_part_goes_as_well() {
    let plain = jpeg(&quarters(16, 16));
    let jfif = [b"JFIF\0\x01\x02\0\0\x01\0\x01\x05\x01", SECRET].concat();
    // The encoder's own comes first; without it.
    let body = [&plain[..2], &plain[20..]].concat();
    let kept = take(&with_segments(&body, &[(0xe0, &jfif)]), "image/jpeg").unwrap();
    assert!(holds(&kept.bytes, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0") && !holds(&kept.bytes, SECRET));
}

#[test]
fn photos_are_upright_however_the_camera_was_held() {
    let upright = [
        [RED, GREEN, BLUE, WHITE],
        [GREEN, RED, WHITE, BLUE],
        [WHITE, BLUE, GREEN, RED],
        [BLUE, WHITE, RED, GREEN],
        [RED, BLUE, GREEN, WHITE],
        [BLUE, RED, WHITE, GREEN],
        [WHITE, GREEN, BLUE, RED],
        [GREEN, WHITE, RED, BLUE],
    ];
    let image = quarters(64, 32);
    for (orientation, expected) in (1..).zip(upright) {
        let exif = exif(orientation);
        let segment = [b"Exif\0\0", &exif[..]].concat();
        let files = [
            (with_segments(&jpeg(&image), &[(0xe1, &segment)]), "image/jpeg"),
            (with_png_chunks(&png(&image), &[(*b"eXIf", &exif)]), "image/png"),
            (with_webp_chunks(&webp(&image), (64, 32), &[(*b"EXIF", &exif)]), "image/webp"),
        ];
        for (bytes, media_type) in files {
            let kept = take(&bytes, media_type).unwrap();
            let told = format!("{media_type} held like {orientation}");
            assert_eq!(colours(&kept.bytes), expected, "{told}");
            assert_eq!(colours(&kept.thumbnail), expected, "{told}");
            let size = if orientation < 5 { (64, 32) } else { (32, 64) };
            assert_eq!((kept.width, kept.height), size, "{told}");
            assert!(!holds(&kept.bytes, SECRET) && !holds(&kept.bytes, b"II*\0"), "{told}");
        }
    }
}

#[test]
fn a_file_that_was_cut_off_is_refused_wherever_it_was() {
    let image = quarters(24, 16);
    let files =
        [(jpeg(&image), "image/jpeg"), (png(&image), "image/png"), (webp(&image), "image/webp")];
    for (bytes, media_type) in files {
        take(&bytes, media_type).unwrap();
        for len in 0..bytes.len() {
            let refused = code(take(&bytes[..len], media_type));
            assert!(["damaged", "not_a_photo"].contains(&refused), "{media_type} cut at {len}");
        }
    }
    for (bytes, media_type) in telling() {
        for len in (0..bytes.len() - SECRET.len()).step_by(7) {
            assert!(take(&bytes[..len], media_type).is_err(), "{media_type} cut at {len}");
        }
    }
}

#[test]
fn a_picture_that_lacks_pixels_is_refused() {
    let bytes = png(&DynamicImage::ImageRgb8(quarters(64, 64).to_rgb8()));
    let at = bytes.windows(4).position(|it| it == b"IDAT").unwrap();
    let less = png_chunk(*b"IDAT", &bytes[at + 4..at + 14]);
    let short = [&bytes[..at - 4], &less, &png_chunk(*b"IEND", &[])].concat();
    assert_eq!(code(take(&short, "image/png")), "damaged");
}

#[test]
fn a_file_is_what_it_is_said_to_be_or_refused() {
    let (jpeg, png) = (jpeg(&quarters(8, 8)), png(&quarters(8, 8)));
    for said in ["image/jpeg", "image/jpg", "IMAGE/JPEG; charset=binary"] {
        take(&jpeg, said).unwrap();
    }
    for said in ["image/png", "image/webp", "text/html", "", "application/octet-stream"] {
        assert_eq!(code(take(&jpeg, said)), "other_type", "{said}");
    }
    assert_eq!(code(take(&png, "image/jpeg")), "other_type");
    let others: [&[u8]; 6] = [
        b"",
        b"\xff\xd8",
        b"GIF89a\x01\0\x01\0",
        b"<svg/>",
        b"RIFF\0\0\0\0WAVE",
        b"\0\0\0\x18ftypheic",
    ];
    for bytes in others {
        assert_eq!(code(take(bytes, "image/jpeg")), "not_a_photo");
    }
    let large = vec![0xff; PHOTO_LEN_MAX + 1];
    assert_eq!(code(take(&large, "image/jpeg")), "too_large");
}

/// A PNG that says how large it is, and is not.
fn png_of(width: u32, height: u32, depth: u8, colour: u8) -> Vec<u8> {
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([depth, colour, 0, 0, 0]);
    let data = [0x78, 0x9c, 0x03, 0, 0, 0, 0, 1];
    let parts =
        [png_chunk(*b"IHDR", &header), png_chunk(*b"IDAT", &data), png_chunk(*b"IEND", &[])];
    [b"\x89PNG\r\n\x1a\n", &parts.concat()[..]].concat()
}

#[test]
fn bombs_are_refused_before_they_are_unpacked() {
    let mut jpeg = jpeg(&quarters(8, 8));
    let frame = jpeg.windows(2).position(|it| it == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xf0, 0xff, 0xf0]);
    let mut webp = webp(&quarters(8, 8));
    // Fourteen bits each for width and height, both 16,383.
    webp[21..25].copy_from_slice(&[0xfe, 0xbf, 0xff, 0x0f]);
    let bombs = [
        (jpeg, "image/jpeg"),
        (webp, "image/webp"),
        (png_of(60_000, 60_000, 8, 2), "image/png"),
        (png_of(u32::MAX, u32::MAX, 8, 2), "image/png"),
        (png_of(12_001, 8, 8, 2), "image/png"),
        (png_of(8, 12_001, 8, 2), "image/png"),
        (png_of(12_000, 12_000, 1, 0), "image/png"),
        // Few enough pixels, but of eight bytes each.
        (png_of(8_000, 6_250, 16, 6), "image/png"),
    ];
    let begun = tokio::time::Instant::now();
    for (bytes, media_type) in bombs {
        assert_eq!(code(take(&bytes, media_type)), "too_many_pixels", "{media_type}");
    }
    assert!(begun.elapsed() < Duration::from_secs(1));
}

#[test]
fn a_picture_of_a_thousand_passes_is_refused() {
    let jpeg = jpeg(&quarters(8, 8));
    let scan = jpeg.windows(2).position(|it| it == [0xff, 0xda]).unwrap();
    let scans = jpeg[scan..jpeg.len() - 2].repeat(65);
    let bytes = [&jpeg[..scan], &scans, &[0xff, 0xd9]].concat();
    assert_eq!(jpeg_format::strip(&bytes).unwrap_err(), "it has too many scans");
}

#[test]
fn what_moves_is_no_photo() {
    let image = webp(&quarters(8, 8));
    let moving = with_webp_chunks(&image, (8, 8), &[(*b"ANIM", &[0; 6]), (*b"junk", &[])]);
    assert_eq!(webp_format::strip(&moving).unwrap_err(), "a photo does not move");
    // A PNG that moves stands still.
    let frames: [([u8; 4], &[u8]); 2] =
        [(*b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]), (*b"fdAT", &[0; 9])];
    let kept = png_format::strip(&with_png_chunks(&png(&quarters(8, 8)), &frames)).unwrap();
    assert_eq!(kept.bytes, png(&quarters(8, 8)));
}

#[test]
fn thumbnails_are_small_on_white_and_never_larger_than_the_photo() {
    for ((width, height), expected) in
        [((640, 400), (320, 200)), ((100, 1000), (32, 320)), ((20, 10), (20, 10))]
    {
        let kept = take(&jpeg(&quarters(width, height)), "image/jpeg").unwrap();
        let small = image::load_from_memory_with_format(&kept.thumbnail, ImageFormat::Jpeg);
        let small = small.unwrap();
        assert_eq!((small.width(), small.height()), expected);
    }
    let clear = RgbaImage::from_pixel(8, 8, Rgba([200, 0, 0, 0]));
    let kept = take(&png(&DynamicImage::ImageRgba8(clear)), "image/png").unwrap();
    let small = image::load_from_memory(&kept.thumbnail).unwrap().to_rgb8();
    assert!(small.get_pixel(4, 4).0.iter().all(|it| *it > 250));
}

#[test]
fn what_turned_and_cannot_be_written_as_it_came_is_written_as_what_comes_nearest() {
    let clear = DynamicImage::ImageRgba8(RgbaImage::from_pixel(8, 4, Rgba([200, 0, 0, 99])));
    let exif = exif(6);
    for (image, expected) in [(clear, "image/png"), (quarters(8, 4), "image/jpeg")] {
        let bytes = with_webp_chunks(&webp(&image), (8, 4), &[(*b"EXIF", &exif)]);
        let kept = take(&bytes, "image/webp").unwrap();
        assert_eq!((kept.media_type, kept.width, kept.height), (expected, 4, 8));
        recognise(&kept.bytes, expected).unwrap();
    }
}

fn strip_any(bytes: &[u8], format: usize) -> Option<Stripped> {
    match format {
        0 => jpeg_format::strip(bytes).ok(),
        1 => png_format::strip(bytes).ok(),
        _ => webp_format::strip(bytes).ok(),
    }
}

proptest! {
    #![proptest_config(depth::usual())]

    #[test]
    fn no_bytes_stop_us_and_nothing_is_left_to_strip(
        format in 0..3_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = telling()[format].0.clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = strip_any(&bytes[..cut.index(bytes.len())], format);
        if let Some(stripped) = strip_any(&bytes, format) {
            let again = strip_any(&stripped.bytes, format).expect("it was read before");
            prop_assert_eq!(again.bytes, stripped.bytes);
            prop_assert!(again.exif.is_none());
        }
    }
}
