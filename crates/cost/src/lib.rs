//! What a load costs on AWS: prices, what each thing takes as it was counted, bills. Pure.
//!
//! A [`Load`] says how much is going on, [`Taken`] how much of everything that has a price one
//! thing of it takes ([`counted`] is where that is from), [`Prices`] what AWS asks for it, and a
//! [`Bill`] is all of that for a month. [`Herd`] is about a second instead. [`figures`] are those
//! of docs/architecture/services.md.

pub mod counted;
pub mod figures;
pub mod herd;

mod bill;
mod load;
mod prices;
mod taken;

pub use bill::{Bill, Part};
pub use herd::Herd;
pub use load::{DAYS, Load};
pub use prices::{Item, Price, Prices};
pub use taken::Taken;
