//! Photos: what people show of a package. Kept without anything that says who
//! took them, where or with what; looked at only after they proved harmless.

mod jpeg;
mod png;
mod prepare;
#[cfg(test)]
mod tests;
mod uploads;
mod webp;

use blobs::BlobName;
use bytes::Bytes;
use domain::{
    admit::{Refusal, applies},
    draft::Draft,
    event::{Fact, FactKind},
    id::{EventId, PhotoId, Subject},
    leaf::hex,
    time::Timestamp,
};
use sha2::{Digest, Sha256};
use table::{Guard, Scan, Write};

use crate::{
    Service,
    error::{Error, Result},
    keys::{Row, subject_shard},
    record::{Attribution, Receipt},
    rows::{PhotoRow, to_bytes},
    turns::{Full, Turns},
};

pub use prepare::{PHOTO_LEN_MAX, PIXELS_MAX, SIDE_PX_MAX, THUMBNAIL_PX};
pub use uploads::{InvalidUploadId, UploadId};

/// Photos that are looked at at the same time: the largest that are taken need
/// some 450 MB while they are turned.
const AT_ONCE_MAX: usize = 2;
/// Photos waiting for that.
const WAITING_MAX: usize = 16;

/// A photo that somebody sends.
#[derive(Clone)]
pub struct NewPhoto<'a> {
    /// The file.
    pub bytes: Bytes,
    /// What it is said to be; must be what it is.
    pub media_type: &'a str,
    /// When it was taken or shown.
    pub happened_at: Timestamp,
}

/// Which of a photo's images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Image {
    /// As it was sent, without its metadata, upright.
    Whole,
    /// Small enough for a list.
    Thumbnail,
}

/// An image as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhotoImage {
    /// The file.
    pub bytes: Bytes,
    /// `image/jpeg`, `image/png` or `image/webp`.
    pub media_type: String,
}

impl Service {
    /// Adds a photo to a package or container. The images are stored before it
    /// is said that they exist. The same photo again is the same photo.
    pub async fn add_photo(
        &self,
        by: &Attribution,
        subject: Subject,
        photo: NewPhoto<'_>,
    ) -> Result<(PhotoRow, Receipt)> {
        if !applies(FactKind::PhotoAdded, subject.kind()) {
            return Err(Refusal::WrongSubject(FactKind::PhotoAdded, subject.kind()).into());
        }
        if !self.is_registered(subject).await? {
            return Err(Error::NotFound(subject.to_string()));
        }
        let NewPhoto { bytes, media_type, happened_at } = photo;
        let format = prepare::recognise(&bytes, media_type)?;
        let turn = self.photo_turns.take();
        let turn = turn.map_err(|Full| Error::Unavailable("too many photos at once".to_owned()))?;
        let prepared = turn.run(move || prepare::prepare(&bytes, format)).await?;

        let digest: [u8; 32] = Sha256::digest(&prepared.bytes).into();
        let id = PhotoId::derive(&[&digest, subject.to_string().as_bytes()]);
        let row = PhotoRow {
            id,
            media_type: prepared.media_type.to_owned(),
            len: prepared.bytes.len() as u64,
            width: prepared.width,
            height: prepared.height,
            digest,
        };
        let (whole, small) =
            (blob_name(subject, id, Image::Whole), blob_name(subject, id, Image::Thumbnail));
        self.blobs.put_new(&whole, prepared.bytes.into()).await.map_err(from_blobs)?;
        self.blobs.put(&small, prepared.thumbnail.into()).await.map_err(from_blobs)?;
        let put = Write::put(Row::Photo(subject, id).key(), Guard::Any, to_bytes(&row));
        self.table.write(vec![put]).await?;
        let receipt = self.record_photo(by, subject, id, happened_at).await?;
        Ok((row, receipt))
    }

    /// The photos of a package or container that its history shows, the newest
    /// last: none that was voided.
    pub async fn photos(&self, subject: Subject) -> Result<Vec<PhotoRow>> {
        let mut photos = Vec::new();
        for id in self.known(subject).await?.state.photos {
            match self.photo_row(subject, id).await {
                // It was erased.
                Err(Error::NotFound(_)) => (),
                other => photos.push(other?),
            }
        }
        Ok(photos)
    }

