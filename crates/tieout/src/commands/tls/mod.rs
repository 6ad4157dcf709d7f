//! `tieout tls`: what servers and clients really speak.

mod endpoint;
mod from;
mod python;
mod recipe;

use crate::assess;
use crate::cli::{Cli, TlsCommand};
use crate::exit::Exit;
use anyhow::Result;
use tieout_check::Ledger;
use tieout_model::{Assessment, Scope};
use tieout_tls::TlsCheck;
use time::Date;

/// Runs a command of the group.
pub fn run(cli: &Cli, command: &TlsCommand) -> Result<Exit> {
    match command {
        TlsCommand::Endpoint(args) => endpoint::run(cli, args),
        TlsCommand::Python(args) => python::run(cli, args),
        TlsCommand::Recipe(args) => recipe::run(args),
    }
}

/// The Assessment of what was probed.
fn assessment(
    ledger: Ledger,
    checks: &[&'static TlsCheck],
    endpoints: Vec<String>,
    as_of: Date,
) -> Assessment {
    let infos = checks.iter().map(|check| tieout_tls::info(check)).collect();
    assess::of(ledger, Scope { endpoints, ..Scope::default() }, infos, as_of)
}
