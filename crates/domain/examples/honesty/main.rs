//! Prints how honest position estimates are on real tracks.
#![expect(clippy::unwrap_used, reason = "a program for developers: it stops where its data is odd")]
mod fit;
mod samples;
mod table;
mod tracks;

fn main() {
    let Some(tracks) = tracks::load() else {
        eprintln!("SKIPPED: no tracks at {}", tracks::DATA);
        return;
    };
    let (modes, files) = table::rows(&tracks, usize::MAX / 1_000_000);
    for row in modes.iter().chain(&files) {
        println!("{row}");
    }
}
