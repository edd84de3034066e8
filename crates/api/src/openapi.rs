//! The OpenAPI document, built from the route table and the wire types.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use service::people::Permission;
use utoipa::openapi::{RefOr, Schema};

use crate::{
    auth::Who,
    problem::{MEDIA_TYPE, ProblemBody},
    route::{Route, Says},
    routes,
    schema::{components, refined},
};

/// The document.
#[must_use]
pub fn document() -> Value {
    let routes = routes::all();
    let mut schemas: Vec<(String, RefOr<Schema>)> = components::<ProblemBody>();
    let mut paths = Map::new();
    for route in routes {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.as_str().to_lowercase()] = operation(&route);
        schemas.extend(route.says.components);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Whereabouts",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Knows where every package is, in three dimensions, always.\n\n\
                Times are RFC 3339; positions WGS 84 degrees; heights metres, with their datum; \
                radii are those in which a thing lies 95 times of 100. Every failure is a problem \
                (RFC 9457) that lists every mistake with a pointer. Recording the same twice is \
                recording it once: send an `Idempotency-Key`.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": refined(schemas),
            "securitySchemes": {
                "session": {
                    "type": "apiKey", "in": "cookie", "name": "__Host-session",
                    "description": "Set by signing in. Changes are taken from our own pages only.",
                },
                "token": {
                    "type": "http", "scheme": "bearer",
                    "description": "An API token: `wab_…`.",
                },
                "device": {
                    "type": "http", "scheme": "bearer",
                    "description": "A tracker's device, by its key: `wad_…`. Instead of sending \
                        the key a device may sign: `X-Device` is its tracker, `X-Time` \
                        milliseconds since 1970, `X-Signature` the hexadecimal HMAC-SHA256 with \
                        the last 32 bytes of the key over method and path, `X-Time`, and the \
                        hexadecimal SHA-256 of the body, each followed by a line feed.",
                },
            },
        },
    })
}

/// The document as it is served.
pub fn text() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| pretty(&document()));
    &TEXT
}

fn pretty(document: &Value) -> String {
    serde_json::to_string_pretty(document).expect("a document is JSON") + "\n"
}

fn operation(route: &Route) -> Value {
    let Says { name, summary, .. } = route.says;
    let mut operation = json!({
        "operationId": name,
        "summary": summary,
        "description": audience(route.who),
        "parameters": parameters(route),
        "responses": responses(route),
        "security": match route.who {
            Who::Public => json!([]),
            Who::Reports => {
                json!([{ "device": [] }, { "session": [] }, { "token": [] }])
            }
            Who::InPerson => json!([{ "session": [] }]),
            Who::SignedIn | Who::Any(_) | Who::Passes => json!([{ "session": [] }, { "token": [] }]),
        },
    });
    if !route.says.takes.is_empty() {
        let content: Map<String, Value> =
            route.says.takes.iter().map(|(media, it)| content(media, it.as_ref())).collect();
        operation["requestBody"] = json!({ "required": true, "content": content });
    }
    operation
}

fn audience(who: Who) -> String {
    match who {
        Who::Public => "For everybody.".to_owned(),
        Who::SignedIn => "For whoever is signed in.".to_owned(),
        Who::Reports => "For a tracker's device, and whoever may: enter.".to_owned(),
        Who::InPerson => "For whoever is signed in as a person, not through a token.".to_owned(),
        Who::Any(permissions) => needs(permissions),
        Who::Passes => needs(Permission::ALL),
    }
}

fn needs(permissions: &[Permission]) -> String {
    let words: Vec<&str> = permissions.iter().map(|it| it.word()).collect();
    format!("Needs one of the permissions: {}.", words.join(", "))
}

fn parameters(route: &Route) -> Vec<Value> {
    let segments = route.path.split('/').filter_map(|it| it.strip_prefix('{')?.strip_suffix('}'));
    let mut all: Vec<Value> = segments
        .map(|name| {
            json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
        })
        .collect();
    let query = route.says.query.iter();
    all.extend(query.map(|it| serde_json::to_value(it).expect("a parameter is JSON")));
    let header = |name: &str, description: &str, schema: Value| {
        json!({
            "name": name, "in": "header", "required": false,
            "description": description, "schema": schema,
        })
    };
    if route.says.idempotent {
        let schema = json!({ "type": "string", "minLength": 1, "maxLength": 200 });
        let says = "Sending the same again with the same key does it once.";
        all.push(header("Idempotency-Key", says, schema));
    }
    if route.says.conditional {
        let says = "An ETag: the change is refused when the thing has changed since.";
        all.push(header("If-Match", says, json!({ "type": "string" })));
    }
    if route.says.versioned {
        let says = "An ETag: answered with 304 when nothing has changed since.";
        all.push(header("If-None-Match", says, json!({ "type": "string" })));
    }
    all
}

fn responses(route: &Route) -> Value {
    let mut all = Map::new();
    for (status, body) in &route.says.answers {
        let answer = all
            .entry(status.to_string())
            .or_insert_with(|| json!({ "description": status_words(*status) }));
        if let Some((media, schema)) = body {
            let (media, content) = content(media, schema.as_ref());
            match answer.pointer_mut("/content/application~1json/schema") {
                // Two shapes of one status: one thing or a batch.
                Some(known) if media == "application/json" && *known != content["schema"] => {
                    *known = json!({ "oneOf": [known.clone(), content["schema"]] });
                }
                _ => answer["content"][media] = content,
            }
        }
    }
    if route.says.versioned {
        all.insert("304".to_owned(), json!({ "description": "Nothing has changed." }));
    }
    let problem = json!({ "$ref": "#/components/schemas/Problem" });
    all.insert(
        "default".to_owned(),
        json!({
            "description": "A problem.",
            "content": { MEDIA_TYPE: { "schema": problem } },
        }),
    );
    Value::Object(all)
}

fn content(media: &str, schema: Option<&RefOr<Schema>>) -> (String, Value) {
    let content = match schema {
        Some(schema) => json!({ "schema": schema }),
        None => json!({}),
    };
    (media.to_owned(), content)
}

fn status_words(status: u16) -> &'static str {
    match status {
        200 => "Done.",
        201 => "Recorded.",
        204 => "Done; there is nothing to say.",
        303 => "Look there.",
        _ => "Answered.",
    }
}
