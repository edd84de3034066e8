//! How things travel.

use crate::words::words;

words! {
    /// How a thing travels on a leg.
    Mode, "mode";
    0 Air "air",
    1 Road "road",
    2 Rail "rail",
    3 Sea "sea",
}
