//! Files of events, written and read as a whole and in part.

mod by_tracker;
mod files;
mod samples;
mod strangers;
