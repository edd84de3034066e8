//! The company's sign-in as people and strangers meet it: an issuer of our own on
//! loopback, a whole API in memory, and moto's Cognito as somebody else's issuer.

mod browser;
mod issuer;
mod moto;
mod refusals;
mod upstream;
mod world;
