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
            shares: [0.4676, 9.927, 0.04697, 0.1, 0.06785, 0.05636, 0.08, 1.011],
            prior: 0.08553,
            factor: 2.35,
            alone: 0.829,
            short: 1.066,
            long: 0.6428,
        },
        beyond: Scale {
            shares: [0.2647, 0.1879, 0.2429, 7.754e-3, 0.07704, 0.02, 0.02411, 1.000e-3],
            prior: 0.7275,
            factor: 6.6,
            alone: 0.433,
            short: 0.8,
            long: 1.045,
        },
        leg: Scale {
            shares: [1.032, 0.4409, 1.000e-3, 1.000e-3, 1.000e-3, 1.000e-3, 1.000e-3, 1.000e-3],
            prior: 1.0,
            factor: 0.5879,
            alone: 1.000e-3,
            short: 1.0,
            long: 1.0,
        },
    },
    height: Scales {
        between: Scale {
            shares: [0.1551, 2.818, 0.3852, 0.09394, 4.846e-4, 9.692e-3, 1.000e-3, 1.000e-3],
            prior: 0.1221,
            factor: 2.487,
            alone: 0.3,
            short: 1.274,
            long: 1.245,
        },
        beyond: Scale {
            shares: [0.1938, 0.829, 0.09105, 0.05, 1.938e-3, 1.303, 1.000e-3, 1.000e-3],
            prior: 0.0404,
            factor: 2.661,
            alone: 1.745,
            short: 1.0,
            long: 0.7316,
        },
        leg: Scale {
            shares: [0.8775, 1.000e-3, 1.000e-3, 1.000e-3, 1.000e-3, 1.000e-3, 1.000e-3, 1.000e-3],
            prior: 1.0,
            factor: 1.284,
            alone: 1.000e-3,
            short: 1.0,
            long: 1.0,
        },
    },
};

/// Those of vessels.
pub const SEA: Parameters = Parameters {
    ground: Scales {
        between: Scale {
            shares: [0.4258, 11.25, 0.05159, 0.1, 0.06576, 0.05636, 0.08, 0.5246],
            prior: 0.08825,
            factor: 2.208,
            alone: 0.6873,
            short: 1.1,
            long: 0.8,
        },
        beyond: Scale {
            shares: [0.3, 0.1879, 0.1147, 8.000e-3, 0.0439, 0.02, 0.02127, 1.000e-3],
            prior: 0.5159,
            factor: 4.003,
            alone: 0.4756,
            short: 2.175,
            long: 1.341,
        },
        leg: Scale {
            shares: [1.0, 0.75, 1.000e-3, 1.000e-3, 1.000e-3, 1.000e-3, 1.000e-3, 1.000e-3],
            prior: 1.0,
            factor: 1.0,
            alone: 1.000e-3,
            short: 1.0,
            long: 1.0,
        },
    },
    height: Scales {
        between: Scale {
            shares: [0.1551, 2.732, 0.4101, 0.1133, 5.000e-4, 0.01032, 1.000e-3, 1.000e-3],
            prior: 0.1221,
            factor: 2.41,
            alone: 0.3193,
            short: 1.274,
            long: 1.207,
        },
        beyond: Scale {
            shares: [0.1938, 0.8825, 0.09105, 0.05, 1.938e-3, 0.8155, 1.000e-3, 1.000e-3],
            prior: 0.05523,
            factor: 6.796,
            alone: 0.7506,
            short: 1.0,
            long: 0.5353,
        },
        leg: Scale {
            shares: [0.5, 1.000e-3, 1.000e-3, 1.000e-3, 1.000e-3, 1.000e-3, 1.000e-3, 1.000e-3],
            prior: 1.0,
            factor: 1.0,
            alone: 1.000e-3,
            short: 1.0,
            long: 1.0,
        },
    },
};

/// Those of what keeps to the ground, and of what moves in an unknown way.
pub const LAND: Parameters = Parameters {
    ground: Scales {
        between: Scale {
            shares: [0.3758, 10.57, 0.05, 0.1, 0.06374, 0.05463, 0.08, 0.6737],
            prior: 0.0829,
            factor: 2.074,
            alone: 0.6456,
            short: 0.9704,
            long: 0.7754,
        },
        beyond: Scale {
            shares: [0.3, 0.2, 0.13, 7.515e-3, 0.03639, 0.01821, 0.0182, 1.000e-3],
            prior: 0.5666,
            factor: 6.6,
            alone: 0.5736,
            short: 0.8,
            long: 0.8135,
        },
        leg: Scale {
            shares: [1.0, 0.75, 1.000e-3, 1.000e-3, 1.000e-3, 1.000e-3, 1.000e-3, 1.000e-3],
            prior: 1.0,
            factor: 1.0,
            alone: 1.000e-3,
            short: 1.0,
            long: 1.0,
        },
    },
    height: Scales {
        between: Scale {
            shares: [0.1503, 2.818, 0.4365, 0.1549, 5.322e-4, 0.01098, 1.000e-3, 1.000e-3],
            prior: 0.1221,
            factor: 2.264,
            alone: 0.3507,
            short: 1.235,
            long: 1.033,
        },
        beyond: Scale {
            shares: [0.2, 0.9394, 0.09105, 0.05, 1.879e-3, 0.8155, 1.000e-3, 1.000e-3],
            prior: 0.05698,
            factor: 6.796,
            alone: 0.7506,
            short: 1.0,
            long: 0.4874,
        },
        leg: Scale {
            shares: [0.5, 1.000e-3, 1.000e-3, 1.000e-3, 1.000e-3, 1.000e-3, 1.000e-3, 1.000e-3],
            prior: 1.0,
            factor: 1.0,
            alone: 1.000e-3,
            short: 1.0,
            long: 1.0,
        },
    },
};
