//! Numbers learnt from real tracks; written by `BLESS=1 cargo test -p domain --test
//! honesty`, never by hand.

use super::{
    evidence::Scale,
    parameters::{Parameters, Scales},
};

/// Those of what flies.
pub const AIR: Parameters = Parameters {
    ground: Scales {
        between: Scale {
            shares: [0.4978, 11.99, 0.02908, 0.09692, 0.1907, 0.09105, 0.13, 1.076],
            prior: 0.08553,
            factor: 1.948,
            alone: 0.706,
            short: 1.246,
            long: 0.829,
        },
        beyond: Scale {
            shares: [0.1691, 0.1277, 0.1568, 0.007754, 0.07275, 0.02, 0.02411, 0.001],
            prior: 1.199,
            factor: 6.6,
            alone: 0.4756,
            short: 0.8516,
            long: 1.045,
        },
        leg: Scale {
            shares: [0.3095, 0.4409, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001],
            prior: 1.0,
            factor: 0.5879,
            alone: 0.001,
            short: 1.0,
            long: 1.0,
        },
    },
    height: Scales {
        between: Scale {
            shares: [0.1551, 2.818, 0.3852, 0.09394, 0.0004846, 0.009692, 0.001, 0.001],
            prior: 0.1221,
            factor: 2.487,
            alone: 0.3,
            short: 1.274,
            long: 1.245,
        },
        beyond: Scale {
            shares: [0.1938, 0.829, 0.09105, 0.05, 0.001938, 1.303, 0.001, 0.001],
            prior: 0.0404,
            factor: 2.661,
            alone: 1.745,
            short: 1.0,
            long: 0.7316,
        },
        leg: Scale {
            shares: [0.8775, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001],
            prior: 1.0,
            factor: 1.284,
            alone: 0.001,
            short: 1.0,
            long: 1.0,
        },
    },
};

/// Those of vessels.
pub const SEA: Parameters = Parameters {
    ground: Scales {
        between: Scale {
            shares: [0.4258, 14.92, 0.03095, 0.1, 0.1967, 0.09692, 0.13, 0.5246],
            prior: 0.08825,
            factor: 1.83,
            alone: 0.6039,
            short: 1.208,
            long: 1.0,
        },
        beyond: Scale {
            shares: [0.18, 0.1127, 0.1112, 0.007754, 0.03658, 0.02, 0.02062, 0.001],
            prior: 0.5,
            factor: 4.003,
            alone: 0.5062,
            short: 2.464,
            long: 1.341,
        },
        leg: Scale {
            shares: [0.3852, 0.4014, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001],
            prior: 1.0,
            factor: 2.718,
            alone: 0.001,
            short: 1.0,
            long: 1.0,
        },
    },
    height: Scales {
        between: Scale {
            shares: [0.1551, 2.732, 0.4101, 0.1133, 0.0005, 0.01032, 0.001, 0.001],
            prior: 0.1221,
            factor: 2.41,
            alone: 0.3193,
            short: 1.274,
            long: 1.207,
        },
        beyond: Scale {
            shares: [0.1938, 0.8825, 0.09105, 0.05, 0.001938, 0.8155, 0.001, 0.001],
            prior: 0.05523,
            factor: 6.796,
            alone: 0.7506,
            short: 1.0,
            long: 0.5353,
        },
        leg: Scale {
            shares: [0.5, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001],
            prior: 1.0,
            factor: 1.0,
            alone: 0.001,
            short: 1.0,
            long: 1.0,
        },
    },
};

/// Those of what keeps to the ground, and of what moves in an unknown way.
pub const LAND: Parameters = Parameters {
    ground: Scales {
        between: Scale {
            shares: [0.4, 13.17, 0.03, 0.1, 0.1683, 0.08825, 0.13, 0.6737],
            prior: 0.07548,
            factor: 1.83,
            alone: 0.5673,
            short: 1.001,
            long: 0.8825,
        },
        beyond: Scale {
            shares: [0.18, 0.136, 0.152, 0.008, 0.03894, 0.01821, 0.01764, 0.001],
            prior: 0.5846,
            factor: 6.6,
            alone: 0.4756,
            short: 0.8,
            long: 0.8135,
        },
        leg: Scale {
            shares: [0.3, 0.75, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001],
            prior: 1.0,
            factor: 1.0,
            alone: 0.001,
            short: 1.0,
            long: 1.0,
        },
    },
    height: Scales {
        between: Scale {
            shares: [0.1503, 2.818, 0.4365, 0.1549, 0.0005322, 0.01098, 0.001, 0.001],
            prior: 0.1221,
            factor: 2.264,
            alone: 0.3507,
            short: 1.235,
            long: 1.033,
        },
        beyond: Scale {
            shares: [0.2, 0.9394, 0.09105, 0.05, 0.001879, 0.8155, 0.001, 0.001],
            prior: 0.05698,
            factor: 6.796,
            alone: 0.7506,
            short: 1.0,
            long: 0.4874,
        },
        leg: Scale {
            shares: [0.5, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001],
            prior: 1.0,
            factor: 1.0,
            alone: 0.001,
            short: 1.0,
            long: 1.0,
        },
    },
};
