//! Blobs that count what is read of them.

use std::{
    ops::Range,
    sync::atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;

use crate::{BlobName, Blobs, BoxFuture, Listed, ObjectBlobs, Result, UploadTicket};

/// Counts reads and their bytes.
#[derive(Debug)]
pub struct Metered {
    inner: ObjectBlobs,
    reads: AtomicU64,
    bytes: AtomicU64,
}

impl Metered {
    /// Of these blobs.
    #[must_use]
    pub const fn new(inner: ObjectBlobs) -> Self {
        Self { inner, reads: AtomicU64::new(0), bytes: AtomicU64::new(0) }
    }

    /// Reads and bytes since it was asked last.
    pub fn taken(&self) -> (u64, u64) {
        (self.reads.swap(0, Ordering::Relaxed), self.bytes.swap(0, Ordering::Relaxed))
    }

    fn read(&self, bytes: u64) {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
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
        Box::pin(async move {
            let bytes = self.inner.get(name).await?;
            self.read(bytes.len() as u64);
            Ok(bytes)
        })
    }

    fn get_range<'a>(
        &'a self,
        name: &'a BlobName,
        range: Range<u64>,
    ) -> BoxFuture<'a, Result<Bytes>> {
        self.read(range.end - range.start);
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
