//! Pure parsers: rows, place names and numbers become domain events.

pub mod dates;
pub mod gazetteer;
pub mod mapping;
pub mod numbers;
pub mod rows;
