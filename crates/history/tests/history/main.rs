//! Files of events, written and read as a whole and in part.

mod files;
mod metered;
mod samples;
mod strangers;
