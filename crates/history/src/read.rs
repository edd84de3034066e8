//! Reading a file in part: its footer says which pages may hold a subject, its
//! filter whether any does. What is not asked for is not fetched.

use std::{ops::Range, sync::Arc};

use blobs::{BlobName, Blobs};
use bytes::Bytes;
use domain::id::Subject;
use futures::{
    FutureExt, Stream, StreamExt, TryFutureExt, TryStreamExt,
    future::{BoxFuture, try_join_all},
};
use parquet::{
    arrow::{
        arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, RowSelection, RowSelector},
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
    columns::{SUBJECT, from_batch},
};

/// Footers that are remembered.
const FOOTERS_MAX: usize = 512;
/// Filters that are remembered, of some kilobytes each.
const FILTERS_MAX: usize = 2_048;
/// A footer with its indexes is mostly within as many last bytes.
const FOOTER_LEN: usize = 64 * 1_024;
/// Rows that are read at once when all are.
const BATCH: usize = 4_096;

/// Reads files of events.
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

    /// The events of one subject in a file of `len` bytes, in the order of its chain.
    pub async fn of_subject(
        &self,
        segment: Segment,
        len: u64,
        subject: Subject,
    ) -> Result<Vec<Row>> {
        let footer = self.footer(segment, len).await?;
        let name = subject.to_string();
        let mut rows = Vec::new();
        for group in 0..footer.metadata().num_row_groups() {
            let Some(pages) = pages_with(footer.metadata(), group, name.as_bytes()) else {
                continue;
            };
            if !self.may_have(segment, len, &footer, group, &name).await? {
                continue;
            }
            let file = self.file(segment, len);
            let builder = ParquetRecordBatchStreamBuilder::new_with_metadata(file, footer.clone());
            let batches = builder.with_row_groups(vec![group]).with_row_selection(pages).build()?;
            let batches: Vec<_> = batches.try_collect().await?;
            for batch in batches {
                rows.extend(from_batch(&batch)?.into_iter().filter(|it| it.subject() == subject));
            }
        }
        Ok(rows)
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

    /// Whether a group may hold a subject, as its filter says.
    async fn may_have(
        &self,
        segment: Segment,
        len: u64,
        footer: &ArrowReaderMetadata,
        group: usize,
        subject: &str,
    ) -> Result<bool> {
        if let Some(filter) = self.filters.get(&(segment, group)) {
            return Ok(filter.check(&subject));
        }
        let file = self.file(segment, len);
        let mut builder = ParquetRecordBatchStreamBuilder::new_with_metadata(file, footer.clone());
        let filter = builder.get_row_group_column_bloom_filter(group, SUBJECT).await?;
        let Some(filter) = filter.map(Arc::new) else { return Ok(true) };
        self.filters.insert((segment, group), Arc::clone(&filter));
        Ok(filter.check(&subject))
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

/// The pages of a group that may hold a subject; nothing if none can.
fn pages_with(footer: &ParquetMetaData, group: usize, subject: &[u8]) -> Option<RowSelection> {
    let rows = footer.row_group(group).num_rows() as usize;
    let indexes = footer.page_index_for_row_group(group);
    let Some(ColumnIndexMetaData::BYTE_ARRAY(index)) = indexes.column_index(SUBJECT) else {
        return Some(RowSelection::from(vec![RowSelector::select(rows)]));
    };
    let pages = indexes.offset_index(SUBJECT)?.page_locations();
    let mut selectors = Vec::new();
    for (at, page) in pages.iter().enumerate() {
        let end = pages.get(at + 1).map_or(rows, |it| it.first_row_index as usize);
        let count = end - page.first_row_index as usize;
        let within = index.min_value(at).is_none_or(|it| it <= subject)
            && index.max_value(at).is_none_or(|it| subject <= it);
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
