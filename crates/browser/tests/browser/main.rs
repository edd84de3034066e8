//! The same questions, answered here and by the WebAssembly: the answers are a file that
//! the web app's tests compare theirs with.

#![expect(clippy::unwrap_used, reason = "a test fails where a step fails")]

mod scenes;
mod vectors;
mod world;
