//! `tieout report`: a saved Assessment in other formats.

use crate::cli::{Cli, ReportArgs};
use crate::exit::Exit;
use crate::output;
use anyhow::{Context, Result};
use std::io::Read;
use std::path::{Path, PathBuf};
use tieout_model::Persona;

/// Renders the saved Assessment.
pub fn run(cli: &Cli, args: &ReportArgs) -> Result<Exit> {
    output::validate(&args.output)?;
    let bytes = if args.saved == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).context("reading standard input")?;
        bytes
    } else {
        std::fs::read(&args.saved).with_context(|| format!("reading {}", args.saved.display()))?
    };
    let assessment = tieout_report::read(&bytes).with_context(|| args.saved.display().to_string())?;
    // The sources are shown where they still stand where they were audited.
    let root = match assessment.scope.roots.as_slice() {
        [root] => PathBuf::from(root),
        _ => PathBuf::from("."),
    };
    output::write(cli, &args.output, args.output.persona.unwrap_or(Persona::Engineer), &assessment, &root)?;
    Ok(Exit::Clean)
}
