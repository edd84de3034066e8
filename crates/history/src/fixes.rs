//! Fixes once more as Parquet files, by tracker and then by when they were measured.
//! What a fix may lack is null there; numbers are the integers that were accepted.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, Int32Array, RecordBatch, StringArray, TimestampMillisecondArray, UInt16Array,
    UInt32Array,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use blobs::BlobName;
use bytes::Bytes;
use domain::{id::TrackerId, leaf::hex, motion::Fix, position::Height, time::Timestamp};
use parquet::arrow::ArrowWriter;

use crate::{
    Error, Result, Segment,
    segment::dated,
    write::{BATCH, Shape, properties},
};

/// The folder of all files.
pub const FOLDER: &str = "history/fixes";
/// The names of the columns, in order.
pub const NAMES: [&str; 15] = [
    "tracker",
    "measured_at",
    "lat_e7",
    "lon_e7",
    "height_mm",
    "height_raw_mm",
    "datum",
    "radius_95_mm",
    "vertical_95_mm",
    "speed_mm_s",
    "course_cdeg",
    "recorded_at",
    "actor",
    "batch",
    "chunk",
];
/// Columns of few words, or of what many have in common.
const REPEATED: [&str; 4] = ["datum", "actor", "batch", "chunk"];
const SHAPE: Shape = Shape { sorted: [0, 1], repeated: &REPEATED, plain: None };

/// What the fixes of a batch have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Its id.
    pub id: [u8; 16],
    /// When it was accepted.
    pub recorded_at: Timestamp,
    /// Who sent it.
    pub actor: String,
    /// SHA-256 of the chunk that keeps it, which its name ends with.
    pub chunk: [u8; 32],
}

/// A fix, and of which batch it is by its place among them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Whose.
    pub tracker: TrackerId,
    /// What was measured.
    pub fix: Fix,
    /// Of which batch.
    pub batch: u32,
}

/// Where the file lies of chunks that were sealed from an instant on: on that day, and
/// named by the first 8 bytes of the first one's hash.
#[must_use]
pub fn name(sealed_at: Timestamp, first: [u8; 8]) -> BlobName {
    let day = dated(Segment::day_of(sealed_at));
    let name = format!("{FOLDER}/{day}/{:013}-{}.parquet", sealed_at.millis(), hex(&first));
    BlobName::new(name).expect("dates and digits are names")
}

/// Writes fixes as one file: the same bytes for the same fixes in any order.
pub fn write(batches: &[Batch], mut fixes: Vec<Measured>) -> Result<Bytes> {
    let order = |it: &Measured| {
        let batch = batches.get(it.batch as usize).map(|it| (it.recorded_at, it.id));
        (
            *it.tracker.as_bytes(),
            it.fix.at,
            batch,
            it.fix.position.at.lat_e7(),
            it.fix.position.at.lon_e7(),
        )
    };
    fixes.sort_by_cached_key(order);
    let mut writer =
        ArrowWriter::try_new(Vec::new(), schema(), Some(properties(&schema(), &SHAPE)?))?;
    for part in fixes.chunks(BATCH) {
        writer.write(&to_batch(batches, part)?)?;
    }
    Ok(Bytes::from(writer.into_inner()?))
}

fn schema() -> SchemaRef {
    let instant = || DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
    let types = [
        (DataType::Utf8, false),
        (instant(), false),
        (DataType::Int32, false),
        (DataType::Int32, false),
        (DataType::Int32, true),
        (DataType::Int32, true),
        (DataType::Utf8, true),
        (DataType::UInt32, true),
        (DataType::UInt32, true),
        (DataType::UInt32, true),
        (DataType::UInt16, true),
        (instant(), false),
        (DataType::Utf8, false),
        (DataType::Utf8, false),
        (DataType::Utf8, false),
    ];
    let fields = std::iter::zip(NAMES, types);
    let fields = fields.map(|(name, (of, optional))| Field::new(name, of, optional));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn to_batch(batches: &[Batch], fixes: &[Measured]) -> Result<RecordBatch> {
    let unknown = || Error::Corrupt("a fix of no batch".to_owned());
    let of: Vec<&Batch> = fixes
        .iter()
        .map(|it| batches.get(it.batch as usize).ok_or_else(unknown))
        .collect::<Result<_>>()?;
    let instants = |each: Vec<i64>| -> ArrayRef {
        Arc::new(TimestampMillisecondArray::from(each).with_timezone("UTC"))
    };
    let texts = |each: Vec<String>| -> ArrayRef { Arc::new(StringArray::from_iter_values(each)) };
    let each = || fixes.iter().map(|it| it.fix);
    let heights = || each().map(|it| it.position.height);
    let unsigned = |of: fn(Fix) -> Option<u32>| -> ArrayRef {
        Arc::new(each().map(of).collect::<UInt32Array>())
    };
    let columns: Vec<ArrayRef> = vec![
        texts(fixes.iter().map(|it| it.tracker.to_string()).collect()),
        instants(each().map(|it| it.at.millis()).collect()),
        Arc::new(each().map(|it| Some(it.position.at.lat_e7())).collect::<Int32Array>()),
        Arc::new(each().map(|it| Some(it.position.at.lon_e7())).collect::<Int32Array>()),
        Arc::new(heights().map(|it| it.map(Height::ellipsoid_mm)).collect::<Int32Array>()),
        Arc::new(heights().map(|it| it.map(Height::raw_mm)).collect::<Int32Array>()),
        Arc::new(heights().map(|it| it.map(|it| it.datum().word())).collect::<StringArray>()),
        unsigned(|it| it.radius_95_mm),
        unsigned(|it| it.vertical_95_mm),
        unsigned(|it| it.speed_mm_s),
        Arc::new(each().map(|it| it.course_cdeg).collect::<UInt16Array>()),
        instants(of.iter().map(|it| it.recorded_at.millis()).collect()),
        texts(of.iter().map(|it| it.actor.clone()).collect()),
        texts(of.iter().map(|it| hex(&it.id)).collect()),
        texts(of.iter().map(|it| hex(&it.chunk)).collect()),
    ];
    RecordBatch::try_new(schema(), columns).map_err(|it| Error::Corrupt(it.to_string()))
}
