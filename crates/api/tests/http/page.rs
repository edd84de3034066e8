//! The web app's page and files, as a main hands them over.

use std::sync::Arc;

use api::{Settings, WebApp, WebFile};
use axum::http::Method;
use serde_json::json;
use table::Memory;

use crate::world::{Asker, World};

const fn file(path: &'static str, bytes: &'static [u8]) -> WebFile {
    WebFile { path, bytes, brotli: None, gzip: None }
}

const FILES: &[WebFile] = &[
    file("index.html", b"<!doctype html><title>The app</title>"),
    WebFile {
        path: "assets/index-4fK2.js",
        bytes: b"console.log('as it is')",
        brotli: Some(b"packed by brotli"),
        gzip: Some(b"packed by gzip"),
    },
    file("icon.svg", b"<svg/>"),
];

fn world() -> World {
    let settings = Settings { web: WebApp(FILES), ..Settings::default() };
    World::with(Arc::new(Memory::new()), settings)
}

#[tokio::test]
async fn every_address_of_the_app_is_its_page_and_asked_for_each_time() {
    let world = world();
    for path in ["/", "/packages", "/packages/pkg_7A9CV3CXDCC6B40E608EYDZJAQ", "/orders/BR-1?x=a.b"]
    {
        let page = world.get(&Asker::Nobody, path).await.expect(200);
        assert_eq!(page.body, FILES[0].bytes, "{path}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(page.header("cache-control"), "no-cache");
        let known = [("if-none-match", page.header("etag"))];
        world.get_with(&Asker::Nobody, path, &known).await.expect(304);
    }
}

#[tokio::test]
async fn the_page_loads_nothing_from_elsewhere_and_runs_nothing_inline() {
    let page = world().get(&Asker::Nobody, "/").await.expect(200);
    let policy = page.header("content-security-policy");
    for part in [
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "worker-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    ] {
        assert!(policy.split("; ").any(|it| it == part), "{part}: {policy}");
    }
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn what_begins_like_the_api_is_never_the_page() {
    let world = world();
    for path in ["/v1/nothing", "/v1", "/login/a/b", "/assets/gone-1234.js", "/metrics/x"] {
        let answer = world.get(&Asker::Nobody, path).await.expect(404);
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
    }
    // What has a suffix is a file, and nothing is changed at a page.
    world.get(&Asker::Nobody, "/favicon.ico").await.expect(404);
    world.get(&Asker::Nobody, "/assets/..%2Findex.html").await.expect(404);
    world.json(Method::POST, &Asker::Nobody, "/packages", &json!({}), &[]).await.expect(404);
}

#[tokio::test]
async fn files_are_kept_for_ever_under_their_names_and_sent_packed() {
    let world = world();
    let path = "/assets/index-4fK2.js";
    let [of_brotli, of_gzip, plain] = ["gzip, br", "gzip", "identity"];
    for (accepts, coding, bytes) in [
        (of_brotli, "br", &b"packed by brotli"[..]),
        (of_gzip, "gzip", b"packed by gzip"),
        (plain, "", b"console.log('as it is')"),
    ] {
        let file = world.get_with(&Asker::Nobody, path, &[("accept-encoding", accepts)]).await;
        let file = file.expect(200);
        assert_eq!((file.header("content-encoding"), &*file.body), (coding, bytes), "{accepts}");
        assert!(file.header("cache-control").contains("immutable"));
        assert!(file.header("vary").contains("accept-encoding"));
        assert_eq!(file.header("content-type"), "text/javascript; charset=utf-8");
    }
    let icon = world.get(&Asker::Nobody, "/icon.svg").await.expect(200);
    assert_eq!(icon.header("content-type"), "image/svg+xml");
    assert_eq!(icon.header("cache-control"), "no-cache", "its name says nothing of what it holds");
}

#[tokio::test]
async fn a_binary_without_the_app_says_how_to_build_it() {
    let page = World::new().get(&Asker::Nobody, "/").await.expect(200);
    let text = String::from_utf8(page.body).expect("UTF-8");
    assert!(text.contains("make web"));
    assert!(!text.contains("<style") && !text.contains("<script"), "the policy allows neither");
}
