//! Whether positions are as sure as they say, measured on real tracks, and the
//! numbers that make them so. A second test binary, beside the histories, so that
//! `make bench` can run it alone and show its table. `BLESS=1` writes the numbers
//! it learns from the tracks into `src/motion/fitted.rs`.

#![expect(clippy::unwrap_used, reason = "it stops where its data is odd")]

mod fit;
mod honest;
mod learning;
mod product;
mod questions;
mod shipped;
mod table;
mod tracks;
