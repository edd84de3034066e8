//! `whereabouts export`: every package on standard output, newest first.

use std::{
    io::{self, BufWriter, Write},
    process::ExitCode,
};

use crate::{
    cli::{Export, Format},
    client::Client,
    failure::Failure,
};

/// Writes every package.
pub async fn export(wish: Export) -> Result<ExitCode, Failure> {
    let client = Client::reach(&wish.data).await?;
    let format = match wish.format {
        Format::Csv => "csv",
        Format::Ndjson => "ndjson",
    };
    let mut out = BufWriter::new(io::stdout());
    client.copy(&format!("/v1/exports?format={format}"), &mut out).await?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
