//! What travels: JSON bodies, independent of how things are stored. The schema
//! of a type is the one place that says what may be in it; see `schema.rs`.

pub mod attention;
pub mod audit;
pub mod container;
pub mod csv;
pub mod erasing;
pub mod event;
pub mod finding;
pub mod fixes;
pub mod grouping;
pub mod history;
pub mod importing;
pub mod live;
pub mod map;
pub mod money;
pub mod package;
pub mod people;
pub mod place;
pub mod reading;
pub mod receipt;
pub mod scalar;
pub mod system;
pub mod viewer;
pub mod whereabouts;
pub mod word;
