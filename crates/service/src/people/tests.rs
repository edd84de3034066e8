//! Stories about people: who gets in, for how long, and who stays out.

mod accounts;
mod issued;
mod links;
mod races;
mod sessions;
mod setup;
mod sign_in;
mod tokens;
mod world;
