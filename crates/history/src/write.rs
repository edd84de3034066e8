//! Writing a file: sorted, so that what is about one thing takes a few pages.

use arrow_schema::{DataType, Schema};
use bytes::Bytes;
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, Encoding, ZstdLevel},
    errors::ParquetError,
    file::{
        metadata::SortingColumn,
        properties::{EnabledStatistics, WriterProperties},
    },
    schema::types::ColumnPath,
};

use crate::{
    Error, Result, Row, Segment,
    columns::{ABOUT, LEAF, SEQ, schema, to_batch},
};

/// Rows that are turned into columns at once.
pub(crate) const BATCH: usize = 4_096;
/// Rows that one filter speaks for.
const GROUP: usize = 131_072;
/// A page has no more rows: about what is read for one thing.
const PAGE_ROWS: usize = 512;
/// Of a hundred things that a group does not have, its filter lets one pass.
const FALSE_POSITIVES: f64 = 0.01;
/// Columns of few words, and the one that is never looked for by its value.
const SHAPE: Shape =
    Shape { sorted: [ABOUT, SEQ], repeated: &["kind", "actor"], plain: Some(LEAF) };
/// Between speed and size; files are written once and kept for ever.
const ZSTD: i32 = 9;

/// How a file is laid out.
pub(crate) struct Shape {
    /// The columns by which it is sorted; by the first it is searched.
    pub sorted: [usize; 2],
    /// Columns that say the same again and again.
    pub repeated: &'static [&'static str],
    /// One of which no statistics are kept.
    pub plain: Option<usize>,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its name.
    pub segment: Segment,
    /// Its bytes: the same for the same rows in any order.
    pub bytes: Bytes,
    /// How many rows it has.
    pub rows: u64,
}

/// Writes the rows of one day as one file. Rows that are given twice are written
/// once. Nothing, if there are none.
pub fn write(day: u32, mut rows: Vec<Row>) -> Result<Option<Written>> {
    rows.sort_by_cached_key(Row::order);
    rows.dedup_by_key(|it| it.log_index);
    let spans = rows.iter().map(|it| it.log_index);
    let (Some(first), Some(last)) = (spans.clone().min(), spans.max()) else { return Ok(None) };
    let mut writer =
        ArrowWriter::try_new(Vec::new(), schema(), Some(properties(&schema(), &SHAPE)?))?;
    for part in rows.chunks(BATCH) {
        writer.write(&to_batch(part)?)?;
    }
    let bytes = Bytes::from(writer.into_inner()?);
    Ok(Some(Written { segment: Segment { day, first, last }, bytes, rows: rows.len() as u64 }))
}

pub(crate) fn properties(schema: &Schema, shape: &Shape) -> Result<WriterProperties> {
    let sorted =
        |at: usize| SortingColumn { column_idx: at as i32, descending: false, nulls_first: false };
    let mut properties = WriterProperties::builder()
        .set_created_by("whereabouts".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD)?))
        .set_sorting_columns(Some(shape.sorted.map(sorted).to_vec()))
        .set_max_row_group_row_count(Some(GROUP))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_write_batch_size(PAGE_ROWS)
        // Whoever reads one page would have to read the dictionary of all.
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::Chunk);
    let path = |at: usize| ColumnPath::from(schema.field(at).name().as_str());
    for (at, field) in schema.fields().iter().enumerate() {
        let of = field.data_type();
        if matches!(of, DataType::Int32 | DataType::UInt64 | DataType::Timestamp(..)) {
            properties = properties.set_column_encoding(path(at), Encoding::DELTA_BINARY_PACKED);
        }
        if shape.repeated.contains(&field.name().as_str()) {
            properties = properties.set_column_dictionary_enabled(path(at), true);
        }
    }
    let found_by = path(shape.sorted[0]);
    properties = properties
        .set_column_statistics_enabled(found_by.clone(), EnabledStatistics::Page)
        .set_column_bloom_filter_enabled(found_by.clone(), true)
        .set_column_bloom_filter_fpp(found_by, FALSE_POSITIVES);
    if let Some(plain) = shape.plain {
        properties = properties.set_column_statistics_enabled(path(plain), EnabledStatistics::None);
    }
    Ok(properties.build())
}

impl From<ParquetError> for Error {
    fn from(error: ParquetError) -> Self {
        match error {
            ParquetError::External(inner) => match inner.downcast::<blobs::Error>() {
                Ok(error) => Self::Blobs(*error),
                Err(other) => Self::Corrupt(other.to_string()),
            },
            other => Self::Corrupt(other.to_string()),
        }
    }
}
