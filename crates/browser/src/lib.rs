//! What the web app must never write twice, as WebAssembly: tiles of the map, the motion
//! on it, carriers' numbers, proofs. Everything is decided by `domain`, `intake` and
//! `audit`; here it only takes shapes that a browser can use.
//!
//! - [`Scene`]: every holder on the screen; fills draw buffers many times a second
//! - [`Trail`]: where the one thing that is selected was, is and will be
//! - [`Proofs`]: whether what is told of a package is in the audit log
//! - [`recognise`]: whose number somebody is typing
//! - [`overhead`]: where the sun stands
//!
//! Instants are milliseconds since 1970, positions degrees of WGS 84, longitude first,
//! heights metres above the ellipsoid; what nobody knows is NaN. Buffers are told as
//! addresses in the memory of the WebAssembly, so that nothing is copied: they move when
//! a scene is arranged, and when that memory grows.

mod numbers;
mod proofs;
mod scene;
mod sky;
mod trail;

pub use numbers::{Candidate, recognise};
pub use proofs::{Proofs, Wrong};
pub use scene::{Scene, vocabulary};
pub use sky::overhead;
pub use trail::Trail;

use domain::time::Timestamp;
use wasm_bindgen::JsError;

/// An instant of the browser's, held inside the years there are.
fn instant(millis: f64) -> Timestamp {
    Timestamp::MIN.plus((millis - Timestamp::MIN.millis() as f64) as i64)
}

/// What is wrong, as a browser throws it.
fn thrown(why: impl std::fmt::Display) -> JsError {
    JsError::new(&why.to_string())
}
