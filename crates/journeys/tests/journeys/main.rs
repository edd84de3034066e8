//! Whole-system journeys on the built binary: few and strong.

mod audit;
mod demo_world;
mod deployed;
mod first_start;
mod kill;
mod log;
mod malformed;
mod newcomer;
mod people;
mod stop;
mod store;
mod work;
