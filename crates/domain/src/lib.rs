//! What a package, a place and a movement are; pure: no clock, no I/O, no threads.

pub mod admit;
pub mod draft;
pub mod event;
pub mod expected;
pub mod geodesy;
pub mod geoid;
pub mod id;
pub mod land;
pub mod lanes;
pub mod leaf;
pub mod mode;
pub mod money;
pub mod motion;
mod packed;
pub mod position;
pub mod private;
pub mod record;
pub mod route;
pub mod state;
pub mod time;
pub mod timeline;
pub mod whereabouts;
pub mod words;
