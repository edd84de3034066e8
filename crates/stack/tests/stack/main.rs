//! The reader of templates, and the template that is deployed.

mod reading;
