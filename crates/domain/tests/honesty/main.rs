//! Prints how honest position estimates are on real tracks.
#![expect(clippy::unwrap_used, reason = "a program for developers: it stops where its data is odd")]
mod fit;
mod learning;
mod questions;
mod table;
mod tracks;

#[test]
fn table() {
    let Some(tracks) = tracks::load() else {
        eprintln!("SKIPPED: no tracks at {}", tracks::DATA);
        return;
    };
    let teacher = learning::Teacher::new(&tracks);
    let (modes, files) = table::rows(&tracks, &teacher, usize::MAX / 1_000_000);
    for row in modes.iter().chain(&files) {
        println!("{row}");
    }
}
