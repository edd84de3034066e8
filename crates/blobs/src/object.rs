//! Blobs over `object_store`: a folder, memory, or a bucket.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use futures::StreamExt as _;
use object_store::{
    ObjectStore, ObjectStoreExt as _, PutMode, local::LocalFileSystem, memory::InMemory,
    path::Path as ObjectPath,
};

use crate::{BLOB_LEN_MAX, BlobName, Blobs, BoxFuture, Error, Listed, Result, UploadTicket};

/// Blobs in an object store of any kind.
#[derive(Debug)]
pub struct ObjectBlobs {
    store: Arc<dyn ObjectStore>,
    /// Where the store is a folder: it syncs what it writes, but not what it deletes.
    folder: Option<PathBuf>,
    /// Where it is a bucket: that signs forms for uploads.
    #[cfg(feature = "s3")]
    pub(crate) bucket: Option<crate::s3::Bucket>,
}

impl ObjectBlobs {
    /// Keeps blobs in a folder, which is created, readable by its owner alone.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        create_private(folder).map_err(unavailable)?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(unavailable)?.with_fsync(true);
        Ok(Self { folder: Some(folder.to_owned()), ..Self::over(Arc::new(store)) })
    }

    /// Keeps blobs as long as the process lives.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::over(Arc::new(InMemory::new()))
    }

    /// Keeps blobs in this store, which must be durable by itself.
    #[must_use]
    pub fn over(store: Arc<dyn ObjectStore>) -> Self {
        Self {
            store,
            folder: None,
            #[cfg(feature = "s3")]
            bucket: None,
        }
    }

    #[cfg(feature = "s3")]
    fn ticket(&self, name: &BlobName, len_max: u64) -> Option<UploadTicket> {
        self.bucket.as_ref().map(|it| it.ticket(name, len_max))
    }

    #[cfg(not(feature = "s3"))]
    fn ticket(&self, _: &BlobName, _: u64) -> Option<UploadTicket> {
        None
    }

    async fn put_with(&self, name: &BlobName, bytes: Bytes, mode: PutMode) -> Result<()> {
        if BLOB_LEN_MAX < bytes.len() {
            let len = bytes.len();
            return Err(Error::Invalid(format!("a blob of {len} bytes, more than {BLOB_LEN_MAX}")));
        }
        let answer = self.store.put_opts(&path(name), bytes.into(), mode.into()).await;
        answer.map(drop).map_err(|why| error(name, why))
    }

    async fn put_new_now(&self, name: &BlobName, bytes: Bytes) -> Result<()> {
        match self.put_with(name, bytes.clone(), PutMode::Create).await {
            // Perhaps by ourselves: an attempt whose answer was lost, here or
            // inside the store's own retries.
            Err(Error::Exists(name)) => match self.get_now(&name).await {
                Ok(there) if there == bytes => Ok(()),
                // Deleted in between: it did exist when we asked.
                Ok(_) | Err(Error::Missing(_)) => Err(Error::Exists(name)),
                Err(other) => Err(other),
            },
            other => other,
        }
    }

    async fn get_now(&self, name: &BlobName) -> Result<Bytes> {
        let found = self.store.get(&path(name)).await.map_err(|why| error(name, why))?;
        found.bytes().await.map_err(|why| error(name, why))
    }

    async fn get_range_now(&self, name: &BlobName, range: Range<u64>) -> Result<Bytes> {
        let invalid = |len| {
            Err(Error::Invalid(format!("bytes {range:?} of {name}, which has {len} of them")))
        };
        if range.is_empty() {
            return Err(Error::Invalid(format!("bytes {range:?} of {name}: the range is empty")));
        }
        match self.store.get_range(&path(name), range.clone()).await {
            Ok(bytes) => Ok(bytes),
            Err(why) => {
                // Stores word a range past the end in different ways: ask for the length.
                let meta = self.store.head(&path(name)).await.map_err(|why| error(name, why))?;
                if meta.size <= range.start { invalid(meta.size) } else { Err(error(name, why)) }
            }
        }
    }

    async fn delete_now(&self, name: &BlobName) -> Result<()> {
        match self.store.delete(&path(name)).await {
            // Repeating a delete must sync, too: the first may not have got so far.
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {
                self.sync_folder_of(name).map_err(unavailable)
            }
            Err(why) => Err(error(name, why)),
        }
    }

    fn sync_folder_of(&self, name: &BlobName) -> io::Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let file = folder.join(name.as_str());
        match file.parent().map_or(Ok(()), sync_folder) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    /// Object stores list in order, folders do not: the smallest names are kept.
    async fn list_now(
        &self,
        folder: Option<&BlobName>,
        after: Option<&BlobName>,
        limit: usize,
    ) -> Result<Vec<Listed>> {
        let prefix = folder.map(path);
        let mut found = match after {
            Some(after) => self.store.list_with_offset(prefix.as_ref(), &path(after)),
            None => self.store.list(prefix.as_ref()),
        };
        let mut first = BTreeMap::new();
        while let Some(meta) = found.next().await {
            let meta = meta.map_err(unavailable)?;
            // A file that nobody put through this port has no name to list.
            let Ok(name) = BlobName::new(meta.location.as_ref()) else { continue };
            let is_asked_for = after.is_none_or(|after| *after < name)
                && folder.is_none_or(|folder| name.is_in(folder));
            if is_asked_for {
                first.insert(name, meta.size);
                if limit < first.len() {
                    first.pop_last();
                }
            }
        }
        Ok(first.into_iter().map(|(name, len)| Listed { name, len }).collect())
    }
}

