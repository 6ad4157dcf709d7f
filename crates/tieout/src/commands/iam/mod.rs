//! `tieout iam`: policies by themselves, without an audit.

mod compare;
mod lint;
mod simulate;

use crate::cli::{Cli, IamCommand};
use crate::exit::Exit;
use anyhow::{Context, Result, bail};
use std::path::Path;
use tieout_iam::Policy;

/// Runs the subcommand.
pub fn run(cli: &Cli, command: &IamCommand) -> Result<Exit> {
    match command {
        IamCommand::Simulate(args) => simulate::run(cli, args),
        IamCommand::Compare(args) => compare::run(args),
        IamCommand::Lint(args) => lint::run(args),
    }
}

/// A policy document of a file, which must be one.
fn policy(path: &Path) -> Result<Policy> {
    let text = tieout_source::read_text(path).with_context(|| format!("reading {}", path.display()))?;
    let policy = Policy::from_json(&text, &path.display().to_string().into());
    if let Some(problem) = policy.problems.first() {
        let line = problem.at.file_line().map_or(1, |(_, line)| line);
        bail!("{}:{line}: {}", path.display(), problem.message);
    }
    Ok(policy)
}
