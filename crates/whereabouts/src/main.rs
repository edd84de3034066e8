//! Whereabouts on one folder: the server and the command line.

mod backup;
mod check;
mod cli;
mod client;
mod company;
mod cost;
mod demo;
mod export;
mod failure;
mod find;
mod gauges;
mod import;
mod listen;
mod log;
mod log_source;
mod rebuild;
mod restore;
mod serve;
mod store;
mod terminal;
mod timers;
mod user;
mod verify;
mod web;

use std::process::ExitCode;

use clap::Parser;

use crate::{
    cli::{Cli, Command},
    failure::{Failure, failed},
    terminal::{BAD, styled},
};

// The system's allocator keeps what many short-lived requests leave behind.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = runtime.map_err(failed).and_then(|it| it.block_on(run(cli.command)));
    match done {
        Ok(status) => status,
        Err(failure) => {
            anstream::eprintln!("{} {failure}", styled(BAD, "error:"));
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Serve(it) => serve::serve(it).await,
        Command::Import(it) => import::import(it).await,
        Command::Export(it) => export::export(it).await,
        Command::Where(it) => find::whereabouts(it).await,
        Command::History(it) => find::history(it).await,
        Command::User(it) => user::user(it).await,
        Command::Backup(it) => backup::backup(it).await,
        Command::Rebuild(it) => rebuild::rebuild(it).await,
        Command::Verify(it) => verify::verify(it).await,
        Command::Check(it) => check::check(it).await,
        Command::Cost(it) => cost::cost(&it),
    }
}
