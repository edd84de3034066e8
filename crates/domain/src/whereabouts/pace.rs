//! How fast things travel, by mode: what is possible, and what is usual.

use crate::mode::Mode;

/// Speeds of a mode of transport in metres per second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Nothing of this kind gets further in a day or an hour.
    pub top_m_s: f64,
    /// The average while under way.
    pub cruise_m_s: f64,
    /// Hours that loading, customs and waiting add to a movement.
    pub handling_h: f64,
}

impl Pace {
    /// The pace of a mode. What travels in an unknown way may be on a plane.
    #[must_use]
    pub const fn of(mode: Option<Mode>) -> Self {
        match mode {
            // A jet with a strong tail wind; 790 km/h gate to gate; two hubs.
            Some(Mode::Air) => Self { top_m_s: 320.0, cruise_m_s: 220.0, handling_h: 10.0 },
            // A van on an empty motorway; a lorry with its driver's breaks; a depot.
            Some(Mode::Road) => Self { top_m_s: 40.0, cruise_m_s: 17.0, handling_h: 6.0 },
            // An express freight train; the usual one with its stops; a terminal.
            Some(Mode::Rail) => Self { top_m_s: 45.0, cruise_m_s: 13.0, handling_h: 24.0 },
            // A fast container ship; slow steaming; two ports.
            Some(Mode::Sea) => Self { top_m_s: 14.0, cruise_m_s: 8.0, handling_h: 48.0 },
            None => Self { top_m_s: 320.0, cruise_m_s: 17.0, handling_h: 10.0 },
        }
    }

    /// Seconds that a way of this length takes while under way.
    #[must_use]
    pub fn travel_s(self, length_m: f64) -> f64 {
        length_m / self.cruise_m_s
    }
}
