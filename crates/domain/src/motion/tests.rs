//! Properties of estimates.
