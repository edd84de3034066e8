//! Photos of packages and containers: add one, list them, show one.

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CONTENT_TYPE, ETAG, LOCATION},
    },
    response::{IntoResponse, Json, Response},
};
use domain::{
    id::{ContainerId, PhotoId, Subject},
    record::{PlaceKind, Record},
    state::State as Fold,
};
use serde::{Deserialize, Serialize};
use service::{
    photos::{Image, InvalidUploadId, NewPhoto, PHOTO_LEN_MAX, UploadId},
    rows::PhotoRow,
};
use utoipa::{
    IntoParams, ToSchema,
    openapi::{RefOr, Schema},
};

use crate::{
    Api,
    auth::Signed,
    body::{media_type, read_all, unsupported},
    handlers::{id, naming::Known, packages::find},
    problem::{Kind, Problem, Result},
    query::{Parameters, Query, Segment, with},
    wire::{
        package::Package,
        receipt,
        scalar::{Id, Time, ids},
    },
};

/// The media types that are taken.
pub const MEDIA: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];

/// When a photo was taken.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Taken {
    /// When it was taken; now when missing.
    happened_at: Option<Time>,
    /// The `upload` that `POST /v1/photos/uploads` gave, once the photo was posted there: the
    /// body is then empty.
    #[param(min_length = 32, max_length = 32)]
    uploaded: Option<String>,
}

impl Parameters for Taken {
    fn schemas() -> Vec<(String, RefOr<Schema>)> {
        with::<Time>(Vec::new())
    }
}

/// A photo: its images are at `…/photos/{id}` and `…/photos/{id}/thumbnail`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Photo {
    /// Its id: the same photo again has the same.
    id: ids::Photo,
    /// What it is kept as.
    media_type: String,
    /// Bytes of it, as it is kept: without what cameras write into their files.
    len: u64,
    /// Width in pixels.
    width: u32,
    /// Height in pixels.
    height: u32,
}

/// The photos of one thing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Photos {
    /// The newest last.
    photos: Vec<Photo>,
}

/// A photo was added.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PhotoAdded {
    /// The photo.
    photo: Photo,
    /// Proof that it was recorded.
    receipt: receipt::Receipt,
}

/// Leave to post one photo past the API, for 10 minutes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Upload {
    /// Its name when it is added: `?uploaded=`.
    upload: String,
    /// Where the form goes, as `multipart/form-data`.
    url: String,
    /// The form's fields, in this order, before the `file` itself.
    fields: Vec<FormField>,
}

/// A field of a form.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FormField {
    /// What it is called.
    name: String,
    /// What it holds.
    value: String,
}

/// Gives leave to post a photo to where photos are kept.
pub async fn offer_upload(State(api): State<Api>, signed: Signed) -> Result<Json<Upload>> {
    let Some((id, ticket)) = api.service().offer_upload(&signed.attribution()).await? else {
        let detail = "Photos come through the API here: send them to the photos of a package.";
        return Err(Problem::new(Kind::NotFound, detail));
    };
    let fields = ticket.fields.into_iter().map(|(name, value)| FormField { name, value });
    Ok(Json(Upload { upload: id.to_string(), url: ticket.url, fields: fields.collect() }))
}

/// Adds a photo to a package.
pub async fn add_to_package(
    State(api): State<Api>,
    signed: Signed,
    Segment(text): Segment<String>,
    Query(taken): Query<Taken>,
    request: Request,
) -> Result<Response> {
    let subject = Subject::Package(find(&api, &text).await?);
    add(&api, &signed, subject, &taken, "/v1/packages", request).await
}

/// Adds a photo to a container.
pub async fn add_to_container(
    State(api): State<Api>,
    signed: Signed,
    Segment(text): Segment<String>,
    Query(taken): Query<Taken>,
    request: Request,
) -> Result<Response> {
    let subject = Subject::Container(id::<ContainerId>(&text)?);
    add(&api, &signed, subject, &taken, "/v1/containers", request).await
}

async fn add(
    api: &Api,
    signed: &Signed,
    subject: Subject,
    taken: &Taken,
    under: &str,
    request: Request,
) -> Result<Response> {
    let media = media_type(request.headers());
    let media = media.filter(|it| MEDIA.contains(&it.as_str()));
    let media = media
        .ok_or_else(|| unsupported(&MEDIA.join(", "), media_type(request.headers()).as_deref()))?;
    let upload = taken.uploaded.as_deref().map(upload_id).transpose()?;
    let bytes = match upload {
        Some(upload) => api.service().uploaded(&signed.attribution(), upload).await?,
        None => read_all(request, PHOTO_LEN_MAX).await?.into(),
    };
    let happened_at = taken.happened_at.map_or_else(|| api.now(), |it| it.0);
    let photo = NewPhoto { bytes, media_type: &media, happened_at };
    let (row, receipt) = api.service().add_photo(&signed.attribution(), subject, photo).await?;
    if let Some(upload) = upload
        && let Err(error) = api.service().forget_uploaded(&signed.attribution(), upload).await
    {
        // It is removed within a day all the same.
        tracing::warn!(%error, "what was uploaded and is kept by now is still there");
    }
    let status = if receipt.duplicate { StatusCode::OK } else { StatusCode::CREATED };
    let location = format!("{under}/{subject}/photos/{}", row.id);
    let location = HeaderValue::from_str(&location).expect("ids are letters and digits");
    let body = PhotoAdded { photo: Photo::of(&row), receipt: receipt::Receipt::of(&receipt) };
    Ok((status, [(LOCATION, location)], Json(body)).into_response())
}

