//! `tieout advisories`: fetching them, and telling how old they are.

use crate::cli::{AdvisoriesCommand, Cli};
use crate::exit::Exit;
use anyhow::Result;

/// Runs the subcommand.
pub fn run(_cli: &Cli, command: &AdvisoriesCommand) -> Result<Exit> {
    match command {
        AdvisoriesCommand::Update { .. } => anyhow::bail!("not there yet"),
        AdvisoriesCommand::Status(_) => anyhow::bail!("not there yet"),
    }
}
