//! Whole tables: a real one figure by figure, and whatever chance writes.

mod any_bytes;
mod samples;
mod scms;
