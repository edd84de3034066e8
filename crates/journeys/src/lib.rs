//! The built binary as a thing to drive: start it on a folder, speak HTTP to it,
//! kill it. Tests and benchmarks share this.

pub mod http;
pub mod server;
