//! `tieout tls`: what servers and clients really speak.

mod endpoint;
mod from;
mod python;
mod recipe;

use crate::assess::tool;
use crate::cli::{Cli, TlsCommand};
use crate::exit::Exit;
use anyhow::Result;
use tieout_check::Ledger;
use tieout_model::{Assessment, Reason, SCHEMA, Scope};
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
    let (results, findings, gaps) = ledger.finish();
    Assessment {
        schema: SCHEMA.to_owned(),
        tool: tool(),
        as_of: as_of.to_string(),
        scope: Scope { endpoints, ..Scope::default() },
        complete: gaps.iter().all(|gap| matches!(gap.reason, Reason::Unresolved | Reason::Unsupported)),
        checks: checks.iter().map(|check| tieout_tls::info(check)).collect(),
        results,
        findings,
        gaps,
        tables: Vec::new(),
        components: Vec::new(),
        evidence: Vec::new(),
        notices: Vec::new(),
    }
}
