//! Bodies, batches and patches.

use axum::{
    body::Body as RawBody,
    extract::{FromRequest, Request},
};
use serde_json::json;

use super::{Batch, Body, Patch};
use crate::wire::{event::ClientBody, package::PackageInput};

fn request(media: &str, body: &str) -> Request {
    let request = Request::builder().header("content-type", media);
    request.body(RawBody::from(body.to_owned())).expect("a request")
}

#[tokio::test]
async fn nulls_of_a_patch_are_remembered() {
    let body = json!({
        "carrier": null, "pieces": 2, "recipient": { "name": null, "email": "a@b.c" },
        "items": [{ "name": "a", "value": null }],
    });
    let request = request("application/merge-patch+json", &body.to_string());
    let patch = Patch::<PackageInput>::from_request(request, &()).await.expect("a patch");
    let mut cleared = patch.cleared;
    cleared.sort();
    assert_eq!(cleared, ["carrier", "recipient/name"]);
    assert_eq!(patch.set.pieces, Some(2));
}

#[tokio::test]
async fn one_two_and_lines_are_told_apart() {
    let read = async |media: &str, body: &str| {
        let batch = Batch::<ClientBody>::from_request(request(media, body), &()).await;
        let batch = batch.expect("a batch");
        (batch.alone, batch.items.iter().map(Result::is_ok).collect::<Vec<_>>())
    };
    let json = "application/json";
    assert_eq!(read(json, "{\"name\":\"A\"}").await, (true, vec![true]));
    assert_eq!(read(json, "[{\"name\":\"A\"},{}]").await, (false, vec![true, false]));
    let lines = "{\"name\":\"A\"}\r\n\r\n[]\r\n{\"name\":\"B\"}";
    assert_eq!(read("application/x-ndjson", lines).await, (false, vec![true, false, true]));
}

#[tokio::test]
async fn a_body_broken_off_is_our_clients_trouble() {
    let chunks = [Ok("{\"na"), Err(std::io::Error::other("gone"))];
    let body = RawBody::from_stream(futures::stream::iter(chunks));
    let request = Request::builder().header("content-type", "application/json").body(body);
    let result = Body::<ClientBody>::from_request(request.expect("a request"), &()).await;
    assert_eq!(result.expect_err("broken off").status().as_u16(), 400);
}
