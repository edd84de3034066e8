//! From a file that anybody may have made to images that are kept: recognised
//! by its content, stripped of metadata before any decoder sees it, measured
//! before it is unpacked, upright.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgb, RgbImage,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
    metadata::Orientation,
};

use crate::error::{Error, Result};

use super::{jpeg, png, webp};

/// Largest file, in bytes.
pub const PHOTO_LEN_MAX: usize = 10 * 1024 * 1024;
/// Longest side, in pixels.
pub const SIDE_PX_MAX: u32 = 12_000;
/// Most pixels.
pub const PIXELS_MAX: u64 = 50_000_000;
/// Longest side of a thumbnail, in pixels.
pub const THUMBNAIL_PX: u32 = 320;

/// The media type of JPEG.
pub(super) const JPEG: &str = "image/jpeg";
const PNG: &str = "image/png";
const WEBP: &str = "image/webp";

/// Most bytes a photo may unpack to: all pixels with colour and transparency.
const UNPACKED_LEN_MAX: u64 = PIXELS_MAX * 4;
/// Most bytes a decoder may take for itself and the pixels.
const DECODING_LEN_MAX: u64 = 2 * UNPACKED_LEN_MAX;
/// Quality of a photo that had to be turned: what it loses is not seen.
const TURNED_QUALITY: u8 = 92;
/// Quality of a thumbnail.
const THUMBNAIL_QUALITY: u8 = 80;

/// What is wrong with a file's structure.
pub(super) type Fault = &'static str;

/// A file without its metadata.
#[derive(Debug)]
pub(super) struct Stripped {
    /// What is left: only what the picture is made of.
    pub bytes: Vec<u8>,
    /// The metadata that said how it was turned.
    pub exif: Option<Vec<u8>>,
}

/// A photo as it will be kept.
#[derive(Debug)]
pub(super) struct Prepared {
    pub bytes: Vec<u8>,
    pub media_type: &'static str,
    pub width: u32,
    pub height: u32,
    pub thumbnail: Vec<u8>,
}

/// What a file is by its first bytes, if that is also what it is said to be.
pub(super) fn recognise(bytes: &[u8], said: &str) -> Result<ImageFormat> {
    if PHOTO_LEN_MAX < bytes.len() {
        let detail = format!("a photo has at most {} MiB", PHOTO_LEN_MAX >> 20);
        return Err(Error::invalid("", "too_large", detail));
    }
    let (format, media_type) = match bytes {
        [0xff, 0xd8, 0xff, ..] => (ImageFormat::Jpeg, JPEG),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => (ImageFormat::Png, PNG),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
            (ImageFormat::WebP, WEBP)
        }
        _ => {
            let detail = "this is no photo: JPEG, PNG and WebP are taken";
            return Err(Error::invalid("", "not_a_photo", detail));
        }
    };
    let said = said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if said != media_type && !(said == "image/jpg" && media_type == JPEG) {
        let detail = format!("this is {media_type}, but was said to be {said:?}");
        return Err(Error::invalid("", "other_type", detail));
    }
    Ok(format)
}

/// Does all the heavy work: call it where it blocks nobody.
pub(super) fn prepare(bytes: &[u8], format: ImageFormat) -> Result<Prepared> {
    let stripped = match format {
        ImageFormat::Jpeg => jpeg::strip(bytes),
        ImageFormat::Png => png::strip(bytes),
        _ => webp::strip(bytes),
    };
    let Stripped { bytes, exif } = stripped.map_err(damaged)?;
    let mut image = decode(&bytes, format)?;
    let turn = exif.as_deref().and_then(Orientation::from_exif_chunk);
    let turn = turn.filter(|it| *it != Orientation::NoTransforms);
    let (bytes, format) = match turn {
        None => (bytes, format),
        Some(turn) => {
            image.apply_orientation(turn);
            encode(&image, format)?
        }
    };
    let media_type = match format {
        ImageFormat::Jpeg => JPEG,
        ImageFormat::Png => PNG,
        _ => WEBP,
    };
    let (width, height) = (image.width(), image.height());
    Ok(Prepared { bytes, media_type, width, height, thumbnail: thumbnail(image)? })
}

fn decode(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODING_LEN_MAX);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(from_image)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if SIDE_PX_MAX < width.max(height)
        || PIXELS_MAX < pixels
        || UNPACKED_LEN_MAX < decoder.total_bytes()
    {
        return Err(too_many_pixels());
    }
    DynamicImage::from_decoder(decoder).map_err(from_image)
}

/// Writes a photo that had to be turned. What cannot be written as it came is
/// written as what comes nearest.
fn encode(image: &DynamicImage, format: ImageFormat) -> Result<(Vec<u8>, ImageFormat)> {
    let mut bytes = Vec::new();
    let is_opaque = !image.color().has_alpha();
    let (written, format) =
        if format == ImageFormat::Jpeg || format == ImageFormat::WebP && is_opaque {
            let encoder = JpegEncoder::new_with_quality(&mut bytes, TURNED_QUALITY);
            (image.write_with_encoder(encoder), ImageFormat::Jpeg)
        } else {
            (image.write_with_encoder(PngEncoder::new(&mut bytes)), ImageFormat::Png)
        };
    written.map_err(from_image)?;
    Ok((bytes, format))
}

fn thumbnail(image: DynamicImage) -> Result<Vec<u8>> {
    let small = if THUMBNAIL_PX < image.width().max(image.height()) {
        image.thumbnail(THUMBNAIL_PX, THUMBNAIL_PX)
    } else {
        image
    };
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, THUMBNAIL_QUALITY);
    on_white(&small).write_with_encoder(encoder).map_err(from_image)?;
    Ok(bytes)
}

/// JPEG knows no transparency: what is behind it is white.
fn on_white(image: &DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.to_rgb8();
    }
    let image = image.to_rgba8();
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [red, green, blue, alpha] = image.get_pixel(x, y).0.map(u16::from);
        let over = |it: u16| ((it * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
        Rgb([over(red), over(green), over(blue)])
    })
}

fn from_image(error: ImageError) -> Error {
    match error {
        ImageError::Limits(_) => too_many_pixels(),
        other => damaged(other),
    }
}

fn too_many_pixels() -> Error {
    let most = PIXELS_MAX / 1_000_000;
    let detail = format!("a photo has at most {SIDE_PX_MAX} pixels a side, {most} million in all");
    Error::invalid("", "too_many_pixels", detail)
}

fn damaged(why: impl std::fmt::Display) -> Error {
    Error::invalid("", "damaged", format!("this photo is damaged: {why}"))
}
