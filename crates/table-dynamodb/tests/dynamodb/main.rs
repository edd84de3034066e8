//! The engine against the port's contract, on emulators of DynamoDB, and with
//! every kind of trouble on the way there.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod conforms;
mod faults;
mod local;
mod metered;
mod relayed;
mod shards;
mod trouble;
