//! Makes the files by which the web app loads crate `browser`: `bindings INPUT.wasm FOLDER`.
//!
//! This is wasm-bindgen's own command, which cannot be of another version than the crate
//! that wrote what it reads: here one lock file has both.

use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(input), Some(folder), None) = (arguments.next(), arguments.next(), arguments.next())
    else {
        eprintln!("usage: bindings INPUT.wasm FOLDER");
        return ExitCode::from(2);
    };
    let mut bindgen = Bindgen::new();
    bindgen.input_path(&input).typescript(true);
    // Names of functions weigh as much as the functions.
    bindgen.remove_name_section(true).remove_producers_section(true);
    match bindgen.web(true).and_then(|it| it.generate(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("no bindings for {}: {why:#}", input.display());
            ExitCode::FAILURE
        }
    }
}
