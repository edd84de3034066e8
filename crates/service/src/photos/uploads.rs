//! Photos that do not come through us: posted to where blobs are kept, then taken from there.
//! What is posted and never taken is removed after a day by whoever keeps blobs.

use std::{fmt, str::FromStr};

use blobs::{BlobName, UploadTicket};
use bytes::Bytes;
use domain::leaf::hex;
use sha2::{Digest, Sha256};

use super::{PHOTO_LEN_MAX, from_blobs};
use crate::{
    Service,
    error::{Error, Result},
    outside::random,
    record::Attribution,
};

/// Names what somebody was given leave to post; good for them alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadId([u8; 16]);

/// A text that names no upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidUploadId;

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl FromStr for UploadId {
    type Err = InvalidUploadId;

    fn from_str(text: &str) -> std::result::Result<Self, InvalidUploadId> {
        let number = u128::from_str_radix(text, 16).map_err(|_| InvalidUploadId)?;
        let id = Self(number.to_be_bytes());
        // Exactly as it was given: no other text names the same.
        if id.to_string() == text { Ok(id) } else { Err(InvalidUploadId) }
    }
}

impl Service {
    /// Leave for somebody to post a photo past us; nothing where photos come through us.
    pub async fn offer_upload(&self, by: &Attribution) -> Result<Option<(UploadId, UploadTicket)>> {
        let id = UploadId(random(&*self.entropy));
        let ticket = self.blobs.upload_ticket(&blob_name(by, id), PHOTO_LEN_MAX as u64).await;
        Ok(ticket.map_err(from_blobs)?.map(|it| (id, it)))
    }

    /// What they have posted.
    pub async fn uploaded(&self, by: &Attribution, id: UploadId) -> Result<Bytes> {
        match self.blobs.get(&blob_name(by, id)).await {
            Err(blobs::Error::Missing(_)) => Err(Error::NotFound(id.to_string())),
            other => other.map_err(from_blobs),
        }
    }

    /// Removes what was taken over.
    pub async fn forget_uploaded(&self, by: &Attribution, id: UploadId) -> Result<()> {
        self.blobs.delete(&blob_name(by, id)).await.map_err(from_blobs)
    }
}

fn blob_name(by: &Attribution, id: UploadId) -> BlobName {
    let folder = hex(&Sha256::digest(&by.actor)[..16]);
    BlobName::new(format!("uploads/{folder}/{id}")).expect("digits and letters")
}
