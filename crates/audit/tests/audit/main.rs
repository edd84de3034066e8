//! The log against the specification's own example, two independent implementations,
//! a verifier in plain Python, and whoever tampers with its files.

#![expect(clippy::unwrap_used, reason = "a test fails where a step fails")]

mod chains;
mod files;
mod hostile;
mod inspected;
mod notes;
mod proofs;
mod python;
mod tamper;
mod tree;
mod world;
