//! Reading a file in part: its footer says which pages may hold what is about a thing,
//! its filter whether any does. What is not asked for is not fetched.

use std::{ops::Range, sync::Arc};

use arrow_array::{BooleanArray, RecordBatch, cast::AsArray, types::TimestampMillisecondType};
use blobs::{BlobName, Blobs};
use bytes::Bytes;
use domain::{leaf::entry::Entry, time::Timestamp};
use futures::{
    FutureExt, Stream, StreamExt, TryFutureExt, TryStreamExt,
    future::{BoxFuture, try_join_all},
};
use parquet::{
    arrow::{
        ProjectionMask,
        arrow_reader::{
            ArrowPredicateFn, ArrowReaderMetadata, ArrowReaderOptions, RowFilter, RowSelection,
            RowSelector,
        },
        async_reader::{AsyncFileReader, ParquetRecordBatchStreamBuilder},
    },
    bloom_filter::Sbbf,
    errors::ParquetError,
    file::{
        metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader},
        page_index::column_index::ColumnIndexMetaData,
    },
};
use quick_cache::sync::Cache;

use crate::{
    Result, Row, Segment,
    columns::{ABOUT, ACTOR, KIND, PARTS, RECORDED_AT, from_batch, from_parts},
};

/// Footers that are remembered.
const FOOTERS_MAX: usize = 512;
/// Filters that are remembered, of some kilobytes each.
const FILTERS_MAX: usize = 2_048;
/// A footer with its indexes is mostly within as many last bytes.
const FOOTER_LEN: usize = 64 * 1_024;
/// Rows that are read at once when all are.
const BATCH: usize = 4_096;

/// Which entries are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of whom, if only of one.
    pub actor: Option<String>,
    /// Of which kind, if only of one.
    pub kind: Option<String>,
    /// Recorded then or later.
    pub from: Option<Timestamp>,
    /// Recorded before that.
    pub until: Option<Timestamp>,
}

impl Filter {
    /// Whether an entry is one of them.
    #[must_use]
    pub fn takes(&self, entry: &Entry) -> bool {
        self.takes_parts(entry.actor(), entry.kind(), entry.recorded_at().millis())
    }

    fn takes_parts(&self, actor: &str, kind: &str, recorded_ms: i64) -> bool {
        self.actor.as_deref().is_none_or(|it| it == actor)
            && self.kind.as_deref().is_none_or(|it| it == kind)
            && self.from.is_none_or(|it| it.millis() <= recorded_ms)
            && self.until.is_none_or(|it| recorded_ms < it.millis())
    }

    /// Chooses among rows of which there are only kind, instant and actor.
    fn choose(&self, batch: &RecordBatch) -> BooleanArray {
        let (kinds, actors) =
            (batch.column(0).as_string::<i32>(), batch.column(2).as_string::<i32>());
        let recorded = batch.column(1).as_primitive::<TimestampMillisecondType>();
        let takes =
            |at: usize| self.takes_parts(actors.value(at), kinds.value(at), recorded.value(at));
        (0..batch.num_rows()).map(|at| Some(takes(at))).collect()
    }
}

/// Reads files of entries.
#[derive(Debug)]
pub struct Reader {
    blobs: Arc<dyn Blobs>,
    footers: Cache<Segment, ArrowReaderMetadata>,
    filters: Cache<(Segment, usize), Arc<Sbbf>>,
}

impl Reader {
    /// Reads from these blobs.
    #[must_use]
    pub fn new(blobs: Arc<dyn Blobs>) -> Self {
        Self { blobs, footers: Cache::new(FOOTERS_MAX), filters: Cache::new(FILTERS_MAX) }
    }

    /// The entries about one thing in a file of `len` bytes, in the order of its chain.
    pub async fn about(&self, segment: Segment, len: u64, about: &str) -> Result<Vec<Row>> {
        let footer = self.footer(segment, len).await?;
        let mut rows = Vec::new();
        for group in 0..footer.metadata().num_row_groups() {
            let Some(pages) = pages_with(footer.metadata(), group, about.as_bytes()) else {
                continue;
            };
            if !self.may_have(segment, len, &footer, group, about).await? {
                continue;
            }
            let file = self.file(segment, len);
            let builder = ParquetRecordBatchStreamBuilder::new_with_metadata(file, footer.clone());
            // Of the others on these pages only what they are about is looked at.
            let mask = ProjectionMask::leaves(footer.parquet_schema(), [ABOUT]);
            let wanted = about.to_owned();
            let is = ArrowPredicateFn::new(mask, move |batch| {
                let abouts = batch.column(0).as_string::<i32>().iter();
                Ok(abouts.map(|it| Some(it == Some(wanted.as_str()))).collect())
            });
            let parts = ProjectionMask::leaves(footer.parquet_schema(), PARTS);
            let builder = builder.with_row_groups(vec![group]).with_row_selection(pages);
            let builder = builder.with_row_filter(RowFilter::new(vec![Box::new(is)]));
            let batches: Vec<_> = builder.with_projection(parts).build()?.try_collect().await?;
            for batch in batches {
                rows.extend(from_parts(&batch)?.into_iter().filter(|it| it.entry.about() == about));
            }
        }
        Ok(rows)
    }

