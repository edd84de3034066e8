//! Whole-system journeys on the built binary: few and strong.

mod kill;
mod newcomer;
