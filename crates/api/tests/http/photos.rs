//! Photos: sent, listed, shown, and kept from those they are not for.

use axum::http::Method;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;
use service::people::Permission::{Enter, Track};

use crate::{data::home, world::World};

/// A picture of one pixel.
fn pixel() -> Vec<u8> {
    let text = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    STANDARD.decode(text).expect("base64")
}

#[tokio::test]
async fn a_photo_is_added_once_and_shown() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let id = world.package(&clerk, &json!({})).await;
    let path = format!("/v1/packages/{id}/photos");
    let post = Method::POST;
    let added = world.raw(post, &clerk, &path, pixel(), "image/png", &[]).await.expect(201);
    let location = added.header("location").to_owned();
    let again = world.raw(Method::POST, &clerk, &path, pixel(), "image/png", &[]).await.expect(200);
    assert_eq!(again.header("location"), location);

    let list = world.get(&clerk, &path).await.expect(200).json();
    assert_eq!(list["photos"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        (list["photos"][0]["width"].as_u64(), list["photos"][0]["height"].as_u64()),
        (Some(1), Some(1))
    );
    let photo = world.get(&clerk, &location).await.expect(200);
    assert_eq!(photo.header("content-type"), "image/png");
    assert_eq!(photo.header("cache-control"), "private, no-store");
    let small = world.get(&clerk, &format!("{location}/thumbnail")).await.expect(200);
    assert_eq!(small.header("content-type"), "image/jpeg");
    let tag = photo.header("etag").to_owned();
    let known = [("if-none-match", tag.as_str())];
    world.json(Method::GET, &clerk, &location, &json!(null), &known).await.expect(304);
}

#[tokio::test]
async fn what_is_no_photo_is_refused() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let id = world.package(&clerk, &json!({})).await;
    let path = format!("/v1/packages/{id}/photos");
    let send = async |bytes: Vec<u8>, media: &str| {
        world.raw(Method::POST, &clerk, &path, bytes, media, &[]).await
    };
    send(pixel(), "image/gif").await.expect(415);
    send(pixel(), "application/json").await.expect(415);
    send(b"<svg onload=alert(1)>".to_vec(), "image/png").await.expect(422);
    send(pixel(), "image/jpeg").await.expect(422);
    send(pixel()[..40].to_vec(), "image/png").await.expect(422);
    send(vec![0; 11_000_000], "image/png").await.expect(413);
    let nowhere = "/v1/packages/pkg_01ARZ3NDEKTSV4RRFFQ69G5FAV/photos";
    world.raw(Method::POST, &clerk, nowhere, pixel(), "image/png", &[]).await.expect(404);
    world.get(&clerk, &format!("{path}/pho_01ARZ3NDEKTSV4RRFFQ69G5FAV")).await.expect(404);
}

#[tokio::test]
async fn where_photos_come_through_the_api_none_are_posted_past_it() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    world.post(&clerk, "/v1/photos/uploads", &json!(null)).await.expect(404);
    let id = world.package(&clerk, &json!({})).await;
    let add = async |upload: &str| {
        let path = format!("/v1/packages/{id}/photos?uploaded={upload}");
        world.raw(Method::POST, &clerk, &path, Vec::new(), "image/png", &[]).await
    };
    let unknown = "00112233445566778899aabbccddeeff";
    add(unknown).await.expect(404);
    for bad in ["1", "../../../photos", &unknown.to_uppercase(), &format!("+{}", &unknown[1..])] {
        let refused = add(bad).await.expect(400);
        let pointers: Vec<String> = refused.faults().into_iter().map(|it| it.0).collect();
        assert_eq!(pointers, ["?uploaded"], "{bad}");
    }
}

#[tokio::test]
async fn photos_of_what_goes_to_a_home_are_not_for_everybody() {
    let world = World::new();
    let clerk = world.person(&[Track, Enter]).await;
    let tracker = world.person(&[Track]).await;
    let home = world.made(&clerk, "/v1/places", &home()).await;
    let private = world.package(&clerk, &json!({ "destination": home })).await;
    let other = world.package(&clerk, &json!({})).await;
    for (package, status) in [(private, 403), (other, 200)] {
        let path = format!("/v1/packages/{package}/photos");
        let added =
            world.raw(Method::POST, &clerk, &path, pixel(), "image/png", &[]).await.expect(201);
        let location = added.header("location").to_owned();
        for path in [path, location.clone(), format!("{location}/thumbnail")] {
            world.get(&tracker, &path).await.expect(status);
            world.get(&clerk, &path).await.expect(200);
        }
    }
}
