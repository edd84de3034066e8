//! Blobs that count what is read of them.

use std::{
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use blobs::{BlobName, Blobs, BoxFuture, Listed, ObjectBlobs, Result, UploadTicket};
use bytes::Bytes;

/// What was read so far.
#[derive(Debug)]
pub struct Metered {
    inner: ObjectBlobs,
    reads: AtomicU64,
    bytes: AtomicU64,
}

impl Metered {
    pub fn new() -> Arc<Self> {
        let inner = ObjectBlobs::in_memory();
        Arc::new(Self { inner, reads: AtomicU64::new(0), bytes: AtomicU64::new(0) })
    }

    /// Reads and bytes since it was asked last.
    pub fn taken(&self) -> (u64, u64) {
        (self.reads.swap(0, Ordering::Relaxed), self.bytes.swap(0, Ordering::Relaxed))
    }
}

impl Blobs for Metered {
    fn put_new<'a>(&'a self, name: &'a BlobName, bytes: Bytes) -> BoxFuture<'a, Result<()>> {
        self.inner.put_new(name, bytes)
    }

    fn put<'a>(&'a self, name: &'a BlobName, bytes: Bytes) -> BoxFuture<'a, Result<()>> {
        self.inner.put(name, bytes)
    }

    fn get<'a>(&'a self, name: &'a BlobName) -> BoxFuture<'a, Result<Bytes>> {
        self.inner.get(name)
    }

    fn get_range<'a>(
        &'a self,
        name: &'a BlobName,
        range: Range<u64>,
    ) -> BoxFuture<'a, Result<Bytes>> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(range.end - range.start, Ordering::Relaxed);
        self.inner.get_range(name, range)
    }

    fn delete<'a>(&'a self, name: &'a BlobName) -> BoxFuture<'a, Result<()>> {
        self.inner.delete(name)
    }

    fn list<'a>(
        &'a self,
        folder: Option<&'a BlobName>,
        after: Option<&'a BlobName>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Listed>>> {
        self.inner.list(folder, after, limit)
    }

    fn upload_ticket<'a>(
        &'a self,
        name: &'a BlobName,
        len_max: u64,
    ) -> BoxFuture<'a, Result<Option<UploadTicket>>> {
        self.inner.upload_ticket(name, len_max)
    }
}
