//! The columns of a file. Times are UTC in milliseconds; `leaf` is the JSON that was
//! logged, so that whoever reads a file reads the whole event; `leaf_check`, the first
//! four bytes of its hash, tells a damaged page. Who changed a file on purpose is found
//! by the log.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, RecordBatch, StringArray, TimestampMillisecondArray, UInt32Array, UInt64Array,
    cast::AsArray,
    types::{UInt32Type, UInt64Type},
};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};

use domain::leaf::{entry::Entry, leaf_hash};

use crate::{Error, Result, Row};

/// The column by which a file is sorted and searched.
pub const ABOUT: usize = 0;
/// The order of events of one subject.
pub const SEQ: usize = 1;
/// The columns that entries are chosen by.
pub const KIND: usize = 4;
pub const RECORDED_AT: usize = 6;
pub const ACTOR: usize = 7;
/// What was logged.
pub const LEAF: usize = 9;
/// What a row is made of; the other columns say again what the leaf says.
pub const PARTS: [usize; 3] = [2, 8, LEAF];
/// The names, in order.
pub const NAMES: [&str; 10] = [
    "about",
    "seq",
    "log_index",
    "id",
    "kind",
    "happened_at",
    "recorded_at",
    "actor",
    "leaf_check",
    "leaf",
];

/// The schema of every file.
pub fn schema() -> SchemaRef {
    let instant = || DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
    let types = [
        DataType::Utf8,
        DataType::UInt64,
        DataType::UInt64,
        DataType::Utf8,
        DataType::Utf8,
        instant(),
        instant(),
        DataType::Utf8,
        DataType::UInt32,
        DataType::Utf8,
    ];
    let fields = std::iter::zip(NAMES, types).map(|(name, it)| Field::new(name, it, false));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// Rows as columns.
pub fn to_batch(rows: &[Row]) -> Result<RecordBatch> {
    fn texts(each: impl Iterator<Item = String>) -> ArrayRef {
        Arc::new(StringArray::from_iter_values(each))
    }
    let entries = || rows.iter().map(|it| &it.entry);
    let instants = |each: Vec<i64>| -> ArrayRef {
        Arc::new(TimestampMillisecondArray::from(each).with_timezone("UTC"))
    };
    let mut leaves = Vec::with_capacity(rows.len());
    for row in rows {
        let text = std::str::from_utf8(&row.leaf);
        leaves.push(text.map_err(|_| Error::Corrupt("a leaf is no text".to_owned()))?);
    }
    let columns: Vec<ArrayRef> = vec![
        texts(entries().map(Entry::about)),
        Arc::new(UInt64Array::from_iter_values(entries().map(Entry::seq))),
        Arc::new(UInt64Array::from_iter_values(rows.iter().map(|it| it.log_index))),
        texts(entries().map(Entry::id)),
        texts(entries().map(|it| it.kind().to_owned())),
        instants(entries().map(|it| it.happened_at().millis()).collect()),
        instants(entries().map(|it| it.recorded_at().millis()).collect()),
        texts(entries().map(|it| it.actor().to_owned())),
        Arc::new(UInt32Array::from_iter_values(rows.iter().map(|it| check(&it.leaf)))),
        Arc::new(StringArray::from_iter_values(leaves)),
    ];
    RecordBatch::try_new(schema(), columns).map_err(|it| Error::Corrupt(it.to_string()))
}

/// Columns as rows. What the other columns say must be what the leaves say.
pub fn from_batch(batch: &RecordBatch) -> Result<Vec<Row>> {
    if batch.schema_ref().fields() != schema().fields() {
        return Err(Error::Corrupt(format!("the columns are not {}", NAMES.join(", "))));
    }
    let leaves = batch.column(LEAF).as_string::<i32>();
    let indices = batch.column(2).as_primitive::<UInt64Type>();
    let rows: Vec<Row> = std::iter::zip(indices.values(), leaves)
        .map(|(index, leaf)| Row::of(*index, leaf.unwrap_or_default().into()))
        .collect::<Result<_>>()?;
    let told = to_batch(&rows)?;
    if told.columns() != batch.columns() {
        return Err(Error::Corrupt("columns differ from what the leaves say".to_owned()));
    }
    Ok(rows)
}

/// The columns of [`PARTS`] as rows.
pub fn from_parts(batch: &RecordBatch) -> Result<Vec<Row>> {
    let indices = batch.column(0).as_primitive::<UInt64Type>().values();
    let checks = batch.column(1).as_primitive::<UInt32Type>().values();
    let leaves = batch.column(2).as_string::<i32>();
    let row = |((index, stored), leaf): ((&u64, &u32), Option<&str>)| {
        let row = Row::of(*index, leaf.unwrap_or_default().into())?;
        if check(&row.leaf) == *stored {
            Ok(row)
        } else {
            Err(Error::Corrupt(format!("entry {index} differs from its check")))
        }
    };
    std::iter::zip(std::iter::zip(indices, checks), leaves).map(row).collect()
}

fn check(leaf: &[u8]) -> u32 {
    u32::from_be_bytes(*leaf_hash(leaf).first_chunk().expect("32 bytes have four"))
}
