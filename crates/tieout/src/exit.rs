//! Exit codes: part of the contract (`docs/output.md`).

use std::process::ExitCode;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Nothing at or above `--fail-on`.
    Clean = 0,
    /// Findings.
    Findings = 1,
    /// Usage or configuration.
    Usage = 2,
    /// Nothing to audit.
    Nothing = 3,
    /// Incomplete, where completeness was asked for.
    Incomplete = 4,
    /// A defect in tieout.
    Internal = 70,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// An error that carries its exit code.
#[derive(Debug)]
pub struct Failed(pub Exit, pub String);

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.1)
    }
}

impl std::error::Error for Failed {}

/// The exit code of an error: usage, unless it says otherwise.
pub fn of_error(error: &anyhow::Error) -> Exit {
    error.downcast_ref::<Failed>().map_or(Exit::Usage, |failed| failed.0)
}
