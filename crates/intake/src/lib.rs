//! Pure parsers: rows, place names and numbers become domain events.

#[cfg(feature = "tables")]
pub mod dates;
#[cfg(feature = "tables")]
pub mod gazetteer;
#[cfg(feature = "tables")]
pub mod mapping;
#[cfg(feature = "tables")]
pub mod numbers;
pub mod references;
#[cfg(feature = "tables")]
pub mod rows;
