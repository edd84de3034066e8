//! The functions as Lambda drives them: batches that come twice, late, in parts, to
//! another process, and after one has died.

#![expect(clippy::unwrap_used, reason = "a story fails where a step fails")]

mod binaries;
mod cloud;
mod company;
mod feedless;
mod runtime;
mod seeds;
mod sources;