    /// Erases the images of a package or container; says how many photos that were.
    pub(crate) async fn erase_photos(&self, subject: Subject) -> Result<usize> {
        let mut erased = 0;
        let mut next = Some(Scan::prefix(subject_shard(subject), b"p", 1_000));
        while let Some(scan) = next {
            let page = self.table.scan(scan).await?;
            for entry in page.entries {
                let row: PhotoRow = minicbor::decode(&entry.value)?;
                for image in [Image::Whole, Image::Thumbnail] {
                    let name = blob_name(subject, row.id, image);
                    self.blobs.delete(&name).await.map_err(from_blobs)?;
                }
                // Only now: until then it is known that there are images.
                self.table.write(vec![Write::delete(entry.key, Guard::Any)]).await?;
                erased += 1;
            }
            next = page.rest;
        }
        Ok(erased)
    }

    /// One image of a photo.
    pub async fn photo(&self, subject: Subject, id: PhotoId, image: Image) -> Result<PhotoImage> {
        let row = self.photo_row(subject, id).await?;
        let bytes = self.blobs.get(&blob_name(subject, id, image)).await.map_err(from_blobs)?;
        if image == Image::Thumbnail {
            return Ok(PhotoImage { bytes, media_type: prepare::JPEG.to_owned() });
        }
        let digest: [u8; 32] = Sha256::digest(&bytes).into();
        if digest != row.digest {
            return Err(Error::Corrupt(format!("{id} has the digest {}", hex(&digest))));
        }
        Ok(PhotoImage { bytes, media_type: row.media_type })
    }

    async fn photo_row(&self, subject: Subject, id: PhotoId) -> Result<PhotoRow> {
        let entry = self.table.get(&Row::Photo(subject, id).key()).await?;
        let entry = entry.ok_or_else(|| Error::NotFound(id.to_string()))?;
        Ok(minicbor::decode(&entry.value)?)
    }

    /// Records that there is the photo; once, whenever it was said to be taken.
    async fn record_photo(
        &self,
        by: &Attribution,
        subject: Subject,
        photo: PhotoId,
        happened_at: Timestamp,
    ) -> Result<Receipt> {
        let id = EventId::derive(&[b"photo", photo.as_bytes()]);
        if let Some(receipt) = self.photo_recorded(subject, id).await? {
            return Ok(receipt);
        }
        let draft = Draft { id, subject, happened_at, fact: Fact::PhotoAdded(photo) };
        match self.record(by, vec![draft]).await {
            Ok(receipts) => Ok(*receipts.first().expect("one draft, one receipt")),
            // Somebody sent the same at this moment, and said another time.
            Err(error @ Error::Differs { .. }) => {
                self.photo_recorded(subject, id).await?.ok_or(error)
            }
            Err(error) => Err(error),
        }
    }

    async fn photo_recorded(&self, subject: Subject, id: EventId) -> Result<Option<Receipt>> {
        let Some(recorded) = self.recorded(subject, id).await? else { return Ok(None) };
        Ok(Some(Receipt {
            event: id,
            subject,
            seq: recorded.seq,
            leaf: recorded.leaf_hash(),
            recorded_at: recorded.event.recorded_at,
            duplicate: true,
        }))
    }
}

/// The turns that looking at photos takes.
pub(crate) fn turns() -> Turns {
    Turns::new(AT_ONCE_MAX, WAITING_MAX)
}

/// The images of a photo.
pub(crate) fn photo_blobs(subject: Subject, id: PhotoId) -> [BlobName; 2] {
    [Image::Whole, Image::Thumbnail].map(|it| blob_name(subject, id, it))
}

/// Both images lie in one folder, to be erased together.
fn blob_name(subject: Subject, id: PhotoId, image: Image) -> BlobName {
    let name = match image {
        Image::Whole => "image",
        Image::Thumbnail => "thumbnail",
    };
    BlobName::new(format!("photos/{subject}/{id}/{name}")).expect("ids are letters and digits")
}

fn from_blobs(error: blobs::Error) -> Error {
    match error {
        blobs::Error::Missing(name) => Error::NotFound(name.to_string()),
        blobs::Error::Unavailable(why) => Error::Unavailable(why),
        // Names are hashes of the bytes, so other bytes are damaged ones.
        other @ (blobs::Error::Exists(_) | blobs::Error::Invalid(_)) => {
            Error::Corrupt(other.to_string())
        }
    }
}
