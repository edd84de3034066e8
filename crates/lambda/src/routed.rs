//! Blobs in two buckets: what of the audit log never goes away has one of its own, in
//! which nobody can take anything away.

use std::ops::Range;

use blobs::{BlobName, Blobs, BoxFuture, Listed, ObjectBlobs, Result, UploadTicket};
use bytes::Bytes;

/// The two buckets.
#[derive(Debug)]
pub struct Routed {
    /// For all that may go away.
    pub blobs: ObjectBlobs,
    /// For what stays.
    pub log: ObjectBlobs,
}

impl Routed {
    fn of(&self, name: &BlobName) -> &ObjectBlobs {
        if stays(name.as_str()) { &self.log } else { &self.blobs }
    }
}

/// Files of the log stay, but for tiles that are not full: these go once a fuller one
/// is there.
fn stays(name: &str) -> bool {
    name.strip_prefix("log/").is_some_and(|it| !it.contains(".p/"))
}

impl Blobs for Routed {
    fn put_new<'a>(&'a self, name: &'a BlobName, bytes: Bytes) -> BoxFuture<'a, Result<()>> {
        self.of(name).put_new(name, bytes)
    }

    fn put<'a>(&'a self, name: &'a BlobName, bytes: Bytes) -> BoxFuture<'a, Result<()>> {
        self.of(name).put(name, bytes)
    }

    fn get<'a>(&'a self, name: &'a BlobName) -> BoxFuture<'a, Result<Bytes>> {
        self.of(name).get(name)
    }

    fn get_range<'a>(
        &'a self,
        name: &'a BlobName,
        range: Range<u64>,
    ) -> BoxFuture<'a, Result<Bytes>> {
        self.of(name).get_range(name, range)
    }

    fn delete<'a>(&'a self, name: &'a BlobName) -> BoxFuture<'a, Result<()>> {
        self.of(name).delete(name)
    }

    fn list<'a>(
        &'a self,
        folder: Option<&'a BlobName>,
        after: Option<&'a BlobName>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Listed>>> {
        let in_log =
            folder.is_none_or(|it| it.as_str() == "log" || it.as_str().starts_with("log/"));
        if !in_log {
            return self.blobs.list(folder, after, limit);
        }
        Box::pin(async move {
            let mut all = self.blobs.list(folder, after, limit).await?;
            all.extend(self.log.list(folder, after, limit).await?);
            all.sort_by(|a, b| a.name.cmp(&b.name));
            all.truncate(limit);
            Ok(all)
        })
    }

    fn upload_ticket<'a>(
        &'a self,
        name: &'a BlobName,
        len_max: u64,
    ) -> BoxFuture<'a, Result<Option<UploadTicket>>> {
        self.of(name).upload_ticket(name, len_max)
    }
}

#[cfg(test)]
mod tests {
    //! What goes where.

    use blobs::conformance;

    use super::*;

    #[test]
    fn only_what_never_goes_away_stays() {
        for name in ["log/checkpoint", "log/tile/0/000", "log/tile/entries/x001/234", "log/vkey"] {
            assert!(stays(name), "{name}");
        }
        for name in ["log/tile/0/000.p/7", "log-staging/7-0-ab", "history/a", "photos/a", "log"] {
            assert!(!stays(name), "{name}");
        }
    }

    #[tokio::test]
    async fn two_buckets_are_one_store() {
        let (blobs, log) = (ObjectBlobs::in_memory(), ObjectBlobs::in_memory());
        let both = Routed { blobs, log };
        conformance::all(&both).await;
        let names = ["log/a", "log/a.p/1", "log/b", "other/a"].map(|it| BlobName::new(it).unwrap());
        for name in &names {
            both.put_new(name, Bytes::from_static(b"x")).await.unwrap();
        }
        let folder = BlobName::new("log").unwrap();
        let listed = both.list(Some(&folder), None, 2).await.unwrap();
        let listed: Vec<BlobName> = listed.into_iter().map(|it| it.name).collect();
        assert_eq!(listed, names[..2]);
        let rest = both.list(Some(&folder), Some(&listed[1]), 9).await.unwrap();
        assert_eq!(rest.len(), 1);
        assert_eq!(both.log.list(None, None, 9).await.unwrap().len(), 2);
    }
}
