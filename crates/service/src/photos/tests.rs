//! Photos: what is kept of them, what is refused, and when they are said to exist.

mod harmless;
mod kept;
mod pictures;
