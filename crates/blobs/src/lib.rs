//! The blob port: photos, raw messages, chunks of fixes, exports and log files,
//! each a name and some bytes, in a folder or in an object store.

mod error;
mod name;
mod object;
#[cfg(feature = "s3")]
pub mod s3;

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
#[cfg(any(test, feature = "conformance"))]
mod faulty;
#[cfg(any(test, feature = "conformance"))]
mod metered;

use std::{fmt, ops::Range, pin::Pin};

use bytes::Bytes;

pub use error::{Error, Result};
#[cfg(any(test, feature = "conformance"))]
pub use faulty::{Fault, Faulty};
#[cfg(any(test, feature = "conformance"))]
pub use metered::Metered;
pub use name::{BlobName, InvalidName};
pub use object::{ObjectBlobs, remove_unfinished};

/// A future that can cross threads and trait objects.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Largest blob that is put in one piece, in bytes. It is in memory while it is.
pub const BLOB_LEN_MAX: usize = 256 * 1_024 * 1_024;

/// A blob as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: BlobName,
    /// Its size, in bytes.
    pub len: u64,
}

/// Leave to upload one blob past this process, straight to where it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadTicket {
    /// Where to post the form.
    pub url: String,
    /// The form's fields, in order, before the file itself.
    pub fields: Vec<(String, String)>,
}

/// The port.
///
/// **Durability.** A change that returned `Ok` survives a crash of the process
/// and of the machine (blobs kept in memory excepted).
/// **Atomicity.** A blob is seen whole or not at all, never in part.
/// **Consistency.** A read sees every change that returned before it began.
/// **Retrying.** Every call may be repeated after `Unavailable`.
pub trait Blobs: fmt::Debug + Send + Sync + 'static {
    /// Stores a blob that does not exist yet. Of many that put different bytes
    /// under one name, exactly one succeeds; the others get `Exists`. Putting the
    /// bytes that are already there succeeds, so that repeating a call whose
    /// outcome is unknown is safe.
    fn put_new<'a>(&'a self, name: &'a BlobName, bytes: Bytes) -> BoxFuture<'a, Result<()>>;

    /// Stores a blob, in place of the one that may be there.
    fn put<'a>(&'a self, name: &'a BlobName, bytes: Bytes) -> BoxFuture<'a, Result<()>>;

    /// Reads a whole blob.
    fn get<'a>(&'a self, name: &'a BlobName) -> BoxFuture<'a, Result<Bytes>>;

    /// Reads a part of a blob, clipped at its end. `Invalid` if the part is empty
    /// or begins past the end.
    fn get_range<'a>(
        &'a self,
        name: &'a BlobName,
        range: Range<u64>,
    ) -> BoxFuture<'a, Result<Bytes>>;

    /// Removes a blob, if it is there.
    fn delete<'a>(&'a self, name: &'a BlobName) -> BoxFuture<'a, Result<()>>;

    /// Lists the blobs inside a folder, or all, that come after a name, in the
    /// order of their names' bytes, at most `limit`. A folder `a` holds `a/b` and
    /// `a/b/c`, but neither `a` nor `ab`.
    fn list<'a>(
        &'a self,
        folder: Option<&'a BlobName>,
        after: Option<&'a BlobName>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Listed>>>;

    /// Leave for someone else to put this blob, at most this large. `None` where
    /// there is no such way: then the bytes come through the API.
    fn upload_ticket<'a>(
        &'a self,
        name: &'a BlobName,
        len_max: u64,
    ) -> BoxFuture<'a, Result<Option<UploadTicket>>>;
}