/// Removes what killed processes left of blobs they were writing, and says how
/// many files that were. For a folder that nobody has open.
pub fn remove_unfinished(folder: &Path) -> io::Result<usize> {
    let mut removed = 0;
    for found in fs::read_dir(folder)? {
        let found = found?;
        if found.file_type()?.is_dir() {
            removed += remove_unfinished(&found.path())?;
        } else if is_unfinished(&found.file_name().to_string_lossy()) {
            fs::remove_file(found.path())?;
            removed += 1;
        }
    }
    if 0 < removed {
        sync_folder(folder)?;
    }
    Ok(removed)
}

/// `object_store` writes to the blob's name with `#` and a number first. No blob
/// is named so.
fn is_unfinished(file_name: &str) -> bool {
    file_name
        .split_once('#')
        .is_some_and(|(_, number)| number.bytes().all(|it| it.is_ascii_digit()))
}

impl Blobs for ObjectBlobs {
    fn put_new<'a>(&'a self, name: &'a BlobName, bytes: Bytes) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.put_new_now(name, bytes))
    }

    fn put<'a>(&'a self, name: &'a BlobName, bytes: Bytes) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.put_with(name, bytes, PutMode::Overwrite))
    }

    fn get<'a>(&'a self, name: &'a BlobName) -> BoxFuture<'a, Result<Bytes>> {
        Box::pin(self.get_now(name))
    }

    fn get_range<'a>(
        &'a self,
        name: &'a BlobName,
        range: Range<u64>,
    ) -> BoxFuture<'a, Result<Bytes>> {
        Box::pin(self.get_range_now(name, range))
    }

    fn delete<'a>(&'a self, name: &'a BlobName) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.delete_now(name))
    }

    fn list<'a>(
        &'a self,
        folder: Option<&'a BlobName>,
        after: Option<&'a BlobName>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Listed>>> {
        Box::pin(self.list_now(folder, after, limit))
    }

    fn upload_ticket<'a>(
        &'a self,
        name: &'a BlobName,
        len_max: u64,
    ) -> BoxFuture<'a, Result<Option<UploadTicket>>> {
        Box::pin(async move { Ok(self.ticket(name, len_max)) })
    }
}

fn path(name: &BlobName) -> ObjectPath {
    ObjectPath::from(name.as_str())
}

fn error(name: &BlobName, why: object_store::Error) -> Error {
    match why {
        object_store::Error::NotFound { .. } => Error::Missing(name.clone()),
        object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. } => {
            Error::Exists(name.clone())
        }
        object_store::Error::InvalidPath { .. } => Error::Invalid(why.to_string()),
        why => unavailable(why),
    }
}

fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => sync_folder(parent),
        _ => sync_folder(Path::new(".")),
    }
}

/// Makes a change of names in a folder durable; only Unix can and needs to.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn unavailable(why: impl std::error::Error) -> Error {
    Error::Unavailable(why.to_string())
}

#[cfg(test)]
mod tests;