fn upload_id(text: &str) -> Result<UploadId> {
    text.parse().map_err(|InvalidUploadId| {
        let detail = "This is no upload; POST /v1/photos/uploads names one.";
        Problem::parameter("?uploaded", "invalid", detail)
    })
}

/// The photos of a package.
pub async fn of_package(
    State(api): State<Api>,
    signed: Signed,
    Segment(text): Segment<String>,
) -> Result<Json<Photos>> {
    let subject = Subject::Package(find(&api, &text).await?);
    list(&api, &signed, subject).await
}

/// The photos of a container.
pub async fn of_container(
    State(api): State<Api>,
    signed: Signed,
    Segment(text): Segment<String>,
) -> Result<Json<Photos>> {
    list(&api, &signed, Subject::Container(id::<ContainerId>(&text)?)).await
}

async fn list(api: &Api, signed: &Signed, subject: Subject) -> Result<Json<Photos>> {
    check_private(api, signed, subject).await?;
    let photos = api.service().photos(subject).await?;
    Ok(Json(Photos { photos: photos.iter().map(Photo::of).collect() }))
}

/// One photo of a package.
pub async fn one_of_package(
    State(api): State<Api>,
    signed: Signed,
    Segment((text, photo)): Segment<(String, String)>,
    headers: HeaderMap,
) -> Result<Response> {
    let subject = Subject::Package(find(&api, &text).await?);
    image(&api, &signed, subject, &photo, Image::Whole, &headers).await
}

/// A small image of a photo of a package.
pub async fn small_of_package(
    State(api): State<Api>,
    signed: Signed,
    Segment((text, photo)): Segment<(String, String)>,
    headers: HeaderMap,
) -> Result<Response> {
    let subject = Subject::Package(find(&api, &text).await?);
    image(&api, &signed, subject, &photo, Image::Thumbnail, &headers).await
}

/// One photo of a container.
pub async fn one_of_container(
    State(api): State<Api>,
    signed: Signed,
    Segment((text, photo)): Segment<(String, String)>,
    headers: HeaderMap,
) -> Result<Response> {
    let subject = Subject::Container(id::<ContainerId>(&text)?);
    image(&api, &signed, subject, &photo, Image::Whole, &headers).await
}

/// A small image of a photo of a container.
pub async fn small_of_container(
    State(api): State<Api>,
    signed: Signed,
    Segment((text, photo)): Segment<(String, String)>,
    headers: HeaderMap,
) -> Result<Response> {
    let subject = Subject::Container(id::<ContainerId>(&text)?);
    image(&api, &signed, subject, &photo, Image::Thumbnail, &headers).await
}

async fn image(
    api: &Api,
    signed: &Signed,
    subject: Subject,
    photo: &str,
    image: Image,
    headers: &HeaderMap,
) -> Result<Response> {
    check_private(api, signed, subject).await?;
    let photo: PhotoId = id(photo)?;
    // A photo never changes: its id is made of its content.
    let tag = format!("\"{photo}\"");
    let tag = HeaderValue::from_str(&tag).expect("ids are letters and digits");
    if headers.get(axum::http::header::IF_NONE_MATCH) == Some(&tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    let image = api.service().photo(subject, photo, image).await?;
    let media = HeaderValue::from_str(&image.media_type).expect("one of three media types");
    Ok(([(CONTENT_TYPE, media), (ETAG, tag)], image.bytes).into_response())
}

/// A photo of something that goes to a home may show its address: it is for
/// those who may know the home.
async fn check_private(api: &Api, signed: &Signed, subject: Subject) -> Result<()> {
    if signed.viewer().personal {
        return Ok(());
    }
    let state: Fold = api.service().known(subject).await?.state;
    let known = Known::look_up(api, Package::mentioned(&state)).await?;
    let home = |it: &Record| matches!(it, Record::Place(it) if it.kind == PlaceKind::Home);
    let private =
        Package::mentioned(&state).into_iter().filter_map(|it| known.record(it)).any(home);
    if private {
        let detail =
            "Photos of what has to do with a private address are for those who enter data.";
        return Err(Problem::new(Kind::Forbidden, detail));
    }
    Ok(())
}

impl Photo {
    fn of(row: &PhotoRow) -> Self {
        Self {
            id: Id(row.id),
            media_type: row.media_type.clone(),
            len: row.len,
            width: row.width,
            height: row.height,
        }
    }
}
