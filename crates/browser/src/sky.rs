//! Day and night on the map.

use domain::sun;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::instant;

/// Longitude and latitude of the point that the sun stands above.
#[must_use]
#[wasm_bindgen]
pub fn overhead(millis: f64) -> Vec<f64> {
    let point = sun::overhead(instant(millis));
    vec![point.lon(), point.lat()]
}