    /// The entries of a file that a filter chooses, a few at a time, in its order. Of
    /// the others only the columns are read that they are chosen by.
    pub async fn chosen(
        &self,
        segment: Segment,
        len: u64,
        filter: &Filter,
    ) -> Result<impl Stream<Item = Result<Vec<Row>>> + use<>> {
        let footer = self.footer(segment, len).await?;
        let columns = [KIND, RECORDED_AT, ACTOR];
        let mask = ProjectionMask::leaves(footer.parquet_schema(), columns);
        let chooser = filter.clone();
        let chosen = ArrowPredicateFn::new(mask, move |batch| Ok(chooser.choose(&batch)));
        let file = self.file(segment, len);
        let builder = ParquetRecordBatchStreamBuilder::new_with_metadata(file, footer);
        let filter = RowFilter::new(vec![Box::new(chosen)]);
        let batches = builder.with_batch_size(BATCH).with_row_filter(filter).build()?;
        Ok(batches.map(|batch| from_batch(&batch?)))
    }

    /// Every event of a file, in its order, a few at a time.
    pub async fn all(
        &self,
        segment: Segment,
        len: u64,
    ) -> Result<impl Stream<Item = Result<Vec<Row>>> + use<>> {
        let footer = self.footer(segment, len).await?;
        let file = self.file(segment, len);
        let builder = ParquetRecordBatchStreamBuilder::new_with_metadata(file, footer);
        let batches = builder.with_batch_size(BATCH).build()?;
        Ok(batches.map(|batch| from_batch(&batch?)))
    }

    /// Whether a group may hold what is about a thing, as its filter says.
    async fn may_have(
        &self,
        segment: Segment,
        len: u64,
        footer: &ArrowReaderMetadata,
        group: usize,
        about: &str,
    ) -> Result<bool> {
        if let Some(filter) = self.filters.get(&(segment, group)) {
            return Ok(filter.check(&about));
        }
        let file = self.file(segment, len);
        let mut builder = ParquetRecordBatchStreamBuilder::new_with_metadata(file, footer.clone());
        let filter = builder.get_row_group_column_bloom_filter(group, ABOUT).await?;
        let Some(filter) = filter.map(Arc::new) else { return Ok(true) };
        self.filters.insert((segment, group), Arc::clone(&filter));
        Ok(filter.check(&about))
    }

    async fn footer(&self, segment: Segment, len: u64) -> Result<ArrowReaderMetadata> {
        if let Some(footer) = self.footers.get(&segment) {
            return Ok(footer);
        }
        let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Required);
        let mut file = self.file(segment, len);
        let footer = ArrowReaderMetadata::load_async(&mut file, options).await?;
        self.footers.insert(segment, footer.clone());
        Ok(footer)
    }

    fn file(&self, segment: Segment, len: u64) -> File {
        File { blobs: Arc::clone(&self.blobs), name: segment.name(), len }
    }
}

/// The pages of a group that may hold what is about a thing; nothing if none can.
fn pages_with(footer: &ParquetMetaData, group: usize, about: &[u8]) -> Option<RowSelection> {
    let rows = footer.row_group(group).num_rows() as usize;
    let indexes = footer.page_index_for_row_group(group);
    let Some(ColumnIndexMetaData::BYTE_ARRAY(index)) = indexes.column_index(ABOUT) else {
        return Some(RowSelection::from(vec![RowSelector::select(rows)]));
    };
    let pages = indexes.offset_index(ABOUT)?.page_locations();
    let mut selectors = Vec::new();
    for (at, page) in pages.iter().enumerate() {
        let end = pages.get(at + 1).map_or(rows, |it| it.first_row_index as usize);
        let count = end - page.first_row_index as usize;
        let within = index.min_value(at).is_none_or(|it| it <= about)
            && index.max_value(at).is_none_or(|it| about <= it);
        selectors.push(if within { RowSelector::select(count) } else { RowSelector::skip(count) });
    }
    let pages = RowSelection::from(selectors);
    pages.selects_any().then_some(pages)
}

/// A file, fetched in ranges.
struct File {
    blobs: Arc<dyn Blobs>,
    name: BlobName,
    len: u64,
}

impl File {
    fn range(&self, range: Range<u64>) -> BoxFuture<'static, parquet::errors::Result<Bytes>> {
        let (blobs, name) = (Arc::clone(&self.blobs), self.name.clone());
        let wanted = range.end - range.start;
        async move {
            let bytes = blobs.get_range(&name, range).await;
            let bytes = bytes.map_err(|it| ParquetError::External(Box::new(it)))?;
            if bytes.len() as u64 == wanted {
                Ok(bytes)
            } else {
                Err(ParquetError::General(format!("{name} is shorter than it was")))
            }
        }
        .boxed()
    }
}

impl AsyncFileReader for File {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, parquet::errors::Result<Bytes>> {
        self.range(range)
    }

    fn get_byte_ranges(
        &mut self,
        ranges: Vec<Range<u64>>,
    ) -> BoxFuture<'_, parquet::errors::Result<Vec<Bytes>>> {
        try_join_all(ranges.into_iter().map(|it| self.range(it)).collect::<Vec<_>>()).boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, parquet::errors::Result<Arc<ParquetMetaData>>> {
        let len = self.len;
        let reader = ParquetMetaDataReader::new()
            .with_arrow_reader_options(options)
            .with_prefetch_hint(Some(FOOTER_LEN));
        reader.load_and_finish(self, len).map_ok(Arc::new).boxed()
    }
}
