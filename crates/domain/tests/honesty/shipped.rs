//! The numbers that are shipped are those that all tracks together teach.

use std::fs;

use domain::{
    mode::Mode,
    motion::{Kind, Parameters, Scale, Scales},
};

use crate::{
    learning::{KINS, Kin, Teacher},
    tracks,
};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/motion/fitted.rs");
const HEAD: &str = "\
//! Numbers learnt from real tracks; written by `BLESS=1 cargo test -p domain --test
//! honesty`, never by hand.

use super::{
    evidence::Scale,
    parameters::{Parameters, Scales},
};
";
/// By how much numbers may differ: machines round logarithms differently, and a
/// search may then turn elsewhere.
const CLOSE: f64 = 0.02;

#[test]
fn the_shipped_numbers_are_what_the_tracks_teach() {
    let Some(tracks) = tracks::load() else { return tracks::skip() };
    let teacher = Teacher::new(&tracks);
    let learnt = KINS.map(|kin| (kin, teacher.parameters(kin, None)));
    #[expect(clippy::disallowed_methods, reason = "writing new numbers is asked for from outside")]
    let bless = std::env::var("BLESS").is_ok_and(|it| it == "1");
    if bless {
        return fs::write(FILE, source(&learnt)).unwrap();
    }
    for (kin, learnt) in &learnt {
        let mode = match kin {
            Kin::Air => Some(Mode::Air),
            Kin::Sea => Some(Mode::Sea),
            Kin::Land => Some(Mode::Road),
        };
        let shipped = Parameters::of(mode);
        for kind in [Kind::Between, Kind::Beyond, Kind::Leg] {
            for of in [|it: &Parameters| it.ground, |it: &Parameters| it.height] {
                let (shipped, learnt) =
                    (numbers(of(shipped).of(kind)), numbers(of(learnt).of(kind)));
                let close = shipped.iter().zip(&learnt).all(|(a, b)| (a / b - 1.0).abs() < CLOSE);
                assert!(close, "{kin:?} {kind:?}: BLESS=1 writes what the tracks teach");
            }
        }
    }
}

fn numbers(scale: &Scale) -> Vec<f64> {
    let Scale { shares, prior, factor, alone, short, long } = *scale;
    shares.into_iter().chain([prior, factor, alone, short, long]).collect()
}

fn source(learnt: &[(Kin, Parameters)]) -> String {
    let mut text = HEAD.to_owned();
    for (kin, parameters) in learnt {
        let (name, of) = match kin {
            Kin::Air => ("AIR", "what flies"),
            Kin::Sea => ("SEA", "vessels"),
            Kin::Land => ("LAND", "what keeps to the ground, and of what moves in an unknown way"),
        };
        text += &format!("\n/// Those of {of}.\npub const {name}: Parameters = Parameters {{\n");
        text += &format!("    ground: {},\n", scales(&parameters.ground));
        text += &format!("    height: {},\n}};\n", scales(&parameters.height));
    }
    text
}

fn scales(scales: &Scales) -> String {
    let one = |name: &str, scale: &Scale| {
        let Scale { shares, prior, factor, alone, short, long } = *scale;
        let shares = shares.map(short_number).join(", ");
        let mut text = format!("        {name}: Scale {{\n            shares: [{shares}],\n");
        let rest = [prior, factor, alone, short, long].map(short_number);
        for (name, number) in ["prior", "factor", "alone", "short", "long"].iter().zip(rest) {
            text += &format!("            {name}: {number},\n");
        }
        text + "        },\n"
    };
    let all = [("between", &scales.between), ("beyond", &scales.beyond), ("leg", &scales.leg)];
    format!("Scales {{\n{}    }}", all.map(|(name, scale)| one(name, scale)).concat())
}

/// Four digits: more would say more than the tracks do.
fn short_number(number: f64) -> String {
    if number < 0.01 {
        return format!("{number:.3e}");
    }
    let decimals = (3 - number.log10().floor() as i32).clamp(1, 5) as usize;
    let text = format!("{number:.decimals$}");
    let text = text.trim_end_matches('0');
    if text.ends_with('.') { format!("{text}0") } else { text.to_owned() }
}
