//! The page and its files.

use axum::http::Method;
use serde_json::json;

use crate::world::{Asker, World};

#[tokio::test]
async fn the_page_loads_nothing_from_elsewhere_and_runs_nothing_inline() {
    let world = World::new();
    let page = world.get(&Asker::Nobody, "/").await.expect(200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let policy = page.header("content-security-policy").to_owned();
    for part in
        ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]
    {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    let text = String::from_utf8(page.body).expect("UTF-8");
    assert!(!text.contains("<style") && !text.contains(" style="), "styles are a file");
    assert!(!text.contains(" onclick") && !text.contains("http://") && !text.contains("https://"));
    for script in text.split("<script").skip(1) {
        assert!(script.contains("src=\"/assets/"), "scripts are files");
    }
    let mut files = 0;
    for part in text.split("\"/assets/").skip(1) {
        let name = part.split('"').next().expect("a name");
        let file = world.get(&Asker::Nobody, &format!("/assets/{name}")).await.expect(200);
        assert!(!file.body.is_empty());
        let tag = file.header("etag").to_owned();
        let known = [("if-none-match", tag.as_str())];
        let path = format!("/assets/{name}");
        world.json(Method::GET, &Asker::Nobody, &path, &json!(null), &known).await.expect(304);
        files += 1;
    }
    assert!(files >= 3, "{files}");
    world.get(&Asker::Nobody, "/assets/secret.txt").await.expect(404);
    world.get(&Asker::Nobody, "/assets/..%2FCargo.toml").await.expect(404);
}
