//! Stories about recording: each reads like what people do, on both engines.

#![expect(clippy::unwrap_used, reason = "a story fails where a step fails")]

mod record;
mod world;
