//! Being written.

use anyhow::Result;

/// Runs the command.
pub fn run(_args: &[String]) -> Result<()> {
    anyhow::bail!("being written")
}
