//! `tieout completions` and `tieout man`, generated from the command line's declaration.

use crate::cli::Cli;
use crate::exit::Exit;
use crate::output::print;
use anyhow::{Context, Result};
use clap::CommandFactory;
use std::path::Path;

/// Prints a completion script.
pub fn completions(shell: clap_complete::Shell) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "tieout", &mut script);
    print(&script)?;
    Ok(Exit::Clean)
}

/// Prints the main man page, or writes every page into a folder.
pub fn man(out: Option<&Path>) -> Result<Exit> {
    match out {
        Some(folder) => clap_mangen::generate_to(Cli::command(), folder)
            .with_context(|| format!("writing man pages into {}", folder.display()))?,
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut page)?;
            print(&page)?;
        }
    }
    Ok(Exit::Clean)
}
