//! What goes with evidence besides what is in the log.

/// A program in plain Python that checks evidence, and whole logs, without us.
pub const VERIFIER: &str = audit::VERIFIER;
