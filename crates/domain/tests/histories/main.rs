//! Histories of events: what they amount to in any order, where things were, and
//! the bytes they are stored as.

#![expect(clippy::unwrap_used, reason = "a story fails where a step fails")]

mod fold;
mod forest;
mod samples;
mod shores;
mod stored;
mod stories;
